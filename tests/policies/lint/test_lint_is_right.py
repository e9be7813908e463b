"""What lint claims of reach, the engine confirms on executions that lint never saw."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.engine import compile, from_settings
from policies.engine.model import Filter
from policies.lint import Linter, PlacedPolicy
from tests.policies.engine.engine_parts import NOW, action, event, policy

FILTERS = [
    Filter(f"{kind} {given}", kind, kind, from_settings(kind, given))
    for kind, given in (
        ("file_specification", {"names": ["setup.exe"]}),
        ("file_specification", {"names": ["s*.exe", "cmd.exe"]}),
        ("file_specification", {"names": ["*.exe"]}),
        ("file_specification", {"names": ["????.exe"]}),
        ("file_specification", {"path": "C:\\Tools"}),
        ("file_specification", {"glob": "C:\\Tools\\*\\**"}),
        ("file_specification", {"glob": "*:\\**\\Tools\\*.exe", "names": ["*"]}),
        ("file_specification", {"names": ["cmd.exe"], "path": "C:\\Tools\\Deep"}),
        ("file_hash", {"hashes": ["a" * 64]}),
        ("file_hash", {"hashes": ["a" * 64, "b" * 64]}),
        ("signed_file", {"subject": "Contoso*"}),
        ("signed_file", {"subject": "*o"}),
        ("commandline", {"text": "/quiet", "match": "partial"}),
        ("user_context", {"users": ["EXAMPLE\\*"]}),
        ("user_context", {"groups": ["Staff"], "users": ["EXAMPLE\\bob"]}),
        ("computer", {"names": ["WS-*"]}),
        ("parent_process", {"names": ["explorer.exe"]}),
        ("time_of_day", {"days": ["wednesday"], "periods": ["11:00-12:30"]}),
        ("time_of_day", {"periods": ["11:00-12:00"]}),
    )
]
one = st.sampled_from(FILTERS)
few = st.lists(one, max_size=1).map(tuple)


@st.composite
def policies(draw):
    return [
        policy(
            draw(st.sampled_from([action("add_administrative_rights"), action("deny_execute")])),
            identity=f"p{number}",
            priority=number + 1,
            targets=tuple(draw(st.lists(one, min_size=1, max_size=2))),
            inclusions=draw(few),
            exclusions=draw(few),
            continue_enforcing=draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(2, 4)))
    ]


executions = st.builds(
    lambda folder, name, **values: event(file_path=f"{folder}\\{name}", **values),
    st.sampled_from(["C:\\Tools", "C:\\Tools\\Deep", "c:\\tools\\x\\y", "D:\\a\\Tools", "E:"]),
    st.sampled_from(["setup.exe", "SETUP.EXE", "cmd.exe", "tool.exe", "s.exe", "a.msi", ".exe"]),
    sha256=st.sampled_from(["", "a" * 64, "b" * 64]),
    signer=st.sampled_from(["", "Contoso", "Contoso Oy", "Foo"]),
    command_line=st.sampled_from(["", "x /quiet", "x"]),
    arguments=st.just(()),
    account=st.sampled_from(["EXAMPLE\\alice", "EXAMPLE\\bob", "eve"]),
    groups=st.sampled_from([(), ("Staff",)]),
    computer=st.sampled_from(["WS-1", "SRV"]),
    parent_path=st.sampled_from(["", "C:\\Windows\\explorer.exe"]),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(policies(), st.lists(executions, min_size=8, max_size=8))
def test_what_is_never_reached_never_decides_and_what_is_denied_first_never_runs(made, ran):
    placed = [PlacedPolicy(each, frozenset("g"), frozenset({"windows"})) for each in made]
    linter, compiled = Linter(placed), compile(made)
    decisions = [compiled.decide(each, now=NOW) for each in ran]
    for each in placed:
        for finding in linter.findings(each):
            matched = [d for d in decisions if each.policy.id in d.matched]
            if finding.kind in {"unreachable", "never_matches"}:
                assert not matched, finding.text
            if finding.kind == "denied_first" and "all its programs" in finding.text:
                assert all(decision.verdict == "deny" for decision in matched), finding.text
