"""Admin | Agents: computers, names that wait for an administrator, install codes."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import InstallCode, WaitingName
from core.audit.models import Entry
from policies.models import Computer, ComputerGroup
from tests.agents.endpoints import make_agent, make_approval_policy, make_code, make_group
from tests.agents.test_registering import register
from tests.factories import signed_in
from tests.items.test_password_again import PASSWORD, long_ago
from tests.policies.events import make_computer, make_event

pytestmark = pytest.mark.django_db
LIST, NAMES, CODES = "/agents/", "/agents/names-waiting/", "/agents/install-codes/"


def show(address: str = LIST, role: str = "Users") -> str:
    response = signed_in(role).get(address)
    assert response.status_code == 200
    return response.content.decode()


def names(query: str = "") -> list[str]:
    return re.findall(r'href="/agents/[0-9a-f-]{36}/">(.*?)</a>', show(LIST + query))


def test_a_computer_is_listed_with_groups_version_address_and_when_it_was_seen() -> None:
    agent = make_agent(name="WS-014")
    agent.get(f"policies?nonce={'0' * 32}", **{"User-Agent": "pmagent/1.4 <b>"})
    page = show()
    for words in ("WS-014", agent.group.name, "pmagent/1.4 &lt;b&gt;", "127.0.0.1", "Active"):
        assert words in page
    assert "Never" not in page  # seen, and its policies fetched


def test_an_empty_list_says_how_computers_register() -> None:
    page = show()
    assert "No computers yet." in page
    assert "install code" in page


def test_they_are_searched_sorted_and_narrowed() -> None:
    group = make_group("linux")
    make_computer("WS-B", last_seen_at=timezone.now() - timedelta(days=3), platform="linux")
    late = make_computer("ws-a", last_seen_at=timezone.now())
    gone = make_computer("old", revoked_at=timezone.now(), platform="macos")
    gone.groups.add(group)
    assert names() == ["old", "ws-a", "WS-B"]
    assert names("?sort=-seen")[-1] == "WS-B"
    assert names("?q=Ws-") == ["ws-a", "WS-B"]
    assert names("?state=active") == ["ws-a", "WS-B"]
    assert names("?state=revoked") == names("?platform=macos") == names(f"?group={group.pk}")
    assert names("?state=revoked") == ["old"]
    assert names("?platform=windows") == [late.name]
    assert "No computer matches" in show(f"{LIST}?q=nothing")


def test_the_list_is_downloaded() -> None:
    make_computer("=cmd")
    body = b"".join(signed_in("Users").get(f"{LIST}?format=csv").streaming_content)
    head, row = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert row[head.index("Computer")] == "'=cmd"


@pytest.mark.parametrize("address", [LIST, NAMES, CODES])
def test_a_list_costs_the_same_queries_however_long_it_is(address: str) -> None:
    client = signed_in("Users")

    def add(count: int) -> None:
        for _ in range(count):
            agent = make_agent()
            assert register(make_code(agent.group), agent.computer.name).status_code == 409

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    add(1)
    queries()
    few = queries()
    add(4)
    # Each computer came with a group of its own, which the navigation and the filter list at once.
    assert queries() == few


def test_a_platforms_administrator_sees_that_platforms_computers_and_codes() -> None:
    other = make_agent(name="WS-014")
    page = show(role="Unix/Linux Administrators")
    assert "WS-014" not in page
    assert "No install codes yet." in show(CODES, "Unix/Linux Administrators")
    for more in ("", "events/"):
        address = f"{LIST}{other.computer.pk}/{more}"
        assert signed_in("Unix/Linux Administrators").get(address).status_code == 404


def test_a_computers_page_shows_its_requests_and_its_events() -> None:
    agent = make_agent(name="WS-014")
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    make_event(file_name="elsewhere.exe")
    page = show(f"{LIST}{agent.computer.pk}/")
    for words in ("WS-014", f"PM-{number}", agent.group.name, "Last Seen"):
        assert words in page
    events = show(f"{LIST}{agent.computer.pk}/events/")
    assert "setup.exe" in events
    assert "elsewhere.exe" not in events


def test_revoking_refuses_the_agent_and_keeps_its_name_taken() -> None:
    agent = make_agent(name="WS-014")
    signed_in().post(f"{LIST}{agent.computer.pk}/revoke/")
    assert agent.report().status_code == 401
    assert register(make_code(), "WS-014").status_code == 409
    assert Entry.objects.filter(verb="revoke", object_id=str(agent.computer.pk)).exists()
    assert "Revoked" in show()


def test_retiring_refuses_the_agent_and_frees_its_name() -> None:
    agent = make_agent(name="WS-014")
    signed_in().post(f"{LIST}{agent.computer.pk}/retire/")
    assert agent.report().status_code == 401
    assert register(make_code(), "ws-014").status_code == 201
    assert Computer.objects.filter(name_key="ws-014").count() == 2
    assert Entry.objects.filter(verb="retire", object_id=str(agent.computer.pk)).exists()


@pytest.mark.parametrize("verb", ["revoke", "retire"])
def test_who_comes_second_is_told(verb: str) -> None:
    address = f"{LIST}{make_agent().computer.pk}/{verb}/"
    assert signed_in().post(address).status_code == 302
    again = signed_in().post(address)
    assert again.status_code == 409
    assert "already been" in again.content.decode()


def changes() -> list[str]:
    computer, _ = make_agent().computer, make_code()
    code = InstallCode.objects.latest("created_at")
    return [
        f"{LIST}{computer.pk}/revoke/",
        f"{LIST}{computer.pk}/retire/",
        f"{CODES}create/",
        f"{CODES}{code.pk}/revoke/",
    ]


def test_every_change_asks_for_the_password_again() -> None:
    client: Client = long_ago()
    for address in changes():
        before = Entry.objects.count()
        refused = client.post(address, {"confirm_password": ""})
        assert refused.status_code == 422, address
        assert "Your Password" in refused.content.decode()
        assert Entry.objects.count() == before
    assert client.post(address, {"confirm_password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("role", ["Auditors", "Helpdesk", "Windows Administrators", "Users"])
def test_others_look_and_get_no_buttons(role: str) -> None:
    for address in changes():
        assert signed_in(role).post(address).status_code == 403
    for page in (LIST, CODES):
        assert "Revoke…" not in show(page, role)
        assert "/create/" not in show(page, role)


def test_a_taken_name_is_listed_until_its_computer_is_retired() -> None:
    agent = make_agent(name="WS-014")
    code = make_code(agent.group)
    for _ in range(3):
        assert register(code, "ws-014", REMOTE_ADDR="192.0.2.7").status_code == 409
    waiting = WaitingName.objects.get()
    assert (waiting.computer, waiting.address, waiting.times) == (agent.computer, "192.0.2.7", 3)
    page = show(NAMES, "Administrators")
    for words in ("WS-014", "192.0.2.7", agent.group.name, "Retire…"):
        assert words in page
    signed_in().post(f"{LIST}{agent.computer.pk}/retire/")
    assert "No names are waiting." in show(NAMES)
    waiting.save(force_insert=True)  # by a try that had begun before
    assert "No names are waiting." in show(NAMES)
    assert register(code, "ws-014").status_code == 201


def test_a_name_does_not_wait_for_who_has_no_valid_code() -> None:
    make_agent(name="WS-014")
    make_code()
    InstallCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    register("unknown", "WS-014")
    assert not WaitingName.objects.exists()


def test_an_install_code_is_shown_once_and_registers_as_many_as_it_says() -> None:
    group, client = make_group(), signed_in()
    made = client.post(f"{CODES}create/", {"groups": [group.pk], "uses": "2", "days": "3"})
    found = re.search(r'id="shown_code"\s+value="([a-z2-7]+)"', made.content.decode())
    assert found
    assert made["Cache-Control"] == "no-store"
    assert [register(found[1], f"WS-{n}").status_code for n in range(3)] == [201, 201, 403]
    page = show(CODES)
    assert found[1] not in page
    for words in (group.name, "2 of 2", "Used up"):
        assert words in page
    assert Entry.objects.filter(verb="create", object_kind="install_code").count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"groups": []}, "Add at least one computer group."),
        ({"uses": "0"}, "greater than or equal to 1"),
        ({"days": "367"}, "less than or equal to 366"),
    ],
)
def test_a_refused_code_says_why_and_is_not_made(given: dict[str, object], words: str) -> None:
    fields = {"groups": [make_group().pk], "uses": "1", "days": "7", **given}
    response = signed_in().post(f"{CODES}create/", fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not InstallCode.objects.exists()


def test_a_code_is_for_groups_of_one_platform() -> None:
    groups = [make_group().pk, make_group("linux").pk]
    response = signed_in().post(f"{CODES}create/", {"groups": groups, "uses": "1", "days": "7"})
    assert "one platform" in response.content.decode()


def test_a_revoked_code_registers_nobody() -> None:
    code = make_code()
    row = InstallCode.objects.get()
    assert signed_in().post(f"{CODES}{row.pk}/revoke/").status_code == 302
    refused = register(code)
    assert (refused.status_code, refused.json()["code"]) == (403, "code_revoked")
    assert "Revoked" in show(CODES)
    assert Entry.objects.filter(verb="revoke", object_id=str(row.pk)).exists()


def test_the_navigation_leads_to_agents_and_their_tabs() -> None:
    page = " ".join(show().split())
    assert f'class="side-item" href="{LIST}" aria-current="page">Agents' in page
    for address in (NAMES, CODES):
        assert f'href="{address}"' in page


def test_a_groups_page_lists_its_computers_and_leads_to_all() -> None:
    agent = make_agent(name="WS-014")
    make_computer("elsewhere")
    page = show(f"/computer-groups/{agent.group.pk}/")
    assert f'href="{LIST}{agent.computer.pk}/"' in page
    assert f'<a href="{LIST}?group={agent.group.pk}">1 computer</a>' in page
    assert "elsewhere" not in page
    assert names(f"?group={agent.group.pk}") == ["WS-014"]


def test_an_empty_groups_page_says_how_computers_join() -> None:
    assert f'href="{CODES}"' in show(f"/computer-groups/{make_group().pk}/")


def test_a_policys_page_leads_to_the_computers_on_which_it_is_in_force() -> None:
    agent = make_agent(name="WS-014")
    gone = make_computer("gone", revoked_at=timezone.now())
    gone.groups.add(agent.group)
    policy = make_approval_policy(agent.group)
    found = re.search(
        r'In force on <a href="/agents/(.*?)">1 computer</a>', show(f"/policies/{policy.pk}/")
    )
    assert found
    assert names(found[1].replace("&amp;", "&")) == ["WS-014"]
    policy.groups.add(make_group())
    assert "In force on 1 computer: " in show(f"/policies/{policy.pk}/")


def test_a_group_that_valid_install_codes_name_is_not_deleted() -> None:
    group = make_group()
    make_code(group)
    refused = signed_in().post(f"/computer-groups/{group.pk}/delete/").content.decode()
    assert "Delete Blocked" in refused
    assert f'href="{CODES}?state=valid"' in refused
    InstallCode.objects.update(revoked_at=timezone.now())
    signed_in().post(f"/computer-groups/{group.pk}/delete/", {"version": "1"})
    assert not ComputerGroup.objects.exists()


def test_the_navigation_leads_from_a_group_to_its_computers() -> None:
    group = make_group()
    page = " ".join(show(f"{LIST}?group={group.pk}").split())
    assert f'href="{LIST}?group={group.pk}" aria-current="page">Computers' in page
