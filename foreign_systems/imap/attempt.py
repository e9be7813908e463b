"""Trying out an IMAP server: what it was that kept us from getting on."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace

from foreign_systems.imap.opening import Refused, open_session
from foreign_systems.imap.session import Session
from foreign_systems.imap.wire import Wire
from foreign_systems.smtp.answers import Answer, Trouble
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import IpAddress, dial
from foreign_systems.smtp.fault import fault_of, noting
from foreign_systems.smtp.progress import Obstacle, Progress
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.transcript import Transcript
from foreign_systems.smtp_url import Security


@dataclass(frozen=True)
class ImapFault:
    """The step that went wrong: Resolve, Connect, Greeting, TLS, Token, AUTH.

    `refused`: the server did, in `answer`'s words. `certificate`: see smtp.fault.Fault.
    """

    step: str
    answer: Answer
    obstacle: Obstacle | None = None
    refused: bool = False
    certificate: bytes = b""

    @property
    def quoted(self) -> str:
        """The server's words in quotation marks, or ours as they are, with a full stop."""
        text = self.answer.text
        if self.refused:
            return f"“{text}”."
        return text if text.endswith((".", "?", "!")) else f"{text}."


def opened(
    server: Server, deadline: Deadline, progress: Progress, transcript: Transcript
) -> Session | ImapFault:
    """A conversation that is signed in, or why there is none. No fault of server or network raises."""
    look_up_faults: list[OSError] = []
    noted = replace(server, resolve=noting(server.resolve, look_up_faults))
    try:
        return open_session(noted, deadline, progress)
    except Refused as refused:
        transcript.mark()
        return ImapFault(progress.current, refused.answer, refused=True)
    except Trouble as trouble:
        fault = fault_of(
            trouble, server, deadline, progress, transcript, look_up_faults, _handshake
        )
        return ImapFault(fault.step, fault.answer, fault.obstacle, certificate=fault.certificate)


def _handshake(
    server: Server, deadline: Deadline, peer: IpAddress | None, context: ssl.SSLContext
) -> bytes:
    """The certificate that the server at `peer` shows, in DER; see smtp.certificate.Handshake."""
    if peer is None or deadline.over:
        return b""
    connected, _ = dial([peer], server, deadline)
    host = server.address.host
    with connected:
        connected.settimeout(deadline.step())
        if server.address.security is Security.IMPLICIT:
            encrypted = context.wrap_socket(connected, server_hostname=host)
        else:
            wire = Wire(connected, host=host, peer=str(peer), deadline=deadline)
            wire.start_tls(context)
            encrypted = wire.sock  # type: ignore[assignment]
        with encrypted:
            return encrypted.getpeercert(binary_form=True) or b""
