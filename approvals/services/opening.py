"""Opening a request: the request, its invitations and its outbox rows in one transaction."""

from datetime import timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from approvals.eligibility import addresses_excluded
from approvals.errors import ApprovalError, NoApprovers, TooManyPending
from approvals.models import ApprovalProcess, ApprovalRequest, ApprovalType, Invitation
from approvals.services import notices
from approvals.services.closing import expire_plea
from approvals.services.plea import Plea
from approvals.terms import Terms
from approvals.tokens import link_token, reply_token
from core.alerts.services import raise_alert
from core.audit.services import record
from core.encryption import newest_key_number, token_hash
from core.ids import uuid7
from core.logs import current_trace
from core.people.selectors import bare_address, people_with_account, person_key

MOST_PENDING = 5  # requests that one account may have open
log = structlog.get_logger(__name__)


def open_request(
    *, plea: Plea, approval_type: ApprovalType, reason: str, waits: bool
) -> ApprovalRequest:
    """The pending request for `plea`, made now unless it is pending already.

    `waits` says whether an agent waits for the decision. Raises TooManyPending, NoApprovers, or
    ApprovalError with the code recently_denied.
    """
    for _ in range(2):  # the second time if another request took the plea's place meanwhile
        try:
            with transaction.atomic():
                return _pending(plea) or _open(plea, approval_type, reason, waits)
        except IntegrityError:
            log.info("plea_pending_meanwhile", scope=plea.scope_key)
    return ApprovalRequest.objects.pending().get(scope_key=plea.scope_key)


def _pending(plea: Plea) -> ApprovalRequest | None:
    return ApprovalRequest.objects.open().filter(scope_key=plea.scope_key).first()


def _open(plea: Plea, approval_type: ApprovalType, reason: str, waits: bool) -> ApprovalRequest:
    process = approval_type.process
    if process is None:
        raise NoApprovers(
            f"The approval type {approval_type.name} has no process that could decide. "
            "Please tell an administrator."
        )
    _refuse_if_too_many(plea)
    _refuse_if_just_denied(plea)
    expire_plea(plea.scope_key)
    terms = _terms(process, approval_type, plea)
    request = _create(plea, approval_type, process, terms, reason, waits)
    invitations = _invite(request, terms)
    notices.queue_requests(request, invitations, server=process.smtp_server)
    record(
        actor=plea.account,
        verb="open",
        kind="request",
        object_id=request.number,
        facts={
            "computer": plea.computer_name,
            "file": plea.file_path,
            "sha256": plea.sha256,
            "reason": reason,
            "policy": plea.policy_name,
            "policy_version": plea.policy_version,
            "terms": terms.to_json(),
            "invited": [invitation.address for invitation in invitations],
        },
    )
    log.info("request_opened", number=request.number, invited=len(invitations))
    return request


def _refuse_if_too_many(plea: Plea) -> None:
    pending = ApprovalRequest.objects.open().filter(
        computer_id=plea.computer_id, account__iexact=plea.account
    )
    if pending.count() >= MOST_PENDING:
        raise TooManyPending(
            f"{MOST_PENDING} requests of {plea.account} are waiting already. "
            "Wait for a decision, or cancel one."
        )


def _refuse_if_just_denied(plea: Plea) -> None:
    denied = ApprovalRequest.objects.filter(scope_key=plea.scope_key, quiet_until__gt=Now())
    if denied.exists():
        error = ApprovalError("The same request was denied a short while ago.")
        error.code = "recently_denied"
        raise error


def _terms(process: ApprovalProcess, approval_type: ApprovalType, plea: Plea) -> Terms:
    """Who is asked and who sends stand in the process itself; how it is decided in its start activity."""
    asks, decides = process.typed, (process.start_activity or process).typed
    return Terms(
        process_name=process.name,
        process_kind=process.kind,
        type_name=approval_type.name,
        to_addresses=asks.to_addresses if process.sends_requests else (),
        from_address=asks.from_address,
        approvals_needed=decides.approvals_needed,
        expires_after=decides.expires_after,
        longest_grant=decides.longest_grant,
        pause_after_denial=decides.pause_after_denial,
        link_needs_sign_in=decides.link_needs_sign_in,
        mail_domain=decides.mail_domain,
        file_specific=approval_type.file_specific,
        policy_specific=approval_type.policy_specific,
        command_line_specific=approval_type.command_line_specific,
        elevated=plea.elevated,
    )


def _create(
    plea: Plea,
    approval_type: ApprovalType,
    process: ApprovalProcess,
    terms: Terms,
    reason: str,
    waits: bool,
) -> ApprovalRequest:
    now = timezone.now()
    people = people_with_account(name=plea.account, identifier=plea.account_id)
    snapshot = {
        name: getattr(plea, name) for name in Plea.__dataclass_fields__ if name != "elevated"
    }
    return ApprovalRequest.objects.create(
        **snapshot,
        created_at=now,
        expires_at=now + timedelta(minutes=terms.expires_after),
        reason=reason,
        terms_json=terms.to_json(),
        process=process,
        type=approval_type,
        type_uuid=approval_type.pk,
        requester=people[0] if len(people) == 1 else None,
        last_waited_at=now if waits else None,
        trace=current_trace(),
    )


def _invite(request: ApprovalRequest, terms: Terms) -> list[Invitation]:
    """An invitation for each To Address, but never for one of the requester's own."""
    excluded = addresses_excluded(request)
    once = {bare_address(a): a for a in reversed(terms.to_addresses)}
    addresses = [a for bare, a in reversed(once.items()) if bare not in excluded]
    if terms.to_addresses and len({person_key(a) for a in addresses}) < terms.approvals_needed:
        raise_alert(
            key=f"request:{request.number}:approvers",
            text=f"{request} needs {terms.approvals_needed} approvals, but only {len(addresses)} "
            "of its approvers may decide: nobody decides on his own request. "
            "Decide in Manage Approvals, or it expires.",
            link=f"/approvals/{request}/",
        )
    key_number = newest_key_number()
    invitations = []
    for address in addresses:
        identity = uuid7()
        invitations.append(
            Invitation(
                id=identity,
                request=request,
                address=address,
                key_number=key_number,
                reply_hash=token_hash(reply_token(identity, key_number)),
                link_hash=token_hash(link_token(identity, key_number)),
            )
        )
    return Invitation.objects.bulk_create(invitations)
