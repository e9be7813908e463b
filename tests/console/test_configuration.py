"""Configuration ▸ General and Foreign Systems: what leads from there, and how many there are."""

import html

import pytest

from console.management.commands.add_defaults import add_all
from foreign_systems.models import ForeignSystem
from tests.factories import make_smtp_server, signed_in

pytestmark = pytest.mark.django_db


def test_general_leads_to_the_default_types_processes_and_purge_tasks() -> None:
    add_all(smtp_url="")
    page = html.unescape(signed_in("Users").get("/configuration/").content.decode())
    for name in (
        "Default Execute Application Request Type",
        "Default Offline Execute Application Request Type",
        "Default Manual Approval Process",
        "Default Offline Approval Process",
        "older than 90 days, not scheduled",
    ):
        assert name in page


def test_foreign_systems_are_counted_by_kind() -> None:
    make_smtp_server()
    page = signed_in().get("/configuration/foreign-systems/").content.decode()
    assert '<td class="num" data-label="Count"><span>1</span></td>' in page


def test_foreign_systems_are_found_by_name_address_and_purpose() -> None:
    server = make_smtp_server()
    ForeignSystem.objects.filter(pk=server.pk).update(name="Corporate Relay")
    client = signed_in()
    client.get("/")
    for query, kinds, named in (
        ("", ["SMTP Server", "Mailbox", "SysLog", "Webhook"], False),
        ("relay", ["SMTP Server"], True),
        ("smtp://", ["SMTP Server"], True),
        ("SYSLOG", ["SysLog"], False),
        ("nothing like it", [], False),
    ):
        answer = client.get("/configuration/foreign-systems/", {"q": query})
        assert [kind.family.heading for kind in answer.context["page"]["rows"]] == kinds, query
        assert ("Corporate Relay</a>" in answer.content.decode()) == named
    assert "No foreign system matches “nothing like it”." in answer.content.decode()
