"""Create Filter and Create Policy from a recorded event."""

from typing import Any

import pytest
from django.test import Client

from items.models import changes_of
from policies.engine import Event
from policies.from_event import offers
from policies.models import Computer, Filter, PolicyEvent
from tests.agents.endpoints import make_group
from tests.factories import signed_in
from tests.policies.engine.engine_parts import event
from tests.policies.events import make_event


def keys(of: Event) -> list[str]:
    return [offer.key for offer in offers(of)]


def test_an_event_offers_what_recognises_its_program_the_surest_first() -> None:
    assert keys(event()) == ["hash", "signer", "path", "name"]
    install = {"arguments": ("install", "vim"), "command_line": "apt install vim"}
    linux = event(platform="linux", file_path="/usr/bin/apt", **install)
    assert keys(linux) == ["hash", "signer", "path", "command", "name"]
    assert keys(event(sha256="", signer="", file_path="")) == []


def test_nothing_is_offered_that_would_match_more_than_it_says_or_not_this_event() -> None:
    wild = event(
        platform="linux",
        file_path="/opt/a*b",
        arguments=("*",),
        command_line="",
        signer="CN=*",
        sha256="",
    )
    assert keys(wild) == ["path"]
    assert keys(event(file_path="C:setup.exe", sha256="", signer="")) == ["name"]  # of no folder


database = pytest.mark.django_db


@pytest.fixture
def seen() -> PolicyEvent:
    computer = Computer.objects.create(name="WS-014", platform="windows")
    computer.groups.add(make_group())
    return make_event(computer, event=event().to_json())


def create(client: Client, of: PolicyEvent, **values: Any) -> Any:
    data = {"by": "hash", "name": "Setup", **values}
    return client.post(f"/policy-events/{of.pk}/filter/", data)


@database
def test_a_filter_is_made_from_an_event_with_its_history(seen: PolicyEvent) -> None:
    client = signed_in()
    assert "Create Filter" in client.get(f"/policy-events/{seen.pk}/").content.decode()
    dialog = client.get(f"/policy-events/{seen.pk}/filter/").content.decode()
    assert 'value="setup.exe abababab"' in dialog
    response = create(client, seen)
    made = Filter.objects.get()
    assert response["Location"] == f"/filters/{made.pk}/"
    assert (made.name, made.kind, made.platform) == ("Setup", "file_hash", "windows")
    assert made.settings["hashes"] == ["ab" * 32]
    assert [change.verb for change in changes_of(Filter, made.pk)] == ["create"]


@database
def test_a_policy_from_an_event_goes_on_in_the_wizard_with_target_and_groups(
    seen: PolicyEvent,
) -> None:
    client = signed_in("Windows Administrators")
    response = create(client, seen, then="policy", by="name")
    made, group = Filter.objects.get(), seen.computer.groups.get()
    address = f"/policies/wizard/?target={made.pk}&groups={group.pk}"
    assert response["Location"] == address
    assert f'name="target" value="{made.pk}"' in client.get(address).content.decode()


@database
@pytest.mark.parametrize("values", [{"name": ""}, {"by": "magic"}, {"name": "Taken"}])
def test_a_refused_filter_says_why_and_keeps_what_was_typed(
    seen: PolicyEvent, values: dict[str, str]
) -> None:
    Filter.objects.create(name="Taken", kind="computer")
    response = create(signed_in(), seen, **values)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert Filter.objects.count() == 1


@database
def test_who_may_not_make_filters_or_see_the_event_is_refused(seen: PolicyEvent) -> None:
    assert create(signed_in("Auditors"), seen).status_code == 403
    assert create(signed_in("macOS Administrators"), seen).status_code == 404
    page = signed_in("Auditors").get(f"/policy-events/{seen.pk}/").content.decode()
    assert "Create Filter" not in page
    assert not Filter.objects.exists()
