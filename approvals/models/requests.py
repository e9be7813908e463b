"""Requests. What grows from them: answers.py, grants.py."""

import re
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now, StrIndex, Substr
from django.urls import reverse

from approvals.models.items import ApprovalProcess, ApprovalType
from approvals.terms import Terms
from core.actors import Actor
from core.people.accounts import Account
from core.people.models import User
from core.search import start_index, start_of

if TYPE_CHECKING:
    from approvals.models.answers import Decision

DESERTED_AFTER = timedelta(minutes=10)  # an agent that has not waited for so long has given up
_NUMBER = re.compile(r"(PM-)?([0-9]{1,18})", re.IGNORECASE)


def request_number(text: str, *, bare: bool = False) -> int | None:
    """The number that somebody wrote as PM-12 or, where that can only be one (`bare`), as 12."""
    found = _NUMBER.fullmatch(text)
    return int(found[2]) if found and (found[1] or bare) else None


class RequestQuerySet(models.QuerySet["ApprovalRequest"]):
    def pending(self) -> "RequestQuerySet":
        return self.filter(state=ApprovalRequest.State.PENDING)

    def decided(self) -> "RequestQuerySet":
        return self.exclude(state=ApprovalRequest.State.PENDING)

    def open(self) -> "RequestQuerySet":
        """Pending and not expired by the database's clock: what may still be decided."""
        return self.pending().filter(expires_at__gt=Now())

    def overdue(self) -> "RequestQuerySet":
        """Past their time by the database's clock, whatever their state."""
        return self.filter(expires_at__lte=Now())

    def pausing(self) -> "RequestQuerySet":
        """Denied a short while ago: the same plea is still refused."""
        return self.filter(quiet_until__gt=Now())

    def on_computer(self, computer_id: uuid.UUID) -> "RequestQuerySet":
        return self.filter(computer_id=computer_id)

    def of_account(self, account: Account) -> "RequestQuerySet":
        """Asked by whoever may be the owner of `account`, however the account is spelled.

        The names are compared here, since SQLite knows the case of ASCII only: for few rows.
        """
        named = self.values_list("pk", "account", "account_id")
        theirs = [pk for pk, *known in named if account.likeness(Account(*known))]
        return self.filter(pk__in=theirs)

    def hold_about(self, mails: Collection[uuid.UUID]) -> None:
        """Hold the rows of what these mails, or those in these digests, are about until the transaction
        ends: before any mail's row and in this order, as everybody does.
        """
        about = self.filter(Q(mails__in=mails) | Q(mails__follows__in=mails))
        held = self.filter(pk__in=about.values("pk")).order_by("pk").select_for_update()
        list(held.values_list("pk"))

    def with_decisions(self) -> "RequestQuerySet":
        """With what `final_decision` looks at."""
        return self.prefetch_related("decisions")

    def without_texts(self) -> "RequestQuerySet":
        """For lists: what the endpoint reported may be long."""
        return self.defer("event", "command_line", "terms_json")


class ApprovalRequest(models.Model):
    """A user's request for one execution. Its snapshot outlives the items it came from."""

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        DENIED = "denied", "Denied"
        EXPIRED = "expired", "Expired"
        CANCELLED = "cancelled", "Cancelled"

    number = models.BigAutoField(primary_key=True)  # shown as PM-n
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    # The execution as it was reported then. Computer, policy and event are referred to by UUID only.
    computer_id = models.UUIDField()
    computer_name = models.CharField(max_length=255)
    account = models.CharField(max_length=256)
    account_id = models.CharField(max_length=184, blank=True)
    file_name = models.CharField(max_length=1024)
    file_path = models.CharField(max_length=4096)
    sha256 = models.CharField(max_length=64, blank=True)
    signer = models.CharField(max_length=512, blank=True)
    command_line = models.TextField(blank=True)
    reason = models.CharField(max_length=250, blank=True)
    asked_minutes = models.PositiveIntegerField(
        null=True, blank=True
    )  # null: no time was asked for
    policy_id = models.UUIDField()
    policy_name = models.CharField(max_length=200)
    policy_version = models.CharField(max_length=64)
    event_id = models.UUIDField()
    event = models.JSONField()  # the execution event as reported
    terms_json = models.JSONField()
    scope_key = models.CharField(max_length=64)  # what a timed grant would cover
    pause_key = models.CharField(max_length=64)  # that without the account: what a denial pauses
    plea_key = models.CharField(max_length=64)  # scope and rights: pending at most once
    exact_key = models.CharField(max_length=64)  # what a One Time grant is bound to

    process = models.ForeignKey(
        ApprovalProcess, on_delete=models.SET_NULL, null=True, related_name="requests"
    )
    type = models.ForeignKey(
        ApprovalType, on_delete=models.SET_NULL, null=True, related_name="requests"
    )
    type_uuid = models.UUIDField()  # remains when the type is deleted: grants are bound to it
    requester = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="own_requests"
    )
    # Who may have asked, by the profiles of then: keys of people, mailboxes and names, and the Likeness.
    requester_known_as = models.JSONField(blank=True, default=dict, db_default={})
    quiet_until = models.DateTimeField(  # after a denial the same plea is refused until then
        null=True, blank=True, db_index=True
    )
    remind_at = models.DateTimeField(null=True, blank=True)  # null: never, or done
    escalate_at = models.DateTimeField(null=True, blank=True)
    recount_at = models.DateTimeField(null=True, blank=True)  # marked by services.asking_again
    last_waited_at = models.DateTimeField(null=True, blank=True)  # null: nobody waits (--no-wait)
    trace = models.CharField(max_length=64)  # the request id in every log line about it

    # What is searched. Of the account, the name without its domain.
    user_start = start_of(Substr("account", StrIndex("account", Value("\\")) + Value(1)))
    computer_start = start_of("computer_name")
    file_start = start_of("file_name")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                "plea_key",
                name="approvals_one_pending_plea",
                condition=Q(state="pending"),
            ),
            models.CheckConstraint(
                name="approvals_request_closed_has_time",
                condition=Q(state="pending", closed_at__isnull=True)
                | (~Q(state="pending") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index("state", "created_at", "number", name="approvals_request_queue"),
            models.Index("state", "expires_at", name="approvals_request_expiry"),
            models.Index("closed_at", "number", name="approvals_request_decided"),
            models.Index(
                F("remind_at"), name="approvals_request_remind", condition=Q(state="pending")
            ),
            models.Index(
                F("escalate_at"), name="approvals_request_escalate", condition=Q(state="pending")
            ),
            models.Index("sha256", "closed_at", name="approvals_request_file"),
            models.Index("computer_id", "created_at", name="approvals_request_computer"),
            start_index("user_start", name="approvals_request_by_user"),
            start_index("computer_start", name="approvals_request_by_computer"),
            start_index("file_start", name="approvals_request_by_file"),
        ]

    def __str__(self) -> str:
        return f"PM-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("approvals:request_detail", args=[self.number])

    @property
    def terms(self) -> Terms:
        return Terms.from_json(self.terms_json)

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def known_until(self) -> datetime:
        """What happened before could be known to whoever decided it, or, while it is open, asked."""
        return self.closed_at or self.created_at

    @property
    def final_decision(self) -> "Decision | None":
        """The answer that closed it; None while it is open, or when nobody decided."""
        if self.state not in {self.State.APPROVED, self.State.DENIED}:
            return None
        return max(self.decisions.all(), key=lambda decision: decision.at, default=None)

    @property
    def was_deserted(self) -> bool:
        """Whether it was cancelled since nobody waited for it any more, not by its user.

        Whoever cancels has waited until then, and says so every minute. Two hosts' clocks may differ.
        """
        waited, closed = self.last_waited_at, self.closed_at
        if self.state != self.State.CANCELLED or waited is None or closed is None:
            return False
        return closed - waited > DESERTED_AFTER - timedelta(seconds=5)

    @property
    def asked_by(self) -> Actor:
        """The endpoint's account, which is not proven to be anybody's."""
        return Actor.of_endpoint(
            self.account,
            computer_id=self.computer_id,
            computer=self.computer_name,
            account_id=self.account_id,
        )

    @property
    def short_account(self) -> str:
        """The account's name without its domain."""
        return self.account.rpartition("\\")[2].partition("@")[0]


class OpeningLock(models.Model):
    """One row for each computer. Who opens a request there holds it, so that limits count right.

    Held by `hold` until the transaction ends, on PostgreSQL as on SQLite.
    """

    computer_id = models.UUIDField(primary_key=True)
    held_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Openings of {self.computer_id}"

    @staticmethod
    def hold(computer_id: uuid.UUID) -> None:
        """Wait until no other transaction opens a request of this computer. Call it within one."""
        OpeningLock.objects.bulk_create(
            [OpeningLock(computer_id=computer_id, held_at=Now())],
            update_conflicts=True,
            unique_fields=["computer_id"],
            update_fields=["held_at"],
        )
