"""Policies from a JSON file, as `manage.py evaluate` takes them.

The file holds a list of objects, such as

    {"name": "Installers", "priority": 10, "targets": [{"kind": "file_specification",
     "settings": {"names": ["setup*.exe"]}}], "actions": [{"kind": "approval_request_form",
     "approval_type": "Execute"}]}

`name` and `targets` are needed. `priority` is 65 where it is absent, like a new policy's; flags are as
in the console's Enforcement. Filters and actions may have a `name`, and an action has `settings` where
its kind has some. An approval type stands for one that binds file and arguments.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policies import engine
from policies.engine import Action, ApprovalType, Filter, Policy
from policies.models.policies import PRESET_PRIORITY
from policies.patterns import compile_pattern

_FLAGS = {
    "active": True,
    "continue_enforcing": False,
    "enforce_child": False,
    "applies_to_all": False,
    "audit_events": False,
}
_FILTERS = ("targets", "inclusions", "exclusions")
_ACTIONS = ("actions", "child_actions")


class PolicyFileError(ValueError):
    """The file can't be used; the message names file, place and fault."""


def read(path: Path) -> list[Policy]:
    """The policies of a file, in its order among equal priorities. Raises PolicyFileError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyFileError(f"{path}: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise PolicyFileError(f"{path}:{error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise PolicyFileError(f"{path}: not UTF-8 text") from error
    if not isinstance(found, list):
        raise PolicyFileError(f"{path}: must be a list of policies")
    policies: list[Policy] = []
    for number, each in enumerate(found):
        try:
            policy = _policy(number, each)
            if policy.id in {known.id for known in policies}:
                raise ValueError(f"name: {policy.name} is the name of an earlier policy")
            policies.append(policy)
        except ValueError as error:
            raise PolicyFileError(f"{path}: policy {number + 1}: {error}") from error
    return policies


def _policy(number: int, data: object) -> Policy:
    given = _fields(data, ("name", "priority", *_FLAGS, *_FILTERS, *_ACTIONS))
    name, priority = given.get("name"), given.get("priority", PRESET_PRIORITY)
    if not isinstance(name, str) or not name:
        raise ValueError("name: is required")
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise ValueError("priority: must be a whole number")
    for flag, preset in _FLAGS.items():
        if not isinstance(given.get(flag, preset), bool):
            raise ValueError(f"{flag}: must be true or false")
    values: dict[str, Any] = {flag: given.get(flag, preset) for flag, preset in _FLAGS.items()}
    values |= {role: tuple(map(_filter, _list(given, role))) for role in _FILTERS}
    values |= {role: tuple(map(_action, _list(given, role))) for role in _ACTIONS}
    return Policy(id=name, name=name, version="", priority=priority, created=number, **values)


def _filter(data: object) -> Filter:
    given = _fields(data, ("name", "kind", "settings"))
    kind = str(given.get("kind", ""))
    settings = engine.from_settings(kind, given.get("settings", {}), compile_pattern)
    if settings.is_empty:
        raise ValueError(f"settings: this {kind} tests nothing")
    return Filter(kind, str(given.get("name", kind)), kind, settings)


def _action(data: object) -> Action:
    given = _fields(data, ("name", "kind", "settings", "approval_type"))
    kind, settings = str(given.get("kind", "")), given.get("settings", {})
    if not isinstance(settings, Mapping):
        raise ValueError("settings: must be an object")
    approval_type = given.get("approval_type")
    action = Action(
        kind,
        str(given.get("name", kind)),
        kind,
        settings,
        ApprovalType(str(approval_type), str(approval_type)) if approval_type else None,
    )
    if action.effect is None:
        raise ValueError(f"kind: {kind[:80]} is no kind of action")
    return action


def _fields(data: object, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ValueError("must be an object")
    for name in data:
        if name not in known:
            raise ValueError(f"{str(name)[:80]}: unknown field; the fields are {', '.join(known)}")
    return data


def _list(given: Mapping[str, Any], name: str) -> list[object]:
    found = given.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"{name}: must be a list")
    return found
