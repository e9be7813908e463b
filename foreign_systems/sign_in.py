"""A person signs in, and a credential gets its refresh token: by a code that is entered on any device
(RFC 8628), or in the same browser (RFC 6749, 4.1, with PKCE, RFC 7636).

What a token server says is only text: addresses of its answers are shown, never fetched.
"""

import base64
import hashlib
import math
import re
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import transaction

from foreign_systems.circuits import give_probe_back
from foreign_systems.models import Credential
from foreign_systems.openid.fetch import OpenIdError, fetch
from foreign_systems.smtp.answers import printable
from foreign_systems.tokens import client_of, without_secrets
from items.author import Author
from items.services import changing

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
MAX_LIFE: Final = 1_800.0  # seconds that a code is waited for
USUAL_INTERVAL, MAX_INTERVAL = 5.0, 60.0  # seconds between two questions (RFC 8628, 3.2)
SLOWER: Final = 5.0  # seconds more after slow_down (RFC 8628, 3.5)
MAX_REFRESH_TOKEN: Final = 8_000  # characters
MAX_CODE: Final = 64  # characters that a person is to type
_MICROSOFT: Final = re.compile(
    r"(https://login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn)/[^/?#]+/oauth2/v2\.0/)token"
)
_GOOGLE: Final = "https://oauth2.googleapis.com/token"
_WAITING: Final = "authorization_pending"
_DECLINED: Final = {"access_denied", "authorization_declined"}  # the second is Microsoft's
_EXPIRED: Final = {"expired_token", "code_expired"}


class SignInFailed(Exception):
    """It came to no refresh token and won't any more: a sentence that says why and what to do."""


class NotYet(Exception):
    """The person hasn't signed in so far; ask again after `interval` seconds.

    `trouble`: why the token server couldn't be asked; "" where it answered.
    """

    def __init__(self, interval: float, trouble: str = "") -> None:
        super().__init__(trouble)
        self.interval, self.trouble = min(interval, MAX_INTERVAL), trouble


@dataclass(frozen=True)
class Code:
    """What a person enters where. `device_code` is our secret half of it; times are in seconds."""

    device_code: str
    user_code: str
    address: str
    life: float
    interval: float


def device_address(token_url: str, device_url: str = "") -> str:
    """Where codes are asked for: as given, else Microsoft's; "" where none is known.

    Google's isn't among them: it gives no codes for its mail.
    """
    known = _MICROSOFT.fullmatch(token_url)
    return device_url or (f"{known[1]}devicecode" if known else "")


def browser_address(token_url: str, authorize_url: str = "") -> str:
    """Where a browser is sent to: as given, else Microsoft's or Google's; "" where none is known."""
    known = _MICROSOFT.fullmatch(token_url)
    google = "https://accounts.google.com/o/oauth2/v2/auth" if token_url == _GOOGLE else ""
    return authorize_url or (f"{known[1]}authorize" if known else google)


def ask_for_code(credential: Credential) -> Code:
    """Begin with a code. Raises SignInFailed, in the token server's words."""
    form = {"client_id": credential.client_id, "scope": credential.scope}
    address = device_address(credential.token_url, credential.device_url)
    try:
        answer = fetch(address, allow_loopback=settings.TRIAL, form=form)
    except OpenIdError as error:
        raise SignInFailed(f"No code: {without_secrets(credential, error)}") from error
    # Google, and others of before the RFC, say verification_url.
    page = answer.get("verification_uri", answer.get("verification_url"))
    device_code, user_code = answer.get("device_code"), answer.get("user_code")
    if not (
        _is_token(device_code) and isinstance(user_code, str) and 0 < len(user_code) <= MAX_CODE
    ):
        raise SignInFailed("The token server's answer holds no usable code.")
    return Code(
        device_code=str(device_code),
        user_code=printable(user_code),
        address=_page(page),
        life=_seconds(answer.get("expires_in"), usual=MAX_LIFE, most=MAX_LIFE),
        interval=_seconds(answer.get("interval"), usual=USUAL_INTERVAL, most=MAX_INTERVAL),
    )


def token_for_code(credential: Credential, device_code: str, interval: float) -> str:
    """The refresh token, if the person has signed in. Raises NotYet, SignInFailed."""
    form = client_of(credential) | {"grant_type": DEVICE_GRANT, "device_code": device_code}
    try:
        answer = fetch(credential.token_url, allow_loopback=settings.TRIAL, form=form)
    except OpenIdError as error:
        if error.code == _WAITING:
            raise NotYet(interval) from None
        if error.code == "slow_down":
            raise NotYet(interval + SLOWER) from None
        if error.may_pass:
            raise NotYet(interval * 2, without_secrets(credential, error)) from None
        raise _failed(credential, error) from error
    return _refresh_token_in(answer)


def new_secret() -> str:
    """A state, or a code verifier (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(48)


def browser_link(credential: Credential, *, state: str, verifier: str, back: str) -> str:
    """Where the browser goes to sign in; it comes back to `back`."""
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": credential.client_id,
        "redirect_uri": back,
        "scope": credential.scope,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": credential.account_name,
        # Without these two Google gives a refresh token at the first time only, or none.
        "access_type": "offline",
        "prompt": "consent",
    }
    address = browser_address(credential.token_url, credential.authorize_url)
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def token_for_browser(credential: Credential, *, code: str, verifier: str, back: str) -> str:
    """The refresh token for what the browser brought back. Raises SignInFailed."""
    form = client_of(credential) | {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    try:
        answer = fetch(credential.token_url, allow_loopback=settings.TRIAL, form=form)
    except OpenIdError as error:
        raise _failed(credential, error) from error
    return _refresh_token_in(answer)


def refused(code: str, description: str) -> SignInFailed:
    """What it means that the provider sent the browser back with this error (RFC 6749, 4.1.2.1)."""
    if code in _DECLINED:
        return SignInFailed("The sign-in was declined.")
    said = ": ".join(printable(text)[:300] for text in (code, description) if text)
    return SignInFailed(f"The provider refused the sign-in: {said.rstrip('.')}.")


def store(credential: Credential, refresh_token: str, *, by: Author) -> None:
    """Keep it encrypted, with its entry in Change History; servers that wait for it are tried at once.

    Raises items.services.StaleItem.
    """
    with transaction.atomic():
        with changing(credential, by=by, secrets=["Refresh Token"]):
            credential.set_refresh_token(refresh_token)
        for system in credential.systems.all():
            give_probe_back(system)


def _failed(credential: Credential, error: OpenIdError) -> SignInFailed:
    if error.code in _DECLINED:
        return SignInFailed("The sign-in was declined.")
    if error.code in _EXPIRED:
        return SignInFailed("The code has expired. Start again.")
    return SignInFailed(f"No token: {without_secrets(credential, error)}")


def _refresh_token_in(answer: dict[str, Any]) -> str:
    token = answer.get("refresh_token")
    if not token:
        raise SignInFailed(
            "The token server gave no refresh token. Microsoft needs offline_access in the Scope; "
            "elsewhere the client may need to be allowed offline access."
        )
    if not _is_token(token):
        raise SignInFailed("The token server's answer holds no usable refresh token.")
    return str(token)


def _is_token(value: object) -> bool:
    usable = isinstance(value, str) and value.isascii() and value.isprintable()
    return usable and 0 < len(str(value)) <= MAX_REFRESH_TOKEN


def _page(address: object) -> str:
    """The page that a person is to open: nothing but a web page's address may become a link."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        allowed = {"https", "http"} if settings.TRIAL else {"https"}
        usable = parts.scheme in allowed and bool(parts.hostname) and str(address).isprintable()
    except ValueError:
        usable = False
    if not usable or len(str(address)) > 500:
        raise SignInFailed("The token server names no usable page to sign in at.")
    return str(address)


def _seconds(value: object, *, usual: float, most: float) -> float:
    try:
        found = float(value)  # type: ignore[arg-type]  # whatever the server says
    except (TypeError, ValueError):
        return usual
    return min(max(found, 1.0), most) if math.isfinite(found) else usual
