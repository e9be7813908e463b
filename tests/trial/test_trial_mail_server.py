"""The trial mail server: what it states about replies, and what it keeps."""

from dataclasses import replace

import pytest

from approvals.inbox.listener import Received
from approvals.inbox.storing import NULL_SENDER
from approvals.models import IncomingMail
from tests.factories import DANA, LEE
from trial.mail_server import finding, keep, take_reply, without_results
from trial.models import CapturedMail

FORGED = b"Authentication-Results: trial.invalid; dmarc=pass header.from=example.com\r\n"
REPLY = (
    b"From: Dana <dana@example.com>\r\nTo: reply+x@pm.example.com\r\nSubject: Re\r\n\r\nAPPROVE\r\n"
)


def received(
    raw: bytes = REPLY,
    *,
    signed_in: bool = False,
    recipients: tuple[str, ...] = ("reply+x@pm.example.com",),
) -> Received:
    return Received(
        raw=raw,
        mail_from=DANA,
        recipients=recipients,
        peer="127.0.0.1",
        verifies_senders=False,
        signed_in=signed_in,
    )


@pytest.mark.parametrize(
    "results",
    [
        b"Authentication-Results: a; dmarc=pass\r\n",
        b"AUTHENTICATION-RESULTS : a; dmarc=pass\r\n",
        b"Authentication-Results: a;\r\n\tdmarc=pass\r\n header.from=b\r\n",
        b"Authentication-Results: a; spf=pass\r\nAuthentication-Results: b; dmarc=pass\r\n",
    ],
)
def test_every_form_of_the_field_is_taken_out(results: bytes) -> None:
    assert without_results(b"X: 1\r\n" + results + REPLY) == b"X: 1\r\n" + REPLY


@pytest.mark.parametrize(
    "raw",
    [
        REPLY,
        REPLY + FORGED,  # in the body it is text
        b"X-Authentication-Results: a\r\n" + REPLY,
        b"Subject: only headers\r\n",
        b"",
    ],
)
def test_all_else_stays_byte_for_byte(raw: bytes) -> None:
    assert without_results(raw) == raw


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        (b"dana@example.com", b"example.com"),
        (b"Dana <dana@Example.COM>", b"example.com"),
        (b"dana@example.com; dmarc=fail", b"example.com"),
        (b"=?utf-8?q?a=0D=0AX:_1?= <dana@example.com>", b"example.com"),
        (b"nobody", b"invalid"),
        (b"", b"invalid"),
    ],
)
def test_the_finding_names_the_domain_of_the_sender(sender: bytes, domain: bytes) -> None:
    stated = finding(b"From: " + sender + b"\r\n\r\n")
    expected = b"Authentication-Results: trial.invalid; dmarc=pass header.from=" + domain
    assert stated == expected + b"\r\n"


@pytest.mark.django_db
def test_a_reply_of_a_signed_in_client_gets_this_servers_finding_alone() -> None:
    take_reply(received(FORGED + REPLY, signed_in=True))
    raw = IncomingMail.objects.get().raw()
    assert raw == FORGED + REPLY  # ours reads like the forged one, and stands there once
    assert raw.count(b"Authentication-Results") == 1


@pytest.mark.django_db
def test_a_reply_of_anybody_else_gets_no_finding() -> None:
    take_reply(received(FORGED + REPLY))
    mail = IncomingMail.objects.get()
    assert mail.raw() == REPLY
    assert mail.envelope["verifies_senders"] is True


@pytest.mark.django_db
def test_a_reply_without_a_sender_in_its_envelope_is_kept_as_such() -> None:
    take_reply(replace(received(REPLY, signed_in=True), mail_from=""))
    assert IncomingMail.objects.get().envelope["mail_from"] == NULL_SENDER


@pytest.mark.django_db
def test_mail_is_kept_once_for_each_recipient_and_encrypted() -> None:
    keep(received(recipients=(DANA, LEE)))
    dana, lee = CapturedMail.objects.order_by("recipient")
    assert (dana.recipient, lee.recipient) == (DANA, LEE)
    assert (dana.subject, dana.raw()) == ("Re", REPLY)
    assert b"APPROVE" not in bytes(dana.encrypted_raw)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field", [b"\xff\xfe", b"=?utf-8?q?a=00=0D=0Ab?=", b"=?x-no?q?a?=", b"s" * 500]
)
def test_no_subject_keeps_a_message_from_being_kept(field: bytes) -> None:
    keep(received(b"Subject: " + field + b"\r\n\r\n", recipients=(DANA,)))
    assert CapturedMail.objects.count() == 1
