"""`manage.py receive_mail`: the listener to which an MTA hands replies."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.listener import Listener, Peer, Received
from approvals.inbox.storing import closing_connections, known_address, receive


def peers() -> tuple[Peer, ...]:
    """LISTENER_PEERS as the listener wants them: "+" before a network says it verifies senders."""
    return tuple(
        Peer(network=text.lstrip("+"), verifies_senders=text.startswith("+"))
        for text in settings.LISTENER_PEERS
    )


def store(received: Received) -> None:
    receive(
        raw=received.raw,
        recipients=received.recipients,
        mail_from=received.mail_from,
        source="listener",
        peer=received.peer,
        verifies_senders=received.verifies_senders,
    )


class Command(BaseCommand):
    help = "Receive replies by SMTP from your mail server, until Ctrl+C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example:\n"
            "  LISTENER_PEERS=+127.0.0.1/32,10.1.2.3/32 manage.py receive_mail --port 2525\n\n"
            "LISTENER_PEERS lists the networks that may hand mail over. Put a + before those whose\n"
            "mail servers verify senders: only their Authentication-Results count.\n\n"
            "exit code: 0 stopped, 1 couldn't listen"
        )
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)"
        )
        parser.add_argument("--port", type=int, default=2525, help="the port to listen on (2525)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            listener = Listener(
                host=host,
                port=port,
                peers=peers(),
                known=closing_connections(known_address),
                store=closing_connections(store),
            )
            listener.run(
                ready=lambda: self.stdout.write(f"Listening on {host} port {listener.port}.")
            )
        except ValueError as error:
            raise CommandError(f"{error} Check LISTENER_PEERS.") from None
        except OSError as error:
            raise CommandError(f"Can't listen on {host} port {port}: {error.strerror}.") from None
