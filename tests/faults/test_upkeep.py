"""Mail that isn't sent: a claim leaves it out at any time, and one sweep ends it or tells of it.

A run of the outbox that a hint asked for does neither; it costs no more than finding nothing due.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals import tasks
from approvals.models import OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim
from approvals.services import cancel_request
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from core.actors import Actor
from core.alerts.models import Alert
from tests.factories import DANA, invitation_of, let_expire, make_request, make_smtp_server
from tests.faults.world import World, states

pytestmark = pytest.mark.django_db(transaction=True)
WorldOf = Callable[..., World]


def test_a_run_with_nothing_due_asks_for_servers_and_of_each_its_circuit_and_due_mail(
    world_of: WorldOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world_of()
    send_due()
    with django_assert_num_queries(3 + 2):  # BEGIN and COMMIT of the claim
        send_due()


def test_a_cancelled_requests_mail_is_not_tried(world_of: WorldOf) -> None:
    world = world_of()
    request = make_request()
    cancel_request(
        number=request.number, computer_id=request.computer_id, by=Actor.of_system("alice")
    )
    send_due()

    assert set(states().values()) == {"cancelled"}
    assert world.server.messages == []


def test_what_waited_for_mail_that_a_sweep_withdraws_goes_in_the_same_sweep(
    world_of: WorldOf,
) -> None:
    world = world_of()
    request = make_request(to_addresses=(DANA,))
    claim(world.system, limit=50)  # by a worker that dies, after its request was closed
    decider = Decider(channel="reply", invitation=invitation_of(request))
    decide(number=request.number, decider=decider, answer="deny")
    world.make_due()
    send_due()
    assert world.server.messages == []

    tasks.sweep()
    by_purpose = dict(OutgoingMail.objects.values_list("purpose", "state"))
    assert by_purpose == {"request": "cancelled", "outcome": "sent"}
    assert len(world.server.messages) == 1


def test_a_4xx_that_never_ends_stops_at_the_requests_expiry_and_one_sweep_gives_it_up(
    world_of: WorldOf,
) -> None:
    world = world_of({"RCPT": "452 4.3.1 disk full"})
    request = make_request(to_addresses=(DANA,))
    send_due()
    assert states() == {DANA: "deferred"}

    let_expire(request)
    OutgoingMail.objects.update(not_after=timezone.now() - timedelta(seconds=1))
    world.make_due()
    tried = len(world.server.commands)
    send_due()
    assert states() == {DANA: "deferred"}
    tasks.sweep()
    assert states() == {DANA: "failed"}
    assert len(world.server.commands) == tried


def test_without_any_smtp_server_mail_waits_and_administrators_are_told() -> None:
    make_request()
    tasks.sweep()
    assert set(states().values()) == {"queued"}
    assert "no default SMTP Server" in Alert.objects.get(key="smtp:none").text

    make_smtp_server()
    tasks.sweep()
    assert Alert.objects.get(key="smtp:none").closed_at is not None
