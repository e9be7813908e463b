"""Attacks at the doors for text: what no database takes, what a spreadsheet runs, where a sign-in
leads, what a shared computer's cache keeps, and one ticket for many waits.
"""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import URLResolver, get_resolver

from actions.models import Action
from agents.wait import reader
from approvals.models import ApprovalRequest
from core.people.models import User
from policies.models import PolicyEvent
from tests.agents.endpoints import (
    Agent,
    a_key,
    an_event,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.agents.serving import ask_to_wait, serving
from tests.factories import make_user, signed_in
from tests.running_trial import eventually

HALVES = ["\ud800", "a\udfffb", "\udc00\ud800", "x" * 200 + "\ud83d"]


# --- Half a surrogate pair ----------------------------------------------------------------------
@pytest.mark.parametrize("text", HALVES)
def test_half_a_surrogate_pair_in_a_reason(agent: Agent, text: str) -> None:
    make_approval_policy(agent.group)
    event = agent.verdict()["event_id"]
    response = agent.reason(event, text)
    assert (response.status_code, response.json()["field"]) == (422, "reason")
    assert not ApprovalRequest.objects.exists()
    assert agent.reason(event, "Whole: \U0001f600").status_code == 201


@pytest.mark.parametrize("text", HALVES)
def test_half_a_surrogate_pair_in_every_other_text_of_the_agents(agent: Agent, text: str) -> None:
    make_policy(agent.group, make_action("justify_elevation"))
    event = agent.verdict()["event_id"]
    whole = {"nonce": a_key(), "idempotency_key": a_key(), "event": an_event()}
    answer = {"nonce": a_key(), "answer": "justification", "text": "Because."}
    registration = {"install_code": "x", "name": "WS", "platform": "windows"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        *(("executions", {**whole, name: text}) for name in ("nonce", "idempotency_key", "event")),
        *(
            ("executions", {**whole, "event": an_event(**{name: value})})
            for name, value in {
                **dict.fromkeys(("account", "file_path", "signer", "run_as", "parent_event"), text),
                **dict.fromkeys(("command_line", "working_directory", "at", "sha256"), text),
                **{key: [text] for key in ("arguments", "groups")},
                text: "an unknown field",
            }.items()
        ),
        ("executions", {**whole, text: 1}),
        *((f"executions/{event}/answer", {**answer, name: text}) for name in answer),
        (f"executions/{event}/reason", {"reason": "x", text: True}),
        *(("register", {**registration, name: text}) for name in registration),
    ]
    for path, body in bodies:
        response = agent.post(path, body)
        assert response.status_code in {401, 422}, (path, body, response.content)
        assert response.json()["code"] in {"invalid", "unknown_code"}
    assert PolicyEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "utf-7", "nonsense", "utf-8"])
def test_an_encoding_that_gives_halves_of_pairs_to_a_form(charset: str) -> None:
    client = signed_in()
    parts = {"name": "x\\ud800", "kind": "deny_execute", "platform": "", "description": "\\udc00"}
    boundary = "b0undary"
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    ]
    body = f"{''.join(lines)}--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}; charset={charset}"
    response = client.generic("POST", "/actions/create/", body, content_type=kind)
    assert response.status_code in {302, 400, 422}
    for action in Action.objects.all():
        assert action.name == "x\\ud800"
    query = client.generic(
        "GET", "/actions/?q=\\ud800", content_type=f"text/plain; charset={charset}"
    )
    assert query.status_code in {200, 400}
    form = client.generic(
        "POST",
        "/actions/create/",
        b"name=%ED%A0%80&kind=deny_execute&platform=",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert form.status_code in {302, 400, 422}


# --- Spreadsheets -------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        ";=1+1",
        "harmless;=1+1",
        'a";"=1+1',
        "a|=1+1",
        "a|@SUM(1)",
        "x\n=1+1",
        "\uff1d1+1",
        "a;\uff0b1",
        "\uff20SUM(1+1)",
        "a; -1",
    ],
)
def test_a_cell_becomes_a_formula_in_no_spreadsheet(text: str, separator: str) -> None:
    Action.objects.create(name="Innocent", kind="deny_execute", description=text)
    response = signed_in().get("/actions/?format=csv")
    body = b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert body.startswith("\ufeff".encode())
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=separator)
    for cell in (cell for row in rows for cell in row):
        begins = cell.lstrip(' "')[:1]
        assert begins not in {*"=+-@", "\uff1d", "\uff0b", "\uff0d", "\uff20"}, cell


# --- Where a sign-in leads ----------------------------------------------------------------------
@pytest.fixture
def sam(db: None) -> User:
    user = make_user("sam", role="Helpdesk")
    user.set_password("sesame-open-12")
    user.save()
    return user


ELSEWHERE = [
    "//localhost/",
    "//127.0.0.1/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http://localhost/",
    "http://testserver@evil.example/",
    "javascript:alert(1)",
    "//testserver:80@evil.example/",
    "http://localhost:8000/",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("already", [False, True], ids=["signing in", "signed in already"])
def test_a_sign_in_leads_to_no_other_host(sam: User, target: str, already: bool) -> None:
    client = Client()
    if already:
        client.force_login(sam)
        response = client.get("/sign-in/", {"next": target})
    else:
        data = {"login": "sam", "password": "sesame-open-12", "next": target}
        response = client.post("/sign-in/", data)
    assert response.status_code == 302
    assert response["Location"] == "/", target
    left = client.post("/sign-out/", {"next": target})
    assert urlsplit(left["Location"]).netloc == ""
    assert left["Location"].startswith("/")


def test_a_sign_in_leads_to_the_page_that_was_wanted(sam: User) -> None:
    data = {"login": "sam", "password": "sesame-open-12", "next": "/approvals/?q=a%2Fb"}
    assert Client().post("/sign-in/", data)["Location"] == "/approvals/?q=a%2Fb"


# --- Caches -------------------------------------------------------------------------------------
def _simple_paths(resolver: URLResolver, base: str = "/") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        route = base + str(entry.pattern)
        if "<" in route or "^" in route:
            continue
        found += _simple_paths(entry, route) if isinstance(entry, URLResolver) else [route]
    return found


@pytest.mark.django_db
def test_no_page_behind_the_sign_in_stays_in_a_cache() -> None:
    client = signed_in()
    paths = _simple_paths(get_resolver())
    assert len(paths) > 30
    for path in paths:
        for visitor in (client, Client()):
            response = visitor.get(path)
            assert "no-store" in response["Cache-Control"], path


def test_static_files_may_stay_in_a_cache(settings: LazySettings) -> None:
    """They are answered before the middleware that says no-store."""
    order = settings.MIDDLEWARE
    files = order.index("whitenoise.middleware.WhiteNoiseMiddleware")
    assert files < order.index("core.middleware.no_store")


# --- One ticket, many waits ---------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_one_ticket_waits_four_times_at_most() -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    opened, other = agent.ask(), agent.ask(an_event(arguments=["/other"]))
    with serving() as port, ThreadPoolExecutor(40) as pool:
        waits = [pool.submit(ask_to_wait, port, opened["wait_ticket"], 60) for _ in range(40)]
        eventually(
            lambda: sum(wait.done() for wait in waits) >= 40 - reader.MAX_PER_TICKET,
            what="the excess is refused",
        )
        refused = [wait.result() for wait in waits if wait.done()]
        assert len(refused) == 40 - reader.MAX_PER_TICKET
        assert {(status, said["code"]) for status, said, _ in refused} == {(429, "too_many_waits")}
        assert ask_to_wait(port, other["wait_ticket"], 0)[0] == 200  # another one still waits
        agent.post(f"requests/{opened['request']}/cancel", {})
        told = [wait.result(timeout=20)[:2] for wait in waits]
    assert sum(status == 200 and said["state"] == "cancelled" for status, said in told) == 4
