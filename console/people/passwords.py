"""Setting a password by a link that works once: Django's own, with the console's page and audit trail."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.functional import cached_property
from django.utils.http import urlsafe_base64_encode

from core.actors import Actor
from core.audit.services import record
from core.people.models import User


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # of User
    """A new password, typed twice. It saves nothing else of the person: an administrator may be
    changing the profile at this moment.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "New Password"
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].label = "New Password, Again"
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        if commit:
            user.save(update_fields=["password"])
        return user


class ChangePasswordForm(NewPasswordForm):
    """The current password, and a new one."""

    present = forms.CharField(
        label="Current Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your current password."},
    )
    field_order = ("present", "new_password1", "new_password2")

    @property
    def old_password(self) -> str:
        return str(self["present"].data or "")

    @cached_property
    def _is_right(self) -> bool:
        right: bool = self.user.check_password(self.old_password)
        return right

    def is_right(self) -> bool:
        """Whether the current password is; checked once, because that takes a tenth of a second."""
        return self._is_right

    def clean_present(self) -> str:
        if not self.is_right():
            raise forms.ValidationError("Incorrect password. Nothing was changed.")
        return self.old_password


class LinkTokens(PasswordResetTokenGenerator):
    """Django's own, made of the person's roles too: a link is worth nothing once these change.

    It was made for somebody who could do less, and is in a mailbox or chat since.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        names = user.groups.order_by("name").values_list("name", flat=True)
        return super()._make_hash_value(user, timestamp) + "\n".join(names)


_tokens = LinkTokens()


class SetPassword(PasswordResetConfirmView):
    """The page behind the link. Once the password is set the link is worth nothing."""

    token_generator = _tokens
    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")
    form_class = NewPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            user: User = form.user
            actor = Actor.of_user(user)
            record(actor=actor, verb="set password", kind="user", object_id=user.pk, facts={})
        return response


def link_to_set_password(user: User) -> str:
    """The address at which `user` sets a password, within PASSWORD_RESET_TIMEOUT seconds,
    unless roles change.
    """
    identity = urlsafe_base64_encode(force_bytes(user.pk))
    token = _tokens.make_token(user)
    return f"{settings.PUBLIC_URL}{reverse('set_password', args=[identity, token])}"


def make_password_link(user: User, *, by: Actor, via: str) -> str:
    """A new link for `user`, which is in the audit trail without its secret.

    Where no password is set yet, earlier links end with it.
    """
    with transaction.atomic():
        if not user.has_usable_password():
            user.set_unusable_password()  # another one: links are made from it
            user.save(update_fields=["password"])
        facts = {"user_name": user.name, "via": via}
        record(actor=by, verb="make password link", kind="user", object_id=user.pk, facts=facts)
    return link_to_set_password(user)
