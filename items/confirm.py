"""Forms that ask for the password again when it was last entered too long ago."""

from typing import Any

from django import forms
from django.utils.functional import cached_property

from core.people.models import User


class ConfirmForm(forms.Form):
    """Base of the forms that change something. `confirm`: the user who must enter the password."""

    # The page behind a dialog has a form with fields of the same names.
    IN_DIALOG = "dialog_%s"

    def __init__(self, *args: Any, confirm: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirm = confirm
        if confirm is not None:
            self.fields["confirm_password"] = forms.CharField(
                label="Your Password",
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
                help_text="You entered it more than 15 minutes ago. Enter it again.",
                error_messages={"required": "Enter your password. Nothing was changed."},
            )

    @property
    def typed_password(self) -> str:
        """What stands in the field; "" where it is empty or not asked for."""
        return str(self["confirm_password"].data or "") if self.confirm is not None else ""

    @cached_property
    def password_is_right(self) -> bool:
        # Cached: checking costs a tenth of a second, and the view asks before the form does.
        return self.confirm is not None and self.confirm.check_password(self.typed_password)

    def clean_confirm_password(self) -> str:
        if not self.password_is_right:
            raise forms.ValidationError("Incorrect password. Nothing was changed.")
        password: str = self.cleaned_data["confirm_password"]
        return password


class DialogForm(ConfirmForm):
    """The form of a dialog: fields of its own come with a subclass."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=self.IN_DIALOG, **kwargs)


class DuplicateForm(DialogForm):
    """The name of the copy."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Enter a name for the copy."}
    )
    field_order = ("name",)
