"""Webhook: each event as a signed POST of JSON over HTTPS."""

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from foreign_systems.kinds import WebhookSettings
from foreign_systems.openid.fetch import OpenIdError, connected
from foreign_systems.receivers.events import Event
from foreign_systems.receivers.trouble import DeliveryTrouble, cut_off
from foreign_systems.smtp.answers import Trouble, printable
from foreign_systems.smtp.tls import tls_context

ID: Final = "X-Pmconsole-Id"
TIME: Final = "X-Pmconsole-Time"  # seconds since 1970, when it was sent
SIGNATURE: Final = "X-Pmconsole-Signature"
MAX_ANSWER: Final = 2_000  # bytes of it that are read, for people
MAX_POST: Final = 20.0  # seconds for all of one


def signature(secret: str, key: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 over id, time and body, joined by dots."""
    signed = f"{key}.{at}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def post(
    typed: WebhookSettings,
    secret: str,
    event: Event,
    tell: Callable[[str, str], None] = lambda who, text: None,
) -> None:
    """Send one event; only an answer of 200 to 299 counts. Raises DeliveryTrouble.

    No redirect is followed. An address that isn't allowed isn't dialled.
    """
    if not secret:
        raise DeliveryTrouble("The credential has no secret, so nothing can be signed.")
    status, reason, said = _answer(typed, secret, event, tell)
    tell("S", f"{status} {reason}".rstrip())
    if said:
        tell("S", said)
    if not 200 <= status < 300:
        words = f" {reason}" if reason else ""
        redirects = " Redirects aren't followed." if 300 <= status < 400 else ""
        text = f"The receiver answered {status}{words}. {said[:300]}{redirects}"
        raise DeliveryTrouble(printable(text))


def _answer(
    typed: WebhookSettings, secret: str, event: Event, tell: Callable[[str, str], None]
) -> tuple[int, str, str]:
    parts = urlsplit(typed.base_url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    at = str(int(time.time()))
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "pmconsole",
        "Connection": "close",
        ID: event.key,
        TIME: at,
        SIGNATURE: signature(secret, event.key, at, event.body),
    }
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = http.client.HTTPConnection(host, port)
    connection.auto_open = 0  # nothing but the checked address is ever dialled
    try:
        connection.sock = connected(
            host,
            port,
            secure=secure,
            allow_loopback=settings.TRIAL,
            allow_private=typed.private_network,
            loopback_only=settings.TRIAL and not settings.REAL_MAIL,
            context=tls_context(typed.ca or None),
            timeout=typed.timeout,
        )
        with contextlib.closing(connection), cut_off(connection.sock, MAX_POST):
            tell("C", f"POST {path}")
            for name in (ID, TIME, SIGNATURE):
                tell("C", f"{name}: {headers[name]}")
            connection.request("POST", path, event.body, headers)
            answer = connection.getresponse()
            data = answer.read(MAX_ANSWER)
    except OpenIdError as error:
        raise DeliveryTrouble(str(error)) from error
    except Trouble as trouble:
        raise DeliveryTrouble(trouble.answer.text) from trouble
    except ssl.SSLCertVerificationError as error:
        raise DeliveryTrouble(
            f"The receiver's certificate isn't accepted: {error.verify_message}."
        ) from error
    except socket.gaierror as error:
        raise DeliveryTrouble(f"{host} can't be looked up: {error.strerror}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = f"{host} didn't answer: {error or type(error).__name__}"
        raise DeliveryTrouble(printable(text)) from error
    return answer.status, printable(answer.reason), printable(data.decode("utf-8", "replace"))
