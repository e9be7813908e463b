"""The runbook of docs/operating.md: an entry for each alert, with commands that exist and run."""

import re
import shlex
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command, get_commands, load_command_class
from pytest_django import Settings

from tests.factories import make_smtp_server
from tests.running_trial import ROOT, free_port

ALERTS = [
    rule["alert"]
    for group in yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
ASKED = re.compile(r"(?:^|[`\s(])(?:pmconsole|manage\.py) ([a-z_]+)([^`\n]*)", re.MULTILINE)
SIGNED = "pmconsole audit head SEQUENCE HASH AT"  # what the signature of a head is made of


@cache
def runbook() -> dict[str, str]:
    """The entries by the name of their alert."""
    text = (ROOT / "docs/operating.md").read_text().partition("\n## Runbook\n")[2]
    parts = re.split(r"^### (\w+)$", text.partition("\n## ")[0], flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands_in(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of ours with its words: up to a comment, a pipe, or another command."""
    for command, more in ASKED.findall(text.replace(SIGNED, "").replace("\\\n", " ")):
        if command in get_commands():
            yield command, re.split(r"\s#|[|<>;&]", more)[0].split()


def parsers(parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """The command itself, and each of its verbs."""
    yield "", parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            yield from action.choices.items()


@cache
def options_of(command: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the command is asked with, and its verbs."""
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    found = dict(parsers(loaded.create_parser("manage.py", command)))
    options = {name for each in found.values() for name in each._option_string_actions}
    return frozenset(options), frozenset(found) - {""}


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_has_an_entry_that_says_what_users_notice_and_what_to_type(alert: str) -> None:
    entry = runbook()[alert]
    before, _, block = entry.partition("\n```\n")
    assert len(before.split()) > 5
    assert list(commands_in(block))
    assert "](doctor.md#" in entry


def test_the_runbook_has_no_entry_of_an_alert_that_is_gone() -> None:
    assert list(runbook()) == ALERTS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_of_a_document_has_the_options_that_it_is_given(document: Path) -> None:
    wrong = []
    for command, words in commands_in(document.read_text()):
        options, verbs = options_of(command)
        given = {re.split(r"[=,.)\]]", word)[0] for word in words if re.match(r"--[a-z]", word)}
        wrong += [f"{command} {name}" for name in given - options]
        if verbs and words and re.fullmatch(r"[a-z]+", words[0]) and words[0] not in verbs:
            wrong.append(f"{command} {words[0]}")
    assert wrong == []


def typed() -> list[str]:
    """The runbook's commands that only look, as they stand in its blocks."""
    blocks = re.findall(r"^```\n(.*?)^```", "".join(runbook().values()), re.M | re.S)
    lines = {line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()}
    return sorted(line for line in lines if line.startswith("pmconsole "))


@pytest.mark.parametrize("line", typed())
@pytest.mark.django_db(transaction=True)
def test_each_command_of_the_runbook_runs(
    line: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what it finds, or without; wrong usage is an error."""
    settings.REAL_MAIL = True
    make_smtp_server(free_port(), timeout=1.0)
    command, *arguments = shlex.split(line)[1:]
    with suppress(SystemExit):  # what it found
        call_command(command, *arguments)
    assert capsys.readouterr().out or "mail_queue" in line
