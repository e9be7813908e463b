"""Changing items: each change writes its version into Change History and into the audit trail,
in the transaction of the change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.audit.services import record
from items.author import Author
from items.family import Blocker, family_of, page_of_item
from items.forms import ItemForm, SaveRefused
from items.models import Change, Item
from items.relations import users_of
from items.values import Words, in_words, posted

Verb = Change.Verb


class StaleItem(Exception):
    """Somebody has changed or deleted the item since it was opened: nothing was done."""


class DeleteBlocked(Exception):
    """Others use the item, or it may not be deleted at all: nothing was changed."""


def save_item(
    form: ItemForm, *, by: Author, verb: Verb = Verb.UPDATE, restored_version: int | None = None
) -> bool:
    """Save a valid form; whether anything was changed. Raises StaleItem and forms.SaveRefused.

    The form's `version` must be the stored one: it is raised by a conditional UPDATE, so of two
    people who save at once one is refused.
    """
    form.author = by
    try:
        return _save(form, by=by, verb=verb, restored_version=restored_version)
    except IntegrityError as error:
        if not _is_of_reference(error):
            raise
        gone = "Something that was chosen here has just been deleted. Choose again."
        raise SaveRefused(None, [gone]) from error


def _save(form: ItemForm, *, by: Author, verb: Verb, restored_version: int | None) -> bool:
    item: Item = form.instance
    with transaction.atomic():
        if item._state.adding:
            form.save()
            _write(item, by=by, verb=Verb.CREATE, before={}, secrets=form.secrets_changed)
            return True
        before = _words(_stored(item))
        expected = form.cleaned_data.get("version") or 0
        _raise_version(item, expected=expected)
        form.save()
        changed = _write(
            item,
            by=by,
            verb=verb,
            before=before,
            secrets=form.secrets_changed,
            restored_version=restored_version,
        )
        if not changed:
            transaction.set_rollback(True)
    return changed


@contextmanager
def changing(item: Item, *, by: Author, secrets: Sequence[str] = ()) -> Iterator[None]:
    """Change `item` (saved or new) in the block; it is saved, with its history, at the end.

    `secrets`: labels of those that the block sets.
    """
    with transaction.atomic():
        creating = item._state.adding
        before = {} if creating else _words(_stored(item))
        yield
        if not creating:
            _raise_version(item, expected=item.version)
        item.save()
        verb = Verb.CREATE if creating else Verb.UPDATE
        if not _write(item, by=by, verb=verb, before=before, secrets=secrets):
            _set_version(item, item.version - 1)  # what nobody sees is no new version


def note_creation(item: Item, *, by: Author) -> None:
    """Write the first version of an item that was just made with all that belongs to it."""
    _write(item, by=by, verb=Verb.CREATE, before={})


def delete_item(item: Item, *, by: Author) -> None:
    """Delete it; its history stays. Raises DeleteBlocked and StaleItem.

    The row is locked before its users are looked for: until it is gone nobody begins to use it.
    """
    change = _change(item, by=by, verb=Verb.DELETE, version=item.version + 1)
    with transaction.atomic():
        rows = type(item)._default_manager.select_for_update()
        if not rows.filter(pk=item.pk, version=item.version).values_list("pk").first():
            raise StaleItem
        if item.undeletable or blockers_of(item):
            raise DeleteBlocked
        item.delete()
        change.save()
        _record(change)


def blockers_of(item: Item) -> list[Blocker]:
    """What uses the item and keeps it from being deleted, items first."""
    family = family_of(item)
    using = [Blocker(user.name, kind_words(user), page_of_item(user)) for user in users_of(item)]
    return using + family.blockers(item)


def kind_words(item: Item) -> str:
    """What an item is, in a word or two: "E-mail Approval Process", "approval type"."""
    try:
        family = family_of(item)
    except LookupError:
        return str(item._meta.verbose_name)
    return family.kind_of(item).label if family.has_kinds else family.noun


def _is_of_reference(error: IntegrityError) -> bool:
    """Whether the database misses a row that another one refers to; it looks when it commits."""
    of_postgresql = getattr(error.__cause__, "sqlstate", "") == "23503"
    return of_postgresql or "FOREIGN KEY" in str(error)


def _stored(item: Item) -> Item:
    found = type(item)._default_manager.filter(pk=item.pk).first()
    if found is None:
        raise StaleItem
    return found


def _words(item: Item) -> Words:
    return in_words(family_of(item).form_of(item))


def _raise_version(item: Item, *, expected: int) -> None:
    same = type(item)._default_manager.filter(pk=item.pk, version=expected)
    if not same.update(version=F("version") + 1):
        raise StaleItem
    item.version = expected + 1


def _set_version(item: Item, version: int) -> None:
    type(item)._default_manager.filter(pk=item.pk).update(version=version)
    item.version = version


def _write(
    item: Item,
    *,
    by: Author,
    verb: Verb,
    before: Words,
    secrets: Sequence[str] = (),
    restored_version: int | None = None,
) -> bool:
    form = family_of(item).form_of(_stored(item))
    after = in_words(form)
    labels = dict.fromkeys([*before, *after])
    fields: list[list[str]] = [
        [label, before.get(label, ""), after.get(label, "")]
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]
    fields += [[label, "", "changed" if before else "set"] for label in secrets]
    if before and not fields:
        return False
    change = _change(item, by=by, verb=verb, version=item.version)
    change.fields, change.values = fields, posted(form)
    change.restored_version = restored_version
    change.save()
    _record(change)
    return True


def _change(item: Item, *, by: Author, verb: Verb, version: int) -> Change:
    return Change(
        model=item._meta.label_lower,
        item_id=item.pk,
        item_name=item.name,
        version=version,
        at=timezone.now(),
        by=by.name[:200],
        via=by.via[:100],
        verb=verb,
    )


def _record(change: Change) -> None:
    facts: dict[str, Any] = {
        "name": change.item_name,
        "version": change.version,
        "fields": change.fields,
        "via": change.via,
    }
    if change.restored_version:
        facts["restored_version"] = change.restored_version
    record(
        actor=change.by,
        verb=change.verb,
        kind=change.model.partition(".")[2],
        object_id=change.item_id,
        facts=facts,
    )
