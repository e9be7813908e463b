"""What hides in a command: the signs of its bound arguments, or of its command line. Pure.

They read a list of words as an approver would like to, without running anything: also within one
item, since `/RUN=powershell -enc …` is one. Too many signs are better than one too few.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from approvals.letters.code_options import (
    CODE_OPTIONS,
    DASH,
    INTERPRETERS,
    POWERSHELL,
    STANDARD_INPUT,
    TAKES_VALUE,
)

_SEPARATORS = re.compile(r"[\s=;&|(),<>]+")
_INVISIBLE_TO_SHELLS = re.compile(r"[\"'`^]")  # `pow^ershell` and `p"o"wershell` are powershell
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://|\b(?:javascript|vbscript|data|mailto):", re.IGNORECASE
)
_BLOB = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}|[A-Za-z0-9_-]{60,}={0,2}")
_WINDOW_STYLE_HIDDEN = re.compile(rf"{DASH}windowstyle[: ]+hid", re.IGNORECASE)
_CMD_AND_OPTION = re.compile(
    r"(.*[\\/])?cmd(\.exe)?/[ckr]", re.IGNORECASE
)  # one word, and cmd takes it
# `\\host\share`, as Windows reads it; `C:\\folder`, `\\?\C:\folder` and `https://host/` are none.
_NETWORK_PATH = re.compile(
    r"((?<![\w\\/:])[\\/]{2}|((?<=\w\w:)|(?<=[/-]\w:))\\\\)"
    r"([?.][\\/]UNC[\\/])?[^\\/?.\s][^\\/\s]*[\\/]\w",
    re.IGNORECASE,
)
_BEFORE_A_PROGRAM = frozenset({"sudo", "doas", "env", "exec", "nohup", "command", "time", "nice"})


def code_from_command_line(words: Sequence[str]) -> str:
    """What is handed code by an option or a pipe, such as "bash -c" or "| sh"; "" for none."""
    awaited: dict[re.Pattern[str], str] = {}  # options of the programs named so far
    interpreter = ""  # whose options follow until its script is named
    previous = ""
    for token in _tokens(words):
        if _program(previous) in POWERSHELL and not re.match(DASH, token):
            return "powershell"  # what stands there is a command to it
        if _CMD_AND_OPTION.match(token):
            return "cmd /c"
        if interpreter and STANDARD_INPUT[interpreter].fullmatch(token):
            return f"{interpreter} {token[:20]}"
        pair = f"{previous} {token}"
        for options, name in awaited.items():
            if options.fullmatch(token) or options.fullmatch(pair):
                return f"{name} {token[:20]}"
        name = _program(token)
        if name in CODE_OPTIONS:
            awaited.setdefault(CODE_OPTIONS[name], name)
        if name in STANDARD_INPUT:
            interpreter = name
        elif token[0] not in "-+" and previous not in TAKES_VALUE:
            interpreter = ""
        previous = token
    return _piped_into(words)


def _piped_into(words: Sequence[str]) -> str:
    """The interpreter behind a `|`, as in `curl … | sudo sh`."""
    line = _INVISIBLE_TO_SHELLS.sub("", " ".join(words))
    for piece in line.split("|")[1:]:
        for word in piece.split(maxsplit=6)[:6]:
            name = _program(_SEPARATORS.split(word)[0])
            if name in INTERPRETERS:
                return f"| {name}"
            if name not in _BEFORE_A_PROGRAM and word[0] not in "-&":
                break
    return ""


def encoded_powershell(words: Sequence[str]) -> bool:
    """Whether PowerShell is given a command in base64, by any abbreviation of -EncodedCommand."""
    return any(
        option == "ec" or "encodedcommand".startswith(option) or option.startswith("encodeda")
        for option, _ in _powershell_options(_tokens(words))
    )


def hidden_window(words: Sequence[str]) -> bool:
    """Whether something is told to run without a window: PowerShell's `-w hidden`, -WindowStyle."""
    tokens = _tokens(words)
    if any(_WINDOW_STYLE_HIDDEN.search(" ".join(pair)) for pair in pairwise(tokens)):
        return True
    return any(
        "windowstyle".startswith(option) and value and ("hidden".startswith(value) or value == "1")
        for option, value in _powershell_options(tokens)
    )


def _powershell_options(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Everything like an option behind the name of PowerShell, with its value, in small letters."""
    started = False
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        option = re.match(rf"{DASH}+([a-z]+)(?::(.*)|$)", token, re.IGNORECASE)
        if started and option:
            yield option[1].lower(), (option[2] or following).lower()
        started = started or _program(token) in POWERSHELL


def longest_blob(words: Sequence[str]) -> int:
    """The length of the longest text that looks like base64, 0 for none.

    A path has more separators, a hash only one case of letters, a long word no digits.
    """
    return max(
        (
            len(blob)
            for word in words
            for blob in _BLOB.findall(word)
            if len(re.findall(r"[/_-]", blob)) <= len(blob) // 16
            and re.search(r"[A-Z]", blob)
            and re.search(r"[a-z]", blob)
            and re.search(r"[0-9+=]", blob)
        ),
        default=0,
    )


def holds_address(words: Sequence[str]) -> bool:
    """Whether a URL stands among the words."""
    return any(_ADDRESS.search(_INVISIBLE_TO_SHELLS.sub("", word)) for word in words)


def holds_network_path(words: Sequence[str]) -> bool:
    """Whether a file on another computer stands among the words, as Windows reads them."""
    return any(_NETWORK_PATH.search(_INVISIBLE_TO_SHELLS.sub("", word)) for word in words)


def _tokens(words: Sequence[str]) -> list[str]:
    """The words, cut where any shell cuts, without the marks that only hide a word from readers."""
    return [
        token
        for word in words
        for token in _SEPARATORS.split(_INVISIBLE_TO_SHELLS.sub("", word))
        if token
    ]


def _program(token: str) -> str:
    """The name of a program: without folder, ending and version."""
    name = re.split(r"[\\/]", token)[-1].lower()
    return re.sub(r"(\.(exe|com|cmd|bat))?$", "", name).rstrip("0123456789.")
