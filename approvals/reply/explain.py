"""A reading in words and as JSON, and an invitation that is made up of a command's options."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from approvals.reply.keys import token_in
from approvals.reply.reading import InternalProof, Invited, Keys, MailboxRules, Reading, Step
from core.text import visible

STATES = ("pending", "approved", "denied", "expired", "cancelled")
SIGNS = {True: "+", False: "x", None: " "}


@dataclass(frozen=True)
class Imagined:
    """One invitation as options describe it; `reply_address` is its own, token included."""

    address: str
    reply_address: str = ""
    message_ids: tuple[str, ...] = ()
    status: str = "pending"
    longest_minutes: int = 1440
    authserv_ids: tuple[str, ...] = ()
    results_without_id: bool = False
    one_field_per_filter: bool = False
    internal_proof: InternalProof | None = None

    @property
    def general_address(self) -> str:
        """The reply address without its token."""
        local, _, domain = self.reply_address.rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" if domain else "reply@reply.invalid"

    def rules(self) -> MailboxRules:
        return MailboxRules(
            self.general_address,
            self.authserv_ids,
            results_without_id=self.results_without_id,
            one_field_per_filter=self.one_field_per_filter,
            internal_proof=self.internal_proof,
        )

    def find(self) -> Callable[[Keys], Invited | None]:
        """The look-up that knows this invitation and no other."""
        token = token_in(self.reply_address, self.general_address)
        sent = {_bare(message_id) for message_id in self.message_ids}
        invited = Invited(
            "imagined",
            self.address,
            self.status,
            self.longest_minutes,
            asking_ids=tuple(f"<{each}>" for each in sent),
        )

        def look_up(keys: Keys) -> Invited | None:
            if keys.tokens:
                return invited if token and keys.tokens == (token,) else None
            return invited if sent & {_bare(item) for item in keys.message_ids} else None

        return look_up


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")


def read_again(stored: dict[str, Any], *, outcome: str, reason: str) -> Reading | None:
    """A reading as it was stored, with what became of it in the end; None if there is none."""
    if not stored:
        return None
    steps = tuple(Step(**step) for step in stored["steps"])
    return Reading(**{**stored, "steps": steps, "outcome": outcome, "reason": reason})


def as_json(name: str, reading: Reading) -> str:
    """One line of JSON; `file` is its file's name, `rule` the step that said no."""
    return json.dumps(
        {
            "file": name,
            "outcome": str(reading.outcome),
            "minutes": reading.minutes,
            "comment": reading.comment,
            "rule": reading.rule,
            "reason": reading.reason,
            "steps": [
                {"name": step.name, "passed": step.passed, "text": step.text}
                for step in reading.steps
            ],
        },
        ensure_ascii=False,
    )


def as_text(name: str, reading: Reading) -> str:
    """A few lines for people: the steps in their order, then the outcome.

    What hides or controls is escaped: a terminal must not obey a message.
    """
    lines = [f"{name}:"]
    lines += [f"  {SIGNS[step.passed]} {step.name}: {visible(step.text)}" for step in reading.steps]
    span = f" for {reading.minutes} minutes" if reading.minutes else ""
    rule = f" ({reading.rule})" if reading.rule else ""
    lines.append(f"  = {reading.outcome}{span}{rule}: {visible(reading.reason)}")
    if reading.comment:
        lines += [f"    | {visible(line)}" for line in reading.comment.split("\n")]
    return "\n".join(lines)
