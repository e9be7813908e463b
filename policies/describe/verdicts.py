"""Verdicts and rights in words."""

from collections.abc import Mapping
from typing import Any

from core.text import visible

# In place of a policy's name: an agent that decides alone doesn't report by which one.
DECIDED_OFFLINE = "Decided offline"
# Each verdict's words, and the state (core/templatetags/ui.py) whose colour and shape it has.
_VERDICTS = {
    "allow": ("Allowed", "approved"),
    "deny": ("Denied", "denied"),
    "approval_required": ("Approval required", "pending"),
    "pending": ("Waiting for an approval", "pending"),
    "justification_required": ("Justification required", "queued"),
    "warn": ("Warned", "deferred"),
    "no_match": ("No policy matched", "off"),
}


def verdict_options() -> list[tuple[str, str]]:
    """Each verdict with its words, for a menu."""
    return [(verdict, words) for verdict, (words, _) in _VERDICTS.items()]


def verdict_words(verdict: str) -> str:
    """ "Approval required"."""
    return _VERDICTS[verdict][0] if verdict in _VERDICTS else visible(verdict, 30)


def verdict_state(verdict: str) -> str:
    """The state that shows it."""
    return _VERDICTS[verdict][1] if verdict in _VERDICTS else "unknown"


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
