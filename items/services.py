"""Changing items: each change writes its version into Change History and into the audit trail,
in the transaction of the change.

All changes of items pass here. One that needs a second person (items/second_person.py) isn't made: each
verb raises author.SecondPersonNeeded.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.audit.services import record
from items.author import Author
from items.family import Blocker, family_of, page_of_item
from items.forms import ItemForm, SaveRefused
from items.guards import guarded, take_turn
from items.models import Change, Item
from items.relations import users_of
from items.rights import OTHER_PLATFORM, may_change
from items.second_person import Held, held, is_needed
from items.values import Words, in_words, posted

Verb = Change.Verb


class StaleItem(Exception):
    """The item was changed or deleted since it was opened; nothing was saved."""


class DeleteBlocked(Exception):
    """The item is used or can't be deleted at all; nothing was changed."""


def save_item(
    form: ItemForm, *, by: Author, verb: Verb = Verb.UPDATE, restored_version: int | None = None
) -> bool:
    """Save a valid form and return whether anything changed. Raises StaleItem, forms.SaveRefused.

    The form's `version` must be the stored one: it is raised by a conditional UPDATE, so of two
    people who save at once, one is refused.
    """
    form.author = by
    item: Item = form.instance
    secrets = form.secrets_changed
    try:
        with transaction.atomic():
            take_turn()
            weight, creating, before = held(item, by), item._state.adding, Words()
            if not creating:
                require_right(item, by)
                before = _stored_words(item)
                _raise_version(item, expected=form.cleaned_data.get("version") or 0)
            with guarded(item, refusable=True):
                form.save()
            if by.roles is not None and not may_change(item, by.roles):  # as it was just saved
                raise SaveRefused(None, [OTHER_PLATFORM])
            changed = _write_version(
                item,
                by=by,
                verb=Verb.CREATE if creating else verb,
                before=before,
                weight=weight,
                secrets=secrets,
                restored_version=restored_version,
            )
            if not changed:
                transaction.set_rollback(True)
    except (IntegrityError, ObjectDoesNotExist) as error:
        # A row that is referred to is missing, which the database notices when it commits, and
        # whoever follows the reference before.
        sqlstate = getattr(error.__cause__, "sqlstate", "")  # of PostgreSQL
        reference = sqlstate == "23503" or "FOREIGN KEY" in str(error)
        if isinstance(error, IntegrityError) and not reference:
            raise
        gone = "An item that you chose here was just deleted. Choose another one."
        raise SaveRefused(None, [gone]) from error
    return changed


def create_item(form: ItemForm, *, by: Author) -> bool:
    """Save the form's new item if it is valid and nothing refuses it; whether that was done.

    If it wasn't, the form says why.
    """
    try:
        return form.is_valid() and save_item(form, by=by)
    except SaveRefused as refused:
        form.add_error(refused.field, refused.errors)
        return False


@contextmanager
def changing(item: Item, *, by: Author, secrets: Sequence[str] = ()) -> Iterator[None]:
    """Change `item` (stored or new) in the block; it is saved at the end, with its history.

    `secrets`: labels of the secrets that the block sets. Whatever the change breaks, it is made.
    """
    with transaction.atomic():
        take_turn()
        weight, creating = held(item, by), item._state.adding
        if not creating:
            require_right(item, by)
        before = {} if creating else _stored_words(item)
        yield
        if not creating:
            _raise_version(item, expected=item.version)
        with guarded(item, refusable=False):
            item.save()
        verb = Verb.CREATE if creating else Verb.UPDATE
        if not _write_version(
            item, by=by, verb=verb, before=before, weight=weight, secrets=secrets
        ):
            item.version -= 1  # no visible change, no new version
            type(item)._default_manager.filter(pk=item.pk).update(version=item.version)


def note_creation(item: Item, *, by: Author) -> None:
    """Write the first version of an item created together with its parts."""
    _write_version(item, by=by, verb=Verb.CREATE, before={})


def note_list(
    item: Item, *, by: Author, label: str, removed: Sequence[str] = (), added: Sequence[str] = ()
) -> None:
    """Write the version of an item of which a page of its own has just changed a list, by name.

    Within the transaction and the turn of the change. `label` is one of the family's `lists`.
    """
    weight, before = held(item, by), _stored_words(item)
    _raise_version(item, expected=item.version)
    change = [label, "\n".join(removed), "\n".join(added)]
    _write_version(item, by=by, verb=Verb.UPDATE, before=before, weight=weight, lists=[change])


def delete_item(item: Item, *, by: Author) -> None:
    """Delete the item and keep its history. Raises DeleteBlocked and StaleItem.

    The row is locked before its users are looked up, so nothing can begin to use it meanwhile.
    """
    change = _new_change(item, by=by, verb=Verb.DELETE, version=item.version + 1)
    with transaction.atomic():
        take_turn()
        rows = type(item)._default_manager.select_for_update()
        if not rows.filter(pk=item.pk, version=item.version).values_list("pk").first():
            raise StaleItem
        require_right(item, by)
        if item.undeletable or blockers_of(item):
            raise DeleteBlocked
        change.needs_second_person = is_needed(item, held(item, by), [], deleted=True)
        with guarded(item, refusable=False):
            item.delete()
        _store(change, by)


def require_right(item: Item, by: Author) -> None:
    """Raises PermissionDenied unless `by` may change the item as it is stored."""
    stored = type(item)._default_manager.filter(pk=item.pk).first()
    if by.roles is not None and stored is not None and not may_change(stored, by.roles):
        raise PermissionDenied


def blockers_of(item: Item) -> list[Blocker]:
    """What uses the item and prevents its deletion, items first."""
    family = family_of(item)
    using = [Blocker(user.name, kind_words(user), page_of_item(user)) for user in users_of(item)]
    further = [blocker for find in family.more_blockers for blocker in find(item)]
    return using + family.blockers(item) + further


def kind_words(item: Item) -> str:
    """What the item is: "E-mail Approval Process", "approval type"."""
    try:
        family = family_of(item)
    except LookupError:
        return str(item._meta.verbose_name)
    return family.words_for(family.kind_of(item))


def _stored_words(item: Item) -> Words:
    stored = type(item)._default_manager.filter(pk=item.pk).first()
    if stored is None:
        raise StaleItem
    return in_words(family_of(stored).form_of(stored))


def _raise_version(item: Item, *, expected: int) -> None:
    same = type(item)._default_manager.filter(pk=item.pk, version=expected)
    if not same.update(version=F("version") + 1):
        raise StaleItem
    item.version = expected + 1


def _write_version(
    item: Item,
    *,
    by: Author,
    verb: Verb,
    before: Words,
    weight: Held | None = None,
    secrets: Sequence[str] = (),
    lists: Sequence[list[str]] = (),
    restored_version: int | None = None,
) -> bool:
    """Write what differs between `before` and the stored item; whether anything does."""
    stored, family = type(item)._default_manager.get(pk=item.pk), family_of(item)
    form = family.form_of(stored)
    after = in_words(form)
    fields = [
        [label, before.get(label, ""), after.get(label, "")]
        for label in dict.fromkeys([*before, *after])
        if before.get(label, "") != after.get(label, "")
    ]
    fields += lists
    fields += [[label, "", "changed" if before else "set"] for label in secrets]
    if before and not fields:
        return False
    change = _new_change(item, by=by, verb=verb, version=item.version)
    change.labels = [label for label, _, _ in fields]
    change.fields, change.values = fields, posted(form)
    if family.switch and family.switch.is_on(stored):
        change.values[family.switch.name] = ["on"]
    change.restored_version = restored_version
    change.needs_second_person = is_needed(item, weight, change.labels)
    if change.needs_second_person and secrets:
        raise PermissionDenied  # a secret can't wait in a proposal
    _store(change, by)
    return True


def _new_change(item: Item, *, by: Author, verb: Verb, version: int) -> Change:
    return Change(
        model=item._meta.label_lower,
        kind=getattr(item, "kind", ""),
        item_id=item.pk,
        item_name=item.name,
        version=version,
        at=timezone.now(),
        **by.actor.columns("by"),
        via=by.via[:100],
        accepted_by=by.accepted_by,
        verb=verb,
    )


def _store(change: Change, by: Author) -> None:
    """Into the history and into the audit trail."""
    change.save()
    by.wrote(change)
    facts: dict[str, Any] = {
        "name": change.item_name,
        "version": change.version,
        "fields": change.fields,
        "via": change.via,
    }
    if change.accepted_by:
        facts["accepted_by"] = change.accepted_by
    if change.restored_version:
        facts["restored_version"] = change.restored_version
    record(
        actor=by.actor,
        verb=change.verb,
        kind=change.model.partition(".")[2],
        object_id=change.item_id,
        facts=facts,
    )
