"""Alerts for administrators, shown at the bell until resolved or dismissed."""

from django.db import models

from core.ids import uuid7


class Alert(models.Model):
    """One problem with one thing; raised again, it counts up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=200)  # what it is about, such as "smtp:<id>:auth"
    text = models.CharField(max_length=500)  # what is wrong and what to do
    link = models.CharField(max_length=300, blank=True)  # a path of this console
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                "key", name="alerts_one_open", condition=models.Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.text
