"""Verdicts and rights in words."""

from collections.abc import Mapping
from typing import Any

from core.text import visible
from policies.models.events import VERDICTS

# The state (core/templatetags/ui.py) whose colour and shape a verdict has.
STATES = {
    "allow": "approved",
    "deny": "denied",
    "approval_required": "pending",
    "pending": "pending",
    "justification_required": "queued",
    "warn": "deferred",
    "no_match": "off",
}


def verdict_words(verdict: str) -> str:
    """ "Approval required"."""
    return VERDICTS.get(verdict) or visible(verdict, 30)


def verdict_state(verdict: str) -> str:
    """The state that shows it."""
    return STATES.get(verdict, "unknown")


def rights_words(rights: Mapping[str, Any]) -> str:
    """How a program runs, from `Rights.to_json()`: "with administrator rights as root"."""
    words = []
    if rights.get("elevate"):
        words.append("with administrator rights")
    if rights.get("remove_rights"):
        words.append("without administrator rights")
    if rights.get("run_as"):
        words.append(f"as {visible(str(rights['run_as']), 100)}")
    if rights.get("environment"):
        words.append("with variables set")
    return " ".join(words)
