"""What an agent learns of a decision."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from agents.signing import sign_verdict
from agents.tickets import issue_ticket
from policies.engine import Decision
from policies.models import Computer


@dataclass(frozen=True)
class Verdict:
    """An answer before it is signed: the same for every try of a report."""

    answer: dict[str, Any]
    event_digest: str
    wait_until: datetime | None = None  # expiry of the request that the agent may wait for

    def to_json(self) -> dict[str, Any]:
        """For storage: without the wait ticket, which is issued anew."""
        until = self.wait_until.isoformat() if self.wait_until else None
        return {"answer": self.answer, "digest": self.event_digest, "wait_until": until}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Verdict":
        until = stored["wait_until"]
        return cls(
            answer=stored["answer"],
            event_digest=stored["digest"],
            wait_until=datetime.fromisoformat(until) if until else None,
        )

    def signed(self, *, computer: Computer, nonce: str) -> dict[str, Any]:
        """The answer with its wait ticket and its HMAC for this nonce (agents.signing)."""
        ticket = None
        if self.wait_until:
            ticket = issue_ticket(
                number=self.answer["request"],
                computer_id=computer.pk,
                expires_at=self.wait_until,
            )
        answer = {**self.answer, "wait_ticket": ticket}
        return answer | {
            "hmac": sign_verdict(
                answer,
                computer_key=computer.key(),
                nonce=nonce,
                event_digest=self.event_digest,
            )
        }


def answer_of(decision: Decision, *, event_id: uuid.UUID, request: int | None) -> dict[str, Any]:
    """The parts of a decision that concern the agent: not the trace, not the grants."""
    need = decision.need
    return {
        "verdict": decision.verdict,
        "code": decision.code,
        "message": decision.message,
        "event_id": str(event_id),
        "request": request,
        "prompts": [asdict(prompt) for prompt in decision.prompts],
        "rights": dict(decision.rights),
        "need": need
        and {
            "policy": need.policy_name,
            "approval_type": need.approval_type.name,
            "reason_required": need.reason_required,
        },
    }
