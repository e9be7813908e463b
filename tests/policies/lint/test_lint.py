"""Lint: each kind of finding is found where it is, and not in what only looks like it."""

import re2

from policies.engine import Filter, Policy, from_settings
from policies.lint import Finding, Linter, PlacedPolicy
from tests.policies.engine.engine_parts import action, policy

DENY, ELEVATE = action("deny_execute"), action("add_administrative_rights")
ASK, JUSTIFY = action("approval_request_form"), action("justify_elevation")
CONTOSO = {"subject": "Contoso*"}


def filter_of(kind: str = "file_specification", name: str = "", **settings) -> Filter:
    built = from_settings(kind, settings, re2.compile)
    name = name or f"{kind} {settings}"
    return Filter(name, name, kind, built)


def named(*names: str) -> Filter:
    return filter_of(names=names)


def signed(*actions, **changes) -> Policy:
    """One that isn't risky by itself: it targets what Contoso signed."""
    return policy(*actions, **{"targets": (filter_of("signed_file", **CONTOSO),), **changes})


def lint(*policies: Policy, groups: dict[str, set[str]] | None = None, platform: str = "windows"):
    """The findings of each policy that has some, by its id."""
    placed = [
        PlacedPolicy(p, frozenset((groups or {}).get(p.id, {"g"})), frozenset({platform}))
        for p in policies
    ]
    linter = Linter(each for each in placed if each.policy.active)
    return {each.policy.id: found for each in placed if (found := linter.findings(each))}


def kinds(found: dict[str, list[Finding]]) -> dict[str, list[str]]:
    return {key: [each.kind for each in findings] for key, findings in found.items()}


def only(found: dict[str, list[Finding]], key: str = "p1") -> Finding:
    """The one finding of the one policy that has any."""
    [(policy_id, [finding])] = found.items()
    assert policy_id == key
    return finding


# Reach ------------------------------------------------------------------------------------


def test_a_policy_whose_programs_an_earlier_one_decides_is_never_reached() -> None:
    first = signed(ELEVATE, identity="first", priority=10)
    found = lint(first, signed(ASK, ELEVATE, identity="second", priority=20))
    finding = only(found, "second")
    assert finding.kind == "unreachable"
    assert finding.text == "Never reached: first (10) decides all its programs first."
    assert finding.about == first


def test_one_that_continues_enforcing_leaves_later_ones_reached() -> None:
    first = signed(ELEVATE, identity="first", priority=10, continue_enforcing=True)
    assert lint(first, signed(ASK, ELEVATE, identity="second", priority=20)) == {}


def test_one_that_reaches_fewer_computers_leaves_later_ones_reached() -> None:
    both = signed(ELEVATE, identity="a", priority=10), signed(ASK, ELEVATE, identity="b")
    assert lint(*both, groups={"a": {"g"}, "b": {"g", "h"}}) == {}
    assert kinds(lint(*both, groups={"a": {"g", "h"}, "b": {"g"}})) == {"b": ["unreachable"]}


def test_an_inactive_policy_decides_nothing_but_is_told_what_would_come_first() -> None:
    first = signed(ELEVATE, identity="first", priority=10, active=False)
    assert lint(first, signed(ASK, ELEVATE, identity="second")) == {}
    first, second = signed(ELEVATE, identity="a"), signed(ASK, ELEVATE, identity="b", active=False)
    assert kinds(lint(first, second)) == {"b": ["unreachable"]}


def test_a_wider_pattern_covers_a_narrower_one_and_not_the_other_way_round() -> None:
    def both(first: Filter, second: Filter) -> dict[str, list[str]]:
        earlier = policy(JUSTIFY, identity="a", priority=1, targets=(first,))
        later = policy(identity="b", audit_events=True, targets=(second,))
        return {key: found for key, found in kinds(lint(earlier, later)).items() if key == "b"}

    covered = {"b": ["unreachable"]}
    wide, narrow = named("*.exe"), named("setup*.exe", "cmd.exe")
    assert both(wide, narrow) == covered
    assert both(narrow, wide) == {}
    folder, file = filter_of(path="C:\\Tools"), filter_of(glob="c:\\tools\\*\\**\\a.exe")
    assert both(folder, file) == covered
    assert both(file, folder) == {}
    deep, flat = filter_of(glob="C:\\Tools\\**"), filter_of(glob="C:\\Tools\\*")
    assert both(deep, flat) == covered
    assert both(flat, deep) == {}
    hashes = [filter_of("file_hash", hashes=[digit * 64 for digit in few]) for few in ("ab", "a")]
    assert both(*hashes) == covered
    assert both(*hashes[::-1]) == {}
    lines = [
        filter_of("commandline", text=text, match=match)
        for text, match in (("/quiet", "partial"), ("setup.exe /quiet", "exact"))
    ]
    assert both(*lines) == covered
    assert both(*lines[::-1]) == {}


def test_times_people_and_exclusions_of_the_earlier_policy_let_others_through() -> None:
    office = filter_of("time_of_day", days=["monday", "tuesday"], periods=["08:00-16:00"])
    longer = filter_of("time_of_day", days=["monday", "tuesday"], periods=["08:00-16:30"])
    staff = filter_of("user_context", users=["EXAMPLE\\*"])
    narrowed = (
        {"inclusions": (office,)},
        {"inclusions": (staff,)},
        {"exclusions": (staff,)},
        {"exclusions": (named("cmd.exe"),)},
        {"exclusions": (filter_of("commandline", text="a+", match="regex"),)},
    )
    for conditions in narrowed:
        first = signed(ELEVATE, identity="a", priority=1, **conditions)
        assert lint(first, signed(ASK, ELEVATE, identity="b")) == {}, conditions
        second = signed(ASK, ELEVATE, identity="b", **conditions)
        assert kinds(lint(first, second)) == {"b": ["unreachable"]}, conditions
    first = signed(ELEVATE, identity="a", priority=1, inclusions=(office,))
    assert lint(first, signed(ASK, ELEVATE, identity="b", inclusions=(longer,))) == {}
    first = signed(ELEVATE, identity="a", priority=1, inclusions=(longer,))
    second = signed(ASK, ELEVATE, identity="b", inclusions=(office,))
    assert kinds(lint(first, second)) == {"b": ["unreachable"]}


def test_some_targets_that_are_decided_before_are_named() -> None:
    hashed, contoso = (
        filter_of("file_hash", name="One", hashes=["a" * 64]),
        filter_of("signed_file", **CONTOSO),
    )
    first = policy(ELEVATE, identity="first", priority=5, targets=(hashed,))
    finding = only(lint(first, policy(ELEVATE, identity="p1", targets=(hashed, contoso))))
    assert finding.kind == "shadowed"
    assert finding.text == "Reached in part: first (5) decides One first."


def test_several_earlier_policies_together_leave_nothing() -> None:
    hashed, contoso = filter_of("file_hash", hashes=["a" * 64]), filter_of("signed_file", **CONTOSO)
    first = policy(ELEVATE, identity="first", priority=5, targets=(hashed,))
    second = policy(ELEVATE, identity="second", priority=6, targets=(contoso,))
    finding = only(lint(first, second, policy(ELEVATE, targets=(hashed, contoso))))
    assert finding.kind == "unreachable"
    assert finding.text == (
        "Never reached: first (5) and second (6) decide all its programs first."
    )


def test_a_denial_makes_a_later_elevation_pointless_and_both_say_so() -> None:
    deny = signed(DENY, identity="deny", priority=5)
    found = lint(deny, signed(ELEVATE, identity="give", priority=30))
    assert kinds(found) == {"deny": ["denied_first"], "give": ["denied_first"]}
    assert found["deny"][0].text == "Makes give (30) pointless: this policy denies it first."
    assert found["give"][0].text == "Elevates in vain: deny (5) denies all its programs first."
    also = lint(signed(DENY, identity="deny", priority=5, continue_enforcing=True),
                signed(ELEVATE, identity="give", priority=30))  # fmt: skip
    assert kinds(also) == kinds(found)


def test_a_denial_on_two_platforms_names_no_policy_of_one_to_who_administers_the_other() -> None:
    deny, give = signed(DENY, identity="deny", priority=5), signed(ELEVATE, identity="give")
    mixed = PlacedPolicy(deny, frozenset({"g", "h"}), frozenset({"windows", "linux"}))
    linux = PlacedPolicy(give, frozenset({"h"}), frozenset({"linux"}))
    linter = Linter([mixed, linux])
    assert linter.findings(mixed) == []
    assert [each.about for each in linter.findings(linux)] == [deny]


def test_a_denial_of_other_programs_or_after_the_elevation_is_none_of_it() -> None:
    assert lint(signed(DENY, identity="deny", priority=50), signed(ELEVATE, priority=30)) == {
        "deny": [
            Finding(
                "unreachable",
                "Never reached: p1 (30) decides all its programs first.",
                "Give this policy a lower priority number, or narrow the other one.",
                signed(ELEVATE, priority=30),
            )
        ]
    }
    other = policy(DENY, identity="deny", priority=5, targets=(named("setup.exe"),))
    assert lint(other, signed(ELEVATE, priority=30)) == {}


def test_exclusions_that_leave_nothing_are_told_and_those_that_leave_something_are_not() -> None:
    contoso, tools = (
        filter_of("signed_file", **CONTOSO),
        filter_of("signed_file", subject="Contoso Oy"),
    )
    assert only(lint(signed(ELEVATE, exclusions=(contoso,)))).kind == "never_matches"
    assert lint(signed(ELEVATE, exclusions=(tools,))) == {}


def tests_regular_expressions_nothing_is_claimed() -> None:
    regex = filter_of("commandline", text="setup.exe /S[a-z]+", match="regex")
    first = policy(JUSTIFY, ELEVATE, identity="a", priority=1, targets=(regex,))
    second = policy(ASK, ELEVATE, identity="b", targets=(regex,))
    assert lint(first, second) == {}


# Risks ------------------------------------------------------------------------------------


def test_filters_that_match_everything_are_told_in_each_role() -> None:
    wide = {
        "windows": (
            named("*"),
            filter_of("commandline", text="(?s).*", match="regex"),
            filter_of("user_context", users=["*"]),
            filter_of("time_of_day", days=["monday"], periods=[]),
        ),
        "linux": (filter_of(path="/"), filter_of(glob="/**"), filter_of("computer", names=["*"])),
    }
    for platform, filters in wide.items():
        for each in filters:
            found = lint(policy(audit_events=True, targets=(each,)), platform=platform)
            if each.settings.kind == "time_of_day":
                assert found == {}
                continue
            finding = only(found)
            assert (finding.kind, finding.about) == ("matches_everything", each)
            assert "matches every program" in finding.text
    included = only(lint(signed(ELEVATE, inclusions=(named("*"),))))
    assert "as an inclusion it changes nothing" in included.text
    every_day = filter_of("time_of_day", days=["monday"], periods=["00:00-24:00"])
    assert lint(signed(ELEVATE, inclusions=(every_day,))) == {}


def test_a_policy_that_only_watches_may_match_everything() -> None:
    watching = policy(targets=(named("*"),), audit_events=True, continue_enforcing=True)
    assert lint(watching) == {}


def test_what_is_approved_or_justified_without_rights_runs_as_the_user() -> None:
    finding = only(lint(signed(ASK)))
    assert finding.kind == "no_rights"
    assert finding.text == "An approved program still runs with the user's own rights."
    assert only(lint(signed(JUSTIFY))).kind == "no_rights"
    assert lint(signed(ASK, ELEVATE)) == {}
    assert lint(signed(ASK, action("run_as_user", account="svc"))) == {}
    assert lint(signed(ASK, continue_enforcing=True)) == {}  # a later one may add them


def test_rights_that_an_earlier_policy_adds_are_counted() -> None:
    adds = signed(ELEVATE, identity="adds", priority=1, continue_enforcing=True)
    assert lint(adds, signed(ASK)) == {}


def test_a_policy_that_denies_says_that_its_other_actions_do_nothing() -> None:
    assert only(lint(signed(DENY, ELEVATE))).kind == "denies_anyway"
    assert lint(signed(DENY)) == {}


def test_elevated_programs_where_users_can_write_are_told_unless_known_by_hash_or_signer() -> None:
    for target in (
        named("setup.exe"),
        filter_of(glob="*:\\Users\\**"),
        filter_of(path="D:\\Users"),
    ):
        finding = only(lint(policy(ELEVATE, targets=(target,))))
        assert finding.kind == "writable_target"
        assert "programs that users put into folders of their own" in finding.text
        for sure in (
            filter_of("file_hash", hashes=["a" * 64]),
            filter_of("signed_file", **CONTOSO),
        ):
            assert lint(policy(ELEVATE, targets=(target,), inclusions=(sure,))) == {}
        assert lint(policy(ASK, ELEVATE, targets=(target,))) == {}  # the approver sees the hash
        assert lint(policy(DENY, targets=(target,))) == {}
    assert lint(policy(ELEVATE, targets=(filter_of(path="C:\\Program Files\\Contoso"),))) == {}


def test_on_linux_the_agents_refuse_what_users_can_write_however_it_is_approved() -> None:
    home = policy(ASK, ELEVATE, targets=(filter_of(glob="/home/*/bin/*"),))
    finding = only(lint(home, platform="linux"))
    assert finding.kind == "writable_target"
    assert "agents run no such file with more rights" in finding.text
    hashed = policy(ELEVATE, targets=(filter_of("file_hash", hashes=["a" * 64]),))
    assert lint(hashed, platform="linux") == {}
    assert lint(policy(ELEVATE, targets=(named("apt"),)), platform="linux") == {}


def test_elevated_shells_editors_and_interpreters_are_told_by_name() -> None:
    for target, said in (
        (named("bash", "vim", "apt"), "bash and vim"),
        (filter_of(path="/usr/bin/python3"), "python3"),
        (
            filter_of("advanced_commandline", command="/usr/bin/vim", arguments=["/etc/hosts"]),
            "vim",
        ),
        (filter_of("advanced_commandline", command="find", arguments=["**"]), "find"),
    ):
        finding = only(lint(policy(ASK, ELEVATE, targets=(target,)), platform="linux"))
        assert finding.kind == "runs_anything"
        assert f"Gives more rights to {said}, from which" in finding.text
    everything = lint(signed(ELEVATE, targets=(filter_of("signed_file", subject="Microsoft*"),)))
    assert only(everything).kind == "runs_anything"


def test_an_interpreter_with_fixed_arguments_and_one_without_rights_are_fine() -> None:
    script = filter_of("advanced_commandline", command="bash", arguments=["/opt/deploy.sh"])
    assert lint(policy(ELEVATE, targets=(script,)), platform="linux") == {}
    line = filter_of("commandline", text="bash /opt/deploy.sh", match="exact")
    fixed = policy(ELEVATE, targets=(named("bash"),), inclusions=(line,))
    assert lint(fixed, platform="linux") == {}
    assert lint(policy(DENY, targets=(named("bash"),)), platform="linux") == {}
    shells = named("sh", "bash")
    excluded = policy(ELEVATE, targets=(filter_of(path="/usr/bin/bash"),), exclusions=(shells,))
    assert "runs_anything" not in kinds(lint(excluded, platform="linux")).get("p1", [])
