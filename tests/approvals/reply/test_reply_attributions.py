# ruff: noqa: RUF001 - lines as they come in
"""Attributions: they are no text of the sender's, and what he typed above them is."""

from textwrap import wrap

import pytest

from approvals.reply import Invited
from approvals.reply.attributions import MAX_ATTRIBUTION, attribution_length
from approvals.reply.introductions import introduction_length
from tests.approvals.reply.incoming import OUR_TEXT, marked, message, outcome, read
from tests.approvals.reply.introductions import ATTRIBUTIONS

UTF_8 = "Content-Type: text/plain; charset=utf-8"
ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_above_a_marked_quote_is_understood(attribution: str) -> None:
    reading = read(message(f"APPROVE FOR 2 HOURS\n\nFine.\n\n{attribution}\n\n{marked()}"))
    assert (reading.outcome, reading.minutes, reading.comment) == ("approve", 120, "Fine.")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_below_a_marked_quote_is_understood(attribution: str) -> None:
    reading = read(message(f"{attribution}\n{marked()}\nDENY\nUnsigned.\n"))
    assert (reading.outcome, reading.comment) == ("deny", "Unsigned.")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_unmarked_quote_holds_no_answer(attribution: str) -> None:
    reading = read(message(f"\n{attribution}\n\n{OUR_TEXT}"))
    assert (reading.outcome, reading.first_line, reading.comment) == ("unclear", "", "")
    assert outcome(message(f"DENY\n\n{attribution}\n\n{OUR_TEXT}")) == NO


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize(
    "typed",
    [
        "To be removed on Friday.",
        "On hold, I have to ask Bob",
        "I scanned it on 14/07/2026.",
        "Ask lee@example.com for the key.",
        "Bob wrote the installer.",
        "At lunch\nnow\nbye",
    ],
)
def test_what_was_typed_directly_above_an_attribution_isnt_taken_for_a_part_of_it(
    typed: str, attribution: str
) -> None:
    reading = read(message(f"DENY\n{typed}\n{attribution}\n{marked()}", UTF_8))
    assert (reading.outcome, reading.comment) == ("deny", typed)
    assert outcome(message(f"{typed}\n{attribution}\n{marked()}\nAPPROVE\n", UTF_8)) == UNCLEAR


@pytest.mark.parametrize(
    "typed", ["The scan of 14.07.2026 is still running.", "I deny it on 14.07.2026, Alice"]
)
def test_a_date_typed_above_an_attribution_without_a_year_is_no_part_of_it(typed: str) -> None:
    quote = f"On Tue, Jul 14 at 9:26 AM, PM Console <reply@pm.example.com> wrote:\n{marked()}"
    assert outcome(message(f"{typed}\n{quote}\nAPPROVE\n")) == UNCLEAR
    assert read(message(f"DENY\n{typed}\n{quote}")).comment == typed


def test_what_takes_an_approval_back_directly_above_an_attribution_counts() -> None:
    for typed in ("On second thoughts, I deny this request.", "At most 30 minutes."):
        assert outcome(message(f"APPROVE\n{typed}\n{ATTRIBUTIONS[0]}\n{marked()}")) == UNCLEAR


@pytest.mark.parametrize(
    "attribution",
    [
        "Den 14.07.2026 09:26, Privilege Approvals skreiv:",
        "14.07.2026 09:26, Privilege Approvals пишет:",
        "2026. 07. 14. 9:26 keltezéssel, Privilege Approvals írta:",
    ],
)
def test_a_line_that_ends_with_an_address_above_an_attribution_that_names_its_author_was_typed(
    attribution: str,
) -> None:
    for typed in (
        "I deny this, says Bob <bob@example.com>",
        "Only if Lee <lee@example.com> agrees",
    ):
        raw = message(f"APPROVE\n{typed}\n{attribution}\n{marked()}", UTF_8)
        assert outcome(raw) == UNCLEAR
    broken = "PM Console <pm@example.com> schrieb am\n14. Juli 2026 um 09:26 Uhr:"
    assert outcome(message(f"APPROVE\n{broken}\n{marked()}")) == ONCE


BEGIN_WITH_THEIR_DATE = [
    "14.07.2026 09:26, PM Console пишет:",
    "2026. 07. 14. 9:26 keltezéssel, PM Console írta:",
    "wt., 14 lip 2026 o 09:26 PM Console <reply@pm.example.com> napisał(a):",
    "tir. 14. jul. 2026 kl. 09:26 skrev PM Console <reply@pm.example.com>:",
    "14. Jul 2026, 09:26 by reply@pm.example.com:",
]


@pytest.mark.parametrize("attribution", BEGIN_WITH_THEIR_DATE)
@pytest.mark.parametrize(
    "typed", ["At lunch,", "Dana", "Dana,", "On hold,", "Den", "On", "Am Ende,"]
)
def test_a_short_line_above_an_attribution_that_begins_with_its_date_was_typed(
    typed: str, attribution: str
) -> None:
    raw = message(f"{typed}\n{attribution}\n{marked()}\n\nAPPROVE FOR 1 DAY\n", UTF_8)
    assert outcome(raw) == UNCLEAR


def test_a_comments_last_line_isnt_lost_above_an_attribution_that_begins_with_its_date() -> None:
    for attribution in BEGIN_WITH_THEIR_DATE:
        raw = message(f"DENY\nFine\nAt lunch,\n{attribution}\n{marked()}", UTF_8)
        assert read(raw).comment == "Fine\nAt lunch,"


@pytest.mark.parametrize(
    "broken",
    [
        "On Tue,\n14 Jul 2026 at 09:26, PM Console <reply@pm.example.com> wrote:",
        "On Tuesday,\nJuly 14, 2026 at 9:26 AM PM Console <reply@pm.example.com> wrote:",
        "Am Di.,\n14. Juli 2026 um 09:26 Uhr schrieb PM Console <reply@pm.example.com>:",
        "Am Dienstag, dem\n14. Juli 2026 um 09:26 Uhr schrieb PM Console:",
        "El mar,\n14 jul 2026 a las 9:26, PM Console (<reply@pm.example.com>) escribió:",
        "On Tue, 14 Jul\n2026 at 09:26, PM Console <reply@pm.example.com> wrote:",
        "Missatge de PM Console <reply@pm.example.com> del dia dt.,\n14 de jul. 2026 a les 9:26:",
        "PM Console <reply@pm.example.com>\n14 July 2026 at 09:26",
    ],
)
def test_what_the_lower_line_lacks_makes_the_upper_one_a_part_of_the_attribution(
    broken: str,
) -> None:
    """The day of the week with the word before it, half of the date, or the author."""
    reading = read(message(f"APPROVE\n\nFine.\n\n{broken}\n{marked()}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "Fine.")
    assert read(message(f"DENY\n\n{broken}\n\n{marked()}", UTF_8)).comment == ""
    named = Invited("i-1", "dana@example.com", "pending", sent_name="PM Console")
    assert outcome(message(f"{broken}\n{marked()}\nDENY\n", UTF_8), invited=named) == NO


def test_a_name_and_a_date_above_our_email_name_somebody_else_by_his_address() -> None:
    his = f"Lee <lee@example.com>\n14 July 2026 at 09:26\n{marked()}\nAPPROVE\n"
    assert outcome(message(his)) == UNCLEAR


@pytest.mark.parametrize(("line", "expected"), [("APPROVE", ONCE), ("DENY", NO)])
def test_an_answer_above_our_address_alone_is_no_name_before_it(
    line: str, expected: tuple[str, int | None]
) -> None:
    quote = f"<reply@pm.example.com> wrote:\n{marked()}"
    assert outcome(message(f"{line}\n{quote}")) == expected


def test_a_name_above_our_email_quoted_in_a_colleagues_mail_is_no_part_of_our_attribution() -> None:
    """His mail is quoted without marks, and nothing was typed."""
    his = f"Bob Smith wrote:\n{ATTRIBUTIONS[0]}\n{marked()}\nAPPROVE\n"
    assert outcome(message(his)) == UNCLEAR


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_is_known_wherever_a_program_breaks_its_line(attribution: str) -> None:
    words = " ".join(attribution.replace("<\n", "<").split("\n"))
    if not words.startswith("PM Console"):  # else it may begin with a name alone
        for width in range(30, len(words)):
            lines = wrap(words, width, break_long_words=False, break_on_hyphens=False)
            if len(lines) <= MAX_ATTRIBUTION:
                assert attribution_length([*lines, "", "x"], 0) == len(lines), lines
                assert introduction_length([*lines, OUR_TEXT], 0) == len(lines), lines


UNKNOWN_ATTRIBUTIONS = [
    "El 14/7/26 a les 9:26, PM Console ha escrit:",
    "Дана 14.7.2026. у 09:26, PM Console је написао/ла:",
    "14.07.2026 09:26-ին, PM Console-ը գրել է՝",
    "मंगळ, १४ जुलै, २०२६ रोजी ९:२६ AM ला PM Console <reply@pm.example.com> ने लिहिले:",
    "14 ဇူလိုင် 2026 9:26 တွင် PM Console <reply@pm.example.com> က ရေးခဲ့သည်-",
    "* PM Console [2026-07-14 09:26 +0200]:",
    "PM Console wrote:",
]


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("attribution", UNKNOWN_ATTRIBUTIONS)
def test_our_emails_place_tells_an_attribution_in_a_language_that_isnt_known(
    attribution: str, gap: str
) -> None:
    reading = read(message(f"APPROVE\nFine.\n{gap}{attribution}\n{gap}{marked()}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "Fine.")
    reading = read(message(f"{attribution}\n{gap}{marked()}\nDENY\nUnsigned.\n", UTF_8))
    assert (reading.outcome, reading.comment) == ("deny", "Unsigned.")


@pytest.mark.parametrize("attribution", UNKNOWN_ATTRIBUTIONS)
@pytest.mark.parametrize(
    "typed", ["@Bob must check this first.", "Bob wrote that this is malware.", "DENY @Alice, no"]
)
def test_what_was_typed_directly_above_an_attribution_known_by_its_place_is_no_part_of_it(
    typed: str, attribution: str
) -> None:
    raw = message(f"{typed}\n{attribution}\n{marked()}\nAPPROVE\n", UTF_8)
    assert outcome(raw) == (NO if typed.startswith("DENY") else UNCLEAR)
    for above in (typed, "Sorry @Alice, I meant DENY."):
        reading = read(message(f"DENY\n{above}\n{attribution}\n{marked()}", UTF_8))
        assert (reading.outcome, reading.comment) == ("deny", above)
    raw = message(f"APPROVE\nSorry @Alice, I meant DENY.\n{attribution}\n{marked()}", UTF_8)
    assert outcome(raw) == UNCLEAR


@pytest.mark.parametrize(
    "comment",
    [
        "Dana: remove it on 14/07/2026 at 09:00.",
        "Ask Lee <lee@example.com> for the key.",
        "Lee has the key:",
        "I refused it on 14/07/2026 at 09:00:",
    ],
)
def test_a_comment_directly_above_our_email_is_no_attribution(comment: str) -> None:
    assert read(message(f"DENY\n{comment}\n\n{marked()}")).comment == comment


def test_a_rule_may_stand_above_an_attribution() -> None:
    """Proton's app."""
    quote = (
        f"-------- Original Message --------\nOn 14/07/2026 09:26, PM Console wrote:\n{marked()}"
    )
    named = Invited("i-1", "dana@example.com", "pending", sent_name="PM Console")
    assert outcome(message(f"{quote}\nAPPROVE\n"), invited=named) == ONCE
    typed = quote.replace("-------- Original Message --------", "-----hold on-----")
    assert outcome(message(f"{typed}\nAPPROVE\n"), invited=named) == UNCLEAR
    his = quote.replace("PM Console", "Bob Smith")
    assert outcome(message(f"{his}\nAPPROVE\n"), invited=named) == UNCLEAR


def test_gmails_hungarian_attribution_may_be_wrapped_inside_its_bracket() -> None:
    by = "PM Console <reply@pm.example.com> ezt írta (időpont:\n2026. júl. 14., K, 9:26):"
    reading = read(message(f"Approve\n\nFine.\n\n{by}\n\n{marked()}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "Fine.")
    assert outcome(message(f"{by}\n{marked()}\nApprove\n", UTF_8)) == ONCE


@pytest.mark.parametrize(
    "day",
    [
        "N, 26. november 2026 kell 02:39",
        "N, 2026-11-26 02:39",
        "N 26.11.2026",
        "N, 26.11.26 02:39",
    ],
)
@pytest.mark.parametrize(
    "end", [" kirjutas PM Console\n<approvals@pm.example.com>:", "\nPM Console kirjutas:"]
)
def test_the_letter_of_an_estonian_thursday_is_no_answer(day: str, end: str) -> None:
    assert outcome(message(f"\n{day}{end}\n{marked()}")) == UNCLEAR
    assert outcome(message(f"{day}{end}\n{marked()}\nAPPROVE\n")) == ONCE
    assert outcome(message(f"N, too early\n\n{day}{end}\n{marked()}")) == NO
