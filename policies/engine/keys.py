"""What an approval covers, as keys that either agree or do not.

A key is SHA-256 in hexadecimal over canonical JSON, so that no choice of separators in a name or an
argument can make two different executions agree.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, List

from policies.engine.event import Event
from policies.engine.model import Characteristics, Grant
from policies.engine.paths import parts
from policies.engine.text import fold


def scope_key(
    event: Event, *, policy_id: str, approval_type_id: str, characteristics: Characteristics
) -> str:
    """The plea: always computer, account and type; the rest as the characteristics say.

    The file is its SHA-256, its path only where it has none. The account is its SID or uid, its
    name (in either case) only where it has none.
    """
    plea = {
        "computer": event.computer_id.lower(),
        "account": _account(event),
        "type": approval_type_id,
    }
    if characteristics.policy_specific:
        plea["policy"] = policy_id
    if characteristics.file_specific:
        plea["file"] = _file(event)
    if characteristics.command_line_specific:
        plea["arguments"] = _arguments(event)
    return _digest(plea)


def exact_key(event: Event) -> str:
    """What a One Time grant is bound to: exactly what was asked for."""
    return _digest(
        {
            "arguments": _arguments(event),
            "file": _file(event),
            "interpreter": event.interpreter_sha256.lower(),
            "run_as": event.run_as,
            "working_directory": event.working_directory,
        }
    )


def covers(
    grant: Grant, event: Event, *, policy_id: str, approval_type_id: str, now: datetime
) -> bool:
    """Whether the grant lets this execution pass a form of that policy and type."""
    if grant.approval_type_id != approval_type_id:
        return False
    if grant.expires_at is None:
        if not grant.one_time:
            return False
    elif grant.expires_at <= now:
        return False
    if grant.one_time and grant.exact_key != exact_key(event):
        return False
    return grant.scope_key == scope_key(
        event,
        policy_id=policy_id,
        approval_type_id=approval_type_id,
        characteristics=grant.characteristics,
    )


def _account(event: Event) -> List[str]:
    return ["id", event.account_id] if event.account_id else ["name", fold(event.account)]


def _file(event: Event) -> List[Any]:
    if event.sha256:
        return ["sha256", event.sha256.lower()]
    return ["path", list(parts(event.file_path, event.platform))]


def _arguments(event: Event) -> List[Any]:
    if event.arguments:
        return ["list", list(event.arguments)]
    return ["line", event.command_line]


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
