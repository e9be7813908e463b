"""Signing in by user name or address, with each password looked at once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from core.people.models import User


class OneLook(AuthenticationBackend):
    """allauth tries what was typed as an address, as a name, and as an address again. Each try of
    somebody whom it finds takes a tenth of a second, so the time would tell whose address is known.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        self._looked_at: set[object] = set()
        found: User | None = super().authenticate(request, **credentials)
        return found

    def _check_password(self, user: User | None, password: str) -> User | None:
        if user is not None and user.pk in self._looked_at:
            return None
        self._looked_at.add(user.pk if user else None)
        found: User | None = super()._check_password(user, password)
        return found
