"""What a requester wants: two values that look the same to whoever decides, and aren't."""

import unicodedata
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.letters.exact import MAX_MARKS, exact, hides_something, listed
from approvals.letters.execution import Execution
from approvals.models import OutgoingMail
from core.text import is_hidden
from tests.factories import DANA, make_plea, make_request

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): shown as nothing.
IGNORABLE = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
ALIKE = {
    "composed": ("caf\u00e9", "cafe\u0301"),
    "order of marks": ("a\u0323\u0302", "a\u0302\u0323"),
    "Kelvin": ("K", "\u212a"),
    "Angstrom": ("\u00c5", "\u212b"),
    "Hangul": ("\ud55c", "\u1112\u1161\u11ab"),
    "variation": ("a", "a\ufe0f"),
    "null notehead": ("a", "a\U0001d159"),
    "Khitan filler": ("a", "a\U00016fe4"),
    "slash with a mark": ("/", "/\u0338"),
    "escape": ("a\u200b", "a[U+200B]"),
}
ANY = st.text(st.characters(codec="utf-8"), max_size=12)
MARKS = st.text("ae\u00e9\u0301\u0323\u0338\u1112\u1161\u11ab\ud55c\u0958\ufe0f /[U+]", max_size=8)


def test_what_unicode_ignores_is_shown() -> None:
    points = chain.from_iterable(range(first, last + 1) for first, last in IGNORABLE)
    assert [f"{point:04X}" for point in points if not is_hidden(chr(point))] == []


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_pass_one_value_for_another_that_looks_the_same(one: str, other: str) -> None:
    shown = [unicodedata.normalize("NFC", exact(text)) for text in (one, other)]
    assert shown[0] != shown[1]
    assert hides_something(one) or hides_something(other) or "[U+" in other


@given(st.one_of(ANY, MARKS), st.one_of(ANY, MARKS))
def test_what_differs_is_shown_differently_in_any_normal_form(one: str, other: str) -> None:
    for text in (one, other):
        assert unicodedata.is_normalized("NFC", exact(text))
    assert (exact(one) == exact(other)) is (one == other)


@pytest.mark.parametrize("items", [["a", "\u0301b"], ["\u0301"], ["a b", "\u0338"]])
def test_put_a_mark_on_the_blank_or_quotation_mark_of_the_list(items: list[str]) -> None:
    assert not any(unicodedata.combining(letter) for letter in listed(items))


def test_hide_the_lines_around_under_a_pile_of_marks() -> None:
    shown = exact("a" + "\u0316" * 500)
    assert sum(map(bool, map(unicodedata.combining, shown))) == MAX_MARKS


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Größe",
            "日本語",
            "\ud55c\uad6d\uc5b4",
            "हिन्दी",
            "ภาษาไทย",
            "Tiếng Việt",
            "עִבְרִית",
            "العربية",
        ),
        *("C:\\Programme\\Éloïse", "🙂", "naïve—x", "x̱"),
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert exact(text) == text
    assert not hides_something(text)


@pytest.mark.django_db
def test_hide_a_character_in_the_account() -> None:
    request = make_request(plea=make_plea(account="EXAMPLE\\al\u200bice"))
    draft = OutgoingMail.objects.get(request=request, recipient=DANA).draft
    assert "Hidden characters in the account:" in draft.text.replace("\u00a0", " ")
    assert "EXAMPLE\\al[U+200B]ice" in draft.text


def test_hide_a_character_in_the_accounts_identifier() -> None:
    assert Execution("/x", account_id="1001\ufe0f").hidden_in == "account"
