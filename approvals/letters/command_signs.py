"""What hides in a command: the signs of its bound arguments, or of its command line. Pure.

They read a list of words as an approver would like to, without running anything: also within one
item, since `/RUN=powershell -enc …` is one. Too many signs are better than one too few.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

_SEPARATORS = re.compile(r"[\s=;&|(),<>]+")
_INVISIBLE_TO_SHELLS = re.compile(r"[\"'`^]")  # `pow^ershell` and `p"o"wershell` are powershell
_DASH = r"[-/\u2013\u2014\u2015]"  # PowerShell takes these for one
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://|\b(?:javascript|vbscript|data|mailto):", re.IGNORECASE
)
_BLOB = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}|[A-Za-z0-9_-]{60,}={0,2}")
_POWERSHELL = frozenset({"powershell", "pwsh", "powershell_ise"})
_SHELL = re.compile(r"-[a-z]*c.*|--command.*|--init-file.*", re.IGNORECASE)
_SCRIPT = re.compile(r"-[a-z0-9]{0,4}e.*|--(eval|execute|expression).*|eval", re.IGNORECASE)
_WINDOW_STYLE_HIDDEN = re.compile(rf"{_DASH}windowstyle[: ]+hid", re.IGNORECASE)
_CMD_AND_OPTION = re.compile(
    r"(.*[\\/])?cmd(\.exe)?/[ckr]", re.IGNORECASE
)  # one word, and cmd takes it
# Which option of which program is followed by code.
_CODE_OPTIONS = {
    **dict.fromkeys(("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish"), _SHELL),
    **dict.fromkeys(("csh", "tcsh", "rbash", "busybox", "su", "runuser"), _SHELL),
    "cmd": re.compile(r"(/[a-z](:\w+)?)*/[ckr].*", re.IGNORECASE),
    **dict.fromkeys(
        _POWERSHELL,
        re.compile(rf"{_DASH}(c|co|com|comm|comma|comman|command\w*|cwa)(:.*)?|-", re.IGNORECASE),
    ),
    **dict.fromkeys(("python", "pythonw", "pypy", "py"), re.compile(r"-[a-zA-Z]*c.*")),
    **dict.fromkeys(("perl", "ruby", "osascript", "lua", "luajit", "rscript"), _SCRIPT),
    **dict.fromkeys(("julia", "groovy", "scala", "elixir", "erl", "swift", "tclsh"), _SCRIPT),
    **dict.fromkeys(
        ("node", "nodejs", "deno", "bun"), re.compile(r"-p?e|-p|--(eval|print).*|eval")
    ),
    "php": re.compile(r"-[rRBE].*|--run.*|--process-code.*"),
    **dict.fromkeys(
        ("mshta", "wscript", "cscript", "rundll32"),
        re.compile(r"(java|vb)script:.*", re.IGNORECASE),
    ),
}


def code_from_command_line(words: Sequence[str]) -> str:
    """The shell or interpreter that gets code by an option, such as "bash -c"; "" for none."""
    awaited: dict[re.Pattern[str], str] = {}  # options of the programs named so far
    to_powershell = False
    for token in _tokens(words):
        if to_powershell and not re.match(_DASH, token):
            return "powershell"  # what stands there is a command to it
        to_powershell = False
        if _CMD_AND_OPTION.match(token):
            return "cmd /c"
        for options, name in awaited.items():
            if options.fullmatch(token):
                return f"{name} {token[:20]}"
        name = _program(token)
        if name in _CODE_OPTIONS:
            awaited.setdefault(_CODE_OPTIONS[name], name)
            to_powershell = name in _POWERSHELL
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
        option = re.match(rf"{_DASH}+([a-z]+)(?::(.*)|$)", token, re.IGNORECASE)
        if started and option:
            yield option[1].lower(), (option[2] or following).lower()
        started = started or _program(token) in _POWERSHELL


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
