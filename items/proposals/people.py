"""Who may accept a proposal: an administrator who certainly isn't whoever proposed it."""

import uuid

from core.actors import ActorKind
from core.people.accounts import short_key
from core.people.models import User
from core.people.selectors import may_be_one_person, short_names_of
from core.roles import administrators
from items.models import changes_of
from items.proposals.models import Proposal

_NAMES = {"User Name", "Email Address", "Further Addresses", "Accounts"}
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
    if not may_be_one_person(proposer, user) and not _shared_once(proposer, user):
        return ""
    return (
        f"{proposal.by} may be another account of yours: it shares an account name or an email "
        "address with you, or did before it was changed. Ask another administrator."
    )


def _shared_once(one: User, other: User) -> bool:
    """Whether a name of one is, or was, one that the other had: an administrator alone may have changed a
    profile whose owner got the role only later, or once more.
    """
    former = [_former_names(one), _former_names(other)]
    names = [short_names_of(one), short_names_of(other)]
    return bool(former[0] & (former[1] | names[1]) or names[0] & former[1])


def _former_names(person: User) -> set[str]:
    """The names, as `short_key` writes them, that a person's profile doesn't hold any more."""
    lines = {
        line.partition(",")[0]  # behind it stands an account's SID or uid
        for change in changes_of(User, person.pk)
        for label, old, _new in change.fields
        if label in _NAMES
        for line in old.splitlines()
    }
    return set(map(short_key, lines)) - short_names_of(person) - {""}


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
