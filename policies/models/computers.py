"""Computers and the groups they are in."""

from functools import cached_property

from django.db import models

from actions.platforms import CHOICES
from core.ids import uuid7
from core.keys.fields import EncryptedField, opened, seal
from items.models import Item, Named


class ComputerGroup(Item):
    """Computers that share application policies."""

    platform = models.CharField(max_length=10, choices=CHOICES)


class Computer(Named):
    """A registered endpoint. Name and platform are fixed at registration."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255)
    platform = models.CharField(max_length=10, choices=CHOICES)
    secret_hash = models.CharField(max_length=64)  # of the API secret
    # Verdicts carry an HMAC under the computer key.
    encrypted_key = EncryptedField(purpose="computer key")
    groups = models.ManyToManyField(ComputerGroup, related_name="computers")
    registered_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("name_key", name="policies_computer_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_key(self, key: bytes) -> None:
        seal(self, "encrypted_key", key)
        self.__dict__.pop("_key", None)

    def key(self) -> bytes:
        return self._key

    @cached_property
    def _key(self) -> bytes:
        """Opened once for each row that is kept: every verdict is signed with it."""
        return opened(self, "encrypted_key")
