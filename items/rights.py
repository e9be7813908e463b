"""Who may see and change an item: by the roles of its family, and by the platforms that it reaches.

The verbs in items/services.py ask `may_change`; pages ask it to show what works.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from core.roles import PLATFORM_ADMINISTRATORS, Roles, platforms_of, sees_all
from items.family import Family, families, family_of
from items.models import Item
from items.relations import users_of
from items.values import Posted

OTHER_PLATFORM = (
    "Not saved: this would reach computers of a platform that isn't yours. Choose only your platform "
    "and your computer groups, or ask an administrator."
)


def may_change(item: Item, roles: Roles) -> bool:
    """Whether one of `roles` may change the item as it is stored.

    Platform administrators may if all it reaches is theirs, whatever uses it included.
    """
    family = family_of(item)
    changing = roles & family.access.change
    if not changing or changing - PLATFORM_ADMINISTRATORS:
        return bool(changing)
    reached = family.platforms(item)
    if not reached:  # it isn't bound to any
        return False
    for user in users_of(item, at_most=None):
        reached |= family_of(user).platforms(user)
    return reached <= platforms_of(changing)


def seen_items(family: Family, roles: Roles) -> QuerySet[Item]:
    """The items of a family that somebody with these roles sees."""
    rows = family.queryset()
    if sees_all(roles):
        return rows
    seen: QuerySet[Item] = family.of_platforms(rows, platforms_of(roles))
    return seen


def seen_among(items: Iterable[Item], roles: Roles) -> set[uuid.UUID]:
    """Which of these stored items somebody with these roles sees, in a query for each family."""
    keys: dict[Family, set[uuid.UUID]] = defaultdict(set)
    for item in items:
        keys[family_of(item)].add(item.pk)
    return {
        pk
        for family, own in keys.items()
        for pk in seen_items(family, roles).filter(pk__in=own).values_list("pk", flat=True)
    }


def offer_only_seen(form: forms.BaseForm, roles: Roles) -> None:
    """Let the form's fields offer the items that these roles see, and those of a stored item that are
    chosen already; for a new one their platforms. An address may name any items for a new one.
    """
    if sees_all(roles):
        return
    by_model = {family.model: family for family in families()}
    is_stored = isinstance(form, forms.BaseModelForm) and not form.instance._state.adding
    platform = form.fields.get("platform")
    if isinstance(platform, forms.ChoiceField) and not is_stored:
        theirs = platforms_of(roles)
        choices: Any = platform.choices
        platform.choices = [each for each in choices if each[0] in theirs]
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelMultipleChoiceField) or field.queryset is None:
            continue
        family = by_model.get(field.queryset.model)
        if family is not None:
            seen = Q(pk__in=seen_items(family, roles).values("pk"))
            chosen = Q(pk__in=form.initial.get(name) or () if is_stored else ())
            field.queryset = field.queryset.filter(seen | chosen)


def keep_to_platform(values: Posted, roles: Roles) -> None:
    """Give the copy of an item for every platform the platform of who makes it."""
    theirs = platforms_of(roles)
    if not sees_all(roles) and values.get("platform") == [""]:
        values["platform"] = [min(theirs)]
