"""Words that everybody here would try first: they count nothing towards the length of a password."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from core.people.accounts import folded
from core.people.models import User

MIN_WORD: Final = 4  # characters: shorter ones are parts of too many others
MIN_LEFT: Final = 8  # characters of a password, without these words


class OwnWordsValidator:
    """For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = folded(password)
        for word in own_words():
            left = left.replace(word, "")
        if len(left) < MIN_LEFT:
            raise ValidationError(
                "This password is too easy to guess here: names of the console and your organization "
                f"don't count. Add at least {MIN_LEFT - len(left)} more characters.",
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return "Names of the console and your organization don't count towards its length."


def own_words() -> list[str]:
    """The product's name, those of our addresses, and PASSWORD_WORDS; the longest first."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    names = [*host.split("."), *settings.REPLY_ADDRESS.rpartition("@")[2].split(".")]
    words = {folded(word) for word in ("pmconsole", *names, *settings.PASSWORD_WORDS)}
    return sorted((word for word in words if len(word) >= MIN_WORD), key=len, reverse=True)
