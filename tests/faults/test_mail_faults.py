"""One mail: what a server says of it, and what that means for this mail alone."""

import uuid
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, DeliveryAttempt, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import read
from approvals.outbox.send import message_of
from approvals.services import ask_again
from core.alerts.models import Alert
from foreign_systems.models import Circuit
from tests.factories import DANA, LEE, make_request
from tests.faults.world import states
from tests.foreign_systems.scripted_server import RESET

pytestmark = pytest.mark.django_db(transaction=True)


def test_mail_goes_out_with_the_servers_words_recorded(world_of) -> None:
    world = world_of()
    make_request()
    send_due()

    assert states() == {DANA: "sent", LEE: "sent"}
    assert len(world.server.messages) == 2
    attempt = DeliveryAttempt.objects.filter(mail=world.mail()).get()
    assert (attempt.code, attempt.answer) == (250, "2.0.0 taken as ABC123")


def test_each_message_holds_its_own_approvers_tokens_and_nobody_elses(world_of) -> None:
    world = world_of()
    make_request()
    send_due()

    reply_tos = {message_from_bytes(raw)["Reply-To"] for raw in world.server.messages}
    assert len(reply_tos) == 2
    for raw in world.server.messages:
        others = [r.split("+")[1].split("@")[0] for r in reply_tos if r.encode() not in raw]
        assert len(others) == 1
        assert others[0].encode() not in raw


def test_greylisting_defers_that_recipient_for_a_minute_and_not_the_circuit(world_of) -> None:
    world = world_of({"RCPT": ["451 4.7.1 greylisted", "250 ok"]}, connection_limit=1)
    make_request()
    send_due()

    assert sorted(states().values()) == ["deferred", "sent"]
    deferred = OutgoingMail.objects.get(state="deferred")
    assert deferred.due_at - timezone.now() > timedelta(seconds=50)
    assert Circuit.objects.get().next_probe_at is None
    world.make_due()
    send_due()
    assert set(states().values()) == {"sent"}


def test_a_full_mailbox_is_tried_again_although_the_server_says_5xx(world_of) -> None:
    world_of({"RCPT": "552 5.2.2 mailbox full"})
    make_request(to_addresses=(DANA,))
    send_due()

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.tries) == ("deferred", 1)
    assert mail.due_at - timezone.now() > timedelta(minutes=10)
    assert Circuit.objects.get().next_probe_at is None


def test_a_refused_recipient_fails_visibly_and_the_other_is_sent(world_of) -> None:
    world_of({"RCPT": ["550 5.1.1 no such user", "250 ok"]}, connection_limit=1)
    request = make_request()
    send_due()

    assert sorted(states().values()) == ["failed", "sent"]
    assert "no such user" in Alert.objects.get().text
    assert Alert.objects.get().link == f"/approvals/{request}/"


@pytest.mark.parametrize("in_digest", [False, True])
def test_an_approver_whom_no_server_takes_mail_for_counts_as_absent(world_of, in_digest) -> None:
    world_of({"RCPT": "550 5.1.1 no such user"})
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,), escalate_after=600)
    if in_digest:
        asking = OutgoingMail.objects.get()
        digest = OutgoingMail.objects.get()
        digest.pk, digest.request, digest.invitation = uuid.uuid4(), None, None
        digest.purpose, digest.message_id, digest.bounce_hash = (
            "digest",
            "<digest@pm.example.com>",
            "",
        )
        digest.save(force_insert=True)
        OutgoingMail.objects.filter(pk=asking.pk).update(follows=digest)
    send_due()
    ask_again()

    asked = OutgoingMail.objects.get(recipient=LEE)
    assert "because email to dana@example.com wasn't delivered" in asked.draft.text
    ask_again()
    send_due()
    ask_again()
    assert "it can have none" in (Alert.objects.get(key=f"request:{request.number}:approvers").text)


def test_no_answer_to_the_final_dot_is_unknown_and_tried_once_more_with_the_same_bytes(
    world_of,
) -> None:
    world = world_of({"end": [RESET, "250 ok"]})
    make_request(to_addresses=(DANA,))
    send_due()
    assert states() == {DANA: "unknown"}

    world.make_due()
    send_due()
    assert states() == {DANA: "sent"}
    first, second = world.server.messages
    assert first == second


def test_a_second_unknown_is_failed_and_shown_and_not_tried_again(world_of) -> None:
    world = world_of({"end": RESET})
    make_request(to_addresses=(DANA,))
    for _ in range(3):
        send_due()
        world.make_due()

    assert states() == {DANA: "failed"}
    assert len(world.server.messages) == 2
    text = Alert.objects.get(key__startswith="mail:").text
    assert text.startswith(f"Nobody knows whether an email to {DANA} arrived")


def test_a_message_that_cannot_be_built_fails_at_once_with_an_alert_and_the_queue_goes_on(
    world_of,
) -> None:
    world_of()
    make_request()
    broken = OutgoingMail.objects.get(recipient=DANA)
    OutgoingMail.objects.filter(pk=broken.pk).update(message_id="nonsense")
    send_due()

    assert states() == {DANA: "failed", LEE: "sent"}
    broken.refresh_from_db()
    assert "Internal error (ValueError)" in broken.last_answer
    assert Alert.objects.filter(key=f"mail:{broken.pk}").exists()


def test_a_message_for_an_open_request_is_the_same_at_each_try(world_of) -> None:
    world = world_of()
    make_request()
    first, again = (read([world.mail().pk], world.system)[0] for _ in range(2))
    assert message_of(first) == message_of(again)


def test_nothing_is_written_in_the_state_of_a_request_by_mail_trouble(world_of) -> None:
    world_of({"RCPT": "550 5.1.1 no such user"})
    request = make_request()
    send_due()

    assert ApprovalRequest.objects.get(pk=request.pk).state == "pending"
