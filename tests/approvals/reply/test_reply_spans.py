# ruff: noqa: E501, RUF001 - tables of lines as they are typed
"""What stands behind a duration or an approving word: another duration, or a comment."""

import pytest

from approvals.reply.answer import read_answer
from approvals.reply.reading import Outcome

# Rule 4 wants punctuation behind the duration; what follows it is a comment, whatever it counts.
BEHIND_A_DURATION = [
    "version 4.2",
    "it is version 4.2.1",
    "version 4.2 is fine",
    "v4.2",
    "release 24.08",
    "build 7",
    "policy 4.2, section 3",
    "see page 3",
    "ask Bob for key 3",
    "Room 12.",
    "she sits in room 12",
    "floor 3",
    "Windows 11",
    "it runs on Windows 10",
    "Office 365",
    "case 4 is solved",
    "ticket 4",
    "tickets INC-4711 and INC-4712",
    "call +44 20 7946 0018",
    "call me: +49 171 1234567",
    "call 020 7946 0018",
    "my number is 0171 1234567",
    "the tender is due Thursday",
    "the tender is due next week",
    "it is due tomorrow",
    "due date is Monday",
    "it was due on Monday",
    "the tender ends Thursday",
    "meeting on Friday",
    "needed on Monday",
    "please remove it on Friday",
    "see you tomorrow",
    "see you next week",
    "see you Monday",
    "good luck this week",
    "have a nice day",
    "have a nice weekend!",
    "Happy New Year!",
    "the weekly report needs it",
    "monthly closing",
    "as discussed 2 days ago",
    "she called me an hour ago",
    "second request this week",
    "she has 3 licences",
    "it needs 4 GB",
    "the 64-bit version",
    "3 users",
    "for 3 users",
    "it's for the year-end figures",
    "minute-taking software",
]
# Another limit, another time, or the same more than once.
CHANGES_A_DURATION = [
    "rather 30 min",
    "rather 30",
    "30 min",
    "30 minutes",
    "or 30 minutes",
    "max 3",
    "max. 30 minutes",
    "three at most",
    "at most 1",
    "make it 3",
    "make that four",
    "make that 3 times",
    "twice",
    "daily",
    "weekly",
    "every day",
    "each day",
    "until Thursday",
    "until 5",
    "till 17:00",
    "by 5 pm",
    "on Friday only",
    "only on Friday",
    "on Friday",
    "Friday",
    "on 14 July",
    "use it on 14 July",
    "from 14 July",
    "from tomorrow",
    "tomorrow",
    "starting Monday",
    "starting tonight",
    "for the day",
    "all day",
    "this week",
    "for this week",
    "next week",
    "08:00-17:00",
    "08.00-17.00",
    "08-10-2026",
    "on 24.08.2026",
    "from 10 to 12",
    "1.5",
    "better 1.5",
    "4.2",
    "4",
    "+1",
    "+1 hour",
    "plus 2 users",
    "and 30 minutes",
    "30 more minutes",
    "half an hour",
    "an hour",
    "change 4",
    "extension 2",
    "extension: 30",
    "correction 4",
    "revision 4",
    "case 4 hours",
    "case 4 h",
    "case 4h",
    "version 4 hours",
    "room 12-2 hours",
    "version 4.2 hours",
    "ticket 5-2 h",
    "ticket 4 and 5 minutes",
    "call 020 7946 0018, max 1",
    "call 020 7946 480 m",
    "3 users, 30 min",
    "max 3 users",
    "3 users, 4 hours each",
    "version 4.2 if Bob agrees",
    "version 4.2 only",
    "the tender is due Thursday, so 4",
    "the tender is due Thursday, only then",
    "due ore",
    "anzi due",
    "make it due",
    "50% more",
    "make that 50%",
    "do that 2 times",
    "two-hour slots",
    "2 days, as 2 days ago",
    "half an hour ago I said 1",
    "see you tomorrow, max 1",
    "weekly",
    "weekly access",
    "daily use",
    "you can use it daily",
    "overnight",
    "Happy to make it 3",
    "have it for a day",
    "ends Thursday",
    "it expires on Thursday",
    "valid through Friday",
    "use it on Monday",
    "and again on Monday",
    "or Tuesday",
    "access ends at noon",
    "windows 2",
    "call 020 7946 0018 and Thursday 2",
    "room 12 and 13",
    "week-ending Friday",
    "one hour ago I'd have said 2",
    "weekly meetings of 2 h",
    "(30)",
    "~3",
    "h4",
    "max2h",
]
# Rule 3: behind punctuation only what begins with a number and a unit is a duration.
BEHIND_A_WORD = [
    "Happy New Year!",
    "happy weekend",
    "weekly report needs it",
    "for the weekly report",
    "monthly closing tool",
    "daily business",
    "we use it daily",
    "we all use it every day",
    "it's the year-end tool",
    "month-end figures",
    "minute-taking software",
    "Hour-tracking app",
    "she called me an hour ago",
    "Bob told me several weeks ago",
    "as discussed 2 days ago",
    "second request this week",
    "her second request this week",
    "good luck this week",
    "see you next week",
    "the tender is due next week",
    "version 4.2",
    "room 12",
    "her number is +44 20 7946 0018",
    "have a nice day",
    "+1",
    "3 users need it",
    "for this week's tender",
]
MEANS_A_SPAN = [
    "this week",
    "for this week",
    "weekly",
    "daily",
    "daily use only",
    "weekly access",
    "for daily use",
    "you can use it daily",
    "she needs it every day, for an hour",
    "for the day",
    "for a day",
    "one day",
    "full day",
    "day by day",
    "the weekend",
    "for the new year",
    "a happy two days",
    "year",
    "an hour",
    "an hour, as an hour ago",
    "starting an hour ago",
    "half an hour",
    "two-hour slot",
    "three-day-running",
    "hour-long",
    "day-long",
    "week-ending",
    "second hour of this week",
    "minutes",
    "the monthly limit",
    "you have 2 hours",
    "it takes 2 hours",
    "2 weeks",
    "all week",
    "Thursday only",
    "until Thursday",
    "due in a week, until then",
]


@pytest.mark.parametrize("text", BEHIND_A_DURATION)
@pytest.mark.parametrize("mark", [", ", ". ", " - ", ": "])
def test_a_comment_behind_a_duration_changes_nothing(text: str, mark: str) -> None:
    answer = read_answer(f"APPROVE for 2 hours{mark}{text}", 1440)
    assert (answer.outcome, answer.minutes) == (Outcome.APPROVE, 120)


@pytest.mark.parametrize("text", CHANGES_A_DURATION)
@pytest.mark.parametrize("mark", [", ", ". ", " - ", "; "])
def test_what_may_change_the_duration_makes_it_unclear(text: str, mark: str) -> None:
    assert read_answer(f"Approve for 8 hours{mark}{text}", 1440).outcome == Outcome.UNCLEAR


@pytest.mark.parametrize("text", BEHIND_A_WORD)
@pytest.mark.parametrize("word", ["Approved, ", "Yes. ", "APPROVE - ", "Granted: "])
def test_a_time_in_a_comment_is_no_duration(word: str, text: str) -> None:
    answer = read_answer(f"{word}{text}", 1440)
    assert (answer.outcome, answer.minutes) == (Outcome.APPROVE, None)


@pytest.mark.parametrize("text", MEANS_A_SPAN)
@pytest.mark.parametrize("word", ["Approved, ", "Yes. ", "APPROVE - "])
def test_a_span_in_other_words_is_no_duration_and_no_comment(word: str, text: str) -> None:
    assert read_answer(f"{word}{text}", 1440).outcome == Outcome.UNCLEAR


@pytest.mark.parametrize(
    "pair",
    ['""', "''", "``", "´´", "`´", "`'", "“”", "„“", "”“", "““", "“\"", "‘’", "‚‘", "«»", "»«", "‹›", "「」", "『』", "〝〞", "＂＂"],
)  # fmt: skip
def test_one_pair_of_quotation_marks_of_any_kind_is_dropped(pair: str) -> None:
    opening, closing = pair
    for line in (
        f"{opening}APPROVE FOR 2 HOURS{closing}",
        f"{opening}APPROVE{closing} for 2 hours",
    ):
        answer = read_answer(line, 1440)
        assert (answer.outcome, answer.minutes) == (Outcome.APPROVE, 120)
    assert read_answer(f"{opening}DENY{closing}, unsigned", 1440).outcome == Outcome.DENY


@pytest.mark.parametrize("marks", ["'\"", "\"'", "“»", '«"', '´"', "‘”", "「』", "«›"])
def test_two_quotation_marks_of_different_kinds_are_no_pair(marks: str) -> None:
    opening, closing = marks
    for line in (
        f"{opening}APPROVE{closing}",
        f"{opening}APPROVE{closing}, fine",
        f"{opening}Yes, fine{closing}",
    ):
        assert read_answer(line, 1440).outcome == Outcome.UNCLEAR


@pytest.mark.parametrize(
    "line", ["´APPROVE", "APPROVE´ FOR 2 HOURS", "´APPROVE´ and ´DENY´", "´APPROVE´ - Bob Smith"]
)
def test_an_acute_accent_opens_no_more_than_other_marks_do(line: str) -> None:
    assert read_answer(line, 1440).outcome == Outcome.UNCLEAR
