"""Which computers and events a person sees: platform administrators those of their platforms alone."""

from typing import Any

from django.db.models import QuerySet

from core.roles import Roles, platforms_of, sees_all
from policies.models import Computer, ComputerQuerySet, PolicyEvent


def seen_of_platform(rows: Any, roles: Roles, *, platform: str = "platform") -> Any:
    """`rows` without those whose field `platform` isn't theirs."""
    if sees_all(roles):
        return rows
    return rows.filter(**{f"{platform}__in": platforms_of(roles)})


def seen_computers(roles: Roles) -> ComputerQuerySet:
    rows: ComputerQuerySet = seen_of_platform(Computer.objects.all(), roles)
    return rows


def seen_events(roles: Roles) -> QuerySet[PolicyEvent]:
    """Recorded ones: others are deleted after a day."""
    recorded = PolicyEvent.objects.filter(recorded=True)
    rows: QuerySet[PolicyEvent] = seen_of_platform(recorded, roles, platform="computer__platform")
    return rows
