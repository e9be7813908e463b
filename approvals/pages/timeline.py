"""The story of a request, oldest first: asked, queued, each delivery, each reply, decided, run.

Pure over rows that are already fetched (see `fetch`): no query is made while it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch

from approvals.models import (
    ApprovalRequest,
    Decision,
    DeliveryAttempt,
    Grant,
    IncomingMail,
    OutgoingMail,
)
from approvals.pages.outcome import decision_words, grant_of
from approvals.pages.reply_words import Step, reply_title, reply_tone, steps_of

MOST_USES = 10  # runs under one grant that are told one by one
Mail = OutgoingMail
_PURPOSES: dict[str, str] = {
    Mail.Purpose.REQUEST: "E-mail",
    Mail.Purpose.OUTCOME: "Outcome notice",
    Mail.Purpose.REQUESTER_OUTCOME: "Outcome notice",
    Mail.Purpose.UNCLEAR: "Short answer (could not be read)",
    Mail.Purpose.CLOSED: "Short answer (too late)",
    Mail.Purpose.STRANGER: "Notice (answer from an address not invited)",
}
# What became of a try: tone, icon, and the words between the mail's name and its recipient.
_ATTEMPTS: dict[str, tuple[str, str, str]] = {
    Mail.State.SENT: ("good", "approved", "handed to {server} for"),
    Mail.State.DEFERRED: ("wait", "warning", "deferred by {server} for"),
    Mail.State.UNKNOWN: ("wait", "warning", "perhaps taken by {server} for"),
    Mail.State.FAILED: ("bad", "trouble", "refused by {server} for"),
}


@dataclass(frozen=True)
class Happening:
    """One thing that happened. `tone` and `icon` as in console.css and icons.svg."""

    at: datetime
    title: str
    icon: str
    tone: str = ""
    text: str = ""
    server_words: str = ""
    quote: str = ""
    steps: list[Step] = field(default_factory=list)
    raw_id: UUID | None = None
    raw_size: int = 0


def fetch(number: int) -> ApprovalRequest | None:
    """The request with all that its page tells, in a fixed number of queries."""
    mails = OutgoingMail.objects.prefetch_related("attempts").order_by("created_at", "id")
    incoming = IncomingMail.objects.defer("encrypted_raw").select_related("invitation")
    return (
        ApprovalRequest.objects.select_related("grant", "requester", "process", "type")
        .prefetch_related(
            Prefetch("mails", mails),
            Prefetch("incoming", incoming),
            Prefetch("decisions", Decision.objects.order_by("at")),
            "invitations__decisions",
            "grant__uses",
        )
        .filter(pk=number)
        .first()
    )


def story(request: ApprovalRequest) -> list[Happening]:
    """Everything that happened to a fetched request, oldest first."""
    told = [
        *_asked(request),
        *_queued(request),
        *(event for mail in request.mails.all() for event in _deliveries(mail)),
        *(_replied(mail) for mail in request.incoming.all()),
        *(_decided(decision) for decision in request.decisions.all()),
        *_ended(request),
        *_granted(request),
    ]
    return sorted(told, key=lambda happening: happening.at)  # stable: causes stand before effects


def _asked(request: ApprovalRequest) -> Iterator[Happening]:
    yield Happening(
        at=request.created_at,
        title=f"{request.short_account} asked",
        icon="file",
        text=f"The agent on {request.computer_name} reported the execution; the user typed the reason.",
    )
    if not request.mails.all():
        yield Happening(
            at=request.created_at,
            title="Nobody was asked by e-mail",
            icon="info",
            text=f"{request.terms.process_name} leaves it to Manage Approvals.",
        )


def _queued(request: ApprovalRequest) -> Iterator[Happening]:
    """Mails queued for the same purpose at once are one line."""
    terms = request.terms
    for (purpose, at), group in groupby(
        request.mails.all(), key=lambda mail: (mail.purpose, mail.created_at)
    ):
        mails = list(group)
        text = ""
        if purpose == Mail.Purpose.REQUEST:
            text = (
                f"By {terms.process_name}; {terms.approvals_needed} of {len(mails)} "
                f"answers {'is' if terms.approvals_needed == 1 else 'are'} enough."
            )
        yield Happening(
            at=at,
            title=f"{_PURPOSES[purpose]} queued to {_joined(sorted(mail.recipient for mail in mails))}",
            icon="mail",
            tone="info",
            text=text,
        )


def _deliveries(mail: OutgoingMail) -> Iterator[Happening]:
    for attempt in mail.attempts.all():
        yield _attempt(mail, attempt)
    if mail.state == Mail.State.CANCELLED and mail.finished_at:
        yield Happening(
            at=mail.finished_at,
            title=f"{_PURPOSES[mail.purpose]} to {mail.recipient} withdrawn",
            icon="cancelled",
            tone="off",
            text="It had not left yet, and was not needed any more.",
        )
    if mail.bounced_at:
        yield Happening(
            at=mail.bounced_at,
            title=f"{_PURPOSES[mail.purpose]} to {mail.recipient} came back undelivered",
            icon="trouble",
            tone="bad",
            text="Is the address right?",
        )


def _attempt(mail: OutgoingMail, attempt: DeliveryAttempt) -> Happening:
    tone, icon, words = _ATTEMPTS.get(attempt.outcome, ("", "mail", "tried by {server} for"))
    code = f"{attempt.code} " if attempt.code else ""
    answer = attempt.answer if attempt.answer.startswith(code) else f"{code}{attempt.answer}"
    return Happening(
        at=attempt.at,
        title=f"{_PURPOSES[mail.purpose]} {words.format(server=attempt.server_name)} {mail.recipient}",
        icon=icon,
        tone=tone,
        server_words=answer,
    )


def _replied(mail: IncomingMail) -> Happening:
    return Happening(
        at=mail.received_at,
        title=reply_title(mail),
        icon="reply",
        tone=reply_tone(mail),
        text=mail.reason,
        steps=steps_of(mail),
        raw_id=mail.pk,
        raw_size=mail.size,
    )


def _decided(decision: Decision) -> Happening:
    approved = decision.answer == Decision.Answer.APPROVE
    return Happening(
        at=decision.at,
        title=decision_words(decision),
        icon="approved" if approved else "denied",
        tone="good" if approved else "bad",
        quote=decision.comment,
    )


def _ended(request: ApprovalRequest) -> Iterator[Happening]:
    words = {
        ApprovalRequest.State.EXPIRED: ("Expired", "Nobody decided in time."),
        ApprovalRequest.State.CANCELLED: ("Cancelled", "Nobody waits for the answer any more."),
    }
    if request.state in words and request.closed_at:
        title, text = words[ApprovalRequest.State(request.state)]
        yield Happening(request.closed_at, title, str(request.state), "off", text)


def _granted(request: ApprovalRequest) -> Iterator[Happening]:
    grant = grant_of(request)
    if grant is None:
        return
    yield from _runs(request, grant)
    if grant.revoked_at:
        yield Happening(
            at=grant.revoked_at,
            title=f"Grant revoked by {grant.revoked_by}",
            icon="cancelled",
            tone="bad",
            text="It takes effect at the next execution.",
        )


def _runs(request: ApprovalRequest, grant: Grant) -> Iterator[Happening]:
    uses = list(grant.uses.all())
    rights = " with administrator rights" if request.terms.elevated else ""
    shown = uses if len(uses) <= MOST_USES else [uses[0], uses[-1]]
    for use in shown:
        place = uses.index(use) + 1
        text = "" if len(uses) == 1 else f"Run {place} of {len(uses)} under this grant."
        yield Happening(use.at, f"Run on {request.computer_name}{rights}", "run", "", text)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
