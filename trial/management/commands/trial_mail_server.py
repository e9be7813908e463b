"""`manage.py trial_mail_server`: one of the programs that `manage.py up` starts."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trial.mail_server import trial_listener


class Command(BaseCommand):
    help = "Capture a trial's outgoing mail and receive replies, until Ctrl+C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py trial_mail_server --port 2525\n\n`manage.py up` starts it for you."
        )
        parser.add_argument("--port", type=int, required=True, help="the port to listen on")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL:
            raise CommandError("This command is part of a trial: start one with `manage.py up`.")
        listener = trial_listener(options["port"])
        try:
            listener.run(
                ready=lambda: self.stdout.write(
                    f"The trial mail server is listening on 127.0.0.1 port {listener.port}."
                )
            )
        except OSError as error:
            raise CommandError(
                f"Can't listen on port {options['port']}: {error.strerror}."
            ) from None
