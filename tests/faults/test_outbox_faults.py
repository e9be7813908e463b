"""What must happen to mail when servers, workers, the broker or the clock fail.

Invariants: a committed row ends sent, failed and shown, or cancelled; duplicates are at most unclean
deaths plus ambiguous final dots, each with the same Message-ID and bytes; one faulty message or
server delays nobody else; no try after expiry.
"""

import uuid
from datetime import timedelta
from email import message_from_bytes

import pytest
from celery.signals import worker_shutting_down
from django.db import OperationalError, connection
from django.utils import timezone

from approvals.models import ApprovalProcess, ApprovalRequest, DeliveryAttempt, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim, read
from approvals.outbox.send import _send_through, message_of, stopping
from approvals.services import ask_again
from core.alerts.models import Alert
from foreign_systems.circuits import give_probe_back
from foreign_systems.models import Circuit, Credential, ForeignSystem
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
)
from tests.faults.world import World, states
from tests.foreign_systems.scripted_server import HANG, RESET, Script, ScriptedServer
from tests.running_trial import free_port

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


def test_a_refused_connection_opens_the_circuit_and_leaves_tries_untouched() -> None:
    system = make_smtp_server(free_port(), timeout=0.3)
    make_request()
    send_due()

    assert set(OutgoingMail.objects.values_list("state", "tries")) <= {
        ("deferred", 0),
        ("queued", 0),
    }
    circuit = Circuit.objects.get(system=system)
    assert circuit.next_probe_at is not None
    before = DeliveryAttempt.objects.count()
    send_due()
    assert DeliveryAttempt.objects.count() == before


def test_after_the_pause_one_probe_goes_and_then_all_the_rest(world_of) -> None:
    world = world_of({"greeting": ["421 4.3.2 busy", "220 scripted.example"]}, connection_limit=1)
    make_request()
    send_due()
    assert "sent" not in states().values()

    give_probe_back(world.system)
    send_due()
    assert states() == {DANA: "sent", LEE: "sent"}
    assert Circuit.objects.get().next_probe_at is None


def test_a_probe_taken_while_another_worker_has_the_mail_is_given_back(world_of) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    claim(world.system, limit=50)  # by another worker
    Circuit.objects.create(system=world.system, failures=1, next_probe_at=timezone.now())
    _send_through(world.system)

    assert Circuit.objects.get().next_probe_at <= timezone.now()


def test_a_refused_sign_in_is_the_servers_trouble_and_alerts_at_once(world_of) -> None:
    from foreign_systems.models import Credential

    world = world_of({"EHLO": "250-s.example\n250 AUTH PLAIN", "AUTH": "535 5.7.8 bad credentials"})
    credential = Credential(name="c", account_name="pm")
    credential.set_secret("wrong")
    credential.save()
    ForeignSystem.objects.update(credential=credential)
    make_request()
    send_due()

    assert "failed" not in states().values()
    assert set(OutgoingMail.objects.values_list("tries", flat=True)) == {0}
    assert "bad credentials" in Alert.objects.get(key=f"smtp:{world.system.pk}").text
    assert "wrong" not in str(world.server.commands)
    pause = Circuit.objects.get().next_probe_at - timezone.now()
    assert pause > timedelta(minutes=5)


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


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT"])
def test_a_refused_ehlo_name_is_the_servers_trouble_and_the_alert_names_the_setting(
    world_of, step
) -> None:
    refusal = "504 5.5.2 <pm>: Helo command rejected: need fully-qualified hostname"
    world = world_of({step: refusal, "HELO": refusal}, ehlo_name="pm.example.com")
    make_request()
    send_due()

    assert "failed" not in states().values()
    assert set(OutgoingMail.objects.values_list("tries", flat=True)) == {0}
    assert Circuit.objects.get().next_probe_at is not None
    assert "EHLO Name pm.example.com" in Alert.objects.get(key=f"smtp:{world.system.pk}").text


def test_a_full_mailbox_is_tried_again_although_the_server_says_5xx(world_of) -> None:
    world_of({"RCPT": "552 5.2.2 mailbox full"})
    make_request(to_addresses=(DANA,))
    send_due()

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.tries) == ("deferred", 1)
    assert mail.due_at - timezone.now() > timedelta(minutes=10)
    assert Circuit.objects.get().next_probe_at is None


def two_servers(world_of, script: Script | None, second: Script | None) -> tuple[World, World]:
    other = world_of(second)
    ForeignSystem.objects.filter(pk=other.system.pk).update(is_default=False)
    first = world_of(script, connection_limit=1)
    ForeignSystem.objects.filter(pk=first.system.pk).update(second=other.system)
    return first, other


class _EndsWorker(ScriptedServer):
    """While it takes its first message, the worker is asked to end."""

    def note(self, message: bytes, action: object) -> None:
        if len(self.messages) == 1:
            worker_shutting_down.send(sender="worker@here", sig="SIGTERM", how="warm", exitcode=0)


def test_a_worker_that_is_asked_to_end_finishes_what_is_on_its_way_and_frees_the_rest(
    world_of,
) -> None:
    world = world_of(server=_EndsWorker(), connection_limit=1)
    for _ in range(3):
        make_request()
    try:
        send_due()
        send_due()  # a task that it took before it was asked
    finally:
        stopping.clear()
    assert len(world.server.messages) == 1
    rows = OutgoingMail.objects.values_list("state", "tries", "lease")
    assert sorted(rows) == [("queued", 0, None)] * 5 + [("sent", 1, None)]
    send_due()
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


def test_while_a_server_is_down_its_second_one_takes_the_mail_as_it_is(world_of) -> None:
    first, second = two_servers(world_of, {"greeting": "421 4.3.2 shutting down"}, None)
    make_request()
    expected = {
        message_of(mail)
        for mail in read(OutgoingMail.objects.values_list("pk", flat=True), first.system)
    }
    send_due()

    assert set(states().values()) == {"sent"}
    assert {raw.replace(b"\r\n..", b"\r\n.") for raw in second.server.messages} == expected
    taken = DeliveryAttempt.objects.filter(outcome="sent")
    assert set(taken.values_list("server_name", flat=True)) == {second.system.name}
    assert Circuit.objects.get(system=first.system).next_probe_at is not None
    assert Circuit.objects.get(system=second.system).next_probe_at is None


def test_a_server_that_is_well_again_gets_its_mail_and_the_second_one_none(world_of) -> None:
    first, second = two_servers(world_of, {"greeting": ["421 busy", "220 back"]}, None)
    make_request(to_addresses=(DANA,))
    send_due()
    give_probe_back(first.system)
    make_request(to_addresses=(LEE,))
    send_due()

    assert (len(first.server.messages), len(second.server.messages)) == (1, 1)


def test_with_both_servers_down_mail_waits_untouched(world_of) -> None:
    down = {"greeting": "421 4.3.2 shutting down"}
    two_servers(world_of, down, down)
    make_request()
    send_due()

    assert set(OutgoingMail.objects.values_list("tries", flat=True)) == {0}
    assert "failed" not in states().values()


def test_a_second_server_that_refuses_the_sender_fails_no_mail(world_of) -> None:
    refusal = {"MAIL": "550 5.7.60 not allowed to send as this sender"}
    first, _ = two_servers(world_of, {"greeting": ["421 busy", "220 back"]}, refusal)
    make_request(to_addresses=(DANA,))
    send_due()
    assert states() == {DANA: "deferred"}

    first.make_due()
    give_probe_back(first.system)
    send_due()
    assert states() == {DANA: "sent"}


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
    assert "because email to dana@example.com couldn't be delivered" in asked.draft.text
    ask_again()
    send_due()
    assert "none of its approvers can be reached" in (
        Alert.objects.get(key=f"request:{request.number}:approvers").text
    )


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


def test_a_server_that_hangs_delays_no_other_server(world_of) -> None:
    hanging = world_of({"greeting": HANG}).system
    ForeignSystem.objects.filter(pk=hanging.pk).update(is_default=False)
    well = world_of()
    slow = make_process()
    slow.smtp_server = hanging
    slow.save()
    make_request(type=make_type(slow))
    make_request()
    send_due()

    assert len(well.server.messages) == 2


def test_a_sender_that_the_account_may_not_use_keeps_mail_waiting_with_an_alert(world_of) -> None:
    refusal = "554 5.2.252 SendAsDenied; pm not allowed to send as bounce"
    world = world_of({"end": [refusal, refusal, "250 ok"]})
    make_request()
    send_due()
    assert set(states().values()) == {"deferred"}
    assert "Turn its Bounce Addresses off" in Alert.objects.get().text

    world.make_due()
    send_due()
    assert set(states().values()) == {"sent"}
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_server_whose_secret_cannot_be_read_is_told_of_and_delays_no_other(world_of) -> None:
    unreadable = make_smtp_server()
    unreadable.credential = Credential.objects.create(
        name="Relay", account_name="pm", encrypted_secret=b"1:x"
    )
    unreadable.is_default = False
    unreadable.save()
    well = world_of()
    process = make_process()
    ApprovalProcess.objects.filter(pk=process.pk).update(smtp_server=unreadable)
    make_request(type=make_type(process))
    make_request()
    send_due()

    assert len(well.server.messages) == 2  # to Dana and to Lee
    text = f"{unreadable.name} isn't accepting mail: Internal error"
    assert Alert.objects.get().text.startswith(text)


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


def test_a_worker_killed_after_acceptance_makes_one_duplicate_at_most(world_of) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    (lost,) = claim(world.system, limit=50)  # the worker dies with its lease
    send_due()
    assert world.server.messages == []

    OutgoingMail.objects.filter(pk=lost.id).update(lease_until=timezone.now())
    send_due()
    assert states() == {DANA: "sent"}
    assert len(world.server.messages) == 1


def test_no_more_is_claimed_than_may_go_however_the_database_plans_it(world_of) -> None:
    """PostgreSQL may ask a subquery with FOR UPDATE SKIP LOCKED again for each row of the outer one."""
    world = world_of()
    make_request(to_addresses=(DANA, LEE, "kim@example.com"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("hashjoin", "mergejoin", "hashagg", "material", "sort"):
                cursor.execute(f"SET enable_{way} = off")
        try:
            assert len(claim(world.system, limit=1)) == 1
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("RESET ALL")


def test_a_result_that_comes_after_the_lease_was_lost_changes_nothing(world_of) -> None:
    from approvals.outbox.results import Result, record_results
    from foreign_systems.smtp import Answer, Blame, Kind

    world = world_of()
    make_request(to_addresses=(DANA,))
    (mail,) = claim(world.system, limit=50)
    OutgoingMail.objects.update(lease=uuid.uuid4())
    record_results(world.system, [Result(mail, Answer(Kind.FAILED, Blame.MESSAGE, 550, "no"))])

    assert states() == {DANA: "queued"}


def test_a_database_that_is_away_when_a_result_is_recorded_makes_no_duplicate(world_of) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    faults = iter([OperationalError("the server closed the connection unexpectedly")])

    def fail_once(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "deliveryattempt" in sql:
            for fault in faults:
                raise fault
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        send_due()
    assert states() == {DANA: "sent"}
    assert DeliveryAttempt.objects.count() == 1
    send_due()
    assert len(world.server.messages) == 1


def test_more_mail_than_one_batch_is_sent_once_each_over_few_connections(world_of) -> None:
    world = world_of(connection_limit=3)
    request = make_request(to_addresses=(DANA,))
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            request=request,
            invitation=mail.invitation,
            purpose=mail.purpose,
            recipient=f"approver{number}@example.com",
            message_id=f"<{number}@pm.example.com>",
            draft=mail.draft,
            due_at=mail.due_at,
            not_after=mail.not_after,
            created_at=mail.created_at,
            trace=mail.trace,
        )
        for number in range(250)
    )
    assert send_due() == 251
    assert set(states().values()) == {"sent"}
    assert len({message_from_bytes(raw)["Message-ID"] for raw in world.server.messages}) == 251
    assert len(world.server.messages) == 251
    assert 1 <= world.server.connections <= 3


def test_two_senders_send_each_message_once(world_of) -> None:
    world = world_of()
    for _ in range(5):
        make_request()
    at_once(*[send_due] * 4)

    assert len(world.server.messages) == 10
    ids = {message_from_bytes(raw)["Message-ID"] for raw in world.server.messages}
    assert len(ids) == 10


def test_starttls_seen_once_is_missed_afterwards(world_of) -> None:
    world = world_of()
    Circuit.objects.create(system=world.system, saw_starttls=True)
    make_request()
    send_due()

    assert "sent" not in states().values()
    assert world.server.messages == []
    assert Alert.objects.filter(key=f"smtp:{world.system.pk}").exists()


def test_nothing_is_written_in_the_state_of_a_request_by_mail_trouble(world_of) -> None:
    world_of({"RCPT": "550 5.1.1 no such user"})
    request = make_request()
    send_due()

    assert ApprovalRequest.objects.get(pk=request.pk).state == "pending"
