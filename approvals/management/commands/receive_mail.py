"""`manage.py receive_mail`: the listener to which an MTA hands replies."""

import os
import ssl
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals.inbox.listener import Limits, Listener, Peer, Received
from approvals.inbox.listener_tls import RenewedTls, UnusableTls, out_of_date
from approvals.inbox.peers import is_loopback
from approvals.inbox.storing import NULL_SENDER, closing_connections, known_address, receive
from core.heartbeats.services import keep_beating


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
        mail_from=received.mail_from or NULL_SENDER,
        source="listener",
        peer=received.peer,
        verifies_senders=received.verifies_senders,
    )


class Command(BaseCommand):
    help = "Receive replies by SMTP or LMTP from your mail server, until Ctrl+C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example:\n"
            "  LISTENER_PEERS=+127.0.0.1/32,10.1.2.3/32 manage.py receive_mail --port 2525\n\n"
            "LISTENER_PEERS lists the networks that may hand mail over. Put a + before those whose\n"
            "mail servers verify senders: only their Authentication-Results count.\n\n"
            "With LISTENER_TLS_CERTIFICATE and LISTENER_TLS_KEY, STARTTLS is offered. A Unix socket is\n"
            "for its owner and group; list +unix if whoever may open it verifies senders.\n\n"
            "exit code: 0 stopped, 1 couldn't listen"
        )
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)"
        )
        parser.add_argument("--port", type=int, default=2525, help="the port to listen on (2525)")
        parser.add_argument("--socket", help="the path of a Unix socket, in place of host and port")
        parser.add_argument(
            "--lmtp", action="store_true", help="speak LMTP; on loopback or a Unix socket only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, path = options["host"], options["port"], options["socket"]
        place = path or f"{host} port {port}"
        if options["lmtp"] and not path and not is_loopback(host):
            raise CommandError(
                "LMTP is for this machine alone: use a loopback address or --socket."
            )
        try:
            listener = Listener(
                host=host,
                port=port,
                peers=peers(),
                known=closing_connections(known_address),
                store=closing_connections(store),
                unix_socket=path,
                lmtp=options["lmtp"],
                tls=self._tls(),
                limits=Limits(
                    connections_a_minute=settings.LISTENER_CONNECTIONS_PER_MINUTE,
                    messages_a_minute=settings.LISTENER_MESSAGES_PER_MINUTE,
                ),
            )
            with ExitStack() as ending:
                listener.run(ready=lambda: self.begin(listener, ending))
        except UnusableTls as error:
            raise CommandError(str(error)) from None
        except ValueError as error:
            raise CommandError(f"{error} Check LISTENER_PEERS.") from None
        except OSError as error:
            raise CommandError(f"Can't listen on {place}: {error.strerror}.") from None

    def begin(self, listener: Listener, ending: ExitStack) -> None:
        """Say where it listens, here and to `doctor`, until `ending` is closed."""
        host = f"[{listener.host}]" if ":" in listener.host else listener.host
        path = listener.unix_socket and os.path.abspath(listener.unix_socket)
        self.stdout.write(f"Listening on {path or f'{listener.host} port {listener.port}'}.")
        self.stdout.flush()
        ending.callback(keep_beating("listener", address=path or f"{host}:{listener.port}"))

    def _tls(self) -> Callable[[], ssl.SSLContext] | None:
        """STARTTLS as the settings say; what is out of date is said, and used all the same."""
        certificate, key = settings.LISTENER_TLS_CERTIFICATE, settings.LISTENER_TLS_KEY
        if not (certificate or key):
            return None
        tls = RenewedTls(certificate, key)
        if warning := out_of_date(certificate, timezone.now()):
            self.stderr.write(self.style.WARNING(warning))
        return tls.current
