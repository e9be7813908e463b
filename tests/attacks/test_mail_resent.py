"""Genuine mail sent on with fields added or exchanged that its signature doesn't cover.

Whoever has a message of an approver's can resend it: DKIM still passes, and so does DMARC.
"""

import pytest

from approvals.models import Decision, OutgoingMail
from approvals.reply import Invited, Reading
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.approvals.reply.incoming import ADDRESS, SENT_ID, message, read, rules
from tests.factories import DANA, invitation_of, make_request

ALICE = "alice@example.com"
BY_DKIM = "mx.example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com"
BY_BOTH = f"{BY_DKIM}; spf=pass smtp.mailfrom=dana@example.com"
BY_DMARC = "mx.example.com; dmarc=pass (p=none) header.from=example.com"
OTHER_SPF = f"{BY_DKIM}; spf=pass smtp.mailfrom=alice@evil.example"
EXCHANGE = "From:Date:Subject:Message-ID:Content-Type:MIME-Version"
GMAIL = "to:subject:message-id:date:from:in-reply-to:references:mime-version"


def signature(covered: str, *, domain: str = "example.com", more: str = "") -> str:
    return (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n\td={domain}; s=s1;{more}\r\n"
        f"\th={covered};\r\n\tbh=aGFzaA==; b=c2lnbmF0dXJl"
    )


def resent(*headers: str, results: str = BY_DKIM, to: str | None = ADDRESS) -> Reading:
    return read(message("Yes, please.", *headers, results=results, to=to), recipients=(ADDRESS,))


# To whom she wrote.


@pytest.mark.parametrize("results", [BY_DKIM, BY_DMARC, OTHER_SPF])
@pytest.mark.parametrize(
    "added",
    [f"Cc: {ADDRESS}", f"In-Reply-To: {SENT_ID}", f"References: <x@y.example> {SENT_ID}"],
)
@pytest.mark.parametrize("covered", [EXCHANGE, "from:to:date:subject", "from"])
def test_a_field_added_on_top_makes_it_no_answer_to_us(
    covered: str, added: str, results: str
) -> None:
    reading = resent(added, signature(covered), results=results, to=ALICE)
    assert (reading.outcome, reading.authenticated, reading.unaddressed) == (
        "rejected",
        False,
        True,
    )
    assert "doesn't cover" in reading.reason


def test_an_exchanged_to_makes_it_no_answer_to_us() -> None:
    assert resent(signature(EXCHANGE)).outcome == "rejected"


def test_without_a_token_an_added_reference_makes_it_no_answer_to_us() -> None:
    raw = message("Yes.", f"In-Reply-To: {SENT_ID}", signature(EXCHANGE), to=ALICE, results=BY_DKIM)
    assert read(raw).outcome == "rejected"


@pytest.mark.parametrize(
    "signatures",
    [
        [signature(GMAIL)],
        [signature("From : To : Date")],
        [signature("from:to:to:cc")],
        [signature("from:to"), signature("from", domain="esp.example")],
        [signature("from:to", domain="mail.example.com")],
        [signature(EXCHANGE, domain="tenant.onmicrosoft.example")],
        [],
    ],
)
def test_an_answer_whose_to_is_signed_counts(signatures: list[str]) -> None:
    assert resent(*signatures).outcome == "approve"


@pytest.mark.parametrize(
    "headers",
    [
        [signature("from"), signature(f"from:{GMAIL}")],  # one of them was added
        [signature(f"from:{GMAIL}"), signature("from")],
        [signature("from:to").replace("d=example.com", "d=sub.example.com"), signature("from")],
        [signature("from:to", more=" h=from;")],
        [signature("from:to").replace("d=example.com", "x=y")],
        [signature("from").replace("h=", "z=to; h=")],
        ["DKIM-Signature: garbage"],
    ],
)
def test_a_signature_that_covers_more_can_not_be_added(headers: list[str]) -> None:
    assert resent(*headers).outcome == "rejected"


def test_mail_that_came_from_her_own_server_was_in_nobodys_hands() -> None:
    assert resent(signature(EXCHANGE), results=BY_BOTH).outcome == "approve"


def test_a_colleagues_mail_comes_from_her_server_too() -> None:
    for sender, outcome in (
        ("alice@example.com", "rejected"),
        ("Dana@Example.com", "approve"),
        ("example.com", "approve"),  # all that some servers write
    ):
        results = f"{BY_DKIM}; spf=pass smtp.mailfrom={sender}"
        assert resent(signature(EXCHANGE), results=results).outcome == outcome, sender


def test_what_our_servers_other_filters_found_counts_if_it_writes_several_fields() -> None:
    spf = "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=dana@example.com\r\n"
    received = "Received: from a by mx.example.com; Tue, 14 Jul 2026 09:26:00 +0000\r\n"
    raw = message("Yes.", signature(EXCHANGE), results=None)
    top = f"Authentication-Results: {BY_DMARC}\r\n"
    several = rules(one_field_per_filter=True)

    assert read((top + spf + received).encode() + raw, rules=several).outcome == "approve"
    assert read((top + spf + received).encode() + raw).outcome == "rejected"
    for forged in (top + received + spf, top + spf.replace("mx.", "mx2.") + received):
        assert read(forged.encode() + raw, rules=several).outcome == "rejected"


@pytest.mark.django_db
def test_the_approver_hears_that_nothing_proves_that_she_wrote_to_us() -> None:
    invitation = invitation_of(make_request())
    raw = make_reply(invitation, "Yes.", to=ALICE, results=BY_DKIM)
    head = f"Cc: {address_of(invitation)}\n{signature(EXCHANGE)}\n".replace("\r\n", "\n")
    mail = bring_in(head.encode() + raw)

    assert (mail.outcome, Decision.objects.exists()) == ("rejected", False)
    told = OutgoingMail.objects.get(purpose="not_counted")
    assert told.recipient == DANA
    assert "signature\ndoesn't cover these fields" in told.draft.text


# When she wrote it, and how much of it.


def test_an_exchanged_date_is_none() -> None:
    date = "Date: Tue, 14 Jul 2026 09:26:00 +0000"
    assert resent(date, signature("from:to")).written_at == ""
    assert resent(date, signature("from:to:date")).written_at == "2026-07-14T09:26:00+00:00"
    assert resent(date, signature("from:to:date"), date).written_at == ""


def test_text_is_added_behind_what_a_signature_covers() -> None:
    reading = resent(signature(GMAIL, more=" l=0;"))
    assert (reading.outcome, reading.authenticated) == ("rejected", False)
    assert "only a part of the text" in reading.reason
    assert resent(signature(GMAIL, more=" l=0;"), results=BY_BOTH).outcome == "approve"


# What she is said to be.


def away(*headers: str) -> bool:
    reading = resent(*headers)
    assert reading.outcome == "ignored"
    return reading.out_of_office


def test_a_field_added_on_top_sends_nobody_into_holidays() -> None:
    assert not away("Auto-Submitted: auto-replied", signature(GMAIL))
    assert away("Auto-Submitted: auto-replied", signature(f"{GMAIL}:auto-submitted"))


def test_a_closed_request_tells_nothing_to_whom_it_was_not_written_by() -> None:
    invited = Invited("i-1", DANA, "approved", decided="approved by Lee")
    raw = message("Yes.", f"Cc: {ADDRESS}", signature("from"), to=ALICE, results=BY_DKIM)
    reading = read(raw, invited=invited)
    assert (reading.outcome, reading.authenticated) == ("rejected", False)
