"""A column whose values are encrypted; `rotate_keys` finds them by it."""

from typing import Any

from django.db import models

from core.encryption import decrypt, encrypt


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]  # of bytes
    """Bytes that only this purpose's key reads: `seal` them, and they are `opened` again."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}


def seal(row: models.Model, name: str, value: bytes) -> None:
    """Put `value` into the row's encrypted field; saving is the caller's."""
    setattr(row, name, encrypt(value, _purpose(type(row), name)))


def opened(row: models.Model, name: str) -> bytes:
    """What was sealed. Raises cryptography.fernet.InvalidToken if no configured key fits."""
    return decrypt(getattr(row, name), _purpose(type(row), name))


def _purpose(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, EncryptedField)
    return field.purpose
