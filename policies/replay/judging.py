"""Judging recorded events, chunk by chunk: what was decided, or is by today's policies, and would be."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.ids import uuid_of
from policies.describe.verdicts import rights_words, verdict_words
from policies.engine import Event, ParentDecision, PolicySet
from policies.in_force import PoliciesByGroups
from policies.models import Computer, PolicyEvent
from policies.replay.comparing import Comparison, Outcome, depend_on_time
from policies.replay.draft import Draft
from policies.replay.tally import Tally

MAX_KEPT = 20_000  # results for events that are alike
Groups = frozenset[uuid.UUID]


class Recorded(NamedTuple):
    """What is read of a policy event, in the order of `FIELDS` and `DECIDED`."""

    id: uuid.UUID
    at: datetime
    computer_id: uuid.UUID
    event: dict[str, Any]
    verdict: str = ""
    policy_id: uuid.UUID | None = None
    request_number: int | None = None
    code: str | None = None
    rights: dict[str, Any] | None = None

    @property
    def outcome(self) -> Outcome:
        """What was decided. Approvals aren't replayed: what one allowed or denied required one."""
        verdict = self.verdict
        approved = verdict in ("allow", "pending") and self.request_number is not None
        if approved or self.code == "recently_denied":
            verdict = "approval_required"
        rights = rights_words(self.rights or {}) if verdict == "allow" else ""
        policy = str(self.policy_id) if self.policy_id else ""
        return Outcome(policy, f"{verdict_words(verdict)} {rights}".strip())


FIELDS = ("pk", "at", "computer_id", "event")
# Where what was decided matters.
DECIDED = ("verdict", "policy_id", "request_number", "decision__code", "decision__rights")
_Result = tuple[Outcome, Outcome] | Outcome | None


class Judge:
    """Compares by a draft, or without one today's policies with what was decided."""

    def __init__(self, draft: Draft | None) -> None:
        self.draft = draft
        self._policies = PoliciesByGroups()
        self._groups = _groups_of_computers()
        self._sets: dict[Groups, PolicySet] = {}
        self._comparisons: dict[Groups, Comparison] = {}
        self._timed: dict[Groups, bool] = {}
        self._kept: dict[tuple[Any, ...], tuple[_Result]] = {}

    def count(self, rows: Sequence[Recorded], tally: Tally) -> None:
        """Add what would change of these events."""
        parents = _parents_of(rows)
        for row in rows:
            parent = parents.get((row.event.get("parent_event") or "", row.computer_id))
            try:
                result = self._judged(row, parent)
            except ValueError:
                tally.unread += 1
                continue
            if isinstance(result, Outcome):
                tally.add(row.outcome, result, row.id)
            elif result is None:
                tally.same += 1
            else:
                tally.add(*result, row.id)

    def _judged(self, row: Recorded, parent: ParentDecision | None) -> _Result:
        """Events that are alike are judged once."""
        groups = self._groups.get(row.computer_id, frozenset())
        event = Event.stored(row.event)
        key: tuple[Any, ...] = (groups, event, parent)
        if self._depends_on_time(groups):
            key = (*key, row.at)
        found = self._kept.get(key)  # looked up once: making an event's hash takes a while
        if found is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            found = self._kept[key] = (self._decided(groups, event, row.at, parent),)
        return found[0]

    def _decided(
        self, groups: Groups, event: Event, now: datetime, parent: ParentDecision | None
    ) -> _Result:
        if self.draft is None:
            decision = self._set(groups).decide(event, now=now, parent=parent)
            return Outcome.of(decision, with_type=False)
        if groups not in self._comparisons:
            before = self._set(groups)
            after = self.draft.put_into(before, groups)
            self._comparisons[groups] = Comparison(before, after)
        return self._comparisons[groups].outcomes(event, now, parent)

    def _set(self, groups: Groups) -> PolicySet:
        if groups not in self._sets:
            self._sets[groups] = self._policies.of(groups)
        return self._sets[groups]

    def _depends_on_time(self, groups: Groups) -> bool:
        if groups not in self._timed:
            own = [policy for policy, _ in self.draft.policies] if self.draft else []
            self._timed[groups] = depend_on_time([*self._set(groups).policies, *own])
        return self._timed[groups]


def _groups_of_computers() -> dict[uuid.UUID, Groups]:
    found: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    members = Computer.groups.through.objects.values_list("computer_id", "computergroup_id")
    for computer, group in members.iterator():
        found[computer].add(group)
    known: dict[Groups, Groups] = {}  # one object for all computers alike: quick to look up by
    sets = ((computer, frozenset(groups)) for computer, groups in found.items())
    return {computer: known.setdefault(groups, groups) for computer, groups in sets}


def _parents_of(rows: Sequence[Recorded]) -> dict[tuple[str, uuid.UUID], ParentDecision]:
    """What was decided for the programs that started these, by event and computer."""
    asked = {
        (text, row.computer_id): row.event
        for row in rows
        if (key := uuid_of(text := row.event.get("parent_event") or "")) and str(key) == text
    }
    if not asked:
        return {}
    known: QuerySet[PolicyEvent, Any] = PolicyEvent.objects.filter(
        pk__in={text for text, _ in asked}
    ).values_list(
        "pk", "computer_id", "account", "verdict", "decision__rights", "decision__matched"
    )
    found = {}
    for pk, computer, account, verdict, rights, matched in known:
        child = asked.get((str(pk), computer))
        if child is not None and child.get("account", "").lower() == account.lower():
            stored = {"verdict": verdict, "rights": rights, "matched": matched}
            found[str(pk), computer] = ParentDecision.from_json(stored)
    return found
