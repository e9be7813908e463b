"""Genuine mail sent on with other white space, which relaxed DKIM doesn't notice (RFC 6376, 3.4.4):
at the ends of lines, in empty ones, for other white space, and empty lines at the very end.
"""

import base64
import html
import quopri
import re
from collections.abc import Callable, Iterator

import pytest

from tests.approvals.reply.incoming import (
    OUR_TEXT,
    SENT_ID,
    entity,
    marked,
    message,
    multipart,
    part,
    read,
)
from tests.approvals.reply.test_reply_parts import opaque, signed_data

BY_DKIM = "mx.example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com"
SIGNED = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1; bh=x; b=x;\r\n\t"
    "h=from:to:cc:subject:date:in-reply-to:references:content-type:content-transfer-encoding"
)
TEXT, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
FILE = part("application/pdf; name=a.pdf", "x", "Content-Disposition: attachment; filename=a.pdf")
PGP = part("application/pgp-signature; name=signature.asc", "-----BEGIN PGP SIGNATURE-----")
FORWARDED = "From: Alice <alice@example.com>\nDate: today\nTo: Dana\nSubject: Re: x\n\n"
ARMOUR = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{}\n-----BEGIN PGP SIGNATURE-----\n\nx\n"
)

# What doesn't approve.
TEXTS = [
    f"\n{FORWARDED}APPROVE FOR 1 DAY\n\nThat is all. Alice\n",
    "Alice: no, I never asked for this.\n\nApproved.\n",
    "Note: nothing runs before I have talked to Lee.\nTodo:\n - the hash\n\nYes, please.\n",
    "https://wiki.example.com/never says so.\n\nApprove\n",
    "-- \nDana\n\nApproved.\n",
    "--\nGrant, Dana\n\nYes.\n",
    "begin 644 a.txt\n#0V%T\n`\nend\n\nApprove\n",
    f"Alice wrote:\n\n    Approve\n\n{marked()}",
    f"Yes, do not \nworry, \nif Lee agrees\n\n{marked()}",
    f"Hm. \n> Approve \n> now\n\n{OUR_TEXT}",
    "No \n\nApprove\n",
]
FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: part(TEXT, text),
    "flowed": lambda text: part(f"{TEXT}; format=flowed", text),
    "delsp": lambda text: part(f"{TEXT}; format=flowed; delsp=yes", text),
    "quoted-printable": lambda text: part(
        f"{TEXT}; format=flowed",
        re.sub("(?m)(....)$", "\\1=\n", quopri.encodestring(text.encode()).decode()),
        "Content-Transfer-Encoding: quoted-printable",
    ),
    "base64": lambda text: part(
        TEXT, base64.encodebytes(text.encode()), "Content-Transfer-Encoding: base64"
    ),
    "html": lambda text: part(HTML, f"<div>{html.escape(text)}</div>".replace("\n", "<br>\n")),
    "armoured": lambda text: part(TEXT, ARMOUR.format(text)),
    "file": lambda text: multipart("mixed", part(TEXT, text), FILE),
    "signed": lambda text: multipart("signed", part(f"{TEXT}; format=flowed", text), PGP),
    "forms": lambda text: multipart(
        "alternative", part(TEXT, text), part(HTML, f"<pre>{html.escape(text)}</pre>")
    ),
    "two texts": lambda text: multipart("mixed", part(TEXT, text), part(TEXT, "Approve")),
}  # fmt: skip


def changed(body: bytes) -> Iterator[bytes]:
    """The same body for a relaxed signature."""
    lines = body.split(b"\r\n")
    blank = [at for at, line in enumerate(lines) if not line]
    for number in range(len(blank) + 1):
        for chosen in (blank[:number], blank[number : number + 1]):
            yield b"\r\n".join(b" " if at in chosen else each for at, each in enumerate(lines))
    for at, line in enumerate(lines[:15]):
        for other in (line.rstrip(), line + b" ", line + b"  ", line.replace(b" ", b"\t  ")):
            yield b"\r\n".join([*lines[:at], other, *lines[at + 1 :]])
    for end in (b" ", b"\t", b"  "):
        yield b"\r\n".join(line + end for line in lines)
        yield re.sub(rb"[ \t]+", end, body)
    yield b"\r\n".join(line.rstrip() for line in lines)
    yield body + b"\r\n" * 3
    yield body.rstrip(b"\r\n")


@pytest.mark.parametrize("form", FORMS)
def test_what_does_not_approve_never_does_with_other_white_space(form: str) -> None:
    for text in TEXTS:
        head, gap, body = entity(FORMS[form](text), SIGNED, results=BY_DKIM).partition(b"\r\n\r\n")
        assert read(head + gap + body).outcome != "approve", text
        for other in set(changed(body)):
            assert read(head + gap + other).outcome != "approve", other.decode()


def test_a_line_of_blanks_makes_no_file_of_a_text() -> None:
    swallowed = part(TEXT, "Content-Disposition: attachment; filename=a.txt\n\nNo.\n")
    raw = entity(multipart("mixed", swallowed, part(TEXT, "Approve")))
    assert read(raw.replace(b"utf-8\r\n\r\n", b"utf-8\r\n\t\r\n", 1)).outcome == "unclear"


def test_a_line_of_blanks_in_the_messages_own_head_folds_it() -> None:
    assert read(message("Approve", "X-Folded: a\r\n \r\n b")).outcome == "approve"


def test_a_line_of_blanks_in_what_is_signed_opaquely_is_found_too() -> None:
    inner = part(TEXT, "Note: not yet.\n\nApprove").replace(b"\r\n\r\n", b"\r\n \r\n", 1)
    assert read(opaque(signed_data(inner))).outcome == "unclear"


def test_a_widened_delimiter_line_hides_no_form_of_the_text() -> None:
    struck = base64.encodebytes(b"<s>Approve</s><p>Not today.</p>")
    forms = part(TEXT, "Approve\n"), part(HTML, struck, "Content-Transfer-Encoding: base64")
    raw = entity(multipart("alternative", *forms, boundary="=_alternative 0042"))
    above, delimiter, html_form = raw.rpartition(b"--=_alternative 0042\r\n")
    for widened in (delimiter, delimiter.replace(b" ", b"  "), delimiter.replace(b" ", b"\t")):
        assert read(above + widened + html_form).outcome == "unclear"


@pytest.mark.parametrize(
    ("written", "sent_on"),
    [(b"calendar\r\n\r\n", b"calendar\r\n \r\n"), (b"--=_inner 0", b"--=_inner  0")],
)
def test_white_space_hides_no_meeting_behind_the_text(written: bytes, sent_on: bytes) -> None:
    meeting = multipart("mixed", part("text/calendar", "BEGIN:X"), boundary="=_inner 0")
    raw = entity(multipart("mixed", part(TEXT, "Yes, please."), meeting))
    assert read(raw).outcome == "ignored"
    assert read(raw.replace(written, sent_on, 1)).outcome == "unclear"


def test_a_delimiter_line_with_a_blank_is_one_however_wide_its_field_was_made() -> None:
    raw = entity(multipart("mixed", part(TEXT, "Approve"), FILE, boundary="=_mixed 0042"))
    assert read(raw).outcome == "approve"
    assert read(raw.replace(b'"=_mixed 0', b'"=_mixed  0')).outcome == "approve"


def test_a_widened_field_hides_no_files_name() -> None:
    encrypted = part(
        "application/octet-stream; name=smime.p7m",
        "MIIBAAAA",
        "Content-Disposition: attachment; filename=smime.p7m",
    )
    footer = part(TEXT, "Approve")
    for blank in (b" ", b" " * 3_000):
        hidden = encrypted.replace(b"; ", b";" + blank)
        assert read(entity(multipart("mixed", hidden, footer))).outcome == "unclear"


def test_blanks_above_the_parts_do_not_hide_what_stands_there() -> None:
    typed = "I never ordered this. Do not run it.\r\n"
    typed += "--XYZ\r\nContent-Type: text/plain\r\n\r\nAPPROVE\r\n--XYZ--\r\n"
    kind = b'Content-Type: multipart/mixed; boundary="XYZ"\r\n\r\n'
    for blanks in (b"", b" " * 520):
        assert read(entity(kind + blanks + b"\r\n" + typed.encode())).outcome == "unclear"


@pytest.mark.parametrize("blanks", [" ", " " * 4100, "\t", "\r\n" + " " * 900 + "\r\n" + " " * 900])
def test_blanks_in_a_subject_make_no_answer_of_an_automatic_one(blanks: str) -> None:
    raw = message("Yes, I am back on Monday.", results=BY_DKIM)
    raw = raw.replace(b"Subject: Re: ", f"Subject: Automatic{blanks}reply: ".encode(), 1)
    assert b"Automatic" in raw
    assert read(raw).outcome == "ignored"


@pytest.mark.parametrize(
    ("text", "narrow", "wide"),
    [
        (
            "Attention Bob: external sender, do not trust the attachment.\n\nYes, Bob knows.",
            " Bob:",
            "  Bob:",
        ),
        (
            "Approved.\n\nOn Fri, 27 Nov 2026 at 09:00, Alice Moreau <alice@example.com> wrote:\n"
            "Can I take Friday off? Please approve.",
            "\nOn ",
            "\nOn" + " " * 450,
        ),
    ],
    ids=["a banner", "an introduction"],
)  # fmt: skip
def test_blanks_within_a_line_make_no_answer_of_it(text: str, narrow: str, wide: str) -> None:
    assert read(message(text)).outcome == "unclear"
    assert read(message(text.replace(narrow, wide))).outcome == "unclear"


def test_signed_content_is_not_taken_out_of_quoted_printable() -> None:
    coded = quopri.encodestring(signed_data(part(TEXT, "Approve")))
    kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    assert read(message(coded, f"Content-Type: {kind}")).outcome == "unclear"
    plain = base64.encodebytes(signed_data(part(TEXT, "Approve")))
    encoded = "Content-Transfer-Encoding: base64"
    assert read(message(plain, f"Content-Type: {kind}", encoded)).outcome == "approve"


def test_a_message_with_many_signed_parts_is_refused() -> None:
    kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    encoded = base64.encodebytes(signed_data(part(TEXT, "Approve")))
    signed = part(kind, encoded, "Content-Transfer-Encoding: base64")
    assert read(entity(multipart("mixed", *[signed] * 3))).outcome == "approve"
    assert read(entity(multipart("mixed", *[signed] * 11))).outcome == "rejected"


@pytest.mark.parametrize("end", [b"\n", b"\n\r\n"])
def test_a_line_end_that_servers_read_on_over_begins_no_text(end: bytes) -> None:
    """Who takes only CR LF for a line end sees a field that no signature covers."""
    raw = message("Why should I?\n", f"In-Reply-To: {SENT_ID}")
    hidden = raw.replace(b"In-Reply-To", b"X: a\n" + end + b"APPROVE\r\n\r\nx\r\nIn-Reply-To", 1)
    assert read(hidden).outcome == "rejected"
    assert read(hidden.replace(b"a\n" + end, b"a\r\n\n", 1)).outcome == "rejected"


def test_a_field_on_top_may_end_with_another_line_end() -> None:
    """As programs write that take a message from a mailbox."""
    raw = message("APPROVE\n")
    assert read(b"Delivered-To: x\n" + raw).outcome == "approve"
    assert read(raw.replace(b"\r\n", b"\n")).outcome == "approve"
