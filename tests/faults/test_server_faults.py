"""A server in trouble: its mail waits untouched or goes by a second one, and no other mail is delayed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.models import ApprovalProcess, DeliveryAttempt, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import read
from approvals.outbox.send import message_of
from core.alerts.models import Alert
from foreign_systems.circuits import give_probe_back
from foreign_systems.models import Circuit, Credential, ForeignSystem
from tests.factories import DANA, LEE, make_process, make_request, make_smtp_server, make_type
from tests.faults.world import World, states
from tests.foreign_systems.scripted_server import HANG, Script
from tests.running_trial import free_port

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_refused_sign_in_is_the_servers_trouble_and_alerts_at_once(world_of) -> None:
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


def two_servers(world_of, script: Script | None, second: Script | None) -> tuple[World, World]:
    other = world_of(second)
    ForeignSystem.objects.filter(pk=other.system.pk).update(is_default=False)
    first = world_of(script, connection_limit=1)
    ForeignSystem.objects.filter(pk=first.system.pk).update(second=other.system)
    return first, other


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
    process.refresh_from_db()
    make_request(type=make_type(process))
    make_request()
    send_due()

    assert len(well.server.messages) == 2  # to Dana and to Lee
    text = f"{unreadable.name} isn't accepting mail: Internal error"
    assert Alert.objects.get().text.startswith(text)


def test_starttls_seen_once_is_missed_afterwards(world_of) -> None:
    world = world_of()
    Circuit.objects.create(system=world.system, saw_starttls=True)
    make_request()
    send_due()

    assert "sent" not in states().values()
    assert world.server.messages == []
    assert Alert.objects.filter(key=f"smtp:{world.system.pk}").exists()
