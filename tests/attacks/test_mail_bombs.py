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
from approvals.models import Decision, IncomingMail, Invitation
from approvals.reply.limits import MAX_MESSAGE
from tests.approvals.inbox.test_mailboxes import mailbox_of, read
from tests.approvals.replies import address_of, make_reply
from tests.factories import invitation_of, make_request
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot

pytestmark = pytest.mark.django_db(transaction=True)
MAX_SECONDS = 40.0  # for all of them together, on a busy machine
Send = Callable[[bytes], bool]  # False if the road itself refused it


def bomb(invitation: Invitation, kind: str) -> bytes:
    """A genuine approval in every other way, so that it is the limit that refuses it."""
    head, _, body = make_reply(invitation, "APPROVE").partition(b"\n\n")
    parted = head.replace(b"text/plain", b'multipart/mixed; boundary="b"')
    plain = b"Content-Type: text/plain; charset=utf-8\n\nAPPROVE\n"
    match kind:
        case "size":
            body += b"\n" + (b"x" * 70 + b"\n") * (MAX_MESSAGE // 70)
        case "parts":
            head, body = parted, b"".join(b"--b\n" + plain for _ in range(50_000)) + b"--b--\n"
        case "empty parts":
            head, body = parted, b"--b\n" * 500_000 + b"--b--\n"
        case "nesting":
            body = plain
            for depth in range(3_000):
                inner = b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth)
                body = inner + body
            head, body = parted, b"--b\n" + body + b"\n--b--\n"
        case "fields":
            head += b"\nX-A: b" * 100_000
        case "long field":
            head += b"\nX-A: " + b"b " * 25_000
        case "folded field":
            head += b"\nX-A: b" + b"\n b" * 100_000
        case "markup":
            body = b"APPROVE" + b"<div>" * 200_000
            head = head.replace(b"text/plain", b"text/html")
        case "long line":
            body = b"APPROVE" + b"\t" * 60_000 + b" unless Lee objects\n"
        case "attributions":
            body = b"On 1 May 2026 wrote \n" * 100_000 + b"\nAPPROVE\n"
    return (head + b"\n\n" + body).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


BOMBS = (
    "size",
    "parts",
    "empty parts",
    "nesting",
    "fields",
    "long field",
    "folded field",
    "markup",
    "long line",
    "attributions",
)


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
        except CommandError as refused:
            assert refused.returncode == 65  # not 75: the mail server would try for days
            return False
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
        assert send(make_reply(invitation, "APPROVE"))
    request.refresh_from_db()
    assert request.state == "approved"
