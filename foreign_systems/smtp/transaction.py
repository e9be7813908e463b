"""One mail transaction: MAIL, RCPT, DATA, and what each answer means for the message.

Each message has one recipient, so what one address is refused for never touches another's.

Faults from RCPT on are blamed on the message: the server has just answered EHLO and MAIL, and a
message that upsets a filter must not hold up the others.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from core.addresses import BadAddress, sent_address
from foreign_systems.smtp.answers import (
    Answer,
    Blame,
    Kind,
    Reply,
    Trouble,
    answer_of,
    destination_trouble,
    names_ehlo,
    printable,
    refused_ehlo_name,
)
from foreign_systems.smtp.wire import Lost, Wire

_LINE_BREAK: Final = re.compile(rb"\r\n|\r|\n")


def crlf_lines(message: bytes) -> bytes:
    """Return `message` with CR LF, and nothing else, at each line's end (RFC 5321, 2.3.8)."""
    if not message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        message = _LINE_BREAK.sub(b"\r\n", message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"


def spelt(address: str, wire: Wire) -> str | None:
    """Return the address as this server can take it, or None: no address, or it needs SMTPUTF8."""
    try:
        sent = sent_address(address)
    except BadAddress:
        return None
    return sent if sent.isascii() or wire.has_extn("smtputf8") else None


def impossible(wire: Wire, mail_from: str, recipient: str | None, data: bytes) -> Answer | None:
    """Why this server can never take this message, known before MAIL; None: it may."""
    limit = wire.esmtp_features.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(data):
        return _failed(
            f"The message has {len(data):,} bytes; the server accepts at most {int(limit):,} (SIZE).",
            code=552,
        )
    for address in (mail_from, recipient):
        if address and spelt(address, wire) is None:
            return _failed(_unusable(address))
    international = wire.has_extn("smtputf8")  # which includes 8BITMIME (RFC 6531, 3.1)
    if not (international or _head(data).isascii()):
        return _failed(_unusable("The address in From"))
    if not (international or data.isascii() or wire.has_extn("8bitmime")):
        return _failed("The message has 8-bit lines, which this server doesn't accept (8BITMIME).")
    return None


def _failed(text: str, *, code: int | None = None) -> Answer:
    return Answer(Kind.FAILED, Blame.MESSAGE, code, printable(text))


def _unusable(address: str) -> str:
    if address.isascii() and "@" in address:
        return f"The address {address} can't be used with any server."
    return (
        f"{address} has letters beyond a to z before the @, and this server doesn't offer SMTPUTF8, "
        "which that needs. Enter another address, or send by another server."
    )


def _head(data: bytes) -> bytes:
    head, end, _ = data.partition(b"\r\n\r\n")
    return head if end else b""


def begin(
    wire: Wire, mail_from: str, recipient: str | None, data: bytes, *, at_once: bool = False
) -> Reply:
    """MAIL, after RSET where an earlier transaction was left open. Raises Lost or Trouble.

    `at_once` sends RCPT and DATA along, which `finish` then asks for. Whoever doesn't get that far
    has to settle the wire.
    """
    if wire.needs_reset:
        reset = wire.ask("RSET", "RSET")
        if not reset.positive:
            raise Lost(f"RSET was refused: {reset}")
    sender = spelt(mail_from, wire) or ""
    options = f" SIZE={len(data)}" if wire.has_extn("size") else ""
    if not data.isascii() and wire.has_extn("8bitmime"):
        options += " BODY=8BITMIME"
    receiver = spelt(recipient or "", wire)
    international = not (f"{sender}{receiver or ''}".isascii() and _head(data).isascii())
    wire.command_encoding = "utf-8" if international else "ascii"
    if international:
        options += " SMTPUTF8"
    wire.needs_reset = True
    along = (f"RCPT TO:<{receiver}>", "DATA") if at_once and receiver else ()
    return wire.ask("MAIL FROM", f"MAIL FROM:<{sender}>{options}", followed_by=along)


def finish(wire: Wire, recipient: str, data: bytes) -> Answer:
    """RCPT and DATA: what became of the message."""
    spelling = spelt(recipient, wire)
    if spelling is None:
        return _failed(_unusable(recipient))
    try:
        reply = wire.ask("RCPT TO", f"RCPT TO:<{spelling}>")
        if reply.positive and wire.sock is None:
            raise Lost("The server ended the connection at RCPT TO.")
    except (Lost, Trouble) as fault:
        wire.close()
        return _of_message(_answer_to(fault))
    if reply.code == 421:
        wire.close()
    return _of_message(
        _data(wire, data) if reply.positive else envelope_answer(wire, reply, spelling)
    )


def envelope_answer(wire: Wire, reply: Reply, recipient: str = "") -> Answer:
    """What a refusal of MAIL or RCPT means: some servers tell there that they refuse our EHLO name."""
    if names_ehlo(reply, recipient=recipient):
        return refused_ehlo_name(reply, wire.local_hostname)
    return answer_of(reply)


def _data(wire: Wire, data: bytes) -> Answer:
    try:
        reply = wire.ask("DATA", "DATA")
        if reply.code != 354:
            if reply.code == 421 or reply.code < 400:
                wire.close()
            return answer_of(reply) if reply.code >= 400 else _answer_to(_senseless(reply))
        wire.send_body(data)
        if wire.has_spoken():
            # It answered in the middle; without the final dot it hasn't got the message.
            wire.begin("the message")
            reply = wire.reply()
            wire.close()
            return answer_of(reply) if reply.code >= 400 else _answer_to(_senseless(reply))
        wire.send_final_dot()
    except (Lost, Trouble) as fault:
        # The final dot has not left: the server cannot have taken the message.
        wire.close()
        parting = fault.reply if isinstance(fault, Lost) else None
        return answer_of(parting) if parting and parting.code >= 400 else _answer_to(fault)
    return _after_the_dot(wire)


def _after_the_dot(wire: Wire) -> Answer:
    try:
        reply = wire.reply()
    except (Lost, Trouble) as fault:
        wire.close()
        return _unknown(str(_answer_to(fault)))
    if reply.code < 400 and not reply.positive:
        wire.close()
        return _unknown(str(reply))
    wire.needs_reset = False
    if reply.code == 421:
        wire.close()
    return answer_of(reply)


def _unknown(text: str) -> Answer:
    return Answer(Kind.UNKNOWN, Blame.MESSAGE, None, printable(text))


def _senseless(reply: Reply) -> Trouble:
    return destination_trouble(f"An unexpected reply: {reply}")


def _answer_to(fault: Exception) -> Answer:
    if isinstance(fault, Trouble):
        return fault.answer
    return destination_trouble(str(fault)).answer


def _of_message(answer: Answer) -> Answer:
    """Blame the message, unless an administrator has to change how we sign in."""
    if answer.kind is Kind.DEFERRED and not answer.alert:
        return replace(answer, blame=Blame.MESSAGE)
    return answer
