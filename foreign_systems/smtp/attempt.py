"""Trying out an SMTP server step by step, in the server's own words."""

from __future__ import annotations

import contextlib
import os
import ssl
import time
from dataclasses import dataclass, replace
from errno import ECONNREFUSED, ECONNRESET
from typing import Final

from foreign_systems.smtp import transaction
from foreign_systems.smtp.answers import (
    Answer,
    Kind,
    Trouble,
    destination_trouble,
)
from foreign_systems.smtp.certificate import (
    Handshake,
    not_accepted,
    shown_certificate,
    smtp_handshake,
    what_else_is_wrong,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import dial
from foreign_systems.smtp.opening import Obstacle, Progress, Stopped, open_wire, tls_context
from foreign_systems.smtp.server import Resolver, Server
from foreign_systems.smtp.transaction import spelt
from foreign_systems.smtp.transcript import Transcript, TranscriptLine
from foreign_systems.smtp.wire import Lost, Wire, crlf_lines
from foreign_systems.smtp_url import Security

_AFTER_RCPT: Final = {"DATA", "the message", "the final dot"}  # as Wire.step names them
_IN_CLEAR: Final = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}
_CERTIFICATES: Final = {  # OpenSSL's X509_V_ERR_…
    2: Obstacle.UNKNOWN_AUTHORITY,
    9: Obstacle.NOT_YET_VALID,
    10: Obstacle.EXPIRED,
    18: Obstacle.SELF_SIGNED,
    19: Obstacle.UNKNOWN_AUTHORITY,
    20: Obstacle.UNKNOWN_AUTHORITY,
    21: Obstacle.UNKNOWN_AUTHORITY,
    62: Obstacle.MISNAMED,
    64: Obstacle.MISNAMED,
}


@dataclass(frozen=True)
class Fault:
    """The step that went wrong: Resolve, Connect, Greeting, EHLO, TLS, AUTH, MAIL FROM, RCPT TO, DATA.

    `obstacle` is None where the server refused, or where no more is known than `answer` says.
    """

    step: str
    answer: Answer
    obstacle: Obstacle | None = None
    certificate: bytes = b""  # DER, where to trust the server's own is all that is missing


@dataclass(frozen=True)
class Attempt:
    """What a try found out. `fault` is None when all went well; `progress` holds what did."""

    progress: Progress
    fault: Fault | None
    transcript: tuple[TranscriptLine, ...]
    milliseconds: int

    def said(self, step: str) -> str | None:
        """What the server said in a step that went well; None if it did not come to that."""
        return dict(self.progress.done).get(step)


def attempt(
    server: Server, *, mail_from: str, recipient: str | None = None, data: bytes | None = None
) -> Attempt:
    """Connect, encrypt, sign in and ask for `mail_from`, and for a recipient where one is given.

    With `data`, that is really sent. Nothing raises. Takes at most `Server.total_timeout` seconds.
    """
    began = time.monotonic()
    transcript = Transcript()
    progress = Progress(transcript)
    deadline = Deadline(step=server.timeout, total=server.total_timeout)
    opened = _open(server, deadline, progress, transcript)
    if isinstance(opened, Fault):
        fault: Fault | None = opened
    else:
        try:
            fault = _converse(opened, progress, transcript, mail_from, recipient, data)
        finally:
            with contextlib.suppress(Lost, Trouble):
                opened.ask("QUIT", "QUIT")
            opened.close()
    took = round((time.monotonic() - began) * 1_000)
    return Attempt(progress, fault, transcript.lines(), took)


# From MAIL on.


def _converse(
    wire: Wire,
    progress: Progress,
    transcript: Transcript,
    mail_from: str,
    recipient: str | None,
    data: bytes | None,
) -> Fault | None:
    data = None if data is None else crlf_lines(data)
    before = transcript.said
    fault = _mail(wire, progress, mail_from, recipient, data)
    if fault is None and recipient is not None:
        before = transcript.said
        fault = (
            _recipient(wire, recipient)
            if data is None
            else _message(wire, progress, recipient, data)
        )
    if fault is not None and transcript.said > before:  # else it was we who did not even ask
        transcript.mark()
    elif fault is None and data is None:
        with contextlib.suppress(Lost, Trouble):
            wire.ask("RSET", "RSET")
    return fault


def _mail(
    wire: Wire, progress: Progress, mail_from: str, recipient: str | None, data: bytes | None
) -> Fault | None:
    never = transaction.impossible(wire, mail_from, recipient, data or b"")
    if never is not None:
        steps = (("MAIL FROM", mail_from), ("RCPT TO", recipient))
        unusable = [step for step, each in steps if each and spelt(each, wire) is None]
        # Its code is one that a server would have given; here none did.
        return Fault([*unusable, "DATA"][0], replace(never, code=None))
    if data is None:
        wire.esmtp_features.pop("size", None)  # no message comes whose size could be declared
    try:
        reply = transaction.begin(wire, mail_from, recipient, data or b"")
        if reply.positive:
            progress.done.append(("MAIL FROM", str(reply)))
            return None
        return Fault("MAIL FROM", transaction.envelope_answer(wire, reply))
    except Lost as lost:
        return Fault("MAIL FROM", destination_trouble(str(lost)).answer)
    except Trouble as trouble:
        return Fault("MAIL FROM", trouble.answer)


def _recipient(wire: Wire, recipient: str) -> Fault | None:
    """Ask for a recipient and send nothing: many servers tell only there that they refuse the sender."""
    spelling = spelt(recipient, wire)
    if spelling is None:
        return None
    try:
        reply = wire.ask("RCPT TO", f"RCPT TO:<{spelling}>")
    except (Lost, Trouble):  # it has answered MAIL, which is what was asked
        return None
    if reply.positive:
        return None
    return Fault("RCPT TO", transaction.envelope_answer(wire, reply, spelling))


def _message(wire: Wire, progress: Progress, recipient: str, data: bytes) -> Fault | None:
    answer = transaction.finish(wire, recipient, data)
    recipient_taken = wire.step in _AFTER_RCPT
    if recipient_taken:
        progress.done.append(("RCPT TO", ""))
    if answer.kind is Kind.SENT:
        progress.done.append(("DATA", str(answer)))
        return None
    return Fault("DATA" if recipient_taken else "RCPT TO", answer)


# Up to there: what it was that kept us from getting on.


def _open(
    server: Server, deadline: Deadline, progress: Progress, transcript: Transcript
) -> Wire | Fault:
    look_up_faults: list[OSError] = []
    noted = replace(server, resolve=noting(server.resolve, look_up_faults))
    try:
        return open_wire(noted, deadline, progress)[0]
    except Trouble as trouble:
        obstacle = obstacle_of(server, progress, trouble, look_up_faults)
        if obstacle in {Obstacle.SILENT, Obstacle.CLOSED}:
            obstacle = Obstacle.SPEAKS_TLS if speaks_tls(server, deadline, progress) else obstacle
        if obstacle is None or progress.current == "Greeting":  # else no line is at fault
            transcript.mark()
        fault = Fault(progress.current, trouble.answer, obstacle)
        if obstacle is Obstacle.SELF_SIGNED:
            return self_signed(fault, server, deadline, progress)
        return fault


def self_signed(
    fault: Fault,
    server: Server,
    deadline: Deadline,
    progress: Progress,
    handshake: Handshake = smtp_handshake,
) -> Fault:
    """With the certificate, if to trust it would do; else with what is wrong besides."""
    shown = shown_certificate(server, deadline, progress.peer, handshake)
    if not shown:
        return fault
    error = what_else_is_wrong(server, deadline, progress.peer, shown, handshake)
    if error is None:
        return replace(fault, certificate=shown)
    return Fault(fault.step, not_accepted(error).answer, _of_certificate(error))


def noting(resolve: Resolver, faults: list[OSError]) -> Resolver:
    """`resolve`, keeping in `faults` what goes wrong."""

    def noted(host: str) -> list[str]:
        try:
            return resolve(host)
        except OSError as error:
            faults.append(error)
            raise

    return noted


def obstacle_of(
    server: Server, progress: Progress, trouble: Trouble, look_up_faults: list[OSError]
) -> Obstacle | None:
    """What stood in the way in the step that `progress` is at; None where the server refused."""
    if isinstance(trouble, Stopped):
        return trouble.obstacle
    step, answer, cause = progress.current, trouble.answer, trouble.__cause__
    if step == "Resolve":
        if server.loopback_only:
            return Obstacle.TRIAL_ONLY
        if answer.alert:
            return Obstacle.NO_SUCH_NAME if look_up_faults else Obstacle.BAD_ADDRESS
        return Obstacle.NAME_SERVER
    if step == "Connect":
        return _of_dialling(answer.text)
    if step == "Greeting" and answer.code is None:
        return _of_greeting(cause)
    if step == "TLS" and isinstance(cause, OSError):
        return _of_tls(cause, began_in_clear=server.address.security is not Security.IMPLICIT)
    return None


def _of_dialling(text: str) -> Obstacle:
    if "no answer in time" in text:
        return Obstacle.TIMED_OUT
    if os.strerror(ECONNRESET) in text:  # the greeting's fault, noticed early
        return Obstacle.CLOSED
    return Obstacle.REFUSED if os.strerror(ECONNREFUSED) in text else Obstacle.UNREACHABLE


def _of_greeting(cause: BaseException | None) -> Obstacle:
    if not isinstance(cause, Lost):
        return Obstacle.NOT_SMTP
    return Obstacle.SILENT if isinstance(cause.__cause__, TimeoutError) else Obstacle.CLOSED


def _of_tls(error: OSError, *, began_in_clear: bool) -> Obstacle:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error)
    if isinstance(error, ssl.SSLError) and error.reason in _IN_CLEAR and not began_in_clear:
        return Obstacle.SPEAKS_CLEAR
    return Obstacle.HANDSHAKE


def _of_certificate(error: ssl.SSLCertVerificationError) -> Obstacle:
    return _CERTIFICATES.get(error.verify_code, Obstacle.CERTIFICATE)


def speaks_tls(server: Server, deadline: Deadline, progress: Progress) -> bool:
    """Whether a server that gives no greeting shakes hands, on a connection of its own."""
    if deadline.over or progress.peer is None or server.address.security is Security.IMPLICIT:
        return False
    try:
        connected, _ = dial([progress.peer], server, deadline)
        with connected:
            deadline.step()
            connected.settimeout(deadline.left())
            tls_context(None).wrap_socket(connected, server_hostname=server.address.host).close()
    except ssl.SSLError as error:
        # Nothing secret is told to it here: that it shows a certificate or sends an alert will do.
        return isinstance(error, ssl.SSLCertVerificationError) or "ALERT" in (error.reason or "")
    except (OSError, Trouble):
        return False
    return True
