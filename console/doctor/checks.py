"""A check, and what the operator may say about how to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from console.doctor.findings import Finding, Kind


@dataclass(frozen=True)
class Options:
    """What the command line says. `min_free` is in megabytes; `name_server` as `address[:port]`."""

    min_free: int = 1_000
    name_server: str = ""
    web: tuple[str, ...] = ()  # addresses of the console; none: PUBLIC_URL
    send_probe: bool = False
    probe_within: float = 120.0  # seconds
    folders: tuple[Path, ...] = ()  # whose disks are looked at, beside those pmconsole writes to


@dataclass(frozen=True)
class Check:
    """One subject that is looked at, and everything that can be found wrong with it.

    `look` gives findings of `kinds` alone. It may take `seconds`; then it is given up and said so.
    """

    name: str
    about: str
    kinds: tuple[Kind, ...]
    look: Callable[[Options], Iterable[Finding]]
    seconds: float = 10.0
    needs_database: bool = True
