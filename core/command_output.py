"""What commands tell programs: `--json`, the same everywhere."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder


def add_json(*parsers: ArgumentParser) -> None:
    """The option `--json` of a command, or of several of its verbs."""
    for parser in parsers:
        parser.add_argument("--json", action="store_true", help="print JSON")


def print_json(command: BaseCommand, value: Any) -> None:
    """`value` as JSON on standard output. What went wrong stands on standard error, as without it."""
    command.stdout.write(json.dumps(value, cls=DjangoJSONEncoder, indent=2))
