"""Registering a computer, and who is let in afterwards."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from agents.computers import Remembered
from agents.models import InstallCode
from agents.services import retire_computer, revoke_computer
from core.actors import Actor
from core.alerts.models import Alert
from core.audit.models import Entry
from policies.models import Computer
from tests.agents.endpoints import make_action, make_agent, make_code, make_group, make_policy
from tests.factories import set_advanced
from tests.items.proposals.asking import require_second_person
from tests.running_trial import eventually

pytestmark = pytest.mark.django_db


def register(
    code: str, name: str = "WS-014", platform: str = "windows", **meta: str
) -> HttpResponse:
    body = {"install_code": code, "name": name, "platform": platform}
    return Client().post(
        "/agent/v1/register", json.dumps(body), content_type="application/json", **meta
    )


def test_a_code_makes_a_computer_of_its_groups_and_shows_the_secrets_once() -> None:
    group = make_group()
    response = register(make_code(group))

    said, computer = response.json(), Computer.objects.get()
    assert response.status_code == 201
    assert said["computer_id"] == str(computer.pk)
    assert base64.b64decode(said["computer_key"]) == computer.key()
    assert said["secret"] not in computer.secret_hash
    assert list(computer.groups.all()) == [group]
    assert Entry.objects.filter(verb="register").exists()


def test_an_unknown_code_is_refused() -> None:
    response = register("no-such-code")
    assert (response.status_code, response.json()["code"]) == (401, "unknown_code")


def test_a_code_works_as_often_as_it_says() -> None:
    code = make_code(uses=2)
    assert [register(code, f"WS-{n}").status_code for n in range(3)] == [201, 201, 403]
    assert register(code, "WS-9").json()["code"] == "code_used_up"


def test_an_expired_code_is_refused() -> None:
    code = make_code()
    InstallCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = register(code)
    assert (response.status_code, response.json()["code"]) == (403, "code_expired")


def test_a_code_is_for_its_platform() -> None:
    response = register(make_code(), platform="linux")
    assert (response.status_code, response.json()["code"]) == (403, "wrong_platform")


def test_a_taken_name_waits_for_an_administrator_and_does_not_use_the_code() -> None:
    make_agent(name="WS-014")
    code = make_code()

    response = register(code, "ws-014")

    assert (response.status_code, response.json()["code"]) == (409, "name_taken")
    assert "administrator" in response.json()["message"]
    assert register(code, "WS-015").status_code == 201


@pytest.mark.parametrize("name", ["", " WS", "WS\n1", "WS\u202e1", "x" * 256, "a\0b"])
def test_a_name_has_visible_characters_only(name: str) -> None:
    response = register(make_code(), name)
    assert response.status_code == 422
    assert response.json()["field"] == "name"


def test_registering_is_limited_by_address() -> None:
    set_advanced(registrations_per_address=2)
    assert [register("x").status_code for _ in range(3)] == [401, 401, 429]
    refused = register("x")
    assert (refused["Retry-After"], refused.json()["code"]) == ("60", "too_many_calls")
    assert register("x", REMOTE_ADDR="192.0.2.7").status_code == 401


def test_nobody_chooses_his_own_address_behind_a_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    set_advanced(registrations_per_address=1)
    claims = [f"198.51.100.{n}, 192.0.2.7" for n in range(2)]
    statuses = [register("x", HTTP_X_FORWARDED_FOR=claim).status_code for claim in claims]
    assert statuses == [401, 429]


def test_without_a_proxy_the_header_is_not_believed() -> None:
    set_advanced(registrations_per_address=1)
    claims = [f"198.51.100.{n}" for n in range(2)]
    statuses = [register("x", HTTP_X_FORWARDED_FOR=claim).status_code for claim in claims]
    assert statuses == [401, 429]


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Bearer {id}", "Bearer {id}.", "Bearer {id}.wrong", "Basic {id}"],
)
def test_a_wrong_secret_is_refused(authorization: str) -> None:
    agent = make_agent()
    header = authorization.format(id=agent.computer.pk)
    response = agent.post("executions", {}, Authorization=header)
    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert "install code" in response.json()["message"]


def test_a_revoked_computer_is_refused_at_once() -> None:
    agent = make_agent()
    assert agent.report().status_code == 200
    revoke_computer(computer_id=agent.computer.pk, by=Actor.of_system("sam"))
    assert agent.report().status_code == 401


def test_a_computer_that_another_process_revoked_is_refused_within_two_seconds() -> None:
    agent = make_agent()
    assert agent.report().status_code == 200
    Computer.objects.filter(pk=agent.computer.pk).update(revoked_at=timezone.now())
    eventually(lambda: agent.report().status_code == 401, within=2, what="it is refused")


def test_a_removed_computer_is_refused_though_another_was_added_meanwhile() -> None:
    agent = make_agent()
    assert agent.report().status_code == 200
    Computer.objects.filter(pk=agent.computer.pk).delete()
    make_agent()
    eventually(lambda: agent.report().status_code == 401, within=2, what="it is refused")


def test_registrations_and_calls_of_others_make_no_process_forget(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr("agents.computers.FRESH", 0.0)
    agent, here = make_agent(), Remembered()
    known = here.find(agent.computer.pk)
    other = make_agent()
    other.report()
    with django_assert_num_queries(1):
        assert here.find(agent.computer.pk) is known
    Computer.objects.filter(pk=other.computer.pk).update(revoked_at=timezone.now())
    assert here.find(agent.computer.pk) is not known


def test_nobody_is_let_in_from_memory_while_the_database_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = make_agent()
    assert agent.report().status_code == 200
    monkeypatch.setattr("agents.computers.FRESH", 0.0)

    def away(*_: object) -> None:
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        agent.report()


def test_a_computer_has_a_limit_of_calls() -> None:
    set_advanced(calls_per_computer=2)
    agent = make_agent()
    assert [agent.report().status_code for _ in range(3)] == [200, 200, 429]
    assert make_agent().report().status_code == 200


def test_an_address_may_not_have_unknown_computers_looked_up_without_end(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr("agents.authentication.MAX_UNKNOWN", 2)
    known, agent = make_agent(), make_agent()
    assert known.report().status_code == 200

    def unknown(address: str = "192.0.2.50") -> HttpResponse:
        header = {"HTTP_AUTHORIZATION": f"Bearer {uuid.uuid4()}.{agent.secret}"}
        return Client().post("/agent/v1/executions", REMOTE_ADDR=address, **header)

    assert [unknown().status_code for _ in range(3)] == [401, 401, 429]
    with django_assert_num_queries(0):
        assert unknown().status_code == 429
    assert known.report().status_code == 200
    assert unknown("192.0.2.51").status_code == 401


def test_a_call_marks_the_computer_as_seen() -> None:
    agent = make_agent()
    agent.report()
    agent.computer.refresh_from_db()
    assert agent.computer.last_seen_at is not None


def test_a_computer_that_is_retired_and_registers_anew_changes_no_groups_without_a_second_person() -> (
    None
):
    agent, elsewhere = make_agent(name="WS-014"), make_group()
    make_policy(elsewhere, make_action("add_administrative_rights"))
    require_second_person()
    retire_computer(computer_id=agent.computer.pk, by=Actor.of_system("tests"))

    assert register(make_code(elsewhere), "WS-014").status_code == 201

    anew = Computer.objects.get(name="WS-014", retired_at=None)
    assert list(anew.groups.all()) == [agent.group]
    assert "not those of its install code" in Alert.objects.get(closed_at=None).text


@pytest.mark.parametrize("required", [True, False])
def test_it_joins_the_groups_of_its_code_where_nobody_else_has_to_agree(required: bool) -> None:
    agent, elsewhere = make_agent(name="WS-014"), make_group()
    if not required:
        make_policy(elsewhere, make_action("add_administrative_rights"))
    require_second_person(required)
    retire_computer(computer_id=agent.computer.pk, by=Actor.of_system("tests"))
    register(make_code(elsewhere), "WS-014")
    assert list(Computer.objects.get(retired_at=None).groups.all()) == [elsewhere]
