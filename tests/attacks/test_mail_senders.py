"""A mail sender who wants somebody else's "yes": written on her behalf, or written to somebody else.

Everything here passes DMARC for the approver's domain: a domain vouches for all of its people, and
a signed message can be sent on with its signature intact.
"""

import pytest

from approvals.models import Decision, OutgoingMail
from core.alerts.models import Alert
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.approvals.reply.incoming import ADDRESS, SENT_ID, TOKEN, message, outcome, read
from tests.factories import DANA, LEE, invitation_of, make_request

ALICE = "alice@example.com"


# On behalf.


@pytest.mark.parametrize(
    "header",
    [
        f"Sender: {ALICE}",
        f"SENDER : {ALICE}",
        f"Sender:\r\n {ALICE}",
        f"Sender: Dana Whitfield <{ALICE}>",
        f'Sender: "{DANA}" <{ALICE}>',
        f"Sender: {DANA} <{ALICE}>",
        f"Sender: {DANA} ({ALICE}),",
        f"Sender: {DANA}\r\nSender: {ALICE}",
        f"Sender: {ALICE}\r\nSender: {DANA}",
        f"Sender: {DANA}\r\nSender: {DANA}",
        f"Sender: {DANA}, {ALICE}",
        f"Sender: team: {DANA};",
        "Sender: =?utf-8?q?dana=40example=2Ecom?=",
        "Sender: =?utf-8?q?dana?= <alice@example.com>",
        "Sender: dana\u0430@example.com",
        "Sender: dana@example.com.evil.example",
        "Sender: dana",
        "Sender: <>",
        "Sender:",
        f"Resent-From: {ALICE}",
        f"Resent-From: {DANA}\r\nResent-Sender: {ALICE}",
        f"Resent-From: {DANA}, {ALICE}",
        f"Resent-From: {DANA}\r\nResent-From: {ALICE}",
        f"Resent-Sender: =?utf-8?q?alice?= <{ALICE}>",
        "Resent-From:",
    ],
)
def test_a_colleague_cannot_answer_in_the_approvers_name(header: str) -> None:
    reading = read(message("APPROVE", header))
    assert (reading.outcome, reading.authenticated) == ("rejected", False)


@pytest.mark.parametrize(
    "header",
    [
        f"Sender: {DANA}",
        "Sender: Dana Whitfield <DANA@Example.COM>",
        f"Resent-From: {DANA}\r\nResent-Sender: {DANA}\r\nResent-To: {ADDRESS}",
        f"X-Sender: {ALICE}",
    ],
)
def test_an_approver_whose_mail_program_names_her_as_the_sender_is_understood(header: str) -> None:
    assert outcome(message("APPROVE", header)) == ("approve", None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (DANA, "approve"),
        ("Dana@Example.com", "approve"),
        ("dana@example.com.evil.example", "rejected"),
        (f"{DANA}, {DANA}", "rejected"),
        (f"{DANA} {ALICE}", "rejected"),
        (ALICE, "rejected"),
        ("dana\\@example.com", "rejected"),
    ],
)
def test_an_address_as_a_name_is_taken_only_where_it_is_the_address_itself(
    name: str, expected: str
) -> None:
    assert outcome(message("APPROVE", sender=f"{name} <{DANA}>"))[0] == expected


@pytest.mark.django_db
def test_the_approver_hears_once_who_has_answered_in_her_name() -> None:
    invitation = invitation_of(make_request())
    for text in ("APPROVE", "APPROVE FOR 2 HOURS"):
        mail = bring_in(make_reply(invitation, text, Sender=ALICE))
        assert mail.outcome == "rejected"

    told = OutgoingMail.objects.get(purpose="stranger")
    assert told.recipient == DANA
    assert f"The reply came from: {ALICE}" in told.draft.text
    assert not Decision.objects.exists()


# Written to somebody else, and sent on to the reply address.


@pytest.mark.parametrize(
    "header",
    [
        "X-Nothing: here",
        f"Delivered-To: {ADDRESS}",
        f"Bcc: {ADDRESS}",
        f"Resent-To: {ADDRESS}",
        f"Resent-Cc: {ADDRESS}",
        f"Reply-To: {ADDRESS}",
        f"X-Original-To: {ADDRESS}",
        f"Envelope-To: {ADDRESS}",
        f"X-Envelope-To: {ADDRESS}",
        f'Cc: "{ADDRESS}" <bob@example.com>',
        f"Cc: {ADDRESS} <bob@example.com>",
        f"Cc: bob@example.com ({ADDRESS})",
        f"Cc: {ADDRESS}.evil.example",
        f"Cc: bob@example.com\r\nCc: {ADDRESS}",
        f"To: {ADDRESS}",  # a second one, on top of what the signature covers or below it
        "In-Reply-To: <lunch@example.com>",
        f"In-Reply-To: <lunch@example.com>\r\nIn-Reply-To: {SENT_ID}",
        f"References: {SENT_ID}\r\nReferences: {SENT_ID}",
        f"Message-ID: {SENT_ID[1:-1]}",
        f"Thread-Index: {SENT_ID}",
    ],
)
def test_a_yes_to_somebody_else_is_no_answer_to_us(header: str) -> None:
    raw = message("Yes, please.", header, to=f"Alice <{ALICE}>")
    reading = read(raw, recipients=(ADDRESS,))
    assert (reading.outcome, reading.authenticated, reading.unaddressed) == (
        "rejected",
        False,
        True,
    )
    assert TOKEN not in str(reading)


def test_another_approvers_reply_address_in_to_lends_nothing() -> None:
    other = ADDRESS.replace(TOKEN, "z" * 26)
    reading = read(message("Yes, please.", to=other), recipients=(ADDRESS,))
    assert (reading.outcome, reading.authenticated) == ("unmatched", False)


@pytest.mark.parametrize(
    "header", [f"Cc: lee@example.com, {ADDRESS.upper()}", f"In-Reply-To: {SENT_ID}"]
)
def test_what_was_also_written_to_us_counts(header: str) -> None:
    raw = message("Yes, please.", header, to=f"Alice <{ALICE}>")
    assert outcome(raw, recipients=(ADDRESS,)) == ("approve", None)


@pytest.mark.django_db
def test_the_approver_hears_once_that_her_mail_was_sent_on() -> None:
    request = make_request()
    invitation = invitation_of(request)
    for text in ("Yes, please.", "Yes, do it."):
        raw = make_reply(invitation, text, to=ALICE)
        mail = bring_in(raw, recipients=(address_of(invitation),))
        assert (mail.outcome, mail.invitation) == ("rejected", invitation)

    told = OutgoingMail.objects.get(purpose="not_counted")
    assert told.recipient == DANA
    assert "It was written to someone else" in told.draft.text
    assert "wasn't written to us" in Alert.objects.get().text
    request.refresh_from_db()
    assert request.is_pending


@pytest.mark.django_db
def test_nobody_is_told_of_mail_that_is_not_proven_to_be_hers() -> None:
    invitation = invitation_of(make_request())
    for options in ({"results": ""}, {"sender": LEE, "results": ""}, {"Auto_Submitted": "yes"}):
        raw = make_reply(invitation, "Yes, please.", to=ALICE, **options)
        bring_in(raw, recipients=(address_of(invitation),))

    assert not OutgoingMail.objects.exclude(purpose="request").exists()


@pytest.mark.django_db
def test_another_requests_email_lends_nothing() -> None:
    """She answered PM-1; what she wrote there is sent on to her reply address for PM-2."""
    first, second = make_request(), make_request()
    about_first = OutgoingMail.objects.get(invitation=invitation_of(first))
    raw = make_reply(invitation_of(second), "Yes.", to=ALICE, In_Reply_To=about_first.message_id)
    mail = bring_in(raw, recipients=(address_of(invitation_of(second)),))

    assert mail.outcome == "rejected"
    assert not Decision.objects.exists()
