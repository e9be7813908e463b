"""What a requester wants: approvers who drown in mail, or more pending requests than are allowed."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from approvals.errors import TooManyPending, TooManyRequests
from approvals.models import ApprovalRequest, OutgoingMail
from approvals.services import Decider, cancel_request, decide
from approvals.services.opening import MAX_PENDING
from core.actors import Actor
from core.advanced.settings import ConsoleSettings
from tests.agents.endpoints import an_event, make_agent, make_approval_policy
from tests.at_once import at_once
from tests.factories import make_plea, make_request, make_type, make_user, set_advanced

COMPUTER = uuid.UUID(int=14)


def open_and_cancel(**plea: Any) -> ApprovalRequest:
    request = make_request(plea=make_plea(**plea), type=plea.pop("type", None) or TYPES.made())
    cancel_request(
        number=request.number, computer_id=request.computer_id, by=Actor.of_system("agent")
    )
    return request


class TYPES:
    """One approval type for a whole test."""

    @staticmethod
    def made() -> Any:
        from approvals.models import ApprovalType

        return ApprovalType.objects.first() or make_type()


@pytest.mark.django_db
def test_report_reason_cancel_in_a_loop() -> None:
    set_advanced(openings_per_account=3)
    agent = make_agent()
    make_approval_policy(agent.group)
    for number in range(3):
        opened = agent.ask(an_event(arguments=[str(number)]))
        assert agent.post(f"requests/{opened['request']}/cancel", {}).status_code == 200
    verdict = agent.verdict(an_event(arguments=["4"]))
    refused = agent.reason(verdict["event_id"])
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert ApprovalRequest.objects.count() == 3
    # The reason wasn't used up: an hour after the first one it is taken.
    ApprovalRequest.objects.filter(pk__gt=0).update(created_at=timezone.now() - timedelta(hours=1))
    assert agent.reason(verdict["event_id"]).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spelling",
    [
        {"account": "example\\ALICE"},
        {"account": "alice@other.example", "account_id": "S-1-5-21-7"},
    ],
)
def test_spell_the_account_in_another_way(spelling: dict[str, str]) -> None:
    set_advanced(openings_per_account=2)
    open_and_cancel(account_id="S-1-5-21-7")
    open_and_cancel(account_id="S-1-5-21-7")
    with pytest.raises(TooManyRequests):
        open_and_cancel(**spelling)
    open_and_cancel(account="EXAMPLE\\bob")


SPELLINGS = ["alice@example.com", "WS-014\\alice", "alice", "EXAMPLE+alice", "EXAMPLE\\al\u200bice"]


@pytest.mark.django_db
def test_have_more_pending_by_spelling_the_account_in_other_ways() -> None:
    approval_type = make_type()
    for spelling in SPELLINGS[:MAX_PENDING]:
        make_request(plea=make_plea(account=spelling), type=approval_type)
    with pytest.raises(TooManyPending):
        make_request(plea=make_plea(account="EXAMPLE\\alice"), type=approval_type)
    make_request(plea=make_plea(account="EXAMPLE\\bob"), type=approval_type)


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_ask_again_after_a_denial_by_spelling_the_account_in_another_way(spelling: str) -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    otherwise = an_event(account=spelling)
    reported_before = agent.verdict(otherwise)["event_id"]
    decide(
        number=agent.ask()["request"],
        decider=Decider("console", user=make_user()),
        answer="deny",
        comment="Ask IT first.",
    )
    verdict = agent.verdict(otherwise)
    assert (verdict["verdict"], verdict["code"]) == ("deny", "recently_denied")
    assert "Ask IT first." in verdict["message"]
    assert agent.reason(reported_before).json()["code"] == "recently_denied"
    assert agent.verdict(an_event(account="EXAMPLE\\bob"))["verdict"] == "approval_required"


@pytest.mark.django_db
def test_two_people_whose_identifiers_differ_count_apart() -> None:
    approval_type = make_type()
    one, other = ({"account": "dana", "account_id": f"S-1-5-21-{n}"} for n in (1, 2))
    for _ in range(MAX_PENDING):
        make_request(plea=make_plea(**one), type=approval_type)
    make_request(plea=make_plea(**other), type=approval_type)


@pytest.mark.django_db
def test_letters_beyond_ascii_in_either_case_are_one_account() -> None:
    set_advanced(openings_per_account=1)
    open_and_cancel(account="EXAMPLE\\jürgen")
    with pytest.raises(TooManyRequests):
        open_and_cancel(account="EXAMPLE\\JÜRGEN")


@pytest.mark.django_db
def test_use_many_accounts_of_one_computer() -> None:
    set_advanced(openings_per_computer=4)
    for number in range(4):
        open_and_cancel(account=f"user{number}")
    with pytest.raises(TooManyRequests) as refusal:
        open_and_cancel(account="user5")
    assert refusal.value.retry_after <= 3600
    open_and_cancel(account="user5", computer_id=uuid.uuid4())


@pytest.mark.django_db
def test_the_presets_are_those_of_the_rules() -> None:
    assert (ConsoleSettings().openings_per_account, ConsoleSettings().openings_per_computer) == (
        20,
        60,
    )


@pytest.mark.django_db(transaction=True)
def test_submit_sixteen_reasons_at_once() -> None:
    approval_type = make_type()
    pleas = [make_plea() for _ in range(16)]
    opened = at_once(
        *(partial(make_request, plea=plea, type=approval_type) for plea in pleas),
        expected=TooManyPending,
    )
    assert ApprovalRequest.objects.pending().count() == MAX_PENDING
    assert sum(isinstance(each, TooManyPending) for each in opened) == 16 - MAX_PENDING


@pytest.mark.django_db(transaction=True)
def test_open_for_many_accounts_of_a_computer_at_once() -> None:
    set_advanced(openings_per_computer=3)
    approval_type = make_type()
    pleas = [make_plea(account=f"user{number}") for number in range(12)]
    opened = at_once(
        *(partial(make_request, plea=plea, type=approval_type) for plea in pleas),
        expected=TooManyRequests,
    )
    assert ApprovalRequest.objects.count() == 3
    assert sum(isinstance(each, TooManyRequests) for each in opened) == 9


@pytest.mark.django_db
def test_a_request_cancelled_before_its_mail_left_sends_nothing_more() -> None:
    make_user(email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = open_and_cancel()
    mails = OutgoingMail.objects.filter(request=request)
    assert {mail.state for mail in mails} == {"cancelled"}
    assert {mail.purpose for mail in mails} == {"request"}


@pytest.mark.django_db
def test_only_those_whose_request_mail_left_hear_of_the_end() -> None:
    make_user(email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = make_request()
    first = OutgoingMail.objects.filter(request=request).order_by("pk").first()
    assert first is not None
    OutgoingMail.objects.filter(pk=first.pk).update(state="sent")
    cancel_request(
        number=request.number, computer_id=request.computer_id, by=Actor.of_system("agent")
    )
    outcomes = OutgoingMail.objects.filter(request=request).exclude(purpose="request")
    told = {(mail.purpose, mail.recipient) for mail in outcomes}
    assert told == {("outcome", first.recipient), ("requester_outcome", "alice@example.com")}


@pytest.mark.django_db
def test_asking_again_for_what_is_pending_is_no_opening() -> None:
    set_advanced(openings_per_account=1)
    plea, approval_type = make_plea(), make_type()
    first = make_request(plea=plea, type=approval_type)
    assert make_request(plea=plea, type=approval_type) == first
