"""`manage.py up`: a whole trial in one supervised process. Ctrl+C ends it and all that it started."""

import logging
import os
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console.management.commands.add_defaults import add_all
from core.commands import typed
from foreign_systems.smtp_url import SmtpUrlError
from trial import mail_account, programs
from trial.environment import add_options
from trial.example import add_example
from trial.folder import PROJECT, short
from trial.people import ADMINISTRATOR, first_password
from trial.ports import PortRefused, answers, check_port, listens
from trial.run import AlreadyRunning, only_one, publish
from trial.supervisor import StartFailed, StopAsked, Supervisor

MAX_SOCKET_PATH = 100  # bytes of a Unix socket's path; the kernel's limit is 108


class Command(BaseCommand):
    help = "Start a trial with example data: web server, worker, scheduler, Valkey, mail server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py up --port 8001\n\n"
            "The folder keeps all data and generated keys, so the next run continues where this one\n"
            "stopped. Nothing is reachable from other machines. Other commands use ./trial-data, or the\n"
            "folder that PMCONSOLE_TRIAL_FOLDER names.\n\n"
            "exit code: 0 stopped by Ctrl+C or SIGTERM, 1 couldn't be started"
        )
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL:
            raise CommandError(
                "SECRET_KEY is set in the environment, so this isn't a trial. A trial makes its "
                "own keys: unset SECRET_KEY, DATABASE_URL and ENCRYPTION_KEYS first."
            )
        folder = Path(settings.TRIAL_FOLDER)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        logging.disable(logging.INFO)  # the terminal is for the person at it
        try:
            with only_one(folder):
                self._run(folder, port=options["port"])
        except AlreadyRunning:
            raise CommandError(
                f"A trial is already running in {short(folder)}. Stop it with Ctrl+C where it was "
                "started, or use another folder: manage.py up --folder DIR --port 8001"
            ) from None
        except PortRefused as error:
            raise CommandError(
                f"{error} Choose another port: manage.py up --port {options['port'] + 1} "
                f"(or: make run ARGS='--port {options['port'] + 1}')"
            ) from None
        except (StartFailed, SmtpUrlError) as error:
            raise CommandError(str(error)) from None
        except (KeyboardInterrupt, StopAsked):
            self._say("Stopped.")

    def _run(self, folder: Path, *, port: int) -> None:
        if len(os.fsencode(programs.socket_path(folder))) > MAX_SOCKET_PATH:
            raise StartFailed(
                f"The path {folder} is too long for a socket. Choose a shorter one: --folder DIR."
            )
        check_port(port)
        publish(folder, os.environ)
        self._say("Preparing the trial…")
        self.check()  # the programs do this too: so all that it loads is loaded once
        os.umask(0o077)  # the database and all else in the folder is the owner's alone
        call_command("migrate", interactive=False, verbosity=0)
        add_all(smtp_url=settings.SMTP_URL)
        add_example(folder)
        connections.close_all()  # the programs are copies of this process
        logs = folder / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        supervisor = Supervisor(PROJECT, logs, environment, self._say)
        supervisor.listen_to_signals()
        try:
            self._start(supervisor, folder, port)
            self._greet(folder)
            supervisor.watch()
        finally:
            supervisor.stop()
        self._say("Stopped. All data is kept; start again with `make run`.")

    def _start(self, supervisor: Supervisor, folder: Path, port: int) -> None:
        mail_port = mail_account.port()
        supervisor.start(programs.valkey(folder))
        supervisor.wait_until(programs.socket_path(folder).is_socket, what=programs.VALKEY)
        supervisor.start(programs.mail_server(mail_port))
        supervisor.start(programs.worker())
        supervisor.start(programs.beat(folder))
        supervisor.start(programs.web(port))
        supervisor.wait_until(lambda: listens(mail_port), what=programs.MAIL)
        supervisor.wait_until(lambda: answers(port, "/sign-in/"), what=programs.WEB)

    def _greet(self, folder: Path) -> None:
        password = first_password()
        connections.close_all()
        known = (
            f"Sign in as {ADMINISTRATOR}, with the password shown at the first start. Forgotten?"
        )
        lines = [
            "",
            f"pmconsole runs at {settings.PUBLIC_URL}/",
            "",
            *(
                [f"  Sign in as  {ADMINISTRATOR}", f"  Password    {password}  (shown this once)"]
                if password
                else [
                    f"  {known}",
                    f"    {typed(f'changepassword {ADMINISTRATOR}')}",
                ]
            ),
            "",
            "  The Home page shows what to do next. For the endpoint's side, in another terminal:",
            f"    {typed('simulate_execution')}",
            "",
            f"  Data, keys and logs are in {short(folder)}",
            *(
                ["  Mail servers, SysLogs and webhooks on other machines may be used."]
                if settings.REAL_MAIL
                else []
            ),
            "  Ctrl+C stops everything.",
        ]
        self._say("\n".join(lines))

    def _say(self, line: str) -> None:
        self.stdout.write(line, ending="\n")
        self.stdout.flush()
