"""Typed settings of an item's kind, as its row keeps them in JSON. Pure."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Settings:
    """Base of the kinds' frozen dataclasses. Every field has a preset."""

    def to_json(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Unknown keys of older rows are left aside."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
