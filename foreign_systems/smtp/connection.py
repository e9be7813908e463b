"""A kept connection to an SMTP server, used by one thread at a time."""

from __future__ import annotations

import contextlib

from foreign_systems.smtp import transaction
from foreign_systems.smtp.answers import (
    Answer,
    Reply,
    Trouble,
    destination_trouble,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.opening import open_wire
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.wire import Lost, Wire


class Connection:
    """Opens itself when it is needed, and anew when the server has ended it meanwhile.

    `saw_starttls`: the server has offered STARTTLS; worth remembering as `Server.requires_tls`.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.saw_starttls = False
        self._wire: Wire | None = None

    def deliver(self, mail_from: str, recipient: str, data: bytes) -> Answer:
        """Send ready-made bytes; returns what became of them. No network fault raises.

        `mail_from` may be empty (the null sender). Line ends become CR LF, dots are doubled.
        Takes at most `Server.total_timeout` seconds.
        """
        data = transaction.crlf_lines(data)
        try:
            wire, begun = self._begin(mail_from, recipient, data)
        except Trouble as trouble:
            self.close()
            return trouble.answer
        except Lost as lost:
            self.close()
            return destination_trouble(str(lost)).answer
        if isinstance(begun, Answer):
            return begun
        if begun.code == 421:
            self.close()
        if begun.positive:
            answer = transaction.finish(wire, recipient, data)
        else:
            answer = transaction.envelope_answer(wire, begun)
        wire.settle()
        return answer

    def close(self) -> None:
        """Say goodbye without waiting for an answer, and close."""
        wire, self._wire = self._wire, None
        if wire is None or wire.sock is None:
            return
        if not wire.awaits_replies:  # else the server may take it for a message's first line
            with contextlib.suppress(Lost, Trouble, OSError):
                wire.deadline = Deadline(step=0.5, total=0.5)
                wire.putcmd("QUIT")
        wire.close()

    def _begin(self, mail_from: str, recipient: str, data: bytes) -> tuple[Wire, Reply | Answer]:
        """MAIL; a kept connection that turns out to have ended is replaced once, unnoticed."""
        deadline = Deadline(step=self.server.timeout, total=self.server.total_timeout)
        kept = self._wire
        if kept is not None and kept.sock is not None:
            kept.deadline = deadline
            with contextlib.suppress(Lost, Trouble):
                begun = self._mail(kept, mail_from, recipient, data)
                if isinstance(begun, Answer) or begun.code != 421:
                    return kept, begun
        self.close()
        wire, offered = open_wire(self.server, deadline)
        self._wire = wire
        self.saw_starttls = self.saw_starttls or offered
        return wire, self._mail(wire, mail_from, recipient, data)

    @staticmethod
    def _mail(wire: Wire, mail_from: str, recipient: str, data: bytes) -> Reply | Answer:
        never = transaction.impossible(wire, mail_from, recipient, data)
        pipelining = wire.has_extn("pipelining")
        return never or transaction.begin(wire, mail_from, recipient, data, at_once=pipelining)
