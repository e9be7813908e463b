"""Which of those who were asked can still decide, and how many people that makes."""

import uuid
from collections.abc import Collection, Iterable, Iterator

from django.db.models import QuerySet

from approvals.eligibility import Requester
from approvals.letters.kinds import ASKING, REQUEST
from approvals.models import ApprovalRequest, Decision, Invitation, OutgoingMail
from approvals.services.decider import Decider, why_not
from approvals.services.quorum import answer_to, quorum_of
from core.people.selectors import person_keys


def people_who_can(request: ApprovalRequest, asked: Collection[Invitation]) -> int:
    """How many people approved it or still can, of whom those were `asked`; no more than it needs.

    Counted as if all who can be reached approved it now, one after the other.
    """
    quorum = quorum_of(request)
    lost = undelivered_of(request) | away_of(request)
    most = quorum.people
    for one in who_may_answer(request, asked):
        if most >= request.terms.approvals_needed:
            break
        if one.pk not in lost:
            quorum = quorum.with_answers([answer_to(one)])
            most = max(most, quorum.people)
    return most


def who_may_answer(request: ApprovalRequest, asked: Iterable[Invitation]) -> Iterator[Invitation]:
    """Those who haven't answered and still may."""
    requester = Requester.of(request)
    for one in asked:
        decider = Decider(Decision.Channel.REPLY, invitation=one)
        if one.state == Invitation.State.OPEN and not why_not(request, decider, requester):
            yield one


def undelivered_of(request: ApprovalRequest) -> set[uuid.UUID | None]:
    """The invitations whose email came back, or failed or was cancelled while no reminder has left.

    What came back counts if its report came to its bounce address: a Message-ID is no secret.
    """
    state = OutgoingMail.State

    def of(mails: QuerySet[OutgoingMail]) -> set[uuid.UUID | None]:
        return set(mails.values_list("invitation_id", flat=True))

    asking = request.mails.filter(purpose__in=ASKING)
    failed = of(asking.filter(purpose=REQUEST.key, state__in=(state.FAILED, state.CANCELLED)))
    reached = of(asking.filter(state=state.SENT)) if failed else set()
    return (failed - reached) | of(asking.filter(bounce_proven=True))


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
