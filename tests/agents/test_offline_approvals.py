"""Approving by phone: a code for one execution, what the caller says, and what ran in the end."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import OfflineApproval
from agents.services.offline_codes import PER_COMPUTER
from agents.signing import offline_response
from agents.simulation.offline_code import TRIES, WrongCode, accept, request_code
from core.alerts.models import Alert
from core.audit.models import Entry
from policies.models import PolicyEvent
from tests.agents.endpoints import SETUP, Agent, make_agent
from tests.agents.test_offline import an_offline_event, report
from tests.factories import signed_in

pytestmark = pytest.mark.django_db
LIST, GIVE = "/offline-approvals/", "/offline-approvals/give/"
CODE = "ABCD2345"


@pytest.fixture
def desk() -> Client:
    return signed_in("Helpdesk", "sam")


def give(client: Client, **typed: str) -> Any:
    said = {
        "computer": "ws-014",
        "request_code": "abcd 2345",
        "account": "EXAMPLE\\alice",
        "program": "setup.exe",
        "reason": "Known caller, no network.",
    }
    return client.post(GIVE, said | typed)


def shown_code(response: Any) -> str:
    found = re.search(r'value="([A-Z2-7]{4} [A-Z2-7]{4})"', response.content.decode())
    assert found, response.content.decode()
    return found[1]


def ran(
    agent: Agent, *, code: str = CODE, ago: timedelta = timedelta(), **values: Any
) -> PolicyEvent:
    """What the agent reports afterwards."""
    event = an_offline_event(ago=ago, offline_code=code, **values)
    assert report(agent, event).status_code == 200
    return PolicyEvent.objects.latest("id")


def alerts() -> list[str]:
    return list(Alert.objects.filter(closed_at=None).values_list("text", flat=True))


def test_the_response_is_for_this_computer_and_this_code_and_is_recorded(
    agent: Agent, desk: Client
) -> None:
    response = give(desk)
    assert response["Cache-Control"] == "no-store"
    code = shown_code(response)
    assert code.replace(" ", "") == offline_response(CODE, computer_key=agent.key)
    assert code.replace(" ", "") != offline_response(CODE, computer_key=make_agent().key)
    assert code.replace(" ", "") != offline_response("ABCD2346", computer_key=agent.key)
    approval = OfflineApproval.objects.get()
    assert (approval.by, approval.reason) == ("sam", "Known caller, no network.")
    entry = Entry.objects.get(verb="approve offline")
    assert "setup.exe" in entry.payload.text
    assert code not in entry.payload.text


def test_the_dialog_warns_that_the_caller_may_say_what_they_like(desk: Client) -> None:
    assert "All of this is what the caller says." in desk.get(GIVE).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"request_code": "ABCD234"}, "Enter the 8 letters and digits"),
        ({"request_code": "ABCD2341"}, "Enter the 8 letters and digits"),
        ({"computer": "elsewhere"}, "No active computer has this name."),
        ({"reason": ""}, "Enter why you approve it."),
        ({"account": "EXAMPLE\\sam"}, "may be your account"),
        ({"program": "setup\u202eexe"}, "Remove the characters that can't be seen."),
    ],
)
def test_what_can_not_be_gets_no_code_and_loses_nothing(
    agent: Agent, desk: Client, typed: dict[str, str], words: str
) -> None:
    page = html.unescape(give(desk, **typed).content.decode())
    assert words in page
    assert "Known caller" in page or not typed.get("reason", "x")
    assert not OfflineApproval.objects.exists()


def test_a_revoked_computer_gets_no_code(agent: Agent, desk: Client) -> None:
    agent.computer.revoked_at = timezone.now()
    agent.computer.save()
    assert give(desk).status_code == 404


def test_a_request_code_is_answered_once(agent: Agent, desk: Client) -> None:
    give(desk)
    again = give(desk)
    assert again.status_code == 409
    assert "works once" in again.content.decode()


def test_codes_for_one_computer_are_limited(agent: Agent, desk: Client) -> None:
    codes = [f"ABCD23{one}{other}" for one in "ABCD" for other in "ABCD"]
    statuses = [give(desk, request_code=code).status_code for code in codes[: PER_COMPUTER + 1]]
    assert statuses == [200] * PER_COMPUTER + [429]


@pytest.mark.parametrize("role", ["Auditors", "Users", "Windows Administrators"])
def test_others_see_the_list_and_give_none(agent: Agent, role: str) -> None:
    client = signed_in(role)
    assert client.get(LIST).status_code == 200
    assert give(client).status_code == 403


def test_what_ran_is_compared_with_what_was_said(agent: Agent, desk: Client) -> None:
    give(desk)
    event = ran(agent)
    approval = OfflineApproval.objects.get()
    assert (approval.event_id, approval.differs) == (event.pk, "")
    assert event.decision["offline"]["code"] == CODE
    assert f"/policy-events/{event.pk}/" in desk.get(LIST).content.decode()
    assert alerts() == []


@pytest.mark.parametrize(
    ("said", "ran_at", "words"),
    [
        ({"program": "notes.exe"}, {}, f"The program was {SETUP}, not notes.exe."),
        ({"account": "EXAMPLE\\bob"}, {}, "The user was EXAMPLE\\alice, not EXAMPLE\\bob."),
        ({}, {"ago": timedelta(hours=3)}, "It didn't run within the 15 minutes"),
        ({}, {"code": "ABCD2346"}, "by an offline code that nobody gave"),
    ],
)
def test_what_was_not_said_is_told_to_administrators(
    agent: Agent, desk: Client, said: dict[str, str], ran_at: dict[str, Any], words: str
) -> None:
    give(desk, **said)
    ran(agent, **ran_at)
    assert words in alerts()[0]


def test_a_code_that_is_used_again_is_told(agent: Agent, desk: Client) -> None:
    give(desk)
    first = ran(agent)
    ran(agent)
    assert "was used again" in alerts()[0]
    assert OfflineApproval.objects.get().event_id == first.pk


def test_who_gave_the_code_is_not_who_ran_it(agent: Agent) -> None:
    give(signed_in("Helpdesk", "dana", accounts=("EXAMPLE\\alice",)), account="EXAMPLE\\bob")
    ran(agent)
    assert "may be who gave the code" in alerts()[0]


# The endpoint's side -----------------------------------------------------------------------


def test_a_response_works_once_for_its_execution_and_within_five_tries(tmp_path: Path) -> None:
    file, key, event = tmp_path / "code.json", b"k" * 32, {"file_path": "setup.exe"}
    response = offline_response(request_code(file, event), computer_key=key)
    with pytest.raises(WrongCode, match="another execution"):
        accept(file, {"file_path": "other.exe"}, response, computer_key=key)
    accept(file, event, f"{response[:4]} {response[4:].lower()}", computer_key=key)
    with pytest.raises(WrongCode, match="No code waits"):
        accept(file, event, response, computer_key=key)
    response = offline_response(request_code(file, event), computer_key=key)
    for _ in range(TRIES):
        with pytest.raises(WrongCode, match="isn't the response"):
            accept(file, event, "AAAAAAAA", computer_key=key)
    with pytest.raises(WrongCode, match="Too many"):
        accept(file, event, response, computer_key=key)
