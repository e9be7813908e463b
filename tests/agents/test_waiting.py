"""Waiting for decisions at the real ASGI server, with a real Valkey."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents.services import revoke_computer
from agents.tickets import BadTicket, issue_ticket, read_ticket
from agents.wait import reader
from approvals.models import ApprovalRequest
from approvals.services import Decider, cancel_request, decide
from core.actors import Actor
from tests.agents.endpoints import Agent, approve, make_agent, make_approval_policy
from tests.agents.serving import ask_to_wait, serving
from tests.factories import make_user
from tests.running_trial import ROOT, eventually, free_port

Answer = tuple[int, dict[str, Any], float]
Begin = Callable[..., "Future[Answer]"]


@pytest.fixture
def agent(transactional_db: None) -> Agent:
    agent = make_agent()
    make_approval_policy(agent.group)
    return agent


@pytest.fixture
def port(agent: Agent) -> Iterator[int]:
    with serving() as port:
        yield port


@pytest.fixture
def begin(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Start a wait; returns once the server has looked and found nothing yet."""
    entered = threading.Semaphore(0)
    enter = reader.Reader.enter

    def seen(self: reader.Reader, ticket: Any) -> Any:
        waiter = enter(self, ticket)
        entered.release()
        return waiter

    monkeypatch.setattr(reader.Reader, "enter", seen)
    with ThreadPoolExecutor() as pool:

        def start(ticket: str, **values: Any) -> "Future[Answer]":
            future = pool.submit(ask_to_wait, port, ticket, **values)
            assert entered.acquire(timeout=10)
            return future

        yield start


def test_an_approval_wakes_the_waiting_agent(agent: Agent, begin: Begin) -> None:
    opened = agent.ask()
    waiting = begin(opened["wait_ticket"])
    approve(opened["request"])
    status, said, took = waiting.result(timeout=20)
    assert (status, said["state"]) == (200, "approved")
    assert said["decided_by"].startswith("decider")
    assert took < reader.LOOK_EVERY


def test_a_denial_arrives_with_its_comment(agent: Agent, begin: Begin) -> None:
    opened = agent.ask()
    waiting = begin(opened["wait_ticket"], method="POST")
    decider = Decider("console", user=make_user("dana"))
    decide(number=opened["request"], decider=decider, answer="deny", comment="Not needed.")
    assert waiting.result(timeout=20)[1] == {
        "state": "denied",
        "comment": "Not needed.",
        "decided_by": "dana",
    }


def test_many_waiters_of_one_request_are_all_told(agent: Agent, begin: Begin) -> None:
    opened = agent.ask()
    waiting = [begin(opened["wait_ticket"]) for _ in range(4)]
    number = opened["request"]
    cancel_request(number=number, computer_id=agent.computer.pk, by=Actor.of_system("agent"))
    assert [one.result(timeout=20)[1]["state"] for one in waiting] == ["cancelled"] * 4


def test_who_comes_after_the_decision_is_told_at_once(agent: Agent, port: int) -> None:
    opened = agent.ask()
    approve(opened["request"])
    status, said, took = ask_to_wait(port, opened["wait_ticket"])
    assert (status, said["state"]) == (200, "approved")
    assert took < 2


def test_without_a_decision_it_is_still_pending(agent: Agent, port: int) -> None:
    status, said, took = ask_to_wait(port, agent.ask()["wait_ticket"], 1)
    assert (status, said) == (200, {"state": "pending", "comment": "", "decided_by": ""})
    assert took < 3


def test_without_a_hint_the_decision_is_still_found(agent: Agent, begin: Begin) -> None:
    opened = agent.ask()
    waiting = begin(opened["wait_ticket"])
    ApprovalRequest.objects.update(state="expired", closed_at=timezone.now())
    _, said, took = waiting.result(timeout=20)
    assert said["state"] == "expired"
    assert took < reader.LOOK_EVERY + 3


def test_a_revoked_computer_is_sent_away_while_it_waits_and_before(
    agent: Agent, begin: Begin, port: int
) -> None:
    ticket = agent.ask()["wait_ticket"]
    waiting = begin(ticket)
    revoke_computer(computer_id=agent.computer.pk, by=Actor.of_system("sam"))
    assert waiting.result(timeout=20)[0] == 401
    status, said, took = ask_to_wait(port, ticket)
    assert (status, said["code"]) == (401, "unauthorized")
    assert took < 2


@pytest.mark.parametrize("scheme", ["Bearer", "", "Wait x"])
def test_only_a_genuine_ticket_may_wait(agent: Agent, port: int, scheme: str) -> None:
    status, said, _ = ask_to_wait(port, agent.ask()["wait_ticket"], scheme=scheme)
    assert (status, said["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("seconds", ["-1", "61", "1e9", "nan", "x"])
def test_the_time_is_a_whole_number_up_to_a_minute(agent: Agent, port: int, seconds: str) -> None:
    status, said, _ = ask_to_wait(port, agent.ask()["wait_ticket"], seconds)
    assert (status, said["field"]) == (422, "seconds")


def test_other_methods_are_refused(agent: Agent, port: int) -> None:
    status, said, _ = ask_to_wait(port, agent.ask()["wait_ticket"], method="DELETE")
    assert (status, said["code"]) == (405, "wrong_method")


def test_a_full_process_says_so_and_a_client_that_leaves_frees_its_place(
    agent: Agent, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_WAITERS", 1)
    ticket = agent.ask()["wait_ticket"]
    leaving = socket.create_connection(("127.0.0.1", port))
    head = f"GET /agent/v1/wait HTTP/1.1\r\nHost: x\r\nAuthorization: Wait {ticket}\r\n\r\n"
    leaving.sendall(head.encode())
    eventually(lambda: ask_to_wait(port, ticket, 0)[0] == 503, what="the place is taken")
    leaving.close()
    eventually(lambda: ask_to_wait(port, ticket, 0)[0] == 200, what="the place is free again")


def test_those_who_wait_are_marked(
    agent: Agent, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MARK_EVERY", 0.0)
    opened = agent.ask()
    before = timezone.now() - timedelta(minutes=5)
    ApprovalRequest.objects.update(last_waited_at=before)
    ask_to_wait(port, opened["wait_ticket"], 1)

    def marked() -> bool:
        return ApprovalRequest.objects.filter(last_waited_at__gt=before).exists()

    eventually(marked, what="last_waited_at moves")


def test_the_agent_api_is_served_beside_and_reads_no_endless_body(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    pieces = (b" " * 10_000 for _ in range(8))  # in chunks, so without a Content-Length
    connection.request("POST", "/agent/v1/register", pieces, encode_chunked=True)
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["code"]) == (413, "too_large")
    connection.close()


def test_a_ticket_ends_a_while_after_its_request() -> None:
    computer, now = uuid.uuid4(), timezone.now()
    ticket = issue_ticket(number=7, computer_id=computer, expires_at=now)
    assert read_ticket(ticket).number == 7
    old = issue_ticket(number=7, computer_id=computer, expires_at=now - timedelta(hours=1))
    for bad in (old, ticket[:-1], "", "a:b"):
        with pytest.raises(BadTicket):
            read_ticket(bad)


def test_a_reader_stops_at_whatever_step_of_connecting_to_redis(db: None) -> None:
    async def stop_each() -> None:
        async with asyncio.timeout(20):
            for steps in range(40):
                stopped = reader.Reader()
                stopped.start()
                for _ in range(steps):
                    await asyncio.sleep(0)
                await stopped.stop()

    asyncio.run(stop_each())


def test_term_ends_open_waits_and_the_process_at_once(tmp_path: Path) -> None:
    """Its database has no tables: whatever the reader meets, a wait goes on and ends well."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "pmconsole.asgi:application", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    ticket = issue_ticket(number=1, computer_id=uuid.uuid4(), expires_at=timezone.now())

    def answers() -> bool:
        try:
            return ask_to_wait(port, ticket, 0)[0] == 200
        except OSError:
            return False

    try:
        eventually(answers, what="the server answers")
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(ask_to_wait, port, ticket, 60)
            time.sleep(0.5)  # nothing outside tells that it waits
            server.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert waiting.result(timeout=10)[1]["state"] == "pending"
            server.wait(timeout=10)
            assert time.monotonic() - began < 3
    finally:
        server.kill()
        server.wait()
