"""The same bombs by each road that mail comes in: refused in time, and the next reply still counts."""

import contextlib
import io
import smtplib
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from approvals.inbox.listener import Listener, Peer
from approvals.inbox.reading import process_left_over
from approvals.inbox.storing import closing_connections, known_address
from approvals.management.commands import receive_mail
from approvals.management.commands.ingest_mail import EX_DATAERR
from approvals.models import Decision, IncomingMail, Invitation
from approvals.reply.limits import MAX_MESSAGE
from tests.approvals.inbox.test_mailboxes import mailbox_of, read
from tests.approvals.replies import address_of, make_reply
from tests.factories import invitation_of, make_request
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot

pytestmark = pytest.mark.django_db(transaction=True)
MAX_SECONDS = 40.0  # for all of them together, on a busy machine
Send = Callable[[bytes], bool]  # False if the road itself refused it


PLAIN = b"Content-Type: text/plain; charset=utf-8\n\nAPPROVE\n"
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)
)
# What is added to the head, and the body, in which "--b" stands between the parts of a multipart.
BOMBS = {
    "size": (b"", b"APPROVE\n" + (b"x" * 70 + b"\n") * (MAX_MESSAGE // 70)),
    "parts": (b"", (b"--b\n" + PLAIN) * 50_000 + b"--b--\n"),
    "empty parts": (b"", b"--b\n" * 500_000 + b"--b--\n"),
    "nesting": (b"", b"--b\n" + NESTED + PLAIN + b"--b--\n"),
    "fields": (b"\nX-A: b" * 100_000, b"APPROVE\n"),
    "long field": (b"\nX-A: " + b"b " * 25_000, b"APPROVE\n"),
    "folded field": (b"\nX-A: b" + b"\n b" * 100_000, b"APPROVE\n"),
    "recipients": (b"\nCc: " + b"bounce+a@pm.example.com," * 1_001, b"APPROVE\n"),
    "markup": (b"", b"APPROVE" + (b"<div>" * 200 + b"\n") * 1_000),
    "long line": (b"", b"APPROVE" + b"\t" * 60_000 + b" unless Lee objects\n"),
    "attributions": (b"", b"On 1 May 2026 wrote \n" * 100_000 + b"\nAPPROVE\n"),
}


def bomb(invitation: Invitation, kind: str) -> bytes:
    """A genuine approval in every other way, so that it is the limit that refuses it."""
    more, body = BOMBS[kind]
    head = make_reply(invitation, "APPROVE").partition(b"\n\n")[0] + more
    if body.startswith(b"--b"):
        head = head.replace(b"text/plain", b'multipart/mixed; boundary="b"')
    if kind == "markup":
        head = head.replace(b"text/plain", b"text/html")
    return (head + b"\n\n" + body).replace(b"\n", b"\r\n")


@contextlib.contextmanager
def by_listener(invitation: Invitation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    listener = Listener(
        peers=(Peer("127.0.0.1/32", verifies_senders=True),),
        known=closing_connections(known_address),
        store=closing_connections(receive_mail.store),
    )
    listener.start()

    def send(raw: bytes) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", listener.port, timeout=30) as client:
                client.sendmail("dana@example.com", [address_of(invitation)], raw)
        except (smtplib.SMTPException, ConnectionError):
            return False
        process_left_over()
        return True

    try:
        yield send
    finally:
        listener.stop()


@contextlib.contextmanager
def by_command(invitation: Invitation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    def send(raw: bytes) -> bool:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        try:
            call_command("ingest_mail", stdout=io.StringIO())
        except CommandError as refusal:
            return refusal.returncode == EX_DATAERR  # the sender is told, and its header is kept
        return True

    yield send


@contextlib.contextmanager
def by_mailbox(invitation: Invitation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    with Dovecot() as dovecot:
        system = mailbox_of(dovecot)

        def send(raw: bytes) -> bool:
            dovecot.deliver(raw)
            return read(system) == 1

        yield send


@pytest.mark.parametrize(
    "road", [by_listener, by_command, pytest.param(by_mailbox, marks=needs_dovecot)]
)
def test_no_bomb_decides_or_holds_up_the_next_reply(
    road: Callable[..., contextlib.AbstractContextManager[Send]], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_request()
    invitation = invitation_of(request)
    bombs = {kind: bomb(invitation, kind) for kind in BOMBS}
    with road(invitation, monkeypatch) as send:
        began = time.monotonic()
        taken = {kind: send(raw) for kind, raw in bombs.items()}
        assert time.monotonic() - began < MAX_SECONDS
        outcomes = IncomingMail.objects.values_list("state", "outcome", "reason")
        assert not Decision.objects.exists(), list(outcomes)
        # What a road takes is kept and marked; what it refuses is left to the sender.
        assert IncomingMail.objects.count() == sum(taken.values())
        assert {kind for kind, ok in taken.items() if not ok} <= {"size"}
        for state, outcome, reason in outcomes:
            assert state == "failed" or (outcome in {"rejected", "unclear"} and reason)
        assert send(make_reply(invitation, "APPROVE").replace(b"\n", b"\r\n"))
    request.refresh_from_db()
    assert request.state == "approved"
