"""Requests and grants as `manage.py approvals` shows them: aligned text, or values for JSON.

Text from outside is made visible, so that no file name can move the cursor or hide a line.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Grant
from approvals.pages.outcome_words import given_words, grant_of, outcome_words
from approvals.pages.request_facts import covered, fact_lines
from approvals.pages.timeline import TimelineEvent, timeline
from core.dates import moment
from core.text import visible

MAX_CELL = 40  # characters of a cell of a table
INDENT = "    "


def when(at: datetime | None) -> str:
    return moment(at, timezone.get_default_timezone()) if at else ""


def title(request: ApprovalRequest) -> str:
    """Which request it is, and whom it concerns."""
    rights = " with administrator rights" if request.terms.elevated else ""
    return (
        f"{request}: {visible(request.file_name)} for {visible(request.account)} on "
        f"{visible(request.computer_name)}{rights}"
    )


def given(grant: Grant) -> str:
    """ "One Time" or "2 hours"."""
    return given_words(grant.minutes).removeprefix(", ").removeprefix(" for ")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with aligned columns below their heads."""
    cells = [[visible(text, MAX_CELL) for text in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]


def pending_table(requests: Iterable[ApprovalRequest]) -> list[str]:
    heads = ("REQUEST", "USER", "COMPUTER", "FILE", "ASKED", "EXPIRES")
    rows = [
        (str(r), r.account, r.computer_name, r.file_name, when(r.created_at), when(r.expires_at))
        for r in requests
    ]
    return table(heads, rows) if rows else ["No requests are awaiting approval."]


def grants_table(grants: Iterable[Grant]) -> list[str]:
    heads = ("REQUEST", "USER", "COMPUTER", "FILE", "GIVEN", "UNTIL")
    rows = [
        (
            str(grant.request),
            grant.request.account,
            grant.request.computer_name,
            grant.request.file_name,
            given(grant),
            when(grant.expires_at),
        )
        for grant in grants
    ]
    return table(heads, rows) if rows else ["No grants are active."]


def whole_story(request: ApprovalRequest) -> Iterator[str]:
    """The lines about a request from `request_with_history`: its facts, then its timeline."""
    facts = [("State", outcome_words(request)), ("Reason", request.reason)]
    facts += [(fact.label, fact.full or fact.text) for fact in fact_lines(request)]
    facts += [("Asked", when(request.created_at)), ("Expires", when(request.expires_at))]
    facts.append(("Closed", when(request.closed_at)))
    grant = grant_of(request)
    if grant is not None:
        facts.append(("Grant", f"{given(grant)}; it covers {covered(grant)}"))
    facts += [("Sign", f"{s.title} {s.text}".strip()) for s in signs_of_request(request)]
    yield title(request)
    yield ""
    for label, text in facts:
        if text:
            yield f"{label:22}{visible(text)}"
    yield ""
    for event in timeline(request):
        yield from event_lines(event)


def event_lines(event: TimelineEvent) -> Iterator[str]:
    """What happened, indented below its time."""
    local = event.at.astimezone(timezone.get_default_timezone())
    yield f"{local:%Y-%m-%d %H:%M:%S}  {visible(event.title)}"
    quote = f"“{event.quote}”" if event.quote else ""
    for text in (event.server_words, event.text, quote):
        yield from (f"{INDENT}{visible(line)}" for line in text.splitlines())
    for step in event.steps:
        yield f"{INDENT}{visible(step.name)}: {visible(step.text)}"


def request_json(request: ApprovalRequest) -> dict[str, Any]:
    """The values of one request; texts are as the endpoint sent them."""
    grant = grant_of(request)
    return {
        "request": str(request),
        "number": request.number,
        "state": request.state,
        "outcome": outcome_words(request),
        "account": request.account,
        "computer": request.computer_name,
        "file": request.file_name,
        "elevated": request.terms.elevated,
        "reason": request.reason,
        "created_at": request.created_at,
        "expires_at": request.expires_at,
        "closed_at": request.closed_at,
        "grant": grant_json(grant) if grant else None,
    }


def grant_json(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.pk,
        "one_time": grant.one_time,
        "minutes": grant.minutes,
        "granted_at": grant.granted_at,
        "expires_at": grant.expires_at,
        "used_at": grant.used_at,
        "revoked_at": grant.revoked_at,
        "revoked_by": grant.revoked_by,
        "revoke_reason": grant.revoke_reason,
    }


def story_json(request: ApprovalRequest) -> dict[str, Any]:
    """`whole_story` as values."""
    return {
        **request_json(request),
        "facts": [
            {"label": fact.label, "text": fact.full or fact.text} for fact in fact_lines(request)
        ],
        "signs": [f"{sign.title} {sign.text}".strip() for sign in signs_of_request(request)],
        "events": [
            {
                "at": event.at,
                "title": event.title,
                "text": event.text,
                "server_words": event.server_words,
                "quote": event.quote,
                "steps": [{"name": step.name, "text": step.text} for step in event.steps],
            }
            for event in timeline(request)
        ],
    }
