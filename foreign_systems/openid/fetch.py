"""Asks a provider for JSON over HTTPS: the checked address is dialled, and no redirect followed.

Loopback, link-local and metadata addresses are refused, unless the caller allows loopback, as a trial
does: then it is allowed alone, and without TLS.
"""

import base64
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from foreign_systems.smtp.answers import printable
from foreign_systems.smtp.dial import carried, may_dial

TIMEOUT: Final = 10.0  # seconds for each step
MAX_BYTES: Final = 1_000_000
MAX_REASON: Final = 300  # characters of each of an error's words


class OpenIdError(Exception):
    """The provider can't be asked, or what it says can't be trusted: a sentence that says why.

    `code` is the error that it names itself (RFC 6749, 5.2); `may_pass`: it couldn't be reached, or it
    is in trouble.
    """

    def __init__(self, text: str, *, code: str = "", may_pass: bool = False) -> None:
        super().__init__(text)
        self.code, self.may_pass = code, may_pass


def fetch(
    url: str,
    *,
    allow_loopback: bool,
    form: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
    bearer: str = "",
) -> dict[str, Any]:
    """The JSON object at `url`; with `form`, what posting it gives. Raises OpenIdError."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not host or not (secure or (allow_loopback and parts.scheme == "http")):
        raise OpenIdError(f"{url} isn't an https address.")
    port = parts.port or (443 if secure else 80)
    headers = {"Host": parts.netloc.rpartition("@")[2], "Accept": "application/json"}
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    body = urlencode(form) if form is not None else None
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.sock = connected(host, port, secure=secure, allow_loopback=allow_loopback)
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        data = answer.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise OpenIdError(f"{host} can't be asked: {error}", may_pass=True) from error
    finally:
        connection.close()
    return _object(url, answer.status, data)


def connected(
    host: str,
    port: int,
    *,
    secure: bool,
    allow_loopback: bool,
    allow_private: bool = True,
    loopback_only: bool = False,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
) -> socket.socket:
    """A connection to an address of `host` that may be dialled, with TLS for its name.

    Raises OpenIdError for an address that isn't allowed, and OSError.
    """
    found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    addresses = [
        ipaddress.ip_address(str(text).partition("%")[0]) for text in sorted(map(str, found))
    ]
    loopback = [each for each in addresses if each.is_loopback]
    if not secure and len(loopback) != len(addresses):
        raise OpenIdError(f"{host} must be reached over https.")
    allowed = [each for each in addresses if _may_ask(each, private=allow_private)]
    allowed += loopback if allow_loopback else []
    if loopback_only and not loopback:
        raise OpenIdError(
            f"Not connected to {host}: a trial connects only to receivers on this machine. Start it with "
            "--real-mail to use others."
        )
    allowed = loopback if loopback_only else allowed
    if not allowed:
        shown = ", ".join(map(str, addresses))
        raise OpenIdError(f"{host} is {shown}, which isn't an allowed address.")
    plain = socket.create_connection((str(allowed[0]), port), timeout)
    if not secure:
        return plain
    try:
        context = context or ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _may_ask(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, private: bool) -> bool:
    all_of_it = (address, *carried(address))
    if not private and not all(each.is_global for each in all_of_it):
        return False
    return may_dial(address) and not any(each.is_loopback for each in all_of_it)


def _object(url: str, status: int, data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise OpenIdError(f"{url} answered more than {MAX_BYTES} bytes.")
    if status != http.client.OK:
        code, reason = _refusal(data)
        raise OpenIdError(
            f"{url} answered {status}{reason}.",
            code=code,
            may_pass=status >= http.client.INTERNAL_SERVER_ERROR,
        )
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise OpenIdError(f"{url} answered no JSON.") from error
    if not isinstance(value, dict):
        raise OpenIdError(f"{url} answered no JSON object.")
    return value


def _refusal(data: bytes) -> tuple[str, str]:
    """The code of an error answer (RFC 6749, 5.2), and `: error: description` on one line; "" for what
    it lacks.
    """
    try:
        value = json.loads(data)
        code = str(value.get("error", ""))
        said = [value[name] for name in ("error", "error_description") if value.get(name)]
    except (ValueError, RecursionError, AttributeError):
        return "", ""
    return code, "".join(f": {printable(str(each))[:MAX_REASON]}" for each in said).rstrip(".")
