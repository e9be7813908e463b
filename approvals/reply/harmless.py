# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The style that mail programs write, which neither hides nor moves text.

Everything else is doubtful: nobody can list all ways in which a style may make text unseen, so an
answer in such an element is none.
"""

import re
from collections.abc import Callable

from approvals.reply.colors import UNCHANGED, color_of

LENGTH = re.compile(
    r"([+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++))(px|pt|pc|em|rem|ex|ch|%|cm|mm|in|vw|vh)?\Z"
)
PIXELS = {
    "pt": 1.33, "pc": 16, "em": 16, "rem": 16, "ex": 8, "ch": 8, "cm": 38, "mm": 3.8, "in": 96,
    "vw": 10, "vh": 8, "%": 8,
}  # fmt: skip
VENDORS = re.compile(r"-(?:webkit|moz|ms|o|apple|epub)-")
# Whatever their values are.
HARMLESS = frozenset(
    (
        "font-family font-style font-weight font-stretch font-kerning font-synthesis font-smoothing "
        "font-size-adjust font-color font-charset font-palette font-optical-sizing osx-font-smoothing "
        "text-align text-align-last text-transform text-size-adjust text-rendering text-justify "
        "text-wrap text-wrap-mode text-wrap-style text-autospace text-shadow "
        "text-stroke-color text-fill-color text-decoration text-decoration-line text-overflow "
        "text-decoration-style text-decoration-color text-decoration-thickness "
        "text-decorations-in-effect "
        "text-decoration-skip-ink text-underline-offset text-underline-position text-emphasis "
        "text-emphasis-color text-emphasis-style text-emphasis-position text-orientation "
        "text-spacing-trim text-box text-box-trim text-box-edge text-kerning text-underline word-wrap "
        "word-break overflow-wrap hyphens hyphenate-character line-break tab-size tab-interval "
        "tab-stops white-space white-space-collapse nbsp-mode direction locale "
        "caret-color caret cursor user-select user-drag user-modify pointer-events "
        "touch-action touch-callout tap-highlight-color accent-color color-scheme "
        "supported-color-schemes forced-color-adjust print-color-adjust color-adjust box-sizing "
        "box-shadow box-decoration-break orphans widows page page-break-before page-break-after "
        "page-break-inside break-before break-after break-inside size list-style list-style-type "
        "list-style-position list-style-image table-layout empty-cells quotes will-change isolation "
        "appearance clear resize line-height-step overflow overflow-x "
        "overflow-y overflow-anchor overscroll-behavior scroll-behavior scrollbar-width "
        "scrollbar-color scrollbar-gutter transition transition-property transition-duration "
        "transition-delay transition-timing-function transition-behavior object-fit object-position "
        "image-rendering interpolation-mode ruby-align ruby-position justify-content justify-items "
        "justify-self align-items align-self align-content place-content flex flex-grow flex-shrink "
        "flex-basis flex-wrap gap row-gap column-gap column-count column-width column-fill "
        "column-rule columns layout-grid-mode layout-grid punctuation-wrap so-language panose-1 "
        "behavior src speak min-width min-inline-size min-height min-block-size inline-size "
        "background-color background-repeat background-position background-position-x "
        "background-position-y background-size background-attachment background-origin "
        "background-clip color composition-fill-color composition-frame-color copy perspective-origin "
        "transform-origin transform-style backface-visibility border-collapse border-spacing "
        "dominant-baseline alignment-baseline baseline-shift text-anchor fill stroke "
        "stroke-width clip-rule fill-rule stop-color flood-color lighting-color paint-order "
        "tab-align line-grid line-snap rtl-ordering user-input "
        "counter-reset counter-increment counter-set "
        "high-contrast-adjust text-combine text-combine-upright hanging-punctuation"
    ).split()
)
HARMLESS_STARTS = ("mso-", "--", "border", "outline", "font-variant", "font-feature", "font-variation",
                   "scroll-", "mask-border", "column-rule-")  # fmt: skip
DISPLAYS = frozenset(
    ("block inline inline-block list-item table table-row table-row-group flow-root").split()
)


def is_doubtful(declared: dict[str, list[str]]) -> bool:
    """Whether declarations hold anything that mail programs don't write around what one types."""
    return (
        any(not _is_harmless(name, value) for name, values in declared.items() for value in values)
        or _differs([*declared.get("background", []), *declared.get("background-color", [])])
        or _differs(declared.get("color", []))
        or len(set(declared.get("display", []))) > 1
        or _clips(declared)
    )


def pixels(value: str) -> float | None:
    """About how long a length is; None if it is none of the plain ones."""
    match = LENGTH.match(value)
    return float(match.group(1)) * PIXELS.get(match.group(2), 1) if match else None


def _is_harmless(name: str, value: str) -> bool:
    plain = VENDORS.sub("", name, count=1)
    if "\\" in name + value and not name.startswith("mso-"):
        return False  # an escape: new programs read `wh\69te`, old ones don't
    if not name or plain in HARMLESS:
        return True
    if plain.startswith(HARMLESS_STARTS) and plain not in CHECKED:
        return True
    if value in ("", "initial", "inherit", "unset", "revert", "auto", "none", "normal"):
        return True
    return plain in CHECKED and CHECKED[plain](value)


def _differs(values: list[str]) -> bool:
    """Whether it depends on the order, or on what is important, which of several colours is seen."""
    return len({color_of(value) or value for value in values if value not in UNCHANGED}) > 1


def _clips(declared: dict[str, list[str]]) -> bool:
    """Whether an element may be too small for its text, and shows nothing outside of itself."""
    flows = {word for name in ("overflow", "overflow-x", "overflow-y")
             for value in declared.get(name, []) for word in value.split()}  # fmt: skip
    sizes = [value for name in SIZES for value in declared.get(name, [])]
    return bool(flows - {"visible", "initial", "inherit", "unset"}) and any(
        _is_within(9, 10**6)(value) is False and value not in SIZE_WORDS for value in sizes
    )


def _is_within(least: float, most: float) -> Callable[[str], bool]:
    """A check of one to four lengths."""

    def check(value: str) -> bool:
        lengths = [0 if word in SIZE_WORDS else pixels(word) for word in value.split()]
        return all(length is not None and least <= length <= most for length in lengths)

    return check


def _is_one_of(words: str) -> Callable[[str], bool]:
    known = frozenset(words.split())
    return known.__contains__


def _font_size(value: str) -> bool:
    length = pixels(value)
    return value in FONT_SIZES if length is None else 4 <= length <= 400


def _font(value: str) -> bool:
    sizes = [word.split("/")[0] for word in value.split() if word[:1] in "0123456789.+-c"]
    return "(" not in value and all(
        size.isdecimal() or not LENGTH.match(size) or 9 <= (pixels(size) or 0) <= 400
        for size in sizes
    )


SIZES = (
    "height",
    "max-height",
    "width",
    "max-width",
    "block-size",
    "max-block-size",
    "inline-size",
)
SIZE_WORDS = frozenset(
    "auto none initial inherit unset fit-content max-content min-content -webkit-fill-available".split()
)
FONT_SIZES = frozenset(
    (
        "medium small smaller large larger x-large xx-large xxx-large x-small xx-small "
        "-webkit-xxx-large revert"
    ).split()
)
CHECKED: dict[str, Callable[[str], bool]] = {
    "font-size": _font_size,
    "font": _font,
    "display": DISPLAYS.__contains__,
    "visibility": _is_one_of("visible"),
    "content-visibility": _is_one_of("visible auto"),
    "position": _is_one_of("static relative"),
    "opacity": _is_one_of("1 1.0 100% .99 0.99"),
    "zoom": _is_one_of("1 1.0 100%"),
    "scale": _is_one_of("1"),
    "background": lambda value: "url(" not in value and "gradient" not in value and "var(" not in value,
    "mix-blend-mode": _is_one_of("normal"),
    "unicode-bidi": lambda value: "override" not in value,
    "line-height": lambda value: _is_within(0.8 if value[-1:].isdecimal() else 5, 10**4)(value),
    "writing-mode": _is_one_of("horizontal-tb lr-tb"),
    "caption-side": _is_one_of("top"),
    "z-index": lambda value: value.isdecimal(),
    "text-indent": _is_within(-80, 160),
    "letter-spacing": _is_within(-2.5, 20),
    "word-spacing": _is_within(-10, 40),
    "vertical-align": lambda value: value.isalpha() or "-" in value[1:] or _is_within(-20, 20)(value),
    "height": lambda value: "(" not in value,
    "max-height": lambda value: "(" not in value,
    "width": lambda value: "(" not in value or value.startswith(("calc(100%", "min(", "fit-content(")),
    "max-width": lambda value: "(" not in value or value.startswith(("calc(100%", "min(")),
    "text-stroke": lambda value: value.startswith("0"),
    "text-stroke-width": _is_one_of("0 0px"),
    "order": _is_one_of("0"),
    "mso-hide": _is_one_of("none"),  # only Outlook knows it
    "animation": _is_one_of("none"),
}  # fmt: skip
for side in ("", "-top", "-right", "-bottom", "-left", "-inline", "-inline-start", "-inline-end",
             "-block", "-block-start", "-block-end", "-before", "-after", "-start", "-end"):  # fmt: skip
    CHECKED[f"margin{side}"] = _is_within(-60, 500)
    CHECKED[f"padding{side}"] = _is_within(0, 500)
for place in ("top", "right", "bottom", "left", "inset"):
    CHECKED[place] = _is_within(-5, 5)
