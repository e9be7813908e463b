"""Rows of the table of faults that no other test shows, and where the others are shown."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from approvals import tasks
from approvals.models import ApprovalRequest, DeliveryAttempt, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim
from approvals.services import cancel_request
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from core.actors import Actor
from core.alerts.models import Alert
from foreign_systems.models import Circuit
from foreign_systems.pool import pool_of
from pmconsole.celery import app
from tests.factories import DANA, invitation_of, let_expire, make_request, make_smtp_server
from tests.faults.world import World, states
from tests.foreign_systems.scripted_server import CLOSE, RESET, Action, Fault, drip
from tests.running_trial import eventually

pytestmark = pytest.mark.django_db(transaction=True)
WorldOf = Callable[..., World]
ALICE = Actor.of_system("alice")


def test_no_transaction_is_open_while_a_server_is_slow(world_of: WorldOf) -> None:
    """I3: others write meanwhile, also to the very row that is being sent."""
    world = world_of({"end": drip("250 2.0.0 taken\r\n", pause=0.03)})
    make_request(to_addresses=(DANA,))
    sending = threading.Thread(target=_send_and_hang_up)
    sending.start()
    eventually(lambda: world.server.messages, within=5)

    started = time.monotonic()
    OutgoingMail.objects.update(last_answer="written meanwhile")
    ApprovalRequest.objects.update(reason="written meanwhile")
    assert time.monotonic() - started < 0.25
    assert sending.is_alive()
    sending.join()
    assert states() == {DANA: "sent"}


def _send_and_hang_up() -> None:
    send_due()
    connection.close()


def test_an_outcome_never_leaves_before_its_request_mail(world_of: WorldOf) -> None:
    """I4, where the request's email is deferred and the outcome's could go at once."""
    world = world_of({"RCPT": ["451 4.7.1 greylisted", "250 ok"]}, connection_limit=1)
    request = make_request(to_addresses=(DANA,))
    send_due()
    decider = Decider(channel="reply", invitation=invitation_of(request))
    decide(number=request.number, decider=decider, answer="deny")
    send_due()
    assert world.server.messages == []

    for _ in range(3):
        world.make_due()
        send_due()
    assert states()[DANA] != "deferred"
    assert [b"Approval needed" in raw for raw in world.server.messages[:1]] in ([], [True])


@pytest.mark.parametrize("answer", [None, "451 4.7.1 greylisted", RESET])
def test_nothing_is_tried_again_whose_request_was_closed_while_it_was_on_its_way(
    world_of: WorldOf, answer: Action | None
) -> None:
    """I5, where closing the request leaves the email to the worker that has it, or to its death."""
    script = {"RCPT" if isinstance(answer, str) else "end": [answer, "250 ok"]} if answer else {}
    world = world_of(script)
    request = make_request(to_addresses=(DANA,))
    (mail,) = claim(world.system, limit=50)
    if answer:
        OutgoingMail.objects.update(lease=None, lease_until=None)
        send_due()
        OutgoingMail.objects.update(
            lease=mail.lease, lease_until=timezone.now() + timedelta(hours=1)
        )
    tried = len(world.server.messages)
    cancel_request(number=request.number, computer_id=request.computer_id, by=ALICE)
    if isinstance(answer, str):  # the worker lives, and was refused
        OutgoingMail.objects.update(lease=None, lease_until=None)
    world.make_due()
    assert claim(world.system, limit=50) == []
    send_due()
    tasks.sweep()

    assert OutgoingMail.objects.get(purpose="request").state == "cancelled"
    assert not any(b"Approval needed" in raw for raw in world.server.messages[tried:])
    # Only whoever certainly wasn't asked isn't told of the outcome either.
    outcome = [b"withdrew the request" in raw for raw in world.server.messages[tried:]]
    assert outcome == ([] if isinstance(answer, str) else [True])


def test_whom_no_email_could_ask_until_the_request_expired_is_told_at_the_bell(
    world_of: WorldOf,
) -> None:
    """I1: the sweep closes the request before it looks at mail that is overdue."""
    world = world_of({"RCPT": "451 4.7.1 greylisted"})
    request = make_request(to_addresses=(DANA,))
    send_due()
    let_expire(request)
    tasks.sweep()

    assert world.mail().state == "failed"
    assert not OutgoingMail.objects.filter(recipient=DANA, purpose="outcome").exists()
    assert Alert.objects.get(key="outbox:overdue").text.startswith("1 email couldn't be sent")


def test_a_message_that_cannot_be_built_says_nothing_of_the_server(world_of: WorldOf) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    OutgoingMail.objects.update(message_id="nonsense")
    Circuit.objects.create(system=world.system, failures=3, next_probe_at=timezone.now())
    send_due()

    assert world.server.commands == []
    circuit = Circuit.objects.get()
    assert circuit.failures == 3
    assert circuit.next_probe_at is not None
    assert circuit.next_probe_at <= timezone.now()  # the next one probes


def test_a_broker_that_lost_its_hints_costs_only_the_sweepers_pause(world_of: WorldOf) -> None:
    world = world_of()
    make_request()
    tasks.sweep()
    assert set(states().values()) == {"sent"}
    tasks.send_mail()  # the hint that comes late, and twice
    tasks.send_mail()
    assert len(world.server.messages) == 2


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_jumps_takes_no_mail_from_who_is_sending_it(
    world_of: WorldOf, hours: int
) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    (mail,) = claim(world.system, limit=50)
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        send_due()
    assert world.server.messages == []
    assert OutgoingMail.objects.get().lease == mail.lease


def test_no_work_expires_by_the_clock_of_the_worker_that_should_do_it() -> None:
    app.loader.import_default_modules()
    own = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert tasks.sweep in own
    assert {task.expires for task in own} == {None}
    assert not any("options" in entry for entry in settings.CELERY_BEAT_SCHEDULE.values())


def test_a_commit_without_an_answer_is_read_back_and_nothing_is_sent_twice(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    commit, lost = connection._commit, iter([OperationalError("the server closed the connection")])

    def commit_then_lose_the_answer() -> None:
        commit()
        if world.server.messages:
            for error in lost:
                raise error

    monkeypatch.setattr(connection, "_commit", commit_then_lose_the_answer)
    send_due()
    world.make_due()
    send_due()
    assert states() == {DANA: "sent"}
    assert (len(world.server.messages), DeliveryAttempt.objects.count()) == (1, 1)
    assert next(lost, None) is None, "the fault came"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_ends_conversations_gets_fewer_of_them(world_of: WorldOf, step: str) -> None:
    world = world_of({step: "421 4.7.0 too many connections"}, connection_limit=4)
    make_request(to_addresses=(DANA,))
    pool = pool_of(world.system)
    send_due()
    assert states() == {DANA: "deferred"}
    assert pool._limit == 2


@pytest.mark.parametrize("fault", [CLOSE, RESET, Fault("close", "garbage")])
def test_a_connection_lost_before_the_final_dot_makes_no_duplicate(
    world_of: WorldOf, fault: Fault
) -> None:
    world = world_of({"DATA": [fault, "354 go on"]})
    make_request(to_addresses=(DANA,))
    send_due()
    assert states() == {DANA: "deferred"}
    world.make_due()
    Circuit.objects.update(next_probe_at=None)
    send_due()
    assert states() == {DANA: "sent"}
    assert len(world.server.messages) == 1


def test_a_message_larger_than_the_server_takes_fails_without_being_sent(world_of: WorldOf) -> None:
    world = world_of({"EHLO": "250-scripted.example\n250 SIZE 100"})
    make_request(to_addresses=(DANA,))
    send_due()
    assert states() == {DANA: "failed"}
    assert not any(command.startswith(("MAIL", "DATA")) for command in world.server.commands)


def test_where_starttls_was_stripped_nothing_follows_the_greeting(world_of: WorldOf) -> None:
    world = world_of({"EHLO": "250-scripted.example\n250 AUTH PLAIN"})
    Circuit.objects.create(system=world.system, saw_starttls=True)
    make_request(to_addresses=(DANA,))
    send_due()
    assert {command.split(" ")[0].upper() for command in world.server.commands} <= {"EHLO", "QUIT"}


def test_a_host_that_does_not_exist_alerts_at_once(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.REAL_MAIL = True  # type: ignore[attr-defined]  # a trial resolves no names

    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    system = make_smtp_server(timeout=0.3)
    system.settings = system.settings | {"base_url": "smtp://mial.example.com"}
    system.save()
    make_request(to_addresses=(DANA,))
    send_due()
    assert OutgoingMail.objects.get().tries == 0
    assert "mial.example.com" in Alert.objects.get(key=f"smtp:{system.pk}").text
