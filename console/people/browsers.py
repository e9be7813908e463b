"""A browser in words, as far as its User-Agent header tells."""

from typing import Final

# The first that is named counts: nearly all name others too.
_BROWSERS: Final = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS: Final = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


def browser_words(user_agent: str) -> str:
    """ "Chrome on Windows", "Unknown browser". Anybody can send any header, so it proves nothing."""
    browser = next((word for name, word in _BROWSERS.items() if name in user_agent), "")
    system = next((word for name, word in _SYSTEMS.items() if name in user_agent), "")
    return f"{browser or 'Unknown browser'}{f' on {system}' if system else ''}"
