"""A sample of each kind of mail, to be looked at before the first one leaves. Pure; nothing is sent."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from approvals.letters import kinds
from approvals.letters.compose import Draft, compose, draft_of, shown_text, ways_to_answer
from approvals.letters.covers import Bound
from approvals.letters.digest import digest
from approvals.letters.execution import Execution
from approvals.letters.facts import RequestFacts, RequestOutcome
from approvals.letters.kinds import MailKind
from approvals.letters.reports import ReportRun, report_mail
from approvals.letters.signs import Seen, signs
from approvals.terms import Rights
from core.reports import Column, Parameters, Report

RECIPIENT: Final = "dana@example.com"
AT: Final = datetime(2026, 7, 14, 7, 26, tzinfo=UTC)
ZONE: Final = ZoneInfo("UTC")
EXECUTION: Final = Execution(
    r"C:\Users\alice\Downloads\cadview-setup.exe",
    on_windows=True,
    arguments=("/S", r"/D=C:\CADView"),
    command_line=r"cadview-setup.exe /S /D=C:\CADView",
    sha256="9f2c1e7b04d8a6635c0e91fb7a2d4468e3b0517cc9d1f2a86470be35d8a1c94e",
    rights=Rights(elevate=True),
)
FACTS: Final = RequestFacts(
    number=1042,
    account=r"EXAMPLE\alice",
    full_name="Alice Moreau",
    computer="WS-014",
    execution=EXECUTION,
    signer="",
    reason="Need the CAD viewer for the Hansen tender, due Thursday.",
    policy="Installers need approval",
    process="Email Approval Process",
    requested=AT,
    expires=AT + timedelta(hours=8),
    characteristics=Bound(),
    signs=signs(EXECUTION, signer="", now=AT, zone=ZONE, seen=Seen(AT, 1, 43)),
    zone=ZONE,
)
APPROVED: Final = RequestOutcome(
    "approved",
    AT + timedelta(minutes=12),
    by="Dana Whitfield",
    channel="by email",
    comment="Fine for the tender. Please remove it afterwards.",
    minutes=120,
    until=AT + timedelta(minutes=132),
)
REPORT: Final = Report(
    key="sample",
    name="Pending Approval Requests",
    description="",
    columns=(Column("Request"), Column("User"), Column("File")),
    rows=lambda _: (),
    takes_policy=True,
)


def _report() -> Draft:
    run = ReportRun(
        REPORT,
        Parameters(AT - timedelta(days=7), AT, None, AT),
        [("PM-1042", "alice", "cadview-setup.exe"), ("PM-1043", "bob", "npcap-1.79.exe")],
        policy="",
    )
    return report_mail(run, title=REPORT.name, zone=ZONE)


def _samples(reply_address: str, public_url: str) -> dict[str, Callable[[], Draft]]:
    ways = ways_to_answer(
        reply_address=reply_address, public_url=public_url, link_needs_sign_in=True
    )
    page = f"{public_url.rstrip('/')}/approvals/PM-1042/"
    hour = replace(FACTS, asked_minutes=60)

    def about(kind: MailKind, **texts: Any) -> Callable[[], Draft]:
        return lambda: compose(kind, FACTS, ways=ways, **texts)

    def ended(kind: MailKind) -> Callable[[], Draft]:
        return lambda: compose(kind, FACTS, outcome=APPROVED, console_url=page)

    def of_several() -> Draft:
        asked = (hour, replace(FACTS, number=1043, account=r"EXAMPLE\bob", full_name="Bob Ng"))
        each = partial(
            ways_to_answer,
            reply_address=reply_address,
            public_url=public_url,
            link_needs_sign_in=True,
        )
        why = ("", "for Lee Ito, who is away until 14 Jul 2026")
        return digest(
            [
                (facts, each(invitation=uuid.UUID(int=facts.number)), words)
                for facts, words in zip(asked, why, strict=True)
            ]
        )

    return {
        kinds.REQUEST.key: lambda: compose(kinds.REQUEST, hour, ways=ways),
        kinds.REMINDER.key: about(
            kinds.REMINDER, why_asked="because Sam Ortega didn't answer within 4 hours"
        ),
        kinds.DIGEST.key: of_several,
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
            nearest="APPROVE",
        ),
        kinds.STRANGER.key: about(kinds.STRANGER, sender="lee@example.com"),
        kinds.NOT_COUNTED.key: about(kinds.NOT_COUNTED, older="yes"),
        kinds.REPORT.key: _report,
        kinds.PROBE.key: lambda: draft_of(kinds.PROBE, {"place": "the plain reply address"}),
    }


def previewed() -> tuple[MailKind, ...]:
    """The kinds of which there is a sample."""
    return tuple(kinds.KINDS[key] for key in _samples("", ""))


def preview(kind: MailKind, *, reply_address: str, public_url: str) -> Draft:
    """A sample of this kind as its recipient would see it, with "…" in place of the secrets."""
    draft = _samples(reply_address, public_url)[kind.key]()
    html = shown_text(draft.html, RECIPIENT) if draft.html else None
    return Draft(draft.subject, shown_text(draft.text, RECIPIENT), html)
