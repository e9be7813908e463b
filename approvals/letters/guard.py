# ruff: noqa: RUF001, RUF002 - quotation marks of many languages, a multiplication sign
"""Our mail's lines must never look like an answer, however a mail program wraps or quotes them.

A reply repeats our text. Programs wrap it at blanks, drop their quote marks, flatten the HTML; a
piece that then stands at the beginning of a line and reads "APPROVE." could be taken for what the
approver wrote. So a blank before a decision word becomes a no-break space, everywhere in our mail,
in the requester's reason as in our own sentences: no wrapping at blanks can begin a line with one.
Of a long run of blanks only the first two stay, the others are counted: as no-break spaces they would
be one long word, which programs cut into pieces, some of them blank lines; and as blanks they push
what follows out of sight.

What remains, and is left to the reading of replies: programs that break at no-break spaces or turn
them into blanks before they wrap, and programs that cut overlong words at a fixed column.
"""

import re

from approvals.words import DECISION_WORDS
from core.text import escape

NO_BREAK = "\u00a0"
# The marks of bold and italic around a word, and quotation marks, are dropped when a reply is read.
# Templates escape two of them.
_MARKS = "*_\"'`“”„‟‘’‚‛«»‹›〝〞〟＂＇"
_WORD = rf"(?:[{_MARKS}]|&quot;|&#x27;)*(?:{'|'.join(DECISION_WORDS)})(?![^\W_])"
_BEFORE_WORD = re.compile(rf"[^\S\n]+(?={_WORD})", re.IGNORECASE)
_BEGINS = re.compile(rf"\s*{_WORD}", re.IGNORECASE)
_MORE_BLANKS = re.compile(r"(?<=[^\S\n]{2})([^\S\n])\1*")
_MARKUP = re.compile(r"(<[^>]*>)")


def begins_with_decision_word(line: str) -> bool:
    """Whether a reader could take the beginning of this line for a decision word."""
    return _BEGINS.match(line) is not None


def guarded(text: str) -> str:
    """Plain text in which no blank stands before a decision word, nor a third one after two: the others
    are shown as `[U+0020]`, or `[U+0020×148]`. Line breaks stay."""
    text = _MORE_BLANKS.sub(_counted, text)
    return _BEFORE_WORD.sub(lambda blanks: NO_BREAK * len(blanks[0]), text)


def _counted(blanks: re.Match[str]) -> str:
    times = f"×{len(blanks[0])}]" if len(blanks[0]) > 1 else "]"
    return escape(blanks[1]).replace("]", times)


def guarded_html(html: str) -> str:
    """The same for the text between the tags; the tags of our templates stay as they are."""
    pieces = _MARKUP.split(html)
    return "".join(piece if piece.startswith("<") else guarded(piece) for piece in pieces)


def unbroken(text: str) -> str:
    """Words that belong together: no line breaks between them."""
    return text.replace(" ", NO_BREAK)
