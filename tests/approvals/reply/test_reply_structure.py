"""Which part is the first text where others are skipped or can't be read, and what its head says."""

import base64

import pytest

from tests.approvals.reply.incoming import entity, message, multipart, outcome, part, read
from tests.approvals.reply.test_reply_parts import opaque, signed_data

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
ONCE, UNCLEAR = ("approve", None), ("unclear", None)
ENCRYPTED = part(
    "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
    "MIIBAAAA",
    "Content-Transfer-Encoding: base64",
    "Content-Disposition: attachment; filename=smime.p7m",
)
PICTURE = part("image/png", "x", "Content-ID: <p>")


def mixed(*parts: bytes) -> bytes:
    return entity(multipart("mixed", *parts))


def sealed(text: str) -> bytes:
    """A part that is S/MIME signed-data, called a file as all programs do."""
    return part(
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        base64.encodebytes(signed_data(part(TEXT, text))),
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename=smime.p7m",
    )


def renamed(entity: bytes) -> bytes:
    """A part whose kind a gateway didn't know."""
    return b"Content-Type: application/octet-stream; name=smime.p7m" + entity[entity.index(b"\r") :]


@pytest.mark.parametrize(("signed", "found"), [("DENY", "deny"), ("APPROVE", "approve")])
def test_what_is_signed_is_read_also_where_only_its_name_tells(signed: str, found: str) -> None:
    """RFC 8551, 3.9."""
    assert outcome(entity(renamed(sealed(signed))))[0] == found
    assert outcome(mixed(renamed(sealed(signed)), part(TEXT, "Yes.")))[0] == found


@pytest.mark.parametrize(("signed", "found"), [("DENY", "deny"), ("APPROVE", "approve")])
def test_what_is_signed_decides_and_not_the_footer_that_a_gateway_added(
    signed: str, found: str
) -> None:
    for footer in ("Yes.", "No.", "This message is confidential."):
        assert outcome(mixed(sealed(signed), part(TEXT, footer)))[0] == found


@pytest.mark.parametrize(
    "first",
    [
        [ENCRYPTED],
        [
            part("application/pgp-encrypted", "Version: 1", "Content-Disposition: attachment"),
            part("application/octet-stream", "-----BEGIN PGP MESSAGE-----"),
        ],
        [part("application/pgp; x-action=encrypt", "-----BEGIN PGP MESSAGE-----")],
        [renamed(ENCRYPTED)],
        [part("application/octet-stream; name=encrypted.asc", "-----BEGIN PGP MESSAGE-----")],
        [part("application/x-microsoft-rpmsg-message; name=message.rpmsg", "x")],
        [part("application/ms-tnef; name=winmail.dat", "x", "Content-Disposition: attachment")],
        [part("application/rtf", r"{\rtf1 No}")],
        [part("text/enriched; charset=utf-8", "<bold>No</bold>, I refuse this.")],
        [part("text/markdown; charset=utf-8", "**No**")],
        [part("application/xhtml+xml", "<html><body>No</body></html>")],
    ],
)
def test_a_first_text_that_cannot_be_read_is_not_passed_over(first: list[bytes]) -> None:
    assert outcome(mixed(*first, part(TEXT, "YES."))) == UNCLEAR


def test_a_file_in_front_of_the_text_is_passed_over() -> None:
    file = part("text/x-patch", "x", "Content-Disposition: attachment; filename=a.patch")
    assert outcome(mixed(file, PICTURE, part(TEXT, "APPROVE"))) == ONCE


@pytest.mark.parametrize(
    "other",
    [
        part("application/xhtml+xml; charset=utf-8", "<html><body><p>DENY</p></body></html>"),
        part("text/enriched; charset=utf-8", "DENY"),
        multipart(
            "related", PICTURE, part(HTML, "<p>DENY</p>"), more='; type="text/html"', boundary="b1"
        ),
    ],
)
def test_every_form_of_a_text_has_to_approve(other: bytes) -> None:
    assert outcome(entity(multipart("alternative", part(TEXT, "APPROVE"), other))) == UNCLEAR


def test_a_text_behind_its_pictures_is_read() -> None:
    mime = multipart("related", PICTURE, part(HTML, "<p>APPROVE</p>"), more='; type="text/html"')
    assert outcome(entity(mime)) == ONCE


@pytest.mark.parametrize(
    "field",
    [
        f"{TEXT}; (RFC 3676) format=flowed",
        f"{TEXT}; format=(a (b)) flowed",
        f"{TEXT}; format*=us-ascii''flowed",
        'text/plain; charset="utf-8" format=flowed',
        'text/plain; charset="utf-8", format=flowed',
        "text/plain; charset*=utf-8''utf-8",
    ],
)
def test_a_content_type_is_read_as_a_whole_or_not_at_all(field: str) -> None:
    text = "Approve \nonly if Bob agrees\n"
    assert outcome(message(text, f"Content-Type: {field}")) == UNCLEAR


@pytest.mark.parametrize(
    "field",
    [
        "text/plain;charset=utf-8;",
        'text/plain; charset = "utf-8" (Unicode) ; ; format=fixed',
        "text/plain; charset=utf-8; x-mac-type=54455854; x-unix-mode",
        "text/plain; charset=us-ascii (Plain text)",
    ],
)
def test_usual_oddities_of_a_content_type_lose_no_answer(field: str) -> None:
    assert outcome(message("APPROVE", f"Content-Type: {field}")) == ONCE


@pytest.mark.parametrize(
    ("media_type", "field"),
    [
        ('text/plain; charset="utf-8" name="note.txt"', "X-Other: y"),
        (TEXT, "Content-Disposition: inline filename=note.txt"),
        (TEXT, 'Content-Disposition: inline; x="y" filename=note.txt'),
    ],
)
def test_what_may_be_a_files_name_makes_a_text_unclear(media_type: str, field: str) -> None:
    assert outcome(mixed(part(media_type, "APPROVE", field))) == UNCLEAR


@pytest.mark.parametrize(
    "body",
    [
        b"APPROVE=\r, but only if Bob agrees\r\n",
        b"=\rNo, not before Monday. Bob wrote:\r\nAPPROVE\r\n",
        b"APPROVE=\r\r\n, but only if Bob agrees\r\n",
        b"APPROVE\r\n\r, but only if Bob agrees\r\n",
        b"APPROVE= \t\r\n, but only if Bob agrees\r\n",
    ],
)
def test_only_a_line_end_makes_a_soft_break_of_quoted_printable(body: bytes) -> None:
    assert outcome(message(body, "Content-Transfer-Encoding: quoted-printable")) == UNCLEAR


def test_signed_mail_with_pictures_is_read_inside() -> None:
    picture = part(
        "image/png", base64.encodebytes(b"x" * 700_000), "Content-Transfer-Encoding: base64"
    )
    signed = multipart("related", part(HTML, "<p>APPROVE</p>"), picture)
    assert outcome(opaque(der_long(signed))) == ONCE


def der_long(inner: bytes) -> bytes:
    """Signed-data of more than 64 KB, in chunks as programs that stream write it."""
    chunks = b"".join(
        b"\x04\x82" + len(piece).to_bytes(2, "big") + piece
        for piece in (inner[at : at + 60_000] for at in range(0, len(inner), 60_000))
    )
    data = bytes.fromhex("06092a864886f70d010701")
    content = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + chunks + b"\0\0" * 3
    signed = b"\x30\x80\x02\x01\x01\x31\x00" + content + b"\x31\x00\0\0"
    kind = bytes.fromhex("06092a864886f70d010702")
    return b"\x30\x80" + kind + b"\xa0\x80" + signed + b"\0\0\0\0"


def test_a_short_line_above_a_word_too_long_for_it_may_go_on_there() -> None:
    link = "https://contoso.sharepoint.example/sites/IT/Shared%20Documents/policies/admin.aspx"
    assert outcome(message(f"Approved:\n{link} is what I'd read first, so not yet.\n")) == UNCLEAR
    assert outcome(message(f"Approved.\n\n{link} says how.\n")) == ONCE
    assert outcome(message("Approved.\nSee https://wiki.example/x, not the old page.\n")) == ONCE


def test_the_limit_of_parts_holds_for_what_is_signed_too() -> None:
    picture = b"Content-Type: image/png\r\n\r\nx"
    inner = multipart("mixed", part(TEXT, "APPROVE"), *[picture] * 60, boundary="inner")
    sealed_twice = [renamed(part("x/y", base64.encodebytes(signed_data(inner)),
                    "Content-Transfer-Encoding: base64"))] * 2  # fmt: skip
    reading = read(mixed(*sealed_twice))
    assert (reading.outcome, reading.reason) == ("rejected", "The message has too many parts.")


def test_a_message_that_was_cut_off_in_its_text_is_unclear() -> None:
    kinds = {
        "alternative": [part(TEXT, "APPROVE"), part(HTML, "<p>APPROVE</p>")],
        "mixed": [part(TEXT, "APPROVE")],
    }
    for kind, parts in kinds.items():
        whole = entity(multipart(kind, *parts))
        assert outcome(whole) == ONCE
        assert outcome(whole.removesuffix(b"\r\n--=_b0--\r\n")) == UNCLEAR
    with_file = mixed(part(TEXT, "APPROVE"), PICTURE)
    assert outcome(with_file.removesuffix(b"\r\n--=_b0--\r\n")) == ONCE


def test_of_what_is_signed_with_pgp_only_the_first_part_is_read() -> None:
    """RFC 1847, 2.1: the second one is the signature."""
    file = part("application/pdf; name=a.pdf", "x", "Content-Disposition: attachment")
    assert outcome(entity(multipart("signed", file, part(TEXT, "APPROVE")))) == UNCLEAR
    assert outcome(entity(multipart("signed", part(TEXT, "APPROVE"), file))) == ONCE
