"""The policies in force on a computer, compiled once in each process until they change.

What they are made of has a mark (policies/models/revision.py), read with each report, so that a change
counts from the next report on, in every process.
"""

import uuid
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

from django.db import connection

from policies import engine
from policies.engine import PolicySet, compile
from policies.models import Computer, Policy
from policies.models.policies import PolicyQuerySet
from policies.snapshot import compiled
from policies.validity import problems_of

Groups = frozenset[uuid.UUID]
# Of each report; building it anew would cost more than the database's answer.
_GROUPS_AND_MARK = """
    SELECT member.computergroup_id, revision.mark FROM policies_computer_groups AS member
    LEFT JOIN policies_policyrevision AS revision ON revision.id = 1
    WHERE member.computer_id = %s"""
MAX_SETS = 64  # of computer groups; the one that was used longest ago is forgotten


class PoliciesInForce:
    """Compiled sets by the groups that they are for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Groups, tuple[str, PolicySet]] = OrderedDict()
        self._lock = Lock()

    def on(self, computer_id: uuid.UUID) -> PolicySet:
        """The active policies of the computer's groups, in one query where nothing changed."""
        with connection.cursor() as cursor:
            cursor.execute(
                _GROUPS_AND_MARK, [Computer._meta.pk.get_db_prep_value(computer_id, connection)]
            )
            rows = cursor.fetchall()
        groups = frozenset(uuid.UUID(str(group)) for group, _ in rows)  # text on SQLite
        if not groups:
            return compile(())
        current = rows[0][1]
        known = self._kept.get(groups)
        if known and known[0] == current:
            return known[1]
        with self._lock:  # whoever comes meanwhile waits instead of compiling, too
            known = self._kept.get(groups)
            if known and known[0] == current:
                return known[1]
            # Read after the mark: what is compiled is as new as the mark, or newer.
            policies = policies_of(groups)
            if current:
                self._kept[groups] = (current, policies)
                self._kept.move_to_end(groups)
                if len(self._kept) > MAX_SETS:
                    self._kept.popitem(last=False)
            return policies


def policies_of(groups: Groups) -> PolicySet:
    """The active policies of these groups, compiled from the database in five queries.

    Whatever broke an active policy, be it a server that was deleted, makes it refuse.
    """
    rows = Policy.objects.filter(is_active=True, groups__in=groups).distinct()
    return compile(policy for policy, _ in _with_groups(rows))


class PoliciesByGroups:
    """All active policies as they are now, read once; then a set for any groups without a query."""

    def __init__(self) -> None:
        self._policies = list(_with_groups(Policy.objects.filter(is_active=True)))

    def of(self, groups: Groups) -> PolicySet:
        return compile(policy for policy, reached in self._policies if reached & groups)


def _with_groups(rows: PolicyQuerySet) -> Iterator[tuple[engine.Policy, Groups]]:
    policies = list(rows.with_parts())
    wrong = problems_of(policies)
    for policy in policies:
        broken = next((each.text for each in wrong[policy.pk]), "")
        yield (
            compiled(policy, broken=broken),
            frozenset(group.pk for group in policy.groups.all()),
        )


in_force = PoliciesInForce()
