"""What an administrator configured and approvers gave, as the engine sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Tuple

from policies.engine.filters import FilterSettings

FORM_KINDS = frozenset(
    {
        "approval_request_form",
        "approval_request_offline_form",
        "command_line_approval_message",
    }
)
DENY_KINDS = frozenset({"deny_execute", "deny_execute_message"})
ACTION_KINDS = (
    FORM_KINDS
    | DENY_KINDS
    | {
        "justify_elevation",
        "warning_message",
        "add_administrative_rights",
        "remove_administrative_rights",
        "run_as_user",
        "set_environment_variable",
    }
)


@dataclass(frozen=True)
class Characteristics:
    """What a grant of a type is bound to, beside computer, account and type."""

    file_specific: bool = True
    policy_specific: bool = False
    command_line_specific: bool = True


@dataclass(frozen=True)
class ApprovalType:
    id: str
    name: str
    characteristics: Characteristics = Characteristics()


@dataclass(frozen=True)
class Filter:
    """One test; `settings` comes from `policies.engine.from_settings(kind, json)`."""

    id: str
    name: str
    kind: str
    settings: FilterSettings


@dataclass(frozen=True)
class Action:
    """What a policy does. Settings that the engine reads, all optional:

    forms and messages: any text by name (see `prompts`), `reason_required` (true unless false);
    run_as_user: `account`; set_environment_variable: `variable`, `value`.
    """

    id: str
    name: str
    kind: str  # one of ACTION_KINDS; anything else denies, for the engine can not carry it out
    settings: Mapping[str, Any]
    approval_type: Optional[ApprovalType] = None


@dataclass(frozen=True)
class Policy:
    id: str
    name: str
    version: str
    priority: int  # the smallest is asked first
    created: Any  # anything that sorts, of one type for all policies: the oldest first
    active: bool = True
    targets: Tuple[Filter, ...] = ()
    inclusions: Tuple[Filter, ...] = ()
    exclusions: Tuple[Filter, ...] = ()
    actions: Tuple[Action, ...] = ()
    child_actions: Tuple[Action, ...] = ()
    continue_enforcing: bool = False
    enforce_child: bool = False
    applies_to_all: bool = False  # only passed on to agents
    audit_events: bool = False


@dataclass(frozen=True)
class Grant:
    """An approval in force. The characteristics are those frozen when it was asked for."""

    id: str
    approval_type_id: str
    characteristics: Characteristics
    scope_key: str
    exact_key: str
    one_time: bool
    expires_at: Optional[datetime]  # aware; a timed grant without one covers nothing
    reason: str = ""


@dataclass(frozen=True)
class ParentDecision:
    """What was decided for the program that started this one."""

    elevated: bool  # it was allowed, with administrative rights
    policy_ids: Tuple[str, ...]  # the policies that matched it

    @classmethod
    def from_json(cls, decision: Mapping[str, Any]) -> ParentDecision:
        """From the parent's stored `Decision.to_json()`."""
        rights = decision.get("rights") or {}
        elevated = decision.get("verdict") == "allow" and rights.get("elevate") is True
        return cls(elevated=elevated, policy_ids=tuple(decision.get("matched") or ()))
