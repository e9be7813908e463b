# ruff: noqa: E501 - tables of lines as they come in
"""What one line decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.reply.answer import nearest_answer, read_answer
from approvals.words import APPROVING, DECISION_WORDS, DENYING

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)

CASES = [
    *((word, ONCE) for word in sorted(APPROVING)),
    *((word, NO) for word in sorted(DENYING)),
    ("approve", ONCE),
    ("Approve.", ONCE),
    ("  YES\u00a0", ONCE),
    ("*APPROVE*", ONCE),
    ("__Approve__", ONCE),
    ("Yes, fine for the tender", ONCE),
    ("Yes - go ahead", ONCE),
    ("Yes \u2014 go ahead", ONCE),
    ("Approved!", ONCE),
    ("Approved: see ticket 4711", ONCE),
    ("Approve , thanks", ONCE),
    ("APPROVED!!", ONCE),
    ("Yes... go ahead", ONCE),
    ('"APPROVE"', ONCE),
    ("\u201eYes\u201c, fine", ONCE),
    ("\u00ab Approved. \u00bb", ONCE),
    ("\u301dApprove\u301e", ONCE),
    ("\uff02Yes\uff02", ONCE),
    ('"APPROVE FOR 2 HOURS"', ("approve", 120)),
    ('"APPROVE" FOR 2 HOURS', ("approve", 120)),
    ("DENY because of policy", NO),
    ("Rejected as discussed", NO),
    ("No, too risky", NO),
    ("Deny. Unsigned.", NO),
    ("NO!", NO),
    ("APPROVE FOR 2 HOURS", ("approve", 120)),
    ("*APPROVE* for 2 hours", ("approve", 120)),
    ("APPROVE\u00a0FOR\u00a02\u00a0HOURS", ("approve", 120)),
    ("yes 30m", ("approve", 30)),
    ("Yes 30 min.", ("approve", 30)),
    ("Approved 1 h, thanks", ("approve", 60)),
    ("grant 1 d", ("approve", 1440)),
    ("allow for 1 minute", ("approve", 1)),
    ("Approved, 2 hours", ("approve", 120)),
    ("Approved - 2 hours", ("approve", 120)),
    ("Approve: for 90 minutes", ("approve", 90)),
    # Not exactly a duration.
    ("APPROVE FOR TWO HOURS", UNCLEAR),
    ("Approve, for two hours", UNCLEAR),
    ("Approve, half an hour", UNCLEAR),
    ("APPROVE FOR 1-2 HOURS", UNCLEAR),
    ("Approve, 1-2 hours", UNCLEAR),
    ("APPROVE FOR 1.5 HOURS", UNCLEAR),
    ("Approve, 1.5 hours", UNCLEAR),
    ("Approve, 1,5 hours", UNCLEAR),
    ("APPROVE FOR 0 HOURS", UNCLEAR),
    ("APPROVE FOR -2 HOURS", UNCLEAR),
    ("Approve, -2 hours", UNCLEAR),
    ("Approve -2 hours", UNCLEAR),
    ("APPROVE FOR +2 HOURS", UNCLEAR),
    ("APPROVE FOR 2 HOURS 30 MINUTES", UNCLEAR),
    ("APPROVE FOR 2 HOURS, 30 MINUTES", UNCLEAR),
    ("Approve 1h30m", UNCLEAR),
    ("APPROVE FOR 25 HOURS", UNCLEAR),
    ("APPROVE FOR 99999999999 HOURS", UNCLEAR),
    ("APPROVE FOR 2 WEEKS", UNCLEAR),
    ("Approve, 2 weeks", UNCLEAR),
    ("APPROVE FOR 2 HOURS please", UNCLEAR),
    ("APPROVE FOR \u0662 HOURS", UNCLEAR),
    ("APPROVE 2", UNCLEAR),
    ("Approved, thirteen hours", UNCLEAR),
    ("Approved. Have a nice day!", ONCE),
    ("Yes. Good day", ONCE),
    ("Approved, have it for a day", UNCLEAR),
    ("Approved, for fourteen days", UNCLEAR),
    ("Approved, eighty minutes", UNCLEAR),
    ("Approved, zero hours", UNCLEAR),
    ("Approved, dozen hours", UNCLEAR),
    ("Approved, for the day", UNCLEAR),
    ("Approved, one day's work", UNCLEAR),
    ("Approved, \u00bd hour", UNCLEAR),
    ("Approved, 1\u00bd hours", UNCLEAR),
    ("Approved, \uff12 hours", UNCLEAR),
    ("Approved, \u0662 hours", UNCLEAR),
    ("Approved, \u2161 hrs", UNCLEAR),
    ("Approved, \u4e09\u5929", UNCLEAR),
    ("Approved, 2+ hours", UNCLEAR),
    ("Approved, 2 full hours", UNCLEAR),
    ("Approved, 2 working days", UNCLEAR),
    ("Approved, 3 more hours", UNCLEAR),
    ("Approved, 2 x 4 hours", UNCLEAR),
    ("Approved, two-hour slot", UNCLEAR),
    ("Approved, 2 Stunden", UNCLEAR),
    ("Approved, zwei Stunden", UNCLEAR),
    ("Approved, ~2", UNCLEAR),
    ("Approved, for (2", UNCLEAR),
    ("Approved for 1 hour, thirteen days", UNCLEAR),
    ("Approved for 1 hour; 2+ days", UNCLEAR),
    ("Yes, 1 hour, 2", UNCLEAR),
    ("Yes, 1 hour, 1440", UNCLEAR),
    ("Approved, 2 h - 3", UNCLEAR),
    ("APPROVE FOR 2 HOURS, max 3", UNCLEAR),
    ("APPROVE FOR 2 HOURS, three at most", UNCLEAR),
    # An exact one, in bold too, and numbers that are none.
    ("Approved, *2 hours*", ("approve", 120)),
    ("Approved, *for 2 hours*", ("approve", 120)),
    ("*Approved* for *2 hours*.", ("approve", 120)),
    ("APPROVE FOR 2 HOURS, see ticket 4711", ("approve", 120)),
    ("APPROVE FOR 2 HOURS, for WS-014 alone", ("approve", 120)),
    ("Approved: #4711", ONCE),
    ("Approved, the 3 files are known", ONCE),
    # More or other than a decision.
    ("", UNCLEAR),
    ("ok", UNCLEAR),
    ("Approve please", UNCLEAR),
    ("I approve", UNCLEAR),
    ("Approve?", UNCLEAR),
    ("Approve\uff1f", UNCLEAR),
    ("Yes, \u061f", UNCLEAR),
    ("Approve\u037e", UNCLEAR),
    ("Yes, but be quick", UNCLEAR),
    ("Approve, if Bob agrees", UNCLEAR),
    ("Approved, only once", UNCLEAR),
    ("Approve, don't ask again", UNCLEAR),
    ("Approve, don\u2019t ask again", UNCLEAR),
    ("No, not today", UNCLEAR),
    ("Yes, I cannot see why", UNCLEAR),
    ("Yes. No.", UNCLEAR),
    ("Yes, don\u201bt run it", UNCLEAR),
    ("Yes, don\u02bbt run it", UNCLEAR),
    ("Yes, don\u055at run it", UNCLEAR),
    ("Yes, don\ua78ct run it", UNCLEAR),
    ("Yes, wouldn't've done it", UNCLEAR),
    ("Yes, can't'd", UNCLEAR),
    ("Yes, n\u034fot", UNCLEAR),
    ("Yes, u\U000e0100nless", UNCLEAR),
    ("Yes, u\U000e01efnless", UNCLEAR),
    ("Yes, n\u3164ot", UNCLEAR),
    ("Approve, no problem", UNCLEAR),
    ("Approve/Deny", UNCLEAR),
    ("APPROVE \U0001f44d", UNCLEAR),
    ("\U0001f44d", UNCLEAR),
    ("\u0410PPROVE", UNCLEAR),
    ("\u041do", UNCLEAR),
    ("APPR\u200bOVE", UNCLEAR),
    ("YE\u017f", UNCLEAR),
    ("\uff39\uff25\uff33", UNCLEAR),
    ("APPROVE\u0301", UNCLEAR),
    ("APPROVE\u202e", UNCLEAR),
    ("APPROVE\rDENY", UNCLEAR),
    ("Yes-man", UNCLEAR),
    ("No-one", UNCLEAR),
    ("Approver", UNCLEAR),
    ('"APPROVE"D', UNCLEAR),
    ('"APPROVE" and "DENY"', UNCLEAR),
    ('"APPROVE" is what Bob says', UNCLEAR),
    ('"APPROVE', UNCLEAR),
    ("No problem", UNCLEAR),
    ("DENY only if Bob agrees", UNCLEAR),
    ("DENY nothing, approve it", UNCLEAR),
    ("Deny-list it", UNCLEAR),
    ("Approve.Now", UNCLEAR),
    ("genehmigt", UNCLEAR),
    ("Oui", UNCLEAR),
    ("Yes, " + "x" * 1000, UNCLEAR),
]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_a_line_decides_by_its_words_alone(line: str, expected: tuple[str, int | None]) -> None:
    answer = read_answer(line, 1440)
    assert (str(answer.outcome), answer.minutes) == expected


@given(st.text(max_size=300))
def test_no_line_decides_without_a_decision_word_at_its_beginning(line: str) -> None:
    answer = read_answer(line, 1440)
    if answer.outcome != "unclear":
        start = line.lstrip(
            "\t \u00a0*_\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
        ).upper()
        assert start.startswith(DECISION_WORDS)


@given(st.sampled_from(sorted(APPROVING)), st.integers(), st.sampled_from(["m", "hours", "d"]))
def test_an_approval_never_lasts_longer_than_allowed(word: str, number: int, unit: str) -> None:
    answer = read_answer(f"{word} {number} {unit}", 600)
    assert answer.minutes is None or 0 < answer.minutes <= 600
    assert answer.outcome == "unclear" or answer.minutes


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("Yes please", "YES"),
        ("Hello, approved", "APPROVED"),
        ("I approve this for 2 hours", "APPROVE for 2 hours"),
        ("No thanks", "NO"),
        ("ok", ""),
        ("Yes or no?", ""),
        ("I do not approve", ""),
        ("Approve if Lee agrees", ""),
        ("yes, no, whatever", ""),
        ("", ""),
    ],
)
def test_the_nearest_answer_is_proposed_and_none_to_who_doubts(line: str, nearest: str) -> None:
    assert nearest_answer(line, 24 * 60) == nearest
