"""What uses an item, and what it uses, found from the foreign keys, so nothing needs to be declared."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import PROTECT, Q

from items.models import Change, Item

MAX_USERS = 200  # that a page lists, of each relation


def users_of(item: Item, *, at_most: int | None = MAX_USERS) -> list[Item]:
    """The items that refer to `item`, by name. A part counts as the item that it is part of.

    `at_most` are looked up of each relation.
    """
    users: dict[tuple[str, uuid.UUID], Item] = {}
    for relation in _relations(type(item)):
        owner = _owner(relation.related_model)
        rows = relation.related_model._default_manager.filter(**{relation.field.name: item})
        for row in rows.select_related(owner)[:at_most] if owner else rows[:at_most]:
            user: Item = getattr(row, owner) if owner else row
            if user.pk != item.pk:
                users[user._meta.label, user.pk] = user
    return sorted(users.values(), key=lambda user: user.name.casefold())


def counts_of_users(model: type[Item], keys: Collection[uuid.UUID]) -> Counter[uuid.UUID]:
    """How many items use each of these, as the default too, in a query or two for each relation."""
    counts: Counter[uuid.UUID] = Counter()
    if hasattr(model, "is_default"):
        rows: Any = model._default_manager
        default = rows.filter(pk__in=keys, is_default=True).first()
        if default is not None:
            counts[default.pk] = len(users_by_default(default))
    for relation in _relations(model):
        name, owner = relation.field.name, _owner(relation.related_model)
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": keys})
        counts.update(
            used for used, _ in set(rows.values_list(name, f"{owner}_id" if owner else "pk"))
        )
    return counts


def users_by_default(item: Item) -> list[Item]:
    """The items that use `item` because it's the default of what they leave empty."""
    if not getattr(item, "is_default", False):
        return []
    return sorted(
        (
            row
            for relation in _relations(type(item))
            if relation.field.null and hasattr(relation.related_model, "uses_default")
            for row in relation.related_model._default_manager.filter(
                **{f"{relation.field.name}__isnull": True}
            )
            if row.uses_default
        ),
        key=lambda user: user.name.casefold(),
    )


def in_use(model: type[Item]) -> Q:
    """Which items of `model` something uses."""
    used = Q(pk__in=[])
    for relation in _relations(model):
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{f"{name}__isnull": False})
        used |= Q(pk__in=rows.order_by().values(name))
    if hasattr(model, "is_default"):
        servers: Any = model._default_manager
        default = servers.filter(is_default=True).first()
        if default is not None and users_by_default(default):
            used |= Q(pk=default.pk)
    return used


def _relations(model: type[Item]) -> Iterator[Any]:
    """The relations by which an item of `model` is used: deleting it is refused for them."""
    for relation in model._meta.related_objects:
        protected = getattr(relation, "on_delete", None) is PROTECT
        ours = _owner(relation.related_model) or issubclass(relation.related_model, Item)
        if ours and (protected or relation.many_to_many):
            yield relation


def _owner(model: Any) -> str:
    """The field that leads from a part, such as a policy's filter, to the item it is part of."""
    return str(getattr(model, "part_of", ""))


def used_by_changed(changes: Iterable[Change]) -> list[Item]:
    """The changed items as stored now, and all that they use, directly or not; by model and id."""
    found: dict[tuple[str, uuid.UUID], Item] = {}
    for change in changes:
        rows = apps.get_model(change.model)._default_manager
        left = list(rows.filter(pk=change.item_id))
        while left:
            item = left.pop()
            if (item._meta.label_lower, item.pk) not in found:
                found[item._meta.label_lower, item.pk] = item
                left += _used_by(item)
    return [found[key] for key in sorted(found)]


def _used_by(item: Item) -> Iterator[Item]:
    """What it, or one of its parts, refers to."""
    parts: list[Any] = [item]
    for relation in item._meta.related_objects:
        if _owner(relation.related_model) == relation.field.name:
            parts += relation.related_model._default_manager.filter(**{relation.field.name: item})
    for part in parts:
        for field in part._meta.get_fields():
            if isinstance(field.related_model, type) and issubclass(field.related_model, Item):
                if field.many_to_one and (used := getattr(part, field.name)) and used != item:
                    yield used
                elif field.many_to_many and not field.auto_created:
                    yield from getattr(part, field.name).all()
