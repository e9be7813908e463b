"""A mark of what policies are made of, which changes with it in the same transaction."""

from django.db import models


class PolicyRevision(models.Model):
    """The one row that holds the mark. Triggers of the database set it (policies/triggers.py)."""

    mark = models.CharField(max_length=36)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="policies_revision_one_row")
        ]

    def __str__(self) -> str:
        return self.mark
