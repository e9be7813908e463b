"""Who answers a request, and whether they can."""

from dataclasses import dataclass, replace

from approvals.eligibility import Requester
from approvals.models import ApprovalRequest, Decision, Invitation
from core.actors import Actor
from core.people.models import User
from core.people.selectors import (
    may_be_disabled,
    people_with_address,
    people_with_mailbox,
    person_keys,
    person_with_address,
    those_holding,
    user_key,
)
from core.roles import roles_of


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
            return user_key(user)
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


def why_not(request: ApprovalRequest, decider: Decider, requester: Requester | None = None) -> str:
    """Why they can't decide this request, by today's profiles; "" if they can.

    `requester` is the request's, if the caller has just asked for it.
    """
    requester = requester or Requester.of(request)
    invitation = decider.invitation
    address = invitation.address if invitation else ""
    # Disabling an account ends what its person may do, though mailbox and old links stay theirs.
    signed_in = [user for user in (decider.user, decider.signed_in) if user is not None]
    people = people_with_mailbox(address) if address else []
    holders = those_holding(address, people)
    # If the address is nobody's now, it's still known whose it was when they were asked.
    known = invitation.answerer_may_be if invitation and not holders else []
    left = invitation.people_when_asked(known) if invitation and known else []
    if len(left) < len(known):
        return "This account was deleted, so it can't decide. Ask another approver."
    if may_be_disabled(address, people) or not all(user.is_active for user in (*signed_in, *left)):
        return "This account is disabled, so it can't decide. Ask another approver."
    reason = requester.reason_against(user=decider.user, address=address, people=people)
    for user in filter(None, (decider.signed_in, *left)):
        reason = reason or requester.reason_against(user=user)
    absent = invitation.on_behalf_of if invitation else ""
    if invitation and absent and not reason and _may_be_requesters(requester, invitation):
        reason = f"{absent} may have asked for this, so nobody decides it for them. Ask another approver."
    if reason:
        return reason
    # Whoever was asked as one who holds a role, or their delegate, decides only while they hold it.
    if invitation and invitation.role:
        approver = absent or address
        asked = people_with_address(absent) if absent else holders
        asked = asked or [each for each in invitation.people_when_asked() if each not in holders]
        if not any(invitation.role in roles_of(each) for each in asked):
            return (
                f"{approver} was asked because of the role {invitation.role}, and no longer has it. "
                "Ask somebody who does."
            )
    return ""


def _may_be_requesters(requester: Requester, invitation: Invitation) -> bool:
    """Whether the approver on whose behalf a delegate was asked may be the requester."""
    asked = invitation.people_when_asked()
    return any(requester.reason_against(user=person) for person in asked) or bool(
        requester.reason_against(address=invitation.on_behalf_of)
    )
