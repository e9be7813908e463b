"""Replay: recorded policy events decided again; what would change is counted, nothing is stored."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.ids import uuid7
from core.people.models import User
from items.family import family_of
from items.forms import SaveRefused
from items.models import Change
from items.values import Posted, posted
from policies.models import Filter, Policy, PolicyEvent, PolicyFilter, PolicyRevision, Replay
from policies.replay import running
from policies.replay.tally import Tally
from tests.agents.endpoints import (
    Agent,
    an_event,
    approve,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.factories import make_type, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Administrators")


def edited(policy: Policy, **changes: list[str]) -> Posted:
    """What the policy's page posts after these fields were changed."""
    return {**posted(family_of(policy).form_of(policy)), **changes}


def changes(replay: Replay) -> list[tuple[str, str, int]]:
    replay.refresh_from_db()
    groups = Tally.from_json(replay.tally).groups.values()
    return sorted((each.was.words, each.would_be.words, each.count) for each in groups)


def tally(replay: Replay) -> Tally:
    replay.refresh_from_db()
    return Tally.from_json(replay.tally)


def multiply(count: int, **changes: Any) -> None:
    """Copies of the one event that there is."""
    event = PolicyEvent.objects.get()
    copies = []
    for _ in range(count):
        event.pk = uuid7()
        copies.append(PolicyEvent(**{**vars_of(event), **changes}))
    PolicyEvent.objects.bulk_create(copies)


def vars_of(event: PolicyEvent) -> dict[str, Any]:
    return {field.attname: getattr(event, field.attname) for field in PolicyEvent._meta.fields}


def install(agent: Agent, **values: Any) -> Policy:
    return make_policy(
        agent.group,
        make_action("add_administrative_rights"),
        name="Installers",
        audit_events=True,
        **values,
    )


def test_an_unsaved_change_is_tried_on_what_was_recorded(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    agent.verdict(an_event(sha256="8e" * 32))
    deny = make_action("deny_execute")
    values = edited(policy, actions=[str(deny.pk)])
    replay = running.start(by=sam, policy=policy, values=values)
    assert replay.state == "finished"
    assert changes(replay) == [("Allowed with administrator rights", "Denied", 2)]
    assert len(next(iter(tally(replay).groups.values())).examples) == 2


def test_nothing_of_a_change_that_is_tried_is_stored(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    deny = make_action("deny_execute")
    mark, events = PolicyRevision.objects.get().mark, PolicyEvent.objects.count()
    with pytest.raises(SaveRefused):
        running.start(by=sam, policy=policy, values=edited(policy, name=["Another"], target=[]))
    values = edited(policy, name=["Another name"], actions=[str(deny.pk)])
    running.start(by=sam, policy=policy, values=values)
    stored = Policy.objects.get(pk=policy.pk)
    assert (stored.name, stored.version) == ("Installers", 1)
    assert [part.action.kind for part in stored.policy_actions.all()] == [
        "add_administrative_rights"
    ]
    assert not Change.objects.exists()
    assert (PolicyRevision.objects.get().mark, PolicyEvent.objects.count()) == (mark, events)
    assert agent.verdict()["verdict"] == "allow"


def test_a_policy_that_is_not_active_yet_is_tried_as_if_it_were(agent: Agent, sam: User) -> None:
    install(agent, priority=50)
    agent.verdict()
    first = make_policy(
        agent.group, make_action("deny_execute"), name="First", priority=1, is_active=False
    )
    replay = running.start(by=sam, policy=first, values=edited(first))
    assert changes(replay) == [("Allowed with administrator rights", "Denied", 1)]


def test_a_policy_that_decides_to_the_same_end_is_no_change(agent: Agent, sam: User) -> None:
    install(agent, priority=50)
    agent.verdict()
    first = make_policy(
        agent.group,
        make_action("add_administrative_rights"),
        name="First",
        priority=1,
        is_active=False,
    )
    replay = running.start(by=sam, policy=first, values=edited(first))
    assert changes(replay) == []
    assert (tally(replay).moved, tally(replay).same) == (1, 0)


def test_events_of_computers_that_the_policy_does_not_reach_are_not_read(
    agent: Agent, sam: User
) -> None:
    policy, other = install(agent), make_agent()
    make_policy(
        other.group, make_action("add_administrative_rights"), name="Others", audit_events=True
    )
    agent.verdict()
    other.verdict()
    assert running.start(by=sam, policy=policy, values=edited(policy)).total == 1
    both = edited(policy, groups=[str(agent.group.pk), str(other.group.pk)], priority=["1"])
    replay = running.start(by=sam, policy=policy, values=both)
    assert (replay.total, tally(replay).moved, tally(replay).same) == (2, 1, 1)


def test_taking_a_group_away_is_tried_too(agent: Agent, sam: User) -> None:
    policy, other = install(agent), make_agent()
    agent.verdict()
    values = edited(policy, groups=[str(other.group.pk)])
    replay = running.start(by=sam, policy=policy, values=values)
    assert changes(replay) == [("Allowed with administrator rights", "No policy matched", 1)]


def test_another_approval_type_is_a_change(agent: Agent, sam: User) -> None:
    policy = make_approval_policy(agent.group)
    agent.ask()
    two = make_type()
    two.name = "Two people"
    two.save()
    form = make_action("approval_request_form", two, reason_required=False)
    replay = running.start(by=sam, policy=policy, values=edited(policy, actions=[str(form.pk)]))
    ((was, then, count),) = changes(replay)
    assert was.startswith("Approval required (Type ")
    assert (then, count) == ("Approval required (Two people)", 1)


def test_the_time_of_each_event_counts(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    night = timezone.now().replace(hour=23, minute=30) - timedelta(days=2)
    multiply(1, at=night)
    PolicyEvent.objects.exclude(at=night).update(at=night.replace(hour=12))
    nights = Filter.objects.create(
        name="Nights", kind="time_of_day", settings={"periods": ["22:00-06:00"], "zone": "UTC"}
    )
    replay = running.start(by=sam, policy=policy, values=edited(policy, inclusion=[str(nights.pk)]))
    assert changes(replay) == [("Allowed with administrator rights", "No policy matched", 1)]
    assert tally(replay).same == 1


def test_without_a_policy_todays_are_compared_with_what_was_decided(
    agent: Agent, sam: User
) -> None:
    policy = install(agent)
    agent.verdict()
    assert tally(running.start(by=sam)).same == 1
    policy.policy_actions.all().delete()
    policy.policy_actions.create(action=make_action("deny_execute"))
    assert changes(running.start(by=sam)) == [("Allowed with administrator rights", "Denied", 1)]


def test_what_was_approved_counts_as_an_approval_that_is_required(agent: Agent, sam: User) -> None:
    make_approval_policy(agent.group)
    approve(agent.ask()["request"])
    assert agent.verdict()["verdict"] == "allow"
    assert sorted(PolicyEvent.objects.values_list("verdict", flat=True)) == [
        "allow",
        "approval_required",
    ]
    replay = running.start(by=sam)
    assert changes(replay) == []
    assert tally(replay).same == 2


def test_a_child_of_an_elevated_program_follows_the_child_actions(agent: Agent, sam: User) -> None:
    policy = install(agent, enforce_child=True)
    policy.policy_actions.create(action=make_action("deny_execute"), for_children=True)
    parent = agent.verdict()["event_id"]
    child = an_event(file_path="C:\\child.exe", command_line="", arguments=[])
    assert agent.verdict({**child, "parent_event": parent})["verdict"] == "deny"
    assert PolicyEvent.objects.count() == 2
    replay = running.start(by=sam, policy=policy, values=edited(policy, child_actions=[]))
    assert changes(replay) == [("Denied", "No policy matched", 1)]


def test_an_event_that_was_kept_by_another_version_is_counted_apart(
    agent: Agent, sam: User
) -> None:
    install(agent)
    agent.verdict()
    PolicyEvent.objects.update(event={"account": "alice", "colour": "red"})
    assert tally(running.start(by=sam)).unread == 1


def test_only_the_chosen_days_are_replayed(agent: Agent, sam: User) -> None:
    install(agent)
    agent.verdict()
    multiply(2, at=timezone.now() - timedelta(days=10))
    assert running.start(by=sam, days=7).total == 1
    assert running.start(by=sam, days=11).total == 3


def test_many_events_are_done_in_slices_by_whoever_comes(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    multiply(2 * running.CHUNK + 10)
    replay = Replay.objects.create(
        by=sam,
        policy=policy,
        values=edited(policy, actions=[str(make_action("deny_execute").pk)]),
        since=timezone.now() - timedelta(days=1),
        until=timezone.now(),
        mark=PolicyRevision.objects.get().mark,
        total=2 * running.CHUNK + 11,
    )
    done = []
    for _ in range(3):
        running.work(replay.pk, seconds=0)
        replay.refresh_from_db()
        done.append((replay.done, replay.state))
    assert done == [
        (running.CHUNK, "running"),
        (2 * running.CHUNK, "running"),
        (2 * running.CHUNK + 11, "finished"),
    ]
    ((_, _, count),) = changes(replay)
    assert count == replay.total
    assert len(next(iter(tally(replay).groups.values())).examples) == 3


def begun(sam: User, **values: Any) -> Replay:
    """A replay at which nobody has worked yet."""
    given = {
        "by": sam,
        "since": timezone.now() - timedelta(days=1),
        "until": timezone.now(),
        "mark": PolicyRevision.objects.get().mark,
        "total": 1,
    }
    return Replay.objects.create(**{**given, **values})


def test_two_workers_are_not_at_one_replay(agent: Agent, sam: User) -> None:
    install(agent)
    agent.verdict()
    replay = begun(sam, leased_until=timezone.now() + timedelta(seconds=20))
    running.work(replay.pk)
    replay.refresh_from_db()
    assert (replay.done, replay.state) == (0, "running")


def test_what_a_dead_worker_had_is_taken_over_after_its_lease(agent: Agent, sam: User) -> None:
    install(agent)
    agent.verdict()
    replay = begun(sam, leased_until=timezone.now() - timedelta(seconds=1))
    running.work(replay.pk)
    replay.refresh_from_db()
    assert (replay.done, replay.state) == (1, "finished")


def test_policies_that_change_meanwhile_stop_it(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    replay = begun(sam, policy=policy, values=edited(policy))
    with transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(priority=3)
    running.work(replay.pk)
    replay.refresh_from_db()
    assert replay.state == "outdated"


def test_a_cancelled_replay_is_not_gone_on_with(agent: Agent, sam: User) -> None:
    install(agent)
    agent.verdict()
    replay = begun(sam)
    running.cancel(replay)
    running.work(replay.pk)
    replay.refresh_from_db()
    assert (replay.done, replay.state) == (0, "cancelled")


def test_starting_another_one_cancels_the_first_of_the_same_person_alone(
    agent: Agent, sam: User
) -> None:
    own, others = begun(sam), begun(make_user("lee"))
    running.start(by=sam)
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.state, others.state) == ("cancelled", "running")


def test_old_replays_are_forgotten(sam: User) -> None:
    begun(sam)
    running.forget(timezone.now() + timedelta(days=6))
    assert Replay.objects.count() == 1
    running.forget(timezone.now() + timedelta(days=8))
    assert not Replay.objects.exists()


def test_a_filter_that_is_gone_stops_it_without_harm(agent: Agent, sam: User) -> None:
    policy = install(agent)
    agent.verdict()
    replay = begun(sam, policy=policy, values=edited(policy, target=[str(uuid.uuid4())]))
    running.work(replay.pk)
    replay.refresh_from_db()
    assert replay.state == "outdated"
    assert PolicyFilter.objects.filter(policy=policy).count() == 1
