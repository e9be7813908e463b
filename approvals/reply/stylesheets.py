"""Names that a message's own style sheets hide.

A style sheet is understood roughly: an element that has the tag, class or id at the end of a hiding
rule's selector counts as hidden. Too much may vanish by that, so an answer in such an element is none.
"""

from dataclasses import dataclass

import re2
from lxml import etree

from approvals.reply.html_quotes import has_bar
from approvals.reply.limits import TooMuch
from approvals.reply.visibility import TextStyle, declarations, hides, text_style, without_comments

RULE = re2.compile(r"([^{}]+)\{([^{}]*)\}")
NAME = re2.compile(r"[.#]?[a-z0-9_-]+")
PIECE = re2.compile(r"([^{}]*)([{}])")
BRACKETS = re2.compile(r":(?:not|is|where|has|matches|any)\([^()]* ")  # its end is no selector's
EVERYTHING = "*"
WHOLE = {"body", "html"}
WORDLESS = ("", "none", "normal", "initial")  # a `content` that adds no text
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide


@dataclass(frozen=True)
class SheetNames:
    """Tags, `.classes` and `#ids` whose elements count as hidden, or look other than we know."""

    hidden: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()

    def hide(self, tag: str, attributes: dict[str, str]) -> bool:
        return _holds(self.hidden, tag, attributes)

    def make_doubtful(self, tag: str, attributes: dict[str, str]) -> bool:
        return _holds(self.doubtful, tag, attributes)


def _holds(names: frozenset[str], tag: str, attributes: dict[str, str]) -> bool:
    if not names:
        return False
    if EVERYTHING in names:
        return True
    own = {tag, "#" + attributes.get("id", "").lower()}
    own.update("." + name for name in attributes.get("class", "").lower().split())
    return not names.isdisjoint(own)


def named_in_sheets(root: etree._Element) -> SheetNames:
    """What the style elements below `root` name. Raises TooMuch."""
    whole = " ".join(element.text or "" for element in root.iter("style"))
    if not whole:
        return SheetNames()
    text = without_comments(whole[:MAX_STYLES].lower())
    hidden: set[str] = set()
    doubtful: set[str] = set()
    if text.count("{") > MAX_RULES or text.count(",") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    if len(whole) > MAX_STYLES or _is_odd(text):
        doubtful.add(EVERYTHING)
    for selectors, body in RULE.findall(text):
        style = declarations(body)
        white = any(value in ("white", "#fff", "#ffffff") for value in style.get("color", []))
        plain = not any(name.startswith("background") for name in style)
        adds = any(value.strip("\"' ") not in WORDLESS for value in style.get("content", []))
        if hides(style) or (white and plain) or adds:
            hidden.update(_named(selectors, all_of_them=hides(style)))
        elif _is_doubtful(style):
            doubtful.update(_named(selectors, all_of_them=True))
    return SheetNames(frozenset(hidden - WHOLE), frozenset(doubtful - WHOLE))


def _is_doubtful(style: dict[str, list[str]]) -> bool:
    inline = any(value.startswith("inline") for value in style.get("display", []))
    looks = text_style("p", {"style": ""}, style, TextStyle())
    return inline or has_bar(style) or looks.doubtful or ("color" in style and looks.unseen)


def _named(selectors: str, *, all_of_them: bool) -> set[str]:
    found: set[str] = set()
    if selectors.lstrip().startswith("@"):
        return found  # of pages, fonts and lists
    for selector in selectors.split(","):
        last = selector.strip().split(" ")[-1]
        if all_of_them and last[:1] in ("*", "[", ":"):
            found.add(EVERYTHING)
        names = NAME.findall(last.split(":")[0])
        marked = [name for name in names if name[0] in ".#"]
        found.update(marked or names)
    return found


def _is_odd(text: str) -> bool:
    """Whether a sheet holds what we would read otherwise than a mail program.

    Rules in rules (but for those of media and the like), rules that don't end, selectors with escapes
    (but for Word's `v\\:*`) or with names in brackets.
    """
    opened: list[bool] = []  # whether they are at-rules
    for piece, brace in PIECE.findall(text):
        if brace == "}":
            if not opened:
                return True
            opened.pop()
            continue
        prelude = piece.rpartition(";")[2].strip().removeprefix("<!--").strip()
        is_at = prelude.startswith("@")
        if (opened and not opened[-1]) or "\\" in prelude.replace("\\:", "").replace("\\@", ""):
            return True
        if not is_at and " " in prelude and BRACKETS.search(prelude):
            return True
        opened.append(is_at)
    return bool(opened)
