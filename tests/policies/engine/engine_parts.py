"""Events, filters, policies and grants for tests of the engine, with sensible presets."""

from datetime import UTC, datetime, timedelta

from policies.engine import (
    Action,
    ApprovalType,
    Characteristics,
    Decision,
    Event,
    Filter,
    Grant,
    Policy,
    Rights,
    compile,
    exact_key,
    from_settings,
    scope_key,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
TYPE = ApprovalType("type-1", "Execute")
OTHER_TYPE = ApprovalType("type-2", "Second pair of eyes")


RIGHTS = Rights(elevate=True)  # of every grant, unless a test says otherwise


def event(**changes) -> Event:
    values = {
        "platform": "windows",
        "computer_id": "018f0000-0000-7000-8000-000000000001",
        "computer": "WS-014",
        "account": "EXAMPLE\\alice",
        "groups": ("EXAMPLE\\Staff",),
        "file_path": "C:\\Tools\\setup.exe",
        "sha256": "ab" * 32,
        "signer": "CN=Example Software",
        "arguments": ("/quiet",),
        "command_line": '"C:\\Tools\\setup.exe" /quiet',
        "parent_path": "C:\\Windows\\explorer.exe",
    }
    return Event(**{**values, **changes})


def a_filter(kind="file_specification", compile_pattern=None, **settings) -> Filter:
    settings = settings or {"names": ["setup.exe"]}
    return Filter(f"f-{kind}", kind, kind, from_settings(kind, settings, compile_pattern))


def action(kind, approval_type=None, **settings) -> Action:
    if kind == "approval_request_form" and approval_type is None:
        approval_type = TYPE
    return Action(f"a-{kind}", kind, kind, settings, approval_type)


def policy(*actions, identity="p1", **changes) -> Policy:
    values = {"priority": 50, "created": 1, "targets": (a_filter(),), "actions": actions}
    return Policy(identity, identity, "v1", **{**values, **changes})


def grant(
    of: Event, *, identity="g1", kind=TYPE, policy_id="p1", one_time=True, minutes=60, rights=RIGHTS
):
    chosen: Characteristics = kind.characteristics
    scope = scope_key(of, policy_id=policy_id, approval_type_id=kind.id, characteristics=chosen)
    ends = NOW + timedelta(minutes=minutes)
    return Grant(identity, kind.id, chosen, scope, exact_key(of), one_time, ends, rights)


def decide(of: Event, policies, **known) -> Decision:
    return compile(policies).decide(of, **known)
