"""The charts of Home: requests per day by outcome, and the policies with the most events."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from approvals.models import ApprovalRequest
from core.roles import Roles
from items.rights import seen_items
from policies.items import POLICIES
from policies.models import PolicyEvent

State = ApprovalRequest.State
OUTCOMES: Final = {  # of the bars, from below, with the colour of each
    "Approved": ("good", (State.APPROVED,)),
    "Denied": ("bad", (State.DENIED,)),
    "Expired or cancelled": ("off", (State.EXPIRED, State.CANCELLED)),
}
MAX_EVENTS: Final = 10_000  # that the policies are ranked by, the newest
MAX_RANKED: Final = 200  # policies looked at for those that somebody sees
MAX_POLICIES: Final = 5
KEPT: Final = 60  # seconds for which the days are remembered: counting them takes longest
# In units of the drawing.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 440, 176, 28, 8, 152


@dataclass(frozen=True)
class Bar:
    """A part of a day's column."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True)
class Day:
    """A day's requests: how many of each outcome, and where they are drawn."""

    day: date
    counts: tuple[int, ...]
    x: float
    middle: float
    bars: tuple[Bar, ...]
    is_named: bool  # below its column

    @property
    def by_outcome(self) -> list[tuple[str, int]]:
        return list(zip(OUTCOMES, self.counts, strict=True))

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class DayChart:
    """Columns of the requests of each day."""

    days: tuple[Day, ...]
    column: float  # the width of one
    lines: tuple[tuple[int, float], ...]  # a number, and how high its line is
    legend: tuple[tuple[str, str], ...] = tuple(
        (tone, word) for word, (tone, _) in OUTCOMES.items()
    )


@dataclass(frozen=True)
class Ranked:
    """A policy, how many events it decided, and that in percent of the first one's."""

    name: str
    url: str
    events: int
    share: int


def requests_per_day(days: int, *, now: datetime) -> DayChart | None:
    """The requests of the last `days` days by their outcome; None where there are none."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    counts = _counted(first)
    highest = max((sum(of_day) for of_day in counts.values()), default=0)
    if not highest:
        return None
    step = _step(highest)
    top = -(-highest // step) * step
    unit, room = (BOTTOM - TOP) / top, (WIDTH - LEFT) / days
    column = round(room * 0.6, 1)
    drawn = []
    for number in range(days):
        day = first + timedelta(days=number)
        of_day, y, bars = counts.get(day, (0,) * len(OUTCOMES)), float(BOTTOM), list[Bar]()
        for count, (tone, _) in zip(of_day, OUTCOMES.values(), strict=True):
            y -= count * unit
            if count:
                bars.append(Bar(tone, round(y, 1), round(max(count * unit - 1, 1), 1)))
        is_named = (days - 1 - number) % 3 == 0
        x = round(LEFT + number * room + (room - column) / 2, 1)
        drawn.append(Day(day, of_day, x, round(x + column / 2, 1), tuple(bars), is_named))
    lines = tuple((n, round(BOTTOM - n * unit, 1)) for n in range(0, top + 1, step))
    return DayChart(tuple(drawn), column, lines)


def _counted(first: date) -> dict[date, tuple[int, ...]]:
    """How many requests of each outcome were made on each day from `first` on."""
    zone = timezone.get_current_timezone()
    key = f"home:days:{zone}:{first}"
    found = cache.get(key)
    if found is None:
        closed = [state for _, states in OUTCOMES.values() for state in states]
        since = datetime(first.year, first.month, first.day, tzinfo=zone)
        rows = (
            ApprovalRequest.objects.filter(state__in=closed, created_at__gte=since)
            .order_by()
            .annotate(day=TruncDate("created_at"))
            .values_list("day", "state")
            .annotate(requests=Count("pk"))
        )
        found = list(rows)
        cache.set(key, found, KEPT)
    counts: dict[date, list[int]] = {}
    for day, state, requests in found:
        for index, (_, states) in enumerate(OUTCOMES.values()):
            if state in states:
                counts.setdefault(day, [0] * len(OUTCOMES))[index] += requests
    return {day: tuple(each) for day, each in counts.items()}


def _step(highest: int) -> int:
    """Between two lines: 1, 2 or 5 times a power of ten, so that there are at most five."""
    step = 1
    while highest > 5 * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def top_policies(roles: Roles, *, since: datetime) -> list[Ranked]:
    """The policies that decided the most of the newest events, as somebody with these roles sees them."""
    newest = PolicyEvent.objects.filter(at__gte=since).order_by("-at", "-id")[:MAX_EVENTS]
    counted = (
        PolicyEvent.objects.filter(pk__in=newest.values("pk"), policy_id__isnull=False)
        .order_by()
        .values_list("policy_id")
        .annotate(events=Count("pk"))
        .order_by("-events", "policy_id")[:MAX_RANKED]
    )
    rows = list(counted)
    seen: Any = seen_items(POLICIES, roles)
    names = dict(seen.filter(pk__in=[key for key, _ in rows]).values_list("pk", "name"))
    rows = [(key, events) for key, events in rows if key in names][:MAX_POLICIES]
    return [
        Ranked(names[key], POLICIES.url_of_key(key), events, max(1, 100 * events // rows[0][1]))
        for key, events in rows
    ]
