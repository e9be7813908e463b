"""Workers that share mail, end, die, or lose the database: none is lost, and only a death sends twice."""

import uuid
from datetime import timedelta
from email import message_from_bytes

import pytest
from celery.signals import worker_shutting_down
from django.db import OperationalError, connection
from django.utils import timezone

from approvals.models import DeliveryAttempt, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim
from approvals.outbox.results import Result, record_results
from approvals.outbox.send import _send_through, stopping
from foreign_systems.models import Circuit
from foreign_systems.smtp import Answer, Blame, Kind
from tests.at_once import at_once
from tests.factories import DANA, LEE, make_request
from tests.faults.world import states
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_two_senders_send_each_message_once(world_of) -> None:
    world = world_of()
    for _ in range(5):
        make_request()
    at_once(*[send_due] * 4)

    assert len(world.server.messages) == 10
    ids = {message_from_bytes(raw)["Message-ID"] for raw in world.server.messages}
    assert len(ids) == 10


def test_a_probe_taken_while_another_worker_has_the_mail_is_given_back(world_of) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    claim(world.system, limit=50)  # by another worker
    Circuit.objects.create(system=world.system, failures=1, next_probe_at=timezone.now())
    _send_through(world.system)

    assert Circuit.objects.get().next_probe_at <= timezone.now()


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


def test_a_worker_killed_after_acceptance_makes_one_duplicate_at_most(world_of) -> None:
    world = world_of()
    make_request(to_addresses=(DANA,))
    (lost,) = claim(world.system, limit=50)  # the worker dies with its lease
    send_due()
    assert world.server.messages == []

    OutgoingMail.objects.filter(pk=lost.id).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    send_due()
    assert states() == {DANA: "sent"}
    assert len(world.server.messages) == 1


def test_a_result_that_comes_after_the_lease_was_lost_changes_nothing(world_of) -> None:
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
