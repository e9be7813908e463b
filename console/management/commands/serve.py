"""`manage.py serve`: the console, the agent API and waiting agents over HTTP."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from console.serving import MAX_CONNECTIONS, check_address, serve
from core.keys.services import check_keys


class Command(BaseCommand):
    help = "Serve the console, the agent API and waiting agents over HTTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py serve --host 0.0.0.0 --port 8000 --processes 4\n\n"
            "For many agents, let a WSGI server answer all but /agent/v1/wait (README.md, Production).\n"
            "Put a proxy in front of it for TLS, and set TRUSTED_PROXIES to the number of proxies.\n"
            "SIGTERM stops it: requests get two seconds to finish, and waiting agents reconnect."
        )
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--processes", type=int, default=1, help="number of processes")
        parser.add_argument(
            "--max-connections",
            type=int,
            default=MAX_CONNECTIONS,
            help="open connections per process; further ones get 503",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        storage = staticfiles_storage
        if isinstance(storage, ManifestFilesMixin) and not storage.hashed_files:  # not in a trial
            raise CommandError("No static files are gathered. Run `manage.py collectstatic` first.")
        try:
            check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        try:
            check_address(options["host"], options["port"])
        except (OSError, OverflowError) as error:
            where = f"{options['host']} port {options['port']}"
            why = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
            raise CommandError(f"Can't listen on {where}: {why}.") from None
        serve(
            host=options["host"],
            port=options["port"],
            processes=options["processes"],
            max_connections=options["max_connections"],
        )
