"""Paths of another machine, compared by the rules of its platform.

A path becomes a tuple of parts: the root ("/", "\\\\" for a network share, "c:"), then the folders
and the name. `.` and `..` are resolved by name (endpoints report real paths, so a link is already
followed), separators that repeat count once. What Windows ignores at the end of a name is left
out: blanks, dots and the name of the main stream ("cmd.exe::$DATA"); another stream is another
program, and stays.
"""

import re
import unicodedata
from functools import lru_cache

from actions.platforms import Platform
from policies.engine.text import fold

_DEVICE_PREFIX = re.compile(r"^\\\\[?.]\\(?:(UNC)\\)?", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:|[*?]:")
# The stream that a name without one means: of a file, of a folder.
_MAIN_STREAM = re.compile(r"(?:::\$data|:(?:\$i30)?:\$index_allocation)$", re.IGNORECASE)
ROOTS = frozenset({"/", "\\", "\\\\"})


def file_name(path: str, platform: str) -> str:
    """The last part of the path; a backslash is a separator on Windows and a letter elsewhere."""
    return re.split(r"[/\\]" if platform == Platform.WINDOWS else "/", path)[-1]


def same_case(text: str, platform: str) -> str:
    """As the platform's file system compares names: case matters on Linux only."""
    if platform == Platform.LINUX:
        return text
    if platform == Platform.MACOS:
        text = unicodedata.normalize("NFC", text)  # APFS keeps either form, and finds by both
    return fold(text)


@lru_cache(maxsize=4096)
def parts(path: str, platform: str) -> tuple[str, ...]:
    """`path` in the form that is compared; () for an empty one."""
    root, rest, separator = _rooted(same_case(path, platform), platform)
    found: list[str] = []
    for name in rest.split(separator):
        if platform == Platform.WINDOWS and name not in (".", ".."):
            # It opens "cmd.exe" for "cmd.exe. ." and for "cmd.exe::$DATA".
            name = _MAIN_STREAM.sub("", name.rstrip(". ")).rstrip(". ")  # noqa: PLW2901
        if name == "..":
            del found[-1:]
        elif name not in ("", "."):
            found.append(name)
    return (root, *found) if root else tuple(found)


def _rooted(path: str, platform: str) -> tuple[str, str, str]:
    if platform != Platform.WINDOWS:
        return ("/" if path.startswith("/") else "", path, "/")
    path = path.replace("/", "\\")
    prefix = _DEVICE_PREFIX.match(path)
    if prefix:
        path = ("\\\\" if prefix.group(1) else "") + path[prefix.end() :]
    if path.startswith("\\\\"):
        return ("\\\\", path, "\\")
    if path.startswith("\\"):
        return ("\\", path, "\\")
    if _DRIVE.fullmatch(path[:2]):
        return (path[:2], path[2:], "\\")
    return ("", path, "\\")
