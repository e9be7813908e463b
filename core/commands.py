"""What management commands share: input read, a reason, and JSON, the same everywhere."""

import json
import re
import shlex
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from core.text import visible

MAX_REASON = 1000  # characters


def read_input(file: str, *, limit: int) -> bytes:
    """What the file holds (- is standard input); of one over `limit` bytes, enough to refuse it.

    Raises CommandError.
    """
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(file).open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error


def add_reason(
    *parsers: ArgumentParser, why: str = "why, for the audit trail", limit: int = MAX_REASON
) -> None:
    """The required option `--reason` of a command, or of several of its verbs.

    One that says nothing, is longer than `limit` characters or holds hidden ones is refused.
    """

    def reason(text: str) -> str:
        text = text.strip()
        if not 0 < len(text) <= limit or visible(text) != text:
            raise ArgumentTypeError(f"enter a reason of up to {limit} visible characters")
        return text

    for parser in parsers:
        parser.add_argument("--reason", required=True, type=reason, help=why)


def amount(text: str) -> int:
    """The type of an option that takes a number from 1."""
    if not re.fullmatch("[0-9]{1,7}", text) or int(text) < 1:
        raise ArgumentTypeError("enter a whole number, at least 1")
    return int(text)


def add_json(*parsers: ArgumentParser) -> None:
    """The option `--json` of a command, or of several of its verbs."""
    for parser in parsers:
        parser.add_argument("--json", action="store_true", help="print JSON")


def print_json(command: BaseCommand, value: Any) -> None:
    """`value` as JSON on standard output. What went wrong stands on standard error, as without it."""
    command.stdout.write(json.dumps(value, cls=DjangoJSONEncoder, indent=2))


def typed(arguments: str) -> str:
    """A command of manage.py that reaches this trial, as somebody types it in the project's folder."""
    folder = Path(str(settings.TRIAL_FOLDER))
    elsewhere = folder != settings.BASE_DIR / "trial-data"
    named = f"PMCONSOLE_TRIAL_FOLDER={shlex.quote(str(folder))} " if elsewhere else ""
    return f"{named}.venv/bin/python manage.py {arguments}"
