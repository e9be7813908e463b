"""The timeline of a request, oldest first: request, mails, deliveries, replies, decisions, runs.

Pure over rows that `request_with_history` has fetched: making it costs no query.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch

from approvals.letters.kinds import KINDS, REQUEST
from approvals.models import (
    ApprovalRequest,
    Decision,
    DeliveryAttempt,
    Grant,
    IncomingMail,
    OutgoingMail,
)
from approvals.pages.outcome_words import decision_words, grant_of
from approvals.pages.reply_reading import ReadingStep, reading_steps, reply_title, reply_tone
from approvals.reply.secrets import Mask

MAX_RUNS = 10  # runs under one grant that are listed one by one
Mail = OutgoingMail
# The result of a try: tone, icon, and the words between the mail's name and its recipient.
_ATTEMPTS: dict[str, tuple[str, str, str]] = {
    Mail.State.SENT: ("good", "approved", "handed to {server} for"),
    Mail.State.DEFERRED: ("wait", "warning", "deferred by {server} for"),
    Mail.State.UNKNOWN: ("wait", "warning", "possibly accepted by {server} for"),
    Mail.State.FAILED: ("bad", "trouble", "refused by {server} for"),
}


@dataclass(frozen=True)
class TimelineEvent:
    """One event of the timeline. `tone` and `icon` as in console.css and icons.svg."""

    at: datetime
    title: str
    icon: str
    tone: str = ""
    text: str = ""
    server_words: str = ""
    quote: str = ""
    steps: list[ReadingStep] = field(default_factory=list)
    raw_id: UUID | None = None
    raw_size: int = 0
    next_try: datetime | None = None
    joins: str = ""  # events of one moment with the same words here are shown as one
    repeats: str = ""  # and so are those that follow each other with the same words here
    until: datetime | None = None  # the last of these
    recipients: tuple[str, ...] = ()  # of a mail
    parts: tuple["TimelineEvent", ...] = ()  # what was joined


def request_with_history(number: int) -> ApprovalRequest | None:
    """The request with all that its page shows, in a fixed number of queries."""
    mails = OutgoingMail.objects.with_next_probe().select_related("invitation")
    incoming = IncomingMail.objects.defer("encrypted_raw").select_related("invitation")
    return (
        ApprovalRequest.objects.select_related("grant", "requester", "process", "type")
        .prefetch_related(
            Prefetch("mails", mails.prefetch_related("attempts").order_by("created_at", "id")),
            Prefetch("incoming", incoming),
            Prefetch("decisions", Decision.objects.select_related("invitation").order_by("at")),
            "invitations__decisions",
            "grant__uses",
        )
        .filter(pk=number)
        .first()
    )


def timeline(request: ApprovalRequest) -> list[TimelineEvent]:
    """Everything that happened to a request from `request_with_history`, oldest first."""
    grant = grant_of(request)
    events = [
        *_opening(request),
        *_queued_mails(request),
        *(event for mail in request.mails.all() for event in deliveries(mail)),
        *(reply_event(mail) for mail in request.incoming.all()),
        *(_decision(decision) for decision in request.decisions.all()),
        *(_grant_events(request, grant) if grant else ()),
    ]
    undecided = {
        ApprovalRequest.State.EXPIRED: ("Expired", "Nobody decided in time."),
        ApprovalRequest.State.CANCELLED: ("Cancelled", "Nobody is waiting for a decision."),
    }
    if request.state in undecided and request.closed_at:
        title, text = undecided[ApprovalRequest.State(request.state)]
        events.append(TimelineEvent(request.closed_at, title, str(request.state), "off", text))
    return sorted(events, key=lambda event: event.at)  # stable: causes stand before effects


def joined(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """These events, what happened to several mails in one moment as one that holds the others.

    Tries with the same answer that follow each other are one: a server may be away for hours.
    """
    together: list[TimelineEvent] = []
    for (_, words, repeated), group in groupby(
        events, key=lambda each: (each.repeats or each.at, each.joins, bool(each.repeats))
    ):
        parts = tuple(group)
        if not words or len(parts) == 1:
            together += parts
            continue
        names = [name for part in parts for name in part.recipients]
        *others, last = sorted(set(names))
        whom = f"{', '.join(others)} and {last}" if others else last
        title = f"{len(names)} {'tries' if repeated else 'emails'} {words} {whom}"
        if repeated:
            next_try = min((part.next_try for part in parts if part.next_try), default=None)
            until = parts[-1].at if parts[-1].at != parts[0].at else None
            one = replace(parts[0], title=title, next_try=next_try, until=until)
        else:
            one = replace(parts[0], title=title, text="", server_words="", parts=parts)
        together.append(one)
    return together


def _opening(request: ApprovalRequest) -> Iterator[TimelineEvent]:
    yield TimelineEvent(
        at=request.created_at,
        title=f"{request.short_account} asked for approval",
        icon="file",
        text=f"Reported by the agent on {request.computer_name}, with the user's reason.",
    )
    if not request.mails.all():
        yield TimelineEvent(
            at=request.created_at,
            title="No approver was asked by email",
            icon="info",
            text=f"{request.terms.process_name} leaves the decision to Manage Approvals.",
        )


def _queued_mails(request: ApprovalRequest) -> Iterator[TimelineEvent]:
    """Mails queued for the same purpose at once are one line."""
    terms, opened = request.terms, False
    together: dict[tuple[datetime, str], list[OutgoingMail]] = {}
    for mail in request.mails.all():
        together.setdefault((mail.created_at, mail.purpose), []).append(mail)
    for (at, purpose), mails in together.items():
        *others, last = sorted(mail.recipient for mail in mails)
        text = ""
        if purpose == REQUEST.key and opened and not _handed_over(request, mails):
            text = "Asked too, because too few could decide or nobody had."
        elif purpose == REQUEST.key and not opened:
            opened = True
            text = f"{terms.process_name} needs {terms.approvals_needed} of {len(others) + 1} "
            text += "approvers." if others else "approver."
            if not terms.decided_by_mail:
                text = f"{terms.process_name} leaves the decision to Manage Approvals."
        if purpose == REQUEST.key:
            asked_as = {m.recipient: m.invitation.asked_as_words for m in mails if m.invitation}
            text += "".join(
                f" {approver} is asked as {words}."
                for approver, words in sorted(asked_as.items())
                if words
            )
            away = {m.recipient: m.invitation.on_behalf_of for m in mails if m.invitation}
            text += "".join(
                f" {delegate} is asked on behalf of {approver}, who is away."
                for delegate, approver in sorted(away.items())
                if approver
            )
        recipients = f"{', '.join(others)} and {last}" if others else last
        yield TimelineEvent(
            at=at,
            title=f"{KINDS[purpose].title} queued to {recipients}",
            icon="mail",
            tone="info",
            text=text,
            joins="queued to",
            recipients=tuple(sorted(mail.recipient for mail in mails)),
        )


def _handed_over(request: ApprovalRequest, mails: list[OutgoingMail]) -> bool:
    """Whether these ask on behalf of somebody who was asked before, and said to be away."""
    asked = {invitation.address for invitation in request.invitations.all()}
    return all(mail.invitation and mail.invitation.on_behalf_of in asked for mail in mails)


def deliveries(mail: OutgoingMail) -> Iterator[TimelineEvent]:
    """Each try, and what became of the mail otherwise."""
    title = mail.kind.title
    attempts = list(mail.attempts.all())
    last = attempts[-1] if attempts else None
    for attempt in attempts:
        tone, icon, words = _ATTEMPTS.get(attempt.outcome, ("", "mail", "tried by {server} for"))
        if attempt.outcome == Mail.State.FAILED and (attempt.code or 0) < 500:
            words = "given up at {server} for"  # nobody refused it: no word, or no time is left
        deferred = attempt.outcome == Mail.State.DEFERRED
        code = f"{attempt.code} " if attempt.code else ""
        answer = attempt.answer if attempt.answer.startswith(code) else f"{code}{attempt.answer}"
        yield TimelineEvent(
            at=attempt.at,
            title=f"{title} {words.format(server=attempt.server_name)} {mail.recipient}",
            icon=icon,
            tone=tone,
            server_words=answer,
            next_try=mail.next_try if attempt is last else None,
            joins=words.format(server=attempt.server_name) if tone == "good" or deferred else "",
            repeats=answer if deferred else "",
            recipients=(mail.recipient,),
        )
    if mail.state == Mail.State.CANCELLED and mail.finished_at:
        yield TimelineEvent(
            at=mail.finished_at,
            title=f"{title} to {mail.recipient} withdrawn",
            icon="cancelled",
            tone="off",
            text=_why_withdrawn(mail, last),
        )
    ended_by_try = last is not None and last.at == mail.finished_at
    if mail.state == Mail.State.FAILED and mail.finished_at and not ended_by_try:
        yield TimelineEvent(
            at=mail.finished_at,
            title=f"{title} to {mail.recipient} given up",
            icon="trouble",
            tone="bad",
            text="It may have arrived. Its time is over."
            if last is not None and last.outcome == Mail.State.UNKNOWN
            else "No mail server had accepted it when its time was over.",
        )
    if mail.bounced_at:
        yield TimelineEvent(
            at=mail.bounced_at,
            title=f"{title} to {mail.recipient} came back undelivered",
            icon="trouble",
            tone="bad",
            text="Check the address.",
            server_words=Mask(settings.REPLY_ADDRESS).text(mail.report),
        )


def _why_withdrawn(mail: OutgoingMail, last: DeliveryAttempt | None) -> str:
    """Who cancelled it, where that was kept in place of a server's answer; else what it meant."""
    if mail.last_answer and (last is None or last.answer != mail.last_answer):
        return mail.last_answer
    if last is not None and last.outcome == Mail.State.UNKNOWN:
        return "It may have arrived. It isn't sent again, since it's no longer needed."
    return "It had not been sent yet and was no longer needed."


def reply_event(mail: IncomingMail) -> TimelineEvent:
    """That a message came in, with how it was read."""
    return TimelineEvent(
        at=mail.received_at,
        title=reply_title(mail),
        icon="reply",
        tone=reply_tone(mail),
        text=mail.reason,
        steps=reading_steps(mail),
        raw_id=mail.pk,
        raw_size=mail.size,
    )


def _decision(decision: Decision) -> TimelineEvent:
    approved = decision.answer == Decision.Answer.APPROVE
    return TimelineEvent(
        at=decision.at,
        title=decision_words(decision),
        icon="approved" if approved else "denied",
        tone="good" if approved else "bad",
        quote=decision.comment,
    )


def _grant_events(request: ApprovalRequest, grant: Grant) -> Iterator[TimelineEvent]:
    """Its runs, of many only the first and the latest, and its end by hand."""
    uses = list(grant.uses.all())
    rights = " with administrator rights" if request.terms.elevated else ""
    for place, use in enumerate(uses, start=1):
        if len(uses) > MAX_RUNS and place not in {1, len(uses)}:
            continue
        text = "" if len(uses) == 1 else f"Run {place} of {len(uses)} under this grant."
        yield TimelineEvent(use.at, f"Run on {request.computer_name}{rights}", "run", "", text)
    if grant.revoked_at:
        yield TimelineEvent(
            at=grant.revoked_at,
            title=f"Grant revoked by {grant.revoked_by}",
            icon="cancelled",
            tone="bad",
            text="Applies from the next run.",
            quote=grant.revoke_reason,
        )
