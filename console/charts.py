"""The charts of Home: requests per day by outcome, and how long decisions took on each day.

What they count is remembered for a minute: everybody's Home shows the same, and counting takes longest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from approvals.models import ApprovalRequest
from core.dates import length_words

State = ApprovalRequest.State
OUTCOMES: Final = {  # of the bars, from below, with the color of each
    "Approved": ("good", (State.APPROVED,)),
    "Denied": ("bad", (State.DENIED,)),
    "Expired or cancelled": ("off", (State.EXPIRED, State.CANCELLED)),
}
HALF, MOST = "Half within", "90 % within"
TONES: Final = {HALF: "accent", MOST: "quiet"}
UNITS: Final = {  # of the time to decision: the largest of which there are three
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
}
KEPT: Final = 60  # seconds
# In units of the drawing.
WIDTH, LEFT, TOP, BOTTOM = 440, 28, 8, 152


@dataclass(frozen=True)
class Bar:
    """A part of a day's column."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """What is drawn through the days on which there is something to tell."""

    tone: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Day:
    """A day, where it stands, whether it's named below the chart, and its row of the table."""

    day: date
    middle: float
    is_named: bool
    cells: tuple[tuple[str, str], ...]  # each after its heading
    bars: tuple[Bar, ...] = ()

    @property
    def name_middle(self) -> float:
        """Where its name stands, which is wider than a narrow day and stays within the drawing."""
        return min(self.middle, WIDTH - 18)


@dataclass(frozen=True)
class Chart:
    """Days from left to right, and the same as a table."""

    title: str
    days: tuple[Day, ...]
    scale: tuple[tuple[int, float], ...]  # a number, and how high it stands
    legend: tuple[tuple[str, str], ...]  # tone and word
    lines: tuple[Line, ...] = ()
    note: str = ""


def requests_per_day(days: int, *, now: datetime) -> Chart | None:
    """The requests of the last `days` days by their outcome; None where there are none."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    counts: dict[date, list[int]] = {}
    for day, state, requests in _remembered("outcomes", first, _counted):
        for index, (_, states) in enumerate(OUTCOMES.values()):
            if state in states:
                counts.setdefault(day, [0] * len(OUTCOMES))[index] += requests
    if not counts:
        return None
    scale, unit = _scale(max(map(sum, counts.values())))
    width = round((WIDTH - LEFT) / days * 0.6, 1)
    drawn = []
    for day, middle, is_named in _places(first, days):
        of_day, y, bars = counts.get(day, [0] * len(OUTCOMES)), float(BOTTOM), list[Bar]()
        for count, (tone, _) in zip(of_day, OUTCOMES.values(), strict=True):
            y -= count * unit
            if count:
                x, height = round(middle - width / 2, 1), round(max(count * unit - 1, 1), 1)
                bars.append(Bar(tone, x, round(y, 1), width, height))
        cells = zip((*OUTCOMES, "All"), map(str, (*of_day, sum(of_day))), strict=True)
        drawn.append(Day(day, middle, is_named, tuple(cells), tuple(bars)))
    legend = tuple((tone, word) for word, (tone, _) in OUTCOMES.items())
    return Chart("Requests per day by outcome", tuple(drawn), scale, legend)


def times_to_decision(days: int, *, now: datetime) -> Chart | None:
    """How soon half and 90 % of each day's requests were decided, of the last `days` days; None where
    none were.
    """
    first = timezone.localdate(now) - timedelta(days=days - 1)
    times: dict[date, dict[str, timedelta]] = {}
    for day, place, decisions, took in _remembered("times", first, _timed):
        of_day = times.setdefault(day, {})
        if place == decisions // 2 + 1:
            of_day[HALF] = took
        if place == decisions * 9 // 10 + 1:
            of_day[MOST] = took
    if not times:
        return None
    longest = max(of_day[MOST] for of_day in times.values())
    word = next((word for word, size in UNITS.items() if longest >= 3 * size), "minutes")
    scale, unit = _scale(longest / UNITS[word])
    points: dict[str, list[tuple[float, float]]] = {name: [] for name in TONES}
    drawn = []
    for day, middle, is_named in _places(first, days):
        of_day = times.get(day, {})
        for name, took in of_day.items():
            points[name].append((middle, round(BOTTOM - took / UNITS[word] * unit, 1)))
        cells = ((name, length_words(of_day[name]) if of_day else "none") for name in TONES)
        drawn.append(Day(day, middle, is_named, tuple(cells)))
    return Chart(
        "Time to decision",
        tuple(drawn),
        scale,
        legend=tuple((tone, name) for name, tone in TONES.items()),
        lines=tuple(Line(tone, tuple(points[name])) for name, tone in TONES.items()),
        note=f"{word} from request to decision",
    )


def _remembered(
    name: str, first: date, count: Callable[[datetime], Iterable[Any]]
) -> Iterable[Any]:
    """What `count` finds from the beginning of the day `first` on, in the zone that pages show."""
    zone = timezone.get_current_timezone()
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    key = f"home:{name}:{zone}:{first}"
    found: Iterable[Any] | None = cache.get_or_set(key, lambda: list(count(since)), KEPT)
    return found or []


def _counted(since: datetime) -> Iterable[Any]:
    """How many requests of each day came to each state."""
    closed = [state for _, states in OUTCOMES.values() for state in states]
    return (
        ApprovalRequest.objects.filter(state__in=closed, created_at__gte=since)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "state")
        .annotate(requests=Count("pk"))
    )


def _timed(since: datetime) -> Iterable[Any]:
    """Of each day the two decisions that HALF and MOST are read from, among all by length."""
    answered = (State.APPROVED, State.DENIED)
    decided: Any = ApprovalRequest.objects.filter(state__in=answered, created_at__gte=since)
    timed: Iterable[Any] = (
        decided.order_by()
        .annotate(day=TruncDate("created_at"), took=F("closed_at") - F("created_at"))
        .annotate(
            place=Window(RowNumber(), partition_by="day", order_by="took"),
            of_day=Window(Count("*"), partition_by="day"),
        )
        .filter(Q(place=F("of_day") / 2 + 1) | Q(place=F("of_day") * 9 / 10 + 1))
        .values_list("day", "place", "of_day", "took")
    )
    return timed


def _scale(highest: float) -> tuple[tuple[tuple[int, float], ...], float]:
    """The numbers at the lines, and how high one of anything stands.

    Between two lines there is 1, 2 or 5 times a power of ten, so that there are at most five.
    """
    step = 1
    while highest > 5 * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    top = max(1, -(-int(-(-highest // 1)) // step)) * step
    unit = (BOTTOM - TOP) / top
    return tuple((n, round(BOTTOM - n * unit, 1)) for n in range(0, top + 1, step)), unit


def _places(first: date, days: int) -> Iterable[tuple[date, float, bool]]:
    """Each day, the middle of its room, and whether it's named: five at most, the last one among them."""
    apart = -(-days // 5)
    for number in range(days):
        middle = round(LEFT + (number + 0.5) * (WIDTH - LEFT) / days, 1)
        yield first + timedelta(days=number), middle, (days - 1 - number) % apart == 0
