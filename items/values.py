"""A form's values: as a browser would post them, and in words for Change History.

Both come from the kind's form, so new kinds get history, duplication and restoring for free.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from items.fields import SecretField
from items.forms import ItemForm

Posted = dict[str, list[str]]
Words = dict[str, str]
# Fields of the page, not of the item.
APART = frozenset({"version", "confirm_password"})


def names_of(form: forms.BaseForm) -> list[str]:
    """The form's fields that are the item's and no secret."""
    return [
        name
        for name, field in form.fields.items()
        if name not in APART and not isinstance(field, SecretField)
    ]


def posted(form: forms.BaseForm) -> Posted:
    """What a browser posts when somebody saves this (unbound) form as it was opened."""
    values: Posted = {}
    for name in names_of(form):
        bound = form[name]
        values |= as_posted(bound.html_name, bound.field.widget, bound.value())
    return values


def as_posted(name: str, widget: forms.Widget, value: Any) -> Posted:
    """What a browser posts for the `widget` called `name` while it holds `value`."""
    if isinstance(widget, forms.MultiWidget):
        names: list[str] = widget.widgets_names  # type: ignore[attr-defined]  # missing in the stubs
        parts = zip(names, widget.widgets, widget.decompress(value) or (), strict=True)
        return {k: v for n, w, part in parts for k, v in as_posted(name + n, w, part).items()}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if value else {}
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return {name: [str(getattr(each, "pk", each)) for each in value or ()]}
    if isinstance(widget, forms.Select):
        return {name: ["" if value is None else str(value)]}
    return {name: [str(widget.format_value(value) or "")]}


def as_data(values: Posted, **changes: str) -> QueryDict:
    """The data to bind a form to, made from what `posted` returned."""
    data = QueryDict(mutable=True)
    for name, texts in values.items():
        data.setlist(name, texts)
    for name, text in changes.items():
        data[name] = text
    return data


def belongs_to(name: str, field: str) -> bool:
    """Whether the posted `name` is of the form's `field`: `expires_after_unit` is of expires_after."""
    return name == field or (
        name.startswith(f"{field}_") and name.removeprefix(f"{field}_") in {"amount", "unit"}
    )


def in_words(form: ItemForm) -> Words:
    """Each field's label and its (unbound) value as people read it, and the item's other facts."""
    words = {
        str(form[name].label): value_in_words(form.fields[name], form[name].value())
        for name in names_of(form)
    }
    return words | form.facts()


def value_in_words(field: forms.Field, value: Any) -> str:
    own = getattr(field, "in_words", None)
    if own is not None:
        return str(own(value))
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        item = field.queryset.filter(pk=value).first() if value else None
        return field.label_from_instance(item) if item else str(field.empty_label or "")
    if isinstance(field, forms.MultipleChoiceField):
        labels: Any = field.choices
        return "\n".join(str(label) for key, label in labels if key in (value or ()))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, "" if value is None else value))  # type: ignore[arg-type]
    if isinstance(value, datetime):
        local = value if timezone.is_naive(value) else timezone.localtime(value)
        return date_format(local, "DATETIME_FORMAT")
    return "" if value is None else str(value)
