"""Who may accept a proposal: an administrator who certainly isn't whoever proposed it."""

import uuid

from core.actors import ActorKind
from core.people.models import User
from core.people.selectors import may_be_one_person
from core.roles import administrators
from items.proposals.models import Proposal

OWN = "You can't accept your own proposal. Ask another administrator."
BY_OPERATOR = (
    "It was made at the command line, which doesn't prove by whom. Take it on as your own proposal if "
    "you agree, and another administrator can accept it."
)


def proposer_of(proposal: Proposal) -> User | None:
    """The user who proposed it; None if it was an operator at the command line."""
    if proposal.by_kind != ActorKind.USER:
        return None
    return User.objects.get(pk=uuid.UUID(proposal.by_id))


def reason_against(proposal: Proposal, user: User) -> str:
    """Why `user` may be the one who proposed it and so can't accept it; "" if it's another person."""
    proposer = proposer_of(proposal)
    if proposer is None:
        return BY_OPERATOR
    if proposer == user:
        return OWN
    if not may_be_one_person(proposer, user):
        return ""
    return (
        f"{proposal.by} may be another account of yours: it shares an account name or an email "
        "address with you. Ask another administrator."
    )


def two_administrators() -> bool:
    """Whether there are two who can sign in and are certainly two people."""
    people = list(
        administrators().distinct().prefetch_related("mail_addresses", "endpoint_accounts")
    )
    return any(
        not may_be_one_person(one, other)
        for place, one in enumerate(people)
        for other in people[place + 1 :]
    )
