"""The policy engine beside a plain loop, an index made by hand, cedarpy and pycasbin.

Each has the same policies and the same events, of which every third matches none; a policy belongs to
one of twenty computer groups, a computer to four. All find the first policy that matches, or (Cedar
and Casbin know no order) whether one does; that they agree is checked before anything is timed. Every
event is used once in a round, so that nothing is remembered from the last time.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.comparing import Bar, Figures, arguments, finish, show, take_turns, with_packages
from benchmarks.deciding.contenders import OURS, PEERS, Decide
from benchmarks.deciding.world import Asked, events, rules

SIZES = (100, 1_000, 10_000)


def agree(deciders: dict[str, Decide], asked: Sequence[Asked]) -> None:
    """Stop if one of them decides otherwise than the plain loop."""
    for each in asked:
        expected = deciders["plain loop"](each)
        for name, decide in deciders.items():
            if name == "pmconsole, all policies in one set":
                continue  # which knows no groups, and may find a policy of another one
            found = decide(each)
            right = expected is not None if isinstance(found, bool) else expected
            if found != right:
                raise SystemExit(f"{name} decided {found}, the plain loop {expected}: {each}")


def half_of_all(decide: Decide, asked: Sequence[Asked]) -> Callable[[], float]:
    """A contender: the median seconds of a decision. Each turn gets events that are new to it."""

    def turn() -> float:
        fresh = [replace(each, event=replace(each.event)) for each in asked]
        taken = []
        for each in fresh:
            begin = time.perf_counter()
            decide(each)
            taken.append(time.perf_counter() - begin)
        return statistics.median(taken)

    return turn


def main() -> None:
    options = arguments(__doc__)
    with_packages("cedarpy==4.12.2", "casbin==1.43.0")
    seen: dict[int, dict[str, Figures]] = defaultdict(dict)
    for size in SIZES:
        known = rules(size)
        asked = events(known, 40 if options.quick else 200)
        deciders = {name: make(known) for name, make in (OURS | PEERS).items()}
        agree(deciders, asked[:40])
        turns = {name: half_of_all(decide, asked) for name, decide in deciders.items()}
        seen[size] = take_turns(turns, rounds=3 if options.quick else 7)
        show(f"A decision among {size:,} policies, p50", seen[size], unit="µs", scale=1e6)
    medians = {
        size: {name: each.median for name, each in found.items()} for size, found in seen.items()
    }
    bars = [
        Bar(
            f"decision among {size}, beside the fastest peer",
            found["pmconsole"] / min(found[peer] for peer in PEERS),
            at_most=1,
        )
        for size, found in medians.items()
    ]
    growth = medians[10_000]["pmconsole"] / medians[100]["pmconsole"]
    finish([*bars, Bar("decision among 10000 beside 100", growth, at_most=2)], options)


if __name__ == "__main__":
    main()
