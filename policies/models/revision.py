"""Marks of what processes remember, which change with it in the same transaction.

Triggers of the database set them (policies/triggers.py).
"""

from django.db import models


class PolicyRevision(models.Model):
    """The one row that holds the mark of what policies are made of."""

    mark = models.CharField(max_length=36)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="policies_revision_one_row")
        ]

    def __str__(self) -> str:
        return self.mark


class ComputerRevision(models.Model):
    """The one row that holds the mark of who may call: which computers there are, and were revoked."""

    mark = models.CharField(max_length=36)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="policies_computer_revision_one_row"
            )
        ]

    def __str__(self) -> str:
        return self.mark
