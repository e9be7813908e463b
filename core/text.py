"""Text from outside, made harmless to read: everything that hides, turns or breaks becomes visible.

A file name may hold characters that turn the reading direction, take no room, or end a line. Each
becomes an escape such as `[U+202E]`, so that people see what is there and no line begins inside a
value. Pure; mails, pages, reasons and what terminals show all use it. Names that are given here have
nothing to hide: `plain_name` refuses such characters, and `name_key` says which names are alike.
"""

import hashlib
import unicodedata

ELLIPSIS = "…"
# Control, format (with every direction mark), surrogate, private use, unassigned; separators of
# lines and of paragraphs.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and symbols that show nothing: the rest of Unicode's Default_Ignorable_Code_Point
# (fillers, the grapheme joiner, inherent vowels, variation selectors), and those that are blank.
_HIDDEN_LETTERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    "\u2800\ufffc\U00016fe4\U0001d159"  # empty Braille cell, object, Khitan filler, null notehead
) | frozenset(
    chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)


def is_hidden(letter: str) -> bool:
    """Whether one character is shown as an escape."""
    return unicodedata.category(letter) in _HIDDEN_CATEGORIES or letter in _HIDDEN_LETTERS


def escape(letter: str) -> str:
    """`[U+202E]` for one character."""
    return f"[U+{ord(letter):04X}]"


def visible_parts(text: str) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is an escape.

    Runs of ordinary characters stay as they are (no normalisation); each hidden character is a
    piece of its own, so a page can mark it. No piece is empty, and none holds a line break.
    """
    if text.isascii() and text.isprintable():  # nearly all: without a look at each letter
        return [(text, False)] if text else []
    parts: list[tuple[str, bool]] = []
    begin = 0
    for position, letter in enumerate(text):
        # Printable ASCII is most of the rest too; the look-ups are for what remains.
        if " " <= letter <= "~" or not is_hidden(letter):
            continue
        if begin < position:
            parts.append((text[begin:position], False))
        parts.append((escape(letter), True))
        begin = position + 1
    if begin < len(text):
        parts.append((text[begin:], False))
    return parts


def visible(text: str, limit: int | None = None) -> str:
    """`text` on one line with hidden characters escaped, at most `limit` characters long.

    What is cut ends with an ellipsis, which counts; an escape is never cut in two. `limit` must
    be at least 1 (ValueError).
    """
    if text.isascii() and text.isprintable() and len(text) <= (limit or len(text)):
        return text  # as nearly every text
    if limit is None:
        return "".join(piece for piece, _ in visible_parts(text))
    if limit < 1:
        raise ValueError("limit must be at least 1")
    # Each character gives at least one: more than `limit` of them can never fit.
    parts = visible_parts(text[: limit + 1])
    whole = "".join(piece for piece, _ in parts)
    return whole if len(whole) <= limit else _cut(parts, limit - len(ELLIPSIS)) + ELLIPSIS


def _cut(parts: list[tuple[str, bool]], room: int) -> str:
    kept = ""
    for piece, is_escape in parts:
        left = room - len(kept)
        if len(piece) > left:
            return kept if is_escape else kept + piece[:left]
        kept += piece
    return kept


MAX_NAME_KEY = 200


def plain_name(text: str) -> str:
    """`text` as a name is stored: NFC, on one line, without outer and double blanks.

    Raises ValueError, a sentence, for a character that can't be seen or turns the direction.
    """
    for letter in text:
        if is_hidden(letter):
            what = "line break" if letter in "\r\n\u2028\u2029" else "hidden character"
            raise ValueError(f"Remove the {what} {escape(letter)}.")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def name_key(name: str) -> str:
    """The same for names that people take for one: NFKC, cases folded, hidden characters left out.

    At most MAX_NAME_KEY characters: of a longer one, its SHA-256.
    """
    seen = "".join(c for c in name if not is_hidden(c))
    for form in ("NFD", "NFKC"):  # as Unicode defines NFKC_Casefold: folding may need it again
        seen = unicodedata.normalize("NFKC", unicodedata.normalize(form, seen).casefold())
    key = " ".join(seen.split())
    return key if len(key) <= MAX_NAME_KEY else hashlib.sha256(key.encode()).hexdigest()


def short_hash(digest: str) -> str:
    """Both ends of a hash, for use within a sentence: "9f2c1e7b…d8a1c94e"."""
    return digest if len(digest) <= 20 else f"{digest[:8]}…{digest[-8:]}"
