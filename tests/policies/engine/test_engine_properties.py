import json
from dataclasses import replace
from datetime import timedelta

from engine_parts import NOW, RIGHTS, TYPE, a_filter, action, decide, event, grant, policy
from hypothesis import given
from hypothesis import strategies as st

from policies.engine import Characteristics, Event, covers, exact_key, scope_key
from policies.engine.globs import matches_path, matches_text

anything = st.text(st.characters(), max_size=20)
ODD_POLICY = policy(
    action("deny_execute"),
    targets=(
        a_filter(glob="C:\\**\\*.exe"),
        a_filter("signed_file", subject="*x*"),
        a_filter("commandline", text="a", match="partial"),
        a_filter("advanced_commandline", command="*", arguments=["a*", "**"]),
        a_filter("user_context", users=["*a"], groups=["b*"]),
        a_filter("parent_process", path="/usr"),
        a_filter("computer", names=["WS-*"]),
        a_filter("file_hash", hashes=["ab" * 32]),
    ),
)


@given(
    st.sampled_from(["windows", "macos", "linux"]),
    st.lists(anything, min_size=10, max_size=10),
    st.lists(anything),
)
def test_deciding_never_raises_and_always_gives_json(platform, texts, many):
    names = ("account", "account_id", "file_path", "sha256", "signer", "command_line")
    odd = Event(
        platform,
        *texts[:2],
        groups=tuple(many),
        arguments=tuple(many),
        parent_path=texts[9],
        working_directory=texts[8],
        **dict(zip(names, texts[2:8], strict=True)),
    )
    form = policy(action("approval_request_form"), identity="p2", targets=ODD_POLICY.targets)
    for policies in ([ODD_POLICY], [form]):
        json.dumps(decide(odd, policies, grants=[grant(odd)], now=NOW, trace=True).to_json())


@given(st.permutations(range(6)))
def test_order_of_input_does_not_matter(order):
    policies = [
        policy(identity=f"p{n}", priority=n // 2, created=n % 2, continue_enforcing=True)
        for n in range(6)
    ]
    shuffled = [policies[n] for n in order]
    assert decide(event(), shuffled, now=NOW) == decide(event(), policies, now=NOW)


@given(anything, st.sampled_from(["computer_id", "account"]), st.booleans())
def test_grant_of_another_computer_or_account_never_covers(name, field, one_time):
    other = replace(event(), **{field: "other " + name})
    given_to = grant(event(), one_time=one_time)
    assert covers(
        given_to, event(), policy_id="p1", approval_type_id=TYPE.id, rights=RIGHTS, now=NOW
    )
    assert not covers(
        given_to, other, policy_id="p1", approval_type_id=TYPE.id, rights=RIGHTS, now=NOW
    )


@given(st.lists(anything, min_size=1), st.lists(anything, min_size=1))
def test_keys_agree_only_where_the_arguments_do(one, two):
    first, second = event(arguments=tuple(one)), event(arguments=tuple(two))
    same = one == two
    assert (exact_key(first) == exact_key(second)) is same
    keys = {
        scope_key(e, policy_id="p", approval_type_id="t", characteristics=Characteristics())
        for e in (first, second)
    }
    assert (len(keys) == 1) is same


@given(anything)
def test_accounts_agree_in_either_case_of_plain_letters(name):
    def key(account):
        return scope_key(
            event(account=account),
            policy_id="p",
            approval_type_id="t",
            characteristics=Characteristics(),
        )

    assert key("alice" + name) == key("ALICE" + name)
    assert key("straße" + name) != key("strasse" + name)


def test_one_time_grant_covers_only_what_exactly_was_asked():
    wide = Characteristics(file_specific=False, command_line_specific=False)
    asked = event()
    scope = scope_key(asked, policy_id="p1", approval_type_id=TYPE.id, characteristics=wide)
    once = replace(grant(asked), characteristics=wide, scope_key=scope)
    for change in (
        {"arguments": ()},
        {"sha256": "cd" * 32},
        {"interpreter_sha256": "cd" * 32},
        {"run_as": "root"},
        {"working_directory": "/tmp"},
    ):
        other = replace(asked, **change)
        known = {"policy_id": "p1", "approval_type_id": TYPE.id, "rights": RIGHTS, "now": NOW}
        assert not covers(once, other, **known)
        assert covers(replace(once, one_time=False), other, **known)


def test_grant_ends_at_its_time():
    until = grant(event(), one_time=False, minutes=1)
    known = {"policy_id": "p1", "approval_type_id": TYPE.id, "rights": RIGHTS}
    assert covers(until, event(), now=NOW, **known)
    assert not covers(until, event(), now=NOW + timedelta(minutes=1), **known)
    assert not covers(replace(until, expires_at=None), event(), now=NOW, **known)


def test_wildcards_take_no_exponential_time():
    assert not matches_text("*a" * 40 + "b", "a" * 4000)
    assert not matches_path("/**/*a" * 20 + "/b", "/a" * 500, "linux")
