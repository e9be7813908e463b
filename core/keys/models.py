"""Which encryption keys this database has been used with."""

from django.db import models


class KnownKey(models.Model):
    """A key that ENCRYPTION_KEYS has named, by its fingerprint.

    `retired_at`: since then nothing that is stored needs it, and it may be left out.
    """

    number = models.PositiveIntegerField(primary_key=True)
    fingerprint = models.CharField(max_length=64)
    first_used_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"key {self.number}"
