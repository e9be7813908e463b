"""Hidden characters become visible, and a value stays one line within its limit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import is_hidden, visible, visible_parts

ANY = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("setup.exe", "setup.exe"),
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("a\r\nb\tc", "a[U+000D][U+000A]b[U+0009]c"),
        ("e\u0301 Ä 日本", "e\u0301 Ä 日本"),
        ("\ue000\ud800\u2028\U000e0041", "[U+E000][U+D800][U+2028][U+E0041]"),
    ],
)
def test_hidden_characters_are_escaped_and_others_stay(text, shown):
    assert visible(text) == shown


@given(ANY)
def test_nothing_hidden_is_left_and_it_can_be_encoded(text):
    shown = visible(text)
    assert not any(is_hidden(letter) for letter in shown)
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"} for letter in shown)
    assert len(shown.encode().splitlines()) <= 1
    assert visible(shown) == shown


@given(ANY, st.integers(1, 30))
def test_a_limit_is_kept_and_cuts_no_escape(text, limit):
    shown = visible(text, limit)
    assert len(shown) <= limit
    if shown != visible(text):
        assert shown.endswith("…")
        pieces = [piece for piece, _ in visible_parts(text)]
        begin = shown[:-1]
        assert visible(text).startswith(begin)
        assert "".join(pieces).startswith(begin)


def test_escapes_are_told_apart_from_text():
    assert visible_parts("a\u202eb") == [("a", False), ("[U+202E]", True), ("b", False)]
