"""A mail sender who wants an answer to count twice, or an old one to replace a newer one."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from approvals.inbox.reading import process, process_left_over
from approvals.inbox.storing import receive
from approvals.models import ApprovalRequest, Decision, Grant, IncomingMail, OutgoingMail
from approvals.reply.identity import content_hash
from approvals.services import Decider, decide
from tests.approvals.replies import bring_in, make_reply
from tests.at_once import at_once
from tests.factories import DANA, LEE, invitation_of, make_request, make_user

pytestmark = pytest.mark.django_db
TRACES = (
    b"Received: from mx2.example.com by mx.example.com; Tue, 14 Jul 2026 09:26:00 +0000\n"
    b"Return-Path: <dana@example.com>\nDelivered-To: reply@pm.example.com\n"
    b"X-Spam-Status: No\nReceived-SPF: pass\nARC-Seal: i=1; a=rsa-sha256\n"
    b"DKIM-Signature: v=1; d=forwarder.example; h=from; b=x\n"
)


def minutes_ago(minutes: float) -> str:
    return format_datetime(timezone.now() - timedelta(minutes=minutes))


def sent() -> list[str]:
    mails = OutgoingMail.objects.exclude(purpose__in=("request", "outcome", "requester_outcome"))
    return list(mails.values_list("purpose", flat=True))


OTHER_ROADS = {
    "another server": lambda raw: TRACES + raw,
    "CR LF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "folded": lambda raw: raw.replace(b"Subject: Re: ", b"Subject: Re:\n "),
    "other order": lambda raw: (
        b"Subject"
        + raw.partition(b"\nSubject")[2].replace(
            b"\n\n", b"\n" + raw.partition(b"\nSubject")[0] + b"\n\n", 1
        )
    ),
    "lines at the end": lambda raw: raw + b"\n\n",
}


@pytest.mark.parametrize("road", OTHER_ROADS)
def test_the_same_message_by_another_road_is_a_duplicate_and_counts_once(road: str) -> None:
    request = make_request(approvals_needed=2)
    raw = make_reply(invitation_of(request), "APPROVE")
    first = bring_in(raw, source="listener")
    second = bring_in(OTHER_ROADS[road](raw), source="command")

    assert (first.outcome, second.outcome) == ("approve", "duplicate")
    assert (second.duplicate_of, second.request) == (first, request)
    assert Decision.objects.count() == 1
    assert sent() == []


def test_an_older_answer_delivered_again_does_not_replace_the_newer_one() -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    older = make_reply(dana, "Approve for 2 hours", Date=minutes_ago(2))
    bring_in(older)
    bring_in(make_reply(dana, "APPROVE", Date=minutes_ago(1)))
    again = bring_in(TRACES + older, source="listener")
    bring_in(make_reply(invitation_of(request, LEE), "Approve for 4 hours"))

    assert again.outcome == "duplicate"
    assert Grant.objects.get().one_time
    assert sent() == []


def test_a_duplicate_that_comes_after_the_end_is_not_answered() -> None:
    request = make_request()
    raw = make_reply(invitation_of(request), "APPROVE")
    bring_in(raw)
    assert bring_in(TRACES + raw).outcome == "duplicate"
    assert sent() == []


@pytest.mark.parametrize(
    "headers", [{"To": "x@example.com"}, {"Sender": "alice@example.com"}, {"Subject": "Re: x"}]
)
@pytest.mark.parametrize("text", ["DENY\n", "APPROVE\nFine.\n"])
def test_the_same_message_id_with_other_content_is_a_message_of_its_own(
    text: str, headers: dict[str, str]
) -> None:
    raw = make_reply(invitation_of(make_request()), "APPROVE")
    other = message_from_bytes(raw, policy=policy.default)
    for name, value in headers.items():
        del other[name]
        other[name] = value
    same_headers = raw.partition(b"\n\n")[0] + b"\n\n" + text.encode()
    assert len({content_hash(each) for each in (raw, other.as_bytes(), same_headers)}) == 3


def test_a_second_message_under_the_same_id_is_read() -> None:
    request = make_request(approvals_needed=2)
    options = {"Message_ID": "<one@example.com>"}
    bring_in(make_reply(invitation_of(request), "APPROVE", Date=minutes_ago(1), **options))
    assert bring_in(make_reply(invitation_of(request), "DENY", **options)).outcome == "deny"


def test_messages_without_an_id_are_known_by_what_they_say() -> None:
    request = make_request(approvals_needed=2)
    raw = make_reply(invitation_of(request), "APPROVE")
    raw = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"Message-ID"))
    bring_in(raw)
    assert bring_in(TRACES + raw).outcome == "duplicate"


@pytest.mark.parametrize("raw", [b"", b"\n", b"no head", b" \xff\x00:\n\n", b"A: " + b"x" * 40_000])
def test_what_cannot_be_read_is_known_again_too(raw: bytes) -> None:
    assert bring_in(raw, source="listener").outcome in {"rejected", "unmatched"}
    assert bring_in(raw.replace(b"\n", b"\r\n"), source="command").outcome == "duplicate"


@pytest.mark.parametrize("read_first", [0, 1])
def test_of_two_copies_read_in_any_order_one_counts(read_first: int) -> None:
    raw = make_reply(invitation_of(make_request(approvals_needed=2)), "APPROVE")
    stored = [
        receive(
            raw=copy,
            recipients=(),
            mail_from="",
            source="listener",
            peer="",
            verifies_senders=True,
        )
        for copy in (raw, TRACES + raw)
    ]
    process(stored[read_first].pk)
    process_left_over()

    outcomes = [IncomingMail.objects.get(pk=mail.pk).outcome for mail in stored]
    assert outcomes == ["approve", "duplicate"]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "early", [{"verifies_senders": False}, {"extra": b"Resent-From: alice@example.com\n"}]
)
def test_a_copy_that_proves_nothing_does_not_keep_the_answer_from_counting(early) -> None:
    """Alice, to whom Dana sent a copy of her "no", brings it in first where it is not believed."""
    request = make_request()
    raw = make_reply(invitation_of(request), "DENY")
    options = {"source": "listener", "verifies_senders": early.get("verifies_senders", True)}
    first = bring_in(early.get("extra", b"") + raw, **options)
    assert first.outcome == "rejected"
    mail = bring_in(raw, source="command")
    late = bring_in(TRACES + raw, source="command")

    request.refresh_from_db()
    first.refresh_from_db()
    assert (mail.outcome, late.outcome, request.state) == ("deny", "duplicate", "denied")
    assert (first.duplicate_of, mail.duplicate_of, late.duplicate_of) == (mail, None, mail)


@pytest.mark.django_db(transaction=True)
def test_two_copies_stored_at_once_are_one_message_and_its_duplicate() -> None:
    raw = make_reply(invitation_of(make_request(approvals_needed=2)), "APPROVE")
    copies = [f"Received: {number}\n".encode() + raw for number in range(4)]
    at_once(*(partial(bring_in, copy, source="listener") for copy in copies))
    process_left_over()
    connection.close()

    outcomes = sorted(IncomingMail.objects.values_list("outcome", flat=True))
    assert outcomes == ["approve", "duplicate", "duplicate", "duplicate"]
    assert IncomingMail.objects.filter(duplicate_of=None).count() == 1
    assert Decision.objects.count() == 1


# An answer that was written earlier and comes later.


@pytest.mark.parametrize(
    "late", [{"Date": "older"}, {"Date": "yesterday or so"}, {"Date": ""}], ids=str
)
def test_an_older_message_that_comes_late_replaces_nothing(late: dict[str, str]) -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    bring_in(make_reply(dana, "APPROVE", Date=minutes_ago(1)))
    date = minutes_ago(30) if late["Date"] == "older" else late["Date"]
    raw = make_reply(dana, "APPROVE FOR 1 DAY", Date="x").replace(
        b"Date: x", f"Date: {date}".encode()
    )
    mail = bring_in(raw)
    bring_in(make_reply(invitation_of(request, LEE), "APPROVE FOR 1 DAY"))

    assert mail.outcome == "superseded"
    assert Grant.objects.get().one_time
    told = OutgoingMail.objects.get(purpose="not_counted")
    assert (told.recipient, "before your answer that counts" in told.draft.text) == (DANA, True)


def test_two_dates_are_none() -> None:
    """One of them may have been put on top of what a signature covers."""
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    bring_in(make_reply(dana, "APPROVE", Date=minutes_ago(1)))
    raw = make_reply(dana, "APPROVE FOR 1 DAY", Date=minutes_ago(30))
    assert bring_in(f"Date: {minutes_ago(0)}\n".encode() + raw).outcome == "superseded"


def test_an_old_reply_does_not_replace_what_was_decided_in_the_console() -> None:
    dana = make_user("dana", email=DANA, role="Helpdesk")
    request = make_request(approvals_needed=2)
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")
    raw = make_reply(invitation_of(request), "APPROVE FOR 1 DAY", Date=minutes_ago(5))
    assert bring_in(raw).outcome == "superseded"


def test_a_newer_answer_replaces_the_older_one_although_the_clock_was_fast() -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    bring_in(make_reply(dana, "APPROVE FOR 1 DAY", Date=minutes_ago(-600)))
    first = Decision.objects.get()
    assert first.written_at <= first.at
    assert bring_in(make_reply(dana, "APPROVE", Date=minutes_ago(-1))).outcome == "approve"


def test_by_a_clock_that_is_fast_an_older_answer_replaces_no_newer_one_that_gives_less() -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    bring_in(make_reply(dana, "APPROVE FOR 10 MINUTES", Date=minutes_ago(-130)))
    older = make_reply(dana, "APPROVE FOR 1 DAY", Date=minutes_ago(-120))
    assert bring_in(older).outcome == "superseded"
    newer = make_reply(dana, "APPROVE FOR 1 HOUR", Date=minutes_ago(-140))
    assert bring_in(newer).outcome == "approve"


def test_by_a_clock_that_is_fast_an_older_reply_replaces_no_answer_by_link_that_gives_less() -> (
    None
):
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    decide(number=request.number, decider=Decider("link", invitation=dana), answer="approve")
    late = make_reply(dana, "APPROVE FOR 1 DAY", Date=minutes_ago(-120))
    assert bring_in(late).outcome == "superseded"


def test_an_older_reply_sent_on_when_a_fast_clock_no_longer_tells_gives_no_more() -> None:
    """Dana's clock was two hours fast: now the Dates of her first replies lie in the past."""
    request = make_request(approvals_needed=2)
    invitation, now = invitation_of(request), timezone.now()
    first = make_reply(invitation, "Approve for 1 day", Date=minutes_ago(5))
    for raw, hours in (
        (first, 2),
        (make_reply(invitation, "Approve for 30 minutes", Date=minutes_ago(-55)), 1),
    ):
        mail = bring_in(raw)
        then = now - timedelta(hours=hours, minutes=5)
        IncomingMail.objects.filter(pk=mail.pk).update(received_at=then)
        Decision.objects.filter(incoming=mail).update(at=then, written_at=then)
    again = bring_in(first.replace(b"Subject:", b"Keywords: x\nSubject:", 1))
    assert again.outcome == "superseded"
    bring_in(make_reply(invitation_of(request, LEE), "Approve for 1 day"))
    grant = Grant.objects.get()
    assert grant.minutes == 30


def test_a_reply_that_was_superseded_gives_no_more_when_it_is_sent_on() -> None:
    """A fast clock wrote it before she answered by link; it comes again when its Date is past."""
    request = make_request(approvals_needed=2)
    invitation, written = invitation_of(request), minutes_ago(-60)
    link = Decider("link", invitation=invitation)
    decide(number=request.number, decider=link, answer="approve", minutes=30)
    reply = make_reply(invitation, "Approve for 1 day", Date=written)
    mail = bring_in(reply)
    assert mail.outcome == "superseded"

    hour = timedelta(minutes=65)  # it passes
    date = parsedate_to_datetime(written) - hour
    then = timezone.now() - hour
    Decision.objects.update(at=then, written_at=then)
    reading = {**mail.reading, "written_at": date.isoformat()}
    IncomingMail.objects.update(received_at=then, reading=reading)
    later = reply.replace(written.encode(), format_datetime(date).encode())
    again = bring_in(later.replace(b"Subject:", b"Keywords: x\nSubject:", 1))
    assert again.outcome == "superseded"


def test_an_answer_counts_after_those_of_a_host_whose_clock_is_fast() -> None:
    request = make_request(approvals_needed=2)
    decide(
        number=request.number,
        decider=Decider("link", invitation=invitation_of(request)),
        answer="approve",
        minutes=60,
    )
    fast = timezone.now() + timedelta(seconds=30)
    Decision.objects.update(at=fast, written_at=fast)
    decide(
        number=request.number,
        decider=Decider("link", invitation=invitation_of(request)),
        answer="approve",
        minutes=5,
    )
    decide(
        number=request.number,
        decider=Decider("link", invitation=invitation_of(request, LEE)),
        answer="approve",
        minutes=60,
    )
    assert Grant.objects.get().minutes == 5


def test_a_late_denial_closes_the_request_whenever_it_was_written() -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    bring_in(make_reply(dana, "APPROVE"))
    assert bring_in(make_reply(dana, "DENY", Date=minutes_ago(30))).outcome == "deny"
    request.refresh_from_db()
    assert request.state == "denied"


def test_the_requests_page_says_what_became_of_each_copy() -> None:
    request = make_request(approvals_needed=2)
    dana = invitation_of(request)
    raw = make_reply(dana, "APPROVE")
    bring_in(raw)
    bring_in(TRACES + raw)
    bring_in(make_reply(dana, "APPROVE FOR 1 DAY", Date=minutes_ago(30)))
    client = Client()
    client.force_login(make_user(role="Administrators"))
    page = client.get(f"/approvals/{request}/").content.decode()
    assert f"A duplicate of a message for {DANA} came and changed nothing" in page
    assert f"An older reply of {DANA} came late and replaced nothing" in page


def spoilt_and_whole(text: str) -> tuple[ApprovalRequest, bytes, bytes]:
    """An answer with a footer of the server's, and a forwarder's copy of it: nothing proves there that
    the footer isn't another form of the answer."""
    request = make_request()
    head, _, body = make_reply(invitation_of(request), text).partition(b"\n\n")
    head = re.sub(rb"(?m)^(Content-[A-Za-z-]+|MIME-Version): .*\n?", b"", head).rstrip(b"\n")
    kind = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
    footer = b"--b\nContent-Type: text/html\n\n<p>Example Ltd, Berlin</p>\n--b--\n"
    parts = b"--b\nContent-Type: text/plain; charset=utf-8\n\n" + body + b"\n" + footer
    whole = head + b"\n" + kind + parts
    domain = invitation_of(request).address.rpartition("@")[2]
    named = "from:to:cc:subject:in-reply-to:references"
    signature = f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s; h={named}; bh=x; b=y\n"
    forwarded = re.sub(rb"; spf=pass [^;\n]*", b"", whole)
    return request, signature.encode() + forwarded, whole


def test_a_copy_that_was_spoilt_on_the_way_does_not_keep_the_denial_from_counting() -> None:
    request, spoilt, whole = spoilt_and_whole("DENY")

    assert bring_in(spoilt).outcome == "unclear"
    assert bring_in(whole).outcome == "deny"
    request.refresh_from_db()
    assert request.state == "denied"


def test_what_was_unclear_once_does_not_approve_by_a_later_copy() -> None:
    request, spoilt, whole = spoilt_and_whole("APPROVE")

    assert bring_in(spoilt).outcome == "unclear"
    assert bring_in(whole).outcome == "duplicate"
    request.refresh_from_db()
    assert request.state == "pending"
