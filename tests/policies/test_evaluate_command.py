"""`manage.py evaluate`: one decision a line, and errors that name their place."""

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.agents.endpoints import make_agent, make_approval_policy

EVENT = {
    "platform": "windows",
    "computer_id": "018f0000-0000-7000-8000-000000000001",
    "computer": "WS-014",
    "account": "EXAMPLE\\alice",
    "file_path": "C:\\Tools\\setup.exe",
}
POLICY = {
    "name": "Installers",
    "targets": [{"kind": "file_specification", "settings": {"names": ["setup*.exe"]}}],
    "actions": [{"kind": "deny_execute"}],
}


def evaluate(events: Path, **options: Any) -> tuple[list[dict[str, Any]], str]:
    """The decisions, and what was said on standard error."""
    out, errors = StringIO(), StringIO()
    with suppress(CommandError):
        call_command("evaluate", events=str(events), stdout=out, stderr=errors, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def written(folder: Path, *lines: object, policies: object = (POLICY,)) -> tuple[Path, Path]:
    events, file = folder / "events.jsonl", folder / "policies.json"
    events.write_text(
        "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
    )
    file.write_text(json.dumps(policies))
    return events, file


def test_each_event_is_decided_by_the_policies_of_a_file(tmp_path: Path) -> None:
    events, policies = written(tmp_path, EVENT, {**EVENT, "file_path": "C:\\x.exe"})
    decisions, errors = evaluate(events, policies=policies)
    found = [(each["line"], each["verdict"], each["matched"]) for each in decisions]
    assert found == [(1, "deny", ["Installers"]), (2, "no_match", [])]
    assert "trace" not in decisions[0]
    assert not errors


def test_trace_says_why(tmp_path: Path) -> None:
    events, policies = written(tmp_path, EVENT)
    decisions, _ = evaluate(events, policies=policies, trace=True)
    assert "matches the file name" in decisions[0]["trace"][0]["conditions"][0]["why"]


def test_a_line_that_is_no_event_is_named_and_the_others_are_decided(tmp_path: Path) -> None:
    events, policies = written(tmp_path, "{", EVENT, {**EVENT, "sha256": "12"})
    decisions, errors = evaluate(events, policies=policies)
    assert [each["line"] for each in decisions] == [2]
    assert f"{events}:1: not JSON" in errors
    assert f"{events}:3: sha256: must be 64 hexadecimal digits" in errors
    with pytest.raises(CommandError, match="2 lines were not decided") as unfinished:
        call_command("evaluate", events=str(events), policies=policies, stdout=StringIO())
    assert unfinished.value.returncode == 1


@pytest.mark.parametrize(
    ("policies", "fault"),
    [
        ({}, "must be a list of policies"),
        ([{"targets": []}], "policy 1: name: is required"),
        ([POLICY, POLICY], "policy 2: name: Installers is the name of an earlier policy"),
        ([{**POLICY, "colour": 1}], "policy 1: colour: unknown field"),
        ([{**POLICY, "priority": "1"}], "policy 1: priority: must be a whole number"),
        ([{**POLICY, "active": 1}], "policy 1: active: must be true or false"),
        ([{**POLICY, "targets": [{"kind": "x"}]}], "policy 1: kind: must be one of"),
        (
            [{**POLICY, "targets": [{"kind": "file_hash"}]}],
            "policy 1: settings: this file_hash tests",
        ),
        ([{**POLICY, "actions": [{"kind": "x"}]}], "policy 1: kind: x is no kind of action"),
    ],
)
def test_a_file_of_policies_that_can_not_be_used_is_refused(
    tmp_path: Path, policies: object, fault: str
) -> None:
    events, file = written(tmp_path, EVENT, policies=policies)
    with pytest.raises(CommandError, match=fault) as refused:
        call_command("evaluate", events=str(events), policies=file)
    assert refused.value.returncode == 2


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    events, policies = written(tmp_path, EVENT)
    policies.write_text("[\n{,")
    for options in (
        {"events": str(tmp_path / "none"), "policies": None},
        {"events": str(events), "policies": tmp_path / "none"},
    ):
        with pytest.raises(CommandError, match="none: No such file") as refused:
            call_command("evaluate", **options)
        assert refused.value.returncode == 2
    with pytest.raises(CommandError, match=r"policies\.json:2: "):
        call_command("evaluate", events=str(events), policies=policies)


@pytest.mark.django_db
def test_without_a_file_the_database_decides(tmp_path: Path) -> None:
    agent = make_agent()
    policy = make_approval_policy(agent.group)
    known = {**EVENT, "computer_id": str(agent.computer.pk)}
    events, _ = written(tmp_path, known, EVENT, {**EVENT, "computer_id": "x"})
    decisions, errors = evaluate(events)
    assert [(each["verdict"], each["matched"]) for each in decisions] == [
        ("approval_required", [str(policy.pk)])
    ]
    assert f"{events}:2: computer_id: no such computer" in errors
    assert f"{events}:3: computer_id: must be the UUID of a computer" in errors
