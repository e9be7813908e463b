"""A policy as it would be: saved by the very code that saves it, read as the engine's, and undone."""

import uuid
from dataclasses import dataclass, replace

from django.db import transaction

from items.forms import ItemForm, SaveRefused
from policies.engine import Policy, PolicySet, compile
from policies.models import Policy as PolicyRow
from policies.snapshot import compiled
from policies.validity import problems


@dataclass(frozen=True)
class Draft:
    """What a policy would be in force as, and on which computer groups."""

    policy: Policy
    groups: frozenset[uuid.UUID]

    def put_into(self, policies: PolicySet, groups: frozenset[uuid.UUID]) -> PolicySet:
        """The policies of `groups` with this one, in place of itself as it is saved."""
        others = [each for each in policies.policies if each.id != self.policy.id]
        return compile([*others, self.policy] if self.groups & groups else others)


def draft_of(form: ItemForm) -> Draft:
    """The policy of a valid form, active even if it isn't yet. Nothing is stored.

    Raises SaveRefused if the policy would be invalid.
    """
    with transaction.atomic():
        form.save()
        row = PolicyRow.objects.with_parts().get(pk=form.instance.pk)
        wrong = problems(row)
        if wrong:
            raise SaveRefused(None, [each.text for each in wrong])
        draft = Draft(
            replace(compiled(row), active=True), frozenset(group.pk for group in row.groups.all())
        )
        transaction.set_rollback(True)
    return draft
