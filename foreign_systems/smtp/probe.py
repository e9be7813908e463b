"""Trying out an SMTP server step by step, in the server's own words, without sending mail."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from foreign_systems.smtp.answers import Reply, Trouble, printable
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.opening import Progress, open_wire
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.transaction import spelt
from foreign_systems.smtp.wire import Lost, Wire


@dataclass(frozen=True)
class ProbeStep:
    """One step: whether it went well, and what the server (or the network) said.

    `name`: Resolve, Connect, Greeting, EHLO (again after STARTTLS), TLS, AUTH, MAIL FROM, RCPT TO.
    """

    name: str
    ok: bool
    text: str


def probe(server: Server, *, mail_from: str = "", recipient: str = "") -> tuple[ProbeStep, ...]:
    """Connect, encrypt, sign in and, if a recipient is given, ask whether it would be taken.

    The steps that went well, and the one that did not, as the last. Nothing raises.
    """
    progress = Progress()
    deadline = Deadline(step=server.timeout, total=server.total_timeout)
    try:
        wire, _ = open_wire(server, deadline, progress)
    except Trouble as trouble:
        return (*_went_well(progress), ProbeStep(progress.current, False, str(trouble.answer)))
    steps = _went_well(progress)
    try:
        if recipient:
            _try_recipient(wire, mail_from, recipient, steps)
    finally:
        with contextlib.suppress(Lost, Trouble):
            wire.ask("QUIT", "QUIT")
        wire.close()
    return tuple(steps)


def _went_well(progress: Progress) -> list[ProbeStep]:
    return [ProbeStep(name, True, printable(text)) for name, text in progress.done]


def _try_recipient(wire: Wire, mail_from: str, recipient: str, steps: list[ProbeStep]) -> None:
    commands = (("MAIL FROM", "MAIL FROM", mail_from), ("RCPT TO", "RCPT TO", recipient))
    for name, command, address in commands:
        spelling = spelt(address, wire) if address else ""
        if spelling is None or not spelling.isascii():
            steps.append(ProbeStep(name, False, printable(f"{address} is not usable here.")))
            return
        try:
            reply: Reply = wire.ask(name, f"{command}:<{spelling}>")
        except (Lost, Trouble) as fault:
            steps.append(ProbeStep(name, False, printable(str(fault))))
            return
        steps.append(ProbeStep(name, reply.positive, printable(str(reply))))
        if not reply.positive:
            return
