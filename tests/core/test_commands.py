"""What management commands share."""

from argparse import ArgumentParser

import pytest

from core.commands import MAX_REASON, add_reason


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
