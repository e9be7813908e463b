"""The second factor at sign-in: authenticator apps, passkeys and recovery codes, kept by allauth.

Ours are that its secrets are stored encrypted, that codes can't be guessed or used twice, and that an
administrator or operator takes a lost one away.
"""

from collections.abc import Iterator
from typing import Any, Final

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.db import transaction

from core import limits
from core.actors import Actor
from core.audit.services import record
from core.encryption import decrypt, encrypt, is_newest
from core.people.attempts import Attempt, lock_seconds, lock_words, of_person
from core.people.models import User

PURPOSE: Final = "second factor"
MAX_WRONG: Final = 20  # codes of one person within that time, from wherever they come
CODE_LIVES: Final = 120  # seconds: longer than any code of an app is valid
_ENCRYPTED: Final = ("secret", "seed")  # in an authenticator's data
Type = Authenticator.Type


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets, and words as the console words them."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That didn't work. Try again, with a new code if you typed one.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text.encode(), PURPOSE).decode()

    def get_totp_label(self, user: User) -> str:
        return user.name

    def _get_site_name(self) -> str:
        return "pmconsole"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"


class CodeForm(AuthenticateForm):
    """The code of an app, or a recovery code, after the password."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "Enter the code."},
    )

    def clean_code(self) -> str:
        """Wrong codes count like wrong passwords, and for all addresses together: whoever has found
        out the password may have many.
        """
        attempt = Attempt.of_user(context.request, self.user)
        counted = ("codes", *of_person(self.user.pk))
        tries = limits.count(*counted, window=lock_seconds())
        if attempt.refused or tries > MAX_WRONG:
            raise forms.ValidationError(
                f"Too many wrong codes. Wait {lock_words()}, then try again."
            )
        try:
            code: str = super().clean_code()
        except forms.ValidationError:
            with transaction.atomic():
                record(
                    actor=Actor.of_user(self.user),
                    verb="wrong code",
                    kind="user",
                    object_id=self.user.pk,
                    facts={"address": attempt.address},
                )
            raise
        if limits.count("used-code", self.user.pk, code.strip(), window=CODE_LIVES) > 1:
            raise forms.ValidationError("This code was used already. Wait for the next one.")
        attempt.rollback()
        limits.uncount(*counted, window=lock_seconds())
        return code


def factors_in_words(user: User) -> list[str]:
    """What the person signs in with beside the password: "authenticator app", "Passkey"."""
    words = []
    for factor in Authenticator.objects.filter(user=user).order_by("created_at"):
        if factor.type == Type.TOTP:
            words.append("authenticator app")
        elif factor.type == Type.WEBAUTHN:
            words.append(f"passkey “{factor.wrap().name}”")
    return words


def remove_second_factors(user: User, *, by: Actor, via: str) -> list[str]:
    """Take all of them away, because they are lost; which they were, in words."""
    with transaction.atomic():
        removed = factors_in_words(user)
        Authenticator.objects.filter(user=user).delete()
        facts = {"user_name": user.name, "removed": removed, "via": via}
        record(actor=by, verb="remove second factor", kind="user", object_id=user.pk, facts=facts)
    return removed


def renew_secrets() -> Iterator[int]:
    """Encrypt the secrets anew with the newest key; 1 for each that was (see core/keys/services.py)."""
    for key in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=key).first()
            renewed = _renewed(factor.data) if factor else {}
            if factor and renewed:
                factor.data = {**factor.data, **renewed}
                factor.save(update_fields=["data"])
                yield len(renewed)


def _renewed(data: dict[str, Any]) -> dict[str, str]:
    stored = {name: data[name].encode() for name in _ENCRYPTED if name in data}
    return {
        name: encrypt(decrypt(value, PURPOSE), PURPOSE).decode()
        for name, value in stored.items()
        if not is_newest(value, PURPOSE)
    }
