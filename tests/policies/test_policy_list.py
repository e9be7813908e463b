"""The list of application policies: its order, what it says of each, and its switches."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from items.models import changes_of
from policies.models import Computer, Filter, Policy
from tests.agents.endpoints import make_action, make_group, make_policy
from tests.factories import signed_in

pytestmark = pytest.mark.django_db


def listed(page: str) -> list[str]:
    """The names of policies on a page of the list, in order."""
    return re.findall(r'<a href="/policies/[0-9a-f-]{36}/">([^<]+)</a>', page)


def page_of(client: Client, query: str = "") -> str:
    return " ".join(client.get(f"/policies/{query}").content.decode().split())


def test_policies_stand_in_order_of_evaluation_and_in_groups_by_type() -> None:
    group, elevate = make_group(), make_action("add_administrative_rights")
    make_policy(group, elevate, name="Late", priority=70)
    make_policy(group, make_action("deny_execute"), name="Block", priority=60)
    make_policy(group, elevate, name="Early", priority=7)
    client = signed_in("Auditors")
    page = page_of(client)
    assert listed(page) == ["Block", "Early", "Late"]
    assert re.findall(r"<h2>([^<]+)</h2> </th>", page) == ["Block", "Elevate"]
    assert listed(page_of(client, "?sort=priority")) == ["Early", "Block", "Late"]


def test_the_list_is_narrowed_by_type_by_ending_and_by_a_filters_name() -> None:
    group, elevate = make_group(), make_action("add_administrative_rights")
    make_policy(group, elevate, name="Ends")
    make_policy(group, elevate, name="Goes on", continue_enforcing=True)
    make_policy(group, make_action("deny_execute"), name="Block")
    client = signed_in("Auditors")
    assert listed(page_of(client, "?type=2&ends=0")) == ["Ends"]
    assert listed(page_of(client, "?ends=1")) == ["Goes on"]
    name = Filter.objects.filter(policy_filters__policy__name="Block").get().name
    assert listed(page_of(client, f"?q={name}")) == ["Block"]


def test_each_policy_says_what_it_does_what_is_odd_and_who_holds_it() -> None:
    group = make_group()
    policy = make_policy(group, make_action("add_administrative_rights"))
    for fetched in (timezone.now(), None):
        computer = Computer.objects.create(
            name=f"WS-{fetched}", platform="windows", policies_at=fetched
        )
        computer.groups.add(group)
    page = page_of(signed_in("Auditors"))
    assert "setup.exe: <b>run it with administrator rights</b>" in page
    assert "this also matches programs that users put into folders of their own" in page
    assert "1 of 2 agents" in page
    Policy.objects.filter(pk=policy.pk).update(is_active=False)
    assert "Not deployed" in page_of(signed_in("Auditors"))


def test_what_a_new_policy_lacks_is_said_quietly_and_what_is_wrong_is_not() -> None:
    Policy.objects.create(name="New")
    page = page_of(signed_in("Auditors"))
    assert "Still missing: No computer group is targeted" in page
    assert "Policy invalid" not in page
    form = make_action("approval_request_form")  # without a type
    make_policy(make_group(), form, name="Wrong", is_active=False)
    assert "Policy invalid: Action" in page_of(signed_in("Auditors"))


def test_a_switch_in_the_list_leads_back_to_it_and_an_invalid_policy_to_its_page() -> None:
    policy = make_policy(make_group(), make_action("deny_execute"), is_active=False)
    client, back = signed_in(), "/policies/?type=1"
    address = f"/policies/{policy.pk}/activate/?version={policy.version}"
    response = client.post(address, {"active": "on", "back": back}, follow=True)
    assert response.redirect_chain == [(f"{back}#row-{policy.pk}", 302)]
    assert f"{policy.name} is active." in response.content.decode()
    draft = Policy.objects.create(name="New")
    address = f"/policies/{draft.pk}/activate/?version=1"
    response = client.post(address, {"active": "on", "back": back}, follow=True)
    assert response.redirect_chain == [(f"/policies/{draft.pk}/", 302)]
    response = client.post(address, {"active": "off", "back": "https://example.com/policies/"})
    assert response["Location"] == f"/policies/{draft.pk}/"


def test_a_switch_gives_409_if_the_policy_was_changed_since() -> None:
    policy = make_policy(make_group(), make_action("deny_execute"), is_active=False, version=2)
    response = signed_in().post(f"/policies/{policy.pk}/activate/?version=1", {"active": "on"})
    assert response.status_code == 409


def test_several_are_switched_each_by_itself_with_a_result_for_each() -> None:
    group, deny = make_group(), make_action("deny_execute")
    good = make_policy(group, deny, name="Good", is_active=False)
    stale = make_policy(group, deny, name="Stale", is_active=False, version=2)
    draft = Policy.objects.create(name="Draft")
    linux = make_policy(make_group("linux"), deny, name="Linux", is_active=False)
    chosen = [f"{p.pk}.1" for p in (good, stale, draft, linux)] + ["-.1", "x"]
    data = {"policy": chosen, "active": "on", "back": "/policies/?group="}
    page = signed_in().post("/policies/bulk/", data).content.decode()
    assert "2 of 4 active" in page
    assert "It was just changed. Review it before you activate it." in page
    assert "It is invalid. Open it to see what is missing." in page
    assert 'href="/policies/?group="' in page
    assert set(Policy.objects.filter(is_active=True)) == {good, linux}
    assert changes_of(Policy, good.pk).get().labels == ["Active"]


def test_a_platform_administrator_switches_only_what_is_theirs_and_an_auditor_nothing() -> None:
    deny, both = make_action("deny_execute"), make_policy(make_group())
    both.groups.add(make_group("linux"))
    mine = make_policy(make_group(), deny, name="Mine")
    client = signed_in("Windows Administrators")
    page = page_of(client)
    assert f"Active: {mine.name}" in page
    assert f"Active: {both.name}" not in page
    data = {"policy": [f"{p.pk}.1" for p in (mine, both)], "active": "off"}
    assert "1 of 2 inactive" in client.post("/policies/bulk/", data).content.decode()
    assert set(Policy.objects.filter(is_active=True)) == {both}
    assert signed_in("Auditors").post("/policies/bulk/", data).status_code == 403
    assert 'role="switch"' not in page_of(signed_in("Auditors"))


def test_the_list_asks_the_database_as_often_for_many_policies_as_for_two() -> None:
    def queries(client: Client) -> int:
        client.get("/policies/")  # the active policies are read for lint, and kept
        with CaptureQueriesContext(connection) as asked:
            client.get("/policies/?sort=priority")
        return len(asked)

    group, elevate = make_group(), make_action("add_administrative_rights")
    client = signed_in("Windows Administrators")
    for _ in range(2):
        make_policy(group, elevate)
    few = queries(client)
    for _ in range(6):
        make_policy(make_group(), elevate, make_action("deny_execute"))
    assert queries(client) == few


def test_activate_and_its_state_stand_on_every_tab() -> None:
    policy = make_policy(make_group(), make_action("deny_execute"))
    client = signed_in()
    for tab in ("", "events/", "related/", "history/"):
        page = client.get(f"/policies/{policy.pk}/{tab}").content.decode()
        assert "Deactivate</button>" in page, tab
    tab = f"/policies/{policy.pk}/history/"
    data = {"active": "off", "version": "1", "back": tab}
    response = client.post(f"/policies/{policy.pk}/activate/", data)
    assert response["Location"] == tab


def test_moving_gives_a_number_between_the_new_neighbours() -> None:
    first, second, third = (
        make_policy(make_group(), name=name, priority=number)
        for name, number in (("A", 10), ("B", 20), ("C", 30))
    )
    client = signed_in()
    data = {"before": str(second.pk), "back": "/policies/?sort=priority"}
    response = client.post(f"/policies/{third.pk}/move/", data, follow=True)
    assert "C has priority 15." in response.content.decode()
    assert listed(response.content.decode()) == ["A", "C", "B"]
    client.post(f"/policies/{first.pk}/move/", {"after": str(second.pk)})
    assert dict(Policy.objects.values_list("name", "priority")) == {"C": 15, "B": 20, "A": 30}
    assert changes_of(Policy, first.pk).get().fields == [["Priority", "10", "30"]]


def test_where_no_number_is_left_those_behind_make_room_and_the_message_says_so() -> None:
    numbers = (("A", 1), ("B", 2), ("C", 3), ("D", 9))
    made = {n: make_policy(make_group(), name=n, priority=p) for n, p in numbers}
    client = signed_in()
    data = {"before": str(made["A"].pk)}
    page = client.post(f"/policies/{made['D'].pk}/move/", data, follow=True).content.decode()
    assert listed(page) == ["D", "A", "B", "C"]
    assert "D has priority 1. A has priority 2." in page  # B is younger than A: 2 will do
    assert changes_of(Policy, made["A"].pk).get().fields == [["Priority", "1", "2"]]
    assert not changes_of(Policy, made["B"].pk)


def test_equal_numbers_are_used_where_age_puts_them_right() -> None:
    a, b, c = (make_policy(make_group(), name=name, priority=5) for name in "ABC")
    client = signed_in()
    client.post(f"/policies/{c.pk}/move/", {"before": str(b.pk)})
    order = Policy.objects.order_by("priority", "created_at", "pk").values_list("name", flat=True)
    assert list(order) == ["A", "C", "B"]
    client.post(f"/policies/{a.pk}/move/", {"after": str(b.pk)})
    assert list(order.all()) == ["C", "B", "A"]


def test_a_move_that_would_push_a_policy_of_another_platform_is_refused_whole() -> None:
    theirs, mine = make_policy(make_group("linux")), make_policy(make_group(), priority=2)
    Policy.objects.filter(pk=theirs.pk).update(priority=1)
    client = signed_in("Windows Administrators")
    data = {"before": str(theirs.pk)}
    page = client.post(f"/policies/{mine.pk}/move/", data, follow=True).content.decode()
    assert "policies of another platform would have to make room" in page
    assert set(Policy.objects.values_list("priority", flat=True)) == {1, 2}
