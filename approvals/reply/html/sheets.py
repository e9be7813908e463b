"""What a message's own style sheets do to its text.

An element counts as hidden by a style sheet only where `display: none` is said by plain selectors (a
tag, a class, an id, or a tag with one of these) in sheets that hold nothing that could be read
otherwise, and even then the next line decides nothing. Whatever else hides, moves or adds text, for
some mail programs at least, makes the names at the end of its selectors doubtful: what they hold is
seen, and decides nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import re2
from selectolax.lexbor import LexborNode

from approvals.reply.html.boxes import holds_anything
from approvals.reply.html.css import UNKNOWN, declarations, font_of, pixels
from approvals.reply.html.element import Element
from approvals.reply.html.harmless import TABLES, has_gaps, has_height, left_of, moves_others
from approvals.reply.html.looks import FILL, is_inline, text_style
from approvals.reply.html.painting import BLACK, PAINT
from approvals.reply.html.quotes import has_bar
from approvals.reply.html.rules import EVERYTHING, is_odd, named_by, rules_of, tamed
from approvals.reply.html.style import TextStyle
from approvals.reply.html.tags import DRAWINGS, UNSEEN
from approvals.reply.limits import TooMuch

PLAIN = re.compile(r"(?:[a-z][a-z0-9]*+)?(?:[.#]-?[a-z_][a-z0-9_-]*+)?\Z")
NOT_PLAIN = frozenset("\"'()[]@\\<>")
NO_COMMENT = re2.compile(r"[\"'(][^\"'(){};\n]*/\*")
WORDLESS = ("", "none", "normal", "initial", '""', "''")  # a `content` that adds no text
WRAPPING = ("normal", "pre-wrap", "pre-line", "break-spaces")  # they differ by blanks and line ends
UNPAINTED = frozenset("none transparent initial inherit white #fff #ffffff".split())  # noqa: SIM905
RELATIVE = re.compile(r"smaller|0*+\.[0-9]++r?e[mx]|[0-9]{1,2}(?:\.[0-9]*+)?%")  # and smaller
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide
MIN_RELATIVE = (
    13  # pixels of 16: a size that is relative grows smaller in elements inside of each other
)


@dataclass(frozen=True)
class SheetNames:
    """Tags, `.classes` and `#ids`: all that rules name; those whose elements are hidden (also `tag.class`
    and `tag#id`), that may look other than we know, that may cover or move other text, that do so
    from within a line, that mix with their line, that stand elsewhere perhaps, that may cover what comes
    below, that have a background or a colour, and whose line ends may be kept. `sizes` are the largest of
    the fonts that rules give to a name; `line_heights`, where these are fixed, all that rules declare; in
    pixels."""

    named: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    sticking: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    placed: set[str] = field(default_factory=set)
    covering: set[str] = field(default_factory=set)
    painted: set[str] = field(default_factory=set)
    colored: set[str] = field(default_factory=set)
    spaced: set[str] = field(default_factory=set)
    sizes: dict[str, float] = field(default_factory=dict)
    line_heights: list[float] = field(default_factory=list)

    def doubt_all(self) -> None:
        self.named.add(EVERYTHING)
        self.doubtful.add(EVERYTHING)

    def add(self, selectors: str, body: str) -> None:
        """One rule that may look like anything."""
        style, names = declarations(body), named_by(selectors)
        self.named.update(names)
        flow = {style.get("display", "block"), style.get("float"), style.get("position")}
        for found, is_so in (
            (self.painted, any(style.get(name, "none") not in UNPAINTED for name in PAINT)),
            (self.moving, moves_others(style, 16, inline=False)),
            (self.sticking, moves_others(style, 16, inline=True)),
            (self.apart, "display" in style or has_gaps(style)),
            (self.covering, has_height(style)),
            (self.colored, not {"color", FILL}.isdisjoint(style)),
            (self.placed, flow - {"block", "list-item", "none", "static", "relative", None}),
            (self.spaced, style.get("white-space") in WRAPPING),
        ):
            if is_so:
                found.update(names)
        if style.get("display", "none") != "none" and not names.isdisjoint((EVERYTHING, *UNSEEN)):
            self.doubt_all()  # it shows what is never shown
        looks = text_style(Element("div", {"style": ""}, style), TextStyle())
        if "font-size" in style or "font" in style:
            self.sizes.update({name: max(looks.size, self.sizes.get(name, 0)) for name in names})
        self.line_heights.extend([looks.line] if looks.line else [])
        relative = style.get("font-size", "").endswith(("em", "%", "smaller"))
        if (
            looks.unseen or looks.doubtful or has_bar(style) or left_of(style, 16) < 0
            or style.get("content", "") not in WORDLESS
            or style.get("display", "").startswith("inline")
            or style.get("white-space", "normal") not in WRAPPING
            or style.get("text-indent", "").startswith(("-", UNKNOWN))
            or (relative and looks.size < MIN_RELATIVE)
            or style.get("float", "none") != "none"
            or ("html" in names and pixels(style.get("font-size", "16px")) not in (16, 100 * 8))
        ):  # fmt: skip
            self.doubtful.update(names)

    def style(
        self,
        element: Element,
        style: TextStyle,
        *,
        outer: TextStyle,
    ) -> TextStyle:
        """What becomes of the style of an element; `declared` are those of its style attribute."""
        tag, declared = element.tag, element.declared
        if not self.named:
            return style
        names = _names_of(element)
        if not self.painted.isdisjoint(names):
            style = replace(style, background=None)
        if not self.colored.isdisjoint(names):
            style = replace(style, is_tinted=True)
        if not self.spaced.isdisjoint(names):
            style = replace(style, may_keep_space=True)
        if self.sizes and RELATIVE.match(declared.get("font-size", "")):
            style = replace(style, odd=True)
        style = self._sized(style, names, declared)
        if self.line_heights and style.size > outer.size:
            style = replace(style, line=min(self.line_heights))
        is_hidden = bool(self.hidden) and (
            not self.hidden.isdisjoint(names)
            or any(tag + name in self.hidden for name in names if name[0] in ".#")
        )
        is_sure = declared.keys().isdisjoint(("display", "all", UNKNOWN)) and names == _names_of(
            element, as_written=True
        )
        if is_hidden and is_sure:
            return replace(style, hidden=True)
        is_odd = is_hidden or not self.doubtful.isdisjoint(names)
        is_odd = is_odd or (is_inline(element) and not self.apart.isdisjoint(names))
        hides = style.unseen and not outer.hidden and tag not in UNSEEN
        if hides and not self.named.isdisjoint(names):  # perhaps a rule shows it again
            return replace(style, hidden=False, faded=False, size=16, color=BLACK, odd=True)
        return replace(style, odd=True) if is_odd else style

    def _sized(self, style: TextStyle, names: set[str], declared: Mapping[str, str]) -> TextStyle:
        """With the largest font that rules may give it, where lines have a height of their own."""
        if not self.sizes:
            return style
        sized = max(self.sizes.get(name, 0) for name in names)  # perhaps it's `!important`
        own = declared.get("font-size", "")
        if "font" in declared:  # which of both holds depends on their order
            own = "" if own else (font_of(declared["font"]) or ("", ""))[0]
        if not pixels(own, 0):  # else no larger one is inherited
            sized = max(sized, style.sized)
        is_low = bool(style.line) or "line-height" in declared
        return replace(style, sized=sized, size=max(style.size, sized) if is_low else style.size)

    def touches(self, element: Element) -> bool:
        """Whether a rule may change where an element stands, or what is drawn around it."""
        changed = (self.placed, self.moving, self.doubtful, self.hidden, self.painted)
        return self._any_names(changed, element)

    def moves(self, element: Element, *, inline: bool) -> bool:
        """Whether a rule may let an element cover or move text above it."""
        moving = (self.moving, self.sticking) if inline else (self.moving,)
        moving = (*moving, self.named) if element.tag in DRAWINGS else moving
        return self._any_names(moving, element)

    def may_move(self) -> bool:
        """Whether any rule may let an element cover or move text above it."""
        return bool(self.moving or self.sticking)

    def covers(self, node: LexborNode, element: Element) -> bool:
        """Whether a rule may let what is in an element reach over what comes below."""
        covering = self._any_names((self.covering,), element)
        return covering and element.tag not in TABLES and holds_anything(node)

    def _any_names(self, sets: Iterable[set[str]], element: Element) -> bool:
        filled = [each for each in sets if each]
        if not filled:
            return False
        names = _names_of(element)
        return any(not each.isdisjoint(names) for each in filled)


def _names_of(element: Element, *, as_written: bool = False) -> set[str]:
    """What selectors may name an element by, in lower case."""
    tag, attributes = element.tag, element.attributes
    names = {tag, EVERYTHING}
    if "id" in attributes:
        names.add("#" + attributes["id"])
    classes = re.split(r"[ \t\n\r\f]+", attributes.get("class", ""))
    names.update("." + name for name in classes if name)
    return names if as_written else {name.lower() for name in names}


def named_in_sheets(root: LexborNode) -> SheetNames:
    """What the style elements below `root` name. Raises TooMuch."""
    names = SheetNames()
    sheets = root.css("style")
    if root.css_first('link[rel~="stylesheet" i]') is not None:
        names.doubt_all()
    written = " ".join(map(_text_of, sheets))
    if not written:
        return names
    text = tamed(written[:MAX_STYLES])
    if text.count("{") > MAX_RULES or text.count(",") + text.count("[") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    if len(written) > MAX_STYLES or NO_COMMENT.search(written) or is_odd(text):
        names.doubt_all()
    rules = list(rules_of(text))
    for selectors, body in rules:
        names.add(selectors, body)
    is_plain = NOT_PLAIN.isdisjoint(written) and written.isascii() and written == written.lower()
    if is_plain and all(map(_is_for_all, sheets)):
        names.hidden.update(_hidden(rules))
    return names


def _text_of(sheet: LexborNode) -> str:
    """A style element's rules, without the marks that hid them from very old browsers."""
    return sheet.text().strip().removeprefix("<!--").removesuffix("-->")


def _is_for_all(sheet: LexborNode) -> bool:
    """Whether a style element is surely for every screen."""
    attributes = sheet.attributes
    kinds = {(attributes.get(name) or "").lower() for name in ("media", "type")}
    parent = sheet.parent.tag if sheet.parent else ""
    is_plain = kinds <= {"", "all", "screen", "text/css"} and {"media", "type"} >= attributes.keys()
    return is_plain and parent in ("head", "body")


def _hidden(rules: list[tuple[str, str]]) -> set[str]:
    """The plain selectors of the rules that hide; none if another rule may show anything again."""
    found: set[str] = set()
    for selectors, body in rules:
        style = declarations(body)
        listed = [each.strip() for each in selectors.split(",")]
        is_other = style.get("display", "none") != "none" or not {"all", UNKNOWN}.isdisjoint(style)
        if is_other or not all(map(PLAIN.match, listed)):
            return set()
        if "display" in style:
            found.update(listed)
    return found - {""}
