"""The form of a kind of item: its fields in sections, its typed settings, its error messages."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db import IntegrityError, transaction
from django.http import QueryDict

from core.people.models import User
from core.text import name_key, plain_name
from items.author import Author
from items.confirm import ConfirmForm
from items.fields import MinutesField, SecretField
from items.models import Item

_CONFIRM = ("confirm_password",)


@dataclass(frozen=True)
class Section:
    """A group of fields: title and text at the left, the fields at the right."""

    title: str
    text: str = ""
    fields: tuple[str, ...] = ()
    folded: bool = False  # behind "Show Advanced" unless one of its fields is refused
    link: tuple[str, str] | None = None  # words and URL name, below the text


class ItemForm(ConfirmForm, forms.ModelForm):  # type: ignore[type-arg]  # the kinds name theirs
    """Base of the kinds' forms. Fields named like one of `settings_type` are kept in `settings`.

    Errors without a field are raised by `clean` or, if only the saved rows show them, by `save_parts`
    as SaveRefused.

    `creating`: only the fields of the create dialog; the others keep their presets. `confirm`: see
    ConfirmForm.
    """

    settings_type: ClassVar[Any] = None  # a frozen dataclass with presets and to_json
    sections: ClassVar[tuple[Section, ...]] = ()
    create_fields: ClassVar[tuple[str, ...]] = ("name", "description")
    author: Author  # who saves it: set by services.save_item
    never_copied: ClassVar[tuple[str, ...]] = ()  # fields that a duplicate resets to the preset
    noun: ClassVar[str] = ""  # "SMTP server"; default: the model's name

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        fields: ClassVar[list[str]] = ["name", "description"]
        widgets: ClassVar[dict[str, Any]] = {
            "description": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(
        self,
        data: Any = None,
        *,
        instance: Item,
        initial: dict[str, Any] | None = None,
        creating: bool = False,
        confirm: User | None = None,
    ) -> None:
        given: dict[str, Any] = {"version": instance.version}
        if self.settings_type is not None:
            preset, stored = self.settings_type(), getattr(instance, "settings", {})
            given |= {n: stored.get(n, getattr(preset, n)) for n in self._settings_names}
        given |= initial or {}
        super().__init__(with_plain_breaks(data), instance=instance, initial=given, confirm=confirm)
        self.creating = creating
        # As on the page: history and the summary of refusals follow it.
        self.order_fields([name for section in self.sections for name in section.fields])
        self.prepare()
        if creating:
            self.auto_id = self.IN_DIALOG
            self.fields = {
                n: self.fields[n] for n in (*self.create_fields, *_CONFIRM) if n in self.fields
            }
        for name, field in self.fields.items():
            field.label = field.label or name.replace("_", " ").title()
            _name_in_errors(field, str(field.label))

    def prepare(self) -> None:
        """Adapt the fields to the item. All fields exist by now."""

    @property
    def _settings_names(self) -> list[str]:
        known = self.settings_type.__dataclass_fields__ if self.settings_type else ()
        return [name for name in self.base_fields if name in known]

    @property
    def secrets_changed(self) -> list[str]:
        """Labels of the secrets that the user entered."""
        return [
            str(field.label)
            for name, field in self.fields.items()
            if isinstance(field, SecretField) and self.cleaned_data.get(name)
        ]

    def keep_secrets(self) -> None:
        """Ask for none: a file or a proposal holds none, and those that are stored stay."""
        for field in self.fields.values():
            if isinstance(field, SecretField):
                field.required = False

    def clean_name(self) -> str:
        try:
            name = plain_name(self.cleaned_data["name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        limit = self.instance._meta.get_field("name").max_length or 0
        if len(name) > limit:  # composing may need more characters
            raise forms.ValidationError(f"Name: enter at most {limit} characters.")
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        if others.filter(name_key=name_key(name)).exists():
            noun = self.noun or self.instance._meta.verbose_name
            raise forms.ValidationError(f"Another {noun} is named “{name}”. Enter another name.")
        return name

    def settings_json(self) -> dict[str, Any]:
        """The settings to store: presets, overridden by stored values, overridden by entered ones."""
        names = [name for name in self._settings_names if name in self.cleaned_data]
        entered = {name: self.cleaned_data[name] for name in names}
        stored = {**self.settings_type().to_json(), **getattr(self.instance, "settings", {})}
        return stored | {k: list(v) if isinstance(v, tuple) else v for k, v in entered.items()}

    def full_clean(self) -> None:
        """A refused field that is `withheld` shows what is stored: what was typed may be a secret."""
        super().full_clean()
        data: Any = self.data
        for name in self.errors:
            if getattr(self.fields.get(name), "withheld", False):
                data = data.copy()  # of a QueryDict, dict() would make lists of its texts
                data[self.add_prefix(name)] = self.initial.get(name, "")
        self.data = data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # django-stubs leave it out
        if self.settings_type is not None:
            self.instance.settings = self.settings_json()

    def save(self, commit: bool = True) -> Any:
        """Save it with its parts. Raises SaveRefused."""
        try:
            with transaction.atomic():
                saved = super().save(commit)
                self.save_parts()
        except IntegrityError as error:
            if "name" not in str(error):
                raise
            taken = "Another item was just given this name. Enter another one."
            raise SaveRefused("name", [taken]) from error
        return saved

    def save_parts(self) -> None:
        """Save the parts of the item that have rows of their own."""

    @classmethod
    def preset(cls) -> dict[str, Any]:
        """Settings of a new item that depend on this installation."""
        return {}

    def facts(self) -> dict[str, str]:
        """What Change History records besides the form's fields: label and words."""
        return {}


class SaveRefused(Exception):
    """A valid form could not be saved; nothing was changed."""

    def __init__(self, field: str | None, errors: list[str]) -> None:
        super().__init__(" ".join(errors))
        self.field, self.errors = field, errors


def with_plain_breaks(data: Any) -> Any:
    """The posted data with line breaks as we store them; browsers send CR LF."""
    if not isinstance(data, QueryDict):
        return data
    plain = QueryDict(mutable=True)
    for name, texts in data.lists():
        plain.setlist(name, [text.replace("\r\n", "\n") for text in texts])
    return plain


def _name_in_errors(field: forms.Field, label: str) -> None:
    """Name the field in its error messages: the error summary shows them away from it."""
    messages = field.error_messages
    is_plain = messages["required"] == forms.Field.default_error_messages["required"]
    if is_plain:
        verb = "Choose" if isinstance(field, forms.ChoiceField) else "Enter"
        messages["required"] = "Enter a name." if label == "Name" else f"{verb} the {label}."
    if isinstance(field, forms.IntegerField) and field.max_value is not None:
        allowed = f"{label}: enter a whole number from {field.min_value or 0} to {field.max_value}."
        messages["invalid"] = allowed
        if is_plain:
            messages["required"] = allowed
        for validator in field.validators:
            if getattr(validator, "code", "") in {"min_value", "max_value"}:
                validator.message = allowed  # type: ignore[attr-defined]
    if isinstance(field, MinutesField):
        messages["required"] = f"{label}: enter how long, for example 2 hours."
    if isinstance(field, forms.DateField):
        messages["invalid"] = f"{label}: enter a date, for example 2026-12-01."
    if isinstance(field, forms.ModelChoiceField):
        messages["invalid_choice"] = f"{label}: this item no longer exists. Choose another one."
        messages["invalid_pk_value"] = messages["invalid_choice"]
    if isinstance(field, forms.CharField) and field.max_length is not None:
        for validator in field.validators:
            if getattr(validator, "code", "") == "max_length":
                validator.message = f"{label}: enter at most {field.max_length} characters."  # type: ignore[attr-defined]
