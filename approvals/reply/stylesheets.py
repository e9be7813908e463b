# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""What a message's own style sheets do to its text.

A style sheet is understood roughly. An element counts as hidden only where a plain selector (a tag, a
class, an id, or a tag with one of these) hides it on every screen and nothing shows it again. Whatever
else hides, moves or adds text, for some mail programs at least, makes the names at the end of its
selectors doubtful: what they hold is seen, and decides nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

import re2
from lxml import etree

from approvals.reply.harmless import is_doubtful
from approvals.reply.html_quotes import has_bar
from approvals.reply.limits import TooMuch
from approvals.reply.visibility import (
    FILL,
    UNSEEN,
    UNSEEN_SIZE,
    TextStyle,
    declarations,
    text_style,
    without_comments,
)

# Python's own expressions, which are far quicker on short texts; none of these looks back.
NAME = re.compile(r"[.#]?[a-z0-9_-]++")
PIECE = re2.compile(r"([^{}]*)([{}])")
BRACKETS = re2.compile(r":(?:not|is|where|has|matches|any)\([^()]* ")  # its end is no selector's
PLAIN = re.compile(r"(?:[a-z][a-z0-9]*+)?(?:[.#][a-z0-9_-]++)?")
ANYWHERE = re2.compile(r"@media\s+(?:only )?(?:all|screen)")
EVERYTHING = "*"
WHOLE = {"body", "html"}
WORDLESS = ("", "none", "normal", "initial")  # a `content` that adds no text
# What may show again, or hide, what another rule or the element itself declares.
SHOWING = frozenset(
    (
        "display visibility opacity font font-size color position overflow height max-height width "
        "max-width left right top bottom text-indent clip transform mso-hide text-decoration"
    ).split()
)
# What may undo an element's own `hidden`, `display` or line through the text.
UNDOING = frozenset("display visibility opacity position left text-decoration".split())
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide


@dataclass(frozen=True)
class SheetNames:
    """Tags, `.classes` and `#ids`: those whose elements are hidden (also `tag.class` and `tag#id`), that
    are shown by another rule (`undone`: even against their own style, perhaps), that may look other than
    we know, and that have a background."""

    hidden: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    painted: set[str] = field(default_factory=set)

    def add(self, selectors: str, body: str, *, everywhere: bool) -> None:
        """One rule; `everywhere`: it holds on every screen."""
        style = declarations(body)
        looks = text_style("span", {"style": ""}, style, TextStyle())
        hides = looks.hidden or looks.invisible or looks.size <= UNSEEN_SIZE
        inline = any(value.startswith("inline") for value in style.get("display", []))
        adds = any(value.strip("\"' ") not in WORDLESS for value in style.get("content", []))
        named = _named(selectors)
        if any(name.startswith("background") for name in style):
            self.painted.update(named - WHOLE)
        listed = list(map(str.strip, selectors.split(",")))
        # Browsers drop a rule with one selector that they can't read.
        if hides and everywhere and "all" not in style and all(map(PLAIN.fullmatch, listed)):
            self.hidden.update(set(listed) - WHOLE)
        elif not style.keys().isdisjoint(("color", FILL)) and (
            looks.unseen or (looks.doubtful and not is_doubtful(style))
        ):
            self.doubtful.update(
                named
            )  # also the whole text, if it can't be told from its background
        elif hides or inline or adds or has_bar(style) or looks.doubtful:
            self.doubtful.update(named - WHOLE)
        elif not SHOWING.isdisjoint(style):
            self.shown.update(named)
        if not (hides or UNDOING.isdisjoint(style)):
            self.undone.update(named)

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
        if not (self.hidden or self.doubtful or self.painted or self.shown or self.undone):
            return style
        names = {tag, EVERYTHING}
        if "id" in attributes:
            names.add("#" + attributes["id"].lower())
        names.update("." + name for name in attributes.get("class", "").lower().split())
        if not self.painted.isdisjoint(names) and not any(
            "background" in name for name in declared
        ):
            style = replace(style, background=None)
        is_hidden = bool(self.hidden) and (
            not self.hidden.isdisjoint(names)
            or any(tag + name in self.hidden for name in names if name[0] in ".#")
        )
        if style.hidden and not (outer.hidden or tag in UNSEEN or self.undone.isdisjoint(names)):
            return replace(style, hidden=False, odd=True)
        if style.unseen and not style.hidden and not self.shown.isdisjoint(names):
            # What is unseen by its size or colour has another one here, perhaps.
            return replace(style, invisible=False, size=16, color=(0, 0, 0), fill=None, odd=True)
        is_shown = not (self.shown.isdisjoint(names) and SHOWING.isdisjoint(declared))
        if is_hidden and not is_shown:
            return replace(style, hidden=True)
        is_odd = is_hidden or not self.doubtful.isdisjoint(names)
        return replace(style, odd=True) if is_odd else style


def named_in_sheets(root: etree._Element) -> SheetNames:
    """What the style elements below `root` name. Raises TooMuch."""
    whole = " ".join(map(_sheet, root.iter("style")))
    if not whole:
        return SheetNames()
    text = without_comments(whole[:MAX_STYLES].lower())
    if text.count("{") > MAX_RULES or text.count(",") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    names = SheetNames()
    if len(whole) > MAX_STYLES or _is_odd(text):
        names.doubtful.add(EVERYTHING)
    for selectors, body, everywhere in _rules(text):
        names.add(selectors, body, everywhere=everywhere)
    return names


def _sheet(element: etree._Element) -> str:
    """A style element's text, in an at-rule where it isn't surely for every screen."""
    named = {element.get("media", "").strip().lower(), element.get("type", "").strip().lower()}
    within = {each.tag for each in islice(element.iterancestors(), 5)}
    surely = named <= {"", "all", "screen", "text/css"} and within.isdisjoint(
        ["noscript", "template"]
    )
    text = element.text or ""
    return text if surely else f"@media other {{{text}}}"


def _rules(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each rule's selectors and declarations, and whether it holds on every screen."""
    around: list[str] = []  # at-rules
    selectors, is_whole = "", True
    for piece, brace in PIECE.findall(text):
        if brace == "}":
            if selectors:
                yield selectors, piece, is_whole and all(map(ANYWHERE.fullmatch, around))
            elif around:
                around.pop()
            selectors = ""
            continue
        before, _, last = piece.rpartition(";")
        is_whole = not before.strip() or before.lstrip().startswith("@")  # browsers drop others
        prelude = last.replace("<!--", "").replace("-->", "").strip()
        if prelude.startswith("@"):
            around.append(prelude)
        else:
            selectors = prelude or EVERYTHING


def _named(selectors: str) -> set[str]:
    found: set[str] = set()
    for selector in selectors.split(","):
        last = selector.strip().split(" ")[-1]
        if last[:1] in ("*", "[", ":"):
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
