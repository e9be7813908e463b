"""Whatever an agent sends, it gets `{code, message}` and never a 500."""

import dataclasses
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.models import ApprovalRequest
from policies.engine.event import REGISTERED, Event
from policies.models import PolicyEvent
from tests.agents.endpoints import Agent, a_key, an_event, make_agent, make_approval_policy
from tests.policies.engine.engine_parts import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> Agent:
    agent = make_agent()
    make_approval_policy(agent.group)
    return agent


def refusal(response: HttpResponse) -> tuple[int, str]:
    """Status and field; every refusal has a code and a sentence."""
    said = response.json()
    assert said["code"]
    assert said["message"]
    return response.status_code, said.get("field", "")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"nonce": "short"}, "nonce"),
        ({"nonce": "line\nfeed-and-more-of-it"}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"request": "7"}, "request"),
        ({"request": 2**63}, "request"),
        ({"request": 12345}, "request"),
        ({"surplus": 1}, "surplus"),
        ({"event": []}, "event"),
        ({"event": {}}, "event.account"),
        ({"event": an_event(account="")}, "event.account"),
        ({"event": an_event(account="x" * 257)}, "event.account"),
        ({"event": an_event(sha256="zz")}, "event.sha256"),
        ({"event": an_event(file_path="x" * 4097)}, "event.file_path"),
        ({"event": an_event(file_path="/" + "x" * 1025)}, "event.file_path"),
        ({"event": an_event(arguments="/S")}, "event.arguments"),
        ({"event": an_event(arguments=["a\0b"])}, "event.arguments[0]"),
        ({"event": an_event(file_path="\ud800")}, "event.file_path"),
        ({"event": an_event(at="yesterday")}, "event.at"),
        ({"event": an_event(computer="WS-1")}, "event.computer"),
        ({"event": an_event(platform="linux")}, "event.platform"),
    ],
)
def test_a_wrong_field_is_named(agent: Agent, changed: dict[str, Any], field: str) -> None:
    assert refusal(agent.report(**changed)) == (422, field)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"9" * 10_000,
    ],
)
def test_what_is_no_json_object_is_refused(agent: Agent, body: bytes) -> None:
    assert refusal(agent.post("executions", body))[0] in {400, 422}


def test_a_body_over_64_kib_is_too_large(agent: Agent) -> None:
    assert refusal(agent.post("executions", b" " * 65_537)) == (413, "")
    assert refusal(agent.post("executions", b" " * 2_000_000)) == (413, "")


@pytest.mark.parametrize("path", ["", "nothing", "executions/7/reason", "requests/x/cancel"])
def test_an_unknown_address_is_not_found(path: str) -> None:
    assert refusal(Client().get(f"/agent/v1/{path}"))[0] == 404


@pytest.mark.parametrize("path", ["register", "executions", "requests/7/cancel"])
def test_a_wrong_method_is_refused(path: str) -> None:
    response = Client().get(f"/agent/v1/{path}")
    assert refusal(response)[0] == 405
    assert response["Allow"] == "POST"


def test_the_wait_path_behind_wsgi_says_that_the_routing_is_wrong() -> None:
    response = Client().get("/agent/v1/wait", headers={"Authorization": "Wait x"})
    assert (response.status_code, response.json()["code"]) == (503, "wait_not_served")


def test_the_openapi_document_lists_every_path_and_no_script() -> None:
    document = Client().get("/agent/v1/openapi.json").json()
    assert sorted(document["paths"]) == [
        "/agent/v1/events",
        "/agent/v1/executions",
        "/agent/v1/executions/{event_id}/answer",
        "/agent/v1/executions/{event_id}/reason",
        "/agent/v1/policies",
        "/agent/v1/register",
        "/agent/v1/requests/{number}/cancel",
        "/agent/v1/wait",
    ]
    assert set(document["components"]["securitySchemes"]) == {"ComputerBearer", "WaitTicket"}


def test_the_document_describes_the_event_that_the_engine_reads() -> None:
    document = Client().get("/agent/v1/openapi.json").json()
    schema = document["components"]["schemas"]["ExecutionIn"]["properties"]["event"]
    declared = {field.name for field in dataclasses.fields(Event)}
    assert set(schema["properties"]) == declared - set(REGISTERED)
    for name, said in schema["properties"].items():
        text = said.get("items") or said.get("anyOf", [said])[0]
        whole = "x" * (text["maxLength"] + 1)
        value = [whole] if said.get("type") == "array" else whole
        with pytest.raises(ValueError, match="longer than"):
            Event.from_json({**event().to_json(), name: value})


def test_line_breaks_and_bidi_characters_in_names_are_kept_as_data(agent: Agent) -> None:
    path = "C:\\x\r\nBcc: eve@example.com\u202e\\setup.exe"
    opened = agent.ask(an_event(file_path=path, command_line="<script>\r\n\u202e"))
    assert PolicyEvent.objects.get().file_path == path
    assert ApprovalRequest.objects.get(pk=opened["request"]).file_path == path


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_fields = [*an_event(), "account_id", "groups", "signer", "run_as", "parent_event", "at"]
_several = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_several
@given(event=st.dictionaries(st.sampled_from(_fields) | st.text(max_size=8), _json, max_size=6))
def test_no_event_makes_an_error_of_ours(agent: Agent, event: dict[str, Any]) -> None:
    body = {"nonce": a_key(), "idempotency_key": a_key(), "event": an_event() | event}
    response = agent.post("executions", json.dumps(body))
    assert response.status_code in {200, 400, 422, 429}


@_several
@given(text=st.dictionaries(st.sampled_from(_fields), st.text(max_size=300), max_size=6))
def test_no_text_in_an_event_makes_an_error_of_ours(agent: Agent, text: dict[str, str]) -> None:
    response = agent.report(an_event(**text))
    assert response.status_code in {200, 422, 429}
    if response.status_code == 200 and response.json()["verdict"] == "approval_required":
        reason = agent.reason(response.json()["event_id"], text.get("signer", "x"))
        assert reason.status_code in {201, 409, 422, 429}


@_several
@given(
    path=st.sampled_from(["register", "executions", "requests/1/cancel"]),
    body=_json | st.binary(max_size=64),
)
def test_no_body_makes_an_error_of_ours(agent: Agent, path: str, body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert agent.post(path, raw).status_code in {200, 400, 401, 404, 422, 429}
