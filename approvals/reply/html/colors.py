# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The colours of CSS and of HTML attributes."""

import re
from colorsys import hls_to_rgb
from functools import lru_cache

Color = tuple[int, int, int]
HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
FUNCTION = re.compile(r"(rgb|hsl)a?\(([0-9.,%/ deg-]{1,60})\)\Z")
NUMBER = re.compile(r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(%|deg)?\Z")
UNCHANGED = ("transparent", "none", "inherit", "initial", "unset", "currentcolor", "")
# CSS Color 4, 6.1, and the system's colour that Word writes.
NAMED = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc
bisque ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a
burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50
cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b
darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b
darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000
darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f
darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff
dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0
forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4
indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5
lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1
lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899
lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32
linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd
mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee
mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970
mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6
olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa
palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9
peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399
red ff0000 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460
seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd
slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c
teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff
whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
windowtext 000000 canvastext 000000
""".split()
COLORS: dict[str, Color] = {
    name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16))
    for name, code in zip(NAMED[::2], NAMED[1::2], strict=True)
}


def color_of(text: str) -> Color | None:
    """A CSS colour as red, green, blue; None if it is none that we know."""
    if text in COLORS:
        return COLORS[text]
    bare = HEX.match(text)
    if bare:
        digits = bare.group(1)
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    numbers = _numbers(text)
    if not numbers:
        return None
    units = [unit for _, unit in numbers[:3]]
    (first, _), (second, _), (third, _) = numbers[:3]
    if text.startswith("hsl") and units in (["", "%", "%"], ["deg", "%", "%"]):
        lightness, saturation = min(max(third / 100, 0), 1), min(max(second / 100, 0), 1)
        red, green, blue = hls_to_rgb(first / 360 % 1, lightness, saturation)
        return round(red * 255), round(green * 255), round(blue * 255)
    if text.startswith("hsl") or units not in (["", "", ""], ["%", "%", "%"]):
        return None
    scale = 2.55 if units[0] == "%" else 1
    red, green, blue = (min(max(round(each * scale), 0), 255) for each in (first, second, third))
    return red, green, blue


def color_of_attribute(text: str) -> Color | None:
    """The colour of an HTML attribute: a name, or six digits; browsers read others as they like."""
    value = text.strip(" \t\r\n\f").lower()
    if not text.isascii():
        return None
    digits = value if value.startswith("#") else f"#{value}"
    return COLORS.get(value) or (color_of(digits) if len(digits) == 7 else None)


def _numbers(text: str) -> list[tuple[float, str]]:
    """The three or four numbers of a function, each with its unit; none if it isn't written properly."""
    match = FUNCTION.match(text)
    if not match:
        return []
    inside = match.group(2)
    separated = inside.split(",") if "," in inside else inside.replace("/", " / ").split(" ")
    separated = separated if "," in inside else [each for each in separated if each]
    if "," not in inside and len(separated) > 3:
        if len(separated) != 5 or separated[3] != "/":
            return []
        del separated[3]
    numbers = [NUMBER.match(each.strip(" ")) for each in separated]
    if len(numbers) not in (3, 4):
        return []
    found = [(float(each.group(1)), each.group(2) or "") for each in numbers if each]
    is_proper = len(found) == len(numbers) and all(unit != "deg" for _, unit in found[1:])
    return found if is_proper else []


def contrast(one: Color, other: Color) -> float:
    """From 1 (none) to 21 (WCAG 2.1)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=500)
def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(above: Color, below: Color | None, opaque: float) -> Color | None:
    """A colour as it looks above another one."""
    if opaque >= 1:
        return above
    if below is None:
        return None
    red, green, blue = (
        round(a * opaque + b * (1 - opaque)) for a, b in zip(above, below, strict=True)
    )
    return red, green, blue


def opacity(color: str) -> float:
    """From 0 to 1."""
    numbers = _numbers(color)
    if len(numbers) == 4:
        number, unit = numbers[3]
        return min(max(number / (100 if unit == "%" else 1), 0), 1)
    if color.startswith("#") and len(color) in (5, 9):
        return int(color[4] * 2 if len(color) == 5 else color[7:], 16) / 255
    return 1
