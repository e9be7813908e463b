"""The audit trail: append-only, each entry chained to the one before it."""

from django.db import models

from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME


class Entry(models.Model):
    """A link of the chain. What it says stands in its `Payload`, which can be erased alone."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=MAX_ACTOR_NAME)
    actor_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    actor_id = models.CharField(max_length=MAX_ACTOR_ID)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64, db_index=True)
    payload_hash = models.CharField(max_length=64)  # SHA-256(salt + payload), hex
    hash = models.CharField(max_length=64)  # SHA-256(previous hash + payload_hash), hex

    class Meta:
        ordering = ["sequence"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.object_kind} {self.object_id}"


class Payload(models.Model):
    """What an entry says, as canonical JSON, with the salt that hides it when it is gone."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True)
    salt = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class Head(models.Model):
    """The one row that says where the chain ends; advancing it last keeps its lock short."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"


class Anchor(models.Model):
    """A head of the trail that was signed (core/audit/chain.py: SignedHead)."""

    sequence = models.BigIntegerField(primary_key=True)
    head = models.JSONField()
    anchored_at = models.DateTimeField(null=True, blank=True)  # when it was put elsewhere too

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"head {self.sequence}"
