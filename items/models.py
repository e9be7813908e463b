"""The history of items' changes. What every item shares is in core/named.py.

Items are systems, credentials, processes, types, actions, filters, groups, policies and tasks.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models

from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME
from core.ids import uuid7
from core.named import Item as Item
from core.named import Named as Named
from core.people.models import User
from core.search import index_parts
from items.proposals.models import Proposal as Proposal


class ChangeQuerySet(models.QuerySet["Change"]):
    def without_texts(self) -> "ChangeQuerySet":
        """For lists: the fields of one version may be megabytes."""
        return self.defer("fields", "values")


class Change(models.Model):
    """One version of an item: who made it, and which fields it changed. It outlives the item."""

    class Verb(models.TextChoices):
        CREATE = "create", "created"
        UPDATE = "update", "changed"
        RESTORE = "restore", "restored"
        DELETE = "delete", "deleted"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model = models.CharField(max_length=60)  # of the item: its label in lower case
    kind = models.CharField(max_length=40, blank=True)  # of the item, in families of several kinds
    item_id = models.UUIDField()
    item_name = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=MAX_ACTOR_NAME)
    by_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    by_id = models.CharField(max_length=MAX_ACTOR_ID)
    via = models.CharField(max_length=100, blank=True)  # "in the console from 192.0.2.40"
    accepted_by = models.CharField(max_length=MAX_ACTOR_NAME, blank=True)  # the second person
    verb = models.CharField(max_length=10, choices=Verb)
    restored_version = models.PositiveIntegerField(null=True, blank=True)
    labels = models.JSONField(default=list)  # of the fields: lists show them without the texts
    fields = models.JSONField(default=list)  # [label, old, new] in words
    values = models.JSONField(default=dict)  # the form and the switch as posted, no secrets

    needs_second_person = False  # of one that is just written: items/second_person.py
    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint("model", "item_id", "version", name="items_change_once")
        ]
        indexes = [
            models.Index("at", "id", name="items_change_by_time"),
            models.Index("by_id", "at", "id", name="items_change_by_person"),
            models.Index("model", "at", "id", name="items_change_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.item_name}, version {self.version}"

    @property
    def summary(self) -> str:
        """What happened, in a few words: "created", "Priority, Actions", "restored version 2"."""
        if self.restored_version:
            return f"restored version {self.restored_version}"
        if self.verb in {self.Verb.CREATE, self.Verb.DELETE}:
            return str(self.get_verb_display())
        return ", ".join(self.labels)


index_parts(Change, "item_name", "by")


class ImportFile(models.Model):
    """A file of items or people between upload and import. A person has one at most."""

    KEPT: ClassVar = timedelta(days=1)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="import_file")
    at = models.DateTimeField()
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    prune = models.BooleanField(default=False)  # delete what isn't in it

    def __str__(self) -> str:
        return self.name


def joined_fields(several: Iterable[Iterable[Sequence[str]]]) -> list[list[str]]:
    """What changes of one item do together: [label, old, new], without what ends as it began."""
    old, new = dict[str, str](), dict[str, str]()
    for fields in several:
        for label, before, after in fields:
            old.setdefault(label, before)
            new[label] = after
    return [[label, old[label], new[label]] for label in new if old[label] != new[label]]


def changes_of(model: type[Item], item_id: uuid.UUID) -> ChangeQuerySet:
    """The history of one item, the newest first."""
    return Change.objects.filter(model=model._meta.label_lower, item_id=item_id).order_by(
        "-version"
    )
