"""Paths of another machine, compared by the rules of its platform.

A path becomes a tuple of parts: the root ("/", "\\\\" for a network share, "c:"), then the folders
and the name. `.` and `..` are resolved by name (endpoints report real paths, so a link is already
followed), separators that repeat count once. What Windows ignores at the end of a path is left
out: blanks, dots and the name of the main stream ("cmd.exe::$DATA"); another stream is another
program, and stays. Of a path behind \\\\?\\ it ignores nothing.

A path that names no one file has the root UNRESOLVED: "C:x" and "\\x" depend on the current folder
and drive, \\\\?\\GLOBALROOT and volume names may be any drive, and a name such as ".. " is read in
two ways. Nothing can be said for certain of where it is.
"""

import re
import unicodedata
from functools import lru_cache

from actions.platforms import Platform
from policies.engine.text import fold

UNRESOLVED = "\0"  # which no text from outside may hold
ROOTS = frozenset({"/", "\\\\", UNRESOLVED})
Parts = tuple[str, ...]
_LITERAL = re.compile(r"\\(?:\\\?|\?\?)\\")  # written exactly so
_DEVICE = re.compile(r"\\\\[?.]\\")
_UNC = "unc\\"
_DRIVE = re.compile(r"(?:[a-z]|[*?]):(?=\\|$)")
_SHARE = 2  # names at the front of a network path, above which no ".." leads
# The stream that a name without one means: of a file, of a folder.
_MAIN_STREAM = re.compile(r"(?:::\$data|:(?:\$i30)?:\$index_allocation)$", re.IGNORECASE)


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
def parts(path: str, platform: str) -> Parts:
    """`path` in the form that is compared; () for an empty one."""
    path = same_case(path, platform)
    if platform == Platform.WINDOWS:
        return _of_windows(path)
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            del names[-1:]
        elif name not in ("", "."):
            names.append(name)
    return ("/", *names) if path.startswith("/") else tuple(names)


def is_unresolved(whole: Parts) -> bool:
    """Whether nothing can be said for certain of where the file is."""
    return bool(whole) and whole[0] == UNRESOLVED


def written(whole: Parts, platform: str) -> str:
    """`parts` as one text again, for regular expressions."""
    if platform == Platform.WINDOWS:
        rooted = whole[:1] == ("\\\\",)
        return "\\\\" + "\\".join(whole[1:]) if rooted else "\\".join(whole)
    return "/" + "/".join(whole[1:]) if whole[:1] == ("/",) else "/".join(whole)


_PLAIN = re.compile(r"[a-z]:(?:\\[^\\/:. ][^\\/:]*(?<![. ]))+")  # nothing in it to be resolved


def _of_windows(path: str) -> Parts:
    if _PLAIN.fullmatch(path):
        return tuple(path.split("\\"))
    literal = _LITERAL.match(path)
    path = path if literal else path.replace("/", "\\")
    device = literal or _DEVICE.match(path)
    if device:
        path = path[device.end() :]
        if path.startswith(_UNC):
            path = "\\\\" + path[len(_UNC) :]
    if path.startswith("\\\\"):
        root, rest, floor = "\\\\", path[2:], _SHARE
    elif drive := _DRIVE.match(path):
        root, rest, floor = drive[0], path[drive.end() :], 0
    else:
        relative = path.startswith("\\") or path[1:2] == ":"
        root, rest, floor = (UNRESOLVED if device or relative else ""), path, 0
    names = _literal_names(rest) if literal else _names(rest, floor)
    if names is None:
        trimmed = map(_trimmed, re.split(r"[/\\]", rest))
        root, names = UNRESOLVED, [name for name in trimmed if name]
    return (root, *names) if root else tuple(names)


def _names(rest: str, floor: int) -> list[str] | None:
    """Folders and name as Windows finds them; None if it may find one of two."""
    found: list[str] = []
    *folders, last = rest.split("\\")
    for name in folders:
        if name == "..":
            del found[max(floor, len(found) - 1) :]
        elif name.strip(".") or len(name) > len(".."):  # "..." is a name
            if not name.strip(". ") and " " in name:
                return None
            kept = name[:-1] if name.endswith(".") and name.strip(".") else name
            found.append(_MAIN_STREAM.sub("", kept))
    if last == "..":
        del found[max(floor, len(found) - 1) :]
    else:
        found += [_trimmed(last)] if _trimmed(last) else []
    return found


def _trimmed(name: str) -> str:
    """The last name of a path, as Windows opens it."""
    return _MAIN_STREAM.sub("", name.rstrip(". ")).rstrip(". ")


def _literal_names(rest: str) -> list[str] | None:
    """What follows \\\\?\\ reaches the file system as it is, which knows no such names as these."""
    names = rest.removeprefix("\\").removesuffix("\\").split("\\") if rest.strip("\\") else []
    if any(name in ("", ".", "..") or "/" in name for name in names):
        return None
    return [_MAIN_STREAM.sub("", name) for name in names]
