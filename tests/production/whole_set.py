"""`make test-production`: the production set under work, while each of its parts is killed in turn.

Not part of `make test`: it takes minutes. nginx has to be installed.
"""

import queue
import shutil
import smtplib
import socket
import ssl
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from agents.simulation import AgentClient, Execution, Registered, Terminal, Unreachable, play
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot
from tests.production.parts import Installation, answers
from tests.running_trial import eventually, free_port
from trial.answering import build_reply
from trial.messages import read_message

pytestmark = [
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx isn't installed"),
    needs_dovecot,
    pytest.mark.timeout(600, method="thread"),
]
KILLED = ("web 1", "web 2", "wait", "worker 1", "worker 2", "beat", "listener", "mailbox")
KILLED += ("valkey", "postgresql", "nginx")
AGENTS = 3


@dataclass
class MailServer:
    """The organisation's: takes the console's mail, and Dana answers each request's at once. Where there
    is a mailbox, every other answer lies in it; the rest is handed to the listener, and tried again if
    that fails, as mail servers do.
    """

    listener_port: int = 0
    mailbox: Dovecot | None = None
    waiting: "queue.Queue[tuple[str, bytes]]" = field(default_factory=queue.Queue)
    ended: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = read_message(bytes(envelope.content))
        if envelope.rcpt_tos == ["dana@example.com"] and "Approval needed" in message.subject:
            reply = build_reply(
                message, author="dana@example.com", answer="APPROVE", now=datetime.now(UTC)
            )
            checked = (
                b"Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
            )
            self.waiting.put((message.reply_to, checked + reply))
        return "250 OK"

    def deliver(self) -> None:
        turns = cycle((self.mailbox, None))
        while not self.ended.is_set():
            try:
                to, raw = self.waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            mailbox = next(turns)
            if mailbox:
                mailbox.deliver(raw)
                continue
            try:
                with smtplib.SMTP("127.0.0.1", self.listener_port, timeout=10) as server:
                    server.sendmail("dana@example.com", [to], raw)
            except (smtplib.SMTPException, OSError):
                self.waiting.put((to, raw))
                self.ended.wait(0.5)


@dataclass
class Endpoints:
    """Agents that never stop asking. Each program is run by another user, and needs an approval."""

    url: str
    computers: list[Registered]
    ran: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    begun: int = 0
    begun_again: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, position: int) -> None:
        client = AgentClient(self.url, self.computers[position % len(self.computers)])
        while not self.ended.is_set():
            with self.lock:
                self.begun += 1
                number = self.begun
            try:
                self._run(client, f"user{number}")
            except Exception as error:  # the test names it
                self.failed.append(f"user{number}: {type(error).__name__}: {error}")
            self.ended.wait(0.5)

    def _run(self, client: AgentClient, account: str) -> None:
        """One program until it runs: for half a minute begun again where the console didn't answer.

        An answer that is lost with the part that gave it may have used up the approval. Then the
        console asks for another one, as it does when a user starts a program a second time.
        """
        path = f"C:\\Users\\{account}\\Downloads\\setup.exe"
        event = {
            "account": f"EXAMPLE\\{account}",
            "file_path": path,
            "sha256": f"{int(account.removeprefix('user')):064x}",
            "signer": "",
            "arguments": [],
            "command_line": path,
        }
        said: list[str] = []
        terminal = Terminal(write=said.append, ask=lambda _: "")
        for left in reversed(range(30)):
            try:
                code = play(client, Execution(event=event, reason="Work"), terminal)
            except Unreachable:
                if not left:
                    raise
                with self.lock:
                    self.begun_again += 1
                self.ended.wait(1)
                continue
            (self.ran if code == 0 else self.failed).append(f"{account}: {code} {said[-2:]}")
            return


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, int]]:
    with Dovecot() as mailbox:
        server = MailServer(mailbox=mailbox)
        port = free_port()
        controller = Controller(server, hostname="127.0.0.1", port=port)
        controller.start()
        thread = threading.Thread(target=server.deliver, daemon=True)
        thread.start()
        yield server, port
        server.ended.set()
        thread.join(15)
        controller.stop()


@pytest.fixture
def installation(
    mail_server: tuple[MailServer, int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    server, port = mail_server
    assert server.mailbox
    folder = Path(tempfile.mkdtemp(prefix="pmconsole-production-"))
    folder.chmod(0o755)  # PostgreSQL and nginx's workers run as others
    found = Installation(folder, smtp_port=port, mailbox_url=server.mailbox.url)
    server.listener_port = found.ports[2525]
    try:
        found.start()
        found.python(MAILBOX_IS_READY.format(ca=server.mailbox.ca))
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "fullchain.pem"))
        found.python(
            "from pathlib import Path\nfrom trial.example import add_example\n"
            f"assert add_example(Path({str(folder)!r}))"
        )
        eventually(lambda: answers(lambda: page(found)), within=60, what="the sign-in page")
        yield found
    finally:
        found.end()
        shutil.rmtree(folder, ignore_errors=True)


def page(of: Installation) -> int:
    context = ssl.create_default_context(cafile=str(of.folder / "fullchain.pem"))
    with urllib.request.urlopen(f"{of.url}/sign-in/", timeout=15, context=context) as answer:
        return int(answer.status)


def test_nothing_is_lost_while_each_part_is_killed_in_turn(
    installation: Installation, mail_server: tuple[MailServer, int]
) -> None:
    folder = installation.folder
    computers = [Registered.read(path) for path in sorted((folder / "computers").glob("*.json"))]
    endpoints = Endpoints(installation.url, computers)
    threads = [
        threading.Thread(target=endpoints.work, args=(n,), daemon=True) for n in range(AGENTS)
    ]
    for thread in threads:
        thread.start()
    run_one_more(endpoints, installation, after="the start")

    for name in KILLED:
        part = installation.parts[name]
        part.kill()
        threading.Event().wait(1)  # systemd waits too before it starts a program again
        part.start()
        run_one_more(endpoints, installation, after=f"the end of {name}")
    refused = roll(installation)

    endpoints.ended.set()
    for thread in threads:
        thread.join(180)
    story = f"{endpoints.failed}\n{installation.logs()}"
    assert not any(thread.is_alive() for thread in threads), story
    assert endpoints.failed == [], story
    assert len(endpoints.ran) == endpoints.begun, story
    assert refused == []
    assert installation.ended == [], story  # nothing ends because another part does
    installation.python(
        ALL_IS_DONE.format(ran=len(endpoints.ran), begun_again=endpoints.begun_again)
    )
    assert "intact" in installation.manage("verify_audit")
    installation.manage("backup", str(folder / "a.backup"))


# What an administrator does on the mailbox's page: the private certificate authority, the folders.
MAILBOX_IS_READY = """
from dataclasses import replace
from foreign_systems.imap import open_session
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import imap_server_of
from foreign_systems.smtp.clock import Deadline
mailbox = ForeignSystem.objects.get(kind="mailbox")
mailbox.settings = replace(mailbox.mailbox, ca={ca!r}).to_json()
mailbox.save()
session = open_session(imap_server_of(mailbox), Deadline(step=10, total=30))
for folder in ("Processed", "Failed"):
    session.create_folder(folder)
session.logout()
"""

# Runs in the installation's own settings. What a killed worker had in hand is free after its lease.
ALL_IS_DONE = """
import time
from approvals.models import ApprovalRequest, Decision, GrantUse, IncomingMail, OutgoingMail
end = time.monotonic() + 170
while time.monotonic() < end and (
    OutgoingMail.objects.unfinished().exists() or IncomingMail.objects.filter(state="stored").exists()
):
    time.sleep(1)
assert not OutgoingMail.objects.unfinished().exists(), list(OutgoingMail.objects.unfinished().values())
assert not IncomingMail.objects.filter(state="stored").exists()
assert not OutgoingMail.objects.filter(state="failed").exists()
asked = ApprovalRequest.objects.count()
approved = ApprovalRequest.objects.filter(state="approved").count()
decided, used = Decision.objects.count(), GrantUse.objects.count()
story = f"{{asked=}} {{approved=}} {{decided=}} {{used=}} ran={ran} begun_again={begun_again}"
assert {ran} <= used <= asked <= {ran} + {begun_again}, story
assert asked == approved == decided, story
"""


def run_one_more(endpoints: Endpoints, installation: Installation, *, after: str) -> None:
    """A program that was begun from now on runs."""
    ran = len(endpoints.ran)
    try:
        eventually(lambda: len(endpoints.ran) > ran + AGENTS, within=60)
    except AssertionError:
        story = f"{endpoints.failed}\n{installation.logs()}"
        raise AssertionError(f"No programs run after {after}: {story}") from None


def roll(installation: Installation) -> list[str]:
    """Restart web processes one after the other, as docs/operating.md says; what a browser missed."""
    refused: list[str] = []
    over = threading.Event()

    def browse() -> None:
        while not over.wait(0.05):
            try:
                page(installation)
            except OSError as error:
                refused.append(str(error))

    browser = threading.Thread(target=browse)
    browser.start()
    try:
        for name in ("web 1", "web 2"):
            part = installation.parts[name]
            part.stop()
            part.start()
            port = installation.ports[8001 if name == "web 1" else 8002]
            eventually(lambda port=port: listens(port), within=30, what=name)  # type: ignore[misc]
    finally:
        over.set()
        browser.join(30)
    return refused


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
