"""People from a CSV file, such as one that a directory exports: all of it, or nothing.

It says who people are and whom they report to, never what they may do: roles and passwords stay. The
plan is the same import, rolled back.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from console.people.forms import UserForm
from core.people.models import User
from core.text import name_key
from items.author import Author, Gathering
from items.forms import SaveRefused
from items.guards import take_turn
from items.services import StaleItem, save_item
from items.transfer.importing import Plan, Refused, conclude, planned
from items.transfer.operations import Problem
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
class _Row:
    line: int
    name: str
    values: dict[str, str]  # by the form's fields


def plan_people(data: bytes, *, by: Author, max_rows: int = MAX_ROWS) -> Plan:
    """What `import_people` would do now. Raises Refused."""
    with transaction.atomic():
        plan, _ = _carry_out(data, by, max_rows)
        transaction.set_rollback(True)
    return plan


def import_people(
    data: bytes,
    *,
    by: Author,
    reason: str = "",
    agreed: str | None = None,
    max_rows: int = MAX_ROWS,
) -> Plan:
    """Make people what the file says and return what was done.

    `agreed`: the digest of the plan that somebody looked at. Raises Refused, PlanChanged, and
    SecondPersonNeeded: who has the role of an administrator is changed by two people where that is
    required.
    """
    with transaction.atomic():
        plan, author = _carry_out(data, by, max_rows)
        conclude(plan, author, data=data, kind="users", reason=reason, agreed=agreed)
    return plan


def _carry_out(data: bytes, by: Author, max_rows: int) -> tuple[Plan, Gathering]:
    """Do it all, in the caller's transaction. Raises Refused."""
    rows = list(_rows(data, max_rows))
    take_turn()
    author = Gathering.like(by)
    problems = [found for row in rows for found in _create(row, author)]
    problems = problems or [found for row in rows for found in _change(row, author)]
    if problems:
        raise Refused(problems)
    changes = tuple(planned(author.written))
    return Plan(changes, needs_second_person=author.needs_second_person), author


def _rows(data: bytes, max_rows: int) -> Iterator[_Row]:
    """Raises Refused for a file that can't be read as one of these."""
    if len(data) > MAX_BYTES:
        raise _refused(0, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
        _check(columns)
        reader.fieldnames = columns
        seen: dict[str, int] = {}
        for number, cells in enumerate(reader, start=1):
            line = reader.line_num
            if number > max_rows:
                raise _refused(line, f"A file can have at most {max_rows:,} people here.")
            if None in cells or None in cells.values():
                raise _refused(line, "It has more or fewer cells than the first line.")
            values = {COLUMNS[name]: cell.strip() for name, cell in cells.items()}
            for name, cell in cells.items():
                if cell.lstrip().startswith("="):
                    raise _refused(line, f"{name} is a formula. Write its value.")
            key = name_key(values["name"])
            if key in seen:
                raise _refused(line, f"{values['name']} is in line {seen[key]} already.")
            seen[key] = line
            yield _Row(line, values["name"], values)
    except UnicodeDecodeError:
        raise _refused(0, "The file isn't UTF-8. Save it as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise _refused(reader.line_num, f"This isn't CSV: {error}.") from None


def _refused(line: int, text: str) -> Refused:
    return Refused([Problem(line, "", text)])


def _check(columns: list[str]) -> None:
    wrong = [f"“{name}” is no column." for name in columns if name not in COLUMNS]
    wrong += [f"{name} is there twice." for name in COLUMNS if columns.count(name) > 1]
    if KEY not in columns:
        wrong.append(f"The first line has no {KEY}.")
    if wrong:
        known = f"The columns are {', '.join(COLUMNS)}; separate them by commas."
        raise _refused(0, " ".join([*wrong, known]))


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
        yield Problem(row.line, "", f"{row.name} was just changed. Import the file again.")
    for errors in form.errors.values():
        yield from (Problem(row.line, "", str(error)) for error in errors)
