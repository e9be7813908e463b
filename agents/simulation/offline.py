"""What an agent does while the console can't be reached: it goes by the policies that it fetched.

What it decided it keeps, and reports it when the console answers again. Both are kept beside the
computer's registration.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from agents.simulation.client import AgentClient, Fetched, Registered
from policies.engine import (
    Action,
    ApprovalType,
    Characteristics,
    Decision,
    Event,
    Filter,
    Grant,
    Policy,
    ServerOnly,
    compile,
    from_settings,
)
from policies.engine.filters import Unusable

AT_ONCE: Final = 50  # events in one call
SERVER_ONLY: Final = "Only the console can evaluate it."


class NoPolicies(Exception):
    """There are none that the agent may go by: it never fetched any, or they have expired."""


@dataclass(frozen=True)
class Store:
    """The policies that were fetched last, and the events to be reported, each in a file."""

    policies: Path
    events: Path
    code: Path  # the request code that waits for its response

    @classmethod
    def beside(cls, registration: Path) -> "Store":
        return cls(
            registration.with_suffix(".policies.json"),
            registration.with_suffix(".events.json"),
            registration.with_suffix(".code.json"),
        )

    def known(self) -> Fetched | None:
        try:
            return Fetched(**json.loads(self.policies.read_text()))
        except FileNotFoundError:
            return None

    def kept(self) -> list[dict[str, Any]]:
        try:
            events: list[dict[str, Any]] = json.loads(self.events.read_text())
        except FileNotFoundError:
            return []
        return events

    def keep(self, events: list[dict[str, Any]]) -> None:
        self.events.write_text(json.dumps(events, indent=1))


def catch_up(client: AgentClient, store: Store) -> int:
    """Report what was decided alone, then fetch the policies in force; how many were reported.

    What the console didn't take is still kept, and sent again: it stores each event once.
    """
    kept = store.kept()
    for begin in range(0, len(kept), AT_ONCE):
        client.report_events(kept[begin : begin + AT_ONCE])
        store.keep(kept[begin + AT_ONCE :])
    fetched = client.policies(store.known())
    store.policies.write_text(json.dumps(vars(fetched)))
    return len(kept)


def decide_alone(
    computer: Registered,
    store: Store,
    event: dict[str, Any],
    *,
    grants: Sequence[Grant] = (),
    offline_code: str = "",
) -> Decision:
    """The decision by the policies that were fetched; it is kept to be reported.

    What needs the console, be it an approval, an answer to a prompt or a policy that is
    `server_only`, doesn't run; `grants` are what an offline code gave. Raises NoPolicies.
    """
    known, now = store.known(), datetime.now(UTC)
    if known is None:
        raise NoPolicies("This computer has fetched no policies yet.")
    if datetime.fromisoformat(known.expires) <= now:
        raise NoPolicies(f"The policies of this computer expired at {known.expires}.")
    registered = {
        "computer_id": computer.computer_id,
        "computer": computer.name,
        "platform": computer.platform,
    }
    policies = [
        _policy(place, each) for place, each in enumerate(json.loads(known.body)["policies"])
    ]
    decision = compile(policies).decide(Event.from_json(event | registered), now=now, grants=grants)
    if decision.verdict != "no_match":
        verdict = "allow" if decision.verdict == "allow" else "deny"
        happened = {
            "id": str(uuid.uuid4()),
            "event": event | {"at": now.isoformat()},
            "verdict": verdict,
            "policies": known.etag,
            "offline_code": offline_code if verdict == "allow" else "",
        }
        store.keep([*store.kept(), happened])
    return decision


def _policy(place: int, sent: Mapping[str, Any]) -> Policy:
    flags = ("continue_enforcing", "enforce_child", "applies_to_all", "audit_events")
    return Policy(
        id=sent["id"],
        name=sent["name"],
        version=sent["version"],
        priority=place,  # they come in their order
        created=0,
        targets=tuple(map(_filter, sent["targets"])),
        inclusions=tuple(map(_filter, sent["inclusions"])),
        exclusions=tuple(map(_filter, sent["exclusions"])),
        actions=tuple(map(_action, sent["actions"])),
        child_actions=tuple(map(_action, sent["child_actions"])),
        broken=sent["broken"] or (SERVER_ONLY if sent["server_only"] else ""),
        **{name: sent[name] for name in flags},
    )


def _filter(sent: Mapping[str, Any]) -> Filter:
    try:
        settings = from_settings(sent["kind"], sent["settings"])
    except (ValueError, ServerOnly) as error:
        settings = Unusable(str(error))
    return Filter(sent["id"], sent["name"], sent["kind"], settings)


def _action(sent: Mapping[str, Any]) -> Action:
    kind = sent["approval_type"]
    if kind is not None:
        kind = ApprovalType(kind["id"], kind["name"], Characteristics(**kind["characteristics"]))
    return Action(sent["id"], sent["name"], sent["kind"], sent["settings"], kind)
