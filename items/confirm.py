"""Forms that ask for the password again, because their user entered it too long ago."""

from typing import Any

from django import forms

from core.people.models import User


class ConfirmForm(forms.Form):
    """Base of what changes something: `confirm` names the person who has to enter his password."""

    # Behind a dialog stands a page whose form has fields of the same names.
    IN_DIALOG = "dialog_%s"

    def __init__(self, *args: Any, confirm: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirm = confirm
        if confirm is not None:
            self.fields["confirm_password"] = forms.CharField(
                label="Your Password",
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
                help_text="Asked for again, since you entered it more than 15 minutes ago.",
                error_messages={"required": "Your Password is empty. Nothing was changed."},
            )

    def clean_confirm_password(self) -> str:
        password: str = self.cleaned_data["confirm_password"]
        if self.confirm is None or not self.confirm.check_password(password):
            raise forms.ValidationError("This is not your password. Nothing was changed.")
        return password


class DialogForm(ConfirmForm):
    """Asks for nothing but the confirmation, if that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=self.IN_DIALOG, **kwargs)


class DuplicateForm(DialogForm):
    """The name of the copy."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Name is empty. Give the copy a name."}
    )
    field_order = ("name",)
