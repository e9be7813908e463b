"""The rules of style sheets: selectors and declarations, and whether all programs read them alike."""

import re
from collections.abc import Iterator

import re2

PIECE = re2.compile(r"([^{}]*)([{}])")
STRING = re.compile(r"\"(?:[^\"\\\n]|\\[0-9a-f@])*+\"|'(?:[^'\\\n]|\\[0-9a-f@])*+'")
STRING_OR_COMMENT = re.compile(rf"{STRING.pattern}|/\*.*?(?:\*/|\Z)", re.DOTALL)
IN_STRINGS = str.maketrans("{};[]", "_____")
ATTRIBUTE = re2.compile(r"\[[^\[\]{}]*\]")
ODD_ADDRESS = re2.compile(r"url\(\s*[^\"'\s)][^)]*[\"']")
# Python's own expressions, which are far quicker on short texts; none of these looks back.
NAME = re.compile(r"[.#]-?[a-z_][a-z0-9_-]*+")
# The last piece of a selector, of which we know all that it may name.
KNOWN = re.compile(r"([a-z][a-z0-9]*+)?((?:[.#]-?[a-z_][a-z0-9_-]*+)*+)(?:::?[a-z-]++)*+\Z")
AT_RULES = re.compile(r"@(?:media|font-face|page|list|supports)\b[^\\]*+\Z")
FONTS = re2.compile(
    r"@font-face[^}]*(?:data:|-override|size-adjust)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
EVERYTHING = "*"
NOT_IN_SELECTORS = frozenset("()[]\"'\\|&@")
WORDS = re2.compile(r"(?:mso-[a-z-]+|font-family)\s*:[^;{}\"']*")  # `mso-level-text:\F0B7`
VML = re2.compile(r"\b[vow]\\:(?:\*|[a-z]+)")


def tamed(written: str) -> str:
    """Style sheets in lower case: strings without what rules are made of, and a blank for a comment. One
    that isn't closed takes all the rest."""
    return STRING_OR_COMMENT.sub(_tamed, written.lower())


def _tamed(found: re.Match[str]) -> str:
    return " " if found.group().startswith("/*") else found.group().translate(IN_STRINGS)


def rules_of(text: str) -> Iterator[tuple[str, str]]:
    """Each rule's selectors and declarations, also of those in at-rules."""
    selectors = ""
    for piece, brace in PIECE.findall(text):
        if brace == "}":
            if selectors:
                yield selectors, piece
            selectors = ""
            continue
        prelude = piece.rpartition(";")[2].strip()
        selectors = "" if prelude.startswith("@") else prelude or EVERYTHING


def named_by(selectors: str) -> set[str]:
    """What the selectors name at their ends; everything, if we can't tell."""
    selectors = str(ATTRIBUTE.sub("", VML.sub("v", selectors)))  # without what makes them name less
    if not NOT_IN_SELECTORS.isdisjoint(selectors):
        return {EVERYTHING}
    found: set[str] = set()
    for selector in selectors.split(","):
        if selector.strip() == ":root":
            found.add("html")
            continue
        last = KNOWN.match(re.split(r"[ \t\n\r\f>+~]", selector.strip())[-1])
        if not last or not last.group():
            return {EVERYTHING}
        marked = NAME.findall(last.group(2))
        found.update(marked or [last.group(1) or EVERYTHING])
    return found


def is_odd(text: str) -> bool:
    """Whether a sheet holds what we would read otherwise than a mail program.

    Rules in rules (but for those of media and the like), rules that don't end, selectors with escapes
    (but for Word's `v\\:*`), text between rules, braces in strings, other sheets, fonts that come with
    the mail.
    """
    opened: list[bool] = []  # whether they are at-rules
    if (
        "<!--" in text
        or "-->" in text
        or "@import" in text
        or FONTS.search(text)
        or ODD_ADDRESS.search(text)
    ):
        return True
    bare = VML.sub("", WORDS.sub("", STRING.sub("", text)))
    if not {"'", '"', "\\"}.isdisjoint(bare):
        return True
    for piece, brace in PIECE.findall(text):
        if brace == "}":
            if not opened:
                return True
            opened.pop()
            continue
        before, _, prelude = piece.rpartition(";")
        prelude = prelude.strip()
        is_at = prelude.startswith("@")
        if is_at and not AT_RULES.match(prelude):
            return True
        if opened and not opened[-1]:
            return True
        if ";" in piece and not before.lstrip().startswith("@"):
            return True
        opened.append(is_at)
    return bool(opened)
