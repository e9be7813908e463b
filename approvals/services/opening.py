"""Opening a request: the request, its invitations and its outbox rows in one transaction."""

import math
from dataclasses import asdict
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from approvals.eligibility import Requester
from approvals.errors import (
    AskedTooLong,
    NoApprovers,
    RecentlyDenied,
    TooManyPending,
    TooManyRequests,
)
from approvals.facts import bound_evidence
from approvals.models import (
    ApprovalProcess,
    ApprovalRequest,
    ApprovalType,
    Invitation,
    OpeningLock,
)
from approvals.services import asking_again, notices
from approvals.services.closing import expire_plea
from approvals.services.inviting import invite
from approvals.services.plea import Plea
from approvals.terms import Characteristics, Rights, Terms
from core.advanced.models import advanced
from core.audit.services import record
from core.dates import duration
from core.logs import current_trace
from core.people.accounts import Account
from core.people.selectors import manager_to_ask
from core.tracing import traced

MAX_PENDING = 5  # open requests of one account on one computer
HOUR = timedelta(hours=1)
log = structlog.get_logger(__name__)


@traced("open request")
def open_request(
    *,
    plea: Plea,
    approval_type: ApprovalType,
    reason: str,
    waits: bool,
    asked_minutes: int | None = None,
) -> ApprovalRequest:
    """The pending request for `plea`, made now unless it is pending already.

    `approval_type` brings its process as it was read, with its SMTP server and start activity.
    `waits` says whether an agent waits for the decision, `asked_minutes` for how long the user would
    like to be approved. Raises RecentlyDenied, TooManyPending, TooManyRequests, NoApprovers or
    AskedTooLong.
    """
    with transaction.atomic():
        OpeningLock.hold(plea.computer_id)
        pending = ApprovalRequest.objects.pending().filter(plea_key=plea.plea_key)
        if pending.exists():
            if request := pending.open().first():
                return request
            expire_plea(plea.plea_key)
        return _open(plea, approval_type, reason, waits, asked_minutes)


def _open(
    plea: Plea,
    approval_type: ApprovalType,
    reason: str,
    waits: bool,
    asked_minutes: int | None,
) -> ApprovalRequest:
    """A new request with its invitations, mails and audit entry."""
    process = approval_type.process
    if process is None:
        raise NoApprovers(
            f"The approval type {approval_type.name} has no approval process. "
            "Ask an administrator to choose one."
        )
    _refuse_excess(plea)
    mail_domains = {process.deciding.typed.mail_domain, process.typed.mail_domain} - {""}
    requester = Requester.asking_now(Account(plea.account, plea.account_id), mail_domains)
    manager = _manager(process, requester)
    now, terms = timezone.now(), _terms(process, approval_type, plea.rights, manager)
    if asked_minutes is not None and not 0 < asked_minutes <= terms.longest_grant:
        raise AskedTooLong(f"Ask for at most {duration(terms.longest_grant)}.")
    snapshot = {name: getattr(plea, name) for name in Plea.__dataclass_fields__ if name != "rights"}
    request = ApprovalRequest.objects.create(
        **snapshot,
        **asking_again.times(terms, now),
        created_at=now,
        expires_at=now + timedelta(minutes=terms.expires_after),
        reason=reason,
        asked_minutes=asked_minutes,
        terms_json=terms.to_json(),
        process=process,
        type=approval_type,
        type_uuid=approval_type.pk,
        requester=requester.person,
        requester_known_as=requester.known_then,
        last_waited_at=now if waits else None,
        trace=current_trace(),
    )
    as_manager = {manager: Invitation.MANAGER} if manager else {}
    invitations = invite(request, terms.to_addresses, requester=requester, asked_as=as_manager)
    if terms.decided_by_mail:
        asking_again.ask_more_if_too_few(request, invitations)
    notices.queue_requests(request, invitations, requester=requester)
    _record(request, reason, invitations)
    log.info("request_opened", number=request.number, invited=len(invitations))
    return request


def _refuse_excess(plea: Plea) -> None:
    """Raises RecentlyDenied, TooManyPending or TooManyRequests.

    Counted from the rows, so that the limits outlive a restart. Accounts that may be one person's
    count as one, so that another spelling of an account opens nothing.
    """
    account = Account(plea.account, plea.account_id)
    on_computer = ApprovalRequest.objects.on_computer(plea.computer_id)
    denied = on_computer.pausing().filter(pause_key=plea.pause_key)
    held = (denied | on_computer.open()).values_list("state", "account", "account_id")
    states = [state for state, *known in held if account.likeness(Account(*known))]
    pending = states.count(ApprovalRequest.State.PENDING)
    if pending < len(states):
        raise RecentlyDenied("An identical request was denied a short while ago.")
    if pending >= MAX_PENDING:
        raise TooManyPending(
            f"{plea.account} already has {MAX_PENDING} pending requests. "
            "Wait for a decision, or cancel one."
        )
    now = timezone.now()
    recent = on_computer.filter(created_at__gt=now - HOUR).order_by("created_at")
    opened_by = list(recent.values_list("created_at", "account", "account_id"))
    for who, opened, limit in (
        (
            plea.account,
            [at for at, *known in opened_by if account.likeness(Account(*known))],
            advanced().openings_per_account,
        ),
        (plea.computer_name, [at for at, *_ in opened_by], advanced().openings_per_computer),
    ):
        if len(opened) >= limit:
            # Room for one more comes when only limit - 1 of them are younger than an hour.
            leaves = opened[len(opened) - limit] if limit else now
            seconds = math.ceil((leaves + HOUR - now) / timedelta(seconds=1))
            raise TooManyRequests(
                f"{limit} approval requests an hour are the most for {who}. "
                f"Try again in {duration(math.ceil(seconds / 60))}.",
                retry_after=max(1, seconds),
            )


def _manager(process: ApprovalProcess, requester: Requester) -> str:
    """The address of the requester's manager; "" if nobody can be asked as that, or nobody is to be.

    A manager who may be the requester is none.
    """
    asks, person = process.asking.typed, requester.person
    if person is None or not (asks.asks_manager or asks.escalate_to_manager):
        return ""
    manager, address = manager_to_ask(person) or (None, "")
    return "" if requester.reason_against(user=manager, address=address) else address


def _terms(
    process: ApprovalProcess, approval_type: ApprovalType, rights: Rights, manager: str
) -> Terms:
    """Who is asked and how it is decided is as its start activity says; this one only sends.

    Without a manager the fallback is asked, at once or by escalation.
    """
    sends, asks, decides = process.typed, process.asking.typed, process.deciding.typed
    instead = (manager or asks.manager_fallback,) if asks.asks_manager else ()
    fallback = (asks.manager_fallback,) if asks.escalate_to_manager and not manager else ()
    asked = (*asks.to_addresses, *filter(None, instead)) if process.sends_requests else ()
    return Terms.freeze(
        decides,
        asks,
        process_name=process.asking.name,
        process_kind=process.kind,
        decided_by_mail=process.decided_by_mail,
        from_address=sends.from_address,
        from_name=sends.from_name,
        mail_domain=decides.mail_domain or sends.mail_domain,
        sender_mail_domain=sends.mail_domain,
        type_name=approval_type.name,
        manager=manager,
        to_addresses=asked,
        escalate_to=(*asks.escalate_to, *filter(None, fallback)),
        **asdict(Characteristics.of(approval_type)),
        rights=rights,
    )


def _record(request: ApprovalRequest, reason: str, invitations: list[Invitation]) -> None:
    record(
        actor=request.asked_by,
        verb="open",
        kind="request",
        object_id=request.number,
        facts={
            "computer": request.computer_name,
            "file": request.file_path,
            "sha256": request.sha256,
            "reason": reason,
            **({"asked_minutes": request.asked_minutes} if request.asked_minutes else {}),
            "policy": request.policy_name,
            **bound_evidence(request),
            "terms": request.terms_json,
            "invited": [invitation.address for invitation in invitations],
            "on_behalf_of": {
                invitation.address: invitation.on_behalf_of
                for invitation in invitations
                if invitation.on_behalf_of
            },
        },
    )
