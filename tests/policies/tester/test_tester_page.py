"""Policy Tester, One Event: an event in, the verdict and why out; nothing is stored or used."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from approvals.models import ApprovalRequest, Grant
from core.roles import MACOS_ADMINISTRATORS, WINDOWS_ADMINISTRATORS
from policies import engine
from policies.engine import compile
from policies.evaluation import Evaluation, evaluate
from policies.models import Filter, PolicyEvent, PolicyFilter
from policies.tester.testing import Explanation
from policies.tester.trace_lines import MAX_LINES, lines_of
from tests.agents.endpoints import (
    SETUP,
    Agent,
    an_event,
    approve,
    make_action,
    make_approval_policy,
    make_group,
    make_policy,
)
from tests.factories import signed_in
from tests.policies.engine.engine_parts import NOW, a_filter, action, event, policy

pytestmark = pytest.mark.django_db
URL = "/policy-tester/"


@pytest.fixture
def client() -> Client:
    return signed_in("Auditors")


def typed(**values: str) -> dict[str, str]:
    return {"computer": "WS-014", "account": "EXAMPLE\\alice", "file_path": SETUP, **values}


def tried(client: Client, *, status: int = 200, **values: str) -> str:
    response = client.post(URL, typed(**values))
    assert response.status_code == status, response.content
    return " ".join(response.content.decode().split())


def verdict(page: str) -> str:
    head = page[page.index('id="verdict-title"') :]
    return head[: head.index("</h2>")]


def test_the_verdict_and_each_condition_with_the_values_compared(
    agent: Agent, client: Client
) -> None:
    made = make_policy(agent.group, make_action("deny_execute"), name="No installers")
    signed = Filter.objects.create(
        name="Ours", kind="signed_file", settings={"subject": "Example Inc."}
    )
    PolicyFilter.objects.create(policy=made, filter=signed, role="exclusion")
    page = tried(client)
    assert "Denied" in verdict(page)
    assert "No installers matched." in page
    assert f'href="/policies/{made.pk}/"' in page
    assert f'href="/filters/{signed.pk}/">Ours</a>' in page
    assert "is not signed." in page
    assert "Tests whether the signer is Example Inc." in page
    assert "Tests whether the file name is setup.exe" in page


def test_policies_stand_in_order_and_say_who_was_not_looked_at(
    agent: Agent, client: Client
) -> None:
    make_policy(agent.group, make_action("deny_execute"), name="Second", priority=20)
    make_policy(agent.group, name="First", priority=10, continue_enforcing=True, audit_events=True)
    make_policy(agent.group, make_action("deny_execute"), name="Third", priority=30)
    why = tried(client)
    why = why[why.index("why-title") :]
    assert why.index("First") < why.index("Second") < why.index("Third")
    assert why.count("Not looked at") == 1
    assert "Second matched and ended the evaluation." in why


def test_without_a_match_it_says_what_then_happens(agent: Agent, client: Client) -> None:
    page = tried(client, file_path="C:\\other.exe")
    assert "No policy matched" in verdict(page)
    assert "No active policy matches." in page


def test_an_approval_is_shown_and_not_used(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    assert "Approval required" in verdict(tried(client, **as_reported()))
    number = agent.ask()["request"]
    page = tried(client, **as_reported())
    assert "Waiting for an approval" in verdict(page)
    assert f"PM-{number}</a> waits for an approver." in page
    approve(number)
    stored = PolicyEvent.objects.count()
    for _ in range(2):
        assert "Allowed" in verdict(tried(client, **as_reported()))
    assert Grant.objects.valid().count() == 1
    assert PolicyEvent.objects.count() == stored


def as_reported() -> dict[str, str]:
    reported = an_event()
    return {
        "sha256": reported["sha256"],
        "command_line": reported["command_line"],
        "arguments": "/S",
    }


def test_a_group_is_tested_without_any_computer(client: Client) -> None:
    group = make_group()
    make_policy(group, make_action("add_administrative_rights"))
    page = tried(client, computer="", computer_group=str(group.pk))
    assert "Allowed" in verdict(page)
    assert "The program runs with administrator rights." in page


def test_arguments_come_from_the_command_line_unless_they_are_typed(
    agent: Agent, client: Client
) -> None:
    made = make_policy(agent.group, make_action("add_administrative_rights"))
    quiet = Filter.objects.create(
        name="Quiet", kind="commandline", settings={"text": "/quiet", "match": "partial"}
    )
    PolicyFilter.objects.create(policy=made, filter=quiet, role="inclusion")
    assert "Allowed" in verdict(tried(client, command_line="setup.exe /quiet"))
    page = tried(client, command_line="setup.exe /quiet", arguments="/loud")
    assert "The endpoint&#x27;s report can be read in two ways" in page


def test_the_time_counts_for_filters_by_time(agent: Agent, client: Client) -> None:
    made = make_policy(agent.group, make_action("deny_execute"))
    nights = Filter.objects.create(
        name="Nights",
        kind="time_of_day",
        settings={"periods": ["22:00-06:00"], "zone": "UTC"},
    )
    PolicyFilter.objects.create(policy=made, filter=nights, role="inclusion")
    assert "Denied" in verdict(tried(client, at="2026-03-04T23:30"))
    assert "No policy matched" in verdict(tried(client, at="2026-03-04T12:00"))


def test_an_event_fills_in_the_form_and_is_tested_at_once(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    identity = agent.verdict()["event_id"]
    page = client.get(f"{URL}?event={identity}").content.decode()
    assert "Approval required" in verdict(page)
    assert f">\n{SETUP}</textarea>" in page
    assert "From a policy event" in page


def test_an_event_that_was_not_recorded_is_not_shown(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    identity = agent.verdict()["event_id"]
    PolicyEvent.objects.update(recorded=False)
    assert client.get(f"{URL}?event={identity}").status_code == 404


def test_a_request_leads_to_its_event(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    own = client.get(f"/approvals/PM-{number}/").content.decode()
    link = f"{URL}?request=PM-{number}"
    assert f'href="{link}">Test in Policy Tester</a>' in own
    assert "Waiting for an approval" in verdict(client.get(link).content.decode())
    other = signed_in(MACOS_ADMINISTRATORS)  # who sees the request, and no computers of Windows
    assert link not in other.get(f"/approvals/PM-{number}/").content.decode()


def test_a_shortened_event_says_what_is_missing(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    identity = agent.verdict()["event_id"]
    PolicyEvent.objects.update(dropped=["arguments", "reasons"])
    page = client.get(f"{URL}?event={identity}").content.decode()
    assert "no room for: arguments, reasons." in page


def test_fields_in_the_address_fill_in_the_form(client: Client) -> None:
    page = client.get(f"{URL}?computer=WS-7&account=root").content.decode()
    assert 'value="WS-7"' in page
    assert 'value="root"' in page


@pytest.mark.parametrize(
    "address", ["?event=nonsense", f"?event={uuid.UUID(int=7)}", "?request=PM-x", "?request=PM-99"]
)
def test_what_the_address_names_and_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(URL + address).status_code == 404


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"computer": "WS-99"}, "No computer is named “WS-99”."),
        ({"computer": ""}, "Enter a computer, or choose a computer group."),
        ({"account": ""}, "Enter a user."),
        ({"sha256": "abc"}, "Must be 64 hexadecimal digits."),
        ({"account_id": "alice"}, "Must be a SID, such as S-1-5-21-…, or a uid in digits."),
        ({"file_path": "C:\\" + "a" * 5_000}, "Longer than 4096 characters."),
        ({"groups": "g\n" * 5_000}, "More than 4096 items."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    agent: Agent, client: Client, values: dict[str, str], says: str
) -> None:
    page = tried(client, status=422, **values, parent_path="C:\\Windows\\explorer.exe")
    assert says in page
    assert 'value="C:\\Windows\\explorer.exe"' in page


def test_what_an_endpoint_reported_is_shown_with_its_hidden_characters(
    agent: Agent, client: Client
) -> None:
    make_policy(agent.group, name="Ask\u202e")
    page = tried(client, file_path="C:\\a\u202e<b>\\setup.exe")
    why = page[page.index("why-title") :]
    assert "\u202e" not in why[: why.index("<form")]
    assert "<b>\\" not in page


def test_administrators_of_a_platform_test_its_computers_alone(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    addresses = [f"?event={PolicyEvent.objects.get().pk}", f"?request=PM-{number}"]
    for role, status in ((WINDOWS_ADMINISTRATORS, 200), (MACOS_ADMINISTRATORS, 404)):
        visitor = signed_in(role)
        for address in addresses:
            assert visitor.get(URL + address).status_code == status
    visitor = signed_in(MACOS_ADMINISTRATORS)
    assert "No computer is named" in tried(visitor, status=422)
    tried(visitor, status=422, computer_group=str(agent.group.pk))


def called(name: str) -> engine.Filter:
    return replace(a_filter(names=[name]), id=str(uuid.uuid4()))


def test_of_very_many_policies_those_that_match_are_always_shown() -> None:
    others = [
        policy(identity=str(uuid.uuid4()), targets=(called(f"{number}.exe"),))
        for number in range(MAX_LINES + 3)
    ]
    last = policy(
        action("deny_execute"),
        identity=str(uuid.uuid4()),
        targets=(called("setup.exe"),),
        priority=90,
    )
    policies = compile([*others, last])
    decision = policies.decide(event(), now=NOW, trace=True)
    lines, left_out = lines_of(Explanation(event(), decision, policies, "WS-014"))
    assert (lines[-1].name, lines[-1].decides) == (last.name, True)
    assert (len(lines), left_out) == (MAX_LINES + 1, 3)


def test_nothing_is_stored(agent: Agent, client: Client) -> None:
    make_approval_policy(agent.group)
    tried(client)
    assert not PolicyEvent.objects.exists()
    assert not ApprovalRequest.objects.exists()


def test_whoever_has_no_role_tests_nothing(agent: Agent) -> None:
    assert signed_in("").post(URL, typed()).status_code == 403
    assert Client().post(URL, typed()).status_code == 302


def test_a_policy_that_is_deleted_meanwhile_is_explained_as_it_decided(
    agent: Agent, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_policy(agent.group, make_action("deny_execute"), name="No installers")

    def and_it_goes(event: engine.Event, **known: Any) -> Evaluation:
        found = evaluate(event, **known)
        made.delete()
        return found

    monkeypatch.setattr("policies.tester.testing.evaluate", and_it_goes)
    assert "No installers" in tried(client)
