"""Policy Events: the list, the tab of a policy, and the page of one event."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies.models import Policy
from tests.agents.endpoints import make_agent, make_approval_policy, make_group, make_policy
from tests.factories import signed_in
from tests.policies.events import make_computer, make_event

pytestmark = pytest.mark.django_db
LIST = "/policy-events/"


def show(address: str = LIST, role: str = "Users") -> str:
    response = signed_in(role).get(address)
    assert response.status_code == 200
    return response.content.decode().replace("<wbr>", "")


def programs(query: str = "") -> list[str]:
    return re.findall(r'href="/policy-events/[0-9a-f-]{36}/">(.*?)</a>', show(LIST + query))


def test_a_report_is_listed_with_program_user_computer_policy_and_request() -> None:
    agent = make_agent(name="WS-014")
    policy = make_approval_policy(agent.group, name="Installers need approval")
    number = agent.ask()["request"]
    page = show()
    for words in ("setup.exe", "EXAMPLE\\alice", "WS-014", policy.name, f"PM-{number}"):
        assert words in page
    assert "Approval required" in page


def test_an_empty_list_says_when_events_appear() -> None:
    page = show()
    assert "No policy events yet." in page
    assert "Audit Policy Events" in page


def test_events_that_no_policy_records_are_not_listed() -> None:
    make_event(recorded=False)
    assert programs() == []


def test_the_newest_come_first_and_the_order_can_be_turned_round() -> None:
    for hours, name in enumerate(("new.exe", "old.exe")):
        make_event(file_name=name, at=timezone.now() - timedelta(hours=hours))
    assert programs() == ["new.exe", "old.exe"]
    assert programs("?sort=at") == ["old.exe", "new.exe"]


def test_they_are_narrowed_by_verdict_and_by_period() -> None:
    make_event(file_name="denied.exe", verdict="deny", at=timezone.now() - timedelta(days=2))
    make_event(file_name="allowed.exe")
    assert programs("?verdict=deny") == ["denied.exe"]
    assert programs("?since=1") == ["allowed.exe"]
    assert "No policy event matches these filters." in show(f"{LIST}?verdict=deny&since=1")


@pytest.mark.parametrize(
    "query", ["bob", "EXAMPLE\\bob", "TOOL", "ws-7", "ab" * 32, "AB" * 32, "PM-12", "pm-12"]
)
def test_a_search_finds_user_program_computer_hash_and_request(query: str) -> None:
    make_event()
    make_event(
        make_computer("WS-700"),
        account="EXAMPLE\\bob",
        file_name="tool.exe",
        sha256="ab" * 32,
        request_number=12,
    )
    assert programs(f"?q={query}") == ["tool.exe"]


def test_a_search_is_no_pattern() -> None:
    make_event()
    assert programs("?q=%25") == programs("?q=s_tup") == []


def test_the_list_is_downloaded_as_it_is_shown() -> None:
    make_event(verdict="deny", file_name="=cmd.exe")
    make_event()
    response = signed_in("Users").get(f"{LIST}?verdict=deny&format=csv")
    body = b"".join(response.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(body))
    assert {"Program", "File Path", "User", "Computer", "Verdict", "Policy", "Time"} <= set(head)
    assert [row[head.index("Program")] for row in rows] == ["'=cmd.exe"]


def test_the_list_costs_the_same_queries_however_many_events_there_are() -> None:
    policy, client = make_policy(make_group()), signed_in("Users")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    make_event(policy=policy)
    queries()  # what is remembered from now on
    few = queries()
    for _ in range(8):
        make_event(policy=policy)
    assert queries() == few


def test_what_an_endpoint_reported_can_not_hide_or_be_markup() -> None:
    event = make_event(file_name="<b>\u202egpj.exe", account="EXAMPLE\\<i>")
    for page in (show(), show(f"{LIST}{event.pk}/")):
        assert "<b>" + "\u202e" not in page
        assert "&lt;b&gt;" in page
        assert "[U+202E]" in page
        assert "<i>" not in page


def test_the_tab_of_a_policy_lists_what_it_decided() -> None:
    policy = make_policy(make_group())
    make_event(policy=policy, file_name="mine.exe")
    make_event(file_name="other.exe")
    page = show(f"/policies/{policy.pk}/events/")
    assert "mine.exe" in page
    assert "other.exe" not in page
    assert f'<a href="/policies/{policy.pk}/events/" aria-current="page">Policy Events' in page


def test_an_event_shows_everything_reported_the_decision_and_its_request() -> None:
    agent = make_agent(name="WS-014")
    policy = make_approval_policy(agent.group, name="Installers need approval")
    number = agent.ask()["request"]
    found = re.search(rf"{LIST}[0-9a-f-]{{36}}/", show())
    assert found
    page = show(found[0])
    for words in ("SHA-256", "9f" * 32, "Command Line", "Arguments", policy.name):
        assert words in page
    assert f'href="/approvals/PM-{number}/"' in page
    assert f'href="/policies/{policy.pk}/"' in page


def test_an_event_decided_offline_is_never_said_to_match_no_policy() -> None:
    event = make_event(
        verdict="deny",
        late_at=timezone.now(),
        decision={"verdict": "deny", "offline": {"policies": "etag"}},
    )
    listed, page = show(), show(f"{LIST}{event.pk}/")
    assert "Decided offline" in listed
    assert "the agent decided by the policies that it had fetched" in page
    assert "What needs an approval or an answer is denied then" in page
    assert "No policy<" not in listed
    assert "No policy matched" not in page


@pytest.mark.parametrize(
    ("reported", "words"),
    [("2026-11-27T01:43:47.040188+00:00", "27 Nov 2026, 01:43:47"), ("at noon", "at noon")],
)
def test_the_time_on_the_computer_reads_like_any_other(reported: str, words: str) -> None:
    event = make_event(event={"at": reported})
    assert words in show(f"{LIST}{event.pk}/")


def test_an_event_outlives_its_policy() -> None:
    policy = make_policy(make_group())
    event = make_event(policy=policy)
    Policy.objects.all().delete()
    assert f"Deleted policy {policy.pk}" in show()
    assert f"Deleted policy {policy.pk}" in show(f"{LIST}{event.pk}/")


def test_a_platforms_administrator_sees_the_events_of_that_platform() -> None:
    linux = make_event(make_computer(platform="linux"), file_name="sudo")
    make_event(file_name="setup.exe")
    page = show(role="Unix/Linux Administrators")
    assert "sudo" in page
    assert "setup.exe" not in page
    windows = signed_in("Windows Administrators")
    assert windows.get(f"{LIST}{linux.pk}/").status_code == 404


def test_the_navigation_leads_to_policy_events() -> None:
    page = " ".join(show().split())
    assert f'class="side-item" href="{LIST}" aria-current="page"' in page
