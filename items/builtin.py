"""Items that come with the product: added once, recognised ever after, never written over."""

import uuid
from typing import Any, TypeVar

from django.db import transaction

from items.author import Author
from items.models import Item
from items.services import changing

_NAMESPACE = uuid.UUID("6f1c9c9e-0f43-5d0b-9a55-7b1f5a1c2d10")
I = TypeVar("I", bound=Item)  # noqa: E741  # an item


def builtin_id(model: type[Item], key: str) -> uuid.UUID:
    """The same id in every installation, so that a renamed item is still recognised."""
    return uuid.uuid5(_NAMESPACE, f"{model._meta.label_lower}:{key}")


def add_builtin(model: type[I], key: str, *, name: str, **values: Any) -> I:
    """The built-in item `key`: the one that is there, as it is now, else a new one of `values`.

    If somebody's own item has the name already, the new one gets " (built-in)" behind it.
    """
    identity = builtin_id(model, key)
    manager = model._default_manager
    found = manager.filter(pk=identity).first()
    if found is not None:
        return found
    with transaction.atomic():
        if manager.filter(name__iexact=name).exists():
            name = f"{name} (built-in)"
        item = model(id=identity, name=name, is_builtin=True, **values)
        with changing(item, by=Author("pmconsole")):
            pass
    return item
