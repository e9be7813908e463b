"""What can be deleted once it is old, and deleting it.

What is pending, running, or needed by an approval that can still be used stays, however old it is. The
audit trail is never purged: it says what was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from agents.models import OfflineApproval
from agents.services.quota import without_evidence
from approvals.models import ApprovalRequest, Grant, IncomingMail, MailDraft, OutgoingMail
from core.actors import Actor
from core.advanced.models import advanced
from core.audit.services import record
from policies.models import PolicyEvent
from tasks.models import TaskRun

BATCH: Final = 500  # rows that one transaction deletes, with what belongs to them
REQUESTS: Final = "requests"  # evidence: each one that goes is named
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Purgeable:
    """One kind of record that grows. `old` gives those from before a moment that may go, the oldest
    first; `along` names what is deleted with them.
    """

    key: str
    noun: str
    plural: str
    about: str  # which of them go and which stay, as a sentence
    least_days: Callable[[], int]  # no younger ones are deleted, whatever a task says
    old: Callable[[datetime], Rows]
    along: dict[str, Callable[[Rows], Rows]] = field(default_factory=dict)  # by their plural

    def before(self, days: int, now: datetime) -> datetime:
        """The moment from before which those go that are older than `days`."""
        return now - timedelta(days=max(days, self.least_days()))

    def counted(self, count: int) -> str:
        """`1,204 policy events`."""
        return f"{count:,} {self.noun if count == 1 else self.plural}"


def _requests(before: datetime) -> Rows:
    lasting = Grant.objects.filter(request=OuterRef("pk"), expires_at__gte=before)
    on_its_way = OutgoingMail.objects.unfinished().filter(request=OuterRef("pk"))
    return (
        ApprovalRequest.objects.decided()
        .filter(~Exists(lasting), ~Exists(on_its_way), closed_at__lt=before)
        .exclude(quiet_until__gt=Now())
        .order_by("closed_at", "number")
    )


def _strays(before: datetime) -> Rows:
    """Mail of no request. What belongs to one is evidence, and goes with it, as its copies do."""
    needed = Q(received_at__gte=before) | Q(request__isnull=False)
    copies = IncomingMail.objects.filter(needed, duplicate_of=OuterRef("pk"))
    return (
        IncomingMail.objects.filter(~Exists(copies), request=None, received_at__lt=before)
        .exclude(state=IncomingMail.State.STORED)
        .exclude(duplicate_of__request__isnull=False)
        .order_by("received_at", "id")
    )


def _report_mail(before: datetime) -> Rows:
    old = OutgoingMail.objects.filter(request=None, created_at__lt=before)
    return old.exclude(state__in=OutgoingMail.UNFINISHED).order_by("created_at", "id")


def _evidence_days() -> int:
    days: int = advanced().keep_evidence
    return days


PURGEABLE = {
    each.key: each
    for each in (
        Purgeable(
            key="policy_events",
            noun="policy event",
            plural="policy events",
            about="An event that an approval request needs as evidence stays as long as that.",
            least_days=lambda: 1,
            old=lambda before: without_evidence(
                PolicyEvent.objects.filter(at__lt=before), timezone.now()
            ).order_by("at", "id"),
        ),
        Purgeable(
            key=REQUESTS,
            noun="decided request",
            plural="decided requests",
            about="With their emails, replies, decisions and used approvals, counted from when they "
            "were decided. Pending requests and approvals that can still be used stay.",
            least_days=_evidence_days,
            old=_requests,
            along={
                "emails": lambda rows: OutgoingMail.objects.filter(request__in=rows),
                "replies": lambda rows: IncomingMail.objects.filter(request__in=rows),
            },
        ),
        Purgeable(
            key="offline_approvals",
            noun="offline approval",
            plural="offline approvals",
            about="With what ran by them, counted from when the code was given.",
            least_days=_evidence_days,
            old=lambda before: OfflineApproval.objects.filter(given_at__lt=before).order_by(
                "given_at", "id"
            ),
        ),
        Purgeable(
            key="incoming_mail",
            noun="received email",
            plural="received emails",
            about="Those that belong to no request. Replies to a request stay as long as it does.",
            least_days=lambda: 30,
            old=_strays,
        ),
        Purgeable(
            key="report_mail",
            noun="report sent by email",
            plural="reports sent by email",
            about="Task History then no longer shows what was sent.",
            least_days=lambda: 1,
            old=_report_mail,
        ),
        Purgeable(
            key="task_history",
            noun="run in Task History",
            plural="runs in Task History",
            about="Runs of all tasks, purges included; the audit trail keeps what was purged.",
            least_days=lambda: 1,
            old=lambda before: (
                TaskRun.objects.filter(started_at__lt=before)
                .exclude(state=TaskRun.State.RUNNING)
                .order_by("started_at", "id")
            ),
        ),
    )
}


def counts(what: Purgeable, before: datetime) -> tuple[int, dict[str, int]]:
    """How many records a purge would delete, and of what goes with them."""
    rows = what.old(before)
    keys = rows.order_by().values("pk")
    return rows.count(), {plural: found(keys).count() for plural, found in what.along.items()}


def count(what: Purgeable, before: datetime) -> str:
    """What a purge would delete, in words: `12 decided requests, with 30 emails and 8 replies`."""
    records, with_them = counts(what, before)
    along = [f"{number:,} {plural}" for plural, number in with_them.items()]
    words = what.counted(records)
    return f"{words}, with {' and '.join(along)}" if along else words


def purge_batch(what: Purgeable, before: datetime, *, by: Actor, done: int) -> int:
    """Delete some of those from before that moment; how many, 0 when none is left.

    `done`: how many this purge has deleted so far. With the first ones goes the record that it began,
    with requests that of their numbers; `end_purge` records how many they were. Two that purge at once
    are harmless: what the other one deleted isn't counted again.
    """
    with transaction.atomic():
        rows = what.old(before)
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        deleted = delete_with_all(rows.model, keys)
        facts: dict[str, object] = {"before": before.isoformat()}
        if deleted and what.key == REQUESTS:
            facts |= {"rows": deleted, "requests": keys}
            record(actor=by, verb="purge", kind=what.key, object_id="", facts=facts)
        elif deleted and not done:
            record(actor=by, verb="begin purge", kind=what.key, object_id="", facts=facts)
    return deleted


def end_purge(what: Purgeable, before: datetime, *, by: Actor, done: int) -> None:
    """Record how many a purge has deleted, which is over or was stopped."""
    if done and what.key != REQUESTS:
        facts = {"before": before.isoformat(), "rows": done}
        with transaction.atomic():
            record(actor=by, verb="purge", kind=what.key, object_id="", facts=facts)


def delete_with_all(model: type[Model], keys: Sequence[Any]) -> int:
    """Delete these rows with what belongs to them; how many of them."""
    drafts: list[Any] = []
    if model in _MAILS:
        mails = OutgoingMail.objects.filter(**{_MAILS[model]: keys})
        drafts = list(mails.order_by().values_list("draft", flat=True).distinct())
    if model is ApprovalRequest:
        going = IncomingMail.objects.filter(request__in=keys)
        _keep_copies(going)
        going.delete()
    _, of_models = model._default_manager.filter(pk__in=keys).delete()
    MailDraft.objects.filter(pk__in=drafts, mails=None).delete()
    return of_models.get(model._meta.label, 0)


def _keep_copies(going: QuerySet[IncomingMail]) -> None:
    """Before this mail goes: of its copies that belong to other requests, one counts from now on.

    One message that was sent to two reply addresses is a copy at the second request, and its evidence.
    """
    kept = IncomingMail.objects.filter(duplicate_of__in=going, request__isnull=False)
    heirs: dict[Any, IncomingMail] = {}
    for copy in kept.exclude(pk__in=going).order_by("received_at", "id"):
        heirs.setdefault(copy.duplicate_of_id, copy)
    for first, heir in heirs.items():
        # In this order: of one message, one row at a time counts.
        IncomingMail.objects.filter(pk=first).update(duplicate_of=heir)
        IncomingMail.objects.filter(duplicate_of=first).update(duplicate_of=heir)
        IncomingMail.objects.filter(pk=heir.pk).update(duplicate_of=None)


# What goes with mails: which mails that are, by the model of the rows that are deleted.
_MAILS: dict[type[Model], str] = {ApprovalRequest: "request__in", OutgoingMail: "pk__in"}
