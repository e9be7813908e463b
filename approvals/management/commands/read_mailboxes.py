"""`manage.py read_mailboxes`: reads replies by IMAP from all enabled mailboxes."""

import signal
import threading
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from approvals.inbox.mailboxes import Mailboxes


class Command(BaseCommand):
    help = "Read replies by IMAP from all enabled mailboxes, until Ctrl+C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "Mailboxes are set up at Configuration, Foreign Systems, Mailbox; changes there are\n"
            "noticed within seconds. You may run this on several hosts: one of them reads a\n"
            "mailbox, and another takes over when it dies.\n\n"
            "exit code: 0 stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        Mailboxes().run(stopped=stopped, tell=self._tell)

    def _tell(self, names: str) -> None:
        self.stdout.write(
            f"Reading {names}." if names else "No mailbox is enabled; waiting for one."
        )
        self.stdout.flush()
