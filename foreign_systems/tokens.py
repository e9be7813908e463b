"""Access tokens of OAuth 2.0 for signing in to mail servers by XOAUTH2 (RFC 6749, 4.4 and 6).

A token is kept in this process until shortly before it ends, or until a server refuses it. A refresh
token that the token server replaces is stored encrypted in the old one's place.
"""

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from core.keys.fields import seal
from foreign_systems.models import Credential
from foreign_systems.openid.fetch import OpenIdError, fetch
from foreign_systems.smtp.answers import Trouble, destination_trouble
from foreign_systems.smtp.blot import blotter

USUAL_LIFE: Final = 300.0  # seconds, where the token server doesn't say
SPARE: Final = 60.0  # seconds before its end a token isn't used any more
MAX_TOKEN: Final = 8_000  # characters; what is sent as one line
_Key = tuple[uuid.UUID, datetime]
_tokens: dict[_Key, tuple[str, float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class CredentialTokens:
    """The tokens of a credential, as foreign_systems.smtp.server.Tokens wants them."""

    credential: Credential

    def __call__(self) -> str:
        """A token that should be valid. Raises Trouble, in the token server's words."""
        with _lock:
            token, ends = _tokens.get(self._key, ("", 0.0))
        if time.monotonic() < ends:
            return token
        answer = _answer(self.credential)
        token, ends = _token_in(answer)
        with _lock:
            for old in [key for key in _tokens if key[0] == self.credential.pk]:
                del _tokens[old]
            _tokens[self._key] = token, ends
        return token

    def forget(self) -> None:
        """A server refused it: ask for another one next time."""
        with _lock:
            _tokens.pop(self._key, None)

    @property
    def _key(self) -> _Key:
        return self.credential.pk, self.credential.updated_at


def _answer(credential: Credential) -> dict[str, Any]:
    """What the token server answers; a replaced refresh token is stored."""
    used = credential.refresh_token()
    try:
        answer = _asked(credential, used)
    except OpenIdError as error:
        # Another process may have been given a new refresh token just now.
        credential.refresh_from_db(fields=["encrypted_refresh_token"])
        if (newer := credential.refresh_token()) == used:
            raise _no_token(credential, error) from error
        try:
            answer = _asked(credential, used := newer)
        except OpenIdError as again:
            raise _no_token(credential, again) from again
    new = answer.get("refresh_token")
    if used and isinstance(new, str) and new not in {"", used}:
        _replace(credential, used, new)
    return answer


def _replace(credential: Credential, used: str, new: str) -> None:
    """Store `new`, unless somebody has signed in or entered another one meanwhile."""
    rows = Credential.objects.filter(pk=credential.pk)
    with transaction.atomic():
        stored = rows.select_for_update().first()
        if stored is not None and stored.refresh_token() == used:
            seal(credential, "encrypted_refresh_token", new.encode())
            rows.update(encrypted_refresh_token=credential.encrypted_refresh_token)


def _asked(credential: Credential, refresh: str) -> dict[str, Any]:
    form = client_of(credential)
    if credential.method == Credential.Method.REFRESH_TOKEN:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh}
    else:
        form |= {"grant_type": "client_credentials"}
    if credential.scope:
        form["scope"] = credential.scope
    return fetch(credential.token_url, allow_loopback=settings.TRIAL, form=form)


def client_of(credential: Credential) -> dict[str, str]:
    """How the client names and proves itself to the token server; a public one has no secret."""
    form = {"client_id": credential.client_id}
    if credential.secret():
        form["client_secret"] = credential.secret()
    return form


def _token_in(answer: dict[str, Any]) -> tuple[str, float]:
    """The token, and when it ends by the monotonic clock."""
    token, kind = answer.get("access_token"), str(answer.get("token_type", "Bearer"))
    usable = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
    if not usable or not token or len(token) > MAX_TOKEN or kind.lower() != "bearer":
        raise destination_trouble("The token server's answer holds no usable token.", alert=True)
    try:
        life = float(answer.get("expires_in", USUAL_LIFE))
    except (TypeError, ValueError):
        life = USUAL_LIFE
    return token, time.monotonic() + max(min(life, 86_400.0) - SPARE, 0.0)


def _no_token(credential: Credential, error: OpenIdError) -> Trouble:
    return destination_trouble(f"No access token: {without_secrets(credential, error)}", alert=True)


def without_secrets(credential: Credential, error: OpenIdError) -> str:
    """The token server's words, without secrets that it may repeat."""
    said = str(error).encode()
    for secret in (credential.secret(), credential.refresh_token()):
        said = blotter(secret, ())(said)
    return said.decode("utf-8", "replace")
