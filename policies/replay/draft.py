"""Policies as they would be: saved by the very code that saves them, read as the engine's, and undone."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction

from items.forms import ItemForm, SaveRefused
from items.models import Proposal
from items.proposals.services import tried
from items.proposals.steps import Outdated, Step, steps_of
from policies.enforcement import policies_in_force_by
from policies.engine import Policy, PolicySet, compile
from policies.models import Policy as PolicyRow
from policies.snapshot import compiled
from policies.validity import problems

Groups = frozenset[uuid.UUID]


@dataclass(frozen=True)
class Draft:
    """What some policies would be in force as, and on which computer groups."""

    policies: tuple[tuple[Policy, Groups], ...]
    replaced: frozenset[str]  # ids of those in whose place they come, or nothing does
    groups: Groups  # all that it concerns, before and after

    def put_into(self, policies: PolicySet, groups: Groups) -> PolicySet:
        """The policies of `groups` with these, in place of themselves as they are saved."""
        others = [each for each in policies.policies if each.id not in self.replaced]
        return compile([*others, *(each for each, own in self.policies if own & groups)])


def draft_of(form: ItemForm) -> Draft:
    """The policy of a valid form, active even if it isn't yet. Nothing is stored.

    Raises SaveRefused if the policy would be invalid.
    """
    stored = PolicyRow.groups.through.objects.filter(policy_id=form.instance.pk)
    before = frozenset(stored.values_list("computergroup_id", flat=True))
    with transaction.atomic():
        form.save()
        row = PolicyRow.objects.with_parts().get(pk=form.instance.pk)
        wrong = problems(row)
        if wrong:
            raise SaveRefused(None, [each.text for each in wrong])
        policy = replace(compiled(row), active=True)
        after = frozenset(group.pk for group in row.groups.all())
        transaction.set_rollback(True)
    return Draft(((policy, after),), frozenset({policy.id}), before | after)


def draft_of_proposal(proposal: Proposal) -> Draft:
    """The policies in force that a proposal would change. Nothing is stored.

    Raises SaveRefused if the proposal is outdated.
    """
    steps = steps_of(proposal.steps)
    try:
        before = _in_force_by(steps)
        with tried(proposal):
            after = _in_force_by(steps)
    except Outdated as why:
        raise SaveRefused(None, [str(why)]) from why
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    concerned = [
        own for found in (before, after) for key, (_, own) in found.items() if key in changed
    ]
    policies = tuple(after[key] for key in sorted(changed) if key in after)
    return Draft(policies, frozenset(changed), frozenset().union(*concerned))


def _in_force_by(steps: Iterable[Step]) -> dict[str, tuple[Policy, Groups]]:
    """The policies in force that are, or use, what the steps change, as they are now."""
    keys: set[uuid.UUID] = set()
    for step in steps:
        item = step.family.model._default_manager.filter(pk=step.item_id).first()
        if item is not None:
            keys.update(policies_in_force_by(item).values_list("pk", flat=True))
    rows = PolicyRow.objects.filter(pk__in=keys).with_parts()
    return {
        str(row.pk): (compiled(row), frozenset(group.pk for group in row.groups.all()))
        for row in rows
    }
