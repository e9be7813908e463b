"""Makers of test data: each gives one saved, valid row, and takes what the test is about."""

import itertools
import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, update_last_login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from approvals.models import ApprovalProcess, ApprovalRequest, ApprovalType, Invitation
from approvals.services import open_request
from approvals.services.plea import Plea
from approvals.terms import ProcessSettings, Rights
from core.advanced.models import AdvancedSettings
from core.people.models import EndpointAccount, User
from core.people.password import password_was_entered
from foreign_systems.kinds import MailboxSettings, SmtpSettings
from foreign_systems.models import Credential, ForeignSystem

_numbers = itertools.count(1)
DANA, LEE = "dana@example.com", "lee@example.com"


def make_user(
    username: str = "",
    *,
    role: str = "",
    email: str = "",
    accounts: tuple[str, ...] = (),
    password: str | None = None,
    delegate: User | None = None,
) -> User:
    """A person; with `role` he may sign in to the console and do what the role may."""
    name = username or f"user{next(_numbers)}"
    user = User.objects.create_user(name, email=email, password=password, delegate=delegate)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    for account in accounts:
        EndpointAccount.objects.create(user=user, name=account)
    return user


def signed_in(role: str = "Administrators", username: str = "", **person: Any) -> Client:
    """A browser in which a person of this role has just entered the password."""
    return client_of(make_user(username, role=role, **person), entered=True)


def client_of(user: User, *, entered: bool = False) -> Client:
    """A browser in which this person has signed in. As `force_login`, with a third of its queries."""
    update_last_login(None, user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if entered:
        password_was_entered(SimpleNamespace(session=session))  # type: ignore[arg-type]
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def set_advanced(**settings: Any) -> AdvancedSettings:
    """What Configuration ▸ Advanced sets; the rest is as preset."""
    return AdvancedSettings.objects.update_or_create(
        name="Advanced Settings", is_builtin=True, defaults={"settings": settings}
    )[0]


def make_smtp_server(port: int = 1, **settings: Any) -> ForeignSystem:
    """The default SMTP server, on a port of this machine."""
    typed = SmtpSettings(
        from_address="approvals@pm.example.com",
        **{"base_url": f"smtp://127.0.0.1:{port}", "timeout": 2.0, **settings},
    )
    return ForeignSystem.objects.create(
        name=f"SMTP {next(_numbers)}", kind="smtp", settings=typed.to_json(), is_default=True
    )


def make_mailbox(
    base_url: str, *, account: str = "replies", secret: str = "", **settings: Any
) -> ForeignSystem:
    """A mailbox whose server is known as mx.example.com to those who read its results."""
    credential = Credential(name=f"Mailbox account {next(_numbers)}", account_name=account)
    credential.set_secret(secret)
    credential.save()
    typed = MailboxSettings(
        base_url=base_url, **{"timeout": 5.0, "authserv_ids": ("mx.example.com",), **settings}
    )
    return ForeignSystem.objects.create(
        name=f"Mailbox {next(_numbers)}",
        kind="mailbox",
        settings=typed.to_json(),
        credential=credential,
    )


def make_process(
    kind: str = "email", start_activity: ApprovalProcess | None = None, **settings: Any
) -> ApprovalProcess:
    """An approval process; dana and lee are asked unless `to_addresses` says otherwise."""
    typed = ProcessSettings(
        **{"to_addresses": (DANA, LEE), "link_needs_sign_in": False, **settings}
    )
    return ApprovalProcess.objects.create(
        name=f"Process {next(_numbers)}",
        kind=kind,
        settings=typed.to_json(),
        start_activity=start_activity,
    )


def make_type(process: ApprovalProcess | None = None, **values: Any) -> ApprovalType:
    """An approval type that `process` (a new one) handles."""
    return ApprovalType.objects.create(
        name=f"Type {next(_numbers)}", process=process or make_process(), **values
    )


def make_plea(**values: Any) -> Plea:
    """What alice on WS-014 asks for; scope and exact key are unlike any other's."""
    key = f"{next(_numbers):064d}"
    given: dict[str, Any] = {
        "event_id": uuid.uuid4(),
        "event": {},
        "computer_id": uuid.UUID(int=14),
        "computer_name": "WS-014",
        "account": "EXAMPLE\\alice",
        "account_id": "",
        "file_name": "setup.exe",
        "file_path": "C:\\Users\\alice\\AppData\\Local\\Temp\\7zS4F21\\setup.exe",
        "sha256": "9f2c1e7b04d8a6635c0e91fb7a2d4468e3b0517cc9d1f2a86470be35d8a1c94e",
        "signer": "",
        "command_line": "setup.exe /S",
        "policy_id": uuid.UUID(int=7),
        "policy_name": "Installers need approval",
        "policy_version": "v" * 64,
        "scope_key": key,
        "pause_key": key,
        "plea_key": key,
        "exact_key": key,
        "rights": Rights(elevate=True),
    }
    if "file_name" in values:
        given["file_path"] = f"C:\\Users\\alice\\{values['file_name']}"
    return Plea(**{**given, **values})


def make_request(
    *,
    type: ApprovalType | None = None,  # the domain's word
    reason: str = "Need the CAD viewer.",
    waits: bool = False,
    plea: Plea | None = None,
    **process: Any,
) -> ApprovalRequest:
    """A pending request, opened by the verb; `process` are settings of a new process."""
    return open_request(
        plea=plea or make_plea(),
        approval_type=type or make_type(make_process(**process)),
        reason=reason,
        waits=waits,
    )


def invitation_of(request: ApprovalRequest, address: str = DANA) -> Invitation:
    return request.invitations.get(address=address)


def let_expire(request: ApprovalRequest) -> None:
    """Move the row, not the clock: expiry goes by the database's time."""
    ApprovalRequest.objects.filter(pk=request.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
