"""Proposals, and the items that they would change."""

from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.utils import timezone

from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME, ActorKind
from core.named import Item

OPEN_FOR: Final = timedelta(days=7)  # (the rules, Second person)
MAX_REASON: Final = 1000


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> "ProposalQuerySet":
        """Those that may still be accepted."""
        return self.filter(state=Proposal.State.OPEN, expires_at__gt=timezone.now())

    def that_change(self, item: Item) -> "ProposalQuerySet":
        """Those that would change it."""
        return self.filter(items__item_id=item.pk).distinct()

    def without_texts(self) -> "ProposalQuerySet":
        """For lists: the steps of one may be megabytes."""
        return self.defer("steps", "uses")


class Proposal(models.Model):
    """Changes of items that somebody asks for. They are made when another person accepts them.

    `steps` and `uses`: items/proposals/steps.py.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Not proposed yet"
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        OUTDATED = "outdated", "Outdated"  # what it changes was changed meanwhile

    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=MAX_ACTOR_NAME)
    by_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    by_id = models.CharField(max_length=MAX_ACTOR_ID)
    account = models.CharField(max_length=MAX_ACTOR_NAME)  # of whoever proposes
    via = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300)  # "Change policy Installers, and 3 more"
    reason = models.CharField(max_length=MAX_REASON, blank=True)
    steps = models.JSONField(default=list)
    uses = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=MAX_ACTOR_NAME, blank=True)
    decided_by_kind = models.CharField(max_length=MAX_ACTOR_KIND, blank=True)
    decided_by_id = models.CharField(max_length=MAX_ACTOR_ID, blank=True)
    comment = models.CharField(max_length=MAX_REASON, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "expires_at"], name="items_proposal_by_state")]

    def __str__(self) -> str:
        return f"Proposal {self.pk}"

    @property
    def is_by_operator(self) -> bool:
        """Whether it comes from the command line: the system's account is no person of the console."""
        return self.by_kind == ActorKind.SYSTEM

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.expires_at > timezone.now()

    @property
    def state_words(self) -> str:
        lapsed = self.state == self.State.OPEN and not self.is_open
        return str(self.State.EXPIRED.label if lapsed else self.get_state_display())

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {
            "title": self.title,
            "reason": self.reason,
            "proposed_by": self.by,
            "proposed_by_id": f"{self.by_kind}:{self.by_id}",
            "via": self.via,
            "items": [[s["model"], s["item_id"], s["version"], s["fields"]] for s in self.steps],
        }


class ProposalItem(models.Model):
    """An item that a proposal would change, so that its page can say so."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="items")
    item_id = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return str(self.item_id)
