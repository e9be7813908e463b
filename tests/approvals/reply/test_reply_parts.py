"""Which part of a message is its body, and how its bytes become text."""

import base64

import pytest

from tests.approvals.reply.incoming import entity, message, multipart, outcome, part, read

ONCE, NO, UNCLEAR, REJECTED = (
    ("approve", None),
    ("deny", None),
    ("unclear", None),
    ("rejected", None),
)
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


def encoded(text: str, charset: str, codec: str, encoding: str = "8bit") -> bytes:
    data = text.encode(codec)
    if encoding == "base64":
        data = base64.encodebytes(data)
    return message(
        data,
        f"Content-Type: text/plain; charset={charset}",
        f"Content-Transfer-Encoding: {encoding}",
    )


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("us-ascii", "ascii"),
        ('"UTF-8"', "utf-8"),
        ("iso-8859-1", "latin-1"),
        ("iso-8859-15", "iso8859-15"),
        ("iso-8859-8-i", "iso8859-8"),
        ("ISO-8859-6-E", "iso8859-6"),
        ("Windows-1252", "cp1252"),
        ("windows-1251", "cp1251"),
        ("koi8-r", "koi8-r"),
        ("koi8r", "koi8-r"),
        ("iso8859-9", "iso8859-9"),
        ("gb2312", "gb2312"),
        ("big5", "big5"),
        ("shift_jis", "shift_jis"),
        ("iso-2022-jp", "iso2022_jp"),
        ("euc-kr", "euc_kr"),
        ("ks_c_5601-1987", "cp949"),
        ("iso8859-1", "latin-1"),
        ("cp1251", "cp1251"),
        ("x-sjis", "cp932"),
        ("cp936", "gb18030"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_usual_charsets_are_read(charset: str, codec: str, encoding: str) -> None:
    assert outcome(encoded("APPROVE\r\nThanks\r\n", charset, codec, encoding)) == ONCE


def test_a_word_whose_bytes_are_utf_8_by_chance_is_read() -> None:
    reading = read(encoded("APPROVE\r\n\r\n谢谢 王\r\n", "gb2312", "gb2312", "base64"))
    assert (reading.outcome, reading.comment) == ("approve", "谢谢 王")
    assert (
        read(encoded("APPROVE\r\n\r\n谢谢\r\n", "gb18030", "gb18030", "8bit")).outcome == "approve"
    )
    mislabelled = encoded("I don\u2019t agree", "gb2312", "utf-8", "8bit").replace(
        b"I don", b"APPROVE, I don"
    )
    assert read(mislabelled).outcome == "unclear"


@pytest.mark.parametrize(
    ("charset", "data", "comment"),
    [
        ("iso-2022-jp", b"\x1b$B-j-!\x1b(B\n\x1b(I60\x1b(B", "㈱①\nｶｰ"),
        ("euc-jp", b"\xad\xea\xad\xa1", "㈱①"),
        ("big5", b"\xa3\xe1", "€"),
    ],
)
def test_signs_that_programs_add_to_a_charset_are_read(
    charset: str, data: bytes, comment: str
) -> None:
    raw = message(b"Approve\n" + data, f"Content-Type: text/plain; charset={charset}")
    assert read(raw).comment == comment
    assert outcome(raw) == ONCE


@pytest.mark.parametrize(
    "data", [b"\x1b$B-\x1b(B", b"\x1b(I\x7e\x1b(B", b"\x1b$Ca", b"a\x1b", b"\xb6"]
)
def test_damaged_iso_2022_jp_is_unclear(data: bytes) -> None:
    raw = message(b"Approve\n" + data, "Content-Type: text/plain; charset=iso-2022-jp")
    assert outcome(raw) == UNCLEAR


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-7", b"+AEEAUABQAFIATwBWAEU-"),
        ("utf-7", b"APPROVE"),
        ("rot13", b"NCCEBIR"),
        ("rot_13", b"APPROVE"),
        ("idna", b"APPROVE"),
        ("punycode", b"APPROVE-"),
        ("unicode_escape", b"APPROVE"),
        ("raw_unicode_escape", b"APPROVE"),
        ("hex", b"415050524f5645"),
        ("zlib", b"APPROVE"),
        ("utf-16", "APPROVE".encode("utf-16")),
        ("utf-32", "APPROVE".encode("utf-32")),
        ("cp037", "APPROVE".encode("cp037")),
        ("hz-gb-2312", b"APPROVE"),
        ("x-unknown", b"APPROVE"),
        ("utf-8", b"APPROVE\n\xff\xfe"),
        ("us-ascii", b"APPROVE\n\xe4"),
        ("utf-8", b"\xc1\x81PPROVE"),
    ],
)
def test_other_charsets_and_damaged_text_are_unclear(charset: str, data: bytes) -> None:
    assert outcome(message(data, f"Content-Type: text/plain; charset={charset}")) == UNCLEAR


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        ("quoted-printable", b"APPROVE=20FOR 2=\r\n HOURS\r\n", ("approve", 120)),
        ("quoted-printable", b"=41PPROVE\r\n", ONCE),
        ("quoted-printable", b"APPROVE =\r\nnot\r\n", UNCLEAR),
        ("quoted-printable", b"APPROVE=0D=0ADENY\r\n", UNCLEAR),  # no program writes line ends so
        ("quoted-printable", b"APPROVE\r\n\r\nThanks=0ADENY\r\n", UNCLEAR),
        ("quoted-printable", b"APPROVE=ZZ\r\n", UNCLEAR),
        ("base64", b"QVBQUk9WRQ==\r\n", ONCE),
        ("base64", b"QVBQUk9WRQ\r\n", UNCLEAR),
        ("base64", b"QVBQ!!Uk9WRQ==\r\n", UNCLEAR),
        ("base64", b"QVBQUk9WRQ==\r\nREVOWQ==\r\n", UNCLEAR),
        ("x-uuencode", b"APPROVE\r\n", UNCLEAR),
        ("7bit", b"APPROVE\r\n", ONCE),
        ("7BIT", b"=41PPROVE\r\n", UNCLEAR),
    ],
)
def test_transfer_encodings_are_taken_off_strictly(
    encoding: str, data: bytes, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(data, f"Content-Transfer-Encoding: {encoding}")) == expected


def nested(*parts: bytes, kind: str = "mixed") -> bytes:
    return multipart(kind, *parts)


ATTACHED = part(TEXT, "APPROVE", "Content-Disposition: attachment; filename=a.txt")
SIGNATURE = part("application/pgp-signature", "x")
TREES = [
    ("text, then attached text", nested(part(TEXT, "DENY"), ATTACHED), NO),
    ("attached text first", nested(ATTACHED, part(TEXT, "DENY")), NO),
    ("only attached text", nested(ATTACHED), UNCLEAR),
    ("second text is no body", nested(part(TEXT, "ok"), part(TEXT, "APPROVE")), UNCLEAR),
    ("text and footer", nested(part(TEXT, "APPROVE"), part(HTML, "<p>NO disclaimer</p>")), ONCE),
    (
        "alternative in mixed",
        nested(
            multipart("alternative", part(TEXT, "DENY"), part(HTML, "<p>DENY</p>"), boundary="b1"),
            ATTACHED,
        ),
        NO,
    ),
    (
        "alternatives that differ",
        nested(part(TEXT, "APPROVE"), part(HTML, "<p>ok</p>"), kind="alternative"),
        UNCLEAR,
    ),
    (
        "three alternatives",
        nested(
            part(TEXT, "APPROVE"), part(TEXT, "DENY"), part(HTML, "APPROVE"), kind="alternative"
        ),
        UNCLEAR,
    ),
    ("related", nested(part(HTML, "<p>APPROVE</p>"), part("image/png", "x"), kind="related"), ONCE),
    ("PGP signed", nested(part(TEXT, "APPROVE"), SIGNATURE, kind="signed"), ONCE),
    (
        "S/MIME signed",
        nested(part(TEXT, "DENY"), part("application/pkcs7-signature", "x"), kind="signed"),
        NO,
    ),
    (
        "PGP encrypted",
        nested(
            part("application/pgp-encrypted", "Version: 1"), part(TEXT, "APPROVE"), kind="encrypted"
        ),
        UNCLEAR,
    ),
    ("attached message", nested(part("message/rfc822", "Subject: x\n\nAPPROVE")), UNCLEAR),
    ("no text at all", nested(part("image/png", "APPROVE")), UNCLEAR),
    (
        "damaged alternative",
        nested(part(TEXT, "APPROVE"), part("text/html; charset=utf-7", "x"), kind="alternative"),
        UNCLEAR,
    ),
]


@pytest.mark.parametrize(("name", "mime", "expected"), TREES, ids=[tree[0] for tree in TREES])
def test_the_first_body_decides(name: str, mime: bytes, expected: tuple[str, int | None]) -> None:
    assert outcome(entity(mime)) == expected


def test_a_boundary_that_begins_another_one_is_told_apart() -> None:
    mime = multipart(
        "mixed", multipart("alternative", part(TEXT, "DENY"), boundary="b0-inner"), boundary="b0"
    )
    assert outcome(entity(mime)) == NO


@pytest.mark.parametrize(
    "head",
    [
        ["Content-Type: multipart/mixed"],
        ["Content-Type: multipart/mixed; boundary=x"],
        ["Content-Type: text/plain", "Content-Type: text/html"],
        ["Content-Type: text/plain; charset=utf-8; charset=utf-7"],
        ["Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64"],
        ["Content-Type: APPROVE"],
        ["Content-Disposition: attachment"],
        ["Content-Type: application/pkcs7-mime; smime-type=enveloped-data"],
        ["Content-Type: text/enriched"],
    ],
)
def test_a_head_that_contradicts_itself_is_unclear(head: list[str]) -> None:
    assert outcome(message("APPROVE\r\n", *head)) == UNCLEAR


def test_an_answer_in_the_subject_alone_is_unclear() -> None:
    assert outcome(message("\n").replace(b"Subject: Re:", b"Subject: APPROVE")) == UNCLEAR


def der(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def signed_data(inner: bytes) -> bytes:
    data = bytes.fromhex("2a864886f70d010701")
    content = der(48, der(6, data), der(160, der(4, inner)))
    signed = der(48, der(2, b"\x01"), der(49), content, der(49))
    return der(48, der(6, bytes.fromhex("2a864886f70d010702")), der(160, signed))


def chunked_signed_data(inner: bytes) -> bytes:
    """The same in indefinite lengths, as mail programs that stream write it."""
    chunks = b"".join(der(4, inner[at : at + 7]) for at in range(0, len(inner), 7))
    data = der(6, bytes.fromhex("2a864886f70d010701"))
    content = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + chunks + b"\0\0" * 3
    signed = b"\x30\x80" + der(2, b"\x01") + der(49) + content + der(49) + b"\0\0"
    return (
        b"\x30\x80"
        + der(6, bytes.fromhex("2a864886f70d010702"))
        + b"\xa0\x80"
        + signed
        + b"\0\0\0\0"
    )


def opaque(cms: bytes) -> bytes:
    """A message that is S/MIME signed-data."""
    return message(
        base64.encodebytes(cms),
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "Content-Disposition: attachment; filename=smime.p7m",
        "Content-Transfer-Encoding: base64",
    )


@pytest.mark.parametrize("make", [signed_data, chunked_signed_data])
def test_opaque_signed_mail_is_read_inside(make: object) -> None:
    inner = b"Content-Type: text/plain\r\n\r\nAPPROVE FOR 2 HOURS\r\n"
    assert outcome(opaque(make(inner))) == ("approve", 120)  # type: ignore[operator]


FILES = [
    (TEXT, "Content-Disposition: inline; filename=note.txt"),
    (TEXT, "Content-Disposition: inline; x=\"a;b\"; FileName*0*=utf-8''note.txt"),
    (TEXT, "Content-Disposition: inline; (x) filename=note.txt"),
    (TEXT, "Content-Disposition: inline; filename=n\udce9.txt"),
    (f'{TEXT}; name="note.txt"', "X-Other: y"),
    (f"{TEXT};\r\n name*=utf-8''note.txt", "X-Other: y"),
    ("text/html; charset=utf-8; name=note.html", "Content-Disposition: inline"),
    (TEXT, 'Content-Disposition: "attachment"; x=y'),
    (TEXT, "Content-Disposition: (x) attachment"),
    (TEXT, "Content-Disposition: (x (y))\r\n ATTACHMENT; x=y"),
]


@pytest.mark.parametrize(("media_type", "field"), FILES)
def test_a_text_file_is_never_the_text(media_type: str, field: str) -> None:
    file = f"Content-Type: {media_type}\r\n{field}\r\n\r\nAPPROVE".encode(
        "utf-8", "surrogateescape"
    )
    for more in (part(TEXT, "Please wait."), part("image/png", "x")):
        raw = entity(multipart("mixed", file, more))
        assert outcome(raw) == ("unclear", None)
    assert outcome(entity(multipart("mixed", part(TEXT, "DENY"), file)))[0] == "deny"
    assert outcome(entity(file)) == ("unclear", None)
    assert outcome(entity(multipart("alternative", part(TEXT, "YES"), file)))[0] == "unclear"


@pytest.mark.parametrize(
    "field",
    [
        "Content-Disposition: inline",
        'Content-Disposition: inline; x="; name=y"',
        'Content-Disposition: inline; filename=""',
    ],
)
def test_a_text_that_is_shown_in_its_place_is_read(field: str) -> None:
    text = part(f"{TEXT}; format=flowed", "APPROVE", field)
    assert outcome(entity(multipart("mixed", text)))[0] == "approve"


@pytest.mark.parametrize(
    "inner",
    [
        multipart("alternative", part(TEXT, "Yes. See you."), part("text/calendar", "BEGIN:X")),
        multipart("mixed", part(TEXT, "Yes."), multipart("report", part(TEXT, "x"), boundary="b2")),
        multipart("report", part(TEXT, "Yes."), part("message/disposition-notification", "x")),
        part("application/x-pkcs7-mime", signed_data(part("text/calendar", "BEGIN:X"))),
    ],
)
def test_opaque_signed_mail_is_automatic_if_what_is_inside_is(inner: bytes) -> None:
    assert outcome(opaque(signed_data(inner)))[0] == "ignored"
