"""A kept connection to an SMTP server, used by one thread at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from foreign_systems.smtp import transaction
from foreign_systems.smtp.answers import (
    Answer,
    Blame,
    Kind,
    Reply,
    Trouble,
    answer_of,
    destination_trouble,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.opening import open_wire
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.wire import Lost, Wire, crlf_lines


class Connection:
    """Opens itself when it is needed, and anew when the server has ended it meanwhile.

    `saw_starttls`: the server has offered STARTTLS; worth remembering as `Server.requires_tls`.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.saw_starttls = False
        self._wire: Wire | None = None

    @property
    def is_open(self) -> bool:
        return self._wire is not None and self._wire.sock is not None

    def open(self) -> None:
        """Connect, encrypt and sign in now rather than at the first delivery. Raises Trouble."""
        if not self.is_open:
            self._open(self._deadline())

    def deliver(self, mail_from: str, recipients: Sequence[str], data: bytes) -> dict[str, Answer]:
        """Send ready-made bytes; returns an answer for each recipient. No network fault raises.

        `mail_from` may be empty (the null sender). Line ends become CR LF, dots are doubled.
        Takes at most `Server.total_timeout` seconds.
        """
        deadline = self._deadline()
        answers: dict[str, Answer] = {}
        rest = list(dict.fromkeys(recipients))
        data = crlf_lines(data)
        while rest:
            if deadline.over:
                late = Answer(Kind.DEFERRED, Blame.MESSAGE, None, "No time was left to send this.")
                return answers | dict.fromkeys(rest, late)
            answered, rest = self._transaction(mail_from, rest, data, deadline)
            answers |= answered
        return answers

    def close(self) -> None:
        """Say goodbye without waiting for an answer, and close."""
        wire, self._wire = self._wire, None
        if wire is None or wire.sock is None:
            return
        with contextlib.suppress(Lost, Trouble, OSError):
            wire.deadline = Deadline(step=0.5, total=0.5)
            wire.putcmd("QUIT")
        wire.close()

    def _deadline(self) -> Deadline:
        return Deadline(step=self.server.timeout, total=self.server.total_timeout)

    def _open(self, deadline: Deadline) -> Wire:
        self._wire, offered = open_wire(self.server, deadline)
        self.saw_starttls = self.saw_starttls or offered
        return self._wire

    def _transaction(
        self, mail_from: str, recipients: list[str], data: bytes, deadline: Deadline
    ) -> tuple[dict[str, Answer], list[str]]:
        try:
            wire, begun = self._begin(mail_from, recipients, data, deadline)
        except Trouble as trouble:
            self.close()
            return dict.fromkeys(recipients, trouble.answer), []
        except Lost as lost:
            self.close()
            return dict.fromkeys(recipients, destination_trouble(str(lost)).answer), []
        if isinstance(begun, Answer):
            return dict.fromkeys(recipients, begun), []
        if not begun.positive:
            if begun.code == 421:
                self.close()
            return dict.fromkeys(recipients, answer_of(begun)), []
        return transaction.finish(wire, recipients, data)

    def _begin(
        self, mail_from: str, recipients: list[str], data: bytes, deadline: Deadline
    ) -> tuple[Wire, Reply | Answer]:
        """MAIL; a kept connection that turns out to have ended is replaced once, unnoticed."""
        kept = self._wire
        if kept is not None and kept.sock is not None:
            kept.deadline = deadline
            with contextlib.suppress(Lost, Trouble):
                begun = self._mail(kept, mail_from, recipients, data)
                if isinstance(begun, Answer) or begun.code != 421:
                    return kept, begun
        self.close()
        wire = self._open(deadline)
        return wire, self._mail(wire, mail_from, recipients, data)

    @staticmethod
    def _mail(wire: Wire, mail_from: str, recipients: list[str], data: bytes) -> Reply | Answer:
        never = transaction.impossible(wire, mail_from, data)
        return never or transaction.begin(wire, mail_from, recipients, data)


def deliver(
    server: Server, mail_from: str, recipients: Sequence[str], data: bytes
) -> dict[str, Answer]:
    """Send one message over a connection of its own; see Connection.deliver."""
    connection = Connection(server)
    try:
        return connection.deliver(mail_from, recipients, data)
    finally:
        connection.close()
