"""What an administrator configured and approvers gave, as the engine sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from actions.kinds import ACTION_KINDS, Effect
from approvals.terms import Characteristics, Rights
from policies.engine.filters import FilterSettings

UNKNOWN_ACTION, NO_APPROVAL_TYPE = "unknown_action", "no_approval_type"


@dataclass(frozen=True)
class ApprovalType:
    id: str
    name: str
    characteristics: Characteristics = field(default_factory=Characteristics)


@dataclass(frozen=True)
class Filter:
    """One test; `settings` comes from `policies.engine.from_settings(kind, json)`."""

    id: str
    name: str
    kind: str
    settings: FilterSettings


@dataclass(frozen=True)
class Action:
    """What a policy does; `settings` as its kind (actions/kinds.py) has them."""

    id: str
    name: str
    kind: str  # a key of ACTION_KINDS; any other denies, because the engine can't carry it out
    settings: Mapping[str, Any]
    approval_type: ApprovalType | None = None

    @property
    def effect(self) -> Effect | None:
        """None for a kind that the engine doesn't know."""
        kind = ACTION_KINDS.get(self.kind)
        return kind.effect if kind else None

    @property
    def fault(self) -> str:
        """Why it denies although it wasn't meant to: the code of the decision, "" without fault."""
        if self.effect is None:
            return UNKNOWN_ACTION
        if self.effect is Effect.ASK_APPROVAL and self.approval_type is None:
            return NO_APPROVAL_TYPE
        return ""

    @property
    def texts(self) -> dict[str, str]:
        """Every text of its settings by name: as it was saved, even if empty, else the preset."""
        kind = ACTION_KINDS.get(self.kind)
        presets = kind.preset_texts if kind else {}
        return presets | {
            name: text
            for name, text in self.settings.items()
            if name in presets and isinstance(text, str)
        }

    @property
    def reason_required(self) -> bool:
        """For a kind that asks for a reason: whether it may not be empty."""
        return self.settings.get("reason_required", True) is not False


@dataclass(frozen=True)
class Policy:
    id: str
    name: str
    version: str
    priority: int  # lower numbers are evaluated first
    created: Any  # anything that sorts, of one type for all policies: the oldest first
    active: bool = True
    targets: tuple[Filter, ...] = ()
    inclusions: tuple[Filter, ...] = ()
    exclusions: tuple[Filter, ...] = ()
    actions: tuple[Action, ...] = ()
    child_actions: tuple[Action, ...] = ()
    continue_enforcing: bool = False
    enforce_child: bool = False
    applies_to_all: bool = False  # only passed on to agents
    audit_events: bool = False
    broken: str = ""  # why it can't be used although it is active: what it may match is denied

    @cached_property
    def asks_approval(self) -> bool:
        return any(action.effect is Effect.ASK_APPROVAL for action in self.actions)


@dataclass(frozen=True)
class Grant:
    """An approval in force. Characteristics and rights are those frozen when it was asked for."""

    id: str
    approval_type_id: str
    characteristics: Characteristics
    scope_key: str
    exact_key: str
    one_time: bool
    expires_at: datetime | None  # aware; a timed grant without one covers nothing
    rights: Rights = field(default_factory=Rights)
    reason: str = ""


@dataclass(frozen=True)
class ParentDecision:
    """What was decided for the program that started this one."""

    elevated: bool  # it was allowed, with administrative rights
    policy_ids: tuple[str, ...]  # the policies that matched it

    @classmethod
    def from_json(cls, decision: Mapping[str, Any]) -> Self:
        """From the parent's stored `Decision.to_json()`."""
        rights = decision.get("rights") or {}
        elevated = decision.get("verdict") == "allow" and rights.get("elevate") is True
        return cls(elevated=elevated, policy_ids=tuple(decision.get("matched") or ()))

    def passes_on(self, policy: Policy) -> bool:
        """Whether the policy elevated it, so that its Child Actions replace the evaluation."""
        enforces = policy.active and policy.enforce_child and bool(policy.child_actions)
        return self.elevated and enforces and policy.id in self.policy_ids
