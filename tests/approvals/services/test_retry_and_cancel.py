"""Retry Now and Cancel: what a person may do about a mail in the outbox, and what that leaves."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from approvals.errors import MailNotChanged
from approvals.letters import kinds
from approvals.models import Grant, OutgoingMail
from approvals.services import Decider, ask_again, decide, revoke_grant
from approvals.services.asking_again import recount
from approvals.services.mail_queue import cancel_mail, retry_mail
from core.actors import Actor
from core.alerts.models import Alert
from core.audit.models import Entry
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Circuit
from tests.approvals.replies import bring_in, make_reply
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    make_request,
    make_smtp_server,
    make_user,
)

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
SAM = Actor.of_operator("sam")


def a_mail(state: str = State.DEFERRED, **columns: Any) -> OutgoingMail:
    """The request mail to dana, as it stands after some tries."""
    mail = OutgoingMail.objects.get(
        recipient=DANA, purpose=kinds.REQUEST.key, request=make_request()
    )
    finished = None if state in OutgoingMail.UNFINISHED else timezone.now()
    later = timezone.now() + timedelta(minutes=20)
    columns = {"due_at": later, "tries": 3, "finished_at": finished, **columns}
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, **columns)
    mail.refresh_from_db()
    return mail


def test_where_the_mail_to_an_approver_is_cancelled_others_are_asked() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,))
    cancel_mail(mail_id=OutgoingMail.objects.get(recipient=DANA).pk, by=SAM)
    ask_again()
    text = OutgoingMail.objects.get(recipient=LEE, request=request).draft.text
    assert f"because email to {DANA} wasn't delivered" in " ".join(text.split())


def test_the_alert_that_nobody_can_decide_ends_where_a_retry_helps() -> None:
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.update(state=State.FAILED)
    recount(request.number)
    ask_again()
    assert "it can have none" in Alert.objects.get(closed_at=None).text
    retry_mail(mail_id=OutgoingMail.objects.get().pk, by=SAM)
    ask_again()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_an_alert_stays_where_a_retry_helps_nothing() -> None:
    make_user("a.miller", email=LEE, accounts=("EXAMPLE\\alice",))
    make_request(approvals_needed=2)
    mail = OutgoingMail.objects.get(recipient=DANA)
    OutgoingMail.objects.update(state=State.FAILED)
    retry_mail(mail_id=mail.pk, by=SAM)
    ask_again()
    assert "it can have only 1" in Alert.objects.get(closed_at=None).text


@pytest.mark.parametrize("state", [State.DEFERRED, State.UNKNOWN, State.FAILED, State.QUEUED])
def test_a_mail_that_waits_or_was_given_up_is_due_at_once(state: str) -> None:
    mail = retry_mail(mail_id=a_mail(state).pk, by=SAM)

    assert OutgoingMail.objects.due().filter(pk=mail.pk).exists()
    assert mail.state == (State.QUEUED if state == State.FAILED else state)
    assert Entry.objects.filter(verb="retry", object_kind="mail", object_id=str(mail.pk)).exists()


def test_a_server_in_trouble_is_tried_at_once_too() -> None:
    server = make_smtp_server()
    mail = a_mail()
    open_circuit(server, reason="Connection refused", alert=False)

    retried = retry_mail(mail_id=mail.pk, by=SAM)

    assert retried.next_try is not None
    assert retried.next_try <= timezone.now()
    circuit = Circuit.objects.get(system=server)
    assert circuit.next_probe_at is not None
    assert circuit.next_probe_at <= timezone.now()
    assert circuit.opened_at is not None


def test_no_mail_is_sent_again_and_none_that_asks_about_a_closed_request() -> None:
    for state in (State.SENT, State.CANCELLED):
        with pytest.raises(MailNotChanged):
            retry_mail(mail_id=a_mail(state).pk, by=SAM)
    failed = a_mail(State.FAILED)
    request = failed.request
    assert request is not None
    decide(
        number=request.number,
        decider=Decider("reply", invitation=invitation_of(request)),
        answer="deny",
    )
    with pytest.raises(MailNotChanged, match="closed"):
        retry_mail(mail_id=failed.pk, by=SAM)
    assert not Entry.objects.filter(verb="retry").exists()


def test_an_outcome_is_not_sent_again_once_the_approval_was_revoked() -> None:
    request = make_request()
    OutgoingMail.objects.update(state=State.SENT)
    decide(number=request.pk, decider=Decider("console", user=make_user()), answer="approve")
    gave_up = OutgoingMail.objects.filter(purpose=kinds.OUTCOME.key)
    assert gave_up.update(state=State.FAILED) == 2
    revoke_grant(grant_id=Grant.objects.get().pk, by=SAM, reason="The wrong installer.")
    for mail in gave_up:
        with pytest.raises(MailNotChanged, match="revoked since"):
            retry_mail(mail_id=mail.pk, by=SAM)


def test_a_mail_that_is_being_sent_is_left_to_its_worker() -> None:
    mail = a_mail(lease_until=timezone.now() + timedelta(minutes=1))
    for act in (retry_mail, cancel_mail):
        with pytest.raises(MailNotChanged, match="being sent"):
            act(mail_id=mail.pk, by=SAM)


def test_a_cancelled_mail_stays_here_with_those_that_follow_it() -> None:
    mail = a_mail()
    reminder = OutgoingMail.objects.get(recipient=LEE)
    OutgoingMail.objects.filter(pk=reminder.pk).update(follows=mail, purpose="reminder")

    cancelled = cancel_mail(mail_id=mail.pk, by=SAM)
    assert (cancelled.state, cancelled.last_answer) == (
        State.CANCELLED,
        "Cancelled by operator sam.",
    )

    reminder.refresh_from_db()
    assert reminder.state == State.CANCELLED
    assert Entry.objects.filter(verb="cancel", object_id=str(mail.pk)).exists()
    with pytest.raises(MailNotChanged, match="nothing to cancel"):
        cancel_mail(mail_id=mail.pk, by=SAM)


def test_a_mail_that_waits_for_another_is_not_tried_out_of_turn() -> None:
    mail = a_mail()
    request = mail.request
    assert request is not None
    waiting = OutgoingMail.objects.get(recipient=LEE)
    OutgoingMail.objects.filter(pk=waiting.pk).update(follows=mail, purpose="reminder")
    with pytest.raises(
        MailNotChanged, match="It waits for another email: Approval request to dana"
    ):
        retry_mail(mail_id=waiting.pk, by=SAM)
    OutgoingMail.objects.filter(pk=mail.pk).update(purpose="digest")
    OutgoingMail.objects.filter(pk=waiting.pk).update(purpose="request")
    with pytest.raises(MailNotChanged, match="It goes with another email"):
        retry_mail(mail_id=waiting.pk, by=SAM)


def test_the_requests_of_a_digest_that_failed_are_sent_one_by_one() -> None:
    digest = a_mail(State.FAILED, purpose="digest")
    asking = OutgoingMail.objects.filter(recipient=LEE)
    asking.update(follows=digest, state=State.FAILED, finished_at=timezone.now())
    with pytest.raises(MailNotChanged, match="one by one"):
        retry_mail(mail_id=digest.pk, by=SAM)

    mail = retry_mail(mail_id=asking.get().pk, by=SAM)
    assert OutgoingMail.objects.due().filter(pk=mail.pk).exists()
    assert mail.thread_id == mail.message_id


@pytest.mark.parametrize("purpose", ["ending", "digest", "unclear"])
def test_what_it_is_about_being_over_no_mail_is_tried(purpose: str) -> None:
    over = timezone.now() - timedelta(minutes=1)
    mail = a_mail(State.FAILED, purpose=purpose, not_after=over)
    with pytest.raises(MailNotChanged, match="any more"):
        retry_mail(mail_id=mail.pk, by=SAM)


def test_a_report_that_was_given_up_gets_two_days_more() -> None:
    mail = a_mail(State.FAILED, purpose="outcome", not_after=timezone.now())
    retried = retry_mail(mail_id=mail.pk, by=SAM)
    assert retried.not_after > timezone.now() + timedelta(days=1)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("mail_queue", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_shows_retries_and_cancels() -> None:
    mail = a_mail(last_answer="451 4.7.1 Greylisted")
    incoming = bring_in(make_reply(invitation_of(make_request()), "Hm?"))

    (listed,) = json.loads(run("list", "--state", "deferred", "--json"))
    assert (listed["id"], listed["last_answer"]) == (str(mail.pk), "451 4.7.1 Greylisted")
    assert "Greylisted" in run("list")
    assert "Unclear" in run("list", "--incoming")
    assert "Approval request to dana@example.com queued" in run("show", str(mail.pk))
    assert "Sender: dana@example.com is the invited address" in run("show", str(incoming.pk))
    assert json.loads(run("show", str(incoming.pk), "--json"))["outcome"] == "unclear"
    assert json.loads(run("retry", str(mail.pk), "--json"))[0]["state"] == "deferred"
    assert "Cancelled" in run("cancel", str(mail.pk))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "00000000-0000-0000-0000-000000000001"), 3),
        (("retry", "00000000-0000-0000-0000-000000000001"), 3),
        (("list", "--state", "lost"), 2),
    ],
)
def test_what_the_command_cant_do_has_an_exit_code(arguments: tuple[str, ...], code: int) -> None:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == code


def test_a_mail_that_cant_be_changed_has_its_own_exit_code() -> None:
    with pytest.raises(CommandError, match="accepted this email") as refused:
        run("cancel", str(a_mail(State.SENT).pk))
    assert refused.value.returncode == 4


@pytest.mark.parametrize("attempt", range(3))
def test_cancelling_and_deciding_at_once_wait_for_each_other(
    transactional_db: None, attempt: int
) -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,))
    mail, decider = OutgoingMail.objects.get(), Decider("reply", invitation=invitation_of(request))
    at_once(
        lambda: cancel_mail(mail_id=mail.pk, by=SAM),
        lambda: decide(number=request.number, decider=decider, answer="approve"),
        expected=MailNotChanged,
    )
    request.refresh_from_db()
    assert request.state == "approved"
