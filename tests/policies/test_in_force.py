"""The policies in force: compiled once, and renewed by whatever changes them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from foreign_systems.models import ForeignSystem
from policies.in_force import PoliciesInForce
from policies.models import Computer, Filter, Policy, PolicyAction, PolicyFilter, PolicyRevision
from policies.triggers import TABLES
from tests.agents.endpoints import Agent, make_action, make_agent, make_approval_policy, make_group
from tests.at_once import at_once


@pytest.fixture
def agent(db: None) -> Agent:
    agent = make_agent()
    make_approval_policy(agent.group)
    return agent


def mark() -> str:
    return PolicyRevision.objects.get().mark


def test_unchanged_policies_are_compiled_once_and_cost_one_query(
    agent: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here = PoliciesInForce()
    first = here.on(agent.computer.pk)
    assert [policy.name for policy in first.policies]
    with django_assert_num_queries(1):
        assert here.on(agent.computer.pk) is first
    same_groups = make_agent(agent.group)
    assert here.on(same_groups.computer.pk) is first


@pytest.mark.parametrize(
    "change",
    [
        lambda: Policy.objects.update(priority=3),
        lambda: Policy.objects.all().delete(),
        lambda: Filter.objects.update(settings={"names": ["x"]}),
        lambda: PolicyFilter.objects.update(role="exclusion"),
        lambda: PolicyAction.objects.first().delete(),  # type: ignore[union-attr]
        lambda: Action.objects.update(name="Other"),
        lambda: ApprovalType.objects.update(process=None),
        lambda: ApprovalProcess.objects.update(settings={}),
        lambda: ForeignSystem.objects.update(is_default=False),
        lambda: PolicyFilter.objects.all().delete(),
        lambda: Policy.groups.through.objects.all().delete(),
        lambda: Policy.objects.bulk_create([Policy(name="Bulk")]),
        lambda: _sql("UPDATE policies_policy SET enforce_child = NOT enforce_child"),
    ],
)
def test_a_change_by_any_way_reaches_the_next_report_of_every_process(
    agent: Agent, change: Callable[[], Any]
) -> None:
    processes = PoliciesInForce(), PoliciesInForce()
    before = [each.on(agent.computer.pk) for each in processes]
    change()
    assert all(
        each.on(agent.computer.pk) is not old for each, old in zip(processes, before, strict=True)
    )


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_table_that_compiling_reads_has_a_trigger(
    agent: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6) as queries:
        PoliciesInForce().on(agent.computer.pk)
    read = {name for name in connection.introspection.table_names() if _names(queries, name)}
    groups = {"policies_computergroup", "policies_computer_groups", "policies_policyrevision"}
    assert read - groups == set(TABLES)


def _names(queries: Any, table: str) -> bool:
    return any(f'"{table}"' in query["sql"] for query in queries.captured_queries)


def test_a_change_of_groups_counts_at_once(agent: Agent) -> None:
    here, other = PoliciesInForce(), make_group()
    make_approval_policy(other)
    assert len(here.on(agent.computer.pk).policies) == 1
    agent.computer.groups.add(other)
    assert len(here.on(agent.computer.pk).policies) == 2
    agent.computer.groups.clear()
    assert here.on(agent.computer.pk).policies == []


def test_what_was_rolled_back_is_never_taken_for_what_came_instead(agent: Agent) -> None:
    here = PoliciesInForce()

    def priority() -> int:
        return here.on(agent.computer.pk).policies[0].priority

    before = priority()
    with transaction.atomic():
        Policy.objects.update(priority=1)
        assert priority() == 1
        transaction.set_rollback(True)
    assert priority() == before
    Policy.objects.update(priority=2)
    assert priority() == 2


def test_without_a_mark_nothing_is_remembered(agent: Agent) -> None:
    here = PoliciesInForce()
    PolicyRevision.objects.all().delete()
    first = here.on(agent.computer.pk)
    assert first.policies
    assert here.on(agent.computer.pk) is not first


def test_more_policies_than_sqlite_takes_names_in_a_query_are_compiled(agent: Agent) -> None:
    names = [f"Policy no. {number}" for number in range(1_001)]
    policies = Policy.objects.bulk_create(
        Policy(name=name, name_key=name, is_active=True) for name in names
    )
    filters = Filter.objects.bulk_create(
        Filter(name=name, name_key=name, kind="computer", settings={"names": [name]})
        for name in names
    )
    PolicyFilter.objects.bulk_create(
        PolicyFilter(policy=policy, filter=filter_, role="target")
        for policy, filter_ in zip(policies, filters, strict=True)
    )
    agent.group.policies.add(*policies)
    assert len(PoliciesInForce().on(agent.computer.pk).policies) == 1_002


@pytest.mark.django_db(transaction=True)
def test_of_many_reports_at_once_one_compiles() -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    here = PoliciesInForce()
    found = at_once(*[lambda: here.on(agent.computer.pk)] * 6)
    assert len({id(each) for each in found}) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    os.environ.get("PMCONSOLE_TEST_DATABASE") != "postgresql",
    reason="no other process sees the tests' SQLite, which is in memory",
)
def test_a_change_reaches_the_next_report_in_another_process() -> None:
    agent = make_agent()
    policy = make_approval_policy(agent.group)
    with other_process() as one, other_process() as two:
        for decide in (one, two):
            assert decide(agent.computer)["verdict"] == "approval_required"
        deny = make_action("deny_execute")
        PolicyAction.objects.create(policy=policy, action=deny, position=9)
        assert [decide(agent.computer)["verdict"] for decide in (one, two)] == ["deny", "deny"]
        Policy.objects.update(is_active=False)
        assert [decide(agent.computer)["verdict"] for decide in (one, two)] == ["no_match"] * 2


@contextmanager
def other_process() -> Iterator[Callable[[Computer], dict[str, Any]]]:
    """`manage.py evaluate` on this database, asked event by event."""
    database = connection.settings_dict["NAME"]
    url, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{url.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")
    command = [sys.executable, "manage.py", "evaluate", "--events", "-"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": url},
        text=True,
    )
    assert process.stdin
    assert process.stdout

    def decide(computer: Computer) -> dict[str, Any]:
        event = {
            "platform": "windows",
            "computer_id": str(computer.pk),
            "computer": computer.name,
            "account": "EXAMPLE\\alice",
            "file_path": "C:\\Tools\\setup.exe",
        }
        print(json.dumps(event), file=process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
        return answer

    try:
        yield decide
    finally:
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        process.stdout.close()
