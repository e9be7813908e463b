"""How many computers hold a policy as it is now.

An agent takes over what is in force whenever it fetches its policies. So it holds a policy as it is
if it fetched them after the last change of the policy or of anything that it uses.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Max

from actions.models import Action
from approvals.models import ApprovalType
from items.models import Change
from policies.models import Computer, Filter, Policy

_NEVER = datetime.min.replace(tzinfo=UTC)
# Of the items in a policy: the index of changes begins with it.
_MODELS = [each._meta.label_lower for each in (Policy, Filter, Action, ApprovalType)]


@dataclass(frozen=True)
class Deployment:
    """`current` of the `computers` in the policy's groups hold it as it is now."""

    computers: int
    current: int

    @property
    def words(self) -> str:
        """ "41 of 43 agents"."""
        if not self.computers:
            return "No computers"
        return f"{self.current} of {self.computers} agent{'' if self.computers == 1 else 's'}"


def deployments_of(policies: Sequence[Policy]) -> dict[uuid.UUID, Deployment]:
    """Of each active policy among `policies`, fetched `with_parts`, by its id, in two queries."""
    active = [policy for policy in policies if policy.is_active]
    made_of = {policy.pk: _made_of(policy) for policy in active}
    changed = dict(
        Change.objects.filter(model__in=_MODELS, item_id__in=set().union(*made_of.values()))
        .values("item_id")
        .annotate(last=Max("at"))
        .values_list("item_id", "last")
    )
    groups = {policy.pk: frozenset(group.pk for group in policy.groups.all()) for policy in active}
    fetched = _fetched(set(groups.values()))
    found = {}
    for policy in active:
        last = max((changed.get(key, _NEVER) for key in made_of[policy.pk]), default=_NEVER)
        times = fetched[groups[policy.pk]]
        current = sum(1 for at in times if at is not None and at >= last)
        found[policy.pk] = Deployment(len(times), current)
    return found


def _made_of(policy: Policy) -> set[uuid.UUID]:
    """The policy, and the items in it by which it decides."""
    actions = [part.action for part in policy.policy_actions.all()]
    return {
        policy.pk,
        *(part.filter_id for part in policy.policy_filters.all()),
        *(action.pk for action in actions),
        *(action.approval_type_id for action in actions if action.approval_type_id),
    }


def _fetched(
    wanted: set[frozenset[uuid.UUID]],
) -> dict[frozenset[uuid.UUID], list[datetime | None]]:
    """When each computer of these sets of groups last fetched its policies; each counts once."""
    members: dict[uuid.UUID, dict[uuid.UUID, datetime | None]] = defaultdict(dict)
    rows = Computer.objects.filter(groups__in=frozenset().union(*wanted), revoked_at=None)
    for group, computer, at in rows.values_list("groups", "pk", "policies_at"):
        members[group][computer] = at
    found = {}
    for groups in wanted:
        computers: dict[uuid.UUID, datetime | None] = {}
        for group in groups:
            computers |= members[group]
        found[groups] = list(computers.values())
    return found
