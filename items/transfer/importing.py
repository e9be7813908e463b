"""Importing a file: all of it in one transaction, or nothing.

A plan is the same import, rolled back: so it shows what would be written, and is refused where the
import would be. Items are tried in the order of the file, and what failed is tried again as long as
something else came about: that settles the order of references, in whatever order a file has them. An
item that was changed is tried again too. So an import ends when nothing is left to change, and a plan
after it is empty.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from core.audit.services import record
from core.text import name_key
from items.author import Author, Gathering
from items.family import Kind, family_named, family_with
from items.fields import SecretField
from items.guards import take_turn
from items.models import Change, joined_fields
from items.transfer.exporting import exported, in_our_time_zone
from items.transfer.operations import (
    Deleting,
    Failed,
    Importer,
    Key,
    Operation,
    Problem,
    Saving,
)
from items.transfer.text import ItemFile, Unreadable, read
from items.transfer.values import did_you_mean

MAX_PASSES: Final = 20  # over what isn't settled; references go no deeper than families
MAX_PROBLEMS: Final = 100  # that a refusal names


class Refused(Exception):
    """A file can't be imported, for these reasons; nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        more = len(self.problems) - MAX_PROBLEMS
        if more > 0:
            self.problems[MAX_PROBLEMS:] = [Problem(0, "", f"There are {more} more problems.")]
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Planned:
    """What an import does to one item, field by field in words, as Change History shows it."""

    kind: str  # as people call it: "policy", "Deny Execute Action"
    name: str
    verb: str  # "create", "update", "delete"
    fields: tuple[tuple[str, str, str], ...]  # label, old, new
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """All that an import does."""

    changes: tuple[Planned, ...]
    kept: tuple[str, ...] = ()  # what isn't in the file and can't be deleted, and why
    needs_second_person: bool = False

    @property
    def digest(self) -> str:
        """The same for plans that do the same."""
        done = [[c.kind, c.name, c.verb, c.fields] for c in self.changes]
        return hashlib.sha256(json.dumps(done).encode()).hexdigest()

    def count(self, verb: str) -> int:
        return sum(change.verb == verb for change in self.changes)

    @property
    def summary(self) -> str:
        """("2 to create, 1 to change, none to delete")."""
        return self._counted("{} to create, {} to change, {} to delete")

    @property
    def done(self) -> str:
        """("2 created, 1 changed, none deleted")."""
        return self._counted("{} created, {} changed, {} deleted")

    def _counted(self, words: str) -> str:
        return words.format(*(self.count(v) or "none" for v in ("create", "update", "delete")))


class PlanChanged(Exception):
    """The import would no longer do what was agreed to; nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("What is stored was changed since the plan was made.")
        self.plan = plan


def plan_import(data: bytes, *, by: Author, prune: bool = False) -> Plan:
    """What `import_items` would do now. Raises Refused."""
    with transaction.atomic():
        plan, _ = _carry_out(data, by=by, prune=prune)
        transaction.set_rollback(True)
    return plan


def import_items(
    data: bytes, *, by: Author, reason: str, prune: bool = False, agreed: str | None = None
) -> Plan:
    """Import a file and return what was done. Raises Refused, PlanChanged and SecondPersonNeeded.

    `prune`: delete what isn't in the file, of the families that the file names. `agreed`: the digest
    of the plan that somebody looked at.
    """
    with transaction.atomic():
        plan, importer = _carry_out(data, by=by, prune=prune)
        conclude(plan, importer, data=data, kind="items", reason=reason, agreed=agreed, prune=prune)
    return plan


def conclude(
    plan: Plan,
    author: Gathering,
    *,
    data: bytes,
    kind: str,
    reason: str,
    agreed: str | None,
    **more: Any,
) -> None:
    """End the import of a file, in its transaction: only what was agreed to, and with an audit entry
    that tells `more` of it. Raises PlanChanged and SecondPersonNeeded.
    """
    if agreed is not None and agreed != plan.digest:
        raise PlanChanged(plan)
    author.finish(reason=reason)
    if plan.changes:
        facts = {
            "reason": reason,
            "via": author.via,
            **more,
            "file_sha256": hashlib.sha256(data).hexdigest(),
            "summary": plan.summary,
        }
        record(actor=author.actor, verb="import", kind=kind, object_id=plan.digest, facts=facts)


def _carry_out(data: bytes, *, by: Author, prune: bool) -> tuple[Plan, Importer]:
    """Do it all, in the caller's transaction."""
    try:
        file = read(data)
    except Unreadable as error:
        raise Refused([Problem(error.line, "", error.text)]) from error
    take_turn()
    importer = Importer.like(by)
    savings = _savings(file, importer)
    deletions = list(_deletions(file, savings, importer)) if prune else []
    with in_our_time_zone():
        _settle([*savings, *deletions], importer)
    kept = [f"{each.label}: {each.kept}" for each in deletions if each.kept]
    changes = tuple(planned(importer.written))
    return Plan(changes, tuple(kept), importer.needs_second_person), importer


def _savings(file: ItemFile, by: Importer) -> list[Saving]:
    """The entries of the file. Raises Refused for what is wrong whatever is stored."""
    known = {family.namespace: family for family in exported()}
    problems = [
        Problem(line, "", f"There are no items called {name}.{did_you_mean(name, known)}")
        for name, line in file.families.items()
        if name not in known
    ]
    savings, lines = [], dict[tuple[str, str], int]()
    for entry in file.entries:
        if entry.family in known:
            saving = Saving(entry, known[entry.family], by)
            first = lines.setdefault(saving.key, entry.line)
            if saving.name and first != entry.line:
                text = f"Another item of this name is in line {first}."
                problems.append(Problem(entry.line, saving.label, text))
            savings.append(saving)
    if problems:
        raise Refused(problems)
    return savings


def _deletions(file: ItemFile, savings: Sequence[Saving], by: Importer) -> Iterator[Deleting]:
    """The stored items that the file leaves out, of the families that it names."""
    named = {saving.key for saving in savings}
    for family in filter(None, map(family_named, file.families)):
        for item in family.queryset():
            if not item.is_builtin and (item._meta.label_lower, item.name_key) not in named:
                yield Deleting(item, family, by)


def _settle(operations: Sequence[Operation], by: Importer) -> None:
    """Attempt all, then again what failed or was changed, until nothing changes. Raises Refused."""
    left = list(operations)
    for _ in range(MAX_PASSES):
        begun, failures = len(by.written), dict[Operation, Failed]()
        for operation in left:
            try:
                operation.attempt()
            except Failed as failed:
                failures[operation] = failed
        changed = {(change.model, change.item_id) for change in by.written[begun:]}
        if not changed:
            break
        left = [each for each in operations if each in failures or each.row in changed]
    else:
        names = ", ".join(operation.label for operation in left)
        raise Refused([Problem(0, "", f"These items change each other over and over: {names}.")])
    if failures:
        problems = [problem for failure in failures.values() for problem in failure.problems]
        keys = {operation.key for operation in failures if isinstance(operation, Saving)}
        # Some come only from the failure of another item of the file.
        raise Refused([each for each in problems if each.waits_for not in keys] or problems)


def planned(written: Iterable[Change]) -> Iterator[Planned]:
    """What the versions say together of each item, in the order of a file."""
    of_item: dict[Key, list[Change]] = {}
    for change in written:
        of_item.setdefault((change.model, change.item_id), []).append(change)
    planned = [
        (family_with(changes[0].model, changes[0].kind), changes) for changes in of_item.values()
    ]
    planned.sort(key=lambda each: (each[0].namespace, name_key(each[1][-1].item_name)))
    for family, changes in planned:
        verb = Change.Verb.CREATE if changes[0].verb == Change.Verb.CREATE else changes[-1].verb
        together = joined_fields(change.fields for change in changes)
        fields = tuple((label, old, new) for label, old, new in together)
        if fields or verb != Change.Verb.UPDATE:
            kind = family.kind_with(changes[0].kind)
            note = _note(kind) if verb == Change.Verb.CREATE else ""
            yield Planned(family.words_for(kind), changes[-1].item_name, verb, fields, note)


def _note(kind: Kind) -> str:
    """What a new item still needs, because no file has it."""
    secrets = [
        str(field.label or name).capitalize()
        for name, field in kind.form.base_fields.items()
        if isinstance(field, SecretField)
    ]
    return f"Enter afterwards: {', '.join(secrets)}." if secrets else ""
