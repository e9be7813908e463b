"""Trying out an SMTP server step by step, in the server's own words."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import Final

from foreign_systems.smtp import transaction
from foreign_systems.smtp.answers import (
    Kind,
    Trouble,
    destination_trouble,
)
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.fault import Fault, fault_of, noting
from foreign_systems.smtp.opening import open_wire
from foreign_systems.smtp.progress import Progress
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.transaction import crlf_lines, spelt
from foreign_systems.smtp.transcript import Transcript, TranscriptLine
from foreign_systems.smtp.wire import Lost, Wire

_AFTER_RCPT: Final = {"DATA", "the message", "the final dot"}  # as Wire.step names them


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


def _open(
    server: Server, deadline: Deadline, progress: Progress, transcript: Transcript
) -> Wire | Fault:
    look_up_faults: list[OSError] = []
    noted = replace(server, resolve=noting(server.resolve, look_up_faults))
    try:
        return open_wire(noted, deadline, progress)[0]
    except Trouble as trouble:
        return fault_of(trouble, server, deadline, progress, transcript, look_up_faults)
