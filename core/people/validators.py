"""The validator of every address field, of forms and profiles."""

from django.core.exceptions import ValidationError

from core.addresses import BadAddress, sent_address
from core.text import visible

BAD_USER_NAME = "User Name: use only letters, digits and @ . + - _"  # of Django's validator


def validate_address(text: str) -> None:
    """Raises ValidationError, which says what is wrong with the address."""
    try:
        sent_address(text)
    except BadAddress as error:
        raise ValidationError(
            f"“{visible(text, 80)}” isn't a valid email address: {error}."
        ) from None
