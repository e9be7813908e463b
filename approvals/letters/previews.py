"""A sample of each kind of mail, to be looked at before the first one leaves. Pure; nothing is sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from approvals.letters import kinds
from approvals.letters.compose import (
    ADDRESS,
    LINK_TOKEN,
    REPLY_TOKEN,
    Draft,
    compose,
    ways_to_answer,
)
from approvals.letters.covers import Bound
from approvals.letters.execution import Execution
from approvals.letters.facts import RequestFacts, RequestOutcome
from approvals.letters.kinds import MailKind
from approvals.letters.reports import ReportRun, report_mail
from approvals.letters.signs import Seen, signs
from approvals.terms import Rights
from core.reports import Parameters, Report

RECIPIENT: Final = "dana@example.com"
_AT: Final = datetime(2026, 7, 14, 7, 26, tzinfo=UTC)
_ZONE: Final = ZoneInfo("UTC")
_EXECUTION: Final = Execution(
    r"C:\Users\alice\Downloads\cadview-setup.exe",
    on_windows=True,
    arguments=("/S", r"/D=C:\CADView"),
    command_line=r"cadview-setup.exe /S /D=C:\CADView",
    sha256="9f2c1e7b04d8a6635c0e91fb7a2d4468e3b0517cc9d1f2a86470be35d8a1c94e",
    rights=Rights(elevate=True),
)
_FACTS: Final = RequestFacts(
    number=1042,
    account=r"EXAMPLE\alice",
    full_name="Alice Moreau",
    computer="WS-014",
    execution=_EXECUTION,
    signer="",
    reason="Need the CAD viewer for the Hansen tender, due Thursday.",
    policy="Installers need approval",
    process="Email Approval Process",
    requested=_AT,
    expires=_AT + timedelta(hours=8),
    characteristics=Bound(),
    signs=signs(_EXECUTION, signer="", now=_AT, zone=_ZONE, seen=Seen(_AT, 1, 43)),
    zone=_ZONE,
)
_APPROVED: Final = RequestOutcome(
    "approved",
    _AT + timedelta(minutes=12),
    by="Dana Whitfield",
    channel="by email",
    comment="Fine for the tender. Please remove it afterwards.",
    minutes=120,
    until=_AT + timedelta(minutes=132),
)
_REPORT: Final = Report(
    key="sample",
    name="Pending Approval Requests",
    description="",
    columns=("Request", "User", "File"),
    rows=lambda _: (),
    takes_policy=True,
)


def _report() -> Draft:
    run = ReportRun(
        _REPORT,
        Parameters(_AT - timedelta(days=7), _AT, None, _AT),
        [("PM-1042", "alice", "cadview-setup.exe"), ("PM-1043", "bob", "npcap-1.79.exe")],
        policy="",
    )
    return report_mail(run, title=_REPORT.name, zone=_ZONE)


def _samples(reply_address: str, public_url: str) -> dict[str, Callable[[], Draft]]:
    ways = ways_to_answer(
        reply_address=reply_address, public_url=public_url, link_needs_sign_in=True
    )
    page = f"{public_url.rstrip('/')}/approvals/PM-1042/"
    hour = replace(_FACTS, asked_minutes=60)

    def about(kind: MailKind, **texts: Any) -> Callable[[], Draft]:
        return lambda: compose(kind, _FACTS, ways=ways, **texts)

    def ended(kind: MailKind) -> Callable[[], Draft]:
        return lambda: compose(kind, _FACTS, outcome=_APPROVED, console_url=page)

    return {
        kinds.REQUEST.key: lambda: compose(kinds.REQUEST, hour, ways=ways),
        kinds.REMINDER.key: about(kinds.REMINDER),
        kinds.OUTCOME.key: ended(kinds.OUTCOME),
        kinds.REQUESTER_OUTCOME.key: ended(kinds.REQUESTER_OUTCOME),
        kinds.CLOSED.key: ended(kinds.CLOSED),
        kinds.REVOKED.key: about(
            kinds.REVOKED, revoked_by="Sam Ortega (sam)", revoke_reason="The wrong installer."
        ),
        kinds.ENDING.key: about(kinds.ENDING, until="14 Jul 2026, 09:38 (UTC)"),
        kinds.UNCLEAR.key: about(
            kinds.UNCLEAR,
            first_line="Yes please",
            why="The first line says more than “YES”.",
            nearest="YES",
        ),
        kinds.STRANGER.key: about(kinds.STRANGER, sender="lee@example.com"),
        kinds.NOT_COUNTED.key: about(kinds.NOT_COUNTED, older="yes"),
        kinds.REPORT.key: _report,
    }


def previewed() -> tuple[MailKind, ...]:
    """The kinds of which there is a sample."""
    return tuple(kinds.KINDS[key] for key in _samples("", ""))


def preview(kind: MailKind, *, reply_address: str, public_url: str) -> Draft:
    """A sample of this kind as its recipient would see it, with "…" in place of the secrets."""
    draft = _samples(reply_address, public_url)[kind.key]()
    return Draft(draft.subject, _shown(draft.text), _shown(draft.html) if draft.html else None)


def _shown(text: str) -> str:
    return text.replace(REPLY_TOKEN, "…").replace(LINK_TOKEN, "…").replace(ADDRESS, RECIPIENT)
