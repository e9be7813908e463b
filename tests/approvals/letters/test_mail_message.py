"""The bytes: exactly the headers we meant, 7-bit, the same for the same input."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from mail_samples import FACTS, HOSTILE, NOW, WAYS, hostile_facts, request_mail

from approvals.letters.compose import Personal, compose
from approvals.letters.kinds import UNCLEAR
from approvals.letters.message import address, build, clean_message_id, from_field

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADERS = [
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
]
ENVELOPE = {
    "sender": "pm@example.com",
    "recipient": "dana@example.com",
    "reply_to": f"reply+{'a' * 26}@pm.example.com",
    "message_id": "<1@pm.example.com>",
    "date": NOW,
    "in_reply_to": "<0@pm.example.com>",
}


PERSONAL = Personal("a" * 26, "b" * 26, "dana@example.com")


def built(text: str, **changes) -> bytes:
    return build(request_mail(hostile_facts(text)), personal=PERSONAL, **{**ENVELOPE, **changes})


@QUICK
@given(HOSTILE)
def test_no_value_adds_a_header(text):
    data = built(text)
    for parsing in (policy.default, policy.compat32):
        message = message_from_bytes(data, policy=parsing)
        assert message.keys() == HEADERS
        assert not message.defects
        assert [part.get_content_type() for part in message.walk()] == [
            *("multipart/alternative", "text/plain", "text/html")
        ]


@QUICK
@given(HOSTILE)
def test_the_subject_decodes_to_one_line_without_an_encoded_word(text):
    subject = message_from_bytes(built(text), policy=policy.default)["Subject"]
    assert "=?" not in subject
    assert len(subject.splitlines()) == 1
    assert subject.replace("\u00a0", " ").startswith("[PM-1042] Approval needed: ")


@QUICK
@given(HOSTILE)
def test_it_is_seven_bit_with_short_lines_that_end_in_crlf(text):
    data = built(text)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 200


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("pmconsole approvals", '"pmconsole approvals" <approvals@pm.example.com>'),
        ('The "IT" \\ desk', '"The \\"IT\\" \\\\ desk" <approvals@pm.example.com>'),
        ("", "approvals@pm.example.com"),
        (
            "Yes team",
            "approvals@pm.example.com",
        ),  # a reply repeats it, perhaps on a line of its own
    ],
)
def test_the_name_of_the_sender_stands_before_the_address(name, field):
    assert from_field("approvals@pm.example.com", name) == field


@QUICK
@given(HOSTILE)
def test_no_name_of_a_sender_adds_an_address_or_a_line(name):
    message = message_from_bytes(built("x", sender_name=name[:60]), policy=policy.default)
    assert [each.addr_spec for each in message["From"].addresses] == ["pm@example.com"]
    assert message.keys() == HEADERS


def test_the_same_input_gives_the_same_bytes():
    assert built("x") == built("x")


def test_the_text_arrives_as_composed():
    draft = request_mail()
    message = message_from_bytes(build(draft, **ENVELOPE), policy=policy.default)
    arrived = [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]
    assert arrived == [draft.text, draft.html]


@QUICK
@given(HOSTILE)
def test_encoded_once_for_all_recipients_is_the_same_as_encoded_for_each(text):
    draft = request_mail(hostile_facts(text))
    filled = replace(
        draft,
        text=PERSONAL.put_into(draft.text),
        html=PERSONAL.put_into(draft.html, html=True),
    )
    assert build(draft, personal=PERSONAL, **ENVELOPE) == build(filled, **ENVELOPE)


def test_a_mail_without_html_is_plain_text_and_a_short_answer_says_it_is_automatic():
    draft = compose(UNCLEAR, FACTS, ways=WAYS, first_line="ok")
    data = build(draft, **ENVELOPE, automatic_answer=True)
    message = message_from_bytes(data, policy=policy.default)
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-replied"
    assert "OOF" in message["X-Auto-Response-Suppress"]


def test_a_long_foreign_subject_survives_the_header():
    facts = replace(FACTS, execution=replace(FACTS.execution, file_path="Überprüfung日本語" * 4))
    draft = request_mail(facts)
    message = message_from_bytes(build(draft, **ENVELOPE), policy=policy.default)
    assert message["Subject"] == draft.subject


@pytest.mark.parametrize(
    "text",
    [
        *("", "dana", "a@b@c", "a b@example.com", "a@example.com\r\nBcc: x@y", "a@-x.org"),
        *("\u0430lice@x.org", "=?utf-8?Q?x?=@example.com", "<a@example.com>", "a@x.org, b@x.org"),
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011, idna has words of its own
        address(text)


def test_a_foreign_domain_is_written_in_ascii():
    assert address("dana@müller.example") == "dana@xn--mller-kva.example"


@pytest.mark.parametrize("text", ["<a b@c>", "a@b", "<a@b>\r\nBcc: x", "<=?utf-8?Q?x?=@b>", ""])
def test_what_is_no_message_id_is_refused(text):
    assert clean_message_id(text) is None
    with pytest.raises(ValueError, match="Message-ID"):
        built("x", message_id=text)
