"""Several approvals of one request: whose they are, and which count, by today's profiles."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from approvals.eligibility import Requester
from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.services.decider import Decider, why_not
from core.people.selectors import holder_key, people_with_address
from core.roles import Permission, roles_of, roles_with

Answers = list[Decision]


@dataclass(frozen=True)
class Quorum:
    """What was answered, each person's newest: the answers that count, and those that don't any more."""

    given: Answers  # all of them, also those that were replaced
    standing: Answers
    void: Answers  # of those that stand

    @cached_property
    def people(self) -> int:
        """How many gave the answers that count, for certain: of those who may be one person, one."""
        each = list(enumerate(self._of_each))
        alike = {
            place: {at for at, other in each if at == place or _are_alike(one, other)}
            for place, one in each
        }
        count = 0
        while alike:
            # First whoever is like the fewest: one who may be either of two makes them no fewer.
            chosen = min(alike.values(), key=lambda others: len(others & alike.keys()))
            alike = {place: others for place, others in alike.items() if place not in chosen}
            count += 1
        return count

    @property
    def names(self) -> list[str]:
        """Who gave the answers that count, as pages and mails say it."""
        return list(dict.fromkeys(each.name for each in self.standing if each not in self.void))

    @property
    def minutes(self) -> int | None:
        """The narrowest that anybody of those gave; None for One Time.

        An answer that doesn't count any more widens nothing that may be of the same person, or of their
        delegate.
        """
        own = [
            answers
            for answers in self._groups
            if answers in self._of_each or any(_are_alike(answers, one) for one in self._of_each)
        ]
        lengths = [each.minutes for answers in own for each in answers if each in self.standing]
        limited = [minutes for minutes in lengths if minutes is not None]
        return min(limited) if len(limited) == len(lengths) else None

    def with_answers(self, answers: Answers) -> "Quorum":
        """As if these approvals were given, too."""
        return Quorum([*self.given, *answers], [*self.standing, *answers], self.void)

    def lacking(self, invitations: Iterable[Invitation]) -> list[Invitation]:
        """Those of them whose answers would be one more person's, alone or beside all the others'."""
        if not self.given:
            return list(invitations)
        answers = {one: answer_to(one) for one in invitations}
        everybody = self.with_answers([*answers.values()]).people

        def is_lacking(one: Invitation) -> bool:
            if self.with_answers([answers[one]]).people > self.people:
                return True
            others = [answer for other, answer in answers.items() if other != one]
            return self.with_answers(others).people < everybody

        return list(filter(is_lacking, answers))

    @cached_property
    def _of_each(self) -> list[Answers]:
        """All answers of each person who gave one that counts."""
        counts = [each for each in self.standing if each not in self.void]
        return [answers for answers in self._groups if any(each in counts for each in answers)]

    @cached_property
    def _groups(self) -> list[Answers]:
        """All answers, those that count with each other in a group. Also one that was replaced, or
        doesn't count, tells whom others belong to."""
        groups: list[Answers] = []
        for answer in self.given:
            own = [group for group in groups if any(map(answer.counts_with, group))]
            joined = [*(each for group in own for each in group), answer]
            groups = [*(group for group in groups if group not in own), joined]
        return groups


def answer_to(invitation: Invitation) -> Decision:
    """The approval of whoever was asked, as if it were given now; it isn't stored."""
    holders = people_with_address(invitation.address)
    return Decision(
        request_id=invitation.request_id,
        invitation=invitation,
        person=holders[0] if holders else None,
        person_key=holder_key(invitation.address, holders),
        channel=Decision.Channel.REPLY,
        answer=Decision.Answer.APPROVE,
    )


def quorum_of(request: ApprovalRequest, *, judged: Decision | None = None) -> Quorum:
    """What was answered so far. `judged`: whoever gave it was only just found to be able to.

    Whoever answers one invitation is one person, signed in or not and as whichever user, and so is
    what else those users answered. An approver who is away and the delegate to whom their part was
    handed count as one. An answer of somebody who couldn't give it any more doesn't count: the account
    was disabled since, a role was taken away, it turned out to be the requester's.
    """
    given = list(request.decisions.select_related("invitation", "person").order_by("at", "id"))
    standing = [
        each
        for place, each in enumerate(given)
        if not any(later.replaces(each) for later in given[place + 1 :])
    ]
    others = [each for each in standing if each != judged]
    if not others:
        return Quorum(given, standing, [])
    requester = Requester.of(request)
    return Quorum(given, standing, [each for each in others if _is_void(each, requester)])


def _is_void(answer: Decision, requester: Requester) -> bool:
    """Whether whoever gave it couldn't give it any more, or has left and gave the address away."""
    decider, person = Decider.of(answer), answer.person
    if why_not(answer.request, decider, requester) or requester.reason_against(user=person):
        return True
    if answer.channel == Decision.Channel.CONSOLE:
        return person is None or not roles_of(person) & roles_with(Permission.APPROVALS_DECIDE)
    has_left = person is not None and not person.is_active
    is_deleted = answer.author is None and answer.person_key.startswith("user:")
    return is_deleted or (has_left and decider.person != person)


def _are_alike(one: Answers, other: Answers) -> bool:
    """Whether somebody who gave one of these may have given one of those."""
    return any(each.may_be_by_author_of(another) for each, another in product(one, other))
