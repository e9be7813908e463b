"""Which computers and policy events a person sees: platform administrators those of their platforms."""

from django.db.models import QuerySet

from core.roles import PLATFORM_ADMINISTRATORS, Roles, platforms_of
from policies.models import Computer, PolicyEvent


def seen_computers(roles: Roles) -> QuerySet[Computer]:
    rows = Computer.objects.all()
    return (
        rows if roles - PLATFORM_ADMINISTRATORS else rows.filter(platform__in=platforms_of(roles))
    )


def seen_events(roles: Roles) -> QuerySet[PolicyEvent]:
    """Recorded ones: others are deleted after a day."""
    rows = PolicyEvent.objects.filter(recorded=True)
    if roles - PLATFORM_ADMINISTRATORS:
        return rows
    return rows.filter(computer__platform__in=platforms_of(roles))
