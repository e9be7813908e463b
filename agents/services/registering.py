"""Registering computers, revoking and retiring them; the install codes with which they register."""

import hashlib
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone

from agents.computers import computers
from agents.errors import Conflict, Forbidden, NotFound, Unauthorized
from agents.models import InstallCode, WaitingName
from core.actors import MAX_ACTOR_NAME, Actor
from core.alerts.services import raise_alert
from core.audit.services import record
from core.encryption import TOKEN_LENGTH, token_hash
from core.text import name_key
from items.author import Author
from items.second_person import held
from policies.membership import chosen_before, join
from policies.models import Computer, ComputerGroup

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
KEY_BYTES = 32
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Registration:
    """What a new computer is given once and never again."""

    computer: Computer
    secret: str
    computer_key: bytes


def secret_hash(secret: str) -> str:
    """What is stored of an API secret. Secrets are 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_install_code(
    *,
    platform: str,
    groups: Collection[ComputerGroup],
    valid_for: timedelta,
    uses: int,
    by: Actor,
) -> str:
    """A code that lets `uses` computers of `platform` join `groups`. Only its hash is stored."""
    code = "".join(secrets.choice(_BASE32) for _ in range(TOKEN_LENGTH))
    with transaction.atomic():
        row = InstallCode.objects.create(
            code_hash=token_hash(code),
            platform=platform,
            created_by=by.name[:MAX_ACTOR_NAME],
            expires_at=timezone.now() + valid_for,
            uses=uses,
            uses_left=uses,
        )
        row.groups.set(groups)
        record(
            actor=by,
            verb="create",
            kind="install_code",
            object_id=row.pk,
            facts={
                "platform": platform,
                "groups": sorted(group.name for group in groups),
                "expires_at": row.expires_at.isoformat(),
                "uses": uses,
            },
        )
    return code


def register_computer(
    *, install_code: str, name: str, platform: str, address: str = ""
) -> Registration:
    """A new computer in the groups of its install code, of which it uses up one use, and in those
    whose rule takes it in.

    Raises Unauthorized for an unknown code, Forbidden for one that has expired, is used up or for
    another platform, Conflict (name_taken) if another computer has the name: the code is not used
    then, and administrators see the name with the `address` that called.
    """
    code = InstallCode.objects.filter(code_hash=token_hash(install_code.strip())).first()
    if code is None:
        raise Unauthorized(
            "unknown_code", "Unknown install code. Check that you typed it correctly."
        )
    if code.platform != platform:
        raise Forbidden(
            "wrong_platform",
            f"This install code is for {code.get_platform_display()} computers only.",
            field="platform",
        )
    try:
        registration = _register(code, name, platform)
    except Conflict:
        _wait_for_name(name, code, address)
        raise
    log.info("computer_registered", computer=str(registration.computer.pk), platform=platform)
    return registration


def _register(code: InstallCode, name: str, platform: str) -> Registration:
    with transaction.atomic():
        _use(code)
        registration = _create(name, platform)
        computer = registration.computer
        actor = Actor.of_agent(computer_id=computer.pk, computer=name)
        groups = _groups_to_join(computer, code, actor)
        join(computer, groups)
        record(
            actor=actor,
            verb="register",
            kind="computer",
            object_id=computer.pk,
            facts={
                "name": name,
                "platform": platform,
                "install_code": str(code.pk),
                "groups": sorted(group.name for group in groups),
            },
        )
    return registration


def _groups_to_join(computer: Computer, code: InstallCode, by: Actor) -> list[ComputerGroup]:
    """Those of its install code; or of the computer retired under its name, if to change these would
    need a second person: retiring a computer and registering it anew is no way around one.
    """
    groups, before = list(code.groups.all()), chosen_before(computer)
    if before is None:
        return groups
    differing = {group for group in groups if group.membership == "chosen"} ^ set(before)
    if not any(held(group, Author(by)) for group in differing):
        return groups
    kept, coded = (", ".join(sorted(g.name for g in some)) or "none" for some in (before, groups))
    raise_alert(
        key=f"computer:{computer.pk}:groups",
        text=f"{computer} registered anew and has the computer groups that it had before ({kept}), not "
        f"those of its install code ({coded}): changing them needs a second person. Choose computers on "
        "the page of a group.",
        link=reverse("agents:detail", args=[computer.pk]),
    )
    return before


def _wait_for_name(name: str, code: InstallCode, address: str) -> None:
    """Note that somebody with a valid code wants a name that a computer has."""
    taken = Computer.objects.filter(name_key=name_key(name), retired_at=None).first()
    if taken is None:  # retired meanwhile: the next try registers
        return
    now = timezone.now()
    seen: dict[str, Any] = {"code": code, "address": address[:64], "last_at": now}
    if not WaitingName.objects.filter(computer=taken).update(**seen, times=F("times") + 1):
        WaitingName.objects.get_or_create(computer=taken, defaults={**seen, "first_at": now})


def _use(code: InstallCode) -> None:
    living = InstallCode.objects.filter(pk=code.pk, expires_at__gt=Now(), revoked_at=None)
    if living.filter(uses_left__gt=0).update(uses_left=F("uses_left") - 1):
        return
    if living.exists():
        raise Forbidden("code_used_up", "This install code has been used up. Ask for a new one.")
    if InstallCode.objects.filter(pk=code.pk, revoked_at__isnull=False).exists():
        raise Forbidden("code_revoked", "This install code was revoked. Ask for a new one.")
    raise Forbidden("code_expired", "This install code has expired. Ask for a new one.")


def _create(name: str, platform: str) -> Registration:
    secret, key = secrets.token_urlsafe(32), secrets.token_bytes(KEY_BYTES)
    computer = Computer(name=name, platform=platform, secret_hash=secret_hash(secret))
    computer.set_key(key)
    try:
        with transaction.atomic():
            computer.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "name_taken",
            f"A computer named {name} is already registered. Ask an administrator to retire it in "
            "Admin | Agents, Names Waiting, then try again.",
            field="name",
        ) from None
    return Registration(computer=computer, secret=secret, computer_key=key)


def revoke_computer(*, computer_id: uuid.UUID, by: Actor) -> None:
    """From now on the computer's agent gets 401. Raises NotFound for an unknown or revoked one."""
    with transaction.atomic():
        living = Computer.objects.filter(pk=computer_id, revoked_at__isnull=True)
        if not living.update(revoked_at=Now()):
            raise NotFound(
                "no_computer", "There is no such computer, or it has already been revoked."
            )
        record(actor=by, verb="revoke", kind="computer", object_id=computer_id, facts={})
    computers.forget()
    log.info("computer_revoked", computer=str(computer_id))


def retire_computer(*, computer_id: uuid.UUID, by: Actor) -> None:
    """Revoke the computer for good, and let another one register by its name.

    Raises NotFound for an unknown or retired one.
    """
    with transaction.atomic():
        present = Computer.objects.filter(pk=computer_id, retired_at=None)
        if not present.update(retired_at=Now(), revoked_at=Coalesce("revoked_at", Now())):
            raise NotFound(
                "no_computer", "There is no such computer, or it has already been retired."
            )
        WaitingName.objects.filter(computer_id=computer_id).delete()
        record(actor=by, verb="retire", kind="computer", object_id=computer_id, facts={})
    computers.forget()
    log.info("computer_retired", computer=str(computer_id))


def revoke_install_code(*, code_id: uuid.UUID, by: Actor) -> None:
    """No computer registers with it any more. Raises NotFound for an unknown or revoked one."""
    with transaction.atomic():
        living = InstallCode.objects.filter(pk=code_id, revoked_at=None)
        if not living.update(revoked_at=Now()):
            raise NotFound(
                "no_code", "There is no such install code, or it has already been revoked."
            )
        record(actor=by, verb="revoke", kind="install_code", object_id=code_id, facts={})
