"""What management commands share: a file or standard input read, and `--json`, the same everywhere."""

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

MAX_REASON = 250  # characters, for the audit trail alone


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


def reason_of(limit: int) -> Callable[[str], str]:
    """The type of `--reason`: it goes into the audit trail, so it is there and is text."""

    def reason(text: str) -> str:
        text = text.strip()
        if not 0 < len(text) <= limit:
            raise ArgumentTypeError(f"enter a reason of 1 to {limit} characters")
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ArgumentTypeError("the reason isn't valid text in UTF-8")
        return text

    return reason


def add_json(*parsers: ArgumentParser) -> None:
    """The option `--json` of a command, or of several of its verbs."""
    for parser in parsers:
        parser.add_argument("--json", action="store_true", help="print JSON")


def print_json(command: BaseCommand, value: Any) -> None:
    """`value` as JSON on standard output. What went wrong stands on standard error, as without it."""
    command.stdout.write(json.dumps(value, cls=DjangoJSONEncoder, indent=2))
