# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The style that mail programs write, which neither hides nor moves text.

Everything else is doubtful: nobody can list all ways in which a style may make text unseen, so an
answer in such an element is none. What may cover or move the text of other elements makes the
whole message doubtful, and so does a property that we don't know.
"""

import re
from collections.abc import Mapping

from approvals.reply.html.checks import HEIGHTS, SIZE_WORDS, SIZES, WIDTHS, is_harmless
from approvals.reply.html.colors import opacity
from approvals.reply.html.css import VENDORS, pixels
from approvals.reply.html.element import Element

# What they do, they do to the text of their own element alone.
LOCAL = frozenset(
    (
        "visibility content-visibility opacity font font-size letter-spacing "
        "word-spacing line-height text-indent white-space "
        "unicode-bidi vertical-align background background-image background-clip mso-hide "
        "mso-element mso-special-character overflow clip text-security text-overflow list-style "
        "list-style-type list-style-image z-index tab-size columns column-count column-width "
        "hyphenate-character src behavior height width block-size inline-size "
        "text-fill-color color-scheme appearance "
        "text-size-adjust quotes float display"
    ).split()
)
SIDEWAYS = ("left", "right", "inline-start", "inline-end", "inline", "radius", "color", "style")
ENDLESS = 10**6  # pixels
# What an element without text may have and is still not there.
UNPAINTED = frozenset(
    (
        "mix-blend-mode position float top left right bottom inset z-index pointer-events display "
        "visibility opacity "
        "overflow clear width height max-width max-height min-width min-height font-size line-height"
    ).split()
)
LOCAL_STARTS = ("padding", "min-", "max-", "border")
STARTS = frozenset(
    "start flex-start self-start normal stretch baseline initial inherit left".split()
)
MOVING_DISPLAYS = frozenset("table-header-group table-footer-group table-caption".split())
TABLES = frozenset("table tbody thead tfoot tr td th col colgroup img hr br".split())
ROOMY, NARROW, WIDE = 300, 100, 800  # pixels
FUNCTION = re.compile(r"(?:rgb|hsl)a?\([^()]*+\)")
MIN_MARGIN = -8  # pixels to the side; tables of Word's have them
FAINT = 0.3  # opacity
OVERLAPPING = 4  # pixels above and below a line, from which on the next one is covered
# Within a line: a gap, or another height, makes two of what is read as one ("1" and "2 hours").
GAPS = frozenset(
    (
        "margin margin-left margin-right margin-inline margin-inline-start margin-inline-end padding "
        "padding-left padding-right padding-inline padding-inline-start padding-inline-end "
        "mso-text-raise vertical-align direction unicode-bidi"
    ).split()
)
NO_GAPS = frozenset(
    (
        "0 0px 0pt 0in 0cm 0em 0rem 0% auto baseline top middle bottom text-bottom initial inherit ltr "
        "normal embed"
    ).split()
)


def is_doubtful(element: Element, em: float) -> bool:
    """Whether declarations hold anything that mail programs don't write around what one types, where
    the font has a size of `em` pixels."""
    tag, declared = element.tag, element.declared
    return (
        any(not is_harmless(name, value, em) for name, value in declared.items())
        or ((tag not in TABLES or "display" in declared) and is_fixed(declared))
        or _clips(declared)
    )


def moves_others(declared: Mapping[str, str], em: float, *, inline: bool) -> bool:
    """Whether an element may cover, move or precede the text of other elements."""
    return (
        any(
            not (_is_local(name, value, em) or is_harmless(name, value, em))
            for name, value in declared.items()
        )
        or declared.get("display", "") in MOVING_DISPLAYS
        or (is_fixed(declared) and any(_aligns(name, value) for name, value in declared.items()))
        or (inline and _sticks_out(declared, em))
    )


def is_box_unseen(declared: Mapping[str, str]) -> bool:
    """Whether an element without text can be neither seen nor move anything."""
    sizes = [pixels(declared[name]) for name in SIZES if name in declared]
    return all(name in UNPAINTED or name.startswith("--") for name in declared) and all(
        size is not None and size <= 1 for size in sizes
    )


def has_gaps(declared: Mapping[str, str]) -> bool:
    """Whether declarations put text within a line apart from what stands beside it."""
    return any(not NO_GAPS.issuperset(declared[name].split()) for name in GAPS & declared.keys())


def _aligns(name: str, value: str) -> bool:
    """Whether what is in an element may stand out of it at its top."""
    aligns = name.startswith(("align", "justify", "place"))
    return aligns and not STARTS.issuperset(value.split())


def _is_local(name: str, value: str, em: float) -> bool:
    plain = VENDORS.sub("", name, count=1)
    if plain == "all":
        return value in ("revert", "unset", "initial")
    if plain in LOCAL or (plain.startswith(LOCAL_STARTS) and "image" not in plain):
        return True
    if plain in ("margin-left", "margin-right"):
        length = pixels(value, em)
        return length is not None and length >= MIN_MARGIN
    return plain == "box-shadow" and _is_small_shadow(value, em)


def _is_small_shadow(value: str, em: float) -> bool:
    """Whether a shadow is faint, or doesn't reach over the line above."""
    colors, rest = FUNCTION.findall(value), FUNCTION.sub("", value)
    lengths = [pixels(word, em) for word in rest.split() if not (word.isalpha() or word[0] == "#")]
    if "," in rest or "(" in rest or None in lengths or len(lengths) not in (3, 4):  # or several
        return False
    _, down, *sizes = [length or 0 for length in lengths]
    is_faint = bool(colors) and all(opacity(color) <= FAINT for color in colors)
    return "inset" not in value and (is_faint or sum(map(abs, sizes)) - down <= OVERLAPPING)


def _extent(word: str, em: float) -> float:
    """How large a length is, whatever its sign; endless, if it's one that we don't know."""
    length = pixels(word, em)
    if length is None:
        return ENDLESS if word[:1] in "0123456789.+-" or "(" in word.replace("rgb", "") else 0
    return abs(length)


def _sticks_out(declared: Mapping[str, str], em: float) -> bool:
    """Whether the box of a piece of a line is drawn upon the lines above and below."""
    lengths = [
        _extent(word, em)
        for name, value in declared.items()
        if VENDORS.sub("", name, count=1).startswith(("padding", "border"))
        if not name.endswith(SIDEWAYS)
        for word in (value.split()[::2] if name == "padding" else value.split())
    ]
    return max(lengths, default=0) > OVERLAPPING


def has_height(declared: Mapping[str, str]) -> bool:
    """Whether what is in an element may be higher than itself, and reach over what comes below."""
    is_cut = declared.get("overflow") in ("hidden", "clip") and not any(
        name.startswith("overflow-") for name in declared
    )
    return _has_height(declared) and not is_cut


def _has_height(declared: Mapping[str, str]) -> bool:
    heights = {declared.get(name, "auto") for name in HEIGHTS}
    return bool(heights - SIZE_WORDS - {"100%", "100vh"})


def is_fixed(declared: Mapping[str, str]) -> bool:
    """Whether an element has a height of its own, which its text may be too large for, or is narrow."""
    widths = [pixels(declared.get(name, "")) for name in WIDTHS]
    return _has_height(declared) or any(width is not None and width < NARROW for width in widths)


def _clips(declared: Mapping[str, str]) -> bool:
    """Whether an element may show only a part of its text, in which one can't scroll."""
    flows = {word for name in ("overflow", "overflow-x", "overflow-y")
             for word in declared.get(name, "visible").split()}  # fmt: skip
    if flows <= {"visible", "initial", "inherit", "unset"}:
        return False
    widths = [declared.get(name, "auto") for name in WIDTHS]
    return not flows <= {"auto", "visible"} or any(
        value not in SIZE_WORDS and value != "100%" and (pixels(value) or 0) < ROOMY
        for value in widths
    )


def hangs_out(element: Element, *, rtl: bool) -> bool:
    """Whether a line may begin left of its element by more than the element stands to the right, or stand
    out of what is seen. From right to left, what is wider than its element is cut off."""
    tag, declared = element.tag, element.declared
    indent = pixels(declared.get("text-indent", "0")) or 0
    widths = [pixels(declared.get(name, "")) or 0 for name in (*WIDTHS, "min-width")]
    if max(widths) > WIDE:
        return True
    if rtl and (any(widths) or tag == "pre" or "white-space" in declared) and tag not in TABLES:
        return True
    is_logical = any("-inline" in name or name.endswith("-start") for name in declared)
    room = 0 if rtl or is_logical or tag in ("td", "th") else left_of(declared, 16)
    return indent < 0 and indent + room < -8


def left_of(declared: Mapping[str, str], em: float) -> float:
    """How far an element's left side is moved to the right, in pixels (below zero: to the left)."""
    found = 0.0
    for name in ("margin", "padding"):
        words = declared.get(name, "0").split() or ["0"]
        whole = words[3] if len(words) == 4 else words[1] if len(words) > 1 else words[0]
        found += pixels(declared.get(f"{name}-left", whole), em) or 0
    return found
