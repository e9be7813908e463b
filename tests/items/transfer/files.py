"""What the tests of item files share: bases with items, and imports into others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from console.management.commands.add_defaults import add_all
from core.actors import Actor
from items.author import Author
from items.models import Change
from items.transfer.exporting import export
from items.transfer.importing import Plan, Refused, import_items, plan_import
from trial.example import add_example

BY = Author(Actor.of_system("a test"))
HEAD = "pmconsole_items: 1\n"


def add_defaults() -> None:
    """What every installation begins with."""
    add_all(smtp_url="smtp://mail.example.com:25")


def add_whole_example() -> None:
    """All that a trial begins with."""
    add_defaults()
    with TemporaryDirectory() as folder:
        add_example(Path(folder))


@contextmanager
def another_installation() -> Iterator[None]:
    """A base as it was before the block's caller put anything in; all of it's gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def imported(text: str, *, prune: bool = False) -> Plan:
    return import_items(text.encode(), by=BY, reason="a test", prune=prune)


def planned(text: str, *, prune: bool = False) -> Plan:
    return plan_import(text.encode(), by=BY, prune=prune)


def refusal(text: str | bytes, *, prune: bool = False) -> str:
    """Why a file is refused, by import and by plan alike; nothing may have changed."""
    data = text.encode() if isinstance(text, str) else text
    before, changes = export(), Change.objects.count()
    words = []
    for run in (plan_import, import_items):
        more = {"reason": "a test"} if run is import_items else {}
        try:
            run(data, by=BY, prune=prune, **more)  # type: ignore[operator]
        except Refused as refused:
            words.append(str(refused))
    assert len(words) == 2, "it isn't refused"
    assert words[0] == words[1]
    assert (export(), Change.objects.count()) == (before, changes)
    return words[0]
