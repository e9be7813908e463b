"""From a server's settings to a conversation that can take mail: dialled, encrypted, signed in.

Every refusal is a Trouble that blames the destination. Nothing is sent in clear, neither an
account name nor mail, where encryption was promised, expected or offered.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import socket
import time
from typing import Final

from foreign_systems.smtp.answers import (
    Reply,
    Trouble,
    destination_trouble,
    names_ehlo,
    refused_ehlo_name,
    refused_session,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import IpAddress, dial, resolve
from foreign_systems.smtp.progress import Obstacle, Progress, Stopped
from foreign_systems.smtp.server import Server, Tokens
from foreign_systems.smtp.tls import handshake, note_tls, tls_context
from foreign_systems.smtp.wire import Lost, Wire
from foreign_systems.smtp_url import Security

_FULL_NAME: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
_MASK: Final = "********"  # what is recorded of a secret
_MECHANISM_REFUSED: Final = {501, 504, 534}  # only 535 speaks of the password


def open_wire(
    server: Server, deadline: Deadline, progress: Progress | None = None
) -> tuple[Wire, bool]:
    """Return a conversation that is ready for MAIL, and whether STARTTLS was offered.

    Raises Trouble; `progress` then tells at which step.
    """
    progress = progress or Progress()
    connected, peer = connect(server, deadline, progress)
    local_name = server.ehlo_name or _local_name(connected)
    wire = Wire(
        connected,
        peer=str(peer),
        local_name=local_name,
        deadline=deadline,
        record=progress.record,
    )
    try:
        offered = _greet_and_encrypt(wire, server, progress)
        if server.username is not None:
            _sign_in(wire, server, progress)
    except Lost as lost:
        wire.close()
        raise destination_trouble(str(lost)) from lost
    except BaseException:
        wire.close()
        raise
    return wire, offered


def connect(
    server: Server, deadline: Deadline, progress: Progress
) -> tuple[socket.socket, IpAddress]:
    """Return a TCP connection to the server, and where it leads. Raises Trouble."""
    progress.begin("Resolve")
    addresses = resolve(server, deadline)
    progress.addresses = addresses
    progress.end(f"{server.address.host} is {', '.join(map(str, addresses))}")
    progress.begin("Connect")
    began = time.monotonic()
    connected, peer = dial(addresses, server, deadline)
    progress.connected_in, progress.peer = time.monotonic() - began, peer
    progress.end(f"Connected to {peer} port {server.address.port}")
    return connected, peer


def _local_name(connected: socket.socket) -> str:
    """Our full name, or an address literal where there is none (RFC 5321, section 4.1.4)."""
    name = socket.gethostname()
    if _FULL_NAME.match(name):
        return name
    address = ipaddress.ip_address(connected.getsockname()[0].partition("%")[0])
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _greet_and_encrypt(wire: Wire, server: Server, progress: Progress) -> bool:
    if server.address.security is Security.IMPLICIT:
        _encrypt(wire, server, progress)
    progress.begin("Greeting")
    wire.begin("the greeting")
    greeting = wire.reply()
    if not greeting.positive:
        raise refused_session(greeting)
    progress.end(str(greeting))
    _hello(wire, progress)
    if server.address.security is Security.IMPLICIT:
        return False
    offered = wire.has_extn("starttls")
    progress.begin("TLS")
    if offered:
        reply = wire.ask("STARTTLS", "STARTTLS")
        if reply.code != 220:
            raise refused_session(reply)
        _encrypt(wire, server, progress)
        # What was offered in clear counts for nothing (RFC 3207, section 4.2).
        _hello(wire, progress)
    elif server.address.security is Security.REQUIRED:
        raise _stripped(
            Obstacle.NO_STARTTLS,
            "The server doesn't offer STARTTLS, which smtp+starttls:// requires.",
        )
    elif server.requires_tls:
        raise _stripped(
            Obstacle.STRIPPED, "The server offered STARTTLS before and doesn't offer it now."
        )
    return offered


def _hello(wire: Wire, progress: Progress) -> None:
    progress.begin("EHLO")
    wire.begin("EHLO")
    reply = _as_reply(wire.ehlo())
    if reply.code in {500, 501, 502, 504, 550}:  # a server older than ESMTP
        wire.begin("HELO")
        reply = _as_reply(wire.helo())
    name = wire.local_hostname
    if names_ehlo(reply, name) or reply.code in {501, 504}:  # these two can mean nothing else here
        raise Trouble(refused_ehlo_name(reply, name))
    if not reply.positive:
        raise refused_session(reply)
    progress.end(str(reply))


def _as_reply(answered: tuple[int, bytes]) -> Reply:
    return Reply(answered[0], answered[1].decode("utf-8", "replace"))


def _stripped(obstacle: Obstacle, sentence: str) -> Stopped:
    return Stopped(
        obstacle,
        f"{sentence} Nothing was sent: someone in between may be removing it.",
    )


def _encrypt(wire: Wire, server: Server, progress: Progress) -> None:
    progress.begin("TLS")
    handshake(lambda: wire.start_tls(tls_context(server.ca), server.address.host))
    note_tls(wire.sock, progress)


def _sign_in(wire: Wire, server: Server, progress: Progress) -> None:
    """AUTH by the first mechanism that the server knows: a refused password isn't tried again."""
    progress.begin("AUTH")
    if not sign_in_is_safe(encrypted=wire.encrypted, peer=wire.peer):
        raise Stopped(
            Obstacle.UNSAFE_SIGN_IN,
            "Not signed in: without TLS the password would travel unencrypted. Use "
            "smtp+starttls:// or smtps://, or a server that offers STARTTLS.",
        )
    offered = wire.esmtp_features.get("auth", "").upper().split()
    ours = ("PLAIN", "LOGIN") if server.tokens is None else ("XOAUTH2",)
    mechanisms = [name for name in ours if name in offered]
    if not mechanisms:
        raise Stopped(
            Obstacle.NO_MECHANISM,
            f"The server offers no sign-in by {'XOAUTH2' if server.tokens else 'password'} "
            f"(it offers: {' '.join(offered) or 'nothing'}).",
        )
    for progress.mechanism in mechanisms:
        reply = _authenticate(wire, server, progress.mechanism)
        if reply.code not in _MECHANISM_REFUSED:
            break
    if not reply.positive:
        raise refused_session(reply)
    progress.end(str(reply))


def _authenticate(wire: Wire, server: Server, mechanism: str) -> Reply:
    name, password = server.username or "", server.password or ""
    if server.tokens is not None:
        return _show_token(wire, name, server.tokens)
    both = _base64(f"\0{name}\0{password}")
    wire.hide(password, both, _base64(password))
    if mechanism == "PLAIN":
        reply = wire.ask("AUTH", f"AUTH PLAIN {both}", shown=f"AUTH PLAIN {_MASK}")
        further = [both]  # for a server that takes no initial response
    else:
        reply = wire.ask("AUTH", "AUTH LOGIN")
        further = [_base64(name), _base64(password)]
    for secret in further:
        if reply.code == 334:
            reply = wire.ask("AUTH", secret, shown=_MASK)
    wire.stop_hiding()
    return reply


def _show_token(wire: Wire, name: str, tokens: Tokens) -> Reply:
    """AUTH XOAUTH2. A server that refuses says why as a challenge, which wants an empty answer."""
    token = tokens()
    wire.begin("AUTH")  # the token server may have taken the step's time
    answer = xoauth2(name, token)
    wire.hide(token, _base64(answer))
    reply = wire.ask("AUTH", f"AUTH XOAUTH2 {_base64(answer)}", shown=f"AUTH XOAUTH2 {_MASK}")
    if reply.code == 334:
        reply = wire.ask("AUTH", "")
    wire.stop_hiding()
    if not reply.positive:
        tokens.forget()
    return reply


def xoauth2(name: str, token: str) -> str:
    """What is said for the mechanism XOAUTH2, before it is encoded."""
    return f"user={name}\1auth=Bearer {token}\1\1"


def sign_in_is_safe(*, encrypted: bool, peer: str) -> bool:
    """Whether a password may be sent to the IP address `peer`: by TLS, or within this machine."""
    return encrypted or ipaddress.ip_address(peer.partition("%")[0]).is_loopback


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
