"""The signs that deserve a second look."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.letters.execution import Execution
from approvals.letters.signs import Earlier, Seen, signs

NOW = datetime(2026, 7, 14, 7, 26, tzinfo=UTC)


def titles(path: str = r"C:\Program Files\a.exe", **changes) -> list[str]:
    asked = {"signer": "Example GmbH", "now": NOW, "zone": UTC, **changes}
    return [sign.title for sign in signs(Execution(path), **asked)]


@pytest.mark.parametrize(
    "path",
    [
        *(r"C:\Users\a\AppData\Local\Temp\x.exe", r"C:\Windows\Temp\x.exe", r"%TEMP%\x.exe"),
        *("/tmp/x", "/var/tmp/a/x", "/dev/shm/x"),
        *("/usr/../tmp/x", "//tmp/x", "/private/tmp/x"),
    ],
)
def test_a_temporary_folder_is_pointed_out(path):
    assert titles(path) == ["Runs from a temporary folder"]


@pytest.mark.parametrize("path", [r"C:\Users\a\Downloads\x.exe", "/home/a/Downloads/x"])
def test_a_downloads_folder_is_pointed_out(path):
    assert titles(path) == ["Runs from a Downloads folder"]


@pytest.mark.parametrize("path", ["/usr/bin/tmp", "/opt/template/x", r"C:\Temperature\x.exe", ""])
def test_other_folders_are_not(path):
    assert titles(path) == []


def test_an_unsigned_file_is_pointed_out_and_an_unknown_signer_is_not():
    assert titles(signer="") == ["Unsigned:"]
    assert titles(signer=None) == []


def test_hidden_characters_in_the_name_speak_against_it():
    [sign] = signs(Execution("/usr/bin/x\u202ey"), signer=None, now=NOW, zone=UTC)
    assert (sign.kind, sign.title) == ("bad", "Hidden characters in the name:")


def test_first_seen_is_a_sign_on_that_day_only():
    assert titles(seen=Seen(NOW, 1, 43)) == ["First seen today,"]
    assert titles(seen=Seen(NOW - timedelta(days=1), 1, 43)) == []


def test_an_earlier_decision_is_told_with_its_time():
    earlier = Earlier(True, NOW - timedelta(minutes=36), "bob", "WS-022")
    [sign] = signs(Execution("/x"), signer=None, now=NOW, zone=UTC, earlier=earlier)
    assert sign.text == "one approval today, 06:50, for bob on WS-022"
    assert sign.kind == "good"


def test_a_requester_whom_no_profile_knows_is_flagged() -> None:
    asked = {"signer": None, "now": NOW, "zone": UTC}
    [sign] = signs(Execution("/x"), **asked, requester_known=False)
    assert sign.title == "The requester isn't known here:"
    assert signs(Execution("/x"), **asked) == ()
