# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The style that mail programs write, which neither hides nor moves text.

Everything else is doubtful: nobody can list all ways in which a style may make text unseen, so an
answer in such an element is none. What may cover or move the text of other elements makes the
whole message doubtful, and so does a property that we don't know.
"""

import re
from collections.abc import Callable

from approvals.reply.colors import UNCHANGED, color_of

LENGTH = re.compile(
    r"([+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++))(px|pt|pc|em|rem|ex|ch|%|cm|mm|in|vw|vh)?\Z"
)
PIXELS = {"pt": 1.33, "pc": 16, "rem": 16, "cm": 38, "mm": 3.8, "in": 96, "vw": 10, "vh": 8, "%": 8}
EMS = {"em": 1, "ex": 0.5, "ch": 0.5}
VENDORS = re.compile(r"-(?:webkit|moz|ms|o|apple|epub)-")
# Whatever their values are.
HARMLESS = frozenset(
    (
        "font-family font-style font-weight font-stretch font-kerning font-synthesis font-smoothing "
        "font-size-adjust font-color font-charset font-palette font-optical-sizing osx-font-smoothing "
        "text-align text-align-last text-transform text-size-adjust text-rendering text-justify "
        "text-wrap text-wrap-mode text-wrap-style text-autospace text-stroke-color text-fill-color "
        "text-decoration-line text-decoration-style text-decoration-color text-decorations-in-effect "
        "text-decoration-skip-ink text-underline-position text-spacing-trim text-kerning "
        "text-underline word-wrap word-break overflow-wrap hyphens line-break tab-interval tab-stops "
        "white-space white-space-collapse nbsp-mode direction locale caret-color caret cursor "
        "user-select user-drag user-modify pointer-events touch-action touch-callout "
        "tap-highlight-color accent-color color-scheme supported-color-schemes forced-color-adjust "
        "print-color-adjust color-adjust box-sizing box-decoration-break orphans widows page "
        "page-break-before page-break-after page-break-inside break-before break-after break-inside "
        "size table-layout empty-cells quotes will-change isolation appearance clear resize "
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
        "counter-increment counter-set high-contrast-adjust text-combine hanging-punctuation"
    ).split()
)
HARMLESS_STARTS = (
    "mso-",
    "--",
    "-qt-",
    "font-variant",
    "font-feature",
    "font-variation",
    "scroll-",
)
DISPLAYS = frozenset(
    ("block inline inline-block list-item table table-row table-row-group flow-root").split()
)
# What they do, they do to the text of their own element alone.
LOCAL = frozenset(
    (
        "display visibility content-visibility opacity font font-size letter-spacing word-spacing "
        "line-height text-indent text-decoration white-space unicode-bidi writing-mode "
        "vertical-align background background-image background-clip mso-hide mso-element "
        "mso-special-character overflow clip text-security text-overflow list-style "
        "list-style-type list-style-image flex-direction caption-side z-index tab-size columns "
        "column-count column-width hyphenate-character src behavior height width block-size "
        "inline-size"
    ).split()
)
LOCAL_STARTS = ("padding", "min-", "max-", "border")
INLINE = frozenset("span font a b i u em strong small big tt code ins mark label".split())
ROOMY = 300  # pixels
OVERLAPPING = 4  # pixels above and below a line, from which on the next one is covered
SIDES = ("", "-top", "-right", "-bottom", "-left", "-inline", "-inline-start", "-inline-end",
         "-block", "-block-start", "-block-end", "-before", "-after", "-start", "-end")  # fmt: skip


def is_doubtful(declared: dict[str, list[str]]) -> bool:
    """Whether declarations hold anything that mail programs don't write around what one types."""
    return (
        any(not _is_harmless(name, value) for name, values in declared.items() for value in values)
        or _differs([*declared.get("background", []), *declared.get("background-color", [])])
        or _differs(declared.get("color", []))
        or len(set(declared.get("display", []))) > 1
        or _clips(declared)
        or _hangs_out(declared)
    )


def moves_others(tag: str, declared: dict[str, list[str]]) -> bool:
    """Whether an element may cover, move or precede the text of other elements."""
    return any(
        not (_is_local(name) or _is_harmless(name, value))
        for name, values in declared.items()
        for value in values
    ) or (tag in INLINE and _sticks_out(declared))


def _is_local(name: str) -> bool:
    plain = _plain(name)
    return plain in LOCAL or (plain.startswith(LOCAL_STARTS) and "image" not in plain)


def is_tight(declared: dict[str, list[str]]) -> bool:
    """Whether lines of text may lie upon each other."""
    return any(not _is_harmless("line-height", value) for value in declared.get("line-height", []))


def _sticks_out(declared: dict[str, list[str]]) -> bool:
    """Whether the box of a piece of a line is drawn upon the lines above and below."""
    if set(declared.get("display", [])) - {"inline", "initial", "inherit", "unset"}:
        return False  # it takes the room that it needs
    lengths = [
        pixels(word) or 0
        for name, values in declared.items()
        if name.startswith(("padding", "border")) and "radius" not in name
        for value in values
        for word in value.split()
    ]
    return max(lengths, default=0) > OVERLAPPING


def pixels(value: str, em: float = 16) -> float | None:
    """About how long a length is, where the font has a size of `em`; None if it is none of the plain
    ones."""
    match = LENGTH.match(value)
    if not match:
        return None
    number, unit = match.groups()
    return float(number) * (em * EMS[unit] if unit in EMS else PIXELS.get(unit, 1))


def _plain(name: str) -> str:
    return VENDORS.sub("", name, count=1)


def _is_harmless(name: str, value: str) -> bool:
    plain = _plain(name)
    if not name or plain in HARMLESS:
        return True
    if plain.startswith(HARMLESS_STARTS) and plain not in CHECKED:
        return True
    if value in ("", "initial", "inherit", "unset", "revert", "auto", "none", "normal"):
        return name != "all"
    return plain in CHECKED and CHECKED[plain](value)


def _differs(values: list[str]) -> bool:
    """Whether it depends on the order, or on what is important, which of several colours is seen."""
    return len({color_of(value) or value for value in values if value not in UNCHANGED}) > 1


def _clips(declared: dict[str, list[str]]) -> bool:
    """Whether an element of a fixed size may show only a part of its text, in which one can't scroll."""
    flows = {word for name in ("overflow", "overflow-x", "overflow-y")
             for value in declared.get(name, []) for word in value.split()}  # fmt: skip
    sizes = [value for name in SIZES for value in declared.get(name, [])]
    least = ROOMY if flows <= {"auto", "scroll", "visible"} else 10**6
    return bool(flows - {"visible", "initial", "inherit", "unset"}) and any(
        value not in SIZE_WORDS
        and not value.endswith(("%", "vw", "vh"))
        and (pixels(value) or 0) < least
        for value in sizes
    )


def _hangs_out(declared: dict[str, list[str]]) -> bool:
    """Whether a first line begins left of its element by more than the element stands to the right."""
    indents = [pixels(value) or 0 for value in declared.get("text-indent", [])]
    return min(indents, default=0) + left_of(declared) < -8


def left_of(declared: dict[str, list[str]]) -> float:
    """How far an element's left side is moved to the right, in pixels (below zero: to the left)."""
    margins = [_side(value, 3) for value in declared.get("margin", [])]
    margins += [_side(value, 0) for value in declared.get("margin-left", [])]
    paddings = [_side(value, 0) for value in declared.get("padding-left", [])]
    return min(margins, default=0) + min(paddings, default=0)


def _side(value: str, at: int) -> float:
    """The length of one side, of a value with one to four."""
    words = value.split() or [""]
    return pixels(words[min(at, len(words) - 1) if len(words) != 3 else 1]) or 0


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


def _size(value: str) -> bool:
    """Of an element: none in which a line of text has no room, or may be far outside of what is seen."""
    if value.startswith(("calc(100%", "min(", "fit-content(")):
        return True
    length = pixels(value)
    return value in SIZE_WORDS or (length is not None and 8 <= length <= 2000)


def _line_height(value: str) -> bool:
    length = pixels(value.removesuffix("%")) if value.endswith("%") else pixels(value)
    if length is None:
        return False
    if value[-1:].isdecimal() or value.endswith("."):
        return 0.8 <= length <= 5
    return 80 <= length <= 500 if value.endswith("%") else 8 <= length <= 100


def _are_small(value: str) -> bool:
    """Whether no length of a line or border is large enough to cover text."""
    return "(" not in value.replace("rgb(", "").replace("rgba(", "") and all(
        abs(pixels(word) or 0) <= 20 for word in value.split()
    )


SIZES = (
    "height",
    "max-height",
    "width",
    "max-width",
    "block-size",
    "max-block-size",
    "inline-size",
    "max-inline-size",
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
    "background-clip": _is_one_of("border-box padding-box content-box"),
    "mix-blend-mode": _is_one_of("normal"),
    "unicode-bidi": lambda value: "override" not in value,
    "line-height": _line_height,
    "line-height-step": _is_one_of("0 0px"),
    "writing-mode": _is_one_of("horizontal-tb lr-tb"),
    "caption-side": _is_one_of("top"),
    "z-index": lambda value: value.isdecimal(),
    "text-indent": _is_within(-60, 160),
    "letter-spacing": _is_within(-1, 20),
    "word-spacing": _is_within(-1, 40),
    "vertical-align": lambda value: value.isalpha() or "-" in value[1:] or _is_within(-20, 20)(value),
    "text-decoration": _are_small,
    "text-decoration-thickness": _is_within(0, 3),
    "text-underline-offset": _is_within(-3, 5),
    "text-overflow": _is_one_of("clip ellipsis"),
    "tab-size": _is_within(0, 20),
    "list-style": lambda value: "url(" not in value and '"' not in value and "'" not in value,
    "list-style-type": lambda value: value.replace("-", "").isalpha(),
    "list-style-position": lambda value: value.isalpha(),
    "outline": _is_one_of("0 0px"),
    "outline-style": lambda value: False,
    "outline-width": _is_within(0, 3),
    "outline-offset": _is_within(-3, 3),
    "outline-color": lambda value: True,
    "text-stroke": lambda value: value.startswith("0"),
    "text-stroke-width": _is_one_of("0 0px"),
    "order": _is_one_of("0"),
    "mso-hide": _is_one_of("none"),  # only Outlook knows it
    "mso-element": lambda value: value.startswith("para-border"),
    "mso-special-character": _is_one_of("line-break footnote"),
    "animation": _is_one_of("none"),
}  # fmt: skip
CHECKED |= dict.fromkeys(
    (*SIZES, "min-width", "min-inline-size", "min-height", "min-block-size"), _size
)
for side in SIDES:
    CHECKED[f"padding{side}"] = _is_within(0, 500)
    CHECKED[f"margin{side}"] = _is_within(0, 500)
    for part in ("", "-width", "-color", "-style"):
        CHECKED[f"border{side}{part}"] = _are_small
for side in ("margin-left", "margin-right", "margin-inline-start"):
    CHECKED[side] = _is_within(-8, 500)  # Word's tables
for corner in ("", "-top-left", "-top-right", "-bottom-left", "-bottom-right"):
    CHECKED[f"border{corner}-radius"] = _is_within(0, 500)
CHECKED["border-image"] = _is_one_of("none initial")
for name in ("border-image-source", "border-image-slice", "border-image-width", "border-image-repeat",
             "border-image-outset"):  # fmt: skip
    CHECKED[name] = _is_one_of("none initial 100% 1 0 stretch")
for place in ("top", "right", "bottom", "left", "inset"):
    CHECKED[place] = _is_within(0, 0)
