"""What management commands share: a file or standard input read, and `--json`, the same everywhere."""

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder


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
