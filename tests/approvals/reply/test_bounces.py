"""What a mail server's report says of an email of ours: given up or not yet, and in which words."""

import pytest

from approvals.reply.bounces import DeliveryReport, report_of
from approvals.reply.parts import parse_message

STANDARD = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bounce+abc@pm.example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

This is a MIME-encapsulated message.

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 14 Jul 2026 09:26:00 +0200

Final-Recipient: rfc822; dana@example.com
{fields}

--B
Content-Type: message/rfc822

Message-ID: <019a@pm.example.com>
Subject: [PM-1] Approval needed

Text
--B--
"""
PLAIN = """\
From: {sender}
To: bounce+abc@pm.example.com
Subject: {subject}
{more}
{text}
"""
QMAIL = """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<dana@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)"""
EXIM_WARNING = """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.
No action is required on your part. Delivery attempts will continue."""


def report(text: str, *, came_back: bool = True) -> DeliveryReport | None:
    return report_of(parse_message(text.encode()), came_back=came_back)


def standard(fields: str) -> DeliveryReport | None:
    return report(STANDARD.format(fields=fields))


@pytest.mark.parametrize(
    ("fields", "failed", "words"),
    [
        (
            "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.com\n"
            "Diagnostic-Code: smtp; 550 5.1.1 <dana@example.com>: Recipient address\n rejected",
            True,
            "550 5.1.1 <dana@example.com>: Recipient address rejected",
        ),
        (
            "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: X-Postfix; timed out",
            True,
            "4.4.7 timed out",
        ),
        ("Action: failed (expired)\nStatus: 5.0.0 (permanent)", True, "5.0.0"),
        ("Status: 5.2.2\nDiagnostic-Code: smtp; 552 Mailbox full", True, "5.2.2 552 Mailbox full"),
        (
            "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; no answer",
            False,
            "4.4.1 no answer",
        ),
    ],
)
def test_a_standard_report_is_read_field_by_field(fields: str, failed: bool, words: str) -> None:
    found = standard(fields)
    assert found is not None
    assert (found.failed, found.words) == (failed, words)
    assert found.message_ids == ("<019a@pm.example.com>",)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_a_delivery_reports_no_trouble(action: str) -> None:
    assert standard(f"Action: {action}\nStatus: 2.0.0") is None


def test_a_plain_report_counts_only_where_it_came_back_to() -> None:
    text = PLAIN.format(
        sender="MAILER-DAEMON@mx.example.net", subject="failure notice", more="", text=QMAIL
    )
    found = report(text)
    assert found is not None
    assert found.failed
    assert "no mailbox here by that name" in found.words
    assert report(text, came_back=False) is None


def test_a_plain_warning_says_not_yet() -> None:
    found = report(
        PLAIN.format(
            sender='"Mail Delivery System" <Mailer-Daemon@mx.example.net>',
            subject="Warning: message 1abc delayed 24 hours",
            more="",
            text=EXIM_WARNING,
        )
    )
    assert found is not None
    assert not found.failed


def test_an_out_of_office_answer_is_no_report() -> None:
    away = "Auto-Submitted: auto-replied\n"
    text = PLAIN.format(sender="dana@example.com", subject="Away", more=away, text="I am away.")
    assert report(text) is None


def test_the_words_are_one_line_without_hidden_characters_and_cut() -> None:
    found = standard(f"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; \u202e{'x' * 3000}")
    assert found is not None
    assert "[U+202E]" in found.words
    assert len(found.words) <= 1000
