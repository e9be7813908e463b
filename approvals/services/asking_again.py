"""Asking again while nobody answers: a reminder, and others who are asked too."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from approvals.eligibility import Requester
from approvals.models import ApprovalRequest, Invitation
from approvals.outbox.results import NOT_ASKED
from approvals.services import notices
from approvals.services.inviting import invite
from approvals.services.quorum import quorum_of
from approvals.services.reachable import people_at, people_who_can, who_may_answer
from approvals.terms import Terms
from core.actors import Actor
from core.addresses import mailbox_key, spelling_key
from core.alerts.services import close_alerts, raise_alert
from core.audit.services import record
from core.hints import hint
from core.people.selectors import address_to_write_to, mailboxes_of
from core.roles import holders_of

CLOCK, AWAY = Actor.of_system("clock"), Actor.of_system("automatic reply")
log = structlog.get_logger(__name__)


def times(terms: Terms, now: datetime) -> dict[str, datetime | None]:
    """When a request that is opened now is to be reminded of, and when others are to be asked."""

    def after(minutes: int) -> datetime | None:
        return now + timedelta(minutes=minutes) if minutes else None

    return {
        "remind_at": after(terms.remind_after),
        "escalate_at": after(terms.escalate_after) if terms.escalates else None,
    }


def ask_more_if_too_few(request: ApprovalRequest, asked: Collection[Invitation]) -> None:
    """Of a new request: if too few can decide, others are asked at once; an alert says if nobody is."""
    people = people_at(asked)
    if people >= request.terms.approvals_needed:
        return
    if request.terms.escalates:
        request.escalate_at = timezone.now()
        request.save(update_fields=["escalate_at"])
    else:
        _tell(request, people)


def recount(*numbers: int) -> None:
    """Have it counted who can still decide these requests, if they're open; the sweep does it at once.

    Call it where one of them was lost: an email that came back, was cancelled, or that no server took,
    an absence, a refused answer, a changed profile. The row is marked, so that nothing is missed of what
    two transactions lose at once.
    """
    for number in sorted(set(numbers)):  # as all transactions hold them
        ApprovalRequest.objects.open().filter(pk=number).update(recount_at=Now())
    if numbers:
        transaction.on_commit(lambda: hint("approvals.tasks.sweep"))


def hand_over(invitation: Invitation) -> Collection[Invitation]:
    """An automatic reply that is proven to be this approver's says that they are away; who is asked now.

    That is the delegate in the profile, also before the first day there. Without one the approver counts
    as absent. Belongs into a transaction. Source: RULES.md, out-of-office.
    """
    held = ApprovalRequest.objects.open().filter(pk=invitation.request_id)
    if invitation.state != Invitation.State.OPEN or not held.update(state="pending"):
        return []
    request = held.get()
    asked, requester = list(request.invitations.all()), Requester.of(request)
    addresses = [] if invitation.on_behalf_of else [invitation.address]
    why = {invitation.address: invitation.asked_as}
    invited = invite(
        request, addresses, requester=requester, already=asked, asked_as=why, are_away=True
    )
    notices.queue_requests(request, invited, requester=requester)
    if invited:
        facts = {"asked": [one.address for one in invited], "on_behalf_of": invitation.address}
        record(actor=AWAY, verb="hand_over", kind="request", object_id=request.pk, facts=facts)
    recount(invitation.request_id)  # also for a delegate who is asked already, at another address
    return invited


def _others(request: ApprovalRequest, asked: Collection[Invitation]) -> dict[str, str]:
    """Whom the process names for escalation and nobody has asked: address, and why it is asked.

    Of a role, those who hold it now and have an address, unless they were asked at any of theirs.
    """
    terms = request.terms
    others = dict.fromkeys(terms.escalate_to, "")
    if terms.escalate_to_manager and terms.manager:
        others.setdefault(terms.manager, Invitation.MANAGER)
    known = [each for one in asked for each in (one.address, one.on_behalf_of) if each]
    if role := terms.escalate_to_role:
        reached = {mailbox_key(each) for each in (*known, *others)}
        for person in holders_of(role).prefetch_related("mail_addresses", "endpoint_accounts"):
            address = address_to_write_to(person)
            if address and not mailboxes_of(person) & reached:
                others[address] = role
    spelled = set(map(spelling_key, known))
    return {each: why for each, why in others.items() if spelling_key(each) not in spelled}


def ask_again() -> None:
    """Count again, remind and escalate what is due. Each is claimed by a conditional UPDATE."""
    for column, act in (
        ("recount_at", _recount),
        ("remind_at", _remind),
        ("escalate_at", _escalate),
    ):
        due = ApprovalRequest.objects.open().filter(**{f"{column}__lte": Now()})
        for number in list(due.values_list("pk", flat=True)):
            try:
                _once(number, column, act)
            except Exception:  # one request that can't be dealt with shall not hold up the others
                log.exception("request_not_asked_again", number=number, column=column)


def _once(
    number: int, column: str, act: Callable[[ApprovalRequest], Collection[Invitation]]
) -> None:
    """Unless somebody else does, or it was closed meanwhile; then `act` says who was asked."""
    due = ApprovalRequest.objects.open().filter(pk=number, **{f"{column}__lte": Now()})
    with transaction.atomic():
        if not due.update(**{column: None}):
            return
        request = ApprovalRequest.objects.get(pk=number)
        asked, verb = act(request), column.removesuffix("_at")
        if asked:
            facts: dict[str, Any] = {"asked": sorted(one.address for one in asked)}
            if why := {one.address: one.asked_as_words for one in asked if one.asked_as}:
                facts["asked_as"] = why
            record(actor=CLOCK, verb=verb, kind="request", object_id=number, facts=facts)
            logged = {"request_id": request.trace, "verb": verb, "asked": len(asked)}
            log.info("request_asked_again", number=number, **logged)


def _recount(request: ApprovalRequest) -> Collection[Invitation]:
    """If too few can still decide, it's escalated at once; an alert says if there is nobody else, until
    enough can again.

    Where emails only tell, whoever has the right decides in the console.
    """
    asked = list(request.invitations.all())
    if not request.terms.decided_by_mail:
        return []
    people = people_who_can(request, asked)
    if people >= request.terms.approvals_needed:
        close_alerts(prefix=_too_few(request))
    elif _others(request, asked):
        ApprovalRequest.objects.filter(pk=request.pk).update(escalate_at=Now())
    else:
        _tell(request, people)
    return []


def _remind(request: ApprovalRequest) -> Collection[Invitation]:
    """Those who haven't answered, nor in the console or by their delegate, and still may."""
    quorum, asked = quorum_of(request), request.invitations.all()
    silent = quorum.lacking(who_may_answer(request, asked))
    notices.queue_reminders(request, silent)
    return silent


def _escalate(request: ApprovalRequest) -> Collection[Invitation]:
    """Those who weren't asked yet; the alert comes if nobody is left, or too few even then."""
    asked = list(request.invitations.all())
    requester, others = Requester.of(request), _others(request, asked)
    invited = invite(request, others, requester=requester, already=asked, asked_as=others)
    notices.queue_requests(request, invited, requester=requester)
    people, terms = people_who_can(request, [*asked, *invited]), request.terms
    if not invited or (terms.decided_by_mail and people < terms.approvals_needed):
        _tell(request, people)
    return invited


def _too_few(request: ApprovalRequest) -> str:
    """The key of the alert that too few can decide."""
    return f"request:{request.number}:approvers"


def _tell(request: ApprovalRequest, people: int) -> None:
    terms, asked = request.terms, list(request.invitations.all())
    most, key = f"only {people}" if people else "none", _too_few(request)
    if people >= terms.approvals_needed or not terms.decided_by_mail:
        key = f"request:{request.number}:late"
        why = "nobody has decided it in time, and there is nobody else to ask."
    elif request.decisions.exists() or people < people_at(asked):
        why = (
            f"it can have {most}. Its {'other ' if people else ''}approvers are away, can't decide it "
            "any more, may be the same person, or email to them came to nothing."
        )
    elif terms.to_addresses or terms.escalate_to or terms.escalate_to_role:
        why = (
            f"it can have {most}: nobody decides their own request or by a disabled account, and "
            "addresses of one person count once."
        )
    else:
        why = "there is nobody to ask: the requester's profile names no manager who could be."
    raise_alert(
        key=key,
        text=f"{request} needs {terms.approvals_needed} "
        f"approval{'s' if terms.approvals_needed > 1 else ''}, but {why} "
        "Decide in Manage Approvals before it expires.",
        link=request.get_absolute_url(),
    )


NOT_ASKED.append(recount)
