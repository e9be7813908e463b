"""Policy events as a report stores them, without the report."""

import itertools
from typing import Any

from django.utils import timezone

from policies.models import Computer, Policy, PolicyEvent

_numbers = itertools.count(1)


def make_computer(name: str = "", platform: str = "windows", **values: Any) -> Computer:
    return Computer.objects.create(
        name=name or f"WS-{next(_numbers):03d}", platform=platform, **values
    )


def make_event(
    computer: Computer | None = None, policy: Policy | None = None, **values: Any
) -> PolicyEvent:
    """alice ran setup.exe, and it was allowed."""
    name = values.setdefault("file_name", "setup.exe")
    given: dict[str, Any] = {
        "computer": computer or make_computer(),
        "at": timezone.now(),
        "account": "EXAMPLE\\alice",
        "file_path": f"C:\\Users\\alice\\{name}",
        "sha256": "9f" * 32,
        "verdict": "allow",
        "policy_id": policy.pk if policy else None,
        **values,
    }
    reported = {key: given[key] for key in ("account", "file_path", "sha256")}
    given["event"] = {**reported, "command_line": f"{name} /S", **values.get("event", {})}
    given.setdefault(
        "decision", {"verdict": given["verdict"], "matched": [str(policy.pk)] if policy else []}
    )
    return PolicyEvent.objects.create(**given)
