"""A signed message that somebody sent on in another form: its Content-Type isn't signed, nor is the space
at the ends of its lines. It approves only what it would approve as its author sent it.
"""

import pytest

from tests.approvals.reply.incoming import (
    OUR_TEXT,
    entity,
    marked,
    message,
    multipart,
    outcome,
    part,
)

PLAIN = "text/plain; charset=utf-8"
FLOWED = f"{PLAIN}; format=flowed"
HTML = "text/html; charset=utf-8"
UNCLEAR = ("unclear", None)
WAITED = "1 day, that is how long this waited in my inbox.\n"


def resent(raw: bytes, covered: str = "from:to:date:subject") -> bytes:
    """A message of which our server says only that a signature of its author's domain passed."""
    results = b"mx.example.com; dkim=pass header.d=example.com"
    signature = f"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h={covered}; bh=x; b=x\r\n"
    _, _, rest = raw.partition(b"\r\n")
    return b"Authentication-Results: " + results + b"\r\n" + signature.encode() + rest


def as_type(content_type: str, text: str) -> bytes:
    return resent(message(text, f"Content-Type: {content_type}"))


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        (HTML, f"Approve\n{WAITED}"),
        (HTML, f"Approve\n\n{WAITED}<p> is how a paragraph begins.\n"),
        (FLOWED, f"Approve \n{WAITED}"),
        (f"{FLOWED}; delsp=yes", f"Approve  \n{WAITED}"),
        (HTML, "Yes, sure, make everybody administrator! </sarcasm>\n"),
        (HTML, "Yes. <re: lunch at noon>\n"),
        (HTML, "Yes <https://wiki.example/only-if-bob-agrees>\n"),
        (HTML, "Yes. <!lunch I mean>\n"),
        (HTML, "Yes. I mean </ lunch>\n"),
        (HTML, "Approve the <title>, not the <b>text</b>\n"),
        (HTML, "Approve <title> changes alone, if Bob agrees. </title>\n"),
        (HTML, "Approve <style> changes alone, if Bob agrees. </style>\n"),
    ],
)
def test_a_plain_text_approves_no_more_in_another_form(content_type: str, text: str) -> None:
    assert outcome(as_type(content_type, text)) == UNCLEAR


def test_a_space_that_joins_lines_is_not_signed_with_the_content_type() -> None:
    raw = message(f"Approve \n{WAITED}", f"Content-Type: {FLOWED}")
    assert outcome(resent(raw, "from:to:content-type")) == UNCLEAR


@pytest.mark.parametrize(
    "preamble",
    [
        "DENY. Look at the raw MIME source of what Bob sent me:\n\n",
        "DENY, see below.\n\nFrom: Alice\nSubject: x\n\nThe MIME viewer writes this:\n",
        "This message of his is weird, look at its MIME source:\n\n",
    ],
)
def test_what_an_author_wrote_above_a_pasted_part_is_not_lost(preamble: str) -> None:
    mime = multipart("mixed", part(PLAIN, "Yes, go ahead."))
    head, _, body = mime.partition(b"\r\n\r\n")
    pasted = head + b"\r\n\r\n" + preamble.replace("\n", "\r\n").encode() + body
    assert outcome(resent(entity(pasted))) == UNCLEAR


def test_a_boundary_that_begins_the_real_one_leaves_nothing_of_the_author_out() -> None:
    quoted = "No idea what this is. Do not run it.\n\n---\nContent-Type: text/plain\n\nAPPROVE\n"
    mime = multipart("alternative", part(PLAIN, quoted), boundary="----=_NextPart_000")
    exchanged = mime.replace(b'boundary="----=_NextPart_000"', b'boundary="-"')
    assert exchanged != mime
    assert outcome(resent(entity(exchanged))) == UNCLEAR


def test_the_line_above_a_forwarded_mail_is_no_boundary() -> None:
    mime = multipart("mixed", part(PLAIN, "APPROVE"), boundary="------ Forwarded Message --------")
    assert outcome(resent(entity(mime))) == UNCLEAR


@pytest.mark.parametrize(
    "preamble",
    [
        "This is a multi-part message in MIME format.\n",
        "  This message is in MIME format.  The first part should be readable text,\n  while the "
        "remaining parts are likely unreadable without MIME-aware tools.\n\n",
        "This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\n",
        "This is a cryptographically signed message in MIME format.\n\n",
        "This is a multipart message in MIME format\n",
    ],
)
def test_mail_programs_own_words_above_the_parts_are_passed_over(preamble: str) -> None:
    head, _, body = multipart("mixed", part(PLAIN, "APPROVE")).partition(b"\r\n\r\n")
    mime = head + b"\r\n\r\n" + preamble.replace("\n", "\r\n").encode() + body
    assert outcome(resent(entity(mime)))[0] == "approve"


QUOTED = f"<blockquote>{'<br>'.join(OUR_TEXT.splitlines())}</blockquote>"
SENTENCE = (
    "Approved, I have talked to Lee about it and to the people of the Hansen \ntender, go ahead.\n"
)


@pytest.mark.parametrize(
    ("content_type", "text", "minutes"),
    [
        (PLAIN, f"APPROVE\n\n{marked()}", None),
        (PLAIN, f"Approve for 2 hours\nThanks, Dana\n\n{marked()}", 120),
        (FLOWED, f"APPROVE FOR 2 HOURS\n\n{marked()}", 120),
        (FLOWED, f"APPROVE \n\n{marked()}", None),
        (FLOWED, f"{SENTENCE}\n{marked()}", None),
        (HTML, f"<html><body>\n<p>Approve for 2 hours</p>{QUOTED}</body></html>", 120),
        (HTML, f'<div dir="ltr">Approve</div><br>{QUOTED}', None),
        (HTML, f"Approve for 2 hours<br><br>{QUOTED}", 120),
        (HTML, f"<!-- x --><span>Approve</span><br>{QUOTED}", None),
        (HTML, "Approve", None),
    ],
)
def test_usual_approvals_count_whatever_is_signed(
    content_type: str, text: str, minutes: int | None
) -> None:
    assert outcome(as_type(content_type, text)) == ("approve", minutes)


def test_a_later_text_does_not_become_the_first_as_the_root_of_related_parts() -> None:
    parts = [part(PLAIN, "DENY, see Bob's below."), part(PLAIN, "APPROVE", "Content-ID: <b>")]
    mime = multipart("related", *parts, more='; start="<b>"')
    assert outcome(resent(entity(mime))) == UNCLEAR
    assert outcome(resent(entity(multipart("mixed", *parts))))[0] == "deny"
