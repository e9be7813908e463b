"""Attacks on patterns: running with rights that a filter's words do not grant.

Each test pairs what the filter says with what an attacker would like it to cover.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from policies.engine import Action, Event, Filter, Policy, compile, from_settings
from policies.patterns import compile_pattern

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def met(kind: str, settings: dict[str, Any], **event: Any) -> bool:
    """Whether a filter of these settings matches; what runs is a command on Linux unless said."""
    given = {"platform": "linux", "computer_id": "c", "computer": "ws-014", "account": "alice"}
    built = from_settings(kind, settings, compile_pattern)
    return built.test(Event(**{**given, **event}), NOW)[0]


def command(settings: dict[str, Any], *arguments: str, path: str = "/usr/bin/cat") -> bool:
    return met("advanced_commandline", settings, file_path=path, arguments=arguments)


@pytest.mark.parametrize(
    ("pattern", "argument", "covered"),
    [
        ("/var/log/*", "/var/log/syslog", True),
        ("/var/log/*", "/var/log/../../etc/shadow", False),
        ("/var/log/*", "/var/log/apt/history.log", False),
        ("/var/log/*", "/var/log/..", False),
        ("/var/log/**", "/var/log/../../etc/shadow", False),
        ("/var/log/**", "/var/log/apt/history.log", False),
        ("/var/*/log", "/var/../log", False),
        ("/var/log/?", "/var/log//", False),
        ("/var/log/sys??", "/var/log/../", False),
        ("--root=*", "--root=/home/alice/evil", False),
        ("--root=*", "--root=home\\alice\\evil", False),
        ("--root=/srv/*", "--root=/srv/..", False),
        ("--root=/srv/*", "--root=/srv/web", True),
        ("--file=*/x", "--file=../x", False),
        ("-C*/x", "-C../x", False),
        ("*/*", "../shadow", False),
        ("*\\*", "..\\shadow", False),
        ("*/*:/mnt", "../a:/mnt", False),
        ("/srv/*:*", "/srv/..:x", False),
        ("/srv/*/x", "/srv/.. /x", False),
        ("https://repo.example/*/x", "https://repo.example/%2e%2E/x", False),
        ("/srv/*", "/srv/%2e%2e", False),
        ("*", "../../etc/shadow", False),
        ("*", "nginx", True),
        ("/a/../b", "/a/../b", True),  # an exact literal still equals itself
        ("HEAD..*", "HEAD..main", True),
        ("/srv/v1..2/*", "/srv/v1..2/x", True),
        ("**", "../../etc/shadow", True),  # any arguments at all: it says so
    ],
)
def test_reading_outside_the_folder_of_a_pattern(
    pattern: str, argument: str, covered: bool
) -> None:
    assert command({"command": "cat", "arguments": [pattern]}, argument) is covered


@pytest.mark.parametrize(
    ("settings", "path", "arguments", "covered"),
    [
        ({"command": "/usr/bin/systemctl"}, "/home/alice/usr/bin/systemctl", [], False),
        ({"command": "/usr/bin/systemctl"}, "/usr/bin/systemctl-evil", [], False),
        ({"command": "/usr/bin/systemctl"}, "/usr/bin/systemctl", ["x"], True),
        ({"command": "/a|/usr/bin/b"}, "/usr/bin/b/../c", [], False),
        ({"command": "(?m)^/usr/bin/b$"}, "/tmp/x\n/usr/bin/b", [], False),
        ({"arguments": ["restart nginx"]}, "/x", ["restart", "nginx"], True),
        ({"arguments": ["restart nginx"]}, "/x", ["--root=/evil", "restart", "nginx"], False),
        ({"arguments": ["restart nginx"]}, "/x", ["restart", "nginx", "evil"], False),
        ({"arguments": ["restart (a|b)"]}, "/x", ["restart", "a", "c"], False),
    ],
)
def test_hiding_more_around_what_an_expression_matches(
    settings: dict[str, Any], path: str, arguments: list[str], covered: bool
) -> None:
    assert command({"match": "regex", **settings}, *arguments, path=path) is covered


@pytest.mark.parametrize(
    ("platform", "expression", "path", "covered"),
    [
        ("windows", r"C:\\Tools\\.*", "c:\\TOOLS\\evil.exe", True),
        ("windows", r"C:\\Tools\\.*", "C:\\Tools\\..\\Temp\\evil.exe", False),
        ("windows", r"C:\\Tools\\.*", "C:/Tools/../Temp/evil.exe", False),
        ("windows", r"C:\\Tools\\.*", "\\\\?\\C:\\Tools\\tool.exe", True),
        ("windows", r"C:\\Tools\\tool\.exe", "C:\\Tools\\tool.exe. .", True),
        ("windows", r"\\\\srv\\share\\.*", "\\\\?\\UNC\\SRV\\share\\x.exe", True),
        ("windows", r"C:\\Tools\\kit\.exe", "C:\\Tools\\\u212ait.exe", False),
        ("macos", "/usr/bin/x", "/usr/BIN/x", True),
        ("macos", "/opt/r\u00e9sum\u00e9", "/opt/re\u0301sume\u0301", True),
        ("macos", "/opt/tools/.*", "/opt/tools/../evil/x", False),
        ("linux", "/usr/bin/x", "/usr/BIN/x", False),
        ("linux", "/opt/tools/.*", "/opt/tools/../evil/x", False),
        ("linux", "/opt/tools/x", "/opt//tools/./x", True),
    ],
)
def test_a_spelling_of_a_path_that_an_expression_does_not_know(
    platform: str, expression: str, path: str, covered: bool
) -> None:
    settings = {"match": "regex", "command": expression}
    assert met("advanced_commandline", settings, platform=platform, file_path=path) is covered


@pytest.mark.parametrize("platform", ["windows", "macos", "linux"])
def test_other_case_hides_a_switch_from_an_expression(platform: str) -> None:
    """Programs for Linux tell --unsafe from --UNSAFE; the others seldom do."""
    hidden = "/UNSAFE"
    event = {"platform": platform, "arguments": (hidden,), "command_line": f"tool.exe {hidden}"}
    event["file_path"] = "C:\\tool.exe" if platform == "windows" else "/opt/tool.exe"
    seen = platform != "linux"
    settings = {"text": ".*/unsafe.*", "match": "regex"}
    assert met("commandline", settings, **event) is seen
    settings = {"arguments": [".*/unsafe.*"], "match": "regex"}
    assert met("advanced_commandline", settings, **event) is seen


def verdict(*policies: Policy, **event: Any) -> tuple[str, str]:
    """Verdict and code for a report of the tool, with arguments and command line as given."""
    given = {"platform": "linux", "computer_id": "c", "computer": "ws-014", "account": "alice"}
    reported = Event(**{"file_path": "/opt/tool", **given, **event})
    decision = compile(policies).decide(reported, now=NOW)
    return decision.verdict, decision.code


def a_policy(effect: str, *targets: Filter, exclusions: tuple[Filter, ...] = ()) -> Policy:
    act = Action("a", effect, effect, {})
    return Policy("p", effect, "v1", 50, 1, targets=targets, exclusions=exclusions, actions=(act,))


def a_filter(kind: str, **settings: Any) -> Filter:
    return Filter(kind, kind, kind, from_settings(kind, settings, compile_pattern))


ANY = a_filter("file_specification", path="/")


@pytest.mark.parametrize(
    "filter_",
    [
        a_filter("commandline", text="tool --safe"),
        a_filter("commandline", text="--safe", match="partial"),
        a_filter("commandline", text="tool --safe", match="regex"),
        a_filter("advanced_commandline", arguments=["--safe"]),
        a_filter("advanced_commandline", arguments=["--safe"], match="regex"),
    ],
)
def test_a_command_line_that_says_something_else_than_the_arguments(filter_: Filter) -> None:
    grants = a_policy("add_administrative_rights", filter_)
    denies = a_policy("deny_execute", filter_)
    excludes = a_policy("add_administrative_rights", ANY, exclusions=(filter_,))
    honest = {"arguments": ("--safe",), "command_line": "tool --safe"}
    assert verdict(grants, **honest) == ("allow", "")
    assert verdict(denies, **honest) == ("deny", "")
    assert verdict(excludes, **honest) == ("no_match", "")
    for lie in (
        {"arguments": ("--evil",), "command_line": "tool --safe"},
        {"arguments": ("--safe",), "command_line": "tool --evil"},
    ):
        assert verdict(grants, **lie) == ("deny", "report_unclear")
        assert verdict(denies, **lie) == ("deny", "")
        assert verdict(excludes, **lie) == ("deny", "report_unclear")
    neither = {"arguments": ("--odd",), "command_line": "tool --evil"}
    assert verdict(grants, **neither) == ("no_match", "")


def test_another_program_in_the_command_line_than_in_the_path() -> None:
    grants = a_policy("add_administrative_rights", a_filter("commandline", text="tool --safe"))
    lie = {"arguments": ("--safe",), "command_line": "tool --safe", "file_path": "/tmp/evil"}
    assert verdict(grants, **lie) == ("deny", "report_unclear")


def test_arguments_hidden_behind_a_command_line_without_any() -> None:
    alone = a_filter("advanced_commandline", command="tool", no_arguments=True)
    lie = {"arguments": ("--evil",), "command_line": "tool"}
    assert verdict(a_policy("add_administrative_rights", alone), **lie)[0] == "deny"
    assert verdict(a_policy("deny_execute", alone), **lie) == ("deny", "")


def test_a_command_line_that_cannot_be_read_hides_no_arguments() -> None:
    safe = a_filter("advanced_commandline", arguments=["--safe"])
    lie = {"arguments": ("--safe",), "command_line": "tool 'open"}
    assert verdict(a_policy("add_administrative_rights", safe), **lie)[0] == "deny"
    other = {"arguments": ("--odd",), "command_line": "tool 'open"}
    assert verdict(a_policy("deny_execute", safe), **other) == ("deny", "")


def test_a_command_line_that_only_contains_what_its_expression_matches() -> None:
    def line(text: str, match: str) -> bool:
        settings = {"text": "restart nginx", "match": match}
        return met("commandline", settings, command_line=text)

    assert line("restart nginx", "regex")
    assert not line("--root=/home/alice/evil restart nginx", "regex")
    assert line("--root=/home/alice/evil restart nginx", "partial")  # it says "contains"


def test_a_long_text_for_an_expression_that_takes_minutes_with_it() -> None:
    """Some expressions have RE2 do all its program for each character."""
    long = {"command_line": "a" * 60_000}
    slow = a_filter("commandline", text=".*(a|b){200}.", match="regex")
    assert verdict(a_policy("add_administrative_rights", slow), **long) == (
        "deny",
        "report_unclear",
    )
    assert verdict(a_policy("deny_execute", slow), **long) == ("deny", "")
    with pytest.raises(ValueError, match="^text: too large a regular expression"):
        from_settings("commandline", {"text": "(a|b){990}", "match": "regex"}, compile_pattern)


def test_a_long_argument_for_a_pattern_that_took_minutes_with_it() -> None:
    """Each letter was compared with each of the pattern."""
    settings = {"command": "/usr/bin/cat", "arguments": ["*" + "a?" * 2_000 + "b*"]}
    assert not command(settings, "a" * 65_536)
    assert command(settings, "a" * 65_535 + "b")


def test_an_expression_is_not_evaded_by_a_line_break() -> None:
    assert command({"match": "regex", "arguments": [".*--unsafe.*"]}, "--unsafe", "\n")


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_a_backslash_in_a_name_does_not_make_it_the_name_of_another_command(platform: str) -> None:
    names = [
        ("advanced_commandline", {"command": "systemctl"}),
        ("file_specification", {"names": ["systemctl"]}),
        ("file_specification", {"glob": "/home/alice/evil/systemctl"}),
    ]
    for kind, settings in names:
        path = "/home/alice/evil\\systemctl"
        assert not met(kind, settings, platform=platform, file_path=path)
    event = Event(platform, "c", "ws", "alice", file_path="/home/alice/evil\\systemctl")
    assert event.file_name == "evil\\systemctl"


@pytest.mark.parametrize(
    ("settings", "path", "covered"),
    [
        ({"names": ["cmd.exe"]}, "C:\\Windows\\cmd.exe::$DATA", True),  # the same file
        ({"names": ["cmd.exe"]}, "C:\\Windows\\CMD.EXE. .::$data", True),
        ({"names": ["cmd.exe"]}, "C:\\Windows\\cmd.exe. .", True),
        ({"names": ["setup.exe"]}, "C:\\t\\setup.exe:evil.exe", False),  # another program
        ({"names": ["setup*"]}, "C:\\t\\setup.txt:evil.exe", False),
        ({"names": ["*.exe"]}, "C:\\t\\readme.txt:evil.exe", False),
        ({"glob": "C:\\App\\*"}, "C:\\App\\tool.exe", True),
        ({"glob": "C:\\App\\*"}, "C:\\App\\tool.txt:evil.exe", False),
        ({"glob": "C:\\*\\tool.exe"}, "C:\\App::$INDEX_ALLOCATION\\tool.exe", True),
        ({"glob": "?:\\App\\*"}, "D:\\App\\tool.exe", True),
        ({"path": "C:\\App"}, "C:\\App:evil.exe", False),
        ({"path": "C:\\App"}, "C:\\App\\..\\evil.exe", False),
        ({"path": "C:\\App\\evil"}, "C:\\App\\...\\evil\\x.exe", False),  # "..." is a name
        ({"path": "C:\\App"}, "C:\\App\\...\\..\\..\\evil.exe", False),
        ({"path": "C:\\App"}, "C:\\App.\\tool.exe", True),
        ({"path": "C:\\App"}, "C:\\App \\tool.exe", False),  # a folder of its own
        ({"path": "C:\\App"}, "C:\\App..\\tool.exe", False),
        ({"path": "C:\\App\\tool.exe"}, "C:\\App\\tool.exe ", True),
        ({"path": "C:\\App"}, "C:/App/tool.exe", True),
        ({"path": "C:\\App"}, "\\\\.\\C:\\App\\tool.exe", True),
        ({"path": "C:\\App"}, "\\??\\C:\\App\\tool.exe", True),
        ({"path": "C:\\App\\tool.exe"}, "\\\\?\\C:\\App\\tool.exe.", False),
        ({"names": ["tool.exe"]}, "\\\\?\\C:\\App\\tool.exe ", False),
        ({"path": "C:\\App"}, "\\\\?\\C:\\App.\\tool.exe", False),
        ({"path": "\\\\srv\\share"}, "\\\\srv\\share\\..\\x.exe", True),  # as Windows does
        ({"path": "\\\\srv\\evil"}, "\\\\srv\\share\\..\\evil\\x.exe", False),
    ],
)
def test_windows_spellings_of_a_file_and_streams_beside_it(
    settings: dict[str, Any], path: str, covered: bool
) -> None:
    assert met("file_specification", settings, platform="windows", file_path=path) is covered


@pytest.mark.parametrize(
    "path",
    [
        "C:App\\tool.exe",  # in the drive's current folder
        "\\App\\tool.exe",  # on the current drive
        "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume3\\App\\tool.exe",
        "\\\\?\\Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}\\App\\tool.exe",
        "\\\\.\\HarddiskVolume3\\App\\tool.exe",
        "\\\\?\\C:App\\tool.exe",
        "\\\\?\\C:\\Other\\..\\App\\tool.exe",  # no file has such a name
        "\\\\?\\C:/App/tool.exe",
        "C:\\Other\\.. \\App\\tool.exe",
    ],
)
def test_a_path_that_names_no_one_file_is_at_no_place_and_at_every_place(path: str) -> None:
    for filter_ in (
        a_filter("file_specification", path="C:\\App"),
        a_filter("file_specification", glob="C:\\App\\*"),
        a_filter("file_specification", names=["tool.exe"], glob="**\\tool.exe"),
        a_filter("advanced_commandline", command="C:\\App\\*"),
        a_filter("advanced_commandline", command=".*", match="regex"),
    ):
        event = {"platform": "windows", "file_path": path}
        assert verdict(a_policy("add_administrative_rights", filter_), **event)[0] == "deny"
        assert verdict(a_policy("deny_execute", filter_), **event) == ("deny", "")
        outside = a_policy("add_administrative_rights", ANY_TOOL, exclusions=(filter_,))
        assert verdict(outside, **event)[0] == "deny"
    assert verdict(a_policy("add_administrative_rights", ANY_TOOL), **event)[0] == "allow"


ANY_TOOL = a_filter("file_specification", names=["tool.exe"])


def test_a_pattern_of_a_drive_without_a_folder_is_refused() -> None:
    for field in ("path", "glob"):
        with pytest.raises(ValueError, match=f"^{field}: must begin"):
            from_settings("file_specification", {field: "C:App"})
    assert met("file_specification", {"path": "C:"}, platform="windows", file_path="C:\\a.exe")


def test_command_names_are_read_as_windows_reads_them() -> None:
    settings = {"command": "tool.exe"}
    for path, covered in {
        "C:\\t\\tool.exe": True,
        "C:\\t\\tool.exe. .": True,
        "C:\\t\\tool.exe::$DATA": True,
        "C:\\t\\tool.exe:evil": False,
    }.items():
        found = met("advanced_commandline", settings, platform="windows", file_path=path)
        assert found is covered, path
    for platform, covered in {"windows": True, "linux": False}.items():
        settings = {"command": "C:\\t\\*"}
        path = {"windows": "C:\\t\\tool.exe", "linux": "/tmp/C:\\t\\tool.exe"}[platform]
        found = met("advanced_commandline", settings, platform=platform, file_path=path)
        assert found is covered


def test_case_counts_on_linux_alone() -> None:
    for platform, covered in {"linux": False, "macos": True, "windows": True}.items():
        settings = {"names": ["R\u00e9sum\u00e9"]}
        path = "/opt/re\u0301sume\u0301"
        found = met("file_specification", settings, platform=platform, file_path=path)
        assert found is (covered and platform == "macos")
        settings, path = {"names": ["Tool"]}, "/opt/tool"
        assert met("file_specification", settings, platform=platform, file_path=path) is covered


@pytest.mark.parametrize(
    ("pattern", "account", "covered"),
    [
        ("admin*", "administrator", True),
        ("admin*", "ADMINX\\bob", False),
        ("EXAMPLE\\*", "EXAMPLE\\alice", True),
        ("EXAMPLE*", "EXAMPLE.EVIL\\alice", False),
        ("*\\alice", "WS-014\\alice", True),
        ("*alice", "EVIL\\alice", False),
        ("dana*", "dana@evil.example", False),
        ("*@example.com", "dana@example.com", True),
        ("*@example.com", "dana@evil@example.com", False),
        ("example?alice", "EXAMPLE\\alice", False),
        ("*", "EXAMPLE\\alice", True),
    ],
)
def test_a_domain_chosen_by_the_attacker_does_not_fit_a_pattern_of_names(
    pattern: str, account: str, covered: bool
) -> None:
    assert met("user_context", {"users": [pattern]}, account=account) is covered
    assert met("user_context", {"groups": [pattern]}, groups=(account,)) is covered


def test_a_command_line_of_its_own_does_not_count_as_no_arguments() -> None:
    settings = {"command": "tool.exe", "no_arguments": True}

    def alone(line: str) -> bool:
        event = {"platform": "windows", "file_path": "C:\\My Apps\\tool.exe"}
        return met("advanced_commandline", settings, command_line=line, **event)

    assert alone("")
    assert alone('"C:\\My Apps\\tool.exe" ')
    assert alone("tool.exe")
    assert not alone('"C:\\My Apps\\tool.exe" /install evil')
    assert not alone("tool.exe /x")
