"""Forms that ask for the password again when it was last entered too long ago."""

from typing import Any

from django import forms

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

    def clean_confirm_password(self) -> str:
        password: str = self.cleaned_data["confirm_password"]
        if self.confirm is None or not self.confirm.check_password(password):
            raise forms.ValidationError("Incorrect password. Nothing was changed.")
        return password


class DialogForm(ConfirmForm):
    """The form of a dialog without fields of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=self.IN_DIALOG, **kwargs)


class DuplicateForm(DialogForm):
    """The name of the copy."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Enter a name for the copy."}
    )
    field_order = ("name",)
