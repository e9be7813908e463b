"""What becomes of mails, and of those who are told, when something else happens at the same time."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from approvals.errors import MailNotChanged
from approvals.inbox.acting import act_on
from approvals.models import ApprovalRequest, DeliveryAttempt, Grant, OutgoingMail
from approvals.outbox import fail_overdue, withdraw_needless
from approvals.outbox.claim import claim
from approvals.outbox.results import Result, record_results
from approvals.reply import Reading
from approvals.services import Decider, cancel_request, decide, revoke_grant
from approvals.services.mail_queue import cancel_mail, retry_mail
from approvals.services.notices import queue_reminders, requester_address
from approvals.tasks import sweep
from core.actors import Actor
from core.people.models import EndpointAccount
from foreign_systems.smtp import Answer, Blame, Kind
from tests.approvals.inbox.test_bounces_come_home import come_back
from tests.approvals.replies import bring_in, make_reply
from tests.at_once import run_apart, wait_for_a_lock
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    let_expire,
    make_plea,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
    set_advanced,
)

pytestmark = pytest.mark.django_db
SAM = Actor.of_system("sam")


def mails(purpose: str, request: ApprovalRequest | None = None) -> list[OutgoingMail]:
    found = OutgoingMail.objects.filter(purpose=purpose).order_by("recipient", "created_at")
    return list(found.filter(request=request) if request else found)


def answer(request: ApprovalRequest, said: str, *, who: str = DANA, **values: object) -> None:
    decider = Decider("reply", invitation=invitation_of(request, who))
    decide(number=request.pk, decider=decider, answer=said, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["deferred", "failed"])
def test_whoever_answered_too_late_is_not_told_of_an_approval_that_was_revoked_since(
    state: str,
) -> None:
    request = make_request()
    OutgoingMail.objects.update(state="sent")
    answer(request, "approve", who=LEE, minutes=60)
    OutgoingMail.objects.filter(purpose="outcome").update(state="sent")
    assert bring_in(make_reply(invitation_of(request), "DENY\n")).outcome == "closed"
    (late,) = mails("closed")
    OutgoingMail.objects.filter(pk=late.pk).update(state=state, tries=1)
    revoke_grant(grant_id=Grant.objects.get().pk, by=SAM, reason="Wrong.")
    if state == "failed":
        with pytest.raises(MailNotChanged, match="revoked"):
            retry_mail(mail_id=late.pk, by=SAM)
    else:
        old, new = mails("closed")
        assert (old.state, new.state) == ("cancelled", "queued")
        assert "revoked" in new.draft.text


def test_what_a_worker_was_sending_when_it_died_may_have_asked() -> None:
    request = make_request(to_addresses=(DANA, LEE))
    assert len(claim(make_smtp_server(), limit=50)) == 2
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    answer(request, "approve")
    assert {mail.state for mail in mails("request")} == {"cancelled"}
    assert (
        "ended before it could say" in DeliveryAttempt.objects.filter(outcome="unknown")[0].answer
    )
    assert [mail.recipient for mail in mails("outcome")] == [DANA, LEE]


@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.DEFERRED])
def test_also_if_another_worker_has_tried_it_since(kind: Kind) -> None:
    server, request = make_smtp_server(), make_request(to_addresses=(DANA, LEE))
    OutgoingMail.objects.filter(recipient=LEE).update(state="sent")
    claim(server, limit=50)
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (mail,) = claim(server, limit=50)
    record_results(server, [Result(mail, Answer(kind, Blame.MESSAGE, 450, "Later."))])
    answer(request, "approve", who=LEE)
    withdraw_needless()
    assert [each.state for each in mails("outcome") if each.recipient == DANA] == ["queued"]


def in_a_digest(state: str) -> tuple[OutgoingMail, list[OutgoingMail]]:
    """A digest that has been tried, with the two requests in it."""
    set_advanced(request_mails_per_minute=1)
    kind = make_type(make_process(to_addresses=(DANA,)))
    for number in range(3):
        make_request(type=kind, plea=make_plea(computer_id=uuid.UUID(int=number + 1)))
    (digest,) = mails("digest")
    OutgoingMail.objects.filter(pk=digest.pk).update(state=state, tries=1)
    return digest, list(digest.followers.order_by("created_at"))


@pytest.mark.parametrize("state", ["deferred", "unknown"])
def test_a_request_in_a_digest_that_was_tried_is_not_withdrawn_alone(state: str) -> None:
    digest, (one, other) = in_a_digest(state)
    with pytest.raises(MailNotChanged, match="Cancel that one instead"):
        cancel_mail(mail_id=one.pk, by=SAM)
    cancel_mail(mail_id=digest.pk, by=SAM)
    for mail in (one, other):
        mail.refresh_from_db()
        assert mail.state == "cancelled"


def test_the_outcome_of_a_request_in_a_digest_never_leaves_before_the_digest() -> None:
    digest, (one, _) = in_a_digest("deferred")
    later = timezone.now() + timedelta(minutes=5)
    OutgoingMail.objects.filter(pk=digest.pk).update(due_at=later)
    assert one.request is not None
    let_expire(one.request)
    OutgoingMail.objects.filter(pk=one.pk).update(not_after=timezone.now() - timedelta(seconds=1))
    sweep()
    (outcome,) = mails("outcome", one.request)
    assert outcome.recipient == DANA
    assert not OutgoingMail.objects.due().filter(pk=outcome.pk).exists()


def test_an_unclear_reply_whose_request_closed_while_it_was_read_came_too_late() -> None:
    request = make_request(to_addresses=(DANA, LEE))
    mail = bring_in(make_reply(invitation_of(request), "Perhaps, if it's needed\n"))
    answer(request, "deny", who=LEE)
    act_on(mail, Reading(**mail.reading), invitation_of(request))
    assert mail.outcome == "closed"
    (told,) = mails("closed")
    assert told.recipient == DANA


def test_whom_a_digest_may_have_reached_gets_the_outcome() -> None:
    digest, (one, _) = in_a_digest("unknown")
    assert one.request is not None
    OutgoingMail.objects.filter(pk=digest.pk).update(
        lease=uuid.uuid4(), lease_until=timezone.now() + timedelta(minutes=1)
    )
    decide(number=one.request.pk, decider=Decider("console", user=make_user("kim")), answer="deny")
    DeliveryAttempt.objects.create(mail=digest, at=timezone.now(), outcome="unknown")
    OutgoingMail.objects.filter(pk=digest.pk).update(state="failed", lease=None, lease_until=None)
    OutgoingMail.objects.filter(follows=digest, purpose="request").update(state="failed")
    withdraw_needless()
    (outcome,) = mails("outcome", one.request)
    assert (outcome.recipient, outcome.state) == (DANA, "queued")


def test_a_request_does_not_leave_after_its_reminder() -> None:
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.update(state="failed")
    queue_reminders(request, [invitation_of(request)])
    OutgoingMail.objects.filter(purpose="reminder").update(state="sent")
    (first,) = mails("request")
    with pytest.raises(MailNotChanged, match="A reminder"):
        retry_mail(mail_id=first.pk, by=SAM)


def test_an_outcome_that_a_revocation_overtook_did_not_fail() -> None:
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.update(state="sent")
    answer(request, "approve", minutes=60)
    OutgoingMail.objects.filter(purpose="outcome").update(
        lease=uuid.uuid4(), lease_until=timezone.now() + timedelta(minutes=1)
    )
    revoke_grant(grant_id=Grant.objects.get().pk, by=SAM, reason="Wrong.")
    OutgoingMail.objects.update(lease=None, lease_until=None)  # the server has said "later"
    assert fail_overdue() == 0
    withdraw_needless()
    assert "cancelled" in {mail.state for mail in mails("outcome")}


@pytest.mark.parametrize(
    ("name", "email"), [("alice", "alice@example.com"), ("alice@example.com", "")]
)
def test_nobody_writes_to_whom_identifiers_tell_from_the_requester(name: str, email: str) -> None:
    alice = make_user(name, email=email)
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\alice", identifier="S-1-5-21-1-2-3-1")
    another = make_plea(account="EXAMPLE\\alice", account_id="S-1-5-21-1-2-3-2")
    assert requester_address(make_request(mail_domain="example.com", plea=another)) == ""


@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.DEFERRED])
def test_whom_the_server_refused_after_the_request_was_cancelled_gets_no_outcome(
    kind: Kind,
) -> None:
    server, request = make_smtp_server(), make_request(to_addresses=(DANA,))
    (mail,) = claim(server, limit=50)
    cancel_request(number=request.pk, computer_id=request.computer_id, by=SAM)
    record_results(server, [Result(mail, Answer(kind, Blame.MESSAGE, 550, "No such user."))])
    withdraw_needless()
    assert [outcome.state for outcome in mails("outcome")] == ["cancelled"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_report_holds_the_request_before_its_mail_as_the_mail_queue_does(
    transactional_db: None,
) -> None:
    (mail,) = mails("request", make_request(to_addresses=(DANA,)))
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            ApprovalRequest.objects.select_for_update().get()
            coming = threads.submit(run_apart, partial(come_back, mail))
            wait_for_a_lock()
            OutgoingMail.objects.select_for_update(nowait=True).get(pk=mail.pk)
        coming.result(timeout=60)
    mail.refresh_from_db()
    assert mail.bounced_at
