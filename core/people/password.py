"""Asking for the password again before a sensitive change.

The password is a field of the form that makes the change: allauth's own way suspends the POST and
keeps what was posted, secrets too, in the session.
"""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from core.actors import Actor
from core.audit.services import record
from core.people.attempts import Attempt
from core.people.models import User
from core.people.sessions import ENTERED_AT, renew

FRESH = 15 * 60  # seconds


def password_was_entered(request: HttpRequest) -> None:
    """Remember in the session that the user has just entered the password."""
    request.session[ENTERED_AT] = int(time.time())


def needs_password(request: HttpRequest) -> bool:
    """Whether it was entered too long ago, or never in this session."""
    entered: Any = request.session.get(ENTERED_AT, 0)
    return not 0 <= time.time() - entered <= FRESH


class SessionEnded(Exception):
    """Too many wrong passwords: whoever sits there has to sign in anew."""


def enter_again(request: HttpRequest, user: User, check: Callable[[], bool]) -> bool:
    """Whether the password that was entered again is right, as `check` says; the session is renewed then.

    Wrong ones count like those of a sign-in and are in the audit trail. After too many the session
    ends; raises SessionEnded then, and without looking at the password if there were too many before.
    """
    attempt = Attempt.of_user(request, user)
    right = not attempt.refused and check()
    if right:
        attempt.rollback()
        renew(request)
        password_was_entered(request)
        return True
    ends = attempt.refused or attempt.is_last
    facts = {"address": attempt.address, "path": request.path, "session_ended": ends}
    with transaction.atomic():
        record(
            actor=Actor.of_user(user),
            verb="wrong password",
            kind="user",
            object_id=user.pk,
            facts=facts,
        )
    if ends:
        logout(request)
        raise SessionEnded
    return False
