"""Items that come with the product: added once, recognised later, never overwritten."""

import uuid
from typing import Any, TypeVar

from django.db import transaction

from core.text import name_key
from items.author import Author
from items.models import Item
from items.services import changing

_NAMESPACE = uuid.UUID("6f1c9c9e-0f43-5d0b-9a55-7b1f5a1c2d10")
I = TypeVar("I", bound=Item)  # noqa: E741  # an item


def builtin_id(model: type[Item], key: str) -> uuid.UUID:
    """The same id in every installation, so that renamed items are recognised."""
    return uuid.uuid5(_NAMESPACE, f"{model._meta.label_lower}:{key}")


def add_builtin(model: type[I], key: str, *, name: str, **values: Any) -> I:
    """The built-in item `key`: the stored one as it is, else a new one with `values`.

    If another item has its name already, " (built-in)" is appended.
    """
    identity = builtin_id(model, key)
    manager = model._default_manager
    stored = manager.filter(pk=identity).first()
    if stored is not None:
        return stored
    with transaction.atomic():
        if manager.filter(name_key=name_key(name)).exists():
            name = f"{name} (built-in)"
        item = model(id=identity, name=name, is_builtin=True, **values)
        with changing(item, by=Author("pmconsole")):
            pass
    return item
