"""Test Connection and Send Test E-mail: as real mail would go, with its envelope sender."""

from __future__ import annotations

from dataclasses import replace

from foreign_systems.connection_report import ConnectionReport
from foreign_systems.reporter import Reporter
from foreign_systems.smtp.attempt import attempt
from foreign_systems.smtp.fault import Fault
from foreign_systems.smtp.server import Server


def check_connection(
    server: Server, *, mail_from: str, bounce_address: str = ""
) -> ConnectionReport:
    """Connect, encrypt, sign in and ask whether `mail_from` may send. Nothing is sent.

    `bounce_address` is the envelope sender where that is another than `mail_from`: then it is asked
    for, and for a recipient too, since many servers refuse a sender only there. No fault of network
    or server raises. Takes at most `server.total_timeout` seconds.
    """
    if not bounce_address:
        return Reporter(server, attempt(server, mail_from=mail_from), mail_from).report()
    tried = _by_bounce_address(server, mail_from, bounce_address, recipient=mail_from)
    fault = tried.attempt.fault
    if (
        fault
        and fault.step == "RCPT TO"
        and not tried.only_bounce_address
        and not fault.answer.alert
    ):
        if fault.answer.code is None:  # it is we who can't write the From, which stood for one
            fault = replace(fault, step="MAIL FROM")
            return replace(
                tried, attempt=replace(tried.attempt, fault=fault), sender=mail_from, recipient=None
            ).report()
        # About the recipient, which a real mail has another of.
        lines = tuple(replace(line, failed=False) for line in tried.attempt.transcript)
        tried = replace(tried, attempt=replace(tried.attempt, fault=None, transcript=lines))
    return replace(tried, recipient=None).report()


def send_test(
    server: Server, *, mail_from: str, recipient: str, data: bytes, bounce_address: str = ""
) -> ConnectionReport:
    """Really send `data`, a ready-made message, to `recipient`; see check_connection."""
    if bounce_address:
        return _by_bounce_address(server, mail_from, bounce_address, recipient, data).report()
    made = attempt(server, mail_from=mail_from, recipient=recipient, data=data)
    return Reporter(server, made, mail_from, recipient).report()


def _by_bounce_address(
    server: Server, mail_from: str, bounce_address: str, recipient: str, data: bytes | None = None
) -> Reporter:
    """Try as real mail goes; if that is refused, whether the From as envelope sender is accepted."""
    made = attempt(server, mail_from=bounce_address, recipient=recipient, data=data)
    tried = Reporter(server, made, bounce_address, recipient)
    if not _refuses_mail(made.fault):
        return tried
    left = max(server.total_timeout - made.milliseconds / 1_000, 0.0)
    other = attempt(
        replace(server, total_timeout=left), mail_from=mail_from, recipient=recipient, data=data
    )
    if other.fault is None:
        return replace(tried, only_bounce_address=True)
    return Reporter(server, other, mail_from, recipient) if _refuses_mail(other.fault) else tried


def _refuses_mail(fault: Fault | None) -> bool:
    """Whether the server refused sender, recipient or message for good, in its own words."""
    steps = {"MAIL FROM", "RCPT TO", "DATA"}
    return fault is not None and fault.step in steps and (fault.answer.code or 0) >= 500
