"""The engine and the plain one can't be told apart; expressions' literals are in every match."""

from dataclasses import replace

import plain_engine
import re2
from engine_parts import NOW, a_filter, action, event, policy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.engine import Filter, ParentDecision, compile, from_settings
from policies.engine.filters import Unusable
from policies.engine.literals import literal_in
from policies.patterns import compile_pattern

# Few words, so that patterns and events meet; those of Windows in more than one spelling.
names = st.sampled_from(
    [
        "setup.exe",
        "SETUP.EXE",
        "setup.exe.",
        "cmd.exe",
        "tool",
        "Tool",
        "re\u0301",
        "r\u00e9",
        "\u212ait",
    ]
)
folders = st.sampled_from(["Tools", "TOOLS", "app", "app.", "app ", "..", "...", ".", "opt", "usr"])
roots = st.sampled_from(
    ["/", "C:\\", "c:/", "D:\\", "C:", "\\", "\\\\?\\C:\\", "\\\\srv\\share\\", "\\\\.\\x\\", ""]
)
separators = st.sampled_from(["/", "\\"])


@st.composite
def paths(draw):
    separator = draw(separators)
    return draw(roots) + separator.join([*draw(st.lists(folders, max_size=3)), draw(names)])


def wild(texts):
    """Patterns: the text itself, or with a part of it replaced by a wildcard."""

    @st.composite
    def made(draw):
        text = draw(texts)
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, len(text)))
        return text[:begin] + draw(st.sampled_from(["*", "?", "**", text[begin:end]])) + text[end:]

    return made()


words = st.sampled_from(["--safe", "--SAFE", "--evil", "/S", "a b", "install", "x", "'", "\\"])
lists = st.lists(words, max_size=3)
signers = st.sampled_from(["", "CN=Example", "cn=example software", "Other", "\u017foft"])
hashes = st.sampled_from(["ab" * 32, "cd" * 32])
computers = st.sampled_from(["WS-014", "ws-015", "srv"])
accounts = st.sampled_from(["EXAMPLE\\alice", "bob", "S-1-5-7"])
expressions = st.sampled_from(
    [
        ".*--safe",
        "(--safe|x)",
        "install.*",
        "x? /S",
        ".*tool",
        ".*[sS]etup\\.exe",
        "c:.*app.*",
        ".*",
    ]
)
# Also what no filter could be made of: that denies.
LINES = st.one_of(
    words.map(lambda text: {"text": text, "match": "partial"}),
    lists.map(lambda many: {"text": " ".join(["tool", *many])}),
    expressions.map(lambda text: {"text": text, "match": "regex"}),
)
filters = st.one_of(
    st.tuples(
        st.sampled_from(["file_specification", "parent_process"]),
        st.fixed_dictionaries(
            {},
            optional={
                "names": st.lists(wild(names), max_size=2),
                "path": paths(),
                "glob": wild(paths()),
            },
        ),
    ),
    st.tuples(
        st.just("file_hash"), st.fixed_dictionaries({"hashes": st.lists(hashes, max_size=2)})
    ),
    st.tuples(st.just("signed_file"), st.fixed_dictionaries({"subject": wild(signers)})),
    st.tuples(
        st.just("computer"), st.fixed_dictionaries({"names": st.lists(wild(computers), max_size=2)})
    ),
    st.tuples(
        st.just("user_context"),
        st.fixed_dictionaries({"users": st.lists(wild(accounts), max_size=2)}),
    ),
    st.tuples(st.just("commandline"), LINES),
    st.tuples(
        st.just("advanced_commandline"),
        st.fixed_dictionaries(
            {},
            optional={
                "command": wild(st.one_of(names, paths())),
                "arguments": st.lists(wild(words), max_size=2),
            },
        ),
    ),
    st.tuples(
        st.just("advanced_commandline"),
        st.fixed_dictionaries(
            {"match": st.just("regex")},
            optional={"command": expressions, "arguments": st.lists(expressions, max_size=1)},
        ),
    ),
)


def _filter(made) -> Filter:
    kind, given_settings = made
    try:
        built = from_settings(kind, given_settings, compile_pattern)
    except ValueError as error:
        built = Unusable(str(error))
    return Filter(kind, kind, kind, built)


filter_lists = st.lists(filters.map(_filter), max_size=3).map(tuple)
ACTIONS = [
    action("add_administrative_rights"),
    action("deny_execute"),
    action("approval_request_form"),
    action("justify_elevation"),
]


@st.composite
def policies(draw):
    return [
        policy(
            *draw(st.lists(st.sampled_from(ACTIONS), max_size=2)),
            identity=f"p{number}",
            priority=draw(st.integers(1, 2)),
            active=draw(st.sampled_from([True, True, True, False])),
            targets=draw(filter_lists),
            inclusions=draw(filter_lists)[:1],
            exclusions=draw(filter_lists)[:1],
            continue_enforcing=draw(st.booleans()),
            enforce_child=True,
            child_actions=draw(st.sampled_from([(), (ACTIONS[1],)])),
            broken=draw(st.sampled_from(["", "", "Its server is gone."])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@st.composite
def events(draw):
    arguments = tuple(draw(lists))
    said = draw(
        st.one_of(st.just(" ".join(["tool", *arguments])), lists.map(" ".join), st.just(""))
    )
    return event(
        platform=draw(st.sampled_from(["windows", "macos", "linux"])),
        computer=draw(computers),
        account=draw(accounts),
        file_path=draw(paths()),
        parent_path=draw(paths()),
        sha256=draw(st.one_of(st.just(""), hashes)),
        signer=draw(signers),
        arguments=arguments,
        command_line=said,
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    policies(),
    st.lists(events(), min_size=1, max_size=6),
    st.sampled_from(["", "warn", "justification_required"]),
    st.booleans(),
)
def test_the_engine_decides_as_the_plain_one_does(made, reported, answered, from_parent):
    compiled = compile(made)
    parent = ParentDecision(elevated=True, policy_ids=("p0", "p3")) if from_parent else None
    for each in reported:
        known = {"now": NOW, "answered": answered, "parent": parent}
        expected = plain_engine.decide(each, made, **known)
        found = compiled.decide(each, **known)
        said = expected.message or found.message  # ours alone says why it refuses
        assert found == replace(expected, message=said)
        traced = compiled.decide(each, trace=True, **known)
        assert replace(traced, trace=()) == found
        assert [line.policy_id for line in traced.trace if line.outcome == "matched"] == list(
            found.matched
        )


pieces = st.sampled_from(
    ["--profile", "site", "1", "12", "=", "; ", "-", " ", "exe", "\u00e9", "/", "longest-word"]
)
pieced = st.lists(pieces, min_size=1, max_size=5).map("".join).filter(str.strip)


@given(st.lists(pieced, min_size=5, max_size=12, unique=True), st.lists(pieced, max_size=3))
def test_a_piece_of_a_command_line_is_found_whichever_of_its_words_others_share(texts, said):
    line = "".join(said)
    compiled = compile(
        policy(
            action("add_administrative_rights"),
            identity=text,
            targets=(a_filter("commandline", text=text, match="partial"),),
            continue_enforcing=True,
        )
        for text in texts
    )
    found = compiled.decide(event(command_line=line, arguments=()), now=NOW).matched
    assert set(found) == {text for text in texts if text.strip() in line}


@given(
    st.lists(
        st.sampled_from(
            [
                *"ab.*+?()[]|^$\\{}",
                "{2}",
                "{1,}",
                "foo",
                "bar",
                "\\d",
                "\\.",
                "[a-c]",
                "[^]a]",
                "(?i)",
                "(?:",
                "\\Q",
                "\\x41",
            ]
        ),
        max_size=8,
    ).map("".join),
    st.lists(st.sampled_from([*"ab.{}[]()|", "foo", "bar", "FOO", "1"]), max_size=6).map("".join),
)
@settings(max_examples=1000)
def test_the_literal_of_an_expression_is_in_whatever_it_matches(expression, text):
    try:
        compiled = compile_pattern(f"(?i){expression}")
    except re2.error:
        return
    if compiled.fullmatch(text):
        assert literal_in(expression).lower() in text.lower()
