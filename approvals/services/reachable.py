"""Which of those who were asked can still decide, and how many people that makes."""

import uuid
from collections.abc import Collection, Iterator

from django.db.models import Q

from approvals.eligibility import Requester
from approvals.letters.kinds import ASKING, REQUEST
from approvals.models import ApprovalRequest, Decision, Invitation, OutgoingMail
from approvals.services.decider import Decider, why_not
from approvals.services.quorum import Quorum, quorum_of
from core.people.selectors import person_keys


def people_who_can(
    request: ApprovalRequest, asked: Collection[Invitation], quorum: Quorum | None = None
) -> int:
    """How many people approved it or still can, of whom those were `asked`; no more than it needs.

    Whoever has answered counts if the answer does; whoever hasn't if they can be reached and may be
    somebody else than those. `quorum` is the request's, if the caller has just asked for it.
    """
    quorum = quorum or quorum_of(request)
    missing, found = request.terms.approvals_needed - quorum.people, list[Invitation]()
    for one in filter(quorum.is_by_somebody_new, _reachable(request, asked)):
        found.append(one)
        if len(found) >= missing and people_at(found) >= missing:
            break
    return quorum.people + people_at(found)


def _reachable(request: ApprovalRequest, asked: Collection[Invitation]) -> Iterator[Invitation]:
    """Those who haven't answered, still may, aren't away, and whose email didn't fail or come back."""
    lost, requester = undelivered_of(request) | away_of(request), Requester.of(request)
    for one in asked:
        is_silent = one.state == Invitation.State.OPEN and one.pk not in lost
        decider = Decider(Decision.Channel.REPLY, invitation=one)
        if is_silent and not why_not(request, decider, requester):
            yield one


def undelivered_of(request: ApprovalRequest) -> set[uuid.UUID | None]:
    """The invitations whose email failed or came back.

    What came back counts if its report came to its bounce address: a Message-ID is no secret.
    """
    failed = Q(state=OutgoingMail.State.FAILED, purpose=REQUEST.key)
    mails = request.mails.filter(failed | Q(bounce_proven=True, purpose__in=ASKING))
    return set(mails.values_list("invitation_id", flat=True))


def away_of(request: ApprovalRequest) -> set[uuid.UUID | None]:
    """The invitations of those whose automatic reply, proven to be theirs, says that they are away."""
    said = request.incoming.filter(reading__approver_is_away=True)
    return set(said.values_list("invitation_id", flat=True))


def people_at(asked: Collection[Invitation]) -> int:
    """How many people these are: one may be asked at several addresses, and for another's part."""
    if len(asked) < 2:
        return len(asked)
    parts = {one.on_behalf_of or one.address for one in asked}
    addresses = {one.address for one in asked}
    people = len(person_keys(addresses))
    return people if parts == addresses else min(people, len(person_keys(parts)))
