"""What a message's own style sheets do to its text.

An element counts as hidden by a style sheet only where `display: none` is said by plain selectors (a
tag, a class, an id, or a tag with one of these) in sheets that hold nothing that could be read
otherwise. Whatever else hides, moves or adds text, for some mail programs at least, makes the names
at the end of its selectors doubtful: what they hold is seen, and decides nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import re2
from selectolax.lexbor import LexborNode

from approvals.reply.harmless import is_doubtful, left_of, moves_others
from approvals.reply.hiding import UNSEEN
from approvals.reply.html_quotes import has_bar
from approvals.reply.limits import TooMuch
from approvals.reply.visibility import (
    TextStyle,
    declarations,
    text_style,
    without_comments,
)

# Python's own expressions, which are far quicker on short texts; none of these looks back.
NAME = re.compile(r"[.#]?[a-z0-9_-]++")
PIECE = re2.compile(r"([^{}]*)([{}])")
BRACKETS = re2.compile(r":(?:not|is|where|has|matches|any)\([^()]* ")  # its end is no selector's
STRING = re2.compile(r"\"[^\"{}\n]*\"|'[^'{}\n]*'")
COMBINATORS = re2.compile(r"[ >+~|]+")
PLAIN = re.compile(r"(?:[a-z][a-z0-9]*+)?(?:[.#][a-z0-9_-]++)?")
NOT_PLAIN = frozenset("\"'()[]@\\<")
EVERYTHING = "*"
WORDLESS = ("", "none", "normal", "initial")  # a `content` that adds no text
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide
MIN_RELATIVE = (
    13  # pixels of 16: a size that is relative grows smaller in elements inside of each other
)


@dataclass(frozen=True)
class SheetNames:
    """Tags, `.classes` and `#ids`: all that rules name; those whose elements are hidden (also `tag.class`
    and `tag#id`), that may look other than we know, that may cover or move other text, and that have a
    background."""

    named: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    painted: set[str] = field(default_factory=set)

    def add(self, selectors: str, body: str) -> None:
        """One rule that may look like anything."""
        style = declarations(body)
        looks = text_style("div", {"style": ""}, style, TextStyle())
        names = _named(selectors)
        self.named.update(names)
        if any(name.startswith("background") for name in style):
            self.painted.update(names)
        if moves_others("span", style):
            self.moving.update(names)
        displays = style.get("display", [])
        adds = any(value.strip("\"' ") not in WORDLESS for value in style.get("content", []))
        joins = any(value.startswith("inline") for value in displays)
        relative = any(
            value.endswith(("em", "%", "smaller")) for value in style.get("font-size", [])
        )
        if (
            looks.unseen or looks.doubtful or adds or joins or has_bar(style) or left_of(style) < 0
            or is_doubtful(style)
            or (displays and EVERYTHING in names)
            or (relative and looks.size < MIN_RELATIVE)
        ):  # fmt: skip
            self.doubtful.update(names)

    def style(
        self,
        tag: str,
        attributes: dict[str, str],
        declared: dict[str, list[str]],
        style: TextStyle,
        *,
        outer: TextStyle,
    ) -> TextStyle:
        """What becomes of the style of an element; `declared` are those of its style attribute."""
        if not self.named:
            return style
        names = _names_of(tag, attributes)
        if not self.painted.isdisjoint(names):
            style = replace(style, background=None)
        is_hidden = bool(self.hidden) and (
            not self.hidden.isdisjoint(names)
            or any(tag + name in self.hidden for name in names if name[0] in ".#")
        )
        if is_hidden and declared.keys().isdisjoint(("display", "all", "unknown")):
            return replace(style, hidden=True)
        is_odd = is_hidden or not self.doubtful.isdisjoint(names)
        hides = style.unseen and not outer.hidden and tag not in UNSEEN
        if hides and not self.named.isdisjoint(names):  # perhaps a rule shows it again
            return replace(
                style, hidden=False, faded=False, size=16, color=(0, 0, 0), fill=None, odd=True
            )
        return replace(style, odd=True) if is_odd else style

    def moves(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether a rule may let an element cover or move other text."""
        return bool(self.moving) and not self.moving.isdisjoint(_names_of(tag, attributes))


def _names_of(tag: str, attributes: dict[str, str]) -> set[str]:
    """What selectors may name an element by."""
    names = {tag, EVERYTHING}
    if "id" in attributes:
        names.add("#" + attributes["id"].lower())
    names.update("." + name for name in attributes.get("class", "").lower().split())
    return names


def named_in_sheets(root: LexborNode) -> SheetNames:
    """What the style elements below `root` name. Raises TooMuch."""
    names = SheetNames()
    sheets = root.css("style")
    whole = " ".join(sheet.text() for sheet in sheets).lower()
    if root.css_first('link[rel~="stylesheet" i]') is not None:
        names.named.add(EVERYTHING)
        names.doubtful.add(EVERYTHING)
    if not whole:
        return names
    text = without_comments(whole[:MAX_STYLES]).replace("<!--", " ").replace("-->", " ")
    if text.count("{") > MAX_RULES or text.count(",") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    if len(whole) > MAX_STYLES or _is_odd(text):
        names.named.add(EVERYTHING)
        names.doubtful.add(EVERYTHING)
    rules = list(_rules(text))
    for selectors, body in rules:
        names.add(selectors, body)
    if NOT_PLAIN.isdisjoint(whole) and all(map(_is_for_all, sheets)):
        names.hidden.update(_hidden(rules))
    return names


def _is_for_all(sheet: LexborNode) -> bool:
    """Whether a style element is surely for every screen."""
    attributes = sheet.attributes
    kinds = {(attributes.get(name) or "").strip().lower() for name in ("media", "type")}
    parent = sheet.parent.tag if sheet.parent else ""
    return kinds <= {"", "all", "screen", "text/css"} and parent in ("head", "body")


def _hidden(rules: list[tuple[str, str]]) -> set[str]:
    """The plain selectors of the rules that hide; none if another rule may show anything again."""
    found: set[str] = set()
    for selectors, body in rules:
        style = declarations(body)
        displays = set(style.get("display", []))
        listed = [each.strip() for each in selectors.split(",")]
        if displays - {"none"} or "all" in style or not all(map(PLAIN.fullmatch, listed)):
            return set()
        if displays:
            found.update(listed)
    return found - {""}


def _rules(text: str) -> Iterator[tuple[str, str]]:
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


def _named(selectors: str) -> set[str]:
    found: set[str] = set()
    for selector in selectors.split(","):
        last = COMBINATORS.split(selector.strip())[-1]
        if last[:1] in ("*", "[", ":", ""):
            found.add(EVERYTHING)
        names = NAME.findall(last.split(":")[0])
        marked = [name for name in names if name[0] in ".#"]
        found.update(marked or names)
    return found


def _is_odd(text: str) -> bool:
    """Whether a sheet holds what we would read otherwise than a mail program.

    Rules in rules (but for those of media and the like), rules that don't end, selectors with escapes
    (but for Word's `v\\:*`) or with names in brackets, text between rules, braces in strings, other
    sheets, fonts that come with the mail.
    """
    opened: list[bool] = []  # whether they are at-rules
    if "@import" in text or ("@font-face" in text and "data:" in text):
        return True
    if not {"'", '"'}.isdisjoint(STRING.sub("", text)):
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
        if (opened and not opened[-1]) or "\\" in prelude.replace("\\:", "").replace("\\@", ""):
            return True
        if before.strip() and not before.lstrip().startswith("@"):
            return True
        if not is_at and " " in prelude and BRACKETS.search(prelude):
            return True
        opened.append(is_at)
    return bool(opened)
