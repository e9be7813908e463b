from datetime import UTC, datetime

import pytest
import re2
from engine_parts import NOW, event

from policies.engine import FILTER_KINDS, Event, ServerOnly, from_settings

LINUX = {"platform": "linux", "file_path": "/usr/bin/apt-get", "command_line": ""}


def met(kind, settings, now=NOW, compile_pattern=None, **changes):
    return from_settings(kind, settings, compile_pattern).test(event(**changes), now)[0]


@pytest.mark.parametrize("kind", sorted(FILTER_KINDS))
def test_filter_that_tests_nothing_is_never_met(kind):
    assert from_settings(kind, {}).is_empty
    assert not met(kind, {})


@pytest.mark.parametrize(
    ("settings", "path", "platform", "expected"),
    [
        ({"names": ["SETUP.EXE"]}, "C:\\Tools\\setup.exe", "windows", True),
        ({"names": ["Apt"]}, "/usr/bin/apt", "linux", False),
        ({"names": ["set*.exe"]}, "C:/Tools/setup.exe", "windows", True),
        ({"path": "c:/tools"}, "C:\\Tools\\setup.exe", "windows", True),
        ({"path": "C:\\Tool"}, "C:\\Tools\\setup.exe", "windows", False),
        ({"path": "C:\\Tools"}, "C:\\Tools\\..\\Temp\\setup.exe", "windows", False),
        ({"path": "C:\\Windows\\cmd.exe"}, "C:\\Windows\\cmd.exe. .", "windows", True),
        ({"path": "C:\\Tools"}, "\\\\?\\C:\\Tools\\setup.exe", "windows", True),
        ({"path": "\\\\srv\\share"}, "\\\\?\\UNC\\SRV\\share\\x.exe", "windows", True),
        ({"path": "/opt"}, "/opt/../tmp/x", "linux", False),
        ({"path": "/Applications"}, "/applications/X.app", "macos", True),
        ({"glob": "/opt/*/tool"}, "/opt/a/tool", "linux", True),
        ({"glob": "/opt/*/tool"}, "/opt/a/b/tool", "linux", False),
        ({"glob": "/opt/**/tool"}, "/opt/a/b/tool", "linux", True),
        ({"glob": "/opt/**/tool"}, "/opt/tool", "linux", True),
        ({"glob": "**/tool"}, "/opt/tool", "linux", True),
        ({"glob": "*:\\Tools\\?etup.exe"}, "D:\\tools\\setup.exe", "windows", True),
        ({"glob": "/opt/[ab]"}, "/opt/a", "linux", False),
        ({"names": ["tool"], "path": "/usr"}, "/opt/tool", "linux", False),
        ({"names": ["*"]}, "", "linux", False),
    ],
)
def test_file_specification_by_platform(settings, path, platform, expected):
    assert met("file_specification", settings, file_path=path, platform=platform) is expected


@pytest.mark.parametrize(
    ("kind", "settings", "changes", "expected"),
    [
        ("file_hash", {"hashes": ["AB" * 32]}, {}, True),
        ("file_hash", {"hashes": ["cd" * 32]}, {}, False),
        ("signed_file", {"subject": "*example software"}, {}, True),
        ("signed_file", {"subject": "CN=Example"}, {}, False),
        ("signed_file", {"subject": "*"}, {"signer": ""}, False),
        ("parent_process", {"names": ["explorer.exe"]}, {}, True),
        ("computer", {"names": ["ws-0*"]}, {}, True),
        ("computer", {"names": ["srv-*"]}, {}, False),
        ("commandline", {"text": "/QUIET", "match": "partial"}, {}, True),
        ("commandline", {"text": "/quiet"}, {}, False),
        ("commandline", {"text": "a b"}, {"command_line": "", "arguments": ("a b",)}, False),
        ("user_context", {"users": ["example\\ALICE"]}, {}, True),
        ("user_context", {"users": ["alice"]}, {}, False),
        ("user_context", {"users": ["S-1-5-7"]}, {"account_id": "S-1-5-7"}, True),
        ("user_context", {"users": ["x"], "groups": ["*\\staff"]}, {}, True),
        ("user_context", {"users": ["x"], "groups": ["*\\staff"], "match": "all"}, {}, False),
        ("advanced_commandline", {"command": "apt*"}, LINUX, True),
        ("advanced_commandline", {"command": "/usr/bin/*"}, LINUX, True),
        ("advanced_commandline", {"command": "apt*", "no_arguments": True}, LINUX, False),
        (
            "advanced_commandline",
            {"arguments": ["install", "**"]},
            {**LINUX, "arguments": ("install", "a", "b")},
            True,
        ),
        (
            "advanced_commandline",
            {"arguments": ["install", "*"]},
            {**LINUX, "arguments": ("install", "a", "b")},
            False,
        ),
    ],
)
def test_other_kinds(kind, settings, changes, expected):
    assert met(kind, settings, **changes) is expected


@pytest.mark.parametrize(
    ("settings", "time", "expected"),
    [
        ({"periods": ["08:00-17:00"]}, "2026-03-04T16:59", True),
        ({"periods": ["08:00-17:00"]}, "2026-03-04T17:00", False),
        ({"periods": ["22:00-06:00"], "days": ["wednesday"]}, "2026-03-05T05:59", True),
        ({"periods": ["22:00-06:00"], "days": ["wednesday"]}, "2026-03-04T05:59", False),
        ({"periods": ["22:00-24:00"]}, "2026-03-04T23:59", True),
        ({"days": ["Thursday"], "zone": "Asia/Tokyo"}, "2026-03-04T15:30", True),
    ],
)
def test_time_of_day(settings, time, expected):
    now = datetime.fromisoformat(time).replace(tzinfo=UTC)
    assert met("time_of_day", settings, now=now) is expected


def test_regular_expression_uses_the_compiler_handed_in():
    settings = {"text": ".*/q(uiet)?$", "match": "regex"}
    assert met("commandline", settings, compile_pattern=re2.compile)
    assert not met("commandline", settings, compile_pattern=re2.compile, command_line="\ud800")
    with pytest.raises(ServerOnly):
        from_settings("commandline", settings)


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("file_hash", {"hashes": ["xyz"]}, "hashes"),
        ("file_hash", {"hashes": "ab"}, "hashes"),
        ("file_specification", {"names": ["a/b"]}, "names"),
        ("file_specification", {"path": "/a/../b"}, "path"),
        ("file_specification", {"size": 3}, "size"),
        ("signed_file", {"subject": "a*b"}, "subject"),
        ("time_of_day", {"periods": ["25:00-26:00"]}, "periods"),
        ("time_of_day", {"days": ["someday"]}, "days"),
        ("time_of_day", {"zone": "../etc/passwd"}, "zone"),
        ("user_context", {"match": "most"}, "match"),
        ("commandline", {"text": "(", "match": "regex"}, "text"),
        ("nonsense", {}, "kind"),
    ],
)
def test_bad_settings_name_their_field(kind, settings, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        from_settings(kind, settings, _quiet)


def _quiet(pattern):
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def test_event_survives_json():
    sent = event(at=NOW)
    assert Event.from_json(sent.to_json()) == sent


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "amiga"}, "platform"),
        ({"account": ""}, "account"),
        ({"sha256": "12"}, "sha256"),
        ({"arguments": "a"}, "arguments"),
        ({"arguments": ["a", 1]}, r"arguments\[1\]"),
        ({"file_path": "a\0"}, "file_path"),
        ({"at": "2026-01-01T00:00:00"}, "at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_event_names_its_field(change, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        Event.from_json({**event().to_json(), **change})
