"""Inviting approvers to a request: never one who may be the requester, and nobody twice."""

from collections.abc import Collection, Iterable, Mapping

from django.utils import timezone

from approvals.eligibility import Requester
from approvals.models import ApprovalRequest, Invitation
from approvals.tokens import link_token, reply_token
from core.addresses import spelling_key
from core.encryption import newest_key_number, token_hash
from core.people.models import User
from core.people.selectors import (
    delegate_to_ask,
    may_be_disabled,
    people_by_mailbox,
    those_holding,
    those_with_exactly,
    user_key,
)


def invite(
    request: ApprovalRequest,
    addresses: Iterable[str],
    *,
    requester: Requester,
    already: Collection[Invitation] = (),
    asked_as: Mapping[str, str] | None = None,
    are_away: bool = False,
) -> list[Invitation]:
    """An invitation for each address that isn't `already` invited and can't be the requester's own.

    Of somebody who is away it goes to the delegate in their profile, unless that may be the requester.
    Whoever has none and a disabled account isn't asked, since it couldn't decide.
    `asked_as` says of some addresses why they are asked (Invitation.asked_as). `are_away`: they have said
    so themselves, so a delegate is asked whose time hasn't begun, but none whose time is over.
    """
    known = {spelling_key(invitation.address) for invitation in already}
    who = {
        approver: (people, _delegate_of(those_with_exactly(approver, people), requester, are_away))
        for approver, people in people_by_mailbox(addresses).items()
        if not requester.reason_against(address=approver, people=people)
    }
    chosen: list[Invitation] = []
    # Those who are asked for themselves first: one of them may be another's delegate.
    for approver, (people, instead) in sorted(who.items(), key=lambda one: one[1][1] is not None):
        delegate, address = instead or (None, approver)
        if delegate is None and may_be_disabled(approver, people):
            continue
        if spelling_key(address) not in known:
            # A user name alone gives nobody a say, or a delegate.
            holders = [*those_holding(approver, people), *filter(None, [delegate])]
            others = [] if holders else people
            chosen.append(
                Invitation(
                    request=request,
                    address=address,
                    on_behalf_of=approver if delegate else "",
                    asked_as=(asked_as or {}).get(approver, ""),
                    known_as=[user_key(person) for person in holders],
                    may_be_of=[user_key(person) for person in others],
                )
            )
        known |= {spelling_key(address), spelling_key(approver)}
    return Invitation.objects.bulk_create(map(_with_tokens, chosen))


def _with_tokens(invitation: Invitation) -> Invitation:
    invitation.key_number = newest_key_number()
    reply = reply_token(invitation.id, invitation.key_number)
    link = link_token(invitation.id, invitation.key_number)
    invitation.reply_hash, invitation.link_hash = token_hash(reply), token_hash(link)
    return invitation


def _delegate_of(
    people: list[User], requester: Requester, are_away: bool
) -> tuple[User, str] | None:
    """Who answers today for the only person with an address, and where; None if nobody does."""
    if len(people) != 1:
        return None
    (person,), day = people, timezone.localdate()
    if are_away:
        day = max(day, person.delegate_from or day)
    found = delegate_to_ask(person, day)
    if found is None:
        return None
    delegate, address = found
    return None if requester.reason_against(user=delegate, address=address) else found
