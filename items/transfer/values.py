"""The values of a form as a file writes them, and back to what a browser would post.

Both go by the form's fields alone, so a new kind needs nothing here. References are names: of another
item, or the natural key of a row that is none (`get_by_natural_key`).
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models

from core.text import name_key
from items.fields import UNITS, LinesField, MinutesField, SecretField
from items.forms import ItemForm
from items.models import Named
from items.transfer.text import Plain, Scalar, Written
from items.values import Posted, as_data, as_posted, names_of

NameOf = Callable[[type[models.Model], str], str]  # of a row, by its primary key as posted
_SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField, LinesField)
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_TIME = re.compile(r"([0-9]{1,7}) (minute|hour|day)s?")


class WrongValue(ValueError):
    """A file's value isn't one of its field; a sentence."""


@dataclass
class NoSuchItem(WrongValue):
    """A file names something that there isn't: maybe not yet."""

    model: type[models.Model]
    name: str

    def __str__(self) -> str:
        return f"There is no {self.model._meta.verbose_name} named “{self.name}”."


def plain_values(form: ItemForm, values: Posted, name_of: NameOf) -> dict[str, Plain]:
    """What a file says of each field, made from what the form posts."""
    data = as_data(values)
    fields = {name: form.fields[name] for name in names_of(form)}
    return {
        str(name): _plain(field, field.widget.value_from_datadict(data, {}, name), name_of)
        for name, field in fields.items()
    }


def _plain(field: forms.Field, raw: Any, name_of: NameOf) -> Plain:
    match field:
        case forms.ModelMultipleChoiceField() if field.queryset is not None:
            return [name_of(field.queryset.model, key) for key in raw or ()]
        case forms.ModelChoiceField() if field.queryset is not None:
            return name_of(field.queryset.model, raw) if raw else None
        case MinutesField():
            try:
                return field.in_words(field.clean(raw))
            except ValidationError:  # of a version that an older form took
                return " ".join(map(str, raw))
        case forms.BooleanField():
            return bool(raw)
        case forms.MultipleChoiceField():
            return list(raw or ())
        case LinesField():
            return [line.strip() for line in str(raw or "").splitlines() if line.strip()]
        case forms.ChoiceField():
            return raw or None
        case forms.IntegerField():
            return int(raw) if _WHOLE.fullmatch(raw or "") else raw or None
    return [str(each or "") for each in raw] if isinstance(raw, list) else str(raw or "")


def posted_value(form: ItemForm, name: str, written: Written) -> Posted:
    """What a browser would post for the field `name`. Raises WrongValue."""
    field = form.fields.get(name)
    if isinstance(field, SecretField):
        raise WrongValue(
            "Secrets aren't imported. Remove this line, and enter it on the item's page."
        )
    known = names_of(form)
    if field is None or name not in known:
        raise WrongValue(f"There is no field of this name.{did_you_mean(name, known)}")
    several, given = isinstance(field, _SEVERAL), written.value
    if isinstance(given, tuple):
        if not several:
            raise WrongValue("Write one value here, not a list.")
        value: Any = [_one(field, each) for each in given]
    elif several:
        raise WrongValue("Write a list here, or [] for none.")
    else:
        value = _one(field, given)
    return as_posted(form.add_prefix(name), field.widget, field.prepare_value(value))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest of the `known` words, after a blank; "" if none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f" Did you mean {near[0]}?" if near else ""


def _one(field: forms.Field, scalar: Scalar) -> Any:
    """What the field's widget holds for one value of a file."""
    text = "" if scalar.is_null else scalar.text
    match field:
        case forms.ModelChoiceField() if field.queryset is not None:
            return None if scalar.is_null else _key(field.queryset, scalar.text)
        case MinutesField():
            return _minutes(field, scalar.text)
        case forms.BooleanField():
            if scalar.text not in {"true", "false"}:
                raise WrongValue("Write true or false.")
            return scalar.text == "true"
        case forms.ChoiceField():
            choices: Any = field.choices
            known = [str(key) for key, _ in choices]
            if text not in known and (text or field.required):
                raise WrongValue(f"Write one of these: {', '.join(filter(None, known))}.")
        case forms.IntegerField():
            if not scalar.is_null and not _WHOLE.fullmatch(scalar.text):
                raise WrongValue("Write a whole number.")
    return text


def _key(rows: models.QuerySet[Any], name: str) -> Any:
    """The primary key of the row of this name."""
    try:
        if issubclass(rows.model, Named):
            return rows.get(name_key=name_key(name)).pk
        natural: Any = rows.model._default_manager
        return rows.get(pk=natural.get_by_natural_key(name).pk).pk
    except ObjectDoesNotExist:
        raise NoSuchItem(rows.model, name) from None


def _minutes(field: MinutesField, text: str) -> int:
    if text == field.when_zero:
        return 0
    found = _TIME.fullmatch(text)
    if found is None:
        raise WrongValue(f"Write a time such as “8 hours”, or “{field.when_zero}”.")
    return int(found[1]) * UNITS[f"{found[2]}s"]
