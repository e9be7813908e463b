"""People from a CSV file, such as one that a directory exports: all of it, or nothing.

It says who people are and whom they report to, never what they may do: roles and passwords stay.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from console.people.forms import UserForm
from core.actors import Actor
from core.people.models import User
from core.text import name_key
from items.author import Gathering
from items.forms import SaveRefused
from items.models import Change
from items.services import StaleItem, save_item
from items.values import as_data, posted

MAX_BYTES, MAX_ROWS = 5_000_000, 5_000
KEY: Final = "user_name"
# The columns, and the form's fields that they fill. Those that a file doesn't have stay as they are.
COLUMNS: Final = {
    KEY: "name",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "accounts": "accounts",
    "manager": "manager",
    "delegate": "delegate",
    "delegate_from": "delegate_from",
    "delegate_until": "delegate_until",
}
_LATER = frozenset({"manager", "delegate", "accounts"})  # of a new person: once everybody is there


@dataclass(frozen=True)
class Problem:
    """What is wrong in one line of the file; `line` 0: with the file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}" if self.line else self.text


class Refused(Exception):
    """Nothing was changed, because of these problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class _Row:
    line: int
    name: str
    values: dict[str, str]  # by the form's fields


def import_people(data: bytes, *, by: Actor, plan: bool) -> list[Change]:
    """Make people what the file says; what changed, in its order. With `plan` nothing is changed.

    Raises Refused. Who has the role of an administrator is changed by two people where that is required,
    so a file that would do so is refused.
    """
    rows = list(_rows(data))
    author = Gathering(by, "by import_people")
    with transaction.atomic():
        problems = [found for row in rows for found in _create(row, author)]
        problems = problems or [found for row in rows for found in _change(row, author)]
        problems += [
            Problem(
                0,
                f"{change.item_name} is an administrator, whose names, addresses and accounts need a "
                "second person. Change them at Admin, Users, or leave these columns out.",
            )
            for change in author.written
            if change.needs_second_person
        ]
        if problems:
            raise Refused(problems)
        transaction.set_rollback(plan)
    return author.written


def _rows(data: bytes) -> Iterator[_Row]:
    """Raises Refused for a file that can't be read as one of these."""
    if len(data) > MAX_BYTES:
        raise Refused([Problem(0, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")])
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
        _check(columns)
        reader.fieldnames = columns
        seen: dict[str, int] = {}
        for number, cells in enumerate(reader, start=1):
            line = reader.line_num
            if number > MAX_ROWS:
                raise Refused([Problem(line, f"A file can have at most {MAX_ROWS:,} people.")])
            if None in cells or None in cells.values():
                raise Refused([Problem(line, "It has more or fewer cells than the first line.")])
            values = {COLUMNS[name]: cell.strip() for name, cell in cells.items()}
            key = name_key(values["name"])
            if key in seen:
                first = seen[key]
                raise Refused([Problem(line, f"{values['name']} is in line {first} already.")])
            seen[key] = line
            yield _Row(line, values["name"], values)
    except UnicodeDecodeError:
        raise Refused([Problem(0, "The file isn't UTF-8.")]) from None
    except csv.Error as error:
        raise Refused([Problem(reader.line_num, f"This isn't CSV: {error}.")]) from None


def _check(columns: list[str]) -> None:
    wrong = [f"“{name}” is no column." for name in columns if name not in COLUMNS]
    wrong += [f"{name} is there twice." for name in COLUMNS if columns.count(name) > 1]
    if KEY not in columns:
        wrong.append(f"The first line has no {KEY}.")
    if wrong:
        known = f"The columns are {', '.join(COLUMNS)}; separate them by commas."
        raise Refused([Problem(0, " ".join([*wrong, known]))])


def _person(row: _Row) -> User | None:
    return User.objects.filter(name_key=name_key(row.name)).first()


def _create(row: _Row, by: Gathering) -> Iterator[Problem]:
    """The person, if there is none; without those fields that name others of the file."""
    if _person(row) is not None:
        return
    form = UserForm(instance=User())
    new = {name: text for name, text in row.values.items() if name not in _LATER}
    yield from _save(row, UserForm(as_data(posted(form), **new), instance=User()), by)


def _change(row: _Row, by: Gathering) -> Iterator[Problem]:
    person = _person(row)
    assert person is not None
    stored = posted(UserForm(instance=person))
    said = dict(row.values)
    if "accounts" in said:
        said["accounts"] = "\n".join(part.strip() for part in said["accounts"].split(";"))
    data = as_data(stored, **said, version=str(person.version))
    yield from _save(row, UserForm(data, instance=person), by)


def _save(row: _Row, form: Any, by: Gathering) -> Iterator[Problem]:
    try:
        if form.is_valid():
            save_item(form, by=by)
    except SaveRefused as refused:
        form.add_error(refused.field, refused.errors)
    except (StaleItem, PermissionDenied):
        yield Problem(row.line, f"{row.name} was just changed. Import the file again.")
    for errors in form.errors.values():
        yield from (Problem(row.line, str(error)) for error in errors)
