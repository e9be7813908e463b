"""What an approval covers, as keys that either agree or do not.

A key is SHA-256 in hexadecimal over canonical JSON, so that no choice of separators in a name or an
argument can make two different executions agree.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from approvals.terms import Characteristics, Rights
from policies.engine.event import Event
from policies.engine.model import Grant
from policies.engine.paths import parts
from policies.engine.text import fold


def scope_key(
    event: Event, *, policy_id: str, approval_type_id: str, characteristics: Characteristics
) -> str:
    """What is asked for: always computer, account and type; the rest as the characteristics say.

    The file is its SHA-256, its path only where it has none. The account is its SID or uid, its
    name (in either case) only where it has none.
    """
    account = ["id", event.account_id] if event.account_id else ["name", fold(event.account)]
    scope: dict[str, Any] = {
        "computer": event.computer_id.lower(),
        "account": account,
        "type": approval_type_id,
    }
    if characteristics.policy_specific:
        scope["policy"] = policy_id
    if characteristics.file_specific:
        scope["file"] = _file(event)
    if characteristics.command_line_specific:
        scope["arguments"] = _arguments(event)
    return _digest(scope)


def pause_key(
    event: Event, *, policy_id: str, approval_type_id: str, characteristics: Characteristics
) -> str:
    """What a denial pauses: the scope without the account, which people spell in several ways."""
    return scope_key(
        replace(event, account="", account_id=""),
        policy_id=policy_id,
        approval_type_id=approval_type_id,
        characteristics=characteristics,
    )


def plea_key(scope: str, rights: Rights) -> str:
    """What is pending at most once: a scope (`scope_key`) with the rights that are asked for.

    A policy that is edited while a request waits may ask for other rights: that's another plea.
    """
    return _digest({"scope": scope, "rights": rights.to_json()})


def exact_key(event: Event) -> str:
    """What a One Time grant is bound to: exactly what was asked for, where it was."""
    return _digest(
        {
            "arguments": _arguments(event),
            "file": _file(event),
            "path": list(parts(event.file_path, event.platform)),
            "interpreter": event.interpreter_sha256.lower(),
            "run_as": event.run_as,
            "working_directory": event.working_directory,
        }
    )


def covers(
    grant: Grant,
    event: Event,
    *,
    policy_id: str,
    approval_type_id: str,
    rights: Rights,
    now: datetime,
) -> bool:
    """Whether the grant lets this execution pass a form of that policy and type.

    `rights` are those that the execution would get; a grant gives no more than were approved.
    """
    if grant.approval_type_id != approval_type_id or not grant.rights.include(rights):
        return False
    if grant.expires_at is None and not grant.one_time:
        return False
    if grant.expires_at is not None and grant.expires_at <= now:
        return False
    if grant.one_time and grant.exact_key != exact_key(event):
        return False
    return grant.scope_key == scope_key(
        event,
        policy_id=policy_id,
        approval_type_id=approval_type_id,
        characteristics=grant.characteristics,
    )


def _file(event: Event) -> list[Any]:
    if event.sha256:
        return ["sha256", event.sha256.lower()]
    return ["path", list(parts(event.file_path, event.platform))]


def _arguments(event: Event) -> list[Any]:
    if event.arguments:
        return ["list", list(event.arguments)]
    return ["line", event.command_line]


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
