# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The colours of CSS and of HTML attributes."""

import re
from colorsys import hls_to_rgb

Color = tuple[int, int, int]
HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
FUNCTION = re.compile(r"(rgba?|hsla?)\(([^()]{1,60})\)\Z")
NUMBER = re.compile(r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(%|deg)?")
UNCHANGED = ("transparent", "none", "inherit", "initial", "unset", "currentcolor", "")
NAMED = """
white ffffff snow fffafa ivory fffff0 ghostwhite f8f8ff whitesmoke f5f5f5
floralwhite fffaf0 azure f0ffff mintcream f5fffa aliceblue f0f8ff antiquewhite faebd7
beige f5f5dc cornsilk fff8dc gainsboro dcdcdc honeydew f0fff0 lavender e6e6fa
lavenderblush fff0f5 lightcyan e0ffff lightyellow ffffe0 linen faf0e6 oldlace fdf5e6
seashell fff5ee black 000000 window ffffff canvas ffffff red ff0000 green 008000
blue 0000ff yellow ffff00 lime 00ff00 aqua 00ffff cyan 00ffff fuchsia ff00ff
magenta ff00ff maroon 800000 navy 000080 olive 808000 purple 800080 teal 008080
gray 808080 grey 808080 silver c0c0c0 orange ffa500 gold ffd700 pink ffc0cb brown a52a2a
darkred 8b0000 darkblue 00008b darkgreen 006400 darkgray a9a9a9 darkgrey a9a9a9
lightgray d3d3d3 lightgrey d3d3d3 dimgray 696969 dimgrey 696969 lightblue add8e6
lightgreen 90ee90 turquoise 40e0d0 indigo 4b0082 violet ee82ee crimson dc143c
tomato ff6347 coral ff7f50 salmon fa8072 khaki f0e68c tan d2b48c royalblue 4169e1
steelblue 4682b4 slategray 708090 darkslategray 2f4f4f midnightblue 191970
windowtext 000000 canvastext 000000 mediumblue 0000cd darkorange ff8c00 firebrick b22222
lemonchiffon fffacd papayawhip ffefd5 bisque ffe4c4 wheat f5deb3 mistyrose ffe4e1
palegreen 98fb98
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
    match = FUNCTION.match(text)
    numbers = NUMBER.findall(match.group(2))[:3] if match else []
    if match is None or len(numbers) != 3:
        return None
    if match.group(1).startswith("hsl"):
        hue, saturation, lightness = (float(number) for number, _ in numbers)
        parts = hls_to_rgb(hue / 360 % 1, min(lightness / 100, 1), min(saturation / 100, 1))
        red, green, blue = (round(part * 255) for part in parts)
    else:
        scaled = (float(number) * (2.55 if unit == "%" else 1) for number, unit in numbers)
        red, green, blue = (min(max(round(part), 0), 255) for part in scaled)
    return red, green, blue


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
    match = FUNCTION.match(color)
    numbers = NUMBER.findall(match.group(2)) if match else []
    if len(numbers) == 4:
        number, unit = numbers[3]
        return min(max(float(number) / (100 if unit == "%" else 1), 0), 1)
    if color.startswith("#") and len(color) in (5, 9):
        return int(color[4] * 2 if len(color) == 5 else color[7:], 16) / 255
    return 1
