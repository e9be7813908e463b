"""What is decided, and why: the result of the engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple

from policies.engine.model import ApprovalType

MATCHED, NOT_MATCHED, SKIPPED = "matched", "not", "skipped"


@dataclass(frozen=True)
class ConditionTrace:
    role: str  # "target", "inclusion", "exclusion"
    filter_id: str
    filter_name: str
    met: bool
    why: str


@dataclass(frozen=True)
class PolicyTrace:
    policy_id: str
    policy_name: str
    policy_version: str
    outcome: str  # MATCHED, NOT_MATCHED, SKIPPED
    why: str
    conditions: Tuple[ConditionTrace, ...] = ()


@dataclass(frozen=True)
class Prompt:
    """A window, or lines in a terminal, to show to the user."""

    kind: str  # "approval", "pending", "justification", "warning", "deny"
    action_id: str
    action_kind: str
    texts: Mapping[str, str]
    reason_required: bool = False


@dataclass(frozen=True)
class Need:
    """The first approval that is missing: what a request is opened for."""

    policy_id: str
    policy_name: str
    policy_version: str
    action_id: str
    approval_type: ApprovalType
    scope_key: str
    exact_key: str
    reason_required: bool
    form: Mapping[str, str]
    elevated: bool = False  # whether the program gets administrative rights when approved


@dataclass(frozen=True)
class Rights:
    """What an agent applies. Only an allowed program gets any."""

    elevate: bool = False
    run_as: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    remove_rights: bool = False

    def to_json(self) -> Dict[str, Any]:
        return {
            "elevate": self.elevate,
            "run_as": self.run_as,
            "environment": dict(self.environment),
            "remove_rights": self.remove_rights,
        }


@dataclass(frozen=True)
class Decision:
    verdict: str  # deny, approval_required, pending, justification_required, warn, allow, no_match
    code: str = ""  # why a deny came about: "recently_denied", "no_approval_type", "unknown_action"
    message: str = ""
    rights: Mapping[str, Any] = field(default_factory=lambda: Rights().to_json())
    prompts: Tuple[Prompt, ...] = ()
    need: Optional[Need] = None
    used_grants: Tuple[str, ...] = ()  # ids, in order; the One Time ones are to be used up
    matched: Tuple[str, ...] = ()  # policy ids, in order
    record: bool = False  # whether a policy event is to be stored
    trace: Tuple[PolicyTrace, ...] = ()

    def to_json(self) -> Dict[str, Any]:
        """Plain dicts and lists of everything, the trace too."""
        found = asdict(self)
        for name in ("used_grants", "matched", "prompts", "trace"):
            found[name] = list(found[name])
        for policy in found["trace"]:
            policy["conditions"] = list(policy["conditions"])
        return found
