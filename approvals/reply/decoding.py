"""From a part's bytes to its text: by its charset, strictly, from a short list."""

import re

import re2

from approvals.reply.limits import MAX_TEXT
from approvals.reply.parts import Part
from approvals.reply.transfer import Undecodable

ISO = ("iso-8859", "iso8859", "iso_8859")
# MIME name -> Python codec. Never a Python-only codec, never utf-7. The wider codecs are those that
# mail programs use for the narrower names.
CHARSETS = {
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jis_2004",
    "iso-2022-jp": "iso2022_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    **{
        f"{iso}-{number}": f"iso8859_{number}"
        for iso in ISO
        for number in (*range(2, 12), *range(13, 17))
    },
    **{f"{iso}-9": "cp1254" for iso in ISO},
    # Hebrew and Arabic mail says how the text runs, too (RFC 1556): -i by its letters, -e by marks.
    **{f"iso-8859-{number}-{way}": f"iso8859_{number}" for number in (6, 8) for way in "ie"},
    **{f"windows-125{digit}": f"cp125{digit}" for digit in (0, 1, 3, 4, 5, 6, 7, 8)},
    # Other names of theirs, as older mail programs write them (their registered aliases, mostly).
    **dict.fromkeys(("iso8859-1", "iso_8859-1", "iso_8859-1:1987", "latin-1", "l1"), "cp1252"),
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "csiso2022jp": "iso2022_jp",
    **dict.fromkeys(("cp936", "ms936", "x-gbk", "gb_2312-80", "euc-cn"), "gb18030"),
    **dict.fromkeys(("cp932", "ms932", "x-sjis", "sjis", "ms_kanji"), "cp932"),
    **dict.fromkeys(("cp949", "ms949", "x-windows-949", "ks_c_5601", "ksc5601", "uhc"), "cp949"),
    **dict.fromkeys(("x-euc-jp", "eucjp"), "euc_jis_2004"),
    **{f"cp125{digit}": f"cp125{digit}" for digit in range(9)},
    **dict.fromkeys(("x-mac-roman", "mac"), "mac_roman"),
}

THANKS = "谢谢".encode("gb18030")  # a common word, whose bytes are UTF-8 (лл) by chance
# No program writes line ends of a text so (RFC 2045, 6.7, rule 4). What quotes "=0A" and was sent as it
# is may have been declared quoted-printable since: many signatures don't cover that field.
LINE_END = re2.compile(rb"=0[AaDd]")

ESCAPES = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
# ISO-2022-JP's bytes of a pair of letters and of kana; in EUC-JP they have the high bit.
TO_HIGH = bytes(byte | 0x80 for byte in range(0x100))
DOUBLE = re.compile(rb"(?:[\x21-\x7e]{2})*+")
KANA = re.compile(rb"[\x21-\x5f]*+")


def text_of(part: Part) -> str:
    """The decoded text of a part. Raises Undecodable and TooMuch."""
    if not part.readable:
        raise Undecodable("the part's head contradicts itself")
    if part.encoding == "quoted-printable" and LINE_END.search(part.body):
        raise Undecodable("its quoted-printable hides line ends")
    data = part.data(most=MAX_TEXT)
    text = decoded(data, part.parameters.get("charset"))
    if not (data.replace(THANKS, b"").isascii() or is_unicode(part)) and is_utf8(data):
        # The declared charset may not be the author's, and hide the apostrophe of a negation.
        raise Undecodable("its bytes are UTF-8, but it declares another charset")
    return text.removeprefix("\ufeff")


def is_unicode(part: Part) -> bool:
    """Whether the part's charset is UTF-8: of no other one can be told whether it is the right one."""
    return CHARSETS.get(part.parameters.get("charset", "utf-8").strip().lower()) == "utf-8"


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(data: bytes, charset: str | None) -> str:
    """Text of bytes; without a charset it must be UTF-8 (ASCII, that is). Raises Undecodable."""
    codec = CHARSETS.get(charset.strip().lower()) if charset else "utf-8"
    if codec is None:
        raise Undecodable("its charset is not one that we read")
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        if codec == "iso2022_jp":
            return _japanese(data)
        raise Undecodable("its bytes do not fit its charset") from None


def _japanese(data: bytes) -> str:
    """ISO-2022-JP with half-width kana and NEC's signs (㈱, ①), as Outlook and others in Japan write it.

    Python's codec lacks these; EUC-JP has them, as the same bytes with the high bit. Raises Undecodable.
    """
    pieces = [b"(B", *ESCAPES.split(data)]
    text = []
    for escape, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if escape in (b"(B", b"(J") and b"\x1b" not in piece:
            text.append(piece)
        elif escape == b"(I" and KANA.fullmatch(piece):
            text += [bytes((0x8E, byte | 0x80)) for byte in piece]
        elif escape in (b"$@", b"$B") and DOUBLE.fullmatch(piece):
            text.append(piece.translate(TO_HIGH))
        else:
            raise Undecodable("its bytes do not fit its charset")
    try:
        data.decode("ascii")  # all of it has seven bits
        return b"".join(text).decode("euc_jis_2004")
    except UnicodeError:
        raise Undecodable("its bytes do not fit its charset") from None
