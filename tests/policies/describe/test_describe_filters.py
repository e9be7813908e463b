"""Filters in words."""

from typing import Any

import pytest

from policies.describe import filter_words
from policies.describe.filters import clause_words, target_words
from policies.engine.filters import FILTER_KINDS
from policies.models import Filter

HASHES = [f"{number:064x}" for number in range(1, 12)]


def a_row(kind: str, **settings: Any) -> Filter:
    """Not stored: words are made from the row alone."""
    return Filter(name="Some Filter", kind=kind, settings=settings)


# kind, settings, what it tests, what is targeted, the condition within a sentence
FILTERS = [
    (
        "file_specification",
        {"names": ["setup*.exe", "*setup.exe", "*.msi"]},
        "file name is setup*.exe, *setup.exe or *.msi",
        "setup*.exe, *setup.exe or *.msi",
        "the file name is setup*.exe, *setup.exe or *.msi",
    ),
    (
        "file_specification",
        {"path": "C:\\Tools"},
        "path is C:\\Tools or below it",
        "anything at or below C:\\Tools",
        "the path is C:\\Tools or below it",
    ),
    (
        "file_specification",
        {"glob": "*:\\Users\\**"},
        "path matches *:\\Users\\**",
        "anything matching *:\\Users\\**",
        "the path matches *:\\Users\\**",
    ),
    (
        "file_specification",
        {"path": "/opt", "glob": "/opt/*/bin/**"},
        "path is /opt or below it and path matches /opt/*/bin/**",
        "anything at or below /opt and matching /opt/*/bin/**",
        "the path is /opt or below it and the path matches /opt/*/bin/**",
    ),
    (
        "file_specification",
        {"names": ["a.exe", "b.exe"], "path": "C:\\Tools"},
        "file name is a.exe or b.exe and path is C:\\Tools or below it",
        "anything whose file name is a.exe or b.exe and whose path is C:\\Tools or below it",
        "the file name is a.exe or b.exe and the path is C:\\Tools or below it",
    ),
    (
        "file_hash",
        {"hashes": ["9f2c1e7b" + "0" * 48 + "d8a1c94e"]},
        "SHA-256 is 9f2c1e7b…d8a1c94e",
        "anything whose SHA-256 is 9f2c1e7b…d8a1c94e",
        "the SHA-256 is 9f2c1e7b…d8a1c94e",
    ),
    (
        "signed_file",
        {"subject": "Contoso Software*"},
        "signer is Contoso Software*",
        "anything signed by Contoso Software*",
        "the signer is Contoso Software*",
    ),
    (
        "commandline",
        {"text": "/quiet"},
        "command line is /quiet",
        "anything whose command line is /quiet",
        "the command line is /quiet",
    ),
    (
        "commandline",
        {"text": "/quiet", "match": "partial"},
        "command line contains /quiet",
        "anything whose command line contains /quiet",
        "the command line contains /quiet",
    ),
    (
        "commandline",
        {"text": r"/S\b", "match": "regex"},
        r"whole command line matches the expression /S\b",
        r"anything whose whole command line matches the expression /S\b",
        r"the whole command line matches the expression /S\b",
    ),
    (
        "advanced_commandline",
        {"command": "systemctl", "arguments": ["restart", "*"]},
        "command is systemctl and arguments are restart *",
        "anything whose command is systemctl and whose arguments are restart *",
        "the command is systemctl and the arguments are restart *",
    ),
    (
        "advanced_commandline",
        {"command": "/bin/ls", "no_arguments": True},
        "command is /bin/ls without arguments",
        "anything whose command is /bin/ls without arguments",
        "the command is /bin/ls without arguments",
    ),
    (
        "advanced_commandline",
        {"no_arguments": True},
        "command has no arguments",
        "anything whose command has no arguments",
        "the command has no arguments",
    ),
    (
        "advanced_commandline",
        {"arguments": ["-m", "a b", "**"]},
        'arguments are -m "a b" **',
        'anything whose arguments are -m "a b" **',
        'the arguments are -m "a b" **',
    ),
    (
        "advanced_commandline",
        {"command": "^/bin/", "arguments": ["re start"], "match": "regex"},
        "whole command path matches the expression ^/bin/ "
        "and whole list of arguments matches the expression re start",
        "anything whose whole command path matches the expression ^/bin/ "
        "and whose whole list of arguments matches the expression re start",
        "the whole command path matches the expression ^/bin/ "
        "and the whole list of arguments matches the expression re start",
    ),
    (
        "advanced_commandline",
        {"command": "^/bin/ls$", "no_arguments": True, "match": "regex"},
        "whole command path matches the expression ^/bin/ls$ and command has no arguments",
        "anything whose whole command path matches the expression ^/bin/ls$ "
        "and whose command has no arguments",
        "the whole command path matches the expression ^/bin/ls$ and the command has no arguments",
    ),
    (
        "user_context",
        {"groups": ["BUILTIN\\Administrators"]},
        "user is in BUILTIN\\Administrators",
        "anything whose user is in BUILTIN\\Administrators",
        "the user is in BUILTIN\\Administrators",
    ),
    (
        "user_context",
        {"users": ["EXAMPLE\\alice", "S-1-5-18"]},
        "user is EXAMPLE\\alice or S-1-5-18",
        "anything whose user is EXAMPLE\\alice or S-1-5-18",
        "the user is EXAMPLE\\alice or S-1-5-18",
    ),
    (
        "user_context",
        {"users": ["alice"], "groups": ["sudo", "wheel"], "match": "any"},
        "user is alice, or is in sudo or wheel",
        "anything whose user is alice, or is in sudo or wheel",
        "the user is alice, or is in sudo or wheel",
    ),
    (
        "user_context",
        {"users": ["alice", "bob"], "groups": ["sudo", "wheel"], "match": "all"},
        "user is alice or bob, and is in sudo and wheel",
        "anything whose user is alice or bob, and is in sudo and wheel",
        "the user is alice or bob, and is in sudo and wheel",
    ),
    (
        "parent_process",
        {"names": ["consent.exe"]},
        "parent is consent.exe",
        "anything whose parent is consent.exe",
        "the parent is consent.exe",
    ),
    (
        "parent_process",
        {"path": "/usr", "glob": "/usr/*"},
        "parent's path is /usr or below it and parent's path matches /usr/*",
        "anything whose parent's path is /usr or below it and whose parent's path matches /usr/*",
        "the parent's path is /usr or below it and the parent's path matches /usr/*",
    ),
    (
        "time_of_day",
        {
            "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "periods": ["08:00-18:00"],
            "zone": "Europe/Oslo",
        },
        "Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
        "anything while it is Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
        "it is Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
    ),
    (
        "computer",
        {"names": ["WS-*", "SRV-1"]},
        "computer is WS-* or SRV-1",
        "anything on WS-* or SRV-1",
        "the computer is WS-* or SRV-1",
    ),
]


@pytest.mark.parametrize(("kind", "settings", "words", "target", "clause"), FILTERS)
def test_a_filter_is_told_by_what_it_tests(
    kind: str, settings: dict[str, Any], words: str, target: str, clause: str
) -> None:
    row = a_row(kind, **settings)
    assert (filter_words(row), target_words(row), clause_words(row)) == (words, target, clause)


def test_every_kind_of_filter_is_told() -> None:
    assert {kind for kind, *_ in FILTERS} == set(FILTER_KINDS)


@pytest.mark.parametrize(
    ("days", "periods", "words"),
    [
        ([], ["08:00 - 12:00", "13:00-17:00"], "every day, 08:00 to 12:00 and 13:00 to 17:00"),
        (["sunday", "Saturday"], [], "Saturday and Sunday, all day"),
        (["friday", "monday", "wednesday"], [], "Monday, Wednesday and Friday, all day"),
        (
            ["monday", "tuesday", "wednesday", "saturday"],
            ["22:00-06:00"],
            "Monday to Wednesday and Saturday, 22:00 to 06:00 the next day",
        ),
        (
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
            ["18:00-24:00"],
            "every day, 18:00 to 24:00",
        ),
        ([], [f"{hour:02}:00-{hour:02}:30" for hour in range(6)], "… and 2 more"),
    ],
)
def test_times_are_told_by_days_then_periods(
    days: list[str], periods: list[str], words: str
) -> None:
    told = filter_words(a_row("time_of_day", days=days, periods=periods))
    begin, cut, end = words.rpartition("…")
    assert told.startswith(begin) if cut else True
    assert told.endswith(f"{end} (UTC)")


@pytest.mark.parametrize("kind", sorted(FILTER_KINDS))
def test_a_filter_that_tests_nothing_says_so(kind: str) -> None:
    row = a_row(kind)
    assert filter_words(row) == "tests nothing yet"
    assert target_words(row) == clause_words(row) == "Some Filter (tests nothing yet)"


def test_a_filter_that_can_not_be_built_says_why() -> None:
    row = a_row("file_hash", hashes=["abc"])
    why = "can't be used: hashes: abc is not 64 hexadecimal digits (SHA-256)"
    assert filter_words(row) == why
    assert target_words(row) == clause_words(row) == f"Some Filter ({why})"
    row = Filter(name="Of another version", kind="horoscope", settings=None)
    assert filter_words(row).startswith("can't be used: kind: must be one of")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "a"),
        (2, "a or b"),
        (5, "a, b, c, d or e"),
        (6, "a, b, c, d and 2 more"),
        (11, "a, b, c, d and 7 more"),
    ],
)
def test_lists_longer_than_five_are_cut(count: int, words: str) -> None:
    names = list("abcdefghijk")[:count]
    assert filter_words(a_row("file_specification", names=names)) == f"file name is {words}"
    assert filter_words(a_row("user_context", users=names)) == f"user is {words}"


def test_hashes_are_cut_to_be_read() -> None:
    told = filter_words(a_row("file_hash", hashes=HASHES))
    assert told.startswith("SHA-256 is 00000000…00000001, 00000000…00000002, ")
    assert told.endswith(" and 7 more")


def test_what_hides_or_turns_within_a_value_is_made_visible_and_what_is_long_is_cut() -> None:
    told = filter_words(a_row("file_specification", names=["exe.\u202egpj", "a\nb", "x" * 300]))
    assert "exe.[U+202E]gpj, a[U+000A]b or xxx" in told
    assert told.endswith("x…")
    assert len(told) < 200
