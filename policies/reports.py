"""The reports about policy events, registered in core/reports.py."""

from collections.abc import Callable, Collection, Iterator
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KT

from approvals.reports import REQUEST
from core.reports import MAX_ROWS, Column, Parameters, Report, Row, register
from core.text import visible
from policies.describe.verdicts import DECIDED_OFFLINE, verdict_words
from policies.models import Policy, PolicyEvent


def _events_in(parameters: Parameters) -> QuerySet[PolicyEvent]:
    """Those that became known in the period: what an agent decided alone, when it told.

    So each is in one of two periods that follow each other, however late it comes.
    """
    chosen = Q(policy_id=parameters.policy_id) if parameters.policy_id else Q()
    since, until = parameters.since, parameters.until
    known = Q(late_at=None, at__gte=since, at__lt=until) | Q(late_at__gte=since, late_at__lt=until)
    return PolicyEvent.objects.filter(chosen, known, recorded=True)


def _names(keys: Collection[UUID | None]) -> Callable[[UUID | None], str]:
    """What each of these policies is called, harmless."""
    names = dict(
        Policy.objects.filter(pk__in={key for key in keys if key}).values_list("pk", "name")
    )

    def name_of(key: UUID | None) -> str:
        return visible(names.get(key, f"Deleted policy {key}"), 200) if key else "No policy"

    return name_of


def events(parameters: Parameters) -> Iterator[Row]:
    """Each policy event of the period, the newest first."""
    found = (
        _events_in(parameters)
        .select_related("computer")
        .defer("decision", "event", "dropped")
        .annotate(command_line=KT("event__command_line"))
        .order_by("-at", "-id")
    )
    rows = list(found[:MAX_ROWS])
    name_of = _names({row.policy_id for row in rows})
    for row in rows:
        yield (
            row.at,
            visible(row.account, 300),
            visible(row.computer.name, 300),
            visible(row.file_path or row.file_name, 300),
            visible(row.command_line or "", 300),
            verdict_words(row.verdict),
            DECIDED_OFFLINE if row.late_at and not row.policy_id else name_of(row.policy_id),
            f"PM-{row.request_number}" if row.request_number else "",
        )


def events_by_policy(parameters: Parameters) -> Iterator[Row]:
    """How often each policy led to each verdict in the period, the most frequent first."""
    counted = (
        _events_in(parameters)
        .order_by()
        .values("policy_id", "verdict", offline=Q(late_at__isnull=False, policy_id=None))
        .annotate(events=Count("pk"), last=Max("at"), shortened=Count("pk", filter=~Q(dropped=[])))
        .order_by("-events", "-last", "policy_id", "verdict")
    )
    groups = list(counted[:MAX_ROWS])
    name_of = _names({group["policy_id"] for group in groups})
    for group in groups:
        yield (
            DECIDED_OFFLINE if group["offline"] else name_of(group["policy_id"]),
            verdict_words(group["verdict"]),
            group["events"],
            group["shortened"],
            group["last"],
        )


register(
    Report(
        key="events",
        name="Policy Events",
        description="What happened: each policy event with its user, computer and program. What an agent "
        "decided offline appears once the agent has reported it.",
        columns=(
            Column("When", "time"),
            Column("User"),
            Column("Computer"),
            Column("Program"),
            Column("Command Line"),
            Column("Verdict"),
            Column("Policy"),
            REQUEST,
        ),
        rows=events,
        takes_policy=True,
        tells_at_once=True,
    )
)
register(
    Report(
        key="events-by-policy",
        name="Policy Events by Policy",
        description="How often each policy led to each verdict, and for how many of these events the "
        "computer's quota left no room for details.",
        columns=(
            Column("Policy"),
            Column("Verdict"),
            Column("Events", "number"),
            Column("Details Dropped", "number"),
            Column("Last", "time"),
        ),
        rows=events_by_policy,
        takes_policy=True,
    )
)
