"""An agent in tests: a registered computer, policies for it, and calls as it makes them."""

import hashlib
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from actions.models import Action
from agents.services import create_install_code, register_computer
from agents.signing import digest_of, is_genuine, sign_policies
from approvals.models import ApprovalType
from approvals.services import Decider, decide
from core.actors import Actor
from core.people.models import User
from foreign_systems.models import ForeignSystem
from policies.models import Computer, ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from tests.factories import make_smtp_server, make_type

_numbers = itertools.count(1)
SETUP = "C:\\Users\\alice\\AppData\\Local\\Temp\\7zS4F21\\setup.exe"


def make_group(platform: str = "windows") -> ComputerGroup:
    return ComputerGroup.objects.create(name=f"Group {next(_numbers)}", platform=platform)


def make_code(group: ComputerGroup | None = None, **values: Any) -> str:
    given: dict[str, Any] = {"platform": "windows", "valid_for": timedelta(days=1), "uses": 1}
    return create_install_code(
        groups=[group or make_group()], by=Actor.of_system("tests"), **{**given, **values}
    )


def make_action(kind: str, approval_type: ApprovalType | None = None, **settings: Any) -> Action:
    if approval_type and ForeignSystem.objects.default() is None:
        make_smtp_server()  # without one the policy would be invalid, and deny
    return Action.objects.create(
        name=f"Action {next(_numbers)}", kind=kind, settings=settings, approval_type=approval_type
    )


def make_policy(group: ComputerGroup, *actions: Action, name: str = "", **values: Any) -> Policy:
    """An active policy for setup.exe with these actions."""
    policy = Policy.objects.create(
        name=name or f"Policy {next(_numbers)}", **{"is_active": True, **values}
    )
    policy.groups.add(group)
    target = Filter.objects.create(
        name=f"Filter {next(_numbers)}",
        kind="file_specification",
        settings={"names": ["setup.exe"]},
    )
    PolicyFilter.objects.create(policy=policy, filter=target, role="target")
    for position, action in enumerate(actions):
        PolicyAction.objects.create(policy=policy, action=action, position=position)
    return policy


def make_approval_policy(group: ComputerGroup, **values: Any) -> Policy:
    """setup.exe runs elevated once somebody approves."""
    form = make_action("approval_request_form", values.pop("type", None) or make_type())
    return make_policy(group, form, make_action("add_administrative_rights"), **values)


def an_event(**values: Any) -> dict[str, Any]:
    return {
        "account": "EXAMPLE\\alice",
        "file_path": SETUP,
        "sha256": "9f" * 32,
        "arguments": ["/S"],
        "command_line": f'"{SETUP}" /S',
        **values,
    }


def a_key() -> str:
    return secrets.token_hex(16)


def approve(number: int, *, minutes: int | None = None) -> None:
    decider = User.objects.create_user(f"decider{next(_numbers)}", password=None)
    decide(
        number=number, decider=Decider("console", user=decider), answer="approve", minutes=minutes
    )


@dataclass
class Agent:
    """A computer that calls over Django's test client."""

    computer: Computer
    secret: str
    key: bytes
    group: ComputerGroup

    @property
    def bearer(self) -> str:
        return f"Bearer {self.computer.pk}.{self.secret}"

    def post(self, path: str, body: object, **headers: str) -> HttpResponse:
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return Client().post(
            f"/agent/v1/{path}",
            raw,
            content_type="application/json",
            headers={"Authorization": self.bearer, **headers},
        )

    def report(self, event: dict[str, Any] | None = None, **values: Any) -> HttpResponse:
        body = {
            "nonce": a_key(),
            "idempotency_key": a_key(),
            "event": an_event() if event is None else event,
        }
        return self.post("executions", {**body, **values})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return Client().get(f"/agent/v1/{path}", headers={"Authorization": self.bearer, **headers})

    def policies(self, known: str = "") -> HttpResponse:
        """The set in force, its signature checked as an agent does; with `known`, if it is another."""
        nonce = a_key()
        response = self.get(
            f"policies?nonce={nonce}", **({"If-None-Match": known} if known else {})
        )
        assert response.status_code in (200, 304), response.content
        etag = response["ETag"].strip('"')
        if response.status_code == 200:
            assert hashlib.sha256(response.content).hexdigest() == etag
        assert response["Policies-HMAC"] == sign_policies(
            computer_key=self.key,
            nonce=nonce,
            computer_id=str(self.computer.pk),
            etag=etag,
            issued=response["Policies-Issued"],
            expires=response["Policies-Expires"],
        )
        return response

    def verdict(self, event: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        """The answer to a report, its signature checked as an agent does."""
        nonce, event = a_key(), an_event() if event is None else event
        response = self.report(event, **{"nonce": nonce, **values})
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        assert is_genuine(
            answer,
            computer_key=self.key,
            nonce=values.get("nonce", nonce),
            event_digest=digest_of(event),
        )
        return answer

    def ask(self, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Report, and submit the reason: what the console says of the request."""
        verdict = self.verdict(event)
        assert verdict["verdict"] == "approval_required", verdict
        response = self.reason(verdict["event_id"])
        assert response.status_code == 201, response.content
        return dict(response.json())

    def reason(self, event_id: str, reason: str = "Need it.", **values: Any) -> HttpResponse:
        return self.post(f"executions/{event_id}/reason", {"reason": reason, **values})


def make_agent(group: ComputerGroup | None = None, *, name: str = "") -> Agent:
    group = group or make_group()
    made = register_computer(
        install_code=make_code(group, platform=group.platform),
        name=name or f"WS-{uuid.uuid4().hex[:8]}",
        platform=group.platform,
    )
    return Agent(made.computer, made.secret, made.computer_key, group)
