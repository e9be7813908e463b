"""What the benchmarks share: taking turns with peers, a table, and bars as JSON.

A benchmark is a module of this folder that runs with `python -m benchmarks.NAME`:

    options = arguments(__doc__)                      # --quick, --json
    with_packages("cedarpy==4.8.0")                   # peers, in an environment of their own
    seen = take_turns({"ours": a, "peer": b}, rounds=5 if options.quick else 15)
    show("decisions", seen, unit="µs", scale=1e6)
    finish([Bar("decision", seen["ours"].median / seen["peer"].median, at_most=1)], options)

A contender is a function without arguments that does one round and returns its figure, such as
`per_call(decide, calls=500)` in seconds, or a rate. In each round every contender has its turn, in an
order that rotates, so that a busy moment of the machine hits all of them alike.
"""

import argparse
import gc
import json
import os
import signal
import statistics
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pmconsole-benchmarks"


@dataclass(frozen=True)
class Figures:
    """What one contender gave in each round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest."""
        return min(self.values), max(self.values)


@dataclass(frozen=True)
class Bar:
    """A ratio and what it has to be: `at_most`, or else `at_least`."""

    name: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def bar(self) -> float:
        bar = self.at_most if self.at_least is None else self.at_least
        assert bar is not None, f"{self.name} needs at_most or at_least"
        return bar

    @property
    def reached(self) -> bool:
        return self.ratio <= self.bar if self.at_least is None else self.ratio >= self.bar


def arguments(about: str | None) -> argparse.Namespace:
    """`quick` and `json` from the command line. From here on SIGTERM ends what was started, too."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a minute at most")
    parser.add_argument("--json", action="store_true", help="only the bars, as one JSON object")
    return parser.parse_args()


def with_packages(*requirements: str) -> None:
    """Go on in an environment that has `requirements` beside ours; the first time it is made.

    The environment is kept in the user's cache folder, one for each list of requirements, and sees
    the packages of the running Python behind its own. Starts the program anew, unless it runs there
    already.
    """
    key = sha256("\n".join([sys.version, *requirements]).encode()).hexdigest()[:16]
    folder = CACHE / key
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *requirements], check=True, stdout=sys.stderr)  # noqa: S603
        ready.touch()
    inside = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (inside / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    os.execv(python, [str(python), *sys.orig_argv[1:]])  # noqa: S606


def per_call(call: Callable[[], object], *, calls: int) -> Callable[[], float]:
    """A contender: the mean seconds of a call, over `calls` of them, without garbage collection."""

    def turn() -> float:
        gc.collect()
        gc.disable()
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        taken = time.perf_counter() - begin
        gc.enable()
        return taken / calls

    return turn


def take_turns(contenders: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, Figures]:
    """The figures of each contender, after one turn each that isn't counted."""
    for turn in contenders.values():
        turn()
    names = list(contenders)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            values[name].append(contenders[name]())
    return {name: Figures(tuple(found)) for name, found in values.items()}


def show(title: str, figures: Mapping[str, Figures], *, unit: str, scale: float = 1) -> None:
    """A table on standard error: median, least, greatest."""
    width = max(map(len, figures))
    lines = [f"\n{title} ({unit}; {len(next(iter(figures.values())).values)} rounds)"]
    lines.append(f"  {'':{width}} {'median':>12} {'least':>12} {'greatest':>12}")
    for name, found in figures.items():
        cells = (found.median, *found.spread)
        lines.append(f"  {name:{width}} " + " ".join(f"{cell * scale:12,.2f}" for cell in cells))
    print("\n".join(lines), file=sys.stderr)


def finish(bars: Sequence[Bar], options: argparse.Namespace) -> None:
    """Print the bars, as a table or as JSON on standard output. A bar that's missed is no error."""
    if options.json:
        found = {
            each.name: {"ratio": round(each.ratio, 3), "bar": each.bar, "reached": each.reached}
            for each in bars
        }
        print(json.dumps(found, indent=2))
        return
    print()
    for each in bars:
        sign = "≤" if each.at_least is None else "≥"
        words = "reached" if each.reached else "MISSED"
        print(f"  {each.name}: {each.ratio:.2f} (to be {sign} {each.bar:g}): {words}")
