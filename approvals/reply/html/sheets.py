"""What a message's own style sheets do to its text.

An element counts as hidden by a style sheet only where `display: none` is said by plain selectors (a
tag, a class, an id, or a tag with one of these) in sheets that hold nothing that could be read
otherwise, and even then the next line decides nothing. Whatever else hides, moves or adds text, for
some mail programs at least, makes the names at the end of its selectors doubtful: what they hold is
seen, and decides nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import re2
from selectolax.lexbor import LexborNode

from approvals.reply.html.boxes import holds_anything
from approvals.reply.html.css import UNKNOWN, declarations, pixels
from approvals.reply.html.harmless import TABLES, has_gaps, has_height, left_of, moves_others
from approvals.reply.html.looks import FILL, TextStyle, is_inline, text_style
from approvals.reply.html.painting import BLACK, PAINT
from approvals.reply.html.quotes import has_bar
from approvals.reply.html.tags import DRAWINGS, UNSEEN
from approvals.reply.limits import TooMuch

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
PLAIN = re.compile(r"(?:[a-z][a-z0-9]*+)?(?:[.#]-?[a-z_][a-z0-9_-]*+)?\Z")
AT_RULES = re.compile(r"@(?:media|font-face|page|list|supports)\b[^\\]*+\Z")
NOT_PLAIN = frozenset("\"'()[]@\\<>")
FONTS = re2.compile(
    r"@font-face[^}]*(?:data:|-override|size-adjust)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
NO_COMMENT = re2.compile(r"[\"'(][^\"'(){};\n]*/\*")
EVERYTHING = "*"
WORDLESS = ("", "none", "normal", "initial", '""', "''")  # a `content` that adds no text
UNPAINTED = frozenset("none transparent initial inherit white #fff #ffffff".split())  # noqa: SIM905
RELATIVE = re.compile(r"smaller|0*+\.[0-9]++r?e[mx]|[0-9]{1,2}(?:\.[0-9]*+)?%")  # and smaller
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide
MIN_RELATIVE = (
    13  # pixels of 16: a size that is relative grows smaller in elements inside of each other
)


def _tamed(found: re.Match[str]) -> str:
    """A string without what rules are made of, and a blank for a comment; one that isn't closed takes all
    the rest."""
    return " " if found.group().startswith("/*") else found.group().translate(IN_STRINGS)


@dataclass(frozen=True)
class SheetNames:
    """Tags, `.classes` and `#ids`: all that rules name; those whose elements are hidden (also `tag.class`
    and `tag#id`), that may look other than we know, that may cover or move other text, that do so
    from within a line, that mix with their line, that stand elsewhere perhaps, that may cover what comes
    below, and that have a background or a colour. `sizes` of fonts and `line_heights`, where these are
    fixed, are all that rules declare, in pixels."""

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
    sizes: list[float] = field(default_factory=list)
    line_heights: list[float] = field(default_factory=list)

    def doubt_all(self) -> None:
        self.named.add(EVERYTHING)
        self.doubtful.add(EVERYTHING)

    def add(self, selectors: str, body: str) -> None:
        """One rule that may look like anything."""
        style, names = declarations(body), _named(selectors)
        self.named.update(names)
        if any(style.get(name, "none") not in UNPAINTED for name in PAINT):
            self.painted.update(names)
        if moves_others(style, 16, inline=False):
            self.moving.update(names)
        elif moves_others(style, 16, inline=True):
            self.sticking.update(names)
        if "display" in style or has_gaps(style):
            self.apart.update(names)
        if has_height(style):
            self.covering.update(names)
        if not {"color", FILL}.isdisjoint(style):
            self.colored.update(names)
        if style.get("display", "none") != "none" and not names.isdisjoint((EVERYTHING, *UNSEEN)):
            self.doubt_all()  # it shows what is never shown
        flow = {style.get("display", "block"), style.get("float"), style.get("position")}
        if flow - {"block", "list-item", "none", "static", "relative", None}:
            self.placed.update(names)
        looks = text_style("div", {"style": ""}, style, TextStyle())
        self.sizes.extend([looks.size] if "font-size" in style or "font" in style else [])
        self.line_heights.extend([looks.line] if looks.line else [])
        relative = style.get("font-size", "").endswith(("em", "%", "smaller"))
        if (
            looks.unseen or looks.doubtful or has_bar(style) or left_of(style, 16) < 0
            or style.get("content", "") not in WORDLESS
            or style.get("display", "").startswith("inline")
            or "white-space" in style or style.get("text-indent", "").startswith(("-", UNKNOWN))
            or (relative and looks.size < MIN_RELATIVE)
            or style.get("float", "none") != "none"
            or ("html" in names and "font-size" in style and pixels(style["font-size"]) != 16 * 8)
        ):  # fmt: skip
            self.doubtful.update(names)

    def style(
        self,
        tag: str,
        attributes: dict[str, str],
        declared: Mapping[str, str],
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
        if not self.colored.isdisjoint(names):
            style = replace(style, is_tinted=True)
        if self.sizes and RELATIVE.match(declared.get("font-size", "")):
            style = replace(style, odd=True)
        if self.sizes and "line-height" in declared:
            style = replace(style, size=max(style.size, *self.sizes))
        if self.line_heights and style.size > outer.size:
            style = replace(style, line=min(self.line_heights))
        is_hidden = bool(self.hidden) and (
            not self.hidden.isdisjoint(names)
            or any(tag + name in self.hidden for name in names if name[0] in ".#")
        )
        is_sure = declared.keys().isdisjoint(("display", "all", UNKNOWN)) and names == _names_of(
            tag, attributes, as_written=True
        )
        if is_hidden and is_sure:
            return replace(style, hidden=True)
        is_odd = is_hidden or not self.doubtful.isdisjoint(names)
        is_odd = is_odd or (is_inline(tag, declared) and not self.apart.isdisjoint(names))
        hides = style.unseen and not outer.hidden and tag not in UNSEEN
        if hides and not self.named.isdisjoint(names):  # perhaps a rule shows it again
            return replace(style, hidden=False, faded=False, size=16, color=BLACK, odd=True)
        return replace(style, odd=True) if is_odd else style

    def touches(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether a rule may change where an element stands, or what is drawn around it."""
        changed = (self.placed, self.moving, self.doubtful, self.hidden, self.painted)
        return self._any_names(changed, tag, attributes)

    def moves(self, tag: str, attributes: dict[str, str], *, inline: bool) -> bool:
        """Whether a rule may let an element cover or move text above it."""
        moving = (self.moving, self.sticking) if inline else (self.moving,)
        moving = (*moving, self.named) if tag in DRAWINGS else moving
        return self._any_names(moving, tag, attributes)

    def may_move(self) -> bool:
        """Whether any rule may let an element cover or move text above it."""
        return bool(self.moving or self.sticking)

    def covers(self, element: LexborNode, tag: str, attributes: dict[str, str]) -> bool:
        """Whether a rule may let what is in an element reach over what comes below."""
        covering = self._any_names((self.covering,), tag, attributes)
        return covering and tag not in TABLES and holds_anything(element)

    def _any_names(self, sets: Iterable[set[str]], tag: str, attributes: dict[str, str]) -> bool:
        filled = [each for each in sets if each]
        if not filled:
            return False
        names = _names_of(tag, attributes)
        return any(not each.isdisjoint(names) for each in filled)


def _names_of(tag: str, attributes: dict[str, str], *, as_written: bool = False) -> set[str]:
    """What selectors may name an element by, in lower case."""
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
    text = STRING_OR_COMMENT.sub(_tamed, written[:MAX_STYLES].lower())
    if text.count("{") > MAX_RULES or text.count(",") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    if len(written) > MAX_STYLES or NO_COMMENT.search(written) or _is_odd(text):
        names.doubt_all()
    rules = list(_rules(text))
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
    """What the selectors name at their ends; everything, if we can't tell."""
    selectors = str(ATTRIBUTE.sub("", VML.sub("v", selectors)))  # without what makes them name less
    if not NOT_IN_SELECTORS.isdisjoint(selectors):
        return {EVERYTHING}
    found: set[str] = set()
    for selector in selectors.split(","):
        last = KNOWN.match(re.split(r"[ \t\n\r\f>+~]", selector.strip())[-1])
        if not last or not last.group():
            return {EVERYTHING}
        marked = NAME.findall(last.group(2))
        found.update(marked or [last.group(1) or EVERYTHING])
    return found


NOT_IN_SELECTORS = frozenset("()[]\"'\\|&@")


def _is_odd(text: str) -> bool:
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


WORDS = re2.compile(r"(?:mso-[a-z-]+|font-family)\s*:[^;{}\"']*")  # `mso-level-text:\F0B7`
VML = re2.compile(r"\b[vow]\\:(?:\*|[a-z]+)")
