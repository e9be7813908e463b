"""From what calls cost to what a day needs: the tables of docs/scale.md. Pure, but for one question."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.comparing import Bar

# What an endpoint does on a day: assumed, not measured. Change it to what yours do.
A_DAY = {
    "policies": 12.0,  # once an hour, for twelve hours
    "unmatched": 14.0,  # reports that no policy matches
    "stored": 6.0,  # reports that one does
    "events": 0.1,  # one endpoint in ten is away for a while, and reports ten executions later
    "requests": 0.05,  # one user in twenty asks for something
}
WAITED = 10.0  # minutes until a request is answered, one call a minute
_WEIGHTS = (1, 1, 1, 1, 1, 2, 5, 12, 22, 24, 18, 15, 10, 15, 16, 14, 10, 5, 3, 2, 2, 1, 1, 1)
HOURS = tuple(weight / sum(_WEIGHTS) for weight in _WEIGHTS)  # the share of each hour of the day
BUSY = 0.5  # of a core, at the most, in the busiest hour
KEPT = 90  # days that events are kept, by default
SIZES = (10_000, 100_000, 1_000_000)
# How often each kind that is measured alone happens to an endpoint on a day.
TIMES = {
    "policies, unchanged": A_DAY["policies"],
    "report, no match": A_DAY["unmatched"],
    # Once approved, a program is reported again.
    "report, stored": A_DAY["stored"] + A_DAY["requests"],
    "ten events afterwards": A_DAY["events"],
    "request, with its email": A_DAY["requests"],
    "wait, a call": A_DAY["requests"] * WAITED,
    "reply, decided": A_DAY["requests"],
}
# What leaves rows; the others only write a computer's row anew, in room that is used again.
LASTING = (
    "report, stored",
    "ten events afterwards",
    "request, with its email",
    "reply, decided",
)
OURS = ("web", "wait", "workers", "listener", "PostgreSQL", "Valkey", "nginx")


def latency_table(latencies: Mapping[str, Sequence[float]]) -> str:
    lines = [["call", "p50", "p95", "p99", "calls"]]
    for name, seconds in latencies.items():
        cells = [f"{percentile(seconds, each) * 1e3:,.0f} ms" for each in (50, 95, 99)]
        lines.append([name, *cells, f"{len(seconds):,}"])
    return _table(lines)


def percentile(seconds: Sequence[float], percent: int) -> float:
    if len(seconds) < 2:
        return seconds[0] if seconds else 0.0
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def cost_table(alone: Mapping[str, Any]) -> str:
    """Milliseconds of processor time for each call, and what one core of it all would do a second."""
    lines = [["milliseconds of a core for one", *OURS, "all", "a core does"]]
    for name, each in alone.items():
        costs = [each.used[kind] * 1e3 for kind in OURS]
        a_second = f"{1e3 / sum(costs):,.0f}/s" if name in TIMES and sum(costs) else ""
        lines.append([name, *(f"{cost:.2f}" for cost in costs), f"{sum(costs):.2f}", a_second])
    return _table(lines)


def growth_table(alone: Mapping[str, Any], endpoint_bytes: float) -> str:
    lines = [["bytes for one", "in the database", "in the write-ahead log"]]
    lines.append(["endpoint, registered", f"{endpoint_bytes:,.0f}", ""])
    for name in TIMES:
        grown, written = max(0.0, alone[name].grown), alone[name].written
        lines.append([name, f"{grown:,.0f}", f"{written:,.0f}"])
    return _table(lines)


def size_table(alone: Mapping[str, Any]) -> str:
    """What the busiest hour needs of cores, and the day of the disk, by number of endpoints."""
    lines = [["endpoints", *(f"{size:,}" for size in SIZES)]]
    calls = sum(A_DAY.values()) + A_DAY["requests"] * (WAITED + 1)
    peak = max(HOURS) / 3600
    lines.append(["calls a day", *(f"{size * calls:,.0f}" for size in SIZES)])
    lines.append(
        ["calls a second, busiest hour", *(f"{size * calls * peak:,.0f}" for size in SIZES)]
    )
    for kind in OURS:
        seconds = sum(alone[name].used[kind] * times for name, times in TIMES.items())
        cores = [size * seconds * peak / BUSY for size in SIZES]
        lines.append([f"cores, {kind}", *(f"{each:.2f}" for each in cores)])
    at_once = [size * A_DAY["requests"] * max(HOURS) * WAITED / 60 for size in SIZES]
    lines.append(["agents that wait at once", *(f"{each:,.0f}" for each in at_once)])
    kept = sum(max(0.0, alone[each].grown) * TIMES[each] for each in LASTING)
    lines.append(["database, a day", *(f"{size * kept / 1e9:,.2f} GB" for size in SIZES)])
    lines.append(
        [f"database after {KEPT} days", *(f"{size * kept * KEPT / 1e9:,.0f} GB" for size in SIZES)]
    )
    written = sum(alone[each].written * times for each, times in TIMES.items())
    lines.append(["write-ahead log, a day", *(f"{size * written / 1e9:,.0f} GB" for size in SIZES)])
    rows = A_DAY["stored"] + A_DAY["events"] * 10 + A_DAY["requests"] * 2
    lines.append(["policy events, a day", *(f"{size * rows:,.0f}" for size in SIZES)])
    return _table(lines)


def bars(alone: Mapping[str, Any], latencies: Mapping[str, Sequence[float]]) -> list[Bar]:
    """Of a day of 100,000: all cores of the set, and what an endpoint waits for a report."""
    used = sum(
        sum(alone[name].used[kind] for kind in OURS) * times for name, times in TIMES.items()
    )
    peak = 100_000 * used * max(HOURS) / 3600
    return [
        Bar("cores of all programs in the busiest hour, of two", peak / 2, at_most=1),
        Bar(
            "p99 of a stored report", percentile(latencies["report, stored"], 99) / 0.25, at_most=1
        ),
    ]


def bytes_of_endpoints(count: int) -> float:
    """Of each of so many that have just been made, with their membership in one group."""
    from django.db import connection

    from policies.models import Computer

    tables = (Computer._meta.db_table, Computer.groups.through._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
            [list(tables)],
        )
        return float(cursor.fetchone()[0]) / count


def _table(lines: list[list[str]]) -> str:
    rule = ["---"] * len(lines[0])
    shown = [lines[0], rule, *lines[1:]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in shown) + "\n"
