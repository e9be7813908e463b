"""The console's words for lengths, ages, counts and hashes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import age_words, length_words
from core.pages import count_words
from core.text import short_hash

NOW = datetime(2026, 7, 14, 9, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than 1 min"),
        (59, "less than 1 min"),
        (60, "1 min"),
        (16 * 60 + 59, "16 min"),
        (3600, "1 h"),
        (7 * 3600 + 44 * 60, "7 h 44 min"),
        (24 * 3600, "1 day"),
        (2 * 24 * 3600 + 5, "2 days"),
        (-5, "less than 1 min"),
    ],
)
def test_a_length_is_said_with_at_most_two_units(seconds: int, words: str) -> None:
    assert length_words(timedelta(seconds=seconds)) == words


def test_an_age_is_a_length_ago() -> None:
    assert age_words(NOW - timedelta(minutes=16), now=NOW) == "16 min ago"
    assert age_words(NOW + timedelta(seconds=3), now=NOW) == "just now"


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (999, "999"), (1000, "999+")])
def test_a_count_stops(count: int, words: str) -> None:
    assert count_words(count) == words


def test_a_hash_is_shortened_at_both_ends() -> None:
    assert short_hash("9f2c1e7b" + "0" * 48 + "d8a1c94e") == "9f2c1e7b…d8a1c94e"
    assert short_hash("") == ""


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3000)))
def test_every_length_has_words(length: timedelta) -> None:
    assert length_words(length)
