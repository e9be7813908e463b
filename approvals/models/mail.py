"""Mail on its way out (the outbox) and mail that came in."""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import connections, models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.db.models.sql import UpdateQuery
from django.utils import timezone

from approvals.letters.compose import Draft
from approvals.letters.kinds import DIGEST, KINDS, REQUEST, TO_BE_ANSWERED, MailKind
from approvals.models.answers import Invitation
from approvals.models.requests import ApprovalRequest
from approvals.reply.identity import content_hash
from core.ids import uuid7
from core.keys.fields import EncryptedField, opened, seal
from core.search import start_index, start_of
from foreign_systems.models import Circuit, ForeignSystem


def is_of_use() -> Q:
    """True of mail that somebody still needs.

    What wants an answer needs its request open, and a digest one of those in it.
    """
    pending = Q(request__state=ApprovalRequest.State.PENDING)
    # Not asked for each digest: SQLite would look through all that is unfinished each time.
    in_digests = OutgoingMail.objects.unfinished().filter(pending, follows__isnull=False)
    has_an_open_one = Q(pk__in=in_digests.values("follows"))
    return (~Q(purpose__in=TO_BE_ANSWERED) | pending) & (~Q(purpose=DIGEST.key) | has_an_open_one)


class OutgoingQuerySet(models.QuerySet["OutgoingMail"]):
    def unfinished(self) -> "OutgoingQuerySet":
        return self.filter(state__in=OutgoingMail.UNFINISHED)

    def late(self) -> "OutgoingQuerySet":
        """Tried at least once, and not accepted yet."""
        return self.filter(state__in=[OutgoingMail.State.DEFERRED, OutgoingMail.State.UNKNOWN])

    def unleased(self) -> "OutgoingQuerySet":
        """Those that no worker is sending."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=Now()))

    def due(self) -> "OutgoingQuerySet":
        """What may be claimed now: due, free, not before the mail it follows, and still of use."""
        return (
            self.unfinished()
            .unleased()
            .filter(is_of_use(), due_at__lte=Now())
            .exclude(follows__state__in=OutgoingMail.UNFINISHED)
        )

    def finish(self, state: str, **columns: Any) -> int:
        """Give these, which nobody is sending, their last state; returns how many there were.

        One whose lease has ended may have left: the worker that was sending it never said.
        """
        now = timezone.now()
        lost = self.filter(lease__isnull=False).values_list("pk", "server__name")
        DeliveryAttempt.note_lost(lost)
        return self.update(state=state, finished_at=now, lease=None, lease_until=None, **columns)

    def with_next_probe(self) -> "OutgoingQuerySet":
        """With what `next_try` needs: when a server in trouble is tried next (`next_probe_at`)."""
        default = ForeignSystem.objects.smtp_servers().filter(is_default=True).values("pk")[:1]
        circuit = Circuit.objects.filter(system=Coalesce(OuterRef("server"), Subquery(default)))
        probe = Subquery(circuit.values("next_probe_at")[:1])
        return self.select_related("follows").annotate(next_probe_at=probe)

    def with_newest_answer(self) -> "OutgoingQuerySet":
        """With what a server said at the newest try, also of mail that it took (`newest_answer`)."""
        tries = DeliveryAttempt.objects.filter(mail=OuterRef("pk")).order_by("-at", "-id")
        return self.annotate(newest_answer=Subquery(tries.values("answer")[:1]))

    def update_returning(self, **columns: Any) -> list[uuid.UUID]:
        """`update`, and in the same statement which rows it changed. Django has no word for that."""
        query = cast(UpdateQuery, self.query.chain(UpdateQuery))
        query.add_update_values(columns)
        update, parameters = query.get_compiler(self.db).as_sql()
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"{update} RETURNING id", parameters)
            return [self.model._meta.pk.to_python(key) for (key,) in cursor]


class MailDraft(models.Model):
    """What an email says, with places for the tokens: one row for all its recipients."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField(max_length=1000)
    text = models.TextField()
    html = models.TextField(null=True)  # noqa: DJ001  # null: no such part

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def of(cls, draft: Draft) -> "MailDraft":
        """An unsaved row."""
        return cls(subject=draft.subject, text=draft.text, html=draft.html)


class OutgoingMail(models.Model):
    """One email to one recipient. The row is the truth; tokens are put in when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        DEFERRED = "deferred", "Deferred"
        UNKNOWN = "unknown", "Unknown"  # the server may or may not have taken it (RFC 1047)
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    UNFINISHED = (State.QUEUED, State.DEFERRED, State.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(  # null: a report of an e-mail task
        ApprovalRequest, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    # This one never leaves before that one is done with. A request that goes in a digest follows it, and
    # shares its end.
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followers"
    )
    purpose = models.CharField(max_length=20)  # the key of a MailKind (approvals/letters/kinds.py)
    server = models.ForeignKey(  # null: the default SMTP server when it is sent
        ForeignSystem, on_delete=models.SET_NULL, null=True, blank=True
    )
    sender = models.CharField(max_length=320)
    sender_name = models.CharField(max_length=60, blank=True)
    recipient = models.EmailField()
    message_id = models.CharField(max_length=255, unique=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    draft = models.ForeignKey(MailDraft, on_delete=models.PROTECT, related_name="mails")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)  # who is sending it
    lease_until = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField()  # no try after this
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=1000, blank=True)
    # Its own bounce address is derived when it is sent, as tokens are; without a key MAIL FROM is
    # the sender.
    bounce_key_number = models.PositiveIntegerField(null=True, blank=True)
    bounce_hash = models.CharField(max_length=64, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_proven = models.BooleanField(default=False)  # the report came to its bounce address
    report = models.CharField(max_length=1000, blank=True)  # what a mail server wrote back last
    trace = models.CharField(max_length=64)

    recipient_start = start_of("recipient")  # what is searched

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                "bounce_hash", name="approvals_one_bounce_address", condition=~Q(bounce_hash="")
            )
        ]
        indexes = [
            start_index("recipient_start", name="approvals_outbox_by_recipient"),
            models.Index(
                F("due_at"),
                name="approvals_outbox_due",
                condition=Q(state__in=["queued", "deferred", "unknown"]),
            ),
            models.Index("created_at", "id", name="approvals_outbox_by_time"),
            models.Index(
                F("created_at"),
                name="approvals_outbox_late",
                condition=Q(state__in=["deferred", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.title} to {self.recipient}"

    @property
    def kind(self) -> MailKind:
        return KINDS[self.purpose]

    @property
    def thread_id(self) -> str:
        """The Message-ID that its recipient knows it by: the digest's, if it went in one."""
        digest = self.follows if self.is_in_digest else None
        return digest.message_id if digest else self.message_id

    @property
    def is_in_digest(self) -> bool:
        """Whether it asks in a digest, and isn't sent itself."""
        return self.purpose == REQUEST.key and self.follows_id is not None

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def waits_for(self) -> "OutgoingMail | None":
        """The mail that has to be done with before this one is tried."""
        waits = self.is_unfinished and self.follows is not None and self.follows.is_unfinished
        return self.follows if waits else None

    @property
    def next_try(self) -> datetime | None:
        """When it is tried next, of mail from `with_next_probe`; None if it isn't or waits for another.

        Its own turn, or later that of its server, while that one is in trouble.
        """
        probe: datetime | None = self.next_probe_at  # type: ignore[attr-defined]
        if not self.is_unfinished or self.waits_for:
            return None
        return max(self.due_at, probe) if probe else self.due_at


class DeliveryAttempt(models.Model):
    """One try to hand a mail over, with the server's own words."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OutgoingMail.State)
    server_name = models.CharField(max_length=200)
    code = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=1000)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.code or '—'} {self.answer}"

    @staticmethod
    def note_lost(mails: Iterable[tuple[uuid.UUID, str | None]]) -> None:
        """Of mails, by id and server, whose worker never said what became of them: they may have left."""
        now = timezone.now()
        DeliveryAttempt.objects.bulk_create(
            DeliveryAttempt(
                mail_id=mail_id,
                at=now,
                outcome=OutgoingMail.State.UNKNOWN,
                server_name=server or "the default server",
                answer="The worker that was sending it ended before it could say what became of it.",
            )
            for mail_id, server in mails
        )


class IncomingMail(models.Model):
    """A message as it was received. It is stored before anything else happens to it.

    Of the copies of one message the first counts; the others are `duplicate_of` it. Copies have the
    same content_sha256 (approvals/reply/identity.py).
    """

    class State(models.TextChoices):
        STORED = "stored", "Stored"
        READ = "read", "Read"
        FAILED = "failed", "Could not be read"

    class Outcome(models.TextChoices):
        APPROVE = "approve", "Approve"
        DENY = "deny", "Deny"
        UNCLEAR = "unclear", "Unclear"
        IGNORED = "ignored", "Ignored"
        REJECTED = "rejected", "Rejected"
        UNMATCHED = "unmatched", "Unmatched"
        CLOSED = "closed", "Closed"
        SUPERSEDED = "superseded", "Superseded"  # written before the answer that counts
        DUPLICATE = "duplicate", "Duplicate"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    received_at = models.DateTimeField()
    source = models.CharField(max_length=20)  # listener, command, imap
    encrypted_raw = EncryptedField(purpose="incoming mail")
    encrypted_recipients = EncryptedField(purpose="incoming recipients")  # they hold reply tokens
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)  # of raw and envelope: stored once
    content_sha256 = models.CharField(max_length=64)  # of what its author wrote
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="copies"
    )
    envelope = models.JSONField(default=dict)  # mail_from, peer, verifies_senders, mailbox
    state = models.CharField(max_length=10, choices=State, default=State.STORED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    reading = models.JSONField(default=dict)  # steps, first line, comment, sender, authentication
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)  # not read before this: it waits for the DNS
    sender = models.CharField(max_length=300, blank=True)  # as it was read
    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.SET_NULL, null=True, related_name="incoming"
    )
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, related_name="incoming"
    )
    returned = models.ForeignKey(  # the mail of ours to whose bounce address it came
        OutgoingMail, on_delete=models.SET_NULL, null=True, related_name="reports"
    )

    sender_start = start_of("sender")  # what is searched

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                "content_sha256",
                name="approvals_one_copy_counts",
                condition=Q(duplicate_of__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                F("received_at"), name="approvals_inbox_stored", condition=Q(state="stored")
            ),
            models.Index("received_at", "id", name="approvals_inbox_by_time"),
            start_index("sender_start", name="approvals_inbox_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def says_away(self) -> bool:
        """Whether it is an approver's automatic reply, proven to be theirs (inbox/acting.py)."""
        return bool(self.reading.get("approver_is_away"))

    @classmethod
    def stored(
        cls,
        raw: bytes,
        *,
        received_at: datetime,
        recipients: Sequence[str] = (),
        **values: object,
    ) -> "IncomingMail":
        """An unsaved row that holds `raw` and the envelope's recipients encrypted."""
        mail = cls(
            size=len(raw), content_sha256=content_hash(raw), received_at=received_at, **values
        )
        seal(mail, "encrypted_raw", raw)
        seal(mail, "encrypted_recipients", json.dumps(list(recipients)).encode())
        return mail

    def raw(self) -> bytes:
        return opened(self, "encrypted_raw")

    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients."""
        return tuple(json.loads(opened(self, "encrypted_recipients")))
