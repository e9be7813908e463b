from engine_parts import NOW, OTHER_TYPE, TYPE, a_filter, action, decide, event, grant, policy

from policies.engine import (
    ApprovalType,
    Characteristics,
    Event,
    ParentDecision,
    Rights,
    pause_key,
    plea_key,
    scope_key,
)

FORM = action("approval_request_form")
SECOND_FORM = action("approval_request_form", OTHER_TYPE)
ELEVATE = action("add_administrative_rights")
DENY = action("deny_execute")
JUSTIFY = action("justify_elevation")
WARN = action("warning_message")


def plea(of: Event, kind: ApprovalType = TYPE, policy_id: str = "p1") -> str:
    return scope_key(
        of, policy_id=policy_id, approval_type_id=kind.id, characteristics=kind.characteristics
    )


def paused(of: Event, kind: ApprovalType = TYPE) -> str:
    """What a denial of `plea(of)` pauses, for however the account is spelled."""
    return pause_key(
        of, policy_id="p1", approval_type_id=kind.id, characteristics=kind.characteristics
    )


def verdict(*actions, **known):
    return decide(event(), [policy(*actions)], now=NOW, **known).verdict


def test_nothing_matched_is_no_match():
    assert decide(event(file_path="C:\\x.exe"), [policy(ELEVATE)], now=NOW).verdict == "no_match"


def test_policy_without_targets_never_matches():
    assert decide(event(), [policy(ELEVATE, targets=())], now=NOW).verdict == "no_match"


def test_inactive_policy_is_skipped_with_a_trace():
    decision = decide(event(), [policy(ELEVATE, active=False)], now=NOW, trace=True)
    assert [line.outcome for line in decision.trace] == ["skipped"]


def test_matched_policy_without_actions_allows_without_rights():
    decision = decide(event(), [policy()], now=NOW)
    assert (decision.verdict, decision.rights["elevate"]) == ("allow", False)


def test_verdicts_follow_their_order():
    assert verdict(ELEVATE, WARN, JUSTIFY, FORM, DENY) == "deny"
    assert verdict(ELEVATE, WARN, JUSTIFY, FORM) == "approval_required"
    assert verdict(ELEVATE, WARN, JUSTIFY) == "justification_required"
    assert verdict(ELEVATE, WARN) == "warn"
    assert verdict(ELEVATE) == "allow"


def test_no_grant_lifts_a_denial():
    assert verdict(FORM, DENY, grants=[grant(event())]) == "deny"


def test_grant_allows_with_rights_and_counts_as_justification():
    decision = decide(event(), [policy(FORM, ELEVATE, JUSTIFY)], grants=[grant(event())], now=NOW)
    assert (decision.verdict, decision.used_grants) == ("allow", ("g1",))
    assert decision.rights["elevate"] is True


def test_rights_are_withheld_until_allowed():
    decision = decide(event(), [policy(FORM, ELEVATE)], now=NOW)
    assert decision.rights["elevate"] is False
    assert decision.need.rights == Rights(elevate=True)


def test_waiting_plea_is_pending():
    waiting = {plea_key(plea(event()), Rights())}
    assert verdict(FORM, pending=waiting) == "pending"
    assert verdict(FORM, ELEVATE, pending=waiting) == "approval_required"


def test_recently_denied_plea_is_denied_with_the_comment():
    decision = decide(
        event(), [policy(FORM)], recently_denied={paused(event()): "Ask IT first."}, now=NOW
    )
    assert (decision.verdict, decision.code) == ("deny", "recently_denied")
    assert "Ask IT first." in decision.message


def test_later_denial_does_not_revoke_a_grant():
    known = {"grants": [grant(event())], "recently_denied": {paused(event()): ""}}
    assert verdict(FORM, **known) == "allow"


def test_forms_of_different_types_need_two_approvals():
    first = grant(event())
    second = grant(event(), identity="g2", kind=OTHER_TYPE)
    decision = decide(event(), [policy(FORM, SECOND_FORM)], grants=[first], now=NOW)
    assert (decision.verdict, decision.need.approval_type) == ("approval_required", OTHER_TYPE)
    decision = decide(event(), [policy(FORM, SECOND_FORM)], grants=[second, first], now=NOW)
    assert (decision.verdict, decision.used_grants) == ("allow", ("g1", "g2"))


def test_grant_passes_one_plea_only():
    narrow = ApprovalType("type-1", "Execute", Characteristics(policy_specific=True))
    form = action("approval_request_form", narrow)
    policies = [
        policy(form, continue_enforcing=True),
        policy(form, identity="p2", priority=60),
    ]
    decision = decide(event(), policies, grants=[grant(event())], now=NOW)  # not policy specific
    assert (decision.verdict, decision.need.policy_id) == ("approval_required", "p2")


def test_form_without_an_approval_type_denies():
    form = action("command_line_approval_message")
    assert decide(event(), [policy(form, ELEVATE)], now=NOW).code == "no_approval_type"


def test_answered_justification_allows():
    assert verdict(JUSTIFY, WARN, answered="justification_required") == "allow"


def test_an_answer_lets_no_other_prompt_pass():
    assert verdict(JUSTIFY, answered="warn") == "justification_required"
    assert verdict(WARN, answered="justification_required") == "warn"


def test_answer_does_not_replace_an_approval():
    assert verdict(FORM, answered="warn") == "approval_required"


def test_first_match_ends_unless_it_continues():
    deny = policy(DENY, identity="p2", priority=60)
    assert decide(event(), [deny, policy(ELEVATE)], now=NOW).verdict == "allow"
    going_on = policy(ELEVATE, continue_enforcing=True)
    assert decide(event(), [deny, going_on], now=NOW).verdict == "deny"


def test_equal_priority_is_asked_oldest_first():
    older, newer = policy(DENY, created=1), policy(ELEVATE, identity="p2", created=2)
    assert decide(event(), [newer, older], now=NOW).matched == ("p1",)


def test_inclusions_and_exclusions_narrow():
    staff = a_filter("user_context", groups=["EXAMPLE\\Staff"])
    guests = a_filter("user_context", groups=["EXAMPLE\\Guests"])
    assert decide(event(), [policy(inclusions=(staff,))], now=NOW).verdict == "allow"
    assert decide(event(), [policy(inclusions=(staff, guests))], now=NOW).verdict == "no_match"
    assert decide(event(), [policy(exclusions=(staff,))], now=NOW).verdict == "no_match"


def test_child_of_an_elevated_program_gets_the_child_actions():
    parent = ParentDecision(elevated=True, policy_ids=("p1",))
    enforcing = policy(ELEVATE, enforce_child=True, child_actions=(DENY,))
    assert decide(event(), [enforcing], parent=parent, now=NOW).verdict == "deny"
    without = policy(ELEVATE, enforce_child=True)
    assert decide(event(), [without], parent=parent, now=NOW).verdict == "allow"
    plain_parent = ParentDecision(elevated=False, policy_ids=("p1",))
    assert decide(event(), [enforcing], parent=plain_parent, now=NOW).verdict == "allow"


def test_rights_accumulate_and_removal_wins():
    user = action("run_as_user", account="svc")
    variable = action("set_environment_variable", variable="MODE", value="safe")
    removal = action("remove_administrative_rights")
    decision = decide(event(), [policy(ELEVATE, user, variable, removal)], now=NOW)
    assert decision.rights == {
        "elevate": False,
        "run_as": "svc",
        "environment": {"MODE": "safe"},
        "remove_rights": True,
    }


def test_records_follow_forms_and_the_audit_switch():
    def recorded(*actions, **changes):
        return decide(event(), [policy(*actions, **changes)], now=NOW).record

    assert recorded(FORM)
    assert recorded(JUSTIFY)
    assert recorded(ELEVATE, audit_events=True)
    assert not recorded(ELEVATE)
