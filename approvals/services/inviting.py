"""Inviting approvers to a request: never one who may be the requester, and nobody twice."""

from collections.abc import Collection, Iterable

from approvals.eligibility import Requester
from approvals.models import ApprovalRequest, Invitation
from approvals.tokens import link_token, reply_token
from core.addresses import spelling_key
from core.encryption import newest_key_number, token_hash
from core.ids import uuid7
from core.people.selectors import people_by_address


def invite(
    request: ApprovalRequest,
    addresses: Iterable[str],
    *,
    requester: Requester,
    already: Collection[Invitation] = (),
) -> list[Invitation]:
    """An invitation for each address that isn't `already` invited and can't be the requester's own."""
    known = {spelling_key(invitation.address) for invitation in already}
    key_number, chosen = newest_key_number(), []
    for address, people in people_by_address(addresses).items():
        spelling = spelling_key(address)
        if spelling not in known and not requester.reason_against(address=address, people=people):
            chosen.append(address)
        known.add(spelling)
    return Invitation.objects.bulk_create(
        Invitation(
            id=identity,
            request=request,
            address=address,
            key_number=key_number,
            reply_hash=token_hash(reply_token(identity, key_number)),
            link_hash=token_hash(link_token(identity, key_number)),
        )
        for identity, address in ((uuid7(), address) for address in chosen)
    )
