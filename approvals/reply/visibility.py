# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from dataclasses import dataclass, replace

from approvals.reply.colors import (
    UNCHANGED,
    Color,
    color_of,
    color_of_attribute,
    mixed,
    opacity,
)
from approvals.reply.harmless import INLINE, is_doubtful, is_tight, left_of, moves_others, pixels
from approvals.reply.hiding import (
    COMPANIONS,
    CROSSED_OUT,
    FADING,
    FILL,
    LINES,
    UNSEEN,
    crosses_out,
    fades,
    is_hidden,
)

# Their text isn't shown everywhere, or elsewhere than it stands, or only where what they hold is missing.
DOUBTFUL = frozenset(
    (
        "rp rt meter progress tfoot noscript keygen marquee bdo math summary button fieldset textarea "
        "select option object iframe embed applet audio video canvas svg noembed noframes map sup sub q "
        "details dialog datalist"
    ).split()
)
# What doesn't show again what its style hides around it, if it has no style of its own.
PLAIN = frozenset("span b i u em strong br p div center wbr o:p small".split())
PLAIN_ATTRIBUTES = frozenset("class id lang dir align title".split())
# Within a line: a gap, or another height, makes two of what is read as one ("1" and "2 hours").
GAPS = ("margin", "margin-left", "margin-right", "margin-inline", "margin-inline-start",
        "margin-inline-end", "padding", "padding-left", "padding-right", "padding-inline",
        "padding-inline-start", "padding-inline-end", "mso-text-raise", "vertical-align")  # fmt: skip
NO_GAPS = frozenset(
    "0 0px 0pt 0in 0cm 0em 0rem 0% auto baseline top middle bottom text-bottom initial inherit".split()
)
# Fonts whose letters are pictures: Outlook draws a thumb down as a D in Wingdings.
PICTURES = re.compile(
    r"dings|mdl2|marlett|bookshelf|specialty|mt extra|icon|awesome|glyph|(?:^|[\"', ])symbol(?:[\"',]|\Z)"
)
# A declaration as everyone reads it; brackets and quotation marks may hold what ends one.
TAME = re.compile(
    r"(?:[^\"'()\[\]{}@\\/]|/(?!\*)|\"[^\"()\[\]{};@\\]*+\"|'[^'()\[\]{};@\\]*+'|\([^\"'()\[\]{};@\\]*+\))*+\Z"
)
# Python's own expressions, which are far quicker on short values; none of these looks back.
WORD = re.compile(r"[^\s()]*+\([^()]*+\)|[^\s()]++")  # `rgb(255, 255, 255)` is one
IMPORTANT = re.compile(r"!\s*+important")
MAX_SAME = 8  # of 255, in every channel: two colours that cannot be told apart
MAX_FAINT_DIFFERENCE = 40  # of 255: some can tell them apart
MIN_SIZE = 4  # pixels
UNSEEN_SIZE = 1  # pixels, up to which nobody sees that there is text
SMALLER = 0.83
UNSEEN_COLOR: Color = (-1, -1, -1)  # transparent
MAX_FAINT = 0.2  # opacity, up to which a colour may not be seen
MAX_LEFT = -24  # pixels, by which margins may move text to the left, all in all
MAX_SIZE = 400  # pixels
INHERITED = ("inherit", "unset", "")
CLEAR_WORDS = frozenset(["none repeat", "none transparent", "transparent none", "0 0", "0% 0%"])
BACKGROUND_WORDS = frozenset(
    "none repeat no-repeat scroll 0 0px 0% top left center auto / initial padding-box border-box".split()
)
BACKED = frozenset("body table tbody thead tfoot tr td th".split())


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
    faded: bool = False  # unseen, unless an element inside has a look of its own
    color: Color | None = (0, 0, 0)
    background: Color | None = (255, 255, 255)
    canvas: Color | None = (255, 255, 255)  # the background of the whole message
    keeps_space: bool = False
    odd: bool = False
    size: float = 16  # of the font, about, in pixels
    fill: Color | None = (
        None  # WebKit's, painted instead of the colour, whatever that becomes inside
    )
    left: float = 0  # pixels, by which margins below zero move it
    tight: bool = False  # its lines may lie upon each other

    @property
    def doubtful(self) -> bool:
        """Whether the text may look other than we think: then it is shown to us, but decides nothing."""
        painted = self.fill or self.color
        unknown = painted is None or self.background is None
        unsure = unknown or self._differs_at_most(MAX_FAINT_DIFFERENCE, self.background)
        return self.odd or unsure or not MIN_SIZE <= self.size <= MAX_SIZE or self.left < MAX_LEFT

    @property
    def unseen(self) -> bool:
        """Whether nobody sees the text; where that isn't certain, it's seen."""
        return self.hidden or (self.faded and not self.odd)

    @property
    def fades(self) -> bool:
        """Whether text of its size or colour can't be seen on the message's background."""
        painted = self.fill or self.color
        return (
            self.size <= UNSEEN_SIZE
            or painted == UNSEEN_COLOR
            or all(self._differs_at_most(MAX_SAME, each) for each in (self.background, self.canvas))
        )

    def _differs_at_most(self, limit: int, background: Color | None) -> bool:
        """Whether text and background have no channel that differs more."""
        painted = self.fill or self.color
        if painted is None or background is None:
            return False
        return all(abs(a - b) <= limit for a, b in zip(painted, background, strict=True))


def without_comments(css: str) -> str:
    """A style sheet without its comments; one that isn't closed takes all the rest."""
    first, *others = css.split("/*")
    return first + "".join(" " + other.partition("*/")[2] for other in others)


def declarations(style: str) -> dict[str, list[str]]:
    """The declarations of a style attribute, in lower case; each property with all its values.

    What programs may read in several ways is one that nobody knows.
    """
    if not TAME.match(style):
        return {"unknown": [style]}
    found: dict[str, list[str]] = {}
    for item in style.lower().split(";"):
        name, _, value = item.partition(":")
        text = IMPORTANT.sub("", value).strip()
        found.setdefault(name.strip(), []).append(text)
    return found


def text_style(
    tag: str, attributes: dict[str, str], declared: dict[str, list[str]], outer: TextStyle
) -> TextStyle:
    """How an element's text looks inside of another; `declared` are those of its style attribute.

    It is hidden only where that is certain. What may be seen by somebody is seen here, and decides
    nothing: left out, it would make the line below it the first, or take a "not" from a line.
    """
    if outer.faded and not (tag in PLAIN and PLAIN_ATTRIBUTES.issuperset(attributes)):
        outer = replace(outer, faded=False, odd=True, color=(0, 0, 0), fill=None, size=16)
    if not attributes and not (
        tag in UNSEEN or tag in DOUBTFUL or tag in CROSSED_OUT or tag == "pre"
    ):
        return outer
    style = _painted(tag, attributes, declared, outer)
    spaces = [*declared.get("white-space", []), *declared.get("white-space-collapse", [])]
    kept = any(value.startswith(("pre", "break-spaces")) for value in spaces)
    style = replace(
        style,
        hidden=outer.hidden or is_hidden(tag, attributes, declared),
        faded=outer.faded or fades(tag, declared) or crosses_out(tag, declared) or style.fades,
        keeps_space=kept or (outer.keeps_space and not spaces) or tag == "pre",
        left=outer.left + min(0, left_of(declared)),
        tight=outer.tight or is_tight(declared),
    )
    return replace(style, odd=style.odd or _is_odd(tag, attributes, declared, style))


def moves(tag: str, declared: dict[str, list[str]], outer: TextStyle) -> bool:
    """Whether an element may cover or move other text than its own, inside of `outer`."""
    drawn = any(name.startswith("background") for name in declared) and tag in INLINE
    return moves_others(tag, declared) or (drawn and outer.tight)


def _painted(
    tag: str, attributes: dict[str, str], declared: dict[str, list[str]], outer: TextStyle
) -> TextStyle:
    """The style inside of `outer` with the size and the colours of an element."""
    style = replace(outer, size=_size(tag, declared, outer.size))
    if "bgcolor" in attributes and tag in BACKED:
        style = replace(style, background=color_of_attribute(attributes["bgcolor"]))
    colored = {"body": "text", "font": "color"}.get(tag, "")
    if colored in attributes:
        style = replace(style, color=color_of_attribute(attributes[colored]))
    if "background" in attributes:
        style = replace(style, background=None)
    for name, values in declared.items():
        for value in values:
            style = _colored(style, name, value)
    return replace(style, canvas=style.background) if tag in ("body", "html") else style


def _is_odd(
    tag: str, attributes: dict[str, str], declared: dict[str, list[str]], style: TextStyle
) -> bool:
    """Whether an element's text may be seen otherwise than we think, by other signs than its colours."""
    known = FADING | (COMPANIONS if fades(tag, declared) else LINES) if style.faded else frozenset()
    others = {
        name: values
        for name, values in declared.items()
        if name not in known or len(set(values)) > 1
    }
    fonts = [attributes.get("face", "").lower()]
    for name, values in declared.items():
        fonts += values if name.startswith(("font", "--")) else []
    return (
        tag in DOUBTFUL
        or tag in UNSEEN
        or not attributes.keys().isdisjoint(("hidden", "popover"))
        or is_doubtful(others)
        or (not style.faded and (tag in CROSSED_OUT or _may_cross_out(declared)))
        or (tag in INLINE and _is_set_apart(declared))
        or any(map(PICTURES.search, fonts))
        or (tag == "body" and _hides_links(attributes, style))
    )


def _hides_links(attributes: dict[str, str], style: TextStyle) -> bool:
    colors = [attributes[name] for name in ("link", "vlink", "alink") if name in attributes]
    return any(replace(style, color=color_of_attribute(color)).doubtful for color in colors)


def _is_set_apart(declared: dict[str, list[str]]) -> bool:
    """Whether declarations put text within a line apart from what stands beside it."""
    words = (word for name in GAPS for value in declared.get(name, []) for word in value.split())
    return not NO_GAPS.issuperset(words)


def _size(tag: str, declared: dict[str, list[str]], outer: float) -> float:
    """About how large the font is, in pixels: the largest one that is declared."""
    values = [*declared.get("font-size", []), *map(_size_of_font, declared.get("font", []))]
    sizes = [_size_of(value, outer) for value in values if value not in INHERITED]
    return max(sizes, default=outer * SMALLER if tag == "small" else outer)


def _size_of(value: str, outer: float) -> float:
    """A size in pixels; one that we don't know, or that isn't one, is that of plain text."""
    relative = pixels(value.removesuffix("%")) if value.endswith("%") else None
    size = pixels(value, em=outer) if relative is None else relative * outer / 100
    size = outer * SMALLER if value == "smaller" else size
    return size if size is not None and size >= 0 else 16


def _size_of_font(value: str) -> str:
    """The size in a `font`: "0/0 a", "bold 12pt Arial"."""
    words = value.split()[:-1]  # the last one is the family
    sizes = [word.split("/")[0] for word in words if word[:1] in "0123456789."]
    return next((size for size in sizes if not size.isdecimal() or size == "0"), "")


def _colored(style: TextStyle, name: str, value: str) -> TextStyle:
    if name == FILL and value in ("initial", "currentcolor"):
        return replace(style, fill=None)
    if name in ("color", FILL) and value not in (*INHERITED, "initial", "none", "currentcolor"):
        clear = value == "transparent" or (color_of(value) is not None and opacity(value) == 0)
        painted = UNSEEN_COLOR if clear else color_of(value)
        is_faint = painted is None or (not clear and opacity(value) <= MAX_FAINT)
        style = replace(style, odd=style.odd or is_faint)
        return replace(style, color=painted) if name == "color" else replace(style, fill=painted)
    if name not in ("background", "background-color", "background-image"):
        return style
    words: list[str] = WORD.findall(value)
    if words == ["currentcolor"]:
        return replace(style, background=style.color)
    if value in UNCHANGED or value in CLEAR_WORDS:
        return style
    known = [word for word in words if color_of(word) is not None]
    if len(known) != 1 or not BACKGROUND_WORDS.issuperset({*words} - {*known}):
        return replace(style, background=None)
    color = color_of(known[0])
    return replace(style, background=color and mixed(color, style.background, opacity(known[0])))


def _may_cross_out(declared: dict[str, list[str]]) -> bool:
    return any("line-through" in value for name in LINES for value in declared.get(name, []))
