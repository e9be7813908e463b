"""A day of 100,000 endpoints against the production set of deploy/, on this machine.

First each kind of call alone, as fast as it is answered: what it costs each program in processor time,
and how far the database grows. Then the day: of each of its 24 hours a few seconds, at the pace that
this hour really has, with the latencies that endpoints see. Last the tables of docs/scale.md, ready to
be copied: processor time doesn't depend on what else the machine does, latencies do.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from benchmarks.comparing import arguments, finish
from benchmarks.day import sizing
from benchmarks.day.calls import Endpoints, as_due, at_once
from benchmarks.day.ground import Ground, answering, started

ENDPOINTS = 100_000


@dataclass(frozen=True)
class Measured:
    """One kind of call, for each call of it."""

    times: int
    used: dict[str, float]  # seconds of processor time, by kind of program
    grown: float  # bytes of the database
    written: float  # bytes of the write-ahead log


def measure(
    ground: Ground, idle: dict[str, float], name: str, times: int, work: Callable[[], object]
) -> Measured:
    """Do `work`, which is `times` calls, and wait for the mail that follows from it."""
    ground.settle()
    before, size, written = ground.used(), ground.size(), ground.written()
    begin = time.perf_counter()
    work()
    ground.settle()
    took = time.perf_counter() - begin
    after = ground.used()
    used = {
        kind: max(0.0, after[kind] - before[kind] - idle[kind] * took) / times for kind in after
    }
    print(f"  {name}: {times / took:,.0f}/s", file=sys.stderr)
    grown = (ground.size() - size) / times
    return Measured(times, used, grown, (ground.written() - written) / times)


def idling(ground: Ground, seconds: float) -> dict[str, float]:
    """What the programs use each second while nobody calls."""
    before = ground.used()
    time.sleep(seconds)
    after = ground.used()
    return {kind: (after[kind] - before[kind]) / seconds for kind in after}


def each_alone(ground: Ground, calls: Endpoints, *, quick: bool) -> dict[str, Measured]:
    many, some = (400, 60) if quick else (20_000, 2_000)
    calls.policies(time.perf_counter())
    for call in (calls.policies, calls.unmatched, calls.stored, calls.events):
        at_once(call, 100 if quick else 500)  # each process loads what it needs
    at_once(calls.request, 10)
    idle = idling(ground, 5 if quick else 30)
    plan = [
        ("policies, unchanged", calls.policies, many),
        ("report, no match", calls.unmatched, many),
        ("report, stored", calls.stored, many),
        ("ten events afterwards", calls.events, some),
        ("request, with its email", calls.request, some),
        ("wait, a call", calls.wait, some),
    ]
    found = {}
    for name, call, times in plan:
        # A wait is looked at within a second: many at once, as in a day.
        work = partial(at_once, call, times, clients=64 if call == calls.wait else 8)
        found[name] = measure(ground, idle, name, times, work)
    found["nobody calls, a second"] = Measured(1, idle, 0.0, 0.0)
    waiting = ground.mail.waiting.qsize()

    def reply() -> None:
        answering(ground.mail)
        while ground.mail.waiting.qsize():
            time.sleep(0.05)
        ground.settle()

    found["reply, decided"] = measure(ground, idle, "reply, decided", waiting, reply)
    return found


def a_day(calls: Endpoints, seconds: float) -> None:
    """Of each hour so many seconds, at its own pace. Answers come as soon as the email does."""
    by_kind = {
        "policies": calls.policies,
        "unmatched": calls.unmatched,
        "stored": calls.stored,
        "events": calls.events,
        "requests": calls.decided,
    }
    draw = Random(2)  # noqa: S311
    plan = []
    for hour, share in enumerate(sizing.HOURS):
        for kind, each in sizing.A_DAY.items():
            rate = ENDPOINTS * each * share / 3600
            due = min(draw.expovariate(rate), seconds)  # of what is rare, one an hour all the same
            while due <= seconds:
                plan.append((hour * seconds + due, by_kind[kind]))
                due += draw.expovariate(rate)
    as_due(sorted(plan, key=lambda planned: planned[0]))


def main() -> None:
    options = arguments(__doc__)
    if not shutil.which("nginx"):
        print("nginx isn't installed: the production set can't be started.", file=sys.stderr)
        return
    with started(ENDPOINTS) as ground:
        endpoint_bytes = sizing.bytes_of_endpoints(ENDPOINTS)
        calls = Endpoints(ground)
        alone = each_alone(ground, calls, quick=options.quick)
        calls.seconds.clear()
        calls.again = 0
        a_day(calls, 1 if options.quick else 20)
        latencies = dict(calls.seconds)
    if not options.json:
        load = os.getloadavg()
        print(f"\nLoad of the machine at the end: {load[0]:.1f}; {os.cpu_count()} cores.\n")
        print(sizing.latency_table(latencies))
        print(f"{calls.again} calls were made again, since no process took them in time.\n")
        print(sizing.cost_table(alone))
        print(sizing.growth_table(alone, endpoint_bytes))
        print(sizing.size_table(alone))
    finish(sizing.bars(alone, latencies), options)


if __name__ == "__main__":
    main()
