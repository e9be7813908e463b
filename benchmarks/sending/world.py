"""What the benchmarks of sending share: PostgreSQL, Valkey, a sink, a worker, and mail to send.

Import it first: it starts the servers (from their wheels, as the tests do) and sets Django up.
"""

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from select import select
from typing import Any
from urllib.parse import urlsplit

os.environ |= {
    "PMCONSOLE_TEST_DATABASE": "postgresql",
    "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
}
import tests.environment  # noqa: F401

# The tests' log level would hide what a deployment pays for.
os.environ |= {"LOG_LEVEL": "INFO", "LOG_JSON": "1"}
import django

django.setup()
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402
from django.utils import timezone  # noqa: E402

from approvals.models import ApprovalRequest, Invitation, MailDraft, OutgoingMail  # noqa: E402
from approvals.outbox.claim import read  # noqa: E402
from approvals.outbox.send import message_of  # noqa: E402
from core.ids import uuid7  # noqa: E402
from foreign_systems.models import ForeignSystem  # noqa: E402
from tests.factories import make_plea, make_request, make_smtp_server  # noqa: E402

PATIENCE = 60.0  # seconds for an answer


class Program:
    """A program that is told what to do by lines, and ends when there can't be any more."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for this program, which ends the others
        )
        atexit.register(self.end)

    def ask(self, line: str = "") -> str:
        self.tell(line)
        return self.hear()

    def tell(self, line: str = "") -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        if not select([self.process.stdout], [], [], PATIENCE)[0]:
            raise SystemExit(f"{self.process.args!r} says nothing")
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} has ended")
        return line.strip()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Sink(Program):
    """benchmarks/sending/sink.py"""

    def __init__(self, pause: float = 0) -> None:
        super().__init__("-m", "benchmarks.sending.sink", str(pause))
        self.port = int(self.hear())

    def time_of(self, number: int) -> float:
        """The monotonic time at which so many messages were taken; waits for it."""
        return float(self.ask(str(number)))

    def check(self, number: int) -> None:
        """That `number` recipients got one message each; forgets them."""
        taken = json.loads(self.ask())
        again = {recipient for recipient, count in taken.items() if count != 1}
        if len(taken) != number or again:
            raise SystemExit(
                f"{len(taken)} of {number} recipients got mail, {len(again)} more than one"
            )


def tied(*arguments: str, **environment: str) -> Program:
    """A program that takes no lines: "pause" and "go on" are all that can be asked of it."""
    return Program("-m", "benchmarks.sending.tied", *arguments, **environment)


def worker(app: str = "pmconsole", **environment: str) -> Program:
    """A Celery worker as README starts it: one process for each core."""
    return tied("-m", "celery", "-A", app, "worker", "--concurrency", "2", **environment)


class Outbox:
    """Mail to send: copies of what one request with two approvers has queued."""

    def __init__(self) -> None:
        """Call it before a worker runs, which would send the pattern."""
        call_command("migrate", verbosity=0)
        self.pattern = make_request(plea=make_plea(computer_id=uuid7()))
        found = OutgoingMail.objects.filter(request=self.pattern)
        self.mails = list(found.select_related("invitation", "draft"))
        server = ForeignSystem(settings={"from_address": "pm@pm.example.com"})
        self.message = message_of(read([self.mails[0].pk], server)[0])
        found.delete()

    def lead_to(self, port: int, *, limit: int) -> None:
        """Make the server at `port` the default, with `limit` connections."""
        ForeignSystem.objects.update(is_default=False)
        make_smtp_server(port, connection_limit=limit, timeout=10.0)

    def fill(self, count: int) -> None:
        """`count` mails that are due, of half as many requests, unlike any before. No hint is given."""
        now = timezone.now()
        first = 1 + (ApprovalRequest.objects.aggregate(last=Max("number"))["last"] or 0)
        requests, invitations, drafts, copies = [], [], [], []
        for number in range(first, first + count // 2):
            requests.append(copy_of(self.pattern, number=number, plea_key=uuid7().hex * 2))
            draft = copy_of(self.mails[0].draft, id=uuid7())
            draft.subject, draft.text, draft.html = (
                text.replace(str(self.pattern), f"PM-{number}")
                for text in (draft.subject, draft.text, draft.html)
            )
            drafts.append(draft)
            for mail in self.mails:
                identity, address = uuid7(), f"{number}-{mail.recipient}"
                own = {"id": identity, "request_id": number, "address": address}
                hashes = {"reply_hash": identity.hex, "link_hash": identity.hex}
                invitations.append(copy_of(mail.invitation, **own, **hashes))
                copies.append(
                    copy_of(
                        mail,
                        id=uuid7(),
                        request_id=number,
                        invitation_id=identity,
                        recipient=address,
                        bounce_hash=identity.hex,
                        message_id=f"<{identity.hex}@pm.example.com>",
                        draft_id=draft.pk,
                        due_at=now,
                        not_after=now + timedelta(hours=1),
                    )
                )
        ApprovalRequest.objects.bulk_create(requests, batch_size=500)
        Invitation.objects.bulk_create(invitations, batch_size=500)
        MailDraft.objects.bulk_create(drafts, batch_size=200)
        OutgoingMail.objects.bulk_create(copies, batch_size=500)

    def as_files(self, folder: Path) -> tuple[str, str, str]:
        """The pattern's text, its HTML and the whole message, for peers."""
        draft = self.mails[0].draft
        assert draft.html
        files = {
            "text": draft.text.encode(),
            "html": draft.html.encode(),
            "message": self.message,
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)
        text, html, message = (str(folder / name) for name in files)
        return text, html, message

    def other_database(self) -> str:
        """The URL of an empty database in the same server, for a peer."""
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS peer")
            cursor.execute("CREATE DATABASE peer")
        parts = urlsplit(os.environ["DATABASE_URL"])
        return parts._replace(path="/peer").geturl()

    def all_sent(self) -> bool:
        return not OutgoingMail.objects.exclude(state="sent").exists()


def copy_of(row: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**values | changes)


def until(condition: Callable[[], bool], *, within: float = 60) -> None:
    """Wait for what has to come true."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("what was waited for didn't happen")
        time.sleep(0.01)
