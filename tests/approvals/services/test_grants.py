"""Grants: used once, valid until, taken back."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.errors import GrantGone, MailNotChanged
from approvals.models import Grant, GrantUse, OutgoingMail
from approvals.outbox.claim import claim
from approvals.outbox.upkeep import withdraw_needless
from approvals.selectors import pending_keys, recent_denials, states_of, valid_grants
from approvals.services import Decider, decide, revoke_grant, tell_of_ends, use_grants
from approvals.services.mail_queue import cancel_mail, retry_mail
from approvals.services.notices import queue_ending
from core.actors import Actor
from core.people.accounts import Account
from tests.at_once import at_once
from tests.factories import DANA, LEE, make_request, make_smtp_server, make_user

pytestmark = pytest.mark.django_db


def granted(minutes: int | None = None) -> Grant:
    request = make_request()
    decide(
        number=request.number,
        decider=Decider("console", user=make_user()),
        answer="approve",
        minutes=minutes,
    )
    return Grant.objects.get(request=request)


def use(grant: Grant) -> None:
    use_grants(grant_ids=[str(grant.pk)], event_id=uuid.uuid4())


def test_a_one_time_grant_is_used_once() -> None:
    grant = granted()
    use(grant)

    with pytest.raises(GrantGone):
        use(grant)
    assert GrantUse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_executions_at_once_exactly_one_gets_a_one_time_grant() -> None:
    grant = granted()
    outcomes = at_once(*[lambda: use(grant)] * 8, expected=GrantGone)

    assert sum(isinstance(outcome, GrantGone) for outcome in outcomes) == 7
    assert GrantUse.objects.count() == 1


def test_a_timed_grant_is_used_any_number_of_times_until_its_end() -> None:
    grant = granted(minutes=30)
    use(grant)
    use(grant)
    assert GrantUse.objects.count() == 2

    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(GrantGone):
        use(grant)


def test_a_one_time_grant_that_is_not_used_ends_when_its_process_says_so() -> None:
    request = make_request(one_time_ends_after=90)
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="approve")
    grant = Grant.objects.get()
    assert (grant.minutes, grant.expires_at - grant.granted_at) == (None, timedelta(minutes=90))

    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert valid_grants(computer_id=request.computer_id) == []
    with pytest.raises(GrantGone):
        use(grant)


def test_using_several_grants_is_all_or_nothing() -> None:
    first, second = granted(), granted()
    use(second)

    with pytest.raises(GrantGone):
        use_grants(grant_ids=[str(first.pk), str(second.pk)], event_id=uuid.uuid4())
    use(first)


def test_a_revoked_grant_is_not_valid_and_cannot_be_revoked_again() -> None:
    grant = granted(minutes=30)
    assert valid_grants(computer_id=grant.request.computer_id) == [grant]

    revoke_grant(grant_id=grant.pk, by=Actor.of_system("sam"), reason="Not needed.")

    assert valid_grants(computer_id=grant.request.computer_id) == []
    with pytest.raises(GrantGone):
        use(grant)
    with pytest.raises(GrantGone):
        revoke_grant(grant_id=grant.pk, by=Actor.of_system("sam"), reason="Not needed.")


def test_an_outcome_that_waits_when_the_grant_is_revoked_says_so_and_nobody_is_told_to_use_it() -> (
    None
):
    request = make_request(mail_domain="example.com", to_addresses=(DANA, LEE))
    OutgoingMail.objects.update(state="sent")
    reply = Decider("reply", invitation=request.invitations.get(address=DANA))
    decide(number=request.pk, decider=reply, answer="approve", minutes=60)
    told = OutgoingMail.objects.filter(recipient=DANA, purpose="outcome").update(state="sent")
    grant = Grant.objects.get(request=request)
    queue_ending(grant)
    OutgoingMail.objects.filter(purpose="ending").update(state="unknown")
    revoke_grant(grant_id=grant.pk, by=Actor.of_system("sam"), reason="Not needed.")

    waiting = OutgoingMail.objects.filter(state="queued")
    texts = {(mail.recipient, mail.purpose): mail.draft.text for mail in waiting}
    assert told
    assert not OutgoingMail.objects.filter(state="unknown").exists()
    assert texts.keys() == {(LEE, "outcome"), ("alice@example.com", "revoked")}
    assert "but the approval has been revoked since." in texts[LEE, "outcome"]
    assert "may run" not in texts[LEE, "outcome"]


def test_an_outcome_that_was_being_sent_just_then_is_not_tried_again_and_its_approver_gets_both() -> (
    None
):
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.update(state="sent")
    reply = Decider("reply", invitation=request.invitations.get())
    decide(number=request.pk, decider=reply, answer="approve", minutes=60)
    lease = {"lease": uuid.uuid4(), "lease_until": timezone.now() + timedelta(minutes=5)}
    OutgoingMail.objects.filter(purpose="outcome").update(**lease)
    grant = Grant.objects.get(request=request)
    revoke_grant(grant_id=grant.pk, by=Actor.of_system("sam"), reason="Not needed.")

    being_sent = OutgoingMail.objects.get(lease=lease["lease"])
    OutgoingMail.objects.filter(pk=being_sent.pk).update(
        state="deferred", lease=None, lease_until=None
    )
    claimed = claim(make_smtp_server(), limit=50)
    (outcome,) = (mail for mail in claimed if mail.purpose == "outcome")
    assert outcome.id != being_sent.pk
    assert "but the approval has been revoked since." in outcome.draft.text
    withdraw_needless()
    being_sent.refresh_from_db()
    assert being_sent.state == "cancelled"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(6))
def test_a_revocation_while_its_user_is_told_of_the_end_is_not_lost(attempt: int) -> None:
    request = make_request(mail_domain="example.com", tell_before_end=30)
    OutgoingMail.objects.update(state="sent")
    reply = Decider("reply", invitation=request.invitations.get(address=LEE))
    decide(number=request.pk, decider=reply, answer="approve", minutes=60)
    grant = Grant.objects.get(request=request)
    Grant.objects.update(tell_at=timezone.now() - timedelta(seconds=1))

    sam = Actor.of_system("sam")
    at_once(tell_of_ends, lambda: revoke_grant(grant_id=grant.pk, by=sam, reason="Not needed."))
    grant.refresh_from_db()
    assert grant.revoked_at
    assert not OutgoingMail.objects.due().filter(purpose="ending").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [retry_mail, cancel_mail])
@pytest.mark.parametrize("attempt", range(4))
def test_a_revocation_and_a_change_in_the_mail_queue_at_once_wait_for_each_other(
    attempt: int, change: Callable[..., OutgoingMail]
) -> None:
    sam, request = Actor.of_system("sam"), make_request()
    OutgoingMail.objects.update(state="sent")
    reply = Decider("reply", invitation=request.invitations.get(address=LEE))
    decide(number=request.pk, decider=reply, answer="approve", minutes=60)
    waits = request.mails.filter(purpose="outcome")[attempt % 2]
    OutgoingMail.objects.filter(pk=waits.pk).update(state="deferred")
    grant = Grant.objects.get(request=request)
    at_once(
        lambda: revoke_grant(grant_id=grant.pk, by=sam, reason="Not needed."),
        lambda: change(mail_id=waits.pk, by=sam),
        expected=MailNotChanged,
    )
    grant.refresh_from_db()
    assert grant.revoked_at
    texts = [mail.draft.text for mail in OutgoingMail.objects.due().filter(purpose="outcome")]
    assert texts
    assert all("has been revoked since" in text for text in texts)


def test_the_outcome_of_an_email_that_may_have_arrived_is_replaced_too() -> None:
    request = make_request(to_addresses=(DANA, LEE))
    OutgoingMail.objects.filter(recipient=LEE).update(state="sent")
    maybe = OutgoingMail.objects.get(recipient=DANA)
    maybe.attempts.create(at=timezone.now(), outcome="unknown", server_name="Mail", answer="")
    OutgoingMail.objects.filter(pk=maybe.pk).update(state="unknown")
    reply = Decider("reply", invitation=request.invitations.get(address=LEE))
    decide(number=request.pk, decider=reply, answer="approve", minutes=60)
    withdraw_needless()
    grant = Grant.objects.get(request=request)
    revoke_grant(grant_id=grant.pk, by=Actor.of_system("sam"), reason="Not needed.")

    due = OutgoingMail.objects.due().filter(purpose="outcome")
    assert {mail.recipient for mail in due} == {DANA, LEE}


def test_selectors_tell_what_policies_need() -> None:
    pending = make_request()
    denied = make_request()
    decide(
        number=denied.number,
        decider=Decider("console", user=make_user("lee")),
        answer="deny",
        comment="No.",
    )

    assert pending_keys(computer_id=pending.computer_id) == {pending.scope_key: pending.number}
    alice = Account("alice@example.com")
    denials = recent_denials(computer_id=denied.computer_id, account=alice)
    assert denials == {denied.pause_key: "No."}
    assert recent_denials(computer_id=denied.computer_id, account=Account("bob")) == {}
    states = states_of([pending.number, denied.number])
    assert states[pending.number].state == "pending"
    assert (states[denied.number].comment, states[denied.number].decided_by) == ("No.", "lee")
