"""Many requests for one approver at once: so many mails in a minute, and the rest in a digest."""

import re
import uuid
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, Decision, DeliveryAttempt, Invitation, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim, read
from approvals.outbox.send import message_of
from approvals.outbox.upkeep import withdraw_needless
from approvals.services import Decider, ask_again, decide
from approvals.services.mail_queue import cancel_mail
from approvals.tasks import sweep
from core.actors import Actor
from core.advanced.models import AdvancedSettings, in_force
from core.advanced.settings import ConsoleSettings
from core.encryption import token_hash
from foreign_systems.pool import close_pools
from tests.approvals.inbox.test_bounces_come_home import come_back
from tests.approvals.replies import bring_in, make_reply
from tests.factories import (
    DANA,
    LEE,
    make_plea,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
)
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_a_minute(db):
    """Stored: settings that are only remembered are looked up again after a few seconds."""
    set_limit(2)
    yield
    in_force.forget()


def set_limit(mails_a_minute: int) -> None:
    AdvancedSettings.objects.update_or_create(
        is_builtin=True,
        defaults={
            "name": "Advanced Settings",
            "settings": ConsoleSettings(request_mails_per_minute=mails_a_minute).to_json(),
        },
    )


def open_requests(count: int, **process: object) -> list[ApprovalRequest]:
    type_ = make_type(make_process(**{"to_addresses": (DANA,), **process}))
    pleas = [make_plea(computer_id=uuid.uuid4()) for _ in range(count)]
    return [make_request(type=type_, plea=plea) for plea in pleas]


def digests(**conditions: object) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose="digest", **conditions))


def the_digest() -> OutgoingMail:
    (mail,) = digests()
    return mail


def in_it(digest: OutgoingMail) -> list[int]:
    return [mail.request_id for mail in digest.followers.order_by("pk")]


def let_it_be_due() -> None:
    OutgoingMail.objects.filter(purpose="digest").update(
        due_at=timezone.now() - timedelta(seconds=1)
    )


def deny(request: ApprovalRequest) -> None:
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")


def bytes_of(digest: OutgoingMail) -> bytes:
    (claimed,) = read([digest.pk], make_smtp_server())
    return message_of(claimed)


def test_up_to_the_limit_each_request_has_its_mail_and_the_rest_one_digest() -> None:
    requests = open_requests(5)
    digest = the_digest()
    assert in_it(digest) == [request.number for request in requests[2:]]
    assert digest.draft.subject == "[pmconsole] 3 requests need your approval"
    assert timedelta(seconds=50) < digest.due_at - timezone.now() <= timedelta(minutes=1)
    for request in requests[2:]:
        assert f"Request: {request}" in digest.draft.text
        assert f"Request</span>: {request}" in digest.draft.html


def test_without_a_limit_there_is_no_digest() -> None:
    set_limit(0)
    open_requests(5)
    assert digests() == []


def test_another_approver_has_a_count_of_their_own() -> None:
    open_requests(3)
    open_requests(1, to_addresses=(LEE,))
    assert OutgoingMail.objects.get(recipient=LEE).follows is None


def test_a_digest_holds_eight_requests_and_the_next_one_comes_a_minute_later() -> None:
    open_requests(11)
    first, second = sorted(digests(), key=lambda mail: mail.due_at)
    assert (len(in_it(first)), len(in_it(second))) == (8, 1)
    assert second.due_at - first.due_at >= timedelta(seconds=59)


def test_a_request_that_ends_before_the_digest_would_leave_goes_alone() -> None:
    open_requests(3, expires_after=1)
    assert digests() == []


def test_each_request_in_it_has_the_reply_address_and_link_of_its_own_invitation() -> None:
    open_requests(4)
    digest = the_digest()
    message = message_from_bytes(bytes_of(digest), policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    replies = re.findall(r"Reply address: reply\+([a-z2-7]{26})@", text)
    invitations = [mail.invitation for mail in digest.followers.order_by("pk")]
    for invitation, token in zip(invitations, replies, strict=True):
        assert token_hash(token) == invitation.reply_hash
        assert html.count(f"mailto:reply%2B{token}@") == 2
    assert "\ue0a0" not in text + html
    assert all(hex_of(each) not in text + html for each in invitations)


def hex_of(invitation: Invitation) -> str:
    return invitation.pk.hex


def test_the_digests_own_reply_address_decides_nothing() -> None:
    open_requests(4)
    message = message_from_bytes(bytes_of(the_digest()))
    assert "+" not in message["Reply-To"]
    invitation = the_digest().followers.first().invitation
    reply = make_reply(invitation, "APPROVE", to=message["Reply-To"])
    bring_in(reply, recipients=(message["Reply-To"],))
    assert not Decision.objects.exists()


def test_an_answer_at_the_address_of_one_request_decides_that_one() -> None:
    requests = open_requests(4)
    invitation = requests[3].invitations.get()
    bring_in(make_reply(invitation, "DENY because."))
    requests[2].refresh_from_db()
    requests[3].refresh_from_db()
    assert (requests[2].state, requests[3].state) == ("pending", "denied")


def test_a_request_that_is_closed_before_leaves_the_digest_and_is_told_of_to_nobody() -> None:
    requests = open_requests(4)
    deny(requests[2])
    digest = the_digest()
    assert f"Request: {requests[2]}" not in digest.draft.text
    assert f"Request: {requests[3]}" in digest.draft.text
    assert not OutgoingMail.objects.filter(request=requests[2], purpose="outcome").exists()


def test_a_digest_without_any_request_left_is_cancelled() -> None:
    requests = open_requests(3)
    deny(requests[2])
    assert the_digest().state == "cancelled"


def test_a_digest_that_a_worker_has_taken_stays_as_it_is_and_the_outcome_follows() -> None:
    requests = open_requests(4)
    let_it_be_due()
    claim(make_smtp_server(), limit=50)
    text = the_digest().draft.text
    deny(requests[2])
    digest = the_digest()
    assert digest.draft.text == text
    outcome = OutgoingMail.objects.get(request=requests[2], purpose="outcome")
    assert outcome.in_reply_to == digest.message_id
    assert outcome.follows.state == "queued"  # it goes once the digest is done with


@pytest.mark.parametrize(("answer", "told"), [("deferred", 0), ("unknown", 1)])
def test_of_requests_in_a_digest_that_certainly_never_left_no_outcome_is_told(
    answer: str, told: int
) -> None:
    requests = open_requests(3)
    digest = the_digest()
    digest.attempts.create(at=timezone.now(), outcome=answer, server_name="Mail", answer="")
    OutgoingMail.objects.filter(pk=digest.pk).update(state=answer, tries=1)
    for request in requests:
        deny(request)
    withdraw_needless()
    outcomes = OutgoingMail.objects.filter(purpose="outcome", follows__follows=digest)
    assert outcomes.unfinished().count() == told


def test_a_request_taken_out_in_the_mail_queue_leaves_the_digest() -> None:
    requests = open_requests(4)
    mail = OutgoingMail.objects.get(request=requests[2])
    cancel_mail(mail_id=mail.pk, by=Actor.of_system("test"))
    assert f"Request: {requests[2]}" not in the_digest().draft.text


def test_a_reminder_is_in_the_digests_thread_and_waits_for_it() -> None:
    requests = open_requests(3, remind_after=5)
    ApprovalRequest.objects.update(remind_at=timezone.now() - timedelta(seconds=1))
    ask_again()
    reminder = OutgoingMail.objects.get(request=requests[2], purpose="reminder")
    assert reminder.in_reply_to == the_digest().message_id
    assert not OutgoingMail.objects.due().filter(pk=reminder.pk).exists()


@pytest.mark.parametrize(
    ("script", "state"),
    [({}, "sent"), ({"RCPT": "550 5.1.1 no such user"}, "failed")],
    ids=["sent", "refused"],
)
@pytest.mark.django_db(transaction=True)
def test_the_requests_in_it_end_as_it_ends_and_none_is_sent_twice(script, state) -> None:
    with ScriptedServer(script) as server:
        make_smtp_server(server.port)
        requests = open_requests(5)
        let_it_be_due()
        send_due()
        send_due()
        close_pools()
    states = OutgoingMail.objects.filter(purpose__in=("request", "digest"))
    assert set(states.values_list("state", flat=True)) == {state}
    assert len(server.messages) == (3 if state == "sent" else 0)
    tried = DeliveryAttempt.objects.filter(mail__request=requests[4])
    assert [attempt.outcome for attempt in tried] == [state]


def test_a_digest_that_waits_for_its_next_try_stays_while_something_in_it_is_open() -> None:
    requests = open_requests(4)
    OutgoingMail.objects.filter(purpose="digest").update(state="deferred", tries=1)
    deny(requests[2])
    sweep()
    assert the_digest().state == "deferred"


@pytest.mark.django_db(transaction=True)
def test_when_nothing_in_it_is_open_it_is_not_tried_again_and_one_sweep_cancels_it_all() -> None:
    """After its first try, closing a request leaves a digest as it is."""
    with ScriptedServer() as server:
        make_smtp_server(server.port)
        requests = open_requests(4)
        OutgoingMail.objects.filter(purpose="request", follows=None).update(state="sent")
        OutgoingMail.objects.filter(purpose="digest").update(state="deferred", tries=1)
        for request in requests[2:]:
            deny(request)
        let_it_be_due()
        send_due()
        assert server.messages == []
        assert the_digest().state == "deferred"
        sweep()
        close_pools()
    with_it = OutgoingMail.objects.filter(follows=the_digest(), purpose="request")
    assert {the_digest().state, *with_it.values_list("state", flat=True)} == {"cancelled"}


def test_a_digest_that_comes_back_makes_its_approver_absent_in_each_request() -> None:
    requests = open_requests(4, escalate_to=(LEE,))
    digest = the_digest()
    OutgoingMail.objects.filter(recipient=DANA).update(state="sent")
    come_back(digest)
    ask_again()

    bounced = OutgoingMail.objects.filter(bounced_at__isnull=False)
    assert set(bounced) == {digest, *digest.followers.all()}
    asked_too = Invitation.objects.filter(address=LEE)
    assert {each.request for each in asked_too} == {requests[2], requests[3]}
