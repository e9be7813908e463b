"""Which mails a request leads to, and to whom: from rows to drafts to the outbox."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from approvals import outbox
from approvals.eligibility import Requester
from approvals.facts import (
    facts_of_request,
    name_at,
    outcome_of_request,
    ways_of,
)
from approvals.letters import kinds, message
from approvals.letters.compose import Draft, compose
from approvals.letters.kinds import MailKind
from approvals.models import (
    ApprovalRequest,
    Decision,
    DeliveryAttempt,
    Grant,
    Invitation,
    OutgoingMail,
)
from approvals.outbox import Letter
from approvals.services import digests
from approvals.services.report_to_run import report_lines
from approvals.services.why_asked import WhyAsked
from core.dates import moment
from core.people.selectors import people_with_mailbox
from foreign_systems.models import ForeignSystem

State = OutgoingMail.State


def queue_requests(
    request: ApprovalRequest, invitations: Collection[Invitation], *, requester: Requester
) -> None:
    """The approval request, to each invited approver. No try after the request's expiry."""
    if not invitations:
        return
    facts, ways = facts_of_request(request, requester), ways_of(request)
    lines = report_lines(request.process)
    why = _why_asked(request, invitations)
    drafts = {
        words: compose(kinds.REQUEST, facts, ways=ways, report_lines=lines, why_asked=words)
        for words in set(why.values())
    }
    letters = [
        Letter(
            kind=kinds.REQUEST,
            recipient=invitation.address,
            draft=drafts[why[invitation.pk]],
            invitation=invitation,
            expires=request.expires_at,
        )
        for invitation in invitations
    ]
    server = _server(request)
    letters, held = digests.hold_back(letters, request=request, server=server)
    outbox.add(letters, request=request, server=server)
    for digest in held:
        digests.compose_anew(digest)


def queue_reminders(request: ApprovalRequest, invitations: Collection[Invitation]) -> None:
    """The request once more, to those who haven't answered, in the thread of the first."""
    if not invitations:
        return
    facts, ways = facts_of_request(request), ways_of(request)
    why = _why_asked(request, invitations)
    drafts = {
        words: compose(kinds.REMINDER, facts, ways=ways, why_asked=words)
        for words in set(why.values())
    }
    first = {mail.invitation_id: mail for mail in _request_mails(request)}
    letters = []
    for invitation in invitations:
        mail = first.get(invitation.pk)
        letters.append(
            Letter(
                kind=kinds.REMINDER,
                recipient=invitation.address,
                draft=drafts[why[invitation.pk]],
                invitation=invitation,
                follows=mail,
                in_reply_to=mail.thread_id if mail else "",
                expires=request.expires_at,
            )
        )
    outbox.add(letters, request=request, server=_server(request))


def cancel_unsent(request: ApprovalRequest) -> None:
    """The request is closed: mail that wants an answer and has not left stays here.

    Whom no email has asked until its request expired is told at the bell. What a worker is sending right
    now is left to it, and so is what may have arrived, which isn't tried again.
    """
    unsent = OutgoingMail.objects.unleased().filter(
        request=request, purpose__in=kinds.TO_BE_ANSWERED, state__in=(State.QUEUED, State.DEFERRED)
    )
    changed = digests.unsent_with(request)
    out_of_reach = Q(follows__purpose=kinds.DIGEST.key) & ~Q(follows__in=changed)
    unsent = unsent.exclude(out_of_reach)
    if request.state == ApprovalRequest.State.EXPIRED:
        outbox.fail(unsent.filter(purpose=kinds.REQUEST.key))
    unsent.finish(State.CANCELLED)
    for digest in changed:
        digests.compose_anew(digest)


def queue_outcomes(
    request: ApprovalRequest,
    invitations: Collection[Invitation],
    decision: Decision | None,
) -> None:
    """The outcome: to everyone whom a mail that left, or may have, has asked, to whoever answered, and to
    the requester if we can.

    A request that was cancelled before any of its mails left sends nothing more to anyone.
    """
    tried = Q(mail=OuterRef("pk")) | Q(mail=OuterRef("follows"))  # the digest in which it asked
    may_have_left = DeliveryAttempt.objects.filter(tried, outcome=State.UNKNOWN)
    answered = Decision.objects.filter(invitation=OuterRef("invitation"))
    asked = _asking_mails(request).filter(
        ~Q(state__in=(State.CANCELLED, State.FAILED))
        | Exists(may_have_left)
        | (Q(state=State.FAILED) & Exists(answered))
    )
    letters = _outcomes(request, invitations, asked, decision)
    unseen = request.state == ApprovalRequest.State.CANCELLED and not letters
    address = "" if unseen else requester_address(request)
    if address:
        facts, outcome = facts_of_request(request), outcome_of_request(request, decision)
        draft = compose(kinds.REQUESTER_OUTCOME, facts, outcome=outcome)
        letters.append(Letter(kind=kinds.REQUESTER_OUTCOME, recipient=address, draft=draft))
    outbox.add(letters, request=request, server=_server(request))


def replace_unsent_outcomes(request: ApprovalRequest) -> None:
    """Its approval was revoked: an outcome that hasn't left says so, and nobody is told to use it.

    One that is being sent just now may leave as it is, and isn't tried again: its approver gets both.
    """
    unsent = OutgoingMail.objects.unfinished().filter(request=request, purpose__in=kinds.GRANTING)
    to_approvers = unsent.exclude(invitation=None).select_related("invitation")
    untold = {mail.invitation: mail.purpose for mail in to_approvers if mail.invitation}
    unsent.unleased().finish(State.CANCELLED)
    unsent.update(not_after=timezone.now())
    for invitation, purpose in untold.items():
        if purpose == kinds.CLOSED.key:
            queue_closed(invitation)
    others = [each for each, purpose in untold.items() if purpose != kinds.CLOSED.key]
    letters = _outcomes(request, others, _asking_mails(request), request.final_decision)
    outbox.add(letters, request=request, server=_server(request))


def _outcomes(
    request: ApprovalRequest,
    invitations: Collection[Invitation],
    asked: Iterable[OutgoingMail],
    decision: Decision | None,
) -> list[Letter]:
    """To those whom one of these emails `asked`."""
    facts, outcome = facts_of_request(request), outcome_of_request(request, decision)
    page = f"{settings.PUBLIC_URL}{request.get_absolute_url()}"
    drafts = {
        absent: compose(
            kinds.OUTCOME, facts, outcome=outcome, console_url=page, instead_of=name_at(absent)
        )
        for absent in {invitation.on_behalf_of for invitation in invitations}
    }
    first = {mail.invitation_id: mail for mail in asked}
    return [
        Letter(
            kind=kinds.OUTCOME,
            recipient=invitation.address,
            draft=drafts[invitation.on_behalf_of],
            invitation=invitation,  # so that whoever answers this email learns that it's too late
            follows=first[invitation.pk],
            in_reply_to=first[invitation.pk].thread_id,
        )
        for invitation in invitations
        if invitation.pk in first
    ]


def queue_revoked(grant: Grant) -> None:
    """To the requester, if we know where: who revoked the approval, and why."""
    request = grant.request
    draft = compose(
        kinds.REVOKED,
        facts_of_request(request),
        revoked_by=grant.revoked_by,
        revoke_reason=grant.revoke_reason,
    )
    _queue_to_requester(kinds.REVOKED, request, draft)


def queue_ending(grant: Grant) -> None:
    """To the requester, if we know where: until when the timed approval lasts. No try after that."""
    facts = facts_of_request(grant.request)
    draft = compose(kinds.ENDING, facts, until=moment(grant.expires_at, facts.zone))
    _queue_to_requester(kinds.ENDING, grant.request, draft, expires=grant.expires_at)


def _queue_to_requester(
    kind: MailKind, request: ApprovalRequest, draft: Draft, *, expires: datetime | None = None
) -> None:
    """In the thread of the outcome that the requester was told."""
    address = requester_address(request)
    if not address:
        return
    outcomes = request.mails.filter(purpose=kinds.REQUESTER_OUTCOME.key)
    told = outcomes.exclude(state=State.CANCELLED).first()
    letter = Letter(
        kind=kind,
        recipient=address,
        draft=draft,
        follows=told,
        in_reply_to=told.message_id if told else "",
        expires=expires,
    )
    outbox.add([letter], request=request, server=_server(request))


def queue_unclear(invitation: Invitation, *, first_line: str, why: str, nearest: str) -> None:
    """To an approver whose reply could not be read: what was read, why not, and how to answer.

    `nearest` is the answer that it comes closest to, "" where none does.
    """
    _queue_how_to_answer(kinds.UNCLEAR, invitation, first_line=first_line, why=why, nearest=nearest)


def queue_stranger(invitation: Invitation, *, sender: str) -> None:
    """To an approver whose reply address another, proven sender has used."""
    _queue_how_to_answer(kinds.STRANGER, invitation, sender=sender)


def queue_not_counted(invitation: Invitation, *, older: bool) -> None:
    """To an approver whose own message did not count: `older` than her answer, or not written to us, or
    none could, since the request is decided in the console.
    """
    in_console = "" if invitation.request.terms.decided_by_mail else "yes"
    texts = {"older": "yes" if older else "", "in_console": in_console}
    _queue_how_to_answer(kinds.NOT_COUNTED, invitation, **texts)


def _queue_how_to_answer(kind: MailKind, invitation: Invitation, **texts: Any) -> None:
    """A notice that nothing was decided: the approver may still answer, until the expiry."""
    request = invitation.request
    letter = Letter(
        kind=kind,
        recipient=invitation.address,
        draft=compose(kind, facts_of_request(request), ways=ways_of(request), **texts),
        invitation=invitation,
        in_reply_to=_request_mail_id(invitation),
        expires=request.expires_at,
    )
    outbox.add([letter], request=request, server=_server(request))


def queue_closed(invitation: Invitation) -> None:
    """To an approver whose reply came after the end: who decided what."""
    request = invitation.request
    outcome = outcome_of_request(request, request.final_decision)
    letter = Letter(
        kind=kinds.CLOSED,
        recipient=invitation.address,
        draft=compose(kinds.CLOSED, facts_of_request(request), outcome=outcome),
        invitation=invitation,
        in_reply_to=_request_mail_id(invitation),
    )
    outbox.add([letter], request=request, server=_server(request))


def requester_address(request: ApprovalRequest) -> str:
    """Where the requester reads mail, "" if nobody knows."""
    requester = Requester.of(request)
    if requester.person and requester.person.email:
        return requester.person.email
    domain = request.terms.mail_domain
    own = f"{request.short_account}@{domain}".lower()
    if not domain or requester.is_told_apart_from(people_with_mailbox(own)):
        return ""
    try:  # accounts are hearsay: one that makes no address shall not stop the request from closing
        # A guess: letters beyond a to z, which few servers take, are more likely to be written otherwise.
        return own if message.address(own).isascii() else ""
    except ValueError:
        return ""


def _why_asked(
    request: ApprovalRequest, invitations: Collection[Invitation]
) -> dict[uuid.UUID, str]:
    """By the invitation's id, since most share their words, and so their draft."""
    why = WhyAsked(request)
    return {invitation.pk: why.words(invitation) for invitation in invitations}


def _server(request: ApprovalRequest) -> ForeignSystem | None:
    return request.process.smtp_server if request.process else None


def _request_mails(request: ApprovalRequest) -> QuerySet[OutgoingMail]:
    return request.mails.filter(purpose=kinds.REQUEST.key).select_related("follows")


def _asking_mails(request: ApprovalRequest) -> QuerySet[OutgoingMail]:
    """Also reminders, which may reach whom the first mail didn't; the newest first."""
    asking = request.mails.filter(purpose__in=kinds.ASKING).select_related("follows")
    return asking.order_by("-created_at", "-pk")


def _request_mail_id(invitation: Invitation) -> str:
    mails = invitation.mails.filter(purpose=kinds.REQUEST.key).select_related("follows")
    mail = mails.first()
    return mail.thread_id if mail else ""
