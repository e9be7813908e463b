"""Replies read from a real Dovecot: nothing skipped, nothing twice, other mail left alone."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from approvals.inbox import mailbox, ours
from approvals.inbox.mailbox import Inbox, MailboxTrouble
from approvals.inbox.mailboxes import Mailboxes, MailboxReader
from approvals.models import ApprovalRequest, Decision, IncomingMail, OutgoingMail
from approvals.reply.limits import MAX_MESSAGE
from core.alerts.models import Alert
from foreign_systems import contacts
from foreign_systems.imap import Session, open_session
from foreign_systems.models import ForeignSystem, MailboxContact
from foreign_systems.pool import imap_server_of
from foreign_systems.smtp.clock import Deadline
from tests.approvals.replies import make_reply
from tests.at_once import at_once
from tests.factories import invitation_of, make_mailbox, make_request
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot

pytestmark = [pytest.mark.django_db, needs_dovecot]
on_threads = pytest.mark.django_db(transaction=True)
READER = uuid.uuid4()
OTHER = b"From: news@example.org\r\nTo: info@pm.example.com\r\nSubject: News\r\n\r\nHello\r\n"
UNDECODABLE = (
    b"From: x@example.org\r\nTo: info@pm.example.com\r\nSubject: \xff\r\nPrecedence: \xff\r\n"
    b'Content-Type: text/plain; name="multipart/report"\r\n\r\nHello\r\n'
)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


def mailbox_of(dovecot: Dovecot, **settings: object) -> ForeignSystem:
    """A mailbox of this server, whose other two folders exist."""
    url = f"imap+starttls://127.0.0.1:{dovecot.port}"
    system = make_mailbox(
        url, account=dovecot.name, secret=dovecot.password, ca=dovecot.ca, **settings
    )
    session = session_of(system)
    for folder in ("Processed", "Failed"):
        if not session.has_folder(folder):
            session.create_folder(folder)
    session.logout()
    return system


def session_of(system: ForeignSystem) -> Session:
    return open_session(imap_server_of(system), Deadline(step=10, total=100))


def read(system: ForeignSystem) -> int:
    """One pass over a conversation of its own; returns how many messages were taken in."""
    session = session_of(system)
    contacts.take(system, READER)
    try:
        return Inbox(session, system, READER, stopped=lambda: False).take_in()
    finally:
        session.wire.shutdown()


def eventually(what: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.05)


def state_of(request: ApprovalRequest) -> str:
    request.refresh_from_db()
    return str(request.state)


# One pass.


def test_a_reply_decides_and_is_moved_to_processed(dovecot: Dovecot) -> None:
    request, system = make_request(), mailbox_of(dovecot)
    raw = make_reply(invitation_of(request), "APPROVE\nFine.")
    dovecot.deliver(raw)
    assert read(system) == 1
    assert state_of(request) == "approved"
    assert (dovecot.messages(), len(dovecot.messages("Processed"))) == ([], 1)
    mail = IncomingMail.objects.get()
    assert (mail.source, mail.envelope["mailbox"]) == ("imap", str(system.pk))
    assert MailboxContact.objects.get().stored == 1


def test_results_count_only_from_the_servers_that_the_mailbox_names(dovecot: Dovecot) -> None:
    request, system = make_request(), mailbox_of(dovecot, authserv_ids=("mx.example.org",))
    dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    read(system)
    assert (state_of(request), IncomingMail.objects.get().outcome) == ("pending", "rejected")


def test_an_internal_proof_counts_where_the_mailbox_names_it(dovecot: Dovecot) -> None:
    request = make_request()
    system = mailbox_of(
        dovecot,
        authserv_ids=(),
        internal_header="X-Our-Internal",
        internal_value="Yes",
        internal_domains=("example.com",),
    )
    invitation = invitation_of(request)
    dovecot.deliver(make_reply(invitation, "APPROVE", results="", X_Our_Internal="Yes"))
    read(system)
    assert state_of(request) == "approved"


def test_other_mail_stays_untouched_unread_and_is_counted_once(dovecot: Dovecot) -> None:
    system = mailbox_of(dovecot)
    dovecot.deliver(OTHER)
    read(system)
    read(system)
    session = session_of(system)
    session.open_folder("INBOX", readonly=True)
    assert session.search(["UNSEEN"]) == [1]
    assert dovecot.messages() == [OTHER]
    assert not IncomingMail.objects.exists()
    assert MailboxContact.objects.get().other_mail == 1


def test_a_delivery_report_is_ours_if_it_names_a_mail_that_we_sent(dovecot: Dovecot) -> None:
    make_request()
    system, sent = mailbox_of(dovecot), OutgoingMail.objects.earliest("created_at")
    report = (
        "From: MAILER-DAEMON@mx.example.com\r\nTo: approvals@pm.example.com\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; dana@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n--b--\r\n"
    )
    dovecot.deliver(report.format("<another@example.org>").encode())
    dovecot.deliver(report.format(sent.message_id).encode())
    assert read(system) == 1
    sent.refresh_from_db()
    assert sent.bounced_at
    assert len(dovecot.messages()) == 1


def test_a_header_that_cannot_be_decoded_stops_no_other_mail(dovecot: Dovecot) -> None:
    request, system = make_request(), mailbox_of(dovecot)
    dovecot.deliver(UNDECODABLE)
    dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    assert read(system) == 1
    assert (state_of(request), dovecot.messages()) == ("approved", [UNDECODABLE])


@pytest.mark.parametrize("broken", ["is_ours", "is_ours refuse"])
def test_a_message_that_we_fail_at_is_put_aside_and_the_next_one_is_read(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """A fault of ours that nobody knows yet; with the second one not even its header can be stored."""
    request, system, is_ours, refuse = (
        make_request(),
        mailbox_of(dovecot),
        ours.is_ours,
        mailbox.refuse,
    )

    def fails_at_news(head: bytes) -> bool:
        if b"News" in head:
            raise UnicodeError
        return is_ours(head)

    def fails_to_refuse(**values: Any) -> IncomingMail:
        if "refuse" in broken:
            raise UnicodeError
        return refuse(**values)

    monkeypatch.setattr(ours, "is_ours", fails_at_news)
    monkeypatch.setattr(mailbox, "refuse", fails_to_refuse)
    dovecot.deliver(OTHER)
    dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    read(system)
    assert state_of(request) == "approved"
    assert "couldn't be taken in, so it decided nothing" in Alert.objects.get().text
    failed = IncomingMail.objects.filter(state=IncomingMail.State.FAILED)
    stays = "refuse" in broken
    assert (failed.count(), len(dovecot.messages("Failed"))) == ((0, 0) if stays else (1, 1))
    assert dovecot.messages() == ([OTHER] if stays else [])
    assert MailboxContact.objects.get().read_up_to == 2


def test_a_message_that_is_too_large_is_failed_without_being_fetched(dovecot: Dovecot) -> None:
    request, system = make_request(), mailbox_of(dovecot)
    dovecot.deliver(
        make_reply(invitation_of(request), "APPROVE\n" + "x" * 70 * (MAX_MESSAGE // 64))
    )
    dovecot.deliver(make_reply(invitation_of(request), "DENY"))
    read(system)
    large = IncomingMail.objects.get(state=IncomingMail.State.FAILED)
    assert "bytes large" in large.reason
    assert large.size < 10_000
    assert (state_of(request), len(dovecot.messages("Failed"))) == ("denied", 1)


def test_a_new_uid_validity_skips_nothing_and_repeats_nothing(dovecot: Dovecot) -> None:
    first, second, system = make_request(), make_request(), mailbox_of(dovecot)
    dovecot.deliver(OTHER)
    dovecot.deliver(make_reply(invitation_of(first), "APPROVE"))
    read(system)
    for raw in dovecot.messages("Processed"):  # restored together with what was read
        dovecot.deliver(raw)
    dovecot.deliver(make_reply(invitation_of(second), "DENY"))
    dovecot.kill()
    dovecot.change_uid_validity()
    dovecot.restart()
    read(system)
    assert (state_of(first), state_of(second)) == ("approved", "denied")
    assert Decision.objects.count() == 2
    assert dovecot.messages() == [OTHER]


def test_without_move_only_the_copied_message_is_expunged() -> None:
    with Dovecot(capability="IMAP4rev1 IDLE UIDPLUS") as dovecot:
        request, system = make_request(), mailbox_of(dovecot)
        dovecot.deliver(OTHER)
        session = session_of(system)
        session.open_folder("INBOX")
        session.add_flags([1], [b"\\Deleted"])  # by somebody else, who may still want it back
        session.logout()
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
        read(system)
        assert (state_of(request), len(dovecot.messages("Processed"))) == ("approved", 1)
        assert dovecot.messages() == [OTHER]


def test_a_folder_that_is_missing_stops_no_decision_and_is_told(dovecot: Dovecot) -> None:
    first, second = make_request(), make_request()
    system = mailbox_of(dovecot, processed="Nowhere")
    for request in (first, second):
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    for _ in range(2):
        with pytest.raises(MailboxTrouble, match="Mailbox doesn't exist: Nowhere"):
            read(system)
    assert (state_of(first), state_of(second)) == ("approved", "approved")
    assert IncomingMail.objects.count() == 2


# On threads.


@pytest.fixture
def readers() -> Iterator[list[MailboxReader]]:
    running: list[MailboxReader] = []
    yield running
    for each in running:
        each.stop()
    for each in running:
        each.join(20)


def start(system: ForeignSystem, readers: list[MailboxReader]) -> MailboxReader:
    reader = MailboxReader(ForeignSystem.objects.select_related("credential").get(pk=system.pk))
    reader.start()
    readers.append(reader)
    return reader


@on_threads
def test_new_mail_is_read_at_once_and_again_after_the_server_was_killed(
    dovecot: Dovecot, readers: list[MailboxReader]
) -> None:
    first, second, system = make_request(), make_request(), mailbox_of(dovecot)
    start(system, readers)
    eventually(lambda: MailboxContact.objects.filter(said="Waiting for mail.").exists())
    dovecot.deliver(make_reply(invitation_of(first), "APPROVE"))
    eventually(lambda: state_of(first) == "approved", 5)
    dovecot.kill()
    eventually(lambda: MailboxContact.objects.exclude(trouble="").exists())
    dovecot.deliver(make_reply(invitation_of(second), "DENY"))
    dovecot.restart()
    eventually(lambda: state_of(second) == "denied")
    eventually(lambda: MailboxContact.objects.filter(trouble="", failures=0).exists())


@on_threads
def test_a_server_without_idle_is_read_too(readers: list[MailboxReader]) -> None:
    with Dovecot(capability="IMAP4rev1 MOVE UIDPLUS") as dovecot:
        request, system = make_request(), mailbox_of(dovecot)
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
        reader = start(system, readers)
        asked_again = MailboxContact.objects.filter(said__contains="no IDLE; it's asked again")
        eventually(lambda: state_of(request) == "approved" and asked_again.exists())
        reader.stop()
        reader.join(20)


@on_threads
def test_two_readers_at_once_one_reads_and_the_other_takes_over(
    dovecot: Dovecot, readers: list[MailboxReader]
) -> None:
    requests, system = [make_request() for _ in range(4)], mailbox_of(dovecot)
    one, _ = start(system, readers), start(system, readers)
    for request in requests[:2]:
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    eventually(lambda: all(state_of(each) == "approved" for each in requests[:2]))
    one.stop()
    one.join(10)
    for request in requests[2:]:
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    eventually(lambda: all(state_of(each) == "approved" for each in requests))
    assert (Decision.objects.count(), IncomingMail.objects.count()) == (4, 4)
    eventually(lambda: not dovecot.messages())
    assert len(dovecot.messages("Processed")) == 4


@on_threads
def test_two_that_read_the_same_messages_decide_once(dovecot: Dovecot) -> None:
    """As after a lease that ended in the middle of a pass."""
    requests, system = [make_request(approvals_needed=2) for _ in range(3)], mailbox_of(dovecot)
    for request in requests:
        dovecot.deliver(make_reply(invitation_of(request), "APPROVE"))
    at_once(*[lambda: read(system)] * 2)
    assert (Decision.objects.count(), IncomingMail.objects.count()) == (3, 3)


@on_threads
def test_a_refused_sign_in_is_told_at_once_and_a_changed_item_is_tried_at_once(
    dovecot: Dovecot,
) -> None:
    system, stopped = mailbox_of(dovecot), threading.Event()
    system.credential.set_secret("wrong")
    system.credential.save()
    running = threading.Thread(
        target=Mailboxes().run, kwargs={"stopped": stopped, "tell": lambda names: None}
    )
    running.start()
    try:
        eventually(lambda: Alert.objects.filter(key=f"mailbox:{system.pk}").exists())
        system.credential.set_secret(dovecot.password)
        system.credential.save()
        eventually(lambda: MailboxContact.objects.filter(said="Waiting for mail.").exists())
        assert not Alert.objects.filter(closed_at=None, key__startswith="mailbox:").exists()
    finally:
        stopped.set()
        running.join(20)
    assert not running.is_alive()
    assert MailboxContact.objects.get().reader is None
