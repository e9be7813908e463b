"""`manage.py receive_mail`: the listener to which an MTA hands replies."""

import signal
import threading
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from approvals.inbox.listener import Listener, Peer, Received
from approvals.inbox.storing import known_address, receive


def peers() -> tuple[Peer, ...]:
    """LISTENER_PEERS as the listener wants them: "+" before a network says it verifies senders."""
    return tuple(
        Peer(network=text.lstrip("+"), verifies_senders=text.startswith("+"))
        for text in settings.LISTENER_PEERS
    )


def known(address: str) -> bool:
    """Whether RCPT is accepted; the connection of this thread is given back afterwards."""
    try:
        return known_address(address)
    finally:
        connections.close_all()


def store(received: Received) -> None:
    """Store one message; the connection of this thread is given back afterwards."""
    try:
        receive(
            raw=received.raw,
            recipients=received.recipients,
            mail_from=received.mail_from,
            source="listener",
            peer=received.peer,
            verifies_senders=received.verifies_senders,
        )
    finally:
        connections.close_all()


class Command(BaseCommand):
    help = "Listen for replies by SMTP until SIGTERM or Ctrl+C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py receive_mail --port 2525\n\n"
            "LISTENER_PEERS names the hosts that may hand mail over, as networks; a + before one\n"
            "says that it verifies senders, so that its Authentication-Results count:\n"
            "  LISTENER_PEERS=+127.0.0.1/32,+10.1.2.3/32"
        )
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)

    def handle(self, *args: Any, **options: Any) -> None:
        listener = Listener(
            host=options["host"],
            port=options["port"],
            peers=peers(),
            known=known,
            store=store,
        )
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        listener.start()
        self.stdout.write(f"Listening on {options['host']} port {listener.port}.")
        stop.wait()
        listener.stop()
