"""Why each approver of a request is asked, as the mails that ask say it: one sentence.

Told from the rows, so that a reminder and a digest say what the request's mail said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from approvals.facts import name_at
from approvals.models import ApprovalRequest, Invitation
from approvals.services.quorum import quorum_of
from approvals.services.reachable import away_of, undelivered_of
from core.addresses import spelling_key
from core.dates import day, duration
from core.ids import made_at
from core.people.selectors import person_with_address
from core.text import visible

MAX_NAME = 60  # characters
MAX_NAMES = 3  # in a sentence


@dataclass(frozen=True)
class WhyAsked:
    """Why the approvers of one request are asked."""

    request: ApprovalRequest

    def words(self, invitation: Invitation) -> str:
        """What follows "You are asked": `for Dana Novak, who is away until 14 Jul 2026`,
        `as the requester's manager`, `because Lee didn't answer within 4 hours`, or those together.

        "" for whoever is asked for themselves, at an address that the process names.
        """
        role, absent = invitation.asked_as_words, invitation.on_behalf_of
        parts = [f"as {role}"] if role else []
        if absent:
            person = person_with_address(absent)
            until = person.delegate_until if person else None
            of_role = f", {role}" if role else ""
            parts = [f"for {_names([absent])}{of_role}, who is away"]
            parts[0] += f" until {day(until)}" if until else ""
        if not self._is_named(invitation):
            parts.append(f"because {self._why_more(invitation)}")
        return ", ".join(parts)

    def _is_named(self, invitation: Invitation) -> bool:
        """Whether the process asks this approver from the start."""
        return _key(invitation) in self._named

    @cached_property
    def _named(self) -> list[str]:
        return list(map(spelling_key, self.request.terms.to_addresses))

    def _why_more(self, invitation: Invitation) -> str:
        """Why those who were asked from the start weren't enough for an invitation that came later."""
        minutes = self.request.terms.escalate_after
        time_is_up = self.request.created_at + timedelta(minutes=minutes)
        asked = list(filter(self._is_named, self.request.invitations.all()))
        asked.sort(key=lambda one: self._named.index(_key(one)))
        if minutes and made_at(invitation.pk) >= time_is_up:
            quorum = quorum_of(self.request)  # who answered in the console did
            open_ones = [one for one in asked if one.state != Invitation.State.ANSWERED]
            silent = [one.address for one in quorum.lacking(open_ones)]
            who = f"{_names(silent)} didn't answer" if silent else "nobody decided"
            return f"{who} within {duration(minutes)}"
        undelivered, away = undelivered_of(self.request), away_of(self.request)
        lost = [one.address for one in asked if one.pk in undelivered]
        gone = [one.address for one in asked if one.pk in away]
        reasons = [f"email to {_names(lost)} wasn't delivered"] if lost else []
        reasons += [f"{_names(gone)} {'is' if len(gone) == 1 else 'are'} away"] if gone else []
        return " and ".join(reasons) or "too few others can decide"


def _key(invitation: Invitation) -> str:
    return spelling_key(invitation.on_behalf_of or invitation.address)


def _names(addresses: Sequence[str]) -> str:
    """`Dana Novak`, `Dana Novak and lee@example.com`, `Dana Novak, lee@example.com and 3 others`."""
    few = [visible(name_at(address), MAX_NAME) for address in addresses]
    if len(few) > MAX_NAMES:
        few[MAX_NAMES - 1 :] = [f"{len(few) - MAX_NAMES + 1} others"]
    *others, last = few
    return f"{', '.join(others)} and {last}" if others else last
