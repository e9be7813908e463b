"""Form fields and widgets that several kinds of item use."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from core.addresses import MAX_ADDRESS, composed, sent_address
from core.people.validators import validate_address
from core.text import plain_name
from items.models import Item

MAX_SENDER_NAME = 60  # characters
UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}


class SwitchInput(forms.CheckboxInput):
    """A checkbox that looks like a switch, with a word for each state."""

    template_name = "items/widgets/switch.html"

    def __init__(self, on: str = "Yes", off: str = "No") -> None:
        super().__init__(attrs={"role": "switch"})
        self.words = {"on": on, "off": off}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "words": self.words}


class SwitchField(forms.BooleanField):
    """Yes or no."""

    def __init__(self, *, on: str = "Yes", off: str = "No", **kwargs: Any) -> None:
        super().__init__(required=False, widget=SwitchInput(on, off), **kwargs)

    def in_words(self, value: Any) -> str:
        widget = self.widget
        assert isinstance(widget, SwitchInput)
        return widget.words["on" if value else "off"]


class LinesField(forms.CharField):
    """Several texts, one per line. The value is a tuple without blank lines and duplicates."""

    def __init__(self, *, rows: int = 3, max_line: int = 4096, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.max_line, self.empty_value = max_line, ()  # type: ignore[assignment]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        if "\0" in str(value or ""):
            raise ValidationError("Remove the NUL character.")
        lines = str(value or "").splitlines()
        unique = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
        for line in unique:
            if len(line) > self.max_line:
                raise ValidationError(f"Shorten “{line[:40]}…” to {self.max_line} characters.")
        return unique

    def in_words(self, value: Any) -> str:
        return str(self.prepare_value(value) or "")


class AddressField(forms.EmailField):
    """One email address, such that our own mail can be sent from or to it."""

    default_validators = [validate_address]
    # Browsers let nothing but ASCII stand before the @ of an input of the type email.
    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_ADDRESS, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> Any:
        keyboard = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        return super().widget_attrs(widget) | keyboard

    def to_python(self, value: Any) -> Any:
        return composed(super().to_python(value) or "")


class SenderNameField(forms.CharField):
    """The name that mail programs show before an address: one line that anybody can see whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_SENDER_NAME, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return plain_name(super().to_python(value) or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class AddressesField(LinesField):
    """Email addresses, one per line or separated by commas or semicolons."""

    MAX_ADDRESSES = 50

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "One address per line.")
        super().__init__(max_line=254, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = composed(str(value or "")).replace(",", "\n").replace(";", "\n")
        once: dict[str, str] = {}
        for address in super().to_python(text):
            validate_address(address)
            # The same address twice: two that only look alike may be two people.
            once.setdefault(sent_address(address), address)
        if len(once) > self.MAX_ADDRESSES:
            raise ValidationError(f"Enter at most {self.MAX_ADDRESSES} addresses.")
        return tuple(once.values())


class SecretField(forms.CharField):
    """A secret that is never shown. Left empty, it keeps the stored one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(widget=widget, strip=False, required=False, **kwargs)

    def in_words(self, value: Any) -> str:
        return ""


class _MinutesInput(forms.MultiWidget):
    """A number and its unit."""

    template_name = "items/widgets/minutes.html"

    def __init__(self) -> None:
        super().__init__(
            {
                "amount": forms.NumberInput(attrs={"aria-label": "Amount", "min": 0}),
                "unit": forms.Select(
                    choices=[(unit, unit) for unit in UNITS], attrs={"aria-label": "Unit"}
                ),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, "hours"]
        unit = next(name for name in reversed(UNITS) if value % UNITS[name] == 0)
        return [value // UNITS[unit], unit]


class MinutesField(forms.MultiValueField):
    """A length of time in whole minutes; 0 if the amount is left empty."""

    MAX_MINUTES = 366 * 24 * 60

    def __init__(self, *, at_least: int = 0, when_zero: str = "never", **kwargs: Any) -> None:
        self.at_least, self.when_zero = at_least, when_zero
        super().__init__(
            fields=(
                forms.IntegerField(required=False, min_value=0, max_value=10**6),
                forms.ChoiceField(choices=[(unit, unit) for unit in UNITS], required=False),
            ),
            widget=_MinutesInput(),
            require_all_fields=False,
            required=at_least > 0,
            **kwargs,
        )

    def compress(self, data_list: Sequence[Any]) -> int:
        amount, unit = data_list or (None, "")
        minutes = (amount or 0) * UNITS.get(unit or "minutes", 1)
        if not self.at_least <= minutes <= self.MAX_MINUTES:
            least = f"at least {self.at_least} minutes and " if self.at_least else ""
            raise ValidationError(f"{self.label}: enter {least}at most 366 days.")
        return minutes

    def in_words(self, value: Any) -> str:
        if not value:
            return self.when_zero
        amount, unit = _MinutesInput().decompress(value)
        return f"{amount} {unit if amount != 1 else unit.removesuffix('s')}"


class ItemChooser(forms.CheckboxSelectMultiple):
    """Items to choose from: the chosen ones in their order, the others collapsed below."""

    template_name = "items/widgets/chooser.html"
    option_inherits_attrs = False

    def __init__(self, *, add: str, empty: str, ordered: bool, words: Callable[[Any], str]) -> None:
        super().__init__()
        self.add, self.empty, self.ordered, self.words = add, empty, ordered, words

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = [str(each) for each in value or ()]
        keys: Any = [key for key, _ in self.choices]  # of a ModelChoiceIterator
        options = {
            str(key): {"item": key.instance, "words": self.words(key.instance), "value": str(key)}
            for key in keys
        }
        identity = (attrs or {}).get("id", f"id_{name}")
        return {
            "widget": {"name": name, "id": identity, "attrs": attrs or {}},
            "chosen": [options[key] for key in chosen if key in options],
            "others": [option for key, option in options.items() if key not in chosen],
            "add": self.add,
            "empty": self.empty,
            "ordered": self.ordered,
        }


class _Offered(ModelChoiceIterator):  # type: ignore[type-arg]  # of any model
    """The items that a field offers; kept where several fields offer the same."""

    def __iter__(self) -> Iterator[Any]:
        yield from map(self.choice, self.field.offered)  # type: ignore[attr-defined]


class ItemsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # of any model
    """A list of items in their order; `initial` is a list of their keys.

    `ordered`: the order matters, so items can be moved.
    """

    def __init__(
        self,
        queryset: Any,
        *,
        add: str = "Edit",
        empty: str = "None.",
        ordered: bool = False,
        words: Callable[[Any], str] = lambda item: "",
        **kwargs: Any,
    ) -> None:
        chooser = ItemChooser(add=add, empty=empty, ordered=ordered, words=words)
        super().__init__(queryset, widget=chooser, **kwargs)

    iterator = _Offered
    fetched: dict[str, list[Any]] | None = None  # by query, of the fields that share it

    @property
    def offered(self) -> Iterable[Any]:
        if self.fetched is None:
            return self._all
        try:
            query = str(self._all.query)
        except EmptyResultSet:
            return []
        if query not in self.fetched:
            self.fetched[query] = list(self._all)
        return self.fetched[query]

    @property
    def _all(self) -> QuerySet[Any]:
        assert self.queryset is not None
        return self.queryset

    def clean(self, value: Any) -> Any:
        super().clean(value)
        if not value:
            return []
        items = {str(item.pk): item for item in self._all.filter(pk__in=value)}
        return [items[key] for key in dict.fromkeys(map(str, value)) if key in items]

    def in_words(self, value: Iterable[Any] | None) -> str:
        keys = [key.pk if isinstance(key, Item) else key for key in value or ()]
        names = {item.pk: item.name for item in self._all.filter(pk__in=keys)}
        return "\n".join(names[key] for key in keys if key in names)


def offer_together(form: forms.BaseForm) -> None:
    """Let the form's ItemsFields fetch what they offer once for all of them that offer the same."""
    fetched: dict[str, list[Any]] = {}
    for field in form.fields.values():
        if isinstance(field, ItemsField):
            field.fetched = fetched
