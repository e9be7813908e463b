"""Races: whoever changes, deletes, activates and asks at once gets 409 or 404, never 500."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from approvals.models import ApprovalRequest, ApprovalType
from items.models import Change
from policies.models import Policy
from tasks.models import Task, TaskRun
from tests.agents.endpoints import (
    Agent,
    make_action,
    make_agent,
    make_approval_policy,
    make_group,
    make_policy,
)
from tests.at_once import at_once
from tests.factories import make_process, make_type, signed_in
from tests.items.makers import as_opened, url
from tests.running_trial import eventually

Attempt = Callable[[], HttpResponse]
PRECISE = {200, 201, 302, 404, 409, 422}


def statuses_of(*attempts: Attempt) -> list[int]:
    """The statuses of these requests, sent at the same moment."""
    return [response.status_code for response in at_once(*attempts)]


def clients(count: int) -> list[Client]:
    return [signed_in() for _ in range(count)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_activating_saving_and_deleting_a_policy_at_once(attempt: int) -> None:
    policy = make_policy(make_group(), make_action("deny_execute"), is_active=False)
    version = {"active": "on", "version": "1"}
    saving, deleting, activating, again, off = clients(5)
    data = as_opened(policy, description="changed")
    statuses = statuses_of(
        lambda: saving.post(url(policy), data),
        lambda: activating.post(url(policy, "activate"), version),
        lambda: again.post(url(policy, "activate"), version),
        lambda: off.post(url(policy, "activate"), {"active": "off"}),
        lambda: deleting.post(url(policy, "delete")),
    )
    assert set(statuses) <= PRECISE, statuses
    stored = Policy.objects.filter(pk=policy.pk).first()
    versions = list(Change.objects.filter(item_id=policy.pk).values_list("version", flat=True))
    assert len(versions) == len(set(versions))
    assert stored is None or stored.version == max([1, *versions])


@pytest.mark.django_db
def test_nobody_activates_what_was_just_changed_unseen() -> None:
    policy = make_policy(make_group(), make_action("deny_execute"), is_active=False)
    client = signed_in()
    client.post(url(policy), as_opened(policy, priority="1"))
    stale = client.post(url(policy, "activate"), {"active": "on", "version": "1"})
    assert stale.status_code == 409
    assert "This policy was just changed. Review it before you activate it." in (
        stale.content.decode()
    )
    policy.refresh_from_db()
    assert not policy.is_active
    for nonsense in ("-1", "x", "²", "9" * 5000, ""):
        data = {"active": "off", "version": nonsense}
        assert client.post(url(policy, "activate"), data).status_code == 302
    stale_off = client.post(url(policy, "activate"), {"active": "off", "version": "1"})
    assert stale_off.status_code == 302  # turning it off is always possible
    fresh = client.post(url(policy, "activate"), {"active": "on", "version": "2"})
    assert fresh.status_code == 302
    policy.refresh_from_db()
    assert policy.is_active


@pytest.mark.django_db
def test_activating_what_was_deleted() -> None:
    policy = make_policy(make_group(), make_action("deny_execute"), is_active=False)
    address = url(policy, "activate")
    policy.delete()
    assert signed_in().post(address, {"active": "on"}).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_deleting_a_filter_while_a_policy_begins_to_use_it(attempt: int) -> None:
    policy = make_policy(make_group(), make_action("deny_execute"))
    other = make_policy(make_group(), make_action("deny_execute"))
    wanted = other.policy_filters.get().filter
    other.delete()
    saving, deleting = clients(2)
    data = as_opened(policy, exclusion=str(wanted.pk))
    statuses = statuses_of(
        lambda: saving.post(url(policy), data),
        lambda: deleting.post(url(wanted, "delete")),
    )
    assert set(statuses) <= PRECISE, statuses
    used = policy.policy_filters.filter(role="exclusion").exists()
    assert used == type(wanted).objects.filter(pk=wanted.pk).exists()


def _ready_to_ask(**values: Any) -> tuple[Agent, ApprovalType, str, Policy]:
    """An execution that waits for its reason, and a type that nothing else uses any more."""
    agent, kind = make_agent(), make_type()
    policy = make_approval_policy(agent.group, type=kind, **values)
    event = agent.verdict()["event_id"]
    for part in list(policy.policy_actions.all()):
        part.delete()
        part.action.delete()
    return agent, kind, event, policy


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_deleting_a_type_while_a_request_of_it_is_opened(attempt: int) -> None:
    agent, kind, event, _ = _ready_to_ask()
    (deleting,) = clients(1)
    asked, deleted = statuses_of(
        lambda: agent.reason(event),
        lambda: deleting.post(url(kind, "delete")),
    )
    request = ApprovalRequest.objects.filter(type=kind.pk).first()
    if ApprovalType.objects.filter(pk=kind.pk).exists():
        assert (asked, deleted) == (201, 409)
        assert request is not None
    else:
        assert (asked, deleted) == (409, 302)
        assert not ApprovalRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_taking_a_types_process_away_while_a_request_of_it_is_opened(attempt: int) -> None:
    agent, kind, event, _ = _ready_to_ask()
    old, new = kind.process, make_process()
    assert old is not None
    client = signed_in()
    data = as_opened(kind, process=str(new.pk))

    def replace_and_delete() -> HttpResponse:
        client.post(url(kind), data)
        return client.post(url(old, "delete"))

    asked, deleted = statuses_of(lambda: agent.reason(event), replace_and_delete)
    assert asked == 201
    assert deleted in {302, 409}
    request = ApprovalRequest.objects.get()
    assert request.process_id == (old.pk if deleted == 409 else new.pk)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
@pytest.mark.django_db(transaction=True)
def test_a_request_waits_for_its_types_new_process() -> None:
    agent, kind, event, _ = _ready_to_ask()
    new = make_process()

    def ask() -> HttpResponse:
        try:
            return agent.reason(event)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            ApprovalType.objects.filter(pk=kind.pk).update(process=new)
            asking = threads.submit(ask)
            eventually(_somebody_waits_for_a_lock, what="the request waits")
        assert asking.result(60).status_code == 201
    assert ApprovalRequest.objects.get().process_id == new.pk


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_running_a_task_while_it_is_deleted() -> None:
    task = Task.objects.create(name="Weekly report", kind="email_report", settings={})
    running, deleting = clients(2)
    statuses = statuses_of(
        lambda: running.post(url(task, "run")),
        lambda: deleting.post(url(task, "delete")),
    )
    assert set(statuses) <= PRECISE, statuses
    assert not Task.objects.filter(pk=task.pk).exists()
    assert not TaskRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_creating_one_name_twice_at_once() -> None:
    first, second = clients(2)
    data = {"name": "Installers", "kind": "file_specification", "platform": ""}
    statuses = statuses_of(
        lambda: first.post("/filters/create/", data),
        lambda: second.post("/filters/create/", {**data, "name": "INSTALLERS"}),
    )
    assert sorted(statuses) == [302, 422]
