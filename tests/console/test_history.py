"""Configuration ▸ Change History: every change of every item, narrowed by who, what, when and how."""

import csv
import html
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.services import Decider, decide
from core.people.models import User
from core.roles import AUDITORS
from items.models import Change
from tests.factories import (
    make_plea,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
    signed_in,
)
from tests.items.makers import make_full_policy, save, url

pytestmark = pytest.mark.django_db
HISTORY = "/configuration/history/"


@pytest.fixture
def changes() -> None:
    """Sam changed a process and a server on two days, Kim a type; the system made a server."""
    sam, kim = signed_in(username="sam"), signed_in(username="kim")
    save(sam, make_process(), name="By hand")
    save(sam, make_smtp_server(), name="Relay")
    save(kim, make_type(make_process()), name="Kind")
    for name, day in (("By hand", 1), ("Relay", 2), ("Kind", 3)):
        Change.objects.filter(item_name=name).update(at=datetime(2026, 7, day, 12, tzinfo=UTC))


def found(**asked: str) -> list[str]:
    response = signed_in().get(HISTORY, {"format": "csv", **asked})
    body = b"".join(response.streaming_content).decode("utf-8-sig")
    return [row[0] for row in list(csv.reader(io.StringIO(body)))[1:]]


@pytest.mark.usefixtures("changes")
def test_it_is_narrowed_by_who() -> None:
    assert found(by=str(User.objects.get(name="kim").pk)) == ["Kind"]
    assert found(by="system") == []


@pytest.mark.usefixtures("changes")
def test_it_is_narrowed_by_what() -> None:
    assert found(kind="smtp_servers") == ["Relay"]
    assert found(kind="openid_providers") == []  # of the same table


@pytest.mark.usefixtures("changes")
def test_it_is_narrowed_by_days_both_included() -> None:
    assert found(**{"from": "2026-07-02", "to": "2026-07-03"}) == ["Kind", "Relay"]
    assert found(to="2026-07-01") == ["By hand"]


@pytest.mark.usefixtures("changes")
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "x"])
def test_a_day_that_is_none_narrows_nothing(day: str) -> None:
    assert len(found(**{"from": day, "to": day})) == 3


@pytest.mark.usefixtures("changes")
def test_it_is_narrowed_by_action_and_by_words() -> None:
    assert found(action="delete") == []
    assert found(action="update", q="lay") == ["Relay"]


@pytest.mark.usefixtures("changes")
def test_the_page_says_where_each_change_was_made_and_leads_to_its_version() -> None:
    page = html.unescape(signed_in().get(HISTORY).content.decode())
    change = Change.objects.get(item_name="Relay")
    assert f"/{change.item_id}/history/?version=2" in page
    assert "in the console from 127.0.0.1" in page
    assert "Version 2: Name" in page


@pytest.mark.usefixtures("changes")
def test_its_queries_dont_grow_with_the_changes() -> None:
    client = signed_in()
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(HISTORY)
    for number in range(10):
        save(client, make_process(), name=f"Process {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(HISTORY)
    assert len(many) == len(few)


def test_an_auditor_finds_who_changed_the_policy_before_an_approval_and_it_is_restored() -> None:
    policy, sam = make_full_policy(), signed_in(username="sam")
    save(sam, policy, description="For the design team only.")
    save(signed_in(username="robin"), policy, description="For everybody.", inclusion=[])
    asked = make_request(plea=make_plea(policy_id=policy.pk, policy_name=policy.name))
    helper = Decider("console", user=make_user("desk", role="Helpdesk"))
    decide(number=asked.number, decider=helper, answer="approve")
    save(sam, policy, description="Looked at after the incident.")

    auditor = signed_in(AUDITORS)
    page = auditor.get(f"/approvals/PM-{asked.number}/").content.decode()
    assert policy.name in page
    assert "desk" in page
    rows = auditor.get(HISTORY, {"q": policy.name, "kind": "policies"}).content.decode()
    assert rows.count("robin") == 2  # one change, and the menu of people
    seen = auditor.get(url(policy, "history"), {"version": "3"}).content.decode()
    assert "robin" in seen
    assert "<del>For the design team only.</del>" in seen
    assert "<ins>For everybody.</ins>" in seen
    assert auditor.post(f"{url(policy, 'history')}2/restore/").status_code == 403

    inclusions = policy.policy_filters.filter(role="inclusion")
    assert not inclusions.exists()
    assert sam.post(f"{url(policy, 'history')}2/restore/").status_code == 302
    policy.refresh_from_db()
    assert policy.description == "For the design team only."
    assert inclusions.count() == 2
