"""What must agree to a change of an item. Apps above register it, as they do with panels and reports.

Changes of items come one at a time, because two that are each fine could break together what uses
both.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from django.db import connection

from items.models import Item

# Entered before the item is written and left after it, within the transaction. With `refusable` it
# may raise forms.SaveRefused; otherwise the change has to be possible.
Guard = Callable[[Item, bool], AbstractContextManager[None]]
TURN = 0x6974656D  # the number of our advisory lock
_guards: list[Guard] = []


def register(guard: Guard) -> None:
    """Ask `guard` about each change from now on."""
    _guards.append(guard)


def take_turn() -> None:
    """Wait for other transactions that change items, and hold this turn until the own one ends.

    SQLite needs no lock for this: there a transaction begins by taking the database for itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


@contextmanager
def guarded(item: Item, *, refusable: bool) -> Iterator[None]:
    """Write `item` in the block. Raises forms.SaveRefused if a guard refuses."""
    with ExitStack() as guards:
        for guard in _guards:
            guards.enter_context(guard(item, refusable))
        yield
