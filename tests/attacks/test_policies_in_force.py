"""Attacks on policies in force: changing what an active policy uses until it lets more through."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.models import Action
from approvals.models import ApprovalProcess
from core.actors import Actor
from core.alerts.models import Alert
from foreign_systems.environment import provide_smtp_server
from foreign_systems.models import ForeignSystem
from items.author import Author
from items.family import family_of
from items.forms import SaveRefused
from items.models import Item
from items.services import StaleItem, changing, delete_item, save_item
from items.values import as_data
from policies.activation import Invalid, switch
from policies.enforcement import watch
from policies.models import Filter, Policy, PolicyFilter
from policies.validity import problems
from tests.agents.endpoints import (
    Agent,
    a_key,
    an_event,
    approve,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.at_once import at_once
from tests.factories import make_process, make_type, signed_in
from tests.items.makers import as_opened, save, url

BY = Author(Actor.of_system("Sam Ortega"))
CMD = "C:\\Windows\\System32\\cmd.exe"


def shells_excluded(agent: Agent, *actions: Action, **values: Any) -> tuple[Policy, Filter]:
    """Everything below C:\\ gets administrator rights, but cmd.exe."""
    policy = make_policy(agent.group, *actions, name="Everything elevated", **values)
    target = policy.policy_filters.get().filter
    Filter.objects.filter(pk=target.pk).update(settings={"path": "C:\\"})
    excluded = Filter.objects.create(
        name="No shells", kind="file_specification", settings={"names": ["cmd.exe"]}
    )
    PolicyFilter.objects.create(policy=policy, filter=excluded, role="exclusion")
    return policy, excluded


def saved(item: Item, **changes: Any) -> None:
    """As the console saves it. Raises SaveRefused and StaleItem."""
    stored = type(item)._default_manager.get(pk=item.pk)
    form = family_of(stored).form_of(stored, as_data(as_opened(stored, **changes)))
    assert form.is_valid(), form.errors
    save_item(form, by=BY)


@pytest.mark.django_db
def test_emptying_an_exclusion_to_get_a_shell_with_rights(agent: Agent) -> None:
    _, excluded = shells_excluded(agent, make_action("add_administrative_rights"))
    assert agent.verdict(an_event(file_path=CMD))["verdict"] == "no_match"

    page = save(signed_in(), excluded, names="")
    assert "Application policy Everything elevated uses this and would become invalid" in page
    assert excluded.settings == {"names": ["cmd.exe"]}
    assert excluded.version == 1
    assert agent.verdict(an_event(file_path=CMD))["verdict"] == "no_match"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["names", "glob"])
def test_emptying_a_filter_by_restoring_an_older_version(agent: Agent, field: str) -> None:
    excluded = Filter.objects.create(
        name="No shells", kind="file_specification", settings={"names": []}
    )
    save(signed_in(), excluded, description="Empty so far.")
    save(signed_in(), excluded, **{field: "cmd.exe"})
    policy = make_policy(agent.group, make_action("add_administrative_rights"))
    PolicyFilter.objects.create(policy=policy, filter=excluded, role="exclusion")

    restore = family_of(excluded).url_of(excluded, "restore", 2)
    response = signed_in().post(restore)
    assert response.status_code == 422
    assert f"policy {policy} uses this" in response.content.decode()
    excluded.refresh_from_db()
    assert excluded.settings[field]


@pytest.mark.django_db
def test_weakening_whatever_else_an_active_policy_uses(agent: Agent) -> None:
    other, process = make_process(), make_process()
    kind, further = make_type(process), make_process("manual")
    policy = make_approval_policy(agent.group, type=kind)
    asks = policy.policy_actions.first().action  # type: ignore[union-attr]
    runs = make_action("run_as_user", account="EXAMPLE\\svc")
    policy.policy_actions.create(action=runs, position=9)
    ApprovalProcess.objects.filter(pk=other.pk).update(start_activity=further)
    target = policy.policy_filters.get().filter
    assert problems(policy) == []

    for item, changes in (
        (target, {"names": ""}),
        (kind, {"process": str(make_process(to_addresses=()).pk)}),
        (process, {"to_addresses": ""}),
        (process, {"start_activity": str(other.pk)}),
        (runs, {"account": ""}),
    ):
        response = signed_in().post(url(item), as_opened(item, **changes))
        assert response.status_code == 422, changes
        assert problems(Policy.objects.get(pk=policy.pk)) == []
    saved(asks, title="Another title")  # what breaks nothing is saved
    asks.refresh_from_db()
    assert asks.settings["title"] == "Another title"


@pytest.mark.django_db
def test_the_same_change_is_made_while_the_policy_is_inactive(agent: Agent) -> None:
    policy, excluded = shells_excluded(agent, make_action("deny_execute"), is_active=False)
    saved(excluded, names="")
    with pytest.raises(Invalid):
        switch(policy_id=policy.pk, by=BY, on=True)


@pytest.mark.django_db
def test_what_is_broken_already_can_be_put_right_step_by_step(agent: Agent) -> None:
    policy, excluded = shells_excluded(agent, make_action("add_administrative_rights"))
    target = policy.policy_filters.get(role="target").filter
    Filter.objects.filter(pk__in=[target.pk, excluded.pk]).update(settings={})
    saved(target, path="C:\\Tools")
    saved(excluded, names="cmd.exe")
    assert problems(Policy.objects.get(pk=policy.pk)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["target", "inclusion", "exclusion"])
@pytest.mark.parametrize(
    "settings", [{}, {"names": ["a/b"]}], ids=["tests nothing", "can't be built"]
)
def test_a_policy_broken_behind_our_back_never_allows(
    agent: Agent, role: str, settings: dict[str, Any]
) -> None:
    policy = make_policy(agent.group, make_action("add_administrative_rights"), priority=1)
    broken = Filter.objects.create(name="Broken", kind="file_specification", settings=settings)
    policy.policy_filters.filter(role=role).delete()
    PolicyFilter.objects.create(policy=policy, filter=broken, role=role)
    make_policy(agent.group, make_action("add_administrative_rights"), priority=50)
    answer = agent.verdict()
    assert (answer["verdict"], answer["code"]) == ("deny", "policy_broken")
    assert policy.name in answer["message"]
    assert answer["rights"]["elevate"] is False


@pytest.mark.django_db
def test_a_broken_policy_does_not_stop_what_it_surely_does_not_match(agent: Agent) -> None:
    policy, excluded = shells_excluded(agent, make_action("add_administrative_rights"))
    policy.policy_filters.filter(role="target").delete()
    PolicyFilter.objects.create(
        policy=policy,
        filter=Filter.objects.create(
            name="Tools", kind="file_specification", settings={"path": "C:\\Tools"}
        ),
        role="target",
    )
    Filter.objects.filter(pk=excluded.pk).update(settings={})
    assert agent.verdict(an_event(file_path=CMD))["verdict"] == "no_match"
    assert agent.verdict(an_event(file_path="C:\\Tools\\a.exe"))["code"] == "policy_broken"


@pytest.mark.django_db
def test_a_broken_policy_that_continues_enforcing_lets_nothing_past(agent: Agent) -> None:
    policy, excluded = shells_excluded(
        agent, make_action("warning_message"), continue_enforcing=True, priority=1
    )
    make_policy(agent.group, make_action("add_administrative_rights"), priority=2)
    Filter.objects.filter(pk=excluded.pk).update(settings={})
    assert agent.verdict()["code"] == "policy_broken"
    Policy.objects.filter(pk=policy.pk).update(is_active=False)
    assert agent.verdict()["verdict"] == "allow"


@pytest.mark.django_db
def test_a_grant_does_not_pass_a_policy_that_broke_since(
    agent: Agent, django_capture_on_commit_callbacks: Any
) -> None:
    policy = make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    with django_capture_on_commit_callbacks(execute=True):
        for server in ForeignSystem.objects.all():
            delete_item(server, by=BY)  # it has to be possible
    answer = agent.verdict(request=number)
    assert (answer["verdict"], answer["code"]) == ("deny", "policy_broken")
    assert "no default one" in answer["message"]
    alert = Alert.objects.get(closed_at__isnull=True, key__contains=str(policy.pk))
    assert policy.name in alert.text
    assert str(policy.pk) in alert.link

    with django_capture_on_commit_callbacks(execute=True):
        provide_smtp_server("smtp://127.0.0.1:1", from_address="pm@example.com")
    assert agent.verdict(request=number)["verdict"] == "allow"
    alert.refresh_from_db()
    assert alert.closed_at is not None


@pytest.mark.django_db
def test_children_of_a_program_get_nothing_from_a_policy_that_broke_since(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("add_administrative_rights"), enforce_child=True)
    policy.policy_actions.create(action=make_action("add_administrative_rights"), for_children=True)
    parent = agent.verdict()["event_id"]
    child = an_event(file_path=CMD, parent_event=parent)
    assert agent.verdict(child)["verdict"] == "allow"
    policy.policy_filters.all().delete()
    assert agent.verdict(child)["code"] == "policy_broken"


@pytest.mark.django_db
def test_the_watch_tells_of_what_no_change_of_ours_broke(agent: Agent) -> None:
    policy, excluded = shells_excluded(agent, make_action("deny_execute"))
    watch()
    assert not Alert.objects.exists()
    Filter.objects.filter(pk=excluded.pk).update(settings={"unknown": 1})
    watch()
    watch()
    alert = Alert.objects.get()
    assert (alert.times, alert.closed_at) == (1, None)
    assert f"The active policy {policy} is invalid" in alert.text
    policy.is_active = False
    policy.save()
    watch()
    assert not Alert.objects.filter(closed_at__isnull=True).exists()


def both(*attempts: Callable[[], object]) -> list[str]:
    """Run at once; "" for each that succeeded, else what refused it."""
    told = at_once(*attempts, expected=(SaveRefused, StaleItem, Invalid))
    return sorted(type(each).__name__ if isinstance(each, Exception) else "" for each in told)


def change(item: Item, **values: Any) -> Callable[[], None]:
    """A save whose form was checked before anybody else's change."""
    form = family_of(item).form_of(item, as_data(as_opened(item, **values)))
    assert form.is_valid(), form.errors

    def attempt() -> None:
        save_item(form, by=BY)

    return attempt


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_emptying_a_filter_while_its_policy_is_activated(attempt: int) -> None:
    agent = make_agent()
    policy, excluded = shells_excluded(agent, make_action("deny_execute"), is_active=False)
    told = both(
        change(excluded, names=""),
        lambda: switch(policy_id=policy.pk, by=BY, on=True),
    )
    assert told in (["", "Invalid"], ["", "SaveRefused"])
    policy.refresh_from_db()
    assert not (policy.is_active and problems(policy))


@pytest.mark.django_db(transaction=True)
def test_two_changes_that_are_each_fine_and_break_a_policy_together() -> None:
    """A process may name another, and that one a third: but not both."""
    asks, decides, third = make_process(), make_process(), make_process()
    policy = make_approval_policy(make_agent().group, type=make_type(asks))
    told = both(
        change(asks, start_activity=str(decides.pk)),
        change(decides, start_activity=str(third.pk)),
    )
    assert told == ["", "SaveRefused"]
    assert problems(Policy.objects.get(pk=policy.pk)) == []


@pytest.mark.django_db
def test_a_change_that_must_be_possible_is_made(agent: Agent) -> None:
    """What the environment says is followed, whatever it breaks."""
    make_approval_policy(agent.group)
    server = ForeignSystem.objects.get()
    with changing(server, by=BY):
        server.settings = server.settings | {"base_url": "nonsense://"}
    assert agent.verdict(idempotency_key=a_key())["code"] == "policy_broken"


@pytest.mark.django_db
def test_a_form_of_an_item_shows_why_it_was_refused(agent: Agent) -> None:
    """The refusal is the page's own error summary, and what was typed stays."""
    _, excluded = shells_excluded(agent, make_action("add_administrative_rights"))
    response = signed_in().post(url(excluded), as_opened(excluded, names="", description="typed"))
    assert response.status_code == 422
    assert b"typed" in response.content
