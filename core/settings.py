"""Typed settings, as an item's row keeps them in JSON. Pure."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Settings:
    """Base of frozen dataclasses in which every field has a preset."""

    def to_json(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Unknown keys of older rows are left aside."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
