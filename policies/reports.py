"""The report about policy events, registered in core/reports.py."""

from collections.abc import Iterator

from django.db.models import Count, Max, Q
from django.utils import timezone

from core.dates import moment
from core.reports import MAX_ROWS, Parameters, Report, Row, register
from core.text import visible
from policies.describe.verdicts import verdict_words
from policies.models import Policy, PolicyEvent


def events_by_policy(parameters: Parameters) -> Iterator[Row]:
    """How often each policy led to each verdict in the period, the most frequent first."""
    chosen = Q(policy_id=parameters.policy_id) if parameters.policy_id else Q()
    counted = (
        PolicyEvent.objects.filter(
            chosen, recorded=True, at__gte=parameters.since, at__lt=parameters.until
        )
        .order_by()
        .values("policy_id", "verdict")
        .annotate(events=Count("pk"), last=Max("at"), shortened=Count("pk", filter=~Q(dropped=[])))
        .order_by("-events", "-last", "policy_id", "verdict")
    )
    groups = list(counted[:MAX_ROWS])
    names = dict(
        Policy.objects.filter(pk__in={group["policy_id"] for group in groups}).values_list(
            "pk", "name"
        )
    )
    for group in groups:
        policy_id, verdict = group["policy_id"], group["verdict"]
        yield (
            visible(names.get(policy_id, f"Deleted policy {policy_id}"), 200)
            if policy_id
            else "No policy",
            verdict_words(verdict),
            str(group["events"]),
            str(group["shortened"]),
            moment(group["last"], timezone.get_default_timezone()),
        )


register(
    Report(
        key="events-by-policy",
        name="Policy Events by Policy",
        description="How often each policy led to each verdict, and for how many of these events the "
        "computer's quota left no room for details.",
        columns=("Policy", "Verdict", "Events", "Details Dropped", "Last"),
        rows=events_by_policy,
        takes_policy=True,
    )
)
