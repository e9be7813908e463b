"""`manage.py trial_mail_server`: one of the programs that `manage.py up` starts."""

import signal
import threading
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trial.mail_server import trial_listener


class Command(BaseCommand):
    help = "Keep outgoing mail of a trial and take replies, until TERM or Ctrl+C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py trial_mail_server --port 2525\n\n`manage.py up` starts it for you."
        )
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL:
            raise CommandError("This belongs to a trial: start one with `manage.py up`.")
        listener = trial_listener(options["port"])
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            listener.start()
        except OSError as error:
            raise CommandError(f"Port {options['port']}: {error.strerror}") from error
        self.stdout.write(f"The trial mail server listens on 127.0.0.1 port {listener.port}.")
        stop.wait()
        listener.stop()
