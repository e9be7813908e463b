"""A request's row as the plain facts that mails and pages tell: what is asked, what is odd about it."""

from dataclasses import asdict

from django.utils import timezone

from approvals.eligibility import requester_is_known, requester_of
from approvals.letters.covers import Bound
from approvals.letters.facts import RequestFacts, RequestOutcome
from approvals.letters.signs import Earlier, Sign, signs
from approvals.models import ApprovalRequest, Decision, Grant
from approvals.terms import Characteristics


def facts_of_request(request: ApprovalRequest) -> RequestFacts:
    """Everything a mail says of a request, from its snapshot and its frozen terms."""
    terms = request.terms
    requester = requester_of(request)
    return RequestFacts(
        number=request.number,
        account=request.account,
        full_name=requester.get_full_name() if requester else "",
        requester_known=requester_is_known(request),
        computer=request.computer_name,
        file_name=request.file_name,
        file_path=request.file_path,
        signer=request.signer,
        sha256=request.sha256,
        command_line=request.command_line,
        reason=request.reason,
        policy=request.policy_name,
        process=terms.process_name,
        characteristics=characteristics_of(request),
        elevated=terms.elevated,
        signs=signs_of_request(request),
        requested=request.created_at,
        expires=request.expires_at,
        longest_minutes=terms.longest_grant,
        zone=timezone.get_default_timezone(),
    )


def characteristics_of(request: ApprovalRequest) -> Bound:
    """What a timed grant of this request is bound to."""
    frozen = Characteristics.of(request.terms)
    return Bound(**asdict(frozen), has_hash=bool(request.sha256))


def signs_of_request(request: ApprovalRequest) -> tuple[Sign, ...]:
    """What deserves a second look, as it is now."""
    return signs(
        file_path=request.file_path,
        file_name=request.file_name,
        signer=request.signer,
        now=timezone.now(),
        zone=timezone.get_default_timezone(),
        earlier=_earlier(request),
    )


def _earlier(request: ApprovalRequest) -> Earlier | None:
    """The newest decision about the same file."""
    if not request.sha256:
        return None
    decided = ApprovalRequest.objects.filter(
        sha256=request.sha256, state__in=("approved", "denied")
    ).exclude(pk=request.pk)
    newest = decided.order_by("-closed_at").first()
    if newest is None or newest.closed_at is None:
        return None
    return Earlier(
        approved=newest.state == ApprovalRequest.State.APPROVED,
        at=newest.closed_at,
        account=newest.account,
        computer=newest.computer_name,
        count=decided.filter(state=newest.state).count(),
    )


def outcome_of_request(request: ApprovalRequest, decision: Decision | None) -> RequestOutcome:
    """How a closed request ended; `decision` is the answer that closed it, None if nobody did."""
    grant = Grant.objects.filter(request=request).first()
    return RequestOutcome(
        kind=request.state,  # type: ignore[arg-type]  # a closed state is one of its four
        at=request.closed_at or timezone.now(),
        by=decision.name if decision else "",
        channel=decision.get_channel_display() if decision else "",
        comment=decision.comment if decision else "",
        minutes=grant.minutes if grant else None,
        until=grant.expires_at if grant else None,
    )
