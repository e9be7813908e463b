"""The page of an application policy: its lists, what it says of itself, switching it on and off."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actions.models import Action
from core.audit.services import verify
from items.family import family_of
from items.models import Change, Item, changes_of
from items.values import as_data, posted
from policies.models import Computer, ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from tests.factories import make_process, make_smtp_server, make_type, make_user, signed_in

pytestmark = pytest.mark.django_db


def make_group(name: str = "Windows Computers") -> ComputerGroup:
    return ComputerGroup.objects.create(name=name, platform="windows")


def make_filter(name: str = "Installers") -> Filter:
    return Filter.objects.create(
        name=name, kind="file_specification", settings={"names": ["setup.exe"]}
    )


def make_action(name: str, kind: str = "add_administrative_rights", **values: object) -> Action:
    return Action.objects.create(name=name, kind=kind, **values)


def make_policy(*, active: bool = False) -> Policy:
    """A valid policy: installers on Windows computers run elevated."""
    policy = Policy.objects.create(name="Elevate installers", priority=15, is_active=active)
    policy.groups.add(make_group())
    PolicyFilter.objects.create(policy=policy, filter=make_filter(), role="target")
    PolicyAction.objects.create(policy=policy, action=make_action("Elevate"))
    return policy


def url(item: Item, page: str = "detail") -> str:
    return family_of(item).url_of(item, page)


def save(client: Client, policy: Policy, **changes: object) -> str:
    """Open the page, change these fields, Save Changes; the page that comes back."""
    policy.refresh_from_db()
    data = as_data(posted(family_of(policy).form_of(policy)), version=str(policy.version))
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return client.post(url(policy), dict(data.lists()), follow=True).content.decode()


def activate(client: Client, policy: Policy, *, on: bool = True) -> str:
    data = {"active": "on" if on else "off"}
    return client.post(url(policy, "activate"), data, follow=True).content.decode()


def names(policy: Policy) -> list[str]:
    return [part.action.name for part in policy.policy_actions.order_by("position")]


def test_actions_are_kept_in_the_order_in_which_they_were_sent() -> None:
    policy, first, second = make_policy(), make_action("B"), make_action("A", "warning_message")
    save(signed_in(), policy, actions=[str(second.pk), str(first.pk)])
    assert names(policy) == ["A", "B"]


def test_saving_an_inactive_policy_says_that_it_is_inactive_and_offers_to_activate_it() -> None:
    page = save(signed_in(), make_policy(), priority="20")
    assert "Saved. This policy is inactive." in page
    assert "Activate</button>" in page


def test_changed_lists_raise_the_one_version_and_stand_in_the_history_by_name() -> None:
    policy, warn = make_policy(), make_action("Warn", "warning_message")
    kept = [str(policy.policy_actions.get().action_id), str(warn.pk)]
    save(signed_in(), policy, actions=kept)
    change = changes_of(Policy, policy.pk).get()
    assert change.version == 2
    assert change.fields == [["Actions", "Elevate", "Elevate\nWarn"]]
    assert list(verify()) == []


def test_a_valid_policy_is_activated_and_deactivated_with_history() -> None:
    client, policy = signed_in(), make_policy()
    assert "This policy is active." in activate(client, policy)
    assert "This policy is inactive." in activate(client, policy, on=False)
    said = [change.fields for change in changes_of(Policy, policy.pk)]
    assert said == [[["Active", "Yes", "No"]], [["Active", "No", "Yes"]]]


def test_activating_twice_makes_one_version() -> None:
    client, policy = signed_in(), make_policy()
    activate(client, policy)
    activate(client, policy)
    assert Change.objects.count() == 1


def test_a_type_without_a_handler_leaves_the_policy_invalid_and_says_why() -> None:
    client, policy = signed_in(), make_policy()
    kind = make_type(make_process())
    type(kind).objects.filter(pk=kind.pk).update(process=None)
    form = make_action("Ask", "approval_request_form", approval_type=kind)
    page = save(client, policy, actions=[str(form.pk)])
    assert "Policy invalid" in page
    assert f"Approval type {kind.name} has no Process Handler." in page
    assert names(policy) == ["Ask"]  # saved all the same
    page = activate(client, policy)
    assert "Not activated: the policy is invalid." in page
    policy.refresh_from_db()
    assert not policy.is_active


def test_an_active_policy_is_not_saved_into_an_invalid_one_and_what_was_typed_stays() -> None:
    client, policy = signed_in(), make_policy(active=True)
    page = save(client, policy, target=[], description="Typed with care.")
    assert "An active policy must stay valid." in page
    assert "Typed with care." in page
    policy.refresh_from_db()
    assert policy.policy_filters.count() == 1
    assert (policy.version, policy.description) == (1, "")


def test_a_form_that_nothing_can_send_for_keeps_the_policy_invalid() -> None:
    policy = make_policy()
    form = make_action("Ask", "approval_request_form", approval_type=make_type(make_process()))
    page = save(signed_in(), policy, actions=[str(form.pk)])
    assert "Policy invalid" in page
    make_smtp_server()
    assert "Policy invalid" not in console_of(policy)


def console_of(policy: Policy) -> str:
    client = Client()
    client.force_login(make_user(role="Auditors"))
    return client.get(url(policy)).content.decode()


def test_the_page_says_what_the_policy_does() -> None:
    page = console_of(make_policy())
    assert "When someone on Windows Computers starts setup.exe" in page
    assert "<b>run it with administrator rights</b>" in page


def test_a_policy_made_from_a_groups_list_begins_with_that_group() -> None:
    client, group = signed_in(), make_group()
    listed = client.get(f"/policies/?group={group.pk}").content.decode()
    assert f'href="wizard/?groups={group.pk}"' in listed
    dialog = client.get(f"/policies/create/?groups={group.pk}").content.decode()
    assert f'value="{group.pk}"' in dialog
    data = {"name": "New", "groups": [str(group.pk)]}
    client.post("/policies/create/", data)
    policy = Policy.objects.get(name="New")
    assert (list(policy.groups.all()), policy.priority, policy.is_active) == ([group], 65, False)


def test_a_duplicate_has_all_lists_and_is_inactive() -> None:
    client, policy = signed_in(), make_policy(active=True)
    client.post(url(policy, "duplicate"), {"name": "Second"})
    copy = Policy.objects.get(name="Second")
    assert not copy.is_active
    assert names(copy) == ["Elevate"]
    assert [part.role for part in copy.policy_filters.all()] == ["target"]
    assert list(copy.groups.all()) == list(policy.groups.all())


def test_the_menu_path_goes_through_the_policys_group() -> None:
    page = " ".join(console_of(make_policy()).split())
    trail = page[page.index('<ol class="trail">') : page.index("</ol>")]
    assert trail.index("Computer Groups") < trail.index("Windows Computers")
    assert trail.index("Windows Computers") < trail.index("Application Policies")


def test_an_auditor_sees_the_policy_and_cannot_switch_it() -> None:
    policy, client = make_policy(), signed_in("Auditors")
    assert "Activate</button>" not in client.get(url(policy)).content.decode()
    assert client.post(url(policy, "activate"), {"active": "on"}).status_code == 403
    policy.refresh_from_db()
    assert not policy.is_active


def test_the_navigation_marks_the_policies_of_the_groups_it_is_in() -> None:
    policy = make_policy()
    make_group("macOS Computers")
    page = " ".join(console_of(policy).split())
    group = policy.groups.get()
    link = f'href="/policies/?group={group.pk}"'
    assert f'{link} aria-current="page"' in page
    assert page.count('aria-current="page">Application Policies') == 1


@pytest.mark.parametrize("role", ["Administrators", "Auditors"])
def test_no_page_of_policies_asks_the_database_twice(role: str) -> None:
    policy = make_policy(active=True)
    PolicyFilter.objects.create(policy=policy, filter=make_filter("Signed"), role="exclusion")
    group, client = policy.groups.get(), signed_in(role)
    client.get(url(policy))  # the active policies are read for lint, and kept
    for address in (url(policy), "/policies/", f"/policies/?group={group.pk}"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        asked_again = Counter(query["sql"] for query in asked) - Counter({q["sql"] for q in asked})
        assert list(asked_again) == []


def test_a_computer_in_two_groups_of_a_policy_counts_once() -> None:
    policy = make_policy(active=True)
    policy.groups.add(make_group("Laptops"))
    computer = Computer.objects.create(name="WS-014", platform="windows")
    computer.groups.set(policy.groups.all())
    page = signed_in("Auditors").get(url(policy)).content.decode()
    assert "In force on 1 computer: " in page


def test_a_policy_says_who_holds_it_and_who_changed_it_last() -> None:
    policy = make_policy()
    Computer.objects.create(name="WS-014", platform="windows").groups.set(policy.groups.all())
    client = signed_in("Administrators", "kim")
    save(client, policy, priority=20)
    page = client.get(url(policy)).content.decode()
    assert "Not deployed: the policy is inactive." in page
    assert re.search(rf'Last Modified.*?href="{url(policy, "history")}">.*? by kim</a>', page, re.S)
    Policy.objects.filter(pk=policy.pk).update(is_active=True)
    assert "This version has reached 0 of 1 agent." in client.get(url(policy)).content.decode()


def test_a_policy_offers_a_platform_administrator_the_filters_of_that_platform_alone() -> None:
    policy = make_policy()
    make_filter("For Linux")
    Filter.objects.filter(name="For Linux").update(platform="linux")
    make_filter("For Windows")
    Filter.objects.filter(name="For Windows").update(platform="windows")
    page = signed_in("Windows Administrators").get(url(policy)).content.decode()
    assert "For Windows" in page
    assert "For Linux" not in page
