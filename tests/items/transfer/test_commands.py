"""`manage.py export_items` and `import_items`."""

import io
import json
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.audit.models import Entry
from items.models import Change
from items.transfer.exporting import export
from items.transfer.text import MAX_BYTES
from policies.models import Filter
from tests.factories import make_process
from tests.items.transfer.files import HEAD, add_whole_example

pytestmark = pytest.mark.django_db
FILTER = HEAD + "filters:\n- {name: Old installers, kind: computer, names: [WS-*]}\n"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "items.yaml"
    path.write_text(FILTER)
    return path


def refused(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as found:
        run(*arguments)
    assert not Filter.objects.exists()
    return found.value


def test_an_export_goes_to_stdout_or_into_a_file(tmp_path: Path) -> None:
    add_whole_example()
    path = tmp_path / "all.yaml"
    assert run("export_items") == export()
    assert run("export_items", "--output", str(path)) == ""
    assert path.read_bytes().decode() == export()


def test_an_export_of_some_families() -> None:
    add_whole_example()
    text = run("export_items", "filters", "actions")
    assert [line for line in text.splitlines() if line[0] not in "- "] == [
        "pmconsole_items: 1",
        "actions:",
        "filters:",
    ]


def test_an_export_of_a_time() -> None:
    add_whole_example()
    assert "- name" not in run("export_items", "--at", "2020-01-01T09:00+01:00")
    assert run("export_items", "--at", "2999-01-01") == export()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["filter"], "There are no items called filter."),
        (["--at", "soon"], "soon isn't a time."),
        (["--at", "2026-13-45"], "2026-13-45 isn't a time."),
        (["--output", "/nowhere/at/all"], "/nowhere/at/all can't be written"),
    ],
)
def test_an_export_that_is_asked_for_wrongly(arguments: list[str], why: str) -> None:
    assert why in str(refused("export_items", *arguments))


def test_a_plan_shows_the_changes_makes_none_and_exits_with_3(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as found:
        call_command("import_items", str(file), "--plan")
    assert found.value.code == 3
    assert capsys.readouterr().out.splitlines() == [
        "create Computer Filter “Old installers”",
        "    Name: Old installers",
        "    Platform: Every platform",
        "    Computer Names: WS-*",
        "Plan: 1 to create, none to change, none to delete.",
    ]
    assert not Filter.objects.exists()


def test_a_plan_without_a_difference_exits_with_0(tmp_path: Path) -> None:
    add_whole_example()
    path = tmp_path / "all.yaml"
    path.write_text(export())
    assert run("import_items", str(path), "--plan", "--prune") == "Nothing to change.\n"


def test_texts_of_several_lines_are_shown_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process, path = make_process(), tmp_path / "items.yaml"
    path.write_text(
        f"{HEAD}approval_processes:\n- {{name: {process}, to_addresses: [lee@example.com]}}\n"
    )
    with suppress(SystemExit):
        call_command("import_items", str(path), "--plan")
    assert capsys.readouterr().out.splitlines()[1:5] == [
        "    To Address:",
        "      - dana@example.com",
        "      - lee@example.com",
        "      + lee@example.com",
    ]


def test_an_import_needs_a_reason(file: Path) -> None:
    error = refused("import_items", str(file))
    assert (error.returncode, "--reason" in str(error)) == (2, True)
    assert refused("import_items", str(file), "--reason", "a\nb").returncode == 2


def test_an_import_is_recorded_as_the_operators(file: Path) -> None:
    words = run("import_items", str(file), "--reason", "CHG-17")
    assert words.endswith("Done: 1 created, none changed, none deleted.\n")
    change = Change.objects.get()
    assert change.by.startswith("operator ")
    assert change.via == "by import_items"
    assert Entry.objects.filter(verb="import").get().actor == change.by


def test_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    given = SimpleNamespace(buffer=io.BytesIO(FILTER.encode()))
    monkeypatch.setattr("sys.stdin", given)
    run("import_items", "-", "--reason", "CHG-17")
    assert Filter.objects.exists()


def test_a_refusal_names_every_line_and_exits_with_1(file: Path) -> None:
    file.write_text(f'{HEAD}filters:\n- {{name: "\\x1b[2JF", kind: a}}\n- {{name: G, kind: b}}\n')
    error = refused("import_items", str(file), "--plan")
    lines = str(error).splitlines()
    assert error.returncode == 1
    assert lines[0] == "Nothing was changed."
    assert lines[1].startswith("line 3, filter “[U+001B][2JF”: kind: Write one of these:")
    assert lines[2].startswith("line 4, filter “G”: kind: Write one of these:")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "can't be read" in str(refused("import_items", str(tmp_path / "none"), "--plan"))


def test_a_file_without_an_end_is_read_no_further_than_needed() -> None:
    assert "larger than 5 MB" in str(refused("import_items", "/dev/zero", "--plan"))
    assert MAX_BYTES == 5_000_000


def test_json_of_a_plan(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        call_command("import_items", str(file), "--plan", "--json")
    plan: dict[str, Any] = json.loads(capsys.readouterr().out)
    change = plan["changes"][0]
    assert (change["verb"], change["name"]) == ("create", "Old installers")
    assert ["Computer Names", "", "WS-*"] in change["fields"]


def test_json_of_a_refusal(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(f"{HEAD}filters:\n- {{name: F, kind: magic}}\n")
    with pytest.raises(CommandError):
        call_command("import_items", str(file), "--plan", "--json")
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["line"], problem["item"]) == (3, "filter “F”")
