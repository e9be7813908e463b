"""The console's own settings: one row, remembered by each process for a few seconds, so that a report of
an agent needs no query for them. A change is in force in its own process at once, everywhere else within
FRESH.
"""

import time
from typing import Any, Final

from django.db import models

from core.advanced.settings import ConsoleSettings
from core.named import Item

FRESH: Final = 5.0  # seconds


class AdvancedSettings(Item):
    """The built-in row; `settings` lacks what nobody has saved yet."""

    settings = models.JSONField(default=dict)

    class Meta(Item.Meta):
        verbose_name = "settings"
        verbose_name_plural = "settings"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        in_force.forget()


class InForce:
    """The settings as one process knows them."""

    def __init__(self) -> None:
        self._known: tuple[float, ConsoleSettings] | None = None  # until when, and what

    def look(self) -> ConsoleSettings:
        known = self._known
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        row = AdvancedSettings.objects.filter(is_builtin=True).values("settings").first()
        return self.remember(ConsoleSettings.from_json(row["settings"] if row else {}))

    def remember(self, settings: ConsoleSettings) -> ConsoleSettings:
        """Take these as those in force until they are looked up again."""
        self._known = time.monotonic() + FRESH, settings
        return settings

    def forget(self) -> None:
        self._known = None


in_force: Final = InForce()


def advanced() -> ConsoleSettings:
    """The settings in force, at most FRESH seconds old. Without a stored row they are the presets."""
    return in_force.look()
