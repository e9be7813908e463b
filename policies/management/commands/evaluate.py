"""`manage.py evaluate`: what policies decide about events, one line of JSON for each. Changes nothing."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.ids import uuid_of
from policies import policy_file
from policies.engine import Decision, Event, compile
from policies.evaluation import evaluate
from policies.models import Computer

USAGE, BAD_LINES = 2, 1  # exit codes


class Command(BaseCommand):
    help = "Print what policies decide about execution events, one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py evaluate --policies policies.json --events events.jsonl\n\n"
            "Without --policies each event is decided by the policies, grants and requests that the\n"
            "database has for its computer_id. A line that isn't an event is reported with its\n"
            "number on standard error, and the others are decided.\n\n"
            "exit codes: 0 all lines were decided, 1 some were not, 2 nothing was begun"
        )
        parser.add_argument("--policies", type=Path, help="a JSON file (policies/policy_file.py)")
        parser.add_argument("--events", required=True, help="a file of JSON lines; - to type them")
        parser.add_argument("--trace", action="store_true", help="say why, condition by condition")

    def handle(
        self, *args: Any, policies: Path | None, events: str, trace: bool, **options: Any
    ) -> None:
        decide = _by_file(policies, trace) if policies else _by_database(trace)
        bad = 0
        with _opened(events) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    decision = decide(Event.from_json(_parsed(line)))
                except ValueError as error:
                    bad += 1
                    self.stderr.write(f"{events}:{number}: {error}")
                    continue
                told = {"line": number, **decision.to_json()}
                if not trace:
                    del told["trace"]
                self.stdout.write(json.dumps(told))
                self.stdout.flush()
        if bad:
            raise CommandError(f"{bad} lines were not decided.", returncode=BAD_LINES)


Decide = Callable[[Event], Decision]


def _by_file(path: Path, trace: bool) -> Decide:
    try:
        policies = compile(policy_file.read(path))
    except policy_file.PolicyFileError as error:
        raise CommandError(str(error), returncode=USAGE) from error
    return lambda event: policies.decide(event, now=timezone.now(), trace=trace)


def _by_database(trace: bool) -> Decide:
    def decide(event: Event) -> Decision:
        computer_id = uuid_of(event.computer_id)
        if computer_id is None:
            raise ValueError("computer_id: must be the UUID of a computer")
        if not Computer.objects.filter(pk=computer_id).exists():
            raise ValueError("computer_id: no such computer")
        return evaluate(event, computer_id=computer_id, trace=trace).decision

    return decide


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8", errors="surrogateescape") as lines:
            yield lines
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=USAGE) from error


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
