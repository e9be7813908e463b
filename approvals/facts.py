"""A request's row as the plain facts that mails and pages tell: what is asked, what is odd about it."""

import hashlib
import json
import uuid
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from approvals.eligibility import Requester
from approvals.letters.compose import ways_to_answer
from approvals.letters.covers import Bound
from approvals.letters.execution import Execution
from approvals.letters.facts import RequestFacts, RequestOutcome, Ways
from approvals.letters.signs import Earlier, Sign, signs
from approvals.models import ApprovalRequest, Decision, Grant
from approvals.terms import Characteristics
from core.people.selectors import person_with_address


def facts_of_request(request: ApprovalRequest, requester: Requester | None = None) -> RequestFacts:
    """Everything a mail says of a request, from its snapshot and its frozen terms.

    `requester` if the caller has just asked who that is.
    """
    terms = request.terms
    requester = requester or Requester.of(request)
    person = requester.person
    return RequestFacts(
        number=request.number,
        account=request.account,
        full_name=person.get_full_name() if person else "",
        computer=request.computer_name,
        execution=execution_of(request),
        signer=request.signer,
        reason=request.reason,
        asked_minutes=request.asked_minutes,
        policy=request.policy_name,
        process=terms.process_name if terms.decided_by_mail else "",  # "an approver of …"
        characteristics=characteristics_of(request),
        signs=signs_of_request(request, requester),
        requested=request.created_at,
        expires=request.expires_at,
        longest_minutes=terms.longest_grant,
        zone=timezone.get_default_timezone(),
    )


def execution_of(request: ApprovalRequest) -> Execution:
    """What is to run, from the reported event that the keys are made of, and the frozen rights."""
    return Execution.of_event(
        request.event,
        file_path=request.file_path,
        sha256=request.sha256,
        account=request.account,
        account_id=request.account_id,
        command_line=request.command_line,
        rights=request.terms.rights,
    )


def bound_evidence(request: ApprovalRequest) -> dict[str, Any]:
    """What a decision is about, for its record: digests of what is bound, rights, the policy."""
    arguments = json.dumps(request.event.get("arguments") or [], ensure_ascii=False)
    return {
        "arguments_sha256": hashlib.sha256(arguments.encode("utf-8", "surrogatepass")).hexdigest(),
        "exact_key": request.exact_key,
        "scope_key": request.scope_key,
        "rights": request.terms.rights.to_json(),
        "policy_version": request.policy_version,
    }


def characteristics_of(request: ApprovalRequest) -> Bound:
    """What a grant of this request is bound to."""
    terms = request.terms
    return Bound(
        **asdict(Characteristics.of(terms)),
        has_hash=bool(request.sha256),
        one_time_ends_after=terms.one_time_ends_after,
    )


def signs_of_request(
    request: ApprovalRequest, requester: Requester | None = None
) -> tuple[Sign, ...]:
    """What deserves a second look.

    A closed request keeps to what was known when it was decided. A pending one adds, under a title
    of its own, what has been decided since it was asked.
    """
    known = request.known_until
    before, since = Q(closed_at__lt=known), Q(closed_at__gte=known)
    earlier, later = _decided_about_same_file(request, Q() if request.is_pending else before), None
    if earlier and earlier.at >= known:
        later = _decided_about_same_file(request, since)
        earlier = _decided_about_same_file(request, before)
    return signs(
        execution_of(request),
        signer=request.signer,
        now=timezone.now(),
        zone=timezone.get_default_timezone(),
        requester_known=(requester or Requester.of(request)).is_known,
        earlier=earlier,
        later=later,
    )


def _decided_about_same_file(request: ApprovalRequest, when: Q) -> Earlier | None:
    """The newest decision about the same file of those closed `when`, and how many are like it."""
    if not request.sha256:
        return None
    decided = ApprovalRequest.objects.filter(
        when, sha256=request.sha256, state__in=("approved", "denied")
    ).exclude(pk=request.pk)
    newest = decided.select_related("grant").order_by("-closed_at", "-number").first()
    if newest is None or newest.closed_at is None:
        return None
    # A revocation counts from when it was known: for a pending request that is now.
    known = request.closed_at or timezone.now()
    grant: Grant | None = getattr(newest, "grant", None)
    is_revoked, revoked = (
        bool(grant and grant.was_revoked_by(known)),
        Q(grant__revoked_at__lte=known),
    )
    alike = decided.filter(revoked if is_revoked else ~revoked, state=newest.state)
    return Earlier(
        approved=newest.state == ApprovalRequest.State.APPROVED,
        at=newest.closed_at,
        account=newest.account,
        computer=newest.computer_name,
        count=alike.count(),
        revoked=is_revoked,
    )


def outcome_of_request(request: ApprovalRequest, decision: Decision | None) -> RequestOutcome:
    """How a closed request ended; `decision` is the answer that closed it, None if nobody did.

    One whose time is over has expired, also if no sweep has come to it yet.
    """
    state = ApprovalRequest.State.EXPIRED if request.is_pending else request.state
    grant = Grant.objects.filter(request=request).first()
    return RequestOutcome(
        kind="deserted" if request.was_deserted else state,  # type: ignore[arg-type]  # a closed state
        at=request.closed_at or timezone.now(),
        by=decision.deciders if decision else "",
        channel=decision.get_channel_display() if decision and decision.decided_alone else "",
        comment=decision.comment if decision else "",
        minutes=grant.minutes if grant else None,
        until=grant.expires_at if grant else None,
        revoked=bool(grant and grant.revoked_at),
    )


def ways_of(request: ApprovalRequest, *, invitation: uuid.UUID | None = None) -> Ways:
    """How a request may be answered by mail; `invitation` where several stand in one mail.

    One that is decided in the console has a link to its page there, and nothing else.
    """
    if not request.terms.decided_by_mail:
        url = settings.PUBLIC_URL
        return Ways(reply_to=None, link=f"{url}{request.get_absolute_url()}" if url else None)
    return ways_to_answer(
        reply_address=settings.REPLY_ADDRESS,
        public_url=settings.PUBLIC_URL,
        link_needs_sign_in=request.terms.link_needs_sign_in,
        invitation=invitation,
    )


def name_at(address: str) -> str:
    """The name of the person with this address, else the address; "" for ""."""
    person = person_with_address(address) if address else None
    return (person.get_full_name() if person else "") or address
