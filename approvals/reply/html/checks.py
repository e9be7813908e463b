# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The declarations that mail programs write and that neither hide nor move text, property by property."""

import re
from collections.abc import Callable
from functools import lru_cache

from approvals.reply.html.css import FONT_SIZES, UNKNOWN, VENDORS, font_of, pixels

# Whatever their values are.
HARMLESS = frozenset(
    (
        "font-family font-style font-weight font-stretch font-kerning font-synthesis font-smoothing "
        "font-color font-charset font-palette font-optical-sizing osx-font-smoothing "
        "text-align text-align-last text-transform text-rendering text-justify "
        "text-wrap text-wrap-mode text-wrap-style text-autospace "
        "text-decoration-line text-decoration-style text-decoration-color text-decorations-in-effect "
        "text-decoration-skip-ink text-underline-position text-spacing-trim text-kerning "
        "text-underline word-wrap word-break overflow-wrap hyphens line-break tab-interval tab-stops "
        "white-space white-space-collapse nbsp-mode direction locale caret-color caret cursor "
        "user-select user-drag user-modify pointer-events touch-action touch-callout "
        "tap-highlight-color accent-color forced-color-adjust "
        "print-color-adjust color-adjust box-sizing box-decoration-break orphans widows page "
        "page-break-before page-break-after page-break-inside break-before break-after break-inside "
        "size table-layout empty-cells will-change clear resize "
        "overflow overflow-x overflow-y overflow-anchor overscroll-behavior scroll-behavior "
        "scrollbar-width scrollbar-color scrollbar-gutter transition transition-property "
        "transition-duration transition-delay transition-timing-function transition-behavior "
        "object-fit object-position image-rendering interpolation-mode justify-content "
        "justify-items justify-self align-items align-self align-content place-content flex "
        "flex-grow flex-shrink flex-basis flex-wrap gap row-gap column-gap layout-grid-mode "
        "layout-grid punctuation-wrap so-language panose-1 speak background-color "
        "background-repeat background-position background-position-x background-position-y "
        "background-size background-attachment background-origin color composition-fill-color "
        "composition-frame-color copy border-collapse border-spacing fill stroke stroke-width "
        "stop-color tab-align line-grid line-snap rtl-ordering user-input counter-reset "
        "backface-visibility transform-origin transform-style perspective-origin text-orientation "
        "ruby-position ruby-align text-anchor stroke-linecap stroke-linejoin fill-opacity "
        "stroke-opacity stop-opacity color-interpolation text-kashida layout-flow "
        "text-decoration-skip line-clamp box-orient overflow-scrolling animation-duration "
        "animation-delay counter-increment counter-set high-contrast-adjust text-combine "
        "hanging-punctuation"
    ).split()
)
HARMLESS_STARTS = tuple(
    "mso- -- -qt- -aw- -evernote- -en- v- o- * _ font-variant font-feature font-variation scroll-".split()
)
DISPLAYS = frozenset(
    "block inline inline-block list-item table table-row table-row-group flow-root".split()
)
HEIGHTS = ("height", "max-height", "block-size", "max-block-size")
WIDTHS = ("width", "max-width", "inline-size", "max-inline-size")
SIZES = (*HEIGHTS, *WIDTHS, "min-width", "min-inline-size", "min-height", "min-block-size")
SIZE_WORDS = frozenset(
    "auto none initial inherit unset fit-content max-content min-content -webkit-fill-available".split()
)
PLAIN_VALUES = frozenset(["", "initial", "inherit", "unset", "revert", "auto", "none", "normal"])
NOT_PLAIN = (("display", "none"), ("content-visibility", "auto"))
Check = Callable[[str, float], bool]


def _within(least: float, most: float) -> Check:
    """A check of one to four lengths, in pixels; below zero, of those that are sure."""

    def check(value: str, em: float) -> bool:
        return all(
            word in SIZE_WORDS
            or (
                (length := pixels(word, em)) is not None
                and least <= length <= most
                and (length >= 0 or word.endswith(("px", "pt", "cm", "in", "mm")))
            )
            for word in value.split()
        )

    return check


def _among(words: str) -> Check:
    known = frozenset(words.split())
    return lambda value, em: value in known


def _font_size(value: str, em: float) -> bool:
    return value in FONT_SIZES or value in ("smaller", "larger") or pixels(value, em) is not None


def _font(value: str, em: float) -> bool:
    found = font_of(value)
    return found is not None and "(" not in value and (not found[1] or _line_height(found[1], em))


def _size(value: str, em: float) -> bool:
    if value.startswith(("calc(100%", "min(", "fit-content(")):
        return True
    length = pixels(value, em)
    return value in SIZE_WORDS or (length is not None and 0 <= length <= 2000)


def _line_height(value: str, em: float) -> bool:
    """Unless lines may lie upon each other, or far apart: a number is of each font inside."""
    if NUMBER.match(value):
        return 1 <= float(value) <= 4
    length = pixels(value, em) if not value.endswith("%") else (pixels(value) or 0) / 8 * em / 100
    return value == "normal" or (length is not None and 0.8 * em <= length <= 150)


def _are_small(value: str, em: float) -> bool:
    """Whether no length of a border is large enough to cover text."""
    return _are_colors(value) and all(abs(pixels(word, em) or 0) <= 20 for word in value.split())


def _has_no_length(value: str, em: float) -> bool:
    return _are_colors(value) and not any(word[:1] in "0123456789.+-" for word in value.split())


def _are_colors(value: str) -> bool:
    """Whether the functions in a value are colours."""
    return "(" not in value.replace("rgb(", "").replace("rgba(", "").replace("hsl(", "")


NUMBER = re.compile(r"[0-9]*+(?:\.[0-9]++)?\Z")
MARKERS = _among(
    "disc circle square decimal lower-alpha upper-alpha lower-roman upper-roman none inside outside"
)
CHECKED: dict[str, Check] = {
    "font-size": _font_size,
    "font": _font,
    "font-size-adjust": _among("none"),
    "display": lambda value, em: value in DISPLAYS,
    "visibility": _among("visible"),
    "content-visibility": _among("visible auto"),
    "position": _among("static relative"),
    "opacity": _among("1 1.0 100% .99 0.99"),
    "zoom": _among("1 1.0 100%"),
    "scale": _among("1"),
    "filter": lambda value, em: value.startswith("alpha(opacity=100"),  # of old programs alone
    "background": lambda value, em: not any(each in value for each in ("url(", "gradient", "var(")),
    "background-clip": _among("border-box padding-box content-box"),
    "mix-blend-mode": _among("normal"),
    "color-scheme": lambda value, em: "light" in value,
    "supported-color-schemes": lambda value, em: "light" in value,
    "unicode-bidi": _among("embed normal isolate plaintext"),
    "line-height": _line_height,
    "line-height-step": _within(0, 0),
    "writing-mode": _among("horizontal-tb lr-tb"),
    "caption-side": _among("top"),
    "z-index": lambda value, em: value.isdecimal(),
    "text-indent": _within(-60, 160),
    "letter-spacing": _within(-1, 3),
    "word-spacing": _within(-1, 40),
    "vertical-align": lambda value, em: value.replace("-", "").isalpha() or _within(-20, 20)(value, em),
    "text-decoration": _has_no_length,
    "text-decoration-thickness": _within(0, 3),
    "text-underline-offset": _within(0, 5),
    "text-overflow": _among("clip ellipsis"),
    "text-size-adjust": _among("100% auto none"),
    "text-stroke": _among("0 0px"),
    "text-stroke-width": _within(0, 0),
    "text-stroke-color": lambda value, em: True,  # of a stroke that has a width
    "text-fill-color": lambda value, em: True,  # judged as a colour
    "tab-size": _among("0 1 2 3 4 5 6 7 8"),
    "list-style": lambda value, em: all(MARKERS(word, em) for word in value.split()),
    "list-style-type": MARKERS,
    "list-style-position": MARKERS,
    "outline": lambda value, em: "none" in value.split() or value in ("0", "0px"),
    "outline-width": _within(0, 3),
    "outline-offset": _within(-3, 3),
    "outline-color": lambda value, em: True,
    "order": _among("0"),
    "quotes": _among("auto"),
    "mso-hide": _among("none"),  # only Outlook knows it
    "mso-element": lambda value, em: value.startswith("para-border"),
    "mso-special-character": _among("line-break footnote"),
    "border-image": _among("none initial"),
    "content": lambda value, em: value in ('""', "''"),
}  # fmt: skip
CHECKED |= dict.fromkeys(SIZES, _size)
for side in ("", "-top", "-right", "-bottom", "-left", "-inline", "-inline-start", "-inline-end",
             "-block", "-block-start", "-block-end", "-before", "-after", "-start", "-end"):  # fmt: skip
    CHECKED[f"padding{side}"] = _within(0, 500)
    CHECKED[f"margin{side}"] = _within(0, 500)
    for part in ("", "-width", "-color", "-style"):
        CHECKED[f"border{side}{part}"] = _are_small
for side in ("margin-left", "margin-right"):
    CHECKED[side] = _within(-8, 500)  # Word's tables
for corner in ("", "-top-left", "-top-right", "-bottom-left", "-bottom-right"):
    CHECKED[f"border{corner}-radius"] = _within(0, 10**4)
for name in ("source", "slice", "width", "repeat", "outset"):
    CHECKED[f"border-image-{name}"] = _among("none initial 100% 1 0 stretch")
for place in ("top", "right", "bottom", "left", "inset"):
    CHECKED[place] = _within(0, 0)


@lru_cache(maxsize=5000)
def is_harmless(name: str, value: str, em: float) -> bool:
    plain = VENDORS.sub("", name, count=1)
    if plain in HARMLESS or (plain.startswith(HARMLESS_STARTS) and plain not in CHECKED):
        return True
    if value in PLAIN_VALUES:
        return (name, value) not in NOT_PLAIN and name != "all"
    return value != UNKNOWN and plain in CHECKED and CHECKED[plain](value, em)
