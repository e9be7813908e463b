"""What it was that kept us from opening a conversation."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, replace
from errno import ECONNREFUSED, ECONNRESET
from typing import Final

from foreign_systems.smtp.answers import Answer, Trouble
from foreign_systems.smtp.certificate import (
    Handshake,
    not_accepted,
    shown_certificate,
    smtp_handshake,
    what_else_is_wrong,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import dial
from foreign_systems.smtp.progress import Obstacle, Progress, Stopped
from foreign_systems.smtp.server import Resolver, Server
from foreign_systems.smtp.tls import tls_context
from foreign_systems.smtp.transcript import Transcript
from foreign_systems.smtp.wire import Lost
from foreign_systems.smtp_url import Security

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


def fault_of(
    trouble: Trouble,
    server: Server,
    deadline: Deadline,
    progress: Progress,
    transcript: Transcript,
    look_up_faults: list[OSError],
    handshake: Handshake = smtp_handshake,
) -> Fault:
    """What `trouble` in opening a conversation was, if need be seen on connections of its own.

    `look_up_faults`: what `noting` kept.
    """
    obstacle = _obstacle_of(server, progress, trouble, look_up_faults)
    if obstacle in {Obstacle.SILENT, Obstacle.CLOSED} and _speaks_tls(server, deadline, progress):
        obstacle = Obstacle.SPEAKS_TLS
    if obstacle is None or progress.current == "Greeting":  # else no line is at fault
        transcript.mark()
    fault = Fault(progress.current, trouble.answer, obstacle)
    if obstacle is Obstacle.SELF_SIGNED:
        return _self_signed(fault, server, deadline, progress, handshake)
    return fault


def _self_signed(
    fault: Fault, server: Server, deadline: Deadline, progress: Progress, handshake: Handshake
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


def _obstacle_of(
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
        if not isinstance(cause, Lost):
            return Obstacle.NOT_SMTP
        return Obstacle.SILENT if isinstance(cause.__cause__, TimeoutError) else Obstacle.CLOSED
    if step == "TLS" and isinstance(cause, OSError):
        return _of_tls(cause, began_in_clear=server.address.security is not Security.IMPLICIT)
    return None


def _of_dialling(text: str) -> Obstacle:
    if "no answer in time" in text:
        return Obstacle.TIMED_OUT
    if os.strerror(ECONNRESET) in text:  # the greeting's fault, noticed early
        return Obstacle.CLOSED
    return Obstacle.REFUSED if os.strerror(ECONNREFUSED) in text else Obstacle.UNREACHABLE


def _of_tls(error: OSError, *, began_in_clear: bool) -> Obstacle:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error)
    if isinstance(error, ssl.SSLError) and error.reason in _IN_CLEAR and not began_in_clear:
        return Obstacle.SPEAKS_CLEAR
    return Obstacle.HANDSHAKE


def _of_certificate(error: ssl.SSLCertVerificationError) -> Obstacle:
    return _CERTIFICATES.get(error.verify_code, Obstacle.CERTIFICATE)


def _speaks_tls(server: Server, deadline: Deadline, progress: Progress) -> bool:
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
