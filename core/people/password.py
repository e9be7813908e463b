"""Asking for the password again before a sensitive change.

The password is a field of the form that makes the change: allauth's own way suspends the POST and
keeps what was posted, secrets too, in the session.
"""

import time
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest

from core.people.models import User

FRESH = 15 * 60  # seconds
_KEY = "password_entered_at"


def password_was_entered(request: HttpRequest) -> None:
    """Remember in the session that the user has just entered the password."""
    request.session[_KEY] = int(time.time())


def needs_password(request: HttpRequest) -> bool:
    """Whether it was entered too long ago, or never in this session."""
    entered: Any = request.session.get(_KEY, 0)
    return not 0 <= time.time() - entered <= FRESH


def too_many_tries(request: HttpRequest, user: User) -> bool:
    """Count an attempt; whether allauth's limit (ACCOUNT_RATE_LIMITS, reauthenticate) is exceeded."""
    return not ratelimit.consume(request, action="reauthenticate", user=user)
