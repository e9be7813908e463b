"""Form fields of people: their roles, their endpoint accounts, and other people."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from core.actors import Actor
from core.people.accounts import Account
from core.people.models import User
from core.roles import ROLES
from core.text import name_key, plain_name
from items.fields import LinesField

MAX_SUGGESTED = 200  # people that a field offers while somebody types


class RolesField(forms.MultipleChoiceField):
    """Any number of roles, each with what it allows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(name, name) for name in ROLES],
            required=False,
            widget=_RolesInput,
            **kwargs,
        )


class _RolesInput(forms.CheckboxSelectMultiple):
    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "about": ROLES[str(value)].about}


class AccountsField(LinesField):
    """Endpoint accounts, one per line; behind a comma the SID or uid where it is known."""

    MAX_ACCOUNTS = 50

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=3, max_line=450, required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        accounts: dict[str, Account] = {}
        for line in super().to_python(value):
            try:
                account = Account.parse(plain_name(line))
            except ValueError as error:
                raise ValidationError(str(error)) from None
            accounts.setdefault(str(account).casefold(), account)
        if len(accounts) > self.MAX_ACCOUNTS:
            raise ValidationError(f"Enter at most {self.MAX_ACCOUNTS} accounts.")
        return tuple(map(str, accounts.values()))


class PersonField(forms.CharField):
    """Somebody with a profile, by user name or email address. The value is a User, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=254, widget=_PersonInput, **kwargs)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "")
        if not text:
            return None
        found = User.objects.filter(Q(name_key=name_key(text)) | Q(email__iexact=text)).first()
        if found is None:
            raise ValidationError(
                f"{self.label}: nobody has the user name or email address “{text}”. "
                "Enter one as Admin, Users shows it."
            )
        return found

    def in_words(self, value: Any) -> str:
        person = User.objects.filter(name=value).first() if value else None
        return Actor.of_user(person).name if person else str(value or "")


class _PersonInput(forms.TextInput):
    """A text field that suggests people while somebody types."""

    template_name = "console/people/person_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        suggestions = f"{(attrs or {}).get('id', name)}_people"
        more = {**(attrs or {}), "list": suggestions, "autocomplete": "off"}
        return {
            **super().get_context(name, value, more),
            "suggestions": suggestions,
            "people": User.objects.order_by("name_key")[:MAX_SUGGESTED],
        }
