"""Deciding a request: one answer of one person, and what follows from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from approvals.eligibility import may_be_requester
from approvals.errors import AnswerRefused, AnswerSuperseded, NotAllowed, RequestClosed
from approvals.facts import bound_evidence
from approvals.models import ApprovalRequest, Decision, IncomingMail, Invitation
from approvals.services.asking_again import replace_disabled
from approvals.services.closing import close
from approvals.services.grants import grant
from core.actors import MAX_ACTOR_NAME, Actor
from core.audit.services import record
from core.metrics import Counter
from core.people.models import User
from core.people.selectors import (
    are_disabled,
    people_with_address,
    person_keys,
    person_with_address,
)
from core.roles import Permission, roles_of, roles_with
from core.tracing import span

DECISIONS = Counter("pmconsole_decisions", "Answers that counted", ("answer", "channel"))
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Decider:
    """Who answers and how we know: an invited approver, a console user, or an operator."""

    channel: str  # Decision.Channel
    user: User | None = None
    invitation: Invitation | None = None
    # Who was signed in while a link that needs no sign-in was used: recorded beside its address.
    signed_in: User | None = None
    operator: Actor | None = None  # who works at the command line

    @classmethod
    def of(cls, answer: Decision) -> "Decider":
        """Who gave an answer, to judge it again by today's profiles."""
        by_user = answer.channel in (Decision.Channel.CONSOLE, Decision.Channel.LINK)
        return cls(
            answer.channel,
            user=answer.person if by_user else None,
            invitation=answer.invitation,
            signed_in=answer.author if answer.author != answer.person else None,
        )

    @property
    def person(self) -> User | None:
        if self.user is None and self.invitation is not None:
            return person_with_address(self.invitation.address)
        return self.user

    @property
    def key(self) -> str:
        """Who counts as one in a quorum. Whoever is signed in is one, whose link it may be."""
        user = self.user or self.signed_in
        if user is not None:
            return f"user:{user.pk}"
        if self.invitation is not None:
            (key,) = person_keys([self.invitation.address])
            return key
        return self.actor.id

    @property
    def actor(self) -> Actor:
        """Who acted, as it is recorded and shown."""
        if self.user is not None:
            return Actor.of_user(self.user)
        if self.invitation is None:
            return self.operator or Actor.of_system("console")
        actor = Actor.of_address(self.invitation.address, self.person)
        if self.signed_in is None:
            return actor
        both = f"{actor.name}, signed in as {Actor.of_user(self.signed_in).name}"
        return replace(actor, name=both)


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
    NotAllowed (the requester, a disabled account), AnswerRefused (longer than the process allows)
    and AnswerSuperseded (an older message that came late).
    """
    actor, known = decider.actor, dict(evidence or {})
    if decider.signed_in:
        known["signed_in"] = Actor.of_user(decider.signed_in).to_json()
    with transaction.atomic():
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


def _now_after_answers(request: ApprovalRequest) -> datetime:
    """The time, later than that of every answer that was given: another host's clock may be fast."""
    newest = request.decisions.aggregate(at=Max("at"))["at"]
    now = timezone.now()
    return max(now, newest + timedelta(microseconds=1)) if newest else now


def closed_sentence(request: ApprovalRequest) -> str:
    """Who decided what, for an answer that comes too late."""
    final = request.final_decision
    if final is not None and not request.is_pending:
        return f"{request} was {request.state} already, by {final.name}."
    if request.state == ApprovalRequest.State.CANCELLED:
        return f"{request} was cancelled by the user."
    return f"{request} has expired: nobody decided in time."


def newest_answers(request: ApprovalRequest) -> list[Decision]:
    """The answer that counts of each distinct person: the newest.

    Whoever answers one invitation is one person, signed in or not and as whichever user, and so is
    what else those users answered. An approver who is away and the delegate to whom their part was
    handed count as one. An answer of somebody who couldn't give it any more doesn't
    count: the account was disabled since, a role was taken away, it turned out to be the requester's.
    """
    given = list(request.decisions.select_related("invitation", "person").order_by("at", "id"))
    if len(given) > 1:  # the first was only just given
        given = [each for each in given if not _is_void(each)]
    return [answers[-1] for answers in _groups(given, Decision.counts_with)]


def _is_void(answer: Decision) -> bool:
    """Whether whoever gave it couldn't give it any more, or has left and gave the address away."""
    decider, person = Decider.of(answer), answer.person
    if _why_not(answer.request, decider):
        return True
    if answer.channel == Decision.Channel.CONSOLE:
        return person is not None and not roles_of(person) & roles_with(Permission.APPROVALS_DECIDE)
    has_left = person is not None and not person.is_active
    return has_left and decider.person != person


def people_in(answers: list[Decision]) -> int:
    """How many people gave these answers for certain: those who may be one person are one."""
    return len(_groups(answers, Decision.may_be_by_author_of))


def _groups(
    answers: Iterable[Decision], belong: Callable[[Decision, Decision], bool]
) -> list[list[Decision]]:
    """The answers in groups, within which each belongs to another one, in their order."""
    groups: list[list[Decision]] = []
    for answer in answers:
        own = [group for group in groups if any(belong(answer, each) for each in group)]
        joined = [*(each for group in own for each in group), answer]
        groups = [*(group for group in groups if group not in own), joined]
    return groups


def _refuse_impossible(
    request: ApprovalRequest, decider: Decider, answer: str, minutes: int | None
) -> None:
    if reason := _why_not(request, decider):
        raise NotAllowed(reason)
    longest = request.terms.longest_grant
    if answer == Decision.Answer.APPROVE and minutes is not None and not 0 < minutes <= longest:
        raise AnswerRefused(f"Choose from 1 to {longest} minutes; {minutes} isn't possible here.")


def _why_not(request: ApprovalRequest, decider: Decider) -> str:
    """Why they can't decide this request, by today's profiles; "" if they can."""
    invitation = decider.invitation
    address = invitation.address if invitation else ""
    # Disabling an account ends what its person may do, though mailbox and old links stay theirs.
    signed_in = [user for user in (decider.user, decider.signed_in) if user is not None]
    holders = people_with_address(address) if address else []
    if are_disabled(holders) or not all(user.is_active for user in signed_in):
        return "This account is disabled, so it can't decide. Ask another approver."
    reason = may_be_requester(request, user=decider.person, address=address)
    if decider.signed_in:
        reason = reason or may_be_requester(request, user=decider.signed_in)
    if reason:
        return reason
    # Whoever was asked as one who holds a role, or their delegate, decides only while they hold it.
    if invitation and invitation.role:
        approver = invitation.on_behalf_of or invitation.address
        if not any(invitation.role in roles_of(each) for each in people_with_address(approver)):
            return (
                f"{approver} was asked because of the role {invitation.role}, and no longer has it. "
                "Ask somebody who does."
            )
    return ""


def _refuse_older(decision: Decision, *, is_dated: bool) -> None:
    """An approval replaces only what its author, or another who answers that part, wrote before it. Any
    denial counts: the safe side.

    A Date that lies ahead tells only in what order replies were written by that clock. Else such an
    approval may replace what gives no less. What gives more has a later Date than every reply before, as
    it was written: else it may be an old one that was sent on again.
    """
    given = decision.request.decisions.select_related("invitation", "incoming")
    newest_first = given.defer("incoming__encrypted_raw").order_by("-at", "-id")
    own = [each for each in newest_first if decision.counts_with(each)]
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
    newest = newest_answers(request)
    enough = people_in(newest) >= request.terms.approvals_needed
    if enough or decision.channel == Decision.Channel.COMMAND:
        # The narrowest counts: One Time (None) if anybody gave no more, else the shortest.
        lengths = [each.minutes for each in newest if each.minutes is not None]
        one_time = len(lengths) < len(newest)
        grant(request, minutes=None if one_time else min(lengths))
        close(request, state=ApprovalRequest.State.APPROVED, decision=decision)
    else:
        replace_disabled(request)
