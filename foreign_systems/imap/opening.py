"""From a server's settings to an IMAP conversation that is signed in: dialled, encrypted, let in.

Every refusal is a Trouble. Nothing is sent in clear, neither an account name nor a password, but to
this machine.
"""

from __future__ import annotations

import base64
import imaplib
import socket
from collections.abc import Callable
from typing import Any, Final

from foreign_systems.imap.session import Session, words_of
from foreign_systems.imap.wire import Wire
from foreign_systems.smtp.answers import Trouble, destination_trouble
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.opening import connect, sign_in_is_safe, xoauth2
from foreign_systems.smtp.progress import Obstacle, Progress, Stopped
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.tls import handshake, note_tls, tls_context
from foreign_systems.smtp.wire import Lost
from foreign_systems.smtp_url import Security

_LOGIN_WORDS: Final = 3  # tag, LOGIN, account name: what follows is the password


class Refused(Trouble):
    """The server refused a step; the text is its own words."""

    def __init__(self, error: Exception) -> None:
        super().__init__(destination_trouble(words_of(error), alert=True).answer)


def open_session(server: Server, deadline: Deadline, progress: Progress | None = None) -> Session:
    """Return a conversation that is signed in. Raises Trouble; `progress` tells at which step."""
    progress = progress or Progress()
    connected, peer = connect(server, deadline, progress)
    connected.settimeout(deadline.step())
    try:
        if server.address.security is Security.IMPLICIT:
            progress.begin("TLS")
            context = tls_context(server.ca)
            plain, host = connected, server.address.host
            connected = handshake(lambda: context.wrap_socket(plain, server_hostname=host))
            note_tls(connected, progress)
        wire = _greeted(connected, server, str(peer), deadline, progress)
    except BaseException:
        connected.close()
        raise
    try:
        if server.address.security is not Security.IMPLICIT:
            _encrypt(wire, server, progress)
        progress.begin("AUTH")
        sign_in(wire, server, progress)
        return Session(wire)
    except Lost as lost:
        wire.shutdown()
        raise destination_trouble(str(lost)) from lost
    except BaseException:
        wire.shutdown()
        raise


def _greeted(
    connected: socket.socket, server: Server, peer: str, deadline: Deadline, progress: Progress
) -> Wire:
    progress.begin("Greeting")
    try:
        wire = Wire(
            connected,
            host=server.address.host,
            peer=peer,
            deadline=deadline,
            record=progress.record,
        )
    except imaplib.IMAP4.abort as error:
        raise Stopped(Obstacle.NOT_SMTP, f"This isn't IMAP: {words_of(error)}") from error
    except imaplib.IMAP4.error as error:
        raise Refused(error) from error
    except Lost as lost:
        raise destination_trouble(str(lost)) from lost
    progress.end(bytes(wire.welcome or b"").decode("utf-8", "replace"))
    return wire


def _encrypt(wire: Wire, server: Server, progress: Progress) -> None:
    """STARTTLS, where the server offers it; where it doesn't, and has to, the end."""
    progress.begin("TLS")
    if "STARTTLS" not in wire.capabilities:
        if server.address.security is Security.REQUIRED:
            raise Stopped(
                Obstacle.NO_STARTTLS,
                "The server doesn't offer STARTTLS, which imap+starttls:// requires. Nothing was "
                "sent: someone in between may be removing it.",
            )
        return
    context = tls_context(server.ca)
    try:
        handshake(lambda: wire.start_tls(context))
    except imaplib.IMAP4.error as error:
        raise Refused(error) from error
    note_tls(wire.sock, progress)


def sign_in(wire: Wire, server: Server, progress: Progress) -> None:
    """By one mechanism only: trying several after a refusal locks accounts."""
    if wire.state != "NONAUTH":
        progress.end("the server requires no sign-in (PREAUTH)")
        return
    if not sign_in_is_safe(encrypted=wire.encrypted, peer=wire.peer):
        raise Stopped(
            Obstacle.UNSAFE_SIGN_IN,
            "Not signed in: without TLS the password would travel unencrypted. Use "
            "imaps:// or imap+starttls://.",
        )
    progress.mechanism = _mechanism(wire, server)
    name, secret = server.username or "", server.password or ""
    said: Any
    try:
        if server.tokens is not None:
            progress.begin("Token")
            secret = server.tokens()
            progress.begin("AUTH")
            answer = xoauth2(name, secret)
        else:
            answer = f"\0{name}\0{secret}"
        encoded = base64.b64encode(answer.encode("utf-8", "surrogatepass")).decode()
        with wire.hiding(secret, encoded, words=_LOGIN_WORDS):
            if progress.mechanism == "LOGIN":
                _, said = wire.sign_in(_quotable(name), _quotable(secret))
            else:
                _, said = wire.authenticate(progress.mechanism, _answering(answer))
    except imaplib.IMAP4.error as error:
        if server.tokens is not None:
            server.tokens.forget()
        raise Refused(error) from error
    except UnicodeError as error:
        raise Stopped(
            Obstacle.NO_MECHANISM,
            "The server takes no account names or passwords beyond plain ASCII.",
        ) from error
    progress.end(b" ".join(each for each in said if each).decode("utf-8", "replace"))


def _answering(answer: str) -> Callable[[bytes], bytes]:
    """Says `answer` once; where the server wants more, it has refused and is waiting to say so."""
    answers = iter([answer.encode("utf-8", "surrogatepass")])
    return lambda challenge: next(answers, b"")


def _quotable(text: str) -> str:
    """`text` for LOGIN, which imaplib quotes. Raises UnicodeError for what would end the command."""
    if not (text.isascii() and text.isprintable()):
        raise UnicodeError("not printable ASCII")
    return text


def _mechanism(wire: Wire, server: Server) -> str:
    offered = set(wire.capabilities)
    if server.tokens is not None:
        if "AUTH=XOAUTH2" in offered:
            return "XOAUTH2"
        raise Stopped(
            Obstacle.NO_MECHANISM,
            f"The server offers no sign-in by XOAUTH2 (it offers: {_auths(offered)}).",
        )
    if "AUTH=PLAIN" in offered:
        return "PLAIN"
    if "LOGINDISABLED" in offered:
        raise Stopped(
            Obstacle.NO_MECHANISM,
            f"The server offers no sign-in by password (it offers: {_auths(offered)}).",
        )
    return "LOGIN"


def _auths(offered: set[str]) -> str:
    names = sorted(each.removeprefix("AUTH=") for each in offered if each.startswith("AUTH="))
    return " ".join(names) or "nothing"
