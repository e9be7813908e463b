"""Deciding a request: one answer of one person, and what follows from it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from approvals.errors import AnswerRefused, AnswerSuperseded, NotAllowed, RequestClosed
from approvals.facts import bound_evidence
from approvals.models import ApprovalRequest, Decision, IncomingMail, Invitation
from approvals.services.asking_again import recount
from approvals.services.closing import close
from approvals.services.decider import Decider, why_not
from approvals.services.grants import grant
from approvals.services.quorum import quorum_of
from core.actors import MAX_ACTOR_NAME, Actor
from core.audit.services import record
from core.metrics import Counter
from core.text import visible
from core.tracing import span

BY_MAIL = {Decision.Channel.REPLY, Decision.Channel.LINK, Decision.Channel.BEARER}
DECISIONS = Counter("pmconsole_decisions", "Answers that counted", ("answer", "channel"))
log = structlog.get_logger(__name__)


def decide(
    *,
    number: int,
    decider: Decider,
    answer: str,
    minutes: int | None = None,
    comment: str = "",
    incoming: IncomingMail | None = None,
    evidence: Mapping[str, object] | None = None,
    written_at: datetime | None = None,
) -> Decision:
    """Record one answer; close the request if that settles it.

    `answer` is a Decision.Answer; `minutes` is None for One Time. `written_at` belongs to `incoming`:
    when a reply was written, None if that is unknown. Raises RequestClosed (nothing has changed),
    NotAllowed (the requester, a disabled account; others are asked if too few are left), AnswerRefused
    (longer than the process allows) and AnswerSuperseded (an older message that came late).
    """
    actor, known = decider.actor, dict(evidence or {})
    if decider.signed_in:
        known["signed_in"] = Actor.of_user(decider.signed_in).to_json()
    with _recounting_if_refused(number), transaction.atomic():
        # Holds the row until the transaction ends, so that answers count one by one.
        is_open = ApprovalRequest.objects.open().filter(pk=number).update(state="pending")
        request = ApprovalRequest.objects.get(pk=number)
        now = _now_after_answers(request)
        if incoming is None:
            written_at = now
        if not is_open:
            raise RequestClosed(closed_sentence(request))
        _refuse_impossible(request, decider, answer, minutes)
        decision = Decision(
            request=request,
            invitation=decider.invitation,
            person=decider.person,
            person_key=decider.key,
            actor_kind=actor.kind,
            actor_id=actor.id,
            name=actor.name[:MAX_ACTOR_NAME],
            channel=decider.channel,
            answer=answer,
            minutes=minutes if answer == Decision.Answer.APPROVE else None,
            comment=comment[:1000],
            at=now,
            written_at=min(written_at or now, now),
            incoming=incoming,
            evidence={**bound_evidence(request), **known},
        )
        _refuse_older(decision, is_dated=written_at is not None)
        if request.terms.approvals_needed > 1:  # profiles may change until the next answer
            decision.evidence["known_as"] = sorted(decision.names_today())
            decision.evidence["named"] = sorted(decision.people_named_today())
        decision.save()
        if decider.invitation is not None:
            Invitation.objects.filter(pk=decider.invitation.pk).update(
                state=Invitation.State.ANSWERED
            )
        _settle(request, decision)
        record(
            actor=actor,
            verb="decide",
            kind="request",
            object_id=number,
            facts={
                "answer": answer,
                "minutes": decision.minutes,
                "comment": decision.comment,
                "channel": decider.channel,
                "state": request.state,
                "policy_version": request.policy_version,
                "evidence": decision.evidence,
            },
        )
    DECISIONS.count(answer, decider.channel)
    outcome = {"answer": answer, "state": request.state}
    with span("decision", trace=request.trace, since=now, channel=decider.channel, **outcome):
        pass  # only now it is known whose it is
    log.info("request_answered", number=number, request_id=request.trace, **outcome)
    return decision


@contextmanager
def _recounting_if_refused(number: int) -> Iterator[None]:
    """Where one who was asked may not decide, too few may be left."""
    try:
        yield
    except NotAllowed:
        recount(number)
        raise


def _now_after_answers(request: ApprovalRequest) -> datetime:
    """The time, later than that of every answer that was given: another host's clock may be fast."""
    newest = request.decisions.aggregate(at=Max("at"))["at"]
    now = timezone.now()
    return max(now, newest + timedelta(microseconds=1)) if newest else now


def closed_sentence(request: ApprovalRequest) -> str:
    """Who decided what, for an answer that comes too late."""
    final = request.final_decision
    if final is not None and not request.is_pending:
        return f"{request} was {request.state} already, by {final.deciders}."
    if request.was_deserted:
        return f"{request} was cancelled: {visible(request.computer_name)} stopped waiting for it."
    if request.state == ApprovalRequest.State.CANCELLED:
        return f"{request} was cancelled by the user."
    return f"{request} has expired: nobody decided in time."


def _refuse_impossible(
    request: ApprovalRequest, decider: Decider, answer: str, minutes: int | None
) -> None:
    if reason := why_not(request, decider):
        raise NotAllowed(reason)
    if decider.channel in BY_MAIL and not request.terms.decided_by_mail:
        raise AnswerRefused(f"{request} is decided in Manage Approvals. Sign in to the console.")
    longest = request.terms.longest_grant
    if answer == Decision.Answer.APPROVE and minutes is not None and not 0 < minutes <= longest:
        raise AnswerRefused(f"Choose from 1 to {longest} minutes; {minutes} isn't possible here.")


def _refuse_older(decision: Decision, *, is_dated: bool) -> None:
    """An approval replaces only what its author wrote before it. Any denial counts: the safe side.

    A Date that lies ahead tells only in what order replies were written by that clock. Else such an
    approval may replace what gives no less. What gives more has a later Date than every reply before, as
    it was written: else it may be an old one that was sent on again.
    """
    given = decision.request.decisions.select_related("invitation", "incoming")
    newest_first = given.defer("incoming__encrypted_raw").order_by("-at", "-id")
    own = [each for each in newest_first if decision.replaces(each)]
    if not own or decision.answer == Decision.Answer.DENY:
        return
    earlier = own[0]
    gives_more = (decision.minutes or 0) > (earlier.minutes or 0)  # One Time is the least
    date, before = _date_ahead(decision), _date_ahead(earlier)
    if date is not None:
        is_newer = not gives_more or (before is not None and date > before)
    else:
        is_newer = is_dated and decision.written_at > earlier.written_at
    if gives_more:
        is_newer = is_newer and _is_dated_last(decision, own)
    if not is_newer:
        raise AnswerSuperseded(
            f"It wasn't written after the answer that counts ({earlier.at:%Y-%m-%d %H:%M} UTC)."
        )


def _is_dated_last(decision: Decision, own: list[Decision]) -> bool:
    """Whether a reply's Date is later than those of all before it, also of such as were superseded."""
    written, incoming = _date_of(decision.incoming), decision.incoming
    if incoming is None or written is None:
        return True
    superseded = IncomingMail.objects.filter(
        invitation=decision.invitation, outcome=IncomingMail.Outcome.SUPERSEDED
    ).exclude(pk=incoming.pk)
    before = [*(each.incoming for each in own), *superseded.defer("encrypted_raw")]
    return all(written > date for date in map(_date_of, before) if date)


def _date_ahead(decision: Decision) -> datetime | None:
    """The Date of a reply that was written by a clock that is fast, so that it came before it."""
    date, incoming = _date_of(decision.incoming), decision.incoming
    return date if incoming and date and date > incoming.received_at else None


def _date_of(incoming: IncomingMail | None) -> datetime | None:
    """The Date of a reply, as it is written in it."""
    written = incoming.reading.get("written_at") if incoming else ""
    return datetime.fromisoformat(written) if written else None


def _settle(request: ApprovalRequest, decision: Decision) -> None:
    """A denial closes at once; approvals close it when enough distinct persons have given one."""
    if decision.answer == Decision.Answer.DENY:
        close(request, state=ApprovalRequest.State.DENIED, decision=decision)
        return
    # Any denial would have closed it, so all answers are approvals.
    quorum = quorum_of(request, judged=decision)
    enough = quorum.people >= request.terms.approvals_needed
    if enough or decision.channel == Decision.Channel.COMMAND:
        grant(request, minutes=quorum.minutes)
        if len(quorum.names) > 1 and decision.channel != Decision.Channel.COMMAND:
            decision.evidence["approved_by"] = quorum.names
            decision.save(update_fields=["evidence"])
        close(request, state=ApprovalRequest.State.APPROVED, decision=decision)
    else:
        recount(request.number)  # who gave it may be one who was counted already
