"""The texts that an action shows: the administrator's, with presets for those he left out."""

from __future__ import annotations

from typing import Dict

from policies.engine.decision import Prompt
from policies.engine.model import Action

LONGEST_REASON = 250  # characters, in forms that ask for one

_FORM = {
    "title": "Application Notice",
    "application_label": "Application",
    "user_label": "User",
    "reason_label": "Reason (required):",
    "information": "This application needs approval before it can run.",
    "instruction": "Enter the reason why you need it, then submit your request.",
    "pending": "A previous request for this application has been submitted for review.",
}
_JUSTIFICATION = {
    "title": "Application Notice",
    "application_label": "Application",
    "user_label": "User",
    "reason_label": "Reason (required):",
    "information": "This application runs with changed rights.",
    "instruction": "Enter the reason why you need it, then continue.",
}
_PRESETS: Dict[str, Dict[str, str]] = {
    "approval_request_form": _FORM,
    "approval_request_offline_form": _FORM,
    "command_line_approval_message": _FORM,
    "justify_elevation": _JUSTIFICATION,
    "warning_message": {
        "title": "Application Notice",
        "message": "Use this application with care.",
    },
    "deny_execute": {
        "title": "Application Notice",
        "message": "This application is not allowed to run.",
    },
}
_PRESETS["deny_execute_message"] = _PRESETS["deny_execute"]


def texts(action: Action) -> Dict[str, str]:
    """Every text of the action's window by name."""
    own = {k: v for k, v in action.settings.items() if isinstance(v, str) and v.strip()}
    return {**_PRESETS.get(action.kind, {}), **own}


def reason_required(action: Action) -> bool:
    return action.settings.get("reason_required", True) is not False


def prompt(kind: str, action: Action, *, reason: bool = False) -> Prompt:
    return Prompt(kind, action.id, action.kind, texts(action), reason and reason_required(action))
