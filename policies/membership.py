"""Which computers are in a group: chosen ones, all of its platform, or those whose names match.

Groups by platform or name are filled when the group is saved and when a computer registers, whose
name and platform stay the same from then on. `update_targeting` does it for all groups anew.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.actors import Actor
from core.audit.services import record
from core.text import name_key
from items.author import Author
from items.forms import SaveRefused
from items.guards import take_turn
from items.rights import may_change
from items.services import note_list
from policies.engine.globs import matches_text
from policies.in_force import policies_of
from policies.models import Computer, ComputerGroup

Membership = ComputerGroup.Membership
COMPUTERS = "Computers"  # as Change History calls the list


@dataclass(frozen=True)
class Updated:
    """What became of one group: how many computers it has, and policies in force on them."""

    group: ComputerGroup
    computers: int
    added: int
    removed: int
    policies: int


class UnknownComputers(Exception):
    """No computers of the group's platform have these names."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def is_member(group: ComputerGroup, computer: Computer) -> bool:
    """Whether the group's rule takes the computer in; False where computers are chosen."""
    if group.platform != computer.platform:
        return False
    if group.membership == Membership.PLATFORM:
        return True
    return group.membership == Membership.NAMES and any(
        matches_text(pattern, computer.name) for pattern in group.name_patterns
    )


def fill(group: ComputerGroup) -> tuple[int, int]:
    """Let the group have the computers that its rule says: how many were added and removed."""
    if group.membership == Membership.CHOSEN:
        return 0, 0
    present = Computer.objects.filter(platform=group.platform, retired_at=None)
    rows = present.only("pk", "name", "platform")
    wanted = {computer.pk: computer for computer in rows if is_member(group, computer)}
    known = {computer.pk: computer for computer in group.computers.only("pk")}
    new = [wanted[key] for key in wanted.keys() - known.keys()]
    gone = [known[key] for key in known.keys() - wanted.keys()]
    group.computers.add(*new)
    group.computers.remove(*gone)
    return len(new), len(gone)


def chosen_before(computer: Computer) -> list[ComputerGroup] | None:
    """The chosen groups of the computer that was retired last of those with its name and platform; None
    if there was none.
    """
    retired = Computer.objects.filter(
        name_key=computer.name_key, platform=computer.platform, retired_at__isnull=False
    )
    last = retired.order_by("-retired_at").first()
    return list(last.groups.filter(membership=Membership.CHOSEN)) if last else None


def join(computer: Computer, chosen: Iterable[ComputerGroup]) -> None:
    """Put a new computer into its groups: those of `chosen` that have no rule, and those whose rule
    takes it in. Within the transaction that makes the computer.
    """
    take_turn()  # no rule changes meanwhile
    ruled = ComputerGroup.objects.exclude(membership=Membership.CHOSEN)
    groups = [group for group in chosen if group.membership == Membership.CHOSEN]
    computer.groups.set([*groups, *(group for group in ruled if is_member(group, computer))])


def update_targeting(*, by: Actor) -> list[Updated]:
    """Fill every group that has a rule anew, and compile the policies of all groups."""
    with transaction.atomic():
        take_turn()
        updated = []
        for group in ComputerGroup.objects.order_by("name"):
            added, removed = fill(group)
            policies = len(policies_of(frozenset({group.pk})).policies)
            updated.append(Updated(group, group.computers.count(), added, removed, policies))
        record(
            actor=by,
            verb="update_targeting",
            kind="computergroup",
            object_id="",
            facts={each.group.name: [each.computers, each.added, each.removed] for each in updated},
        )
    return updated


def add_computers(*, group: ComputerGroup, names: Sequence[str], by: Author) -> int:
    """Choose computers by name: how many weren't members yet. Raises UnknownComputers."""
    with _changing(group, by):
        present = Computer.objects.filter(platform=group.platform, retired_at=None)
        found = {c.name_key: c for c in present.filter(name_key__in=map(name_key, names))}
        unknown = [name for name in names if name_key(name) not in found]
        if unknown:
            raise UnknownComputers(unknown)
        known = set(group.computers.values_list("pk", flat=True))
        new = [computer for computer in found.values() if computer.pk not in known]
        group.computers.add(*new)
        if new:
            note_list(group, by=by, label=COMPUTERS, added=sorted(each.name for each in new))
    return len(new)


def remove_computer(*, group: ComputerGroup, computer_id: uuid.UUID, by: Author) -> str:
    """Take a chosen computer out; its name. Raises Computer.DoesNotExist."""
    with _changing(group, by):
        computer = group.computers.get(pk=computer_id)
        group.computers.remove(computer)
        note_list(group, by=by, label=COMPUTERS, removed=[computer.name])
    return computer.name


def change_computers(
    group: ComputerGroup, removed: Sequence[str], added: Sequence[str], by: Author
) -> None:
    """Take computers out and choose others, by name. Raises forms.SaveRefused."""
    try:
        for name in removed:
            computer = group.computers.get(name=name, retired_at=None)
            remove_computer(group=group, computer_id=computer.pk, by=by)
        if added:
            add_computers(group=group, names=added, by=by)
    except (Computer.DoesNotExist, UnknownComputers) as gone:
        raise SaveRefused(None, ["Some of these computers are no longer there."]) from gone


@contextmanager
def _changing(group: ComputerGroup, by: Author) -> Iterator[None]:
    """A change of the computers that are chosen for a group. Raises PermissionDenied."""
    with transaction.atomic():
        take_turn()
        group.refresh_from_db()
        mine = by.roles is None or may_change(group, by.roles)
        if not mine or group.membership != Membership.CHOSEN:
            raise PermissionDenied
        yield
