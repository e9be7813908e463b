"""The transcript of Test Connection: bounded, and all in it visible."""

from foreign_systems.smtp.transcript import TranscriptLine
from tests.foreign_systems.connection_test.trying import failed, try_script


def test_a_transcript_has_at_most_200_lines_the_last_ones_among_them():
    tried = try_script({"EHLO": "250-x\n" * 1_000 + "250 x", "MAIL": "550 no"})
    assert len(tried.transcript) == 200
    assert [line.text for line in tried.transcript if not line.who] == [
        "[808 lines are left out here]"
    ]
    assert failed(tried) == ["S 550 no"]


def test_a_line_has_at_most_1000_characters():
    tried = try_script({"MAIL": "550 " + "x" * 5_000})
    assert max(len(line.text) for line in tried.transcript) == 1_000
    assert len(tried.advice) < 1_000


def test_control_and_bidi_characters_are_visible_everywhere():
    tried = try_script({"MAIL": "550 no\x07\u202e \x1b[31mway"})
    assert failed(tried) == ["S 550 no[U+0007][U+202E] [U+001B][31mway"]
    everything = repr(tried) + tried.headline + tried.advice
    assert not {"\x07", "\u202e", "\x1b"} & set(everything)


def test_an_endless_line_that_is_no_reply_is_shown_cut():
    tried = try_script({"greeting": "x" * 100_000})
    assert tried.transcript == (TranscriptLine("S", "x" * 999 + "…", failed=True),)
