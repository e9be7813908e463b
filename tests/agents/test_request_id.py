"""One request id follows a request: from the agent's call to the SMTP answer and the decision."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from approvals import outbox
from approvals.models import ApprovalRequest
from approvals.services import Decider, decide
from tests.agents.endpoints import Agent, an_event, make_agent, make_approval_policy, make_group
from tests.approvals.replies import bring_in, make_reply
from tests.factories import DANA, invitation_of, make_process, make_smtp_server, make_type
from tests.foreign_systems.scripted_server import ScriptedServer

ID = "agent-of-ws-014.run-7"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All log lines, as production writes them."""
    root, written = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(root.handlers[0].formatter)
    root.addHandler(handler)
    root.setLevel("INFO")
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def events_with(name: str, logged: io.StringIO) -> list[str]:
    """What happened under this request id, in order."""
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    return [
        line["event"]
        for line in lines
        if line.get("request_id") == name or name in line.get("request_ids", ())
    ]


@pytest.mark.parametrize("answer", ["reply", "link"])
def test_from_agent_to_smtp_answer_to_decision(logged: io.StringIO, answer: str) -> None:
    with ScriptedServer() as smtp:
        make_smtp_server(smtp.port)
        group = make_group()
        make_approval_policy(group, type=make_type(make_process(to_addresses=(DANA,))))
        request = _asked_by(make_agent(group))
        outbox.send_due()
        invitation = invitation_of(request)
        if answer == "reply":
            bring_in(make_reply(invitation, "APPROVE"))
            bring_in(b"From: somebody@else.example\r\n\r\nHello\r\n")  # concerns no request
        else:
            decide(
                number=request.pk,
                decider=Decider(channel="link", invitation=invitation),
                answer="approve",
            )
    happened = events_with(ID, logged)
    read = ["request_answered", "mail_read"] if answer == "reply" else ["request_answered"]
    assert happened == [
        "execution_reported",
        "request_opened",
        "reason_submitted",
        "mails_sent",
        *read,
    ]


def _asked_by(agent: Agent) -> ApprovalRequest:
    headers = {"X-Request-ID": ID}
    body = {"nonce": "n" * 32, "idempotency_key": "k" * 32, "event": an_event()}
    reported = agent.post("executions", body, **headers)
    assert reported["X-Request-ID"] == ID
    event_id = reported.json()["event_id"]
    agent.post(f"executions/{event_id}/reason", {"reason": "Need it."}, **headers)
    return ApprovalRequest.objects.get()
