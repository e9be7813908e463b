"""What management commands share."""

from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.test import override_settings

from core.commands import MAX_REASON, add_reason, typed


def reason_of(text: str) -> str:
    parser = ArgumentParser()
    add_reason(parser)
    return str(parser.parse_args(["--reason", text]).reason)


def test_a_reason_is_kept_without_the_blanks_around_it() -> None:
    assert reason_of(" Lost the phone. ") == "Lost the phone."


@pytest.mark.parametrize("text", ["", "  ", "x" * (MAX_REASON + 1), "a\u202eb", "a\nb", "a\0b"])
def test_a_reason_that_says_nothing_or_hides_something_is_wrong_usage(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        reason_of(text)
    assert end.value.code == 2
    assert "enter a reason of up to 1000 visible characters" in capsys.readouterr().err


@override_settings(BASE_DIR=Path("/srv/pm"))
@pytest.mark.parametrize(
    ("folder", "named"),
    [
        ("/srv/pm/trial-data", ""),
        ("/srv/second", "PMCONSOLE_TRIAL_FOLDER=/srv/second "),
        ("/srv/my trial", "PMCONSOLE_TRIAL_FOLDER='/srv/my trial' "),
    ],
)
def test_a_command_names_the_trials_folder_unless_it_is_the_usual_one(
    folder: str, named: str
) -> None:
    with override_settings(TRIAL_FOLDER=folder):
        assert typed("up") == f"{named}.venv/bin/python manage.py up"
