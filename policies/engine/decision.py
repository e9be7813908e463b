"""What is decided, and why: the result of the engine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from approvals.terms import Rights
from policies.engine.model import ApprovalType, Grant

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
    conditions: tuple[ConditionTrace, ...] = ()


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
    pause_key: str
    plea_key: str
    exact_key: str
    reason_required: bool
    form: Mapping[str, str]
    rights: Rights  # what the program gets when approved

    def granted_once(self) -> Grant:
        """The One Time grant that would meet it."""
        return Grant(
            id=self.scope_key,
            approval_type_id=self.approval_type.id,
            characteristics=self.approval_type.characteristics,
            scope_key=self.scope_key,
            exact_key=self.exact_key,
            one_time=True,
            expires_at=None,
            rights=self.rights,
        )


@dataclass(frozen=True)
class Decision:
    verdict: str  # deny, approval_required, pending, justification_required, warn, allow, no_match
    code: str = ""  # the reason for a denial: "recently_denied", or an action's fault
    message: str = ""
    rights: Mapping[str, Any] = field(default_factory=lambda: Rights().to_json())
    prompts: tuple[Prompt, ...] = ()
    need: Need | None = None
    used_grants: tuple[str, ...] = ()  # ids, in order; the One Time ones are to be used up
    matched: tuple[str, ...] = ()  # policy ids, in order
    record: bool = False  # whether a policy event is to be stored
    trace: tuple[PolicyTrace, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists of everything, the trace too."""
        return {
            "verdict": self.verdict,
            "code": self.code,
            "message": self.message,
            "rights": dict(self.rights),
            "prompts": [asdict(prompt) for prompt in self.prompts],
            "need": asdict(self.need) if self.need else None,
            "used_grants": list(self.used_grants),
            "matched": list(self.matched),
            "record": self.record,
            "trace": [
                asdict(policy) | {"conditions": [asdict(each) for each in policy.conditions]}
                for policy in self.trace
            ],
        }
