"""What everything that has a page of its own in the console shares: a name, a version, a description.

These are the columns; how items are shown and changed is the business of the folder `items`, above.
"""

from typing import Any

from django.db import models

from core.ids import uuid7
from core.text import MAX_NAME_KEY, name_key


class Named(models.Model):
    """Rows whose names are unique as people read them: `name_key` is made from `name` when saved."""

    name_key = models.CharField(max_length=MAX_NAME_KEY, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)  # type: ignore[attr-defined]  # each has one
        if kwargs.get("update_fields") and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = [*kwargs["update_fields"], "name_key"]
        super().save(*args, **kwargs)


class Item(Named):
    """A named thing that administrators create and edit in the console."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=2000)
    is_builtin = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # raised by every change
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "name_key",
                name="%(app_label)s_%(class)s_name_unique",
                violation_error_message="Another item of this kind has this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tags(self) -> list[str]:
        """Facts shown beside its name."""
        return ["built-in"] if self.is_builtin else []

    @property
    def is_read_only(self) -> bool:
        """Whether it can only be duplicated, not changed."""
        return False

    @property
    def undeletable(self) -> str:
        """Why it can't be deleted; "" if it can."""
        return "It is built in." if self.is_builtin else ""
