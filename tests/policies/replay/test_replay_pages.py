"""The pages of replays: What would change?, progress, cancel, and who sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.roles import MACOS_ADMINISTRATORS, WINDOWS_ADMINISTRATORS
from items.family import family_of
from items.values import as_data, posted
from policies.models import Policy, PolicyEvent, PolicyRevision, Replay
from tests.agents.endpoints import Agent, an_event, make_action, make_policy
from tests.factories import make_user, signed_in

pytestmark = pytest.mark.django_db
URL = "/policy-tester/replays/"


@pytest.fixture
def policy(agent: Agent) -> Policy:
    made = make_policy(
        agent.group,
        make_action("add_administrative_rights"),
        name="Installers",
        audit_events=True,
    )
    agent.verdict()
    return made


def page_of(client: Client, address: str, **data: str) -> str:
    response = client.post(address, data) if data else client.get(address)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def what_would_change(client: Client, policy: Policy, **changes: list[str]) -> tuple[int, str]:
    data = as_data(posted(family_of(policy).form_of(policy)), version=str(policy.version))
    for name, texts in changes.items():
        data.setlist(name, texts)
    address = family_of(policy).url_of(policy, "replay")
    response = client.post(address, dict(data.lists()), follow=True)
    return response.status_code, " ".join(response.content.decode().split())


def test_what_would_change_is_asked_on_the_policys_page(policy: Policy) -> None:
    client, deny = signed_in(), make_action("deny_execute")
    page = page_of(client, family_of(policy).url_of(policy))
    assert f'formaction="/policies/{policy.pk}/what-would-change/"' in page
    status, page = what_would_change(client, policy, actions=[str(deny.pk)])
    assert status == 200
    assert "1 of 1 events (100 %): <b>1 would change</b>" in page
    assert "<del>Allowed with administrator rights</del>" in page
    assert "<ins>Denied</ins>" in page
    event = PolicyEvent.objects.get()
    assert f'href="/policy-tester/?event={event.pk}"' in page


def test_a_refused_form_is_shown_with_its_errors_and_replays_nothing(policy: Policy) -> None:
    client = signed_in()
    status, page = what_would_change(client, policy, priority=["none"])
    assert (status, Replay.objects.count()) == (422, 0)
    assert "There is a problem" in page
    status, page = what_would_change(client, policy, target=[])
    assert (status, Replay.objects.count()) == (422, 0)
    assert "No application is targeted" in page


def test_who_may_not_change_the_policy_tries_no_change(policy: Policy) -> None:
    assert what_would_change(signed_in("Auditors"), policy)[0] == 403
    assert what_would_change(signed_in(MACOS_ADMINISTRATORS), policy)[0] in (403, 404)
    assert what_would_change(signed_in(WINDOWS_ADMINISTRATORS), policy)[0] == 200


def test_a_replay_of_todays_policies_is_started_from_its_tab(policy: Policy) -> None:
    client = signed_in("Auditors")
    response = client.post(URL, {"days": "7"})
    page = page_of(client, response["Location"])
    assert "Nothing would change." in page
    assert f'href="{response["Location"]}">Today\'s policies</a>' in page_of(client, URL)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ("", "Enter a number of days."),
        ("x", "enter a number"),
        ("0", "1 or more"),
        ("91", "90 days"),
    ],
)
def test_days_that_make_no_sense_are_refused(days: str, says: str) -> None:
    response = signed_in("Auditors").post(URL, {"days": days})
    assert response.status_code == 422
    assert says in response.content.decode()


def running_replay(**values: object) -> Replay:
    given = {
        "since": timezone.now(),
        "until": timezone.now(),
        "mark": PolicyRevision.objects.get().mark,
        "total": 10,
        "done": 4,
        "leased_until": timezone.now() + timedelta(seconds=20),
    }
    return Replay.objects.create(**{**given, **values})  # type: ignore[misc]


def test_a_running_replay_shows_its_progress_and_is_cancelled(policy: Policy) -> None:
    client = signed_in("Auditors", "ada")
    replay = running_replay(by_id=client.session["_auth_user_id"])
    page = page_of(client, f"{URL}{replay.pk}/")
    assert "4 of 10 events (40 %)" in page
    assert 'hx-trigger="every 1s"' in page
    client.post(f"{URL}{replay.pk}/cancel/")
    page = page_of(client, f"{URL}{replay.pk}/")
    assert "The replay was cancelled." in page
    assert 'hx-trigger="every 1s"' not in page


def test_the_poll_loads_the_page_anew_at_the_end(policy: Policy) -> None:
    client = signed_in("Auditors")
    replay = running_replay(by=make_user(), state="finished")
    response = client.get(f"{URL}{replay.pk}/", headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"


def test_nobody_cancels_what_another_one_started(policy: Policy) -> None:
    client, replay = signed_in("Auditors"), running_replay(by=make_user())
    assert "Cancel</button>" not in page_of(client, f"{URL}{replay.pk}/")
    client.post(f"{URL}{replay.pk}/cancel/")
    replay.refresh_from_db()
    assert replay.state == "running"


def test_administrators_of_a_platform_replay_its_computers_alone(policy: Policy) -> None:
    theirs = signed_in(WINDOWS_ADMINISTRATORS)
    location = theirs.post(URL, {"days": "7"})["Location"]
    assert "1 of 1 events" in page_of(theirs, location)
    others = signed_in(MACOS_ADMINISTRATORS)
    assert others.get(location).status_code == 404
    assert "0 of 0 events" in page_of(others, others.post(URL, {"days": "7"})["Location"])
    everything = signed_in("Auditors").post(URL, {"days": "7"})["Location"]
    assert theirs.get(everything).status_code == 404


def test_an_unsaved_policy_is_replayed_once_more_with_other_days(policy: Policy) -> None:
    client, deny = signed_in(), make_action("deny_execute")
    what_would_change(client, policy, actions=[str(deny.pk)])
    first = Replay.objects.get()
    location = client.post(URL, {"days": "3", "again": str(first.pk)})["Location"]
    assert "<b>1 would change</b>" in page_of(client, location)
    again = Replay.objects.exclude(pk=first.pk).get()
    assert (again.values, again.policy_id) == (first.values, policy.pk)


def test_a_policy_that_is_deleted_takes_its_replays_along(policy: Policy) -> None:
    what_would_change(signed_in(), policy)
    policy.delete()
    assert not Replay.objects.exists()


def test_hidden_characters_are_shown(agent: Agent, policy: Policy) -> None:
    agent.verdict(an_event(file_path="C:\\<b>\u202e\\setup.exe", account="EX\\a\u202eb"))
    client, deny = signed_in(), make_action("deny_execute")
    page = what_would_change(client, policy, actions=[str(deny.pk)])[1]
    assert "[U+202E]" in page
    assert "\u202e" not in page
    assert "<b>\\" not in page


def test_many_groups_of_changes_need_no_more_queries(agent: Agent, policy: Policy) -> None:
    client, deny = signed_in(), make_action("deny_execute")

    def queries() -> int:
        what_would_change(client, policy, actions=[str(deny.pk)])
        newest = Replay.objects.first()
        assert newest is not None
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{URL}{newest.pk}/")
        return len(asked)

    few = queries()
    for number in range(3):
        agent.verdict(an_event(account=f"EXAMPLE\\user{number}"))
    assert queries() == few
