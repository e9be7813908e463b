"""Command lines as their platform reads them, beside the list of arguments that was reported. Pure."""

import re
import shlex
from collections.abc import Iterator, Sequence

# What no platform reads as anything but itself; Windows not backslashes either, without quotes.
_PLAIN = {False: re.compile(r"[\w@%+=:,./ -]*"), True: re.compile(r"[\w@%+=:,./\\ -]*")}


def parsed(line: str, *, on_windows: bool) -> tuple[list[str], str, list[str]]:
    """All words as arguments; the program and the rest.

    Raises ValueError for an open quotation on Unix.
    """
    if not on_windows:
        words = shlex.split(line)
        return words, words[0] if words else "", words[1:]
    line = line.strip(" \t")
    # The program ends with the next quotation mark, without escapes.
    program = re.match(r'"([^"]*)"?|[^ \t]*', line)
    assert program is not None  # it may be empty
    name = program[0] if program[1] is None else program[1]
    return list(_windows_words(line)), name, list(_windows_words(line[program.end() :]))


def contradicts(line: str, arguments: Sequence[str], *, file_path: str, on_windows: bool) -> bool:
    """Whether a command line says something else than `arguments`, where both were reported."""
    if not arguments or not line.strip():
        return False
    if _is_plainly(line, arguments, file_path, on_windows):
        return False
    try:
        without_program, program, rest = parsed(line, on_windows=on_windows)
    except ValueError:
        return True
    if without_program == list(arguments):
        return False
    return rest != list(arguments) or not _is_program(program, file_path, on_windows)


def _is_plainly(line: str, arguments: Sequence[str], path: str, on_windows: bool) -> bool:
    """Whether `line` is the path and the arguments with nothing in them that needs reading."""
    joined = " ".join(arguments)
    if joined.split() != list(arguments) or not _PLAIN[on_windows].fullmatch(joined):
        return False
    quoted = f'"{path}" {joined}'
    if line == quoted:
        return '"' not in path if on_windows else bool(_PLAIN[False].fullmatch(path))
    return (
        line == f"{path} {joined}" and " " not in path and bool(_PLAIN[on_windows].fullmatch(path))
    )


def _is_program(word: str, path: str, on_windows: bool) -> bool:
    """Whether a command line may call the file at `path` by this word."""
    if on_windows:
        word, path = word.replace("/", "\\").casefold(), path.replace("/", "\\").casefold()
        word = word if word.endswith(".exe") or not path.endswith(".exe") else f"{word}.exe"
    separator = "\\" if on_windows else "/"
    # /bin is /usr/bin on most systems.
    word = word.removeprefix(f".{separator}").removeprefix("/usr")
    path = path.removeprefix("/usr")
    return word == path or (word[:1] != separator and path.endswith(f"{separator}{word}"))


def _windows_words(line: str) -> Iterator[str]:
    """The arguments in a line by the rules of CommandLineToArgvW."""
    word, quotes = "", 0
    in_word = False
    for piece in re.findall(r'\\*"+|\\+|[ \t]+|[^\\" \t]+', line):
        if piece.isspace() and quotes != 1:
            if in_word:
                yield word
            word, quotes, in_word = "", 0, False
            continue
        in_word = True
        if not piece.endswith('"'):
            word += piece
            continue
        backslashes = piece.count("\\")
        marks = len(piece) - backslashes
        word += "\\" * (backslashes // 2)
        if backslashes % 2:
            word, marks = f'{word}"', marks - 1
        for _ in range(marks):
            quotes += 1
            if quotes == 3:  # the third of a run stands for itself
                word, quotes = f'{word}"', 0
        quotes = 0 if quotes == 2 else quotes
    if in_word:
        yield word
