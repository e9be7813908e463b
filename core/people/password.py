"""Asking for the password again before something sensitive is changed.

It is a field of the very form that changes it, so nothing that was posted is ever kept aside.
"""

import time
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest

from core.people.models import User

FRESH = 15 * 60  # seconds
_KEY = "password_entered_at"


def password_was_entered(request: HttpRequest) -> None:
    """Remember in the session that the person at it has just given his password."""
    request.session[_KEY] = int(time.time())


def needs_password(request: HttpRequest) -> bool:
    """Whether it was entered too long ago, or never in this session."""
    entered: Any = request.session.get(_KEY, 0)
    return not 0 <= time.time() - entered <= FRESH


def too_many_tries(request: HttpRequest, user: User) -> bool:
    """Count a try; whether there were too many of late (ACCOUNT_RATE_LIMITS, reauthenticate)."""
    return not ratelimit.consume(request, action="reauthenticate", user=user)
