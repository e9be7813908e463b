"""Which computers are in a computer group: chosen ones, by platform, or by name."""

import pytest
from django.test import Client

from agents.services import register_computer
from core.audit.models import Entry
from core.audit.services import verify
from items.models import changes_of
from policies.models import Computer, ComputerGroup
from tests.agents.endpoints import make_code, make_group, make_policy
from tests.factories import signed_in
from tests.policies.events import make_computer

pytestmark = pytest.mark.django_db


def make_ruled(membership: str, *patterns: str, platform: str = "windows") -> ComputerGroup:
    """A group with a rule, as its form makes it."""
    data = {
        "name": f"{membership} {ComputerGroup.objects.count()}",
        "platform": platform,
        "membership": membership,
        "name_patterns": "\n".join(patterns),
    }
    response = signed_in().post("/computer-groups/create/", data)
    assert response.status_code == 302, response.content.decode()
    return ComputerGroup.objects.get(name=data["name"])


def members(group: ComputerGroup) -> list[str]:
    return list(group.computers.values_list("name", flat=True))


def add(client: Client, group: ComputerGroup, names: str) -> str:
    address = f"/computer-groups/{group.pk}/computers/add/"
    return client.post(address, {"names": names}, follow=True).content.decode()


def test_a_group_takes_in_the_computers_that_its_rule_says() -> None:
    for name, platform in (("WS-1", "windows"), ("LAB-1", "windows"), ("WS-2", "linux")):
        make_computer(name, platform)
    assert members(make_ruled("platform")) == ["LAB-1", "WS-1"]
    assert members(make_ruled("names", "ws-*")) == ["WS-1"]
    assert members(make_ruled("chosen")) == []


def test_a_changed_rule_changes_the_members_and_stands_in_the_history() -> None:
    make_computer("WS-1")
    make_computer("LAB-1")
    group, client = make_ruled("names", "WS-*"), signed_in()
    data = {"name": group.name, "membership": "names", "name_patterns": "LAB-?", "version": "1"}
    client.post(f"/computer-groups/{group.pk}/", data)
    assert members(group) == ["LAB-1"]
    newest = changes_of(ComputerGroup, group.pk)[0]
    assert newest.fields == [["Computer Names", "WS-*", "LAB-?"]]


def test_names_without_a_pattern_are_refused_and_a_platform_is_never_changed() -> None:
    group = make_ruled("platform")
    data = {"name": "G", "membership": "names", "name_patterns": "", "version": "1"}
    client = signed_in()
    page = client.post(f"/computer-groups/{group.pk}/", data).content.decode()
    assert "Computer Names: enter at least one name or pattern." in page
    data |= {"membership": "platform", "platform": "linux"}
    client.post(f"/computer-groups/{group.pk}/", data)
    group.refresh_from_db()
    assert (group.name, group.platform) == ("G", "windows")


def test_a_computer_joins_by_its_code_and_by_rules_when_it_registers() -> None:
    by_code, every = make_group(), make_ruled("platform")
    named, others = make_ruled("names", "WS-*"), make_ruled("names", "LAB-*")
    linux = make_ruled("platform", platform="linux")
    code = make_code(by_code)
    made = register_computer(install_code=code, name="WS-7", platform="windows").computer
    assert set(made.groups.all()) == {by_code, every, named}
    assert not others.computers.exists()
    assert not linux.computers.exists()


def test_a_code_does_not_lead_into_a_group_whose_rule_says_otherwise() -> None:
    named = make_ruled("names", "LAB-*")
    code = make_code(named)
    made = register_computer(install_code=code, name="WS-7", platform="windows").computer
    assert not made.groups.exists()


def test_computers_are_chosen_by_name_and_taken_out_again_and_history_says_so() -> None:
    group, client = make_group(), signed_in()
    made = make_computer("WS-1")
    assert "Added 1 computer." in add(client, group, "ws-1\n")
    assert members(group) == ["WS-1"]
    tab = f"/computer-groups/{group.pk}/computers/"
    assert 'aria-label="Remove WS-1"' in client.get(tab).content.decode()
    client.post(f"{tab}remove/", {"computer": str(made.pk)})
    assert members(group) == []
    assert list(verify()) == []
    changes = changes_of(ComputerGroup, group.pk)
    assert [each.fields for each in changes] == [
        [["Computers", "WS-1", ""]],
        [["Computers", "", "WS-1"]],
    ]


def test_an_unknown_name_adds_nobody_and_keeps_what_was_typed() -> None:
    group, client = make_group(), signed_in()
    make_computer("WS-1")
    make_computer("LX-1", "linux")
    page = add(client, group, "WS-1\nLX-1")
    assert "Not found among the Windows computers: LX-1." in page
    assert "WS-1\nLX-1</textarea>" in page
    assert members(group) == []


def test_computers_of_a_group_with_a_rule_cannot_be_chosen() -> None:
    group, client = make_ruled("names", "LAB-*"), signed_in()
    make_computer("WS-1")
    address = f"/computer-groups/{group.pk}/computers/"
    assert "Add Computers" not in client.get(address).content.decode()
    assert client.post(f"{address}add/", {"names": "WS-1"}).status_code == 403
    assert members(group) == []


@pytest.mark.parametrize(("role", "status"), [("Auditors", 403), ("macOS Administrators", 404)])
def test_who_may_not_change_the_group_chooses_nobody(role: str, status: int) -> None:
    group, client = make_group(), signed_in(role)
    make_computer("WS-1")
    address = f"/computer-groups/{group.pk}/computers/add/"
    assert client.post(address, {"names": "WS-1"}).status_code == status
    assert members(group) == []


def test_the_targeting_update_puts_groups_right_and_shows_the_counts() -> None:
    group, client = make_ruled("names", "WS-*"), signed_in()
    make_policy(group)
    make_computer("WS-1")  # without registering
    group.computers.add(make_computer("LAB-1"))
    assert "Run Policy Targeting Update" in client.get("/configuration/").content.decode()
    page = client.post("/computer-groups/update-targeting/").content.decode()
    assert members(group) == ["WS-1"]
    shown = " ".join(page[page.index(group.name) :].split())
    for label in ("Computers", "Added", "Removed", "Policies in Force"):
        assert f'data-label="{label}"><span>1</span>' in shown
    assert Entry.objects.filter(verb="update_targeting").exists()
    assert signed_in("Auditors").post("/computer-groups/update-targeting/").status_code == 403


def test_retired_computers_are_in_no_group_with_a_rule() -> None:
    computer = make_computer("WS-1")
    Computer.objects.update(retired_at=computer.registered_at, revoked_at=computer.registered_at)
    assert members(make_ruled("platform")) == []


def test_a_group_has_few_patterns_since_each_is_compared_with_all_computers() -> None:
    data = {"name": "Many", "platform": "windows", "membership": "names"}
    names = "\n".join(f"WS-{number}-*" for number in range(101))
    response = signed_in().post("/computer-groups/create/", data | {"name_patterns": names})
    assert "Computer Names: enter at most 100 lines." in response.content.decode()
    assert not ComputerGroup.objects.exists()
