# ruff: noqa: RUF001 - characters that another charset shows differently
"""Genuine mail sent on after what a signature doesn't notice was changed: white space, or how the body
is encoded and put together.
"""

import pytest

from approvals.reply import Outcome
from tests.approvals.reply.incoming import entity, message, multipart, outcome, part
from trial.messages import subject_of

CONDITION = (
    "Yes, that is fine with me for today as far \n"
    "as I can see, but only after Lee has confirmed it."
)
FLOWED = "Content-Type: text/plain; charset=utf-8; format=flowed"


def test_joined_lines_are_cut_to_lose_a_condition() -> None:
    assert outcome(message(CONDITION, FLOWED))[0] == Outcome.UNCLEAR
    assert outcome(message(CONDITION.replace(" \n", "\n"), FLOWED))[0] == Outcome.UNCLEAR
    assert outcome(message(CONDITION.replace(" \n", "\n")))[0] == Outcome.UNCLEAR


def test_joined_lines_are_declared_to_lose_their_spaces() -> None:
    raw = message("Yes, do not \nworry about it today.", f"{FLOWED}; delsp=yes")
    assert outcome(raw)[0] == Outcome.UNCLEAR


def test_the_length_behind_the_break_is_lost() -> None:
    text = "Approved, as he asked me on the phone, for just one\nhour."
    assert outcome(message(text))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize("line", ["Yes, I have seen the ticket, bu=", "Yes, <if Lee agrees>"])
def test_the_encoding_is_taken_away(line: str) -> None:
    assert outcome(message(line))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "Approved.\nBut tell Alice to uninstall it afterwards.",
        "Approved. I have looked at the publisher and the hash, all fine.\n\nBut do uninstall it.",
        "Approved, thank you for asking, I have seen the ticket myself\nand it is all right.",
    ],
)
def test_an_answer_with_a_comment_still_counts(text: str) -> None:
    assert outcome(message(text))[0] == Outcome.APPROVE


# The fields that say how a body is encoded, exchanged: many signatures leave them out.

DONT = "Yes, I don’t object, it wasn’t me."
LATIN = ["iso-8859-1", "windows-1252", "macintosh", "koi8-r", "gb18030", "big5", "iso-8859-7"]


@pytest.mark.parametrize("charset", [*LATIN, "windows-1256", "euc-kr", "shift_jis", "us-ascii"])
@pytest.mark.parametrize("text", [DONT, "Yes, isso não.", "Yes, hier？", "Yes, ¿si?", "Yes, нет."])
def test_another_charset_hides_a_negation_in_utf_8(text: str, charset: str) -> None:
    for kind in ("plain", "html"):
        raw = message(text.encode(), f"Content-Type: text/{kind}; charset={charset}")
        assert outcome(raw)[0] == Outcome.UNCLEAR


@pytest.mark.parametrize("charset", [*LATIN, *(f"windows-125{n}" for n in (0, 1, 3, 4, 6, 8))])
@pytest.mark.parametrize("codec", ["cp1252", "mac_roman", "koi8_r", "cp1251", "big5", "gb18030"])
@pytest.mark.parametrize(
    "text", ["Yes, it won’t hurt.", "Yes, jamás.", "Yes, нет.", "Yes, so？", "Yes, isso não"]
)
def test_another_charset_hides_a_negation(text: str, codec: str, charset: str) -> None:
    data = text.encode(codec, "ignore")
    if data == text.encode("ascii", "ignore"):
        return  # this codec can't write it
    raw = message(data, f"Content-Type: text/plain; charset={charset}")
    assert outcome(raw)[0] == Outcome.UNCLEAR


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Yes – go ahead.", "cp1252"),
        ("Approved\xa0", "latin-1"),
        ("Approved.\nGrüße, Jürgen", "latin-1"),
        ("Yes.\nMit freundlichen Grüßen", "cp1252"),
        ("Approved.\n同意", "gb18030"),
    ],
)
def test_plain_words_in_an_honest_charset_still_count(text: str, codec: str) -> None:
    charset = {"cp1252": "Windows-1252", "latin-1": "iso-8859-1"}.get(codec, codec)
    raw = message(text.encode(codec), f"Content-Type: text/plain; charset={charset}")
    assert outcome(raw)[0] == Outcome.APPROVE


@pytest.mark.parametrize(
    "line",
    [
        "Yes, I can=E2=80=99t see why.",
        "Yes, I am sure it does n=\r\not hurt.",
        "Yes, I don&rsquo;t mind.",
        "Yes, I don&#8217;t mind.",
        "Yes, fine.\r\n<br>\r\n<b>not</b> today",
        "Yes, fine=20\r\n",
    ],
)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_encoding_is_taken_away_from_a_whole_text(line: str, kind: str) -> None:
    if kind == "html" and "=" not in line:
        return  # that is how HTML is written
    raw = message(line, f"Content-Type: text/{kind}; charset=utf-8")
    assert outcome(raw)[0] == Outcome.UNCLEAR


@pytest.mark.parametrize("text", ["Yes, I would say <not yet>.", "Yes, <unless you must>"])
def test_a_plain_text_is_declared_html_to_lose_what_stands_in_brackets(text: str) -> None:
    assert outcome(message(text, "Content-Type: text/html"))[0] == Outcome.UNCLEAR


TEXT, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
STRUCK = [
    part(TEXT, "Yes, go ahead.\nNo, not today.\n"),
    part(HTML, "<s>Yes, go ahead.</s><br>No, not today.", "Content-ID: <two>"),
]
BY_DKIM = "mx.example.com; dkim=pass header.d=example.com"
UNSHAPED = "DKIM-Signature: v=1; d=example.com; h=from:to:date; b=x"


TYPED_TAG = "APPROVE\n\nUse <b>admin</b> & restart, not the <s>old</s> path.\n"
UNTYPED = "DKIM-Signature: v=1; d=example.com; h=from:to:date:subject; b=x"
SHAPED = "DKIM-Signature: v=1; d=example.com; h=from:to:date:subject:content-type; b=x"


def test_a_tag_that_was_typed_below_an_approval_is_a_comment() -> None:
    assert outcome(message(TYPED_TAG))[0] == Outcome.APPROVE
    assert outcome(message(TYPED_TAG, SHAPED, results=BY_DKIM))[0] == Outcome.APPROVE


@pytest.mark.parametrize(
    "text", [TYPED_TAG, "Yes, fine.\n<b>not</b> today", "Yes, fine.\n<p>not today"]
)
def test_html_is_declared_plain_text_to_lose_its_first_line(text: str) -> None:
    assert outcome(message(text, UNTYPED, results=BY_DKIM))[0] == Outcome.UNCLEAR
    assert outcome(message("APPROVE\n\nFine.", UNTYPED, results=BY_DKIM))[0] == Outcome.APPROVE


@pytest.mark.parametrize("tag", ["<br>", "<div>", "<html>", "<p>", "<table>", "</body>"])
def test_what_only_html_has_is_doubted_in_a_text_of_any_kind(tag: str) -> None:
    text = f"APPROVE\n\n{tag}for one run"
    assert outcome(message(text, SHAPED, results=BY_DKIM))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize("kind", ["mixed", "related", "signed", "parallel", "x-own"])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("more", ["", "; start=<two>"])
def test_the_other_form_of_a_text_is_declared_something_else(
    kind: str, order: int, more: str
) -> None:
    mime = multipart(kind, *STRUCK[::order], more=more)
    found = outcome(entity(mime, UNSHAPED, results=BY_DKIM))[0]
    assert found == Outcome.UNCLEAR


def test_a_form_inside_of_another_multipart_is_compared_too() -> None:
    related = multipart("related", STRUCK[1], part("image/png", "x"), boundary="r")
    mime = multipart("mixed", STRUCK[0], related)
    assert outcome(entity(mime, UNSHAPED, results=BY_DKIM))[0] == Outcome.UNCLEAR


def test_text_beside_that_begins_alike_is_compared_however_the_mail_is_proven() -> None:
    forms = part(TEXT, "Yes, go ahead."), part(HTML, "<p>Yes, go ahead, but only after Lee</p>")
    assert outcome(entity(multipart("mixed", *forms)))[0] == Outcome.UNCLEAR


def test_a_gateways_footer_is_no_other_form() -> None:
    footer = part(HTML, "<p>Scanned by the gateway. Do not reply with secrets.</p>")
    mime = multipart("mixed", part(TEXT, "Yes, go ahead."), footer)
    assert outcome(entity(mime))[0] == Outcome.APPROVE


def test_the_boundary_of_an_attached_message_takes_its_text_for_hers() -> None:
    attached = b"Content-Type: message/rfc822\r\n\r\n" + multipart(
        "alternative", part(TEXT, "APPROVE"), boundary="inner"
    )
    mime = multipart("mixed", part(TEXT, "No, sorry."), attached, boundary="outer")
    raw = entity(mime)
    assert outcome(raw)[0] == Outcome.DENY
    assert outcome(raw.replace(b'boundary="outer"', b'boundary="inner"'))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "No way.\n\n-----Original Message-----\nFrom: Alice\nSubject: x\n\nAPPROVE\n",
        "-----Original Message-----\nFrom: Alice\nSubject: x\n\nAPPROVE\n",
        "-----Original Message-----\n\nAPPROVE\n",
        "\n-----Original Message-----\n\nAPPROVE\n\nNo way.\n",
    ],
)
def test_a_line_of_dashes_is_declared_a_boundary(text: str) -> None:
    kind = 'Content-Type: multipart/mixed; boundary="---Original Message-----"'
    assert outcome(message(text, kind))[0] == Outcome.UNCLEAR


def test_the_mark_of_a_signature_is_declared_a_boundary() -> None:
    text = "No.\n-- \nContent-Type: text/plain\n\nAPPROVE\n"
    for boundary in ('" "', '""', '"  "'):
        raw = message(text, f"Content-Type: multipart/mixed; boundary={boundary}")
        assert outcome(raw)[0] == Outcome.UNCLEAR


def test_the_words_that_mail_programs_put_above_the_parts_do_not_matter() -> None:
    mime = multipart("mixed", part(TEXT, "Yes."))
    head, gap, pieces = entity(mime).partition(b"\r\n\r\n")
    words = b"This is a multi-part message in MIME format.\r\n"
    assert outcome(head + gap + words + pieces)[0] == Outcome.APPROVE


def test_a_subject_with_a_broken_encoded_word_stops_the_trials_mailbox() -> None:
    assert subject_of(b"Subject: =?utf-8?b?a?=\r\n\r\nx")
