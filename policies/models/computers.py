"""Computers and the groups they are in."""

from functools import cached_property
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from actions.platforms import CHOICES
from core.ids import uuid7
from core.keys.fields import EncryptedField, opened, seal
from core.search import index_parts
from items.models import Item, Named


class ComputerGroup(Item):
    """Computers that share application policies. Who is in it: policies/membership.py."""

    class Membership(models.TextChoices):
        CHOSEN = "chosen", "Chosen computers"
        PLATFORM = "platform", "All computers of the platform"
        NAMES = "names", "Computers with these names"

    platform = models.CharField(max_length=10, choices=CHOICES)
    membership = models.CharField(
        max_length=10, choices=Membership, default=Membership.CHOSEN.value
    )
    name_patterns = models.JSONField(default=list, blank=True)  # for NAMES: * and ? are wildcards


class ComputerQuerySet(models.QuerySet["Computer"]):
    def without_keys(self) -> "ComputerQuerySet":
        """For lists: neither the secret's hash nor the key."""
        return self.defer("secret_hash", "encrypted_key")

    def with_seen(self) -> Any:
        """With `seen`: when it was last seen, or else when it registered."""
        return self.annotate(seen=Coalesce("last_seen_at", "registered_at"))


class Computer(Named):
    """A registered endpoint. Name and platform are fixed at registration.

    A revoked computer's agent is refused and keeps its name taken. A retired one is revoked too, and
    another computer may register by its name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255)
    platform = models.CharField(max_length=10, choices=CHOICES)
    secret_hash = models.CharField(max_length=64)  # of the API secret
    # Verdicts carry an HMAC under the computer key.
    encrypted_key = EncryptedField(purpose="computer key")
    groups = models.ManyToManyField(ComputerGroup, related_name="computers")
    registered_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=64, blank=True)  # where it was last seen calling from
    agent_version = models.CharField(max_length=100, blank=True)  # as its agent says: hearsay
    policies_at = models.DateTimeField(null=True, blank=True)  # when it last fetched its policies
    revoked_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ComputerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "name_key",
                name="policies_computer_name_unique",
                condition=models.Q(retired_at=None),
            ),
        ]
        indexes = [models.Index("name_key", "id", name="policies_computer_by_name")]

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


index_parts(Computer, "name")
