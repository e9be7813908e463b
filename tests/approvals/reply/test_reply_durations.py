"""For how long one line approves: what is not exactly a duration makes it unclear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.reply.answer import read_answer
from approvals.words import APPROVING

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)

CASES = [
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
    # A blank was forgotten.
    ("APPROVE for 8 hours, max2h", UNCLEAR),
    ("APPROVE for 8 hours (max2)", UNCLEAR),
    ("APPROVE for 8 hours, make it2h", UNCLEAR),
    ("APPROVE for 8 hours, mins30", UNCLEAR),
    ("APPROVE for 8 hours, limit:4x3h", UNCLEAR),
    ("APPROVED, max30min", UNCLEAR),
    ("APPROVED, only2h", UNCLEAR),
    ("APPROVED. until5pm", UNCLEAR),
    ("APPROVED. for2h", UNCLEAR),
    ("APPROVED. WS014, win10 and log4j2", ONCE),
    ("APPROVED. Hash 9f2c1e4d, SE3", ONCE),
    ("APPROVED, 30MIN", ("approve", 30)),
    ("Approved. 7ZIP", ONCE),
    ("APPROVE FOR 2 HOURS, three at most", UNCLEAR),
    # An exact one, in bold too, and numbers that are none.
    ("Approved, *2 hours*", ("approve", 120)),
    ("Approved, *for 2 hours*", ("approve", 120)),
    ("*Approved* for *2 hours*.", ("approve", 120)),
    ("APPROVE FOR 2 HOURS, see ticket 4711", ("approve", 120)),
    ("APPROVE FOR 2 HOURS, for WS-014 alone", ("approve", 120)),
    ("Approved: #4711", ONCE),
    ("Approved, the 3 files are known", ONCE),
    # Numbers that count something else than time.
    ("Approved. 2 runs", ONCE),
    ("Approved, 1 PC", ONCE),
    ("Approved, for 2 users", ONCE),
    ("Approved: 3 colleagues need it", ONCE),
    ("Approved, 100%", ONCE),
    ("Approved, +1", ONCE),
    ("Approved, 64-bit version", ONCE),
    ("Approve for 2 hours, 3 users", ("approve", 120)),
    ("Approved, 2 runs of 1 hour", UNCLEAR),
    ("Approved, 2 runs, 30 min", UNCLEAR),
    ("Approved, 2 runs if Bob agrees", UNCLEAR),
    ("Approved, 2 runs only", UNCLEAR),
    ("Approved, 2 huors", UNCLEAR),
    ("Approved, 2", UNCLEAR),
    ("Approved, +1 h", UNCLEAR),
    ("Approve 2 runs", UNCLEAR),
    ("Approve for 2 hours, max 3 runs", UNCLEAR),
    # "No. 2" is a number, but not before a time.
    ("No. 2 hours is too long", NO),
    ("No: 2 h", NO),
    ("No. 2 is fine", UNCLEAR),
    # What stands behind a duration is doubted like what stands behind the word.
    ("Approve for 2 hours, why does she need it", UNCLEAR),
    ("Approve for 2 hours, this is against policy", UNCLEAR),
    ("Approve 1 hour, says Bob", UNCLEAR),
    ("Approve for 1 hour: [ ]", UNCLEAR),
    ("Yes, 1 hour, still in a meeting", UNCLEAR),
    ("Allow 1 hour, I will get back to you", UNCLEAR),
    ("Approve for 2 hours, she knows the tool", ("approve", 120)),
    # Numbers and times that say nothing of how long.
    ("Approved, 7-Zip is known software", ONCE),
    ("Approved, see you next week", ONCE),
    ("Approved, as discussed 2 days ago", ONCE),
    ("APPROVE FOR 2 HOURS, ticket 471", ("approve", 120)),
    ("Approved, hash 9f2c1e7b4d2d9d00aa12c94e", ONCE),
    ("Approved, 9f2c1e7b4d2d9d00aa12c94e is the hash", ONCE),
    ("Approved, id 3f2504e0-4f89-41d3-9a0c-0305e82c3301", ONCE),
    ("Approved, you have 1h30m", UNCLEAR),
    ("Approved, use it 2-days", UNCLEAR),
    ("Approved, 5PM", UNCLEAR),
    ("Approved, 10AM-2PM", UNCLEAR),
    ("Approved, 5MO", UNCLEAR),
    ("Approved, 2YR", UNCLEAR),
    ("Approved, 5PM is fine", UNCLEAR),
    ("Approved, 2FA is on", ONCE),
    ("Approved, 3CX client", ONCE),
    ("APPROVE for 8 hours, h4", UNCLEAR),
    ("APPROVE for 8 hours (plus2)", UNCLEAR),
    ("APPROVE for 8 hours, plus2", UNCLEAR),
    ("Approved, 2MN", UNCLEAR),
    ("APPROVE for 8 hours, change 4", UNCLEAR),
    ("APPROVE for 8 hours, change 4711", ("approve", 480)),
    ("APPROVE for 8 hours, change #4", ("approve", 480)),
    ("APPROVE for 8 hours, ticket 4", ("approve", 480)),
    ("APPROVE for 8 hours, mp4 files", ("approve", 480)),
]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_only_exactly_a_duration_is_one(line: str, expected: tuple[str, int | None]) -> None:
    answer = read_answer(line, 1440)
    assert (str(answer.outcome), answer.minutes) == expected


@given(st.sampled_from(sorted(APPROVING)), st.integers(), st.sampled_from(["m", "hours", "d"]))
def test_an_approval_never_lasts_longer_than_allowed(word: str, number: int, unit: str) -> None:
    answer = read_answer(f"{word} {number} {unit}", 600)
    assert answer.minutes is None or 0 < answer.minutes <= 600
    assert answer.outcome == "unclear" or answer.minutes
