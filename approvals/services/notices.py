"""Which mails a request leads to, and to whom: from rows to drafts to the outbox."""

from collections.abc import Collection

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from approvals import outbox
from approvals.eligibility import requester_of
from approvals.facts import facts_of_request, outcome_of_request
from approvals.letters import compose, message
from approvals.letters.facts import Ways
from approvals.models import ApprovalRequest, Decision, Invitation, OutgoingMail
from approvals.outbox import Letter
from approvals.services.report_to_run import report_lines
from foreign_systems.models import ForeignSystem

Purpose, State = OutgoingMail.Purpose, OutgoingMail.State


def queue_requests(
    request: ApprovalRequest, invitations: Collection[Invitation], *, server: ForeignSystem | None
) -> None:
    """The approval request, to each invited approver. No try after the request's expiry."""
    facts, ways = facts_of_request(request), _ways(request)
    report = report_lines(request.process) if invitations else []
    letters = [
        Letter(
            purpose=Purpose.REQUEST,
            recipient=invitation.address,
            draft=compose.request_mail(facts, invitation.address, ways, report=report),
            invitation=invitation,
            expires=request.expires_at,
        )
        for invitation in invitations
    ]
    outbox.add(letters, request=request, server=server)


def cancel_unsent(request: ApprovalRequest) -> None:
    """The request is closed: mail that asks for a decision and has not left stays here.

    What a worker is sending right now is left to it, and so is what may have arrived.
    """
    unsent = request.mails.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=Now()),
        purpose=Purpose.REQUEST,
        state__in=(State.QUEUED, State.DEFERRED),
    )
    unsent.update(state=State.CANCELLED, finished_at=timezone.now(), lease=None, lease_until=None)


def queue_outcomes(
    request: ApprovalRequest, invitations: Collection[Invitation], decision: Decision | None
) -> None:
    """The outcome: to everyone invited whose request mail left, and to the requester if we can."""
    facts, outcome = facts_of_request(request), outcome_of_request(request, decision)
    notice = compose.outcome_mail(facts, outcome, console_url=_console_url(request))
    gone_out = request.mails.filter(purpose=Purpose.REQUEST).exclude(
        state__in=(State.CANCELLED, State.FAILED)
    )
    asked = {mail.invitation_id: mail for mail in gone_out}
    letters = [
        Letter(
            purpose=Purpose.OUTCOME,
            recipient=invitation.address,
            draft=notice,
            follows=asked[invitation.pk],
            in_reply_to=asked[invitation.pk].message_id,
        )
        for invitation in invitations
        if invitation.pk in asked
    ]
    address = requester_address(request)
    if address:
        draft = compose.requester_outcome_mail(facts, outcome)
        letters.append(Letter(purpose=Purpose.REQUESTER_OUTCOME, recipient=address, draft=draft))
    outbox.add(letters, request=request, server=_server(request))


def queue_unclear(invitation: Invitation, *, first_line: str) -> None:
    """To an approver whose answer could not be read: what was read, and how to answer."""
    request = invitation.request
    facts = facts_of_request(request)
    draft = compose.unclear_mail(facts, _ways(request), first_line=first_line)
    letter = Letter(
        purpose=Purpose.UNCLEAR,
        recipient=invitation.address,
        draft=draft,
        invitation=invitation,
        in_reply_to=_asking_mail_id(invitation),
        expires=request.expires_at,
    )
    outbox.add([letter], request=request, server=_server(request))


def queue_stranger(invitation: Invitation, *, sender: str) -> None:
    """To an approver whose reply address somebody else, who is who he says, has used."""
    request = invitation.request
    letter = Letter(
        purpose=Purpose.STRANGER,
        recipient=invitation.address,
        draft=compose.stranger_mail(facts_of_request(request), _ways(request), sender=sender),
        invitation=invitation,
        in_reply_to=_asking_mail_id(invitation),
        expires=request.expires_at,
    )
    outbox.add([letter], request=request, server=_server(request))


def queue_closed(invitation: Invitation) -> None:
    """To an approver whose answer came too late: who decided what."""
    request = invitation.request
    outcome = outcome_of_request(request, request.final_decision)
    letter = Letter(
        purpose=Purpose.CLOSED,
        recipient=invitation.address,
        draft=compose.closed_mail(facts_of_request(request), outcome),
        in_reply_to=_asking_mail_id(invitation),
    )
    outbox.add([letter], request=request, server=_server(request))


def requester_address(request: ApprovalRequest) -> str:
    """Where the requester reads mail, "" if nobody knows."""
    person = requester_of(request)
    if person and person.email:
        return person.email
    domain = request.terms.mail_domain
    own = f"{request.short_account}@{domain}".casefold()
    return own if domain and _is_address(own) else ""


def _is_address(text: str) -> bool:
    """Accounts are hearsay: one that makes no address shall not stop the request from closing."""
    try:
        return len(message.address(text)) <= 254
    except (ValueError, UnicodeError):
        return False


def _ways(request: ApprovalRequest) -> Ways:
    return compose.ways(
        reply_address=settings.REPLY_ADDRESS,
        public_url=settings.PUBLIC_URL,
        link_needs_sign_in=request.terms.link_needs_sign_in,
    )


def _console_url(request: ApprovalRequest) -> str:
    return f"{settings.PUBLIC_URL}/approvals/{request}/"


def _server(request: ApprovalRequest) -> ForeignSystem | None:
    return request.process.smtp_server if request.process else None


def _asking_mail_id(invitation: Invitation) -> str:
    asking = invitation.mails.filter(purpose=Purpose.REQUEST).first()
    return asking.message_id if asking else ""
