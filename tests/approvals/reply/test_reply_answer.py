# ruff: noqa: E501 - tables of lines as they come in
"""What one line decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.reply.answer import read_answer
from approvals.reply.nearest import nearest_answer
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
    ("DENY wrong machine", NO),
    ("Denied use the software center instead", NO),
    ("Declined run it as a normal user in the sandbox", NO),
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
    # Said in other words, in another language, or of something else.
    ("APPROVE: [ ]", UNCLEAR),
    ("Approve: \u2610", UNCLEAR),
    ("Grant,", UNCLEAR),
    ("Grant, can you have a look at this one", UNCLEAR),
    ("GRANT, go ahead", ONCE),
    # Grant is a name where a letter begins, or where somebody is asked.
    ("Grant: 15 minutes", ("approve", 15)),
    ("Grant, for 2 hours, thanks", ("approve", 120)),
    ("Grant - 2 hours", ("approve", 120)),
    ("Grant!", ONCE),
    ("Grant\u2026", ONCE),
    ("Grant: fine for the tender", ONCE),
    ("Grant, thank you", ONCE),
    ("Grant - Fine with me", ONCE),
    ("Grant:", UNCLEAR),
    ("Grant -", UNCLEAR),
    ("Grant, please have a look", UNCLEAR),
    ("Grant, what do you think", UNCLEAR),
    ("Grant, I need your help here", UNCLEAR),
    ("Grant: over to you", UNCLEAR),
    ("Grant - IT Security", UNCLEAR),
    ("Grant - I spoke with Lee", ONCE),
    ("Grant: 15-30 minutes", UNCLEAR),
    # The one character of three dots is punctuation as they are.
    ("Approved\u2026", ONCE),
    ("No\u2026 too risky", NO),
    ("Approve\u2026 2 hours", ("approve", 120)),
    ("Approve\u2026 if Bob agrees", UNCLEAR),
    # A full stop behind the quotation marks.
    ('"APPROVE FOR 2 HOURS".', ("approve", 120)),
    ("\u201cDeny, unsigned\u201d.", NO),
    ('"Approve", "deny".', UNCLEAR),
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


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("Yes please", "APPROVE"),
        ("N thanks", "DENY"),
        ("Approved.", ""),
        ("Hello, approved", "APPROVED"),
        ("I approve this for 2 hours", "APPROVE for 2 hours"),
        ("No thanks", "DENY"),
        ("ok", ""),
        ("Yes or no?", ""),
        ("I do not approve", ""),
        ("Approve if Lee agrees", ""),
        ("yes, no, whatever", ""),
        ("", ""),
        ("Hi Bob, yes please, 2 hours", "APPROVE for 2 hours"),
        ("I approve the request for 30 min, thanks!", "APPROVE for 30 min"),
        ("Approve the request", "APPROVE"),
        # Another number than what was written would be a wider approval.
        ("Approve for 0.5 hours", ""),
        ("Approved for 1,5 h", ""),
        ("Approve for 1:30 hours", ""),
        ("Approve for 1/2 day", ""),
        ("Approve for 2-3 hours", ""),
        # Not now, or not at all.
        ("I'll approve in 3 days", ""),
        ("I need 2 days to approve this", ""),
        ("Yes please wait 2 hours", ""),
        ("Unable to approve", ""),
        ("Hold on, yes please", ""),
        ("No objections from me", ""),
        ("Yes this evening", ""),
        ("I allow myself to say this is malware", ""),
    ],
)
def test_the_nearest_answer_is_proposed_and_none_to_who_doubts(line: str, nearest: str) -> None:
    assert nearest_answer(line, 24 * 60) == nearest
