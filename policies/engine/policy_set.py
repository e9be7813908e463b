"""The entry point of the engine: policies compiled once, then asked about each event."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from actions.kinds import Effect
from policies.engine.conditions import Conditions
from policies.engine.decision import Decision
from policies.engine.event import Event
from policies.engine.explaining import trace_of
from policies.engine.index import Index
from policies.engine.model import Grant, ParentDecision, Policy
from policies.engine.verdict import Standing, verdict

_NOTHING: Mapping[str, str] = {}
POLICY_BROKEN, REPORT_UNCLEAR = "policy_broken", "report_unclear"
# Policies that ask for approval or justification always leave a record, others only if told to.
_ALWAYS_RECORDED = (Effect.ASK_APPROVAL, Effect.ASK_REASON)
_NO_MATCH = Decision("no_match")
_MAX_KEPT = 10_000  # decisions that depend on nothing but the policies that matched


def compile(policies: Iterable[Policy]) -> "PolicySet":
    """The policies of one set of computer groups, ready to decide."""
    return PolicySet(policies)


class PolicySet:
    """Policies in their order: by priority number, the oldest first among equals.

    Only those that the index finds are tested, each up to the first condition that fails. Safe for
    several threads.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.policies = sorted(policies, key=lambda each: (each.priority, each.created, each.id))
        self._active = [Conditions(policy) for policy in self.policies if policy.active]
        self._indexes: dict[str, Index] = {}
        self._kept: dict[tuple[object, ...], Decision] = {}

    @cached_property
    def by_id(self) -> dict[str, Policy]:
        return {policy.id: policy for policy in self.policies}

    def decide(
        self,
        event: Event,
        *,
        grants: Iterable[Grant] = (),
        pending: Collection[str] = (),
        recently_denied: Mapping[str, str] = _NOTHING,
        parent: ParentDecision | None = None,
        now: datetime,
        answered: str = "",
        trace: bool = False,
    ) -> Decision:
        """Evaluate `event` against the policies of its computer's groups.

        `grants` are candidates of any computer and account, in the order in which they are to be
        tried; `pending` holds the plea keys of requests that wait for an approver;
        `recently_denied` the pause keys of what this account was denied lately, with the approver's
        comment; `parent` is what was decided for the program that starts this one; `now` is aware;
        `answered` is the verdict, such as "warn", whose prompt the user has answered: no other
        prompt passes; with `trace` the decision tells of every condition of every policy.

        What a broken policy may match is denied with the code POLICY_BROKEN, and what another may
        match only by one reading of a report that has two, with REPORT_UNCLEAR. No string in
        `event` raises.
        """
        children = self.passed_on(parent) if parent else []
        if children:
            matched, perhaps = children, next((each for each in children if each.broken), None)
        else:
            matched, perhaps = self._match(event, now)
        if not matched:
            decision = _NO_MATCH
        elif children or perhaps or any(policy.asks_approval for policy in matched):
            standing = Standing(answered, now, tuple(grants), pending, recently_denied)
            decision = _decided(event, matched, bool(children), perhaps, standing)
        else:
            decision = self._without_forms(event, matched, answered, now)
        if not trace:
            return decision
        return replace(decision, trace=trace_of(event, self.policies, children, now))

    def passed_on(self, parent: ParentDecision) -> list[Policy]:
        """The policies that elevated the parent and have Child Actions, in order."""
        if not any(policy_id in self.by_id for policy_id in parent.policy_ids):
            return []
        return [policy for policy in self.policies if parent.passes_on(policy)]

    def _match(self, event: Event, now: datetime) -> tuple[list[Policy], Policy | None]:
        """Those that match, up to the first that does not say Continue Enforcing.

        The last may do so only perhaps, and is then given apart, too: it is broken, or the report
        leaves it open. It ends the evaluation: no later policy may allow what it could have refused.
        """
        matched: list[Policy] = []
        index = self._indexes.get(event.platform) or self._index(event.platform)
        for at in index.candidates(event):
            conditions = self._active[at]
            if not conditions.met(event, now, doubt=True):
                continue
            policy = conditions.policy
            matched.append(policy)
            if policy.broken or not conditions.certainly_met(event, now):
                return matched, policy
            if not policy.continue_enforcing:
                break
        return matched, None

    def _index(self, platform: str) -> Index:
        """Made when the first event of a platform comes; two threads may both make it."""
        index = Index([each.keys(platform) for each in self._active])
        return self._indexes.setdefault(platform, index)

    def _without_forms(
        self, event: Event, matched: list[Policy], answered: str, now: datetime
    ) -> Decision:
        """Where no approval is asked for, the policies that matched say it all."""
        key = (answered, *[policy.id for policy in matched])
        decision = self._kept.get(key)
        if decision is None:
            decision = _decided(event, matched, False, None, Standing(answered, now))
            if len(self._kept) < _MAX_KEPT:
                self._kept[key] = decision
        return decision


def _decided(
    event: Event,
    matched: Sequence[Policy],
    as_children: bool,
    perhaps: Policy | None,
    standing: Standing,
) -> Decision:
    """What the matched policies lead to; with `as_children` by their Child Actions."""
    steps = [
        (policy, action)
        for policy in matched
        for action in (policy.child_actions if as_children else policy.actions)
    ]
    if perhaps and perhaps.broken:
        message = (
            f"The policy {perhaps.name} can't be used: {perhaps.broken} Tell an administrator."
        )
        decision = Decision("deny", POLICY_BROKEN, message)
    elif perhaps and not any(action.effect is Effect.DENY for _, action in steps):
        message = (
            f"The endpoint's report can be read in two ways, and the policy {perhaps.name} applies "
            "to one of them only. Tell an administrator."
        )
        decision = Decision("deny", REPORT_UNCLEAR, message)
    else:
        decision = verdict(event, steps, standing)
    return replace(
        decision,
        matched=tuple(policy.id for policy in matched),
        record=perhaps is not None
        or any(policy.audit_events for policy in matched)
        or any(action.effect in _ALWAYS_RECORDED for _, action in steps),
    )
