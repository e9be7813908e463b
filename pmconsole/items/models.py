"""What every item shares: systems, credentials, processes, types, actions, filters, groups, policies."""

from django.db import models
from django.db.models.functions import Lower

from pmconsole.ids import uuid7


class Item(models.Model):
    """A named thing that administrators make and change in the console."""

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
                Lower("name"),
                name="%(app_label)s_%(class)s_name_unique",
                violation_error_message="Another item of this kind has this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name
