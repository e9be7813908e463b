"""Create Policy, step by step, as somebody walks it without script."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from actions.models import Action
from items.models import changes_of
from policies.models import ComputerGroup, Filter, Policy
from tests.agents.endpoints import make_action, make_group
from tests.factories import make_type, signed_in

pytestmark = pytest.mark.django_db


def make_filter(**values: object) -> Filter:
    settings = {"names": ["setup.exe"]}
    return Filter.objects.create(
        **{"name": "Setup", "kind": "file_specification", "settings": settings, **values}
    )


class Walk:
    """A browser on the wizard's pages: `choose` presses Next, `create` the last button."""

    def __init__(self, client: Client, query: str = "") -> None:
        self.client = client
        self.see(f"/policies/wizard/{query}")

    def see(self, address: str) -> None:
        self.address = address
        self.page = self.client.get(address).content.decode()

    @property
    def hidden(self) -> list[tuple[str, str]]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page)
        return [(name, unescape(value)) for name, value in found]

    @property
    def step(self) -> str:
        current = re.search(r'aria-current="step".*?<span>([^<]+)</span>', self.page, re.DOTALL)
        assert current, self.page
        return current[1]

    def choose(self, **values: object) -> None:
        following = re.search(r'name="step"\s+value="(\w+)"', self.page)
        assert following, self.page
        data = [*self.hidden, *((n, str(v)) for n, v in values.items()), ("step", following[1])]
        self.see(f"/policies/wizard/?{urlencode(data)}")

    def create(self, group: ComputerGroup, name: str) -> Policy:
        priority = re.search(
            r'name="priority"[^>]*?value="(\d+)"', self.page, re.DOTALL
        ) or re.search(r'value="(\d+)"[^>]*?name="priority"', self.page, re.DOTALL)
        assert priority, self.page
        data: dict[str, object] = {"name": name, "groups": str(group.pk), "priority": priority[1]}
        for key, value in self.hidden:
            data.setdefault(key, [])
            if isinstance(data[key], list):
                data[key].append(value)  # type: ignore[attr-defined]
        response = self.client.post(self.address, data)
        assert response.status_code == 302, response.content.decode()
        return Policy.objects.get(name=name)


def parts(policy: Policy) -> tuple[list[str], list[Filter]]:
    return (
        [action.name for action in policy.actions_for(children=False)],
        policy.filters_as("target"),
    )


def test_an_approval_policy_is_made_step_by_step_and_is_inactive() -> None:
    group, target = make_group(), make_filter()
    form = make_action("approval_request_form", make_type())
    rights = make_action("add_administrative_rights")
    walk = Walk(signed_in(), f"?groups={group.pk}")
    assert walk.step == "Type"
    walk.choose(type="controlling")
    assert walk.step == "How"
    walk.choose(how="approve")
    assert (walk.step, "There is a problem" in walk.page) == ("Action", False)
    walk.choose(action=form.pk)
    assert walk.step == "Targets"
    walk.choose(target=target.pk)
    assert walk.step == "Name and priority"
    assert "ask for a reason, wait for an approval" in walk.page
    policy = walk.create(group, "Installers need approval")
    assert parts(policy) == ([form.name, rights.name], [target])
    assert (policy.is_active, policy.priority) == (False, 50)
    assert [change.verb for change in changes_of(Policy, policy.pk)] == ["create"]


@pytest.mark.parametrize(
    ("how", "kind", "expected"),
    [
        ("allow", "", []),
        ("block", "deny_execute", ["Chosen"]),
        ("elevate", "", ["Rights"]),
        ("justify", "justify_elevation", ["Chosen", "Rights"]),
    ],
)
def test_each_way_gives_its_actions(how: str, kind: str, expected: list[str]) -> None:
    Action.objects.create(name="Rights", kind="add_administrative_rights")
    walk = Walk(signed_in(), "?type=controlling&step=how")
    chosen = Action.objects.create(name="Chosen", kind=kind) if kind else None
    walk.choose(how=how)
    if chosen:
        walk.choose(action=chosen.pk)
    walk.choose()
    policy = walk.create(make_group(), "New")
    assert (parts(policy)[0], policy.priority) == (expected, 65)
    assert policy.audit_events == (how == "allow")


def test_a_monitoring_policy_records_and_lets_later_ones_decide() -> None:
    walk, target = Walk(signed_in()), make_filter()
    walk.choose(type="monitoring")
    assert walk.step == "Targets"
    walk.choose(target=target.pk)
    policy = walk.create(make_group(), "Watch")
    assert (policy.audit_events, policy.continue_enforcing, parts(policy)) == (
        True,
        True,
        ([], [target]),
    )


def test_a_step_that_is_left_without_a_choice_says_so_and_keeps_what_was_chosen() -> None:
    walk = Walk(signed_in())
    walk.choose()
    assert walk.step == "Type"
    assert "Choose one." in walk.page
    walk.choose(type="controlling")
    walk.choose()
    assert walk.step == "How"
    assert "Choose one." in walk.page
    assert ("type", "controlling") in walk.hidden


def test_back_leads_to_the_step_before_with_its_choice() -> None:
    walk = Walk(signed_in(), "?type=controlling&how=block&step=how")
    back = re.search(r'<a class="btn" href="([^"]+)">Back</a>', walk.page)
    assert back
    walk.see(unescape(back[1]))
    assert walk.step == "Type"
    assert re.search(r'value="controlling"\s+checked', walk.page)


def test_a_refused_last_step_keeps_what_was_typed_and_all_that_was_chosen() -> None:
    target, client = make_filter(), signed_in()
    walk = Walk(client, f"?type=monitoring&target={target.pk}&step=name")
    data = {"name": "", "priority": "12", "description": "Typed", "target": str(target.pk)}
    response = client.post(walk.address, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter a name." in page
    assert "Typed" in page
    assert f'name="target" value="{target.pk}"' in page
    assert not Policy.objects.exists()


def test_the_wizard_offers_what_fits_the_computers_and_who_asks() -> None:
    linux = make_group("linux")
    make_filter(name="For Linux", platform="linux")
    make_filter(name="For Windows", platform="windows")
    query = f"?type=monitoring&groups={linux.pk}&step=target"
    page = Walk(signed_in(), query).page
    assert "For Linux" in page
    assert "For Windows" not in page
    page = Walk(signed_in("Windows Administrators"), "?type=monitoring&step=target").page
    assert "For Windows" in page
    assert "For Linux" not in page
    assert signed_in("Auditors").get("/policies/wizard/").status_code == 403


@pytest.mark.parametrize(
    "query", ["?groups=x&target=y&action=z&step=q", "?how=approve&step=name", "?type=dance"]
)
def test_an_address_that_makes_no_sense_begins_at_the_first_step(query: str) -> None:
    assert Walk(signed_in(), query).step == "Type"
