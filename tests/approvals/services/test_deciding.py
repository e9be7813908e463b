"""Deciding: one outcome, never by the requester, the narrowest grant, everybody is told."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from approvals.errors import AnswerRefused, ApprovalError, NotAllowed, RequestClosed
from approvals.models import ApprovalRequest, Decision, Grant, OutgoingMail
from approvals.services import Decider, ask_again, cancel_request, decide, expire_requests
from approvals.services.attendance import keep_watching
from core.actors import Actor
from core.audit.services import verify
from core.people.models import User
from tests.at_once import at_once
from tests.factories import DANA, LEE, invitation_of, let_expire, make_request, make_user

BY = Actor.of_system("alice")
pytestmark = pytest.mark.django_db


def reply(request: ApprovalRequest, answer: str, address: str = DANA, **more: object) -> Decision:
    decider = Decider("reply", invitation=invitation_of(request, address))
    return decide(number=request.number, decider=decider, answer=answer, **more)


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def test_an_approval_makes_a_one_time_grant() -> None:
    request = make_request()
    reply(request, "approve", comment="Fine.")

    grant = Grant.objects.get(request=request)
    assert state(request) == "approved"
    assert grant.one_time
    assert grant.expires_at - grant.granted_at == timedelta(hours=24)


def test_a_timed_approval_runs_from_the_decision() -> None:
    request = make_request()
    decision = reply(request, "approve", minutes=120)

    grant = Grant.objects.get(request=request)
    assert not grant.one_time
    assert 7199 <= (grant.expires_at - decision.at).total_seconds() <= 7201


def test_a_denial_closes_and_makes_no_grant() -> None:
    request = make_request()
    reply(request, "deny", comment="Use the packaged version.")

    assert state(request) == "denied"
    assert not Grant.objects.exists()


def test_a_second_answer_cannot_reverse_a_decision() -> None:
    request = make_request()
    reply(request, "deny")

    with pytest.raises(RequestClosed, match="denied already, by dana@example.com"):
        reply(request, "approve", LEE)
    assert state(request) == "denied"
    assert Decision.objects.count() == 1


def test_an_answer_after_expiry_changes_nothing_even_before_the_sweep() -> None:
    request = make_request()
    let_expire(request)

    with pytest.raises(RequestClosed, match="expired"):
        reply(request, "approve")
    assert not Grant.objects.exists()


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_a_grant_outside_the_limit_is_refused(minutes: int) -> None:
    request = make_request(longest_grant=60)

    with pytest.raises(AnswerRefused, match="from 1 to 60 minutes"):
        reply(request, "approve", minutes=minutes)
    assert state(request) == "pending"


def test_the_requester_cannot_decide_in_the_console_whatever_his_role() -> None:
    request = make_request()
    alice = make_user("alice", role="Administrators", accounts=("example\\alice",))

    with pytest.raises(NotAllowed):
        decide(number=request.number, decider=Decider("console", user=alice), answer="approve")


def test_an_approver_found_to_be_the_requester_later_cannot_decide() -> None:
    request = make_request()
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))

    with pytest.raises(NotAllowed):
        reply(request, "approve")


@pytest.mark.parametrize("answer", ["approve", "deny"])
def test_a_disabled_account_decides_nothing_on_whatever_road(answer: str) -> None:
    request = make_request()
    dana, bo = make_user("dana", email=DANA), make_user("bo")
    invitation = invitation_of(request, DANA)
    User.objects.update(is_active=False)
    dana.refresh_from_db()
    bo.refresh_from_db()
    link = Decision.Channel.LINK

    for decider in (
        Decider("reply", invitation=invitation),
        Decider(link, invitation=invitation, user=dana),
        Decider(link, invitation=invitation_of(request, LEE), signed_in=bo),
        Decider("console", user=bo),
    ):
        with pytest.raises(NotAllowed, match="account is disabled"):
            decide(number=request.number, decider=decider, answer=answer)
    assert state(request) == "pending"


def test_an_address_that_somebody_else_took_over_decides() -> None:
    request = make_request()
    make_user("dana", email=DANA)
    User.objects.update(is_active=False)
    make_user("successor", email="dana+it@example.com")

    reply(request, "approve")
    assert state(request) == "approved"


def test_two_approvals_of_one_person_do_not_make_two() -> None:
    dana = make_user("dana", email=DANA)
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")

    assert state(request) == "pending"


def test_the_grant_of_a_quorum_is_the_narrowest_given() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve", minutes=120)
    assert state(request) == "pending"
    reply(request, "approve", LEE, minutes=30)

    grant = Grant.objects.get(request=request)
    assert round((grant.expires_at - grant.granted_at).total_seconds()) == 1800


def test_one_time_is_narrower_than_any_time() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    reply(request, "approve", LEE, minutes=30)

    assert Grant.objects.get(request=request).one_time


def test_a_persons_newest_answer_counts_while_the_request_is_open() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    reply(request, "approve", minutes=10)
    reply(request, "approve", LEE, minutes=30)

    assert not Grant.objects.get(request=request).one_time


def test_any_denial_closes_a_quorum() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    reply(request, "deny", LEE)

    assert state(request) == "denied"


def test_everyone_invited_and_the_requester_learn_the_outcome() -> None:
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = make_request()
    OutgoingMail.objects.update(state="sent")
    reply(request, "approve", minutes=120)

    told = OutgoingMail.objects.filter(request=request).exclude(purpose="request")
    assert sorted(told.values_list("recipient", "purpose")) == [
        ("alice@example.com", "requester_outcome"),
        (DANA, "outcome"),
        (LEE, "outcome"),
    ]


def test_a_request_mail_not_sent_yet_is_cancelled_and_needs_no_outcome() -> None:
    request = make_request()
    OutgoingMail.objects.filter(recipient=DANA).update(state="sent")
    reply(request, "approve")

    mails = OutgoingMail.objects.filter(request=request)
    assert mails.get(recipient=LEE).state == "cancelled"
    assert [m.recipient for m in mails.filter(purpose="outcome")] == [DANA]


def test_whom_only_the_reminder_reached_learns_the_outcome_in_its_thread() -> None:
    request = make_request(to_addresses=(DANA, LEE), remind_after=30)
    request.mails.filter(recipient=DANA).update(state="failed")
    past = timezone.now() - timedelta(seconds=1)
    ApprovalRequest.objects.filter(pk=request.pk).update(remind_at=past)
    ask_again()
    reminder = request.mails.get(recipient=DANA, purpose="reminder")
    OutgoingMail.objects.unfinished().update(state="sent")
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")
    outcome = request.mails.get(recipient=DANA, purpose="outcome")
    assert (outcome.follows, outcome.in_reply_to) == (reminder, reminder.message_id)


@pytest.mark.parametrize("why", ["nobody knows whether it arrived", "she answered"])
def test_so_does_whoever_may_have_got_an_email_that_was_given_up(why: str) -> None:
    request = make_request(to_addresses=(DANA, LEE), approvals_needed=2)
    mail = request.mails.get(recipient=DANA)
    if why == "she answered":
        reply(request, "approve")
    else:
        mail.attempts.create(at=timezone.now(), outcome="unknown", server_name="Mail", answer="")
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed")
    OutgoingMail.objects.filter(recipient=LEE).update(state="sent")
    reply(request, "deny", LEE)
    outcomes = request.mails.filter(purpose="outcome")
    assert {outcome.recipient for outcome in outcomes} == {DANA, LEE}


def test_an_outcome_waits_for_a_request_mail_that_is_being_sent() -> None:
    request = make_request(to_addresses=(DANA,))
    in_an_hour = timezone.now() + timedelta(hours=1)
    OutgoingMail.objects.update(lease=uuid.uuid4(), lease_until=in_an_hour)
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")

    outcome = OutgoingMail.objects.get(purpose="outcome")
    assert outcome not in OutgoingMail.objects.due()
    OutgoingMail.objects.filter(purpose="request").update(state="sent")
    assert outcome in OutgoingMail.objects.due()


@pytest.mark.django_db(transaction=True)
def test_of_many_decisions_at_once_exactly_one_wins() -> None:
    request = make_request()
    users = [make_user() for _ in range(6)]
    answers = [
        partial(decide, number=request.number, decider=Decider("console", user=user), answer=wish)
        for user, wish in zip(users, ["approve", "deny"] * 3, strict=True)
    ]
    outcomes = at_once(*answers, expected=RequestClosed)

    assert sum(isinstance(outcome, RequestClosed) for outcome in outcomes) == 5
    assert Decision.objects.count() == 1
    assert list(verify()) == []


def test_expiry_closes_and_tells() -> None:
    request = make_request()
    OutgoingMail.objects.update(state="sent")
    let_expire(request)

    assert expire_requests() == 1
    assert state(request) == "expired"
    assert OutgoingMail.objects.filter(purpose="outcome").count() == 2
    assert expire_requests() == 0


def test_a_request_that_cannot_be_closed_holds_up_no_other() -> None:
    broken, sound = make_request(), make_request()
    for request in (broken, sound):
        let_expire(request)
    ApprovalRequest.objects.filter(pk=broken.pk).update(terms_json={})

    assert expire_requests() == 1
    assert (state(broken), state(sound)) == ("pending", "expired")


def desert(request: ApprovalRequest) -> None:
    ApprovalRequest.objects.filter(pk=request.pk).update(
        last_waited_at=timezone.now() - timedelta(minutes=11)
    )


def test_a_request_nobody_waits_for_any_more_is_cancelled() -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=11), tick=False):
        keep_watching()
    waited, left_pending = make_request(waits=True), make_request(waits=False)
    desert(waited)
    expire_requests()

    assert state(waited) == "cancelled"
    assert state(left_pending) == "pending"


def test_it_is_told_who_cancelled_its_user_or_nobody_who_waited() -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=11), tick=False):
        keep_watching()
    left, withdrawn = make_request(waits=True), make_request(waits=True)
    OutgoingMail.objects.update(state="sent")
    desert(left)
    expire_requests()
    cancel_request(number=withdrawn.number, computer_id=withdrawn.computer_id, by=BY)
    for request, sentence, told in (
        (left, "was cancelled: WS-014 stopped waiting for it", "WS-014 stopped waiting for an"),
        (withdrawn, "was cancelled by the user", "User alice withdrew the request"),
    ):
        with pytest.raises(RequestClosed, match=sentence):
            reply(request, "approve")
        mail = OutgoingMail.objects.get(request=request, recipient=DANA, purpose="outcome")
        assert told in mail.draft.text


def test_after_the_console_was_down_waiting_agents_have_ten_minutes_to_return() -> None:
    keep_watching()
    waited = make_request(waits=True)
    desert(waited)
    expire_requests()

    assert state(waited) == "pending"


def test_cancelling_is_for_the_computer_that_asked() -> None:
    request = make_request()

    assert not cancel_request(number=request.number, computer_id=uuid.uuid4(), by=BY)
    assert cancel_request(number=request.number, computer_id=request.computer_id, by=BY)
    assert state(request) == "cancelled"
    assert not cancel_request(number=request.number, computer_id=request.computer_id, by=BY)


def test_errors_carry_a_code_and_a_sentence() -> None:
    error: ApprovalError = RequestClosed("PM-1 was denied already, by Dana.")

    assert (error.code, error.message) == ("closed", "PM-1 was denied already, by Dana.")


def test_the_outcome_of_a_quorum_names_all_whose_approvals_count() -> None:
    request = make_request(approvals_needed=2)
    OutgoingMail.objects.update(state="sent")
    reply(request, "approve", minutes=5)
    reply(request, "approve", LEE, minutes=1440)
    text = OutgoingMail.objects.get(recipient=DANA, purpose="outcome").draft.text
    assert "approved for 5 minutes" in text
    assert "By: dana@example.com and lee@example.com, " in text


def test_an_answer_too_late_for_a_quorum_learns_of_all_who_decided() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    reply(request, "approve", LEE)
    User.objects.filter(email=DANA).delete()  # what profiles say later changes no name
    with pytest.raises(RequestClosed, match="approved already, by dana@example.com and lee@"):
        reply(request, "deny")


def test_whose_approval_was_denied_after_all_is_no_decider() -> None:
    request = make_request(approvals_needed=2)
    reply(request, "approve")
    reply(request, "deny", LEE)
    with pytest.raises(RequestClosed, match="denied already, by lee@example.com\\.$"):
        reply(request, "deny")
