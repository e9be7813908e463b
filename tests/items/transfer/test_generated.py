"""The round trip as a property: whatever the forms take comes out of another installation the same."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django import forms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.models import Action
from items.family import Family, Kind, family_of
from items.fields import LinesField, MinutesField
from items.forms import SaveRefused
from items.models import Item
from items.services import save_item
from items.transfer.exporting import export
from items.transfer.text import Plain, read, write
from items.values import as_data, as_posted, belongs_to, names_of, posted
from policies.activation import turn
from policies.models import ComputerGroup, Filter, Policy
from tests.items.makers import KINDS, make_item
from tests.items.transfer.files import BY, add_defaults, another_installation, imported, planned

pytestmark = pytest.mark.django_db
Draw = Callable[[st.SearchStrategy[Any]], Any]
MADE = [(family, kind) for _, family, kind in KINDS if family.may_create]
# What YAML gives a meaning to, or people mistake for something else.
MEANINGFUL = [
    *"-?:#&*!%@`|>=~\t…é😀ß\u2028\u0085\u00a0\u202e\ufeff\x7f\x1b",
    *(
        "no",
        "null",
        "true",
        "0123",
        "0x1f",
        "1_000",
        "1e3",
        "12:30",
        "2026-01-01",
        "--",
        "---",
        "...",
    ),
    *("{}", "[]", "<<", "'a'", '"a"', "a:b", "a:", "a: b", "#a", " #a", "\\n"),
]
words = st.sampled_from(MEANINGFUL) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
texts = st.lists(words, max_size=5).map(" ".join) | st.lists(words, max_size=4).map("\n".join)
lists = st.lists(
    words.filter(lambda word: word.strip() == word != "" and len(word.splitlines()) == 1)
)


@settings(deadline=None, max_examples=300)
@given(
    st.dictionaries(
        st.text(st.characters(categories=["Ll"]), min_size=1, max_size=5),
        texts
        | st.integers(-(10**9), 10**9)
        | st.booleans()
        | st.none()
        | st.lists(texts, max_size=4),
        max_size=5,
    )
)
def test_whatever_is_written_is_read_as_it_was(item: dict[str, Plain]) -> None:
    entry = read(write({"family": [item]}).encode()).entries[0]
    said = {
        name: [scalar.text for scalar in written.value]
        if isinstance(written.value, tuple)
        else written.value.text
        for name, written in entry.fields.items()
    }
    assert said == {
        name: value
        if isinstance(value, str | list)
        else {None: "null"}.get(value, str(value).lower())  # type: ignore[dict-item,arg-type]
        for name, value in item.items()
    }


@pytest.mark.timeout(600)
@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_items_come_out_of_another_installation_the_same_to_the_byte(data: Any) -> None:
    with another_installation():
        add_defaults()
        for family, kind in data.draw(st.lists(st.sampled_from(MADE), min_size=4, max_size=10)):
            make_any(family, kind, data.draw)
        text = export()
        assert planned(text, prune=True).changes == ()
    with another_installation():
        add_defaults()
        imported(text, prune=True)
        assert export() == text
        assert planned(text, prune=True).changes == ()


def make_any(family: Family, kind: Kind, draw: Draw) -> None:
    """An item with anything in its fields that its form takes, in force if it can be."""
    item = make_item(family, kind)
    for _ in range(draw(st.integers(1, 4))):
        form = family.form_of(type(item)._default_manager.get(pk=item.pk))
        names = draw(st.lists(st.sampled_from(names_of(form)), max_size=3, unique=True))
        change(item, {name: draw(values_for(form.fields[name])) for name in names})
    if isinstance(item, Policy) and draw(st.booleans()):
        change(item, {name: [value().pk] for name, value in PARTS.items()})
        with suppress(SaveRefused):
            turn(item, True, BY)


PARTS: dict[str, Callable[[], Item]] = {
    "groups": lambda: ComputerGroup.objects.filter(platform="windows")[0],
    "target": lambda: Filter.objects.get(name="Installers and Setup Programs"),
    "actions": lambda: Action.objects.filter(kind="deny_execute", is_builtin=True).get(),
}


def change(item: Item, values: dict[str, Any]) -> None:
    """Save the item with these values, if its form takes them."""
    family, stored = family_of(item), type(item)._default_manager.get(pk=item.pk)
    form = family.form_of(stored)
    data = posted(form)
    for name, value in values.items():
        field = form.fields[name]
        data = {n: texts for n, texts in data.items() if not belongs_to(n, name)}
        data |= as_posted(name, field.widget, field.prepare_value(value))
    bound = family.form_of(stored, as_data(data, version=str(stored.version)))
    if bound.is_valid():
        with suppress(SaveRefused):
            save_item(bound, by=BY)


# Something for each kind of field, the first that fits: also what it refuses, or makes otherwise.
VALUES: list[tuple[type[forms.Field], Callable[[Any], st.SearchStrategy[Any]]]] = [
    (forms.ModelMultipleChoiceField, lambda f: st.lists(st.sampled_from(keys_of(f)), unique=True)),
    (forms.ModelChoiceField, lambda f: st.sampled_from([None, *keys_of(f)])),
    (forms.MultipleChoiceField, lambda f: st.lists(st.sampled_from(choices(f)), unique=True)),
    (forms.ChoiceField, lambda f: st.sampled_from(choices(f))),
    (MinutesField, lambda f: st.integers(0, 2000) | st.integers(0, 50).map(lambda d: d * 1440)),
    (forms.BooleanField, lambda f: st.booleans()),
    (forms.IntegerField, lambda f: st.integers(0, 500)),
    (forms.DateTimeField, lambda f: st.sampled_from(["2030-12-01T09:00", "2031-01-31T23:59"])),
    (forms.EmailField, lambda f: st.sampled_from(["lee@example.com", "müller@straße.example", ""])),
    (LinesField, lambda f: lists | st.sampled_from([["*.exe"], ["a" * 64], ["08:00-18:00"]])),
    (forms.Field, lambda f: texts),
]


def values_for(field: forms.Field) -> st.SearchStrategy[Any]:
    return next(values(field) for kind, values in VALUES if isinstance(field, kind))


def choices(field: Any) -> list[str]:
    return [key for key, _ in field.choices]


def keys_of(field: Any) -> list[Any]:
    return [item.pk for item in field.queryset.all()]
