# ruff: noqa: RUF001 - marks of many languages
"""What the text below an answer may do to it: take it back, set its terms, correct it, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.approvals.reply.incoming import OUR_TEXT, html, marked, message, outcome, read
from tests.approvals.reply.test_reply_clear import UTF8, texts

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
FLOWED = f"{UTF8}; format=flowed"
BEFORE = "I have read all of this request from Alice, and after talking to Lee I"


@pytest.mark.parametrize("comment", texts("taking_back_an_approval"))
def test_a_text_that_takes_an_approval_back_or_sets_its_terms_makes_it_unclear(
    comment: str,
) -> None:
    for text in (f"Approve\n\n{comment}\n\n{marked()}", f"Approve.\n{comment}\n"):
        assert outcome(message(text, UTF8)) == UNCLEAR


@pytest.mark.parametrize(
    "below", ["or 3", "to 4 hours", "minus 30 minutes", "starting tomorrow", "or rather not"]
)
def test_a_duration_that_the_next_line_changes_is_unclear(below: str) -> None:
    assert outcome(message(f"Approve for 2 hours\n{below}\n")) == UNCLEAR


@pytest.mark.parametrize("below", ["to get it done", "thanks a lot", "start with the old one"])
def test_what_else_stands_below_a_duration_is_a_comment(below: str) -> None:
    assert outcome(message(f"Approve for 2 hours\n{below}\n")) == ("approve", 120)


@pytest.mark.parametrize(
    "below",
    [
        "I changed my mind, do not run it.",
        "Changed my mind.",
        "Just kidding.",
        "Denied that is.",
        "I did not approve this.",
    ],
)
def test_a_take_back_next_to_those_that_are_listed_counts_as_well(below: str) -> None:
    assert outcome(message(f"Approve\n{below}\n")) == UNCLEAR


@given(st.text("'’\u0301ifonly .,:;!?\n()*-²PSN", max_size=60))
def test_no_text_below_makes_a_message_unreadable(comment: str) -> None:
    for word in ("Approve", "No"):
        assert read(message(f"{word}\n\n{comment}\n", UTF8)).outcome != "rejected"


@pytest.mark.parametrize("mark", ["PS:", "P.S.", "PPS", "NB:", "P.D.:", "Ui.:", "Υ.Γ.", "追伸:"])
@pytest.mark.parametrize(
    "end",
    [
        "-- \nDana Whitfield",
        "Best regards,\nDana",
        "Sent from my iPhone",
        "This e-mail is private.",
    ],
)
def test_a_postscript_is_typed_wherever_it_stands(mark: str, end: str) -> None:
    for said, expected in (("only if Bob agrees.", "unclear"), ("have a nice day.", "approve")):
        reading = read(message(f"Approve\n\nFine.\n\n{end}\n\n{mark} {said}\n", UTF8))
        assert reading.outcome == expected
        assert reading.comment.startswith("Fine.")
        assert reading.comment.endswith(f"{mark} {said}")


def test_a_sentence_wrapped_by_the_mail_program_approves_if_its_end_is_harmless() -> None:
    line = "Approved. The hash is the one on the vendor's page and the publisher is known to the\nteam, "
    for end, expected in (
        ("so there is nothing against it.", ONCE),
        ("see https://example.com/cad?deny=1.", ONCE),
        ("but not to me.", UNCLEAR),
    ):
        assert outcome(message(f"{line}{end}\n")) == expected


def test_the_names_of_companies_are_no_postscripts() -> None:
    end = "-- \nDana Whitfield\nPS Consulting GmbH\nNB Power\n"
    assert read(message(f"Approve\n\nFine.\n\n{end}")).comment == "Fine."


@pytest.mark.parametrize(
    "goes_on",
    [
        (f"{BEFORE}\ncannot approve it.", UTF8),
        (f"{BEFORE} do\nnot approve it.", UTF8),
        (f"{BEFORE} \ncannot \napprove it.", FLOWED),
        ("It is nice. " * 40 + "I deny this request.", UTF8),
        ("A line.\n" * 20 + "I deny this request.", UTF8),
        ("A line.\n" * 250 + "I deny this request.", UTF8),
        (("It is nice. " * 5 + "\n") * 15 + "I deny this request.", UTF8),
        ("It is nice and known to all of us here. " * 200 + "I deny this request.", UTF8),
        ("I de\u00adny th\u200bis request.", UTF8),
    ],
)
def test_a_wrapped_or_long_text_is_read_by_sentences(goes_on: tuple[str, str]) -> None:
    text, content_type = goes_on
    assert outcome(message(f"Approve\n\n{text}\n", content_type)) == UNCLEAR


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Approve</p><p>Best regards,<br>Dana</p><p>P.S. I deny this request.</p>",
        "<div>Approve</div><div>Thanks,<br>Dana</div><div><br></div><div>NB: only if Lee agrees</div>",
        "<p>Approve</p><ul><li>I have to deny this request because it is unsigned.</li></ul>",
        f"<div>Approve</div><div>{'It is nice. ' * 40}I deny this request.</div>",
        "<div>Approve</div><div class=gmail_signature>Dana<br>Sorry, I meant DENY.</div>",
        "<div>Approve</div><div id=Signature>Do not run this.</div>",
    ],
)
def test_what_stands_below_in_html_is_read_as_well(markup: str) -> None:
    assert outcome(html(markup)) == UNCLEAR


@pytest.mark.parametrize("said", ["Sorry, I meant DENY.", "DENY", "Please do not run this."])
def test_what_stands_below_our_email_quoted_without_marks_takes_an_approval_back(said: str) -> None:
    head = "From: PM Console <reply@pm.example.com>\nSubject: Approval needed\n\n"
    for quoted in (OUR_TEXT, head + OUR_TEXT):
        assert outcome(message(f"Approve\n\n{quoted}\n{said}\n")) == UNCLEAR
        assert outcome(message(f"Approve\n\n{quoted}\nThis message was scanned.\n")) == ONCE


@pytest.mark.parametrize("ending", texts("endings"))
def test_a_signature_in_its_element_takes_nothing_back(ending: str) -> None:
    shown = ending.replace("\n", "<br>")
    assert outcome(html(f"<p>Approve</p><div class=gmail_signature>{shown}</div>")) == ONCE


def test_a_line_that_begins_like_one_of_ours_is_the_senders_if_he_refuses_in_it() -> None:
    line = "User alice asks to run setup.exe as administrator, and I deny this."
    assert outcome(message(f"Approve\n\n{line}\n")) == UNCLEAR
    assert outcome(message(f"Approve\n\n{OUR_TEXT}")) == ONCE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Best regards,\nDana\n\nP.S. Sorry, I meant APPROVE", UNCLEAR),
        ("-- \nDana\n\nSorry, I meant to approve it.", UNCLEAR),
        ("Sent from my iPhone\n\nSorry, wrong button, approved.", UNCLEAR),
        ("Sorry, wrong button. Approve please.", UNCLEAR),
        ("Sorry, I can't approve it.", NO),
        ("Sorry, I can't let you do that.", NO),
        ("I would approve it if it were signed.", NO),
        ("Once it is signed, I will approve it.", NO),
    ],
)
def test_a_denial_is_corrected_by_who_approves_below_it(
    text: str, expected: tuple[str, int | None]
) -> None:
    for word in ("Deny", "No"):
        assert outcome(message(f"{word}\n\n{text}\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Max. 30 minutes.", UNCLEAR),
        ("30 minutes should be enough.", UNCLEAR),
        ("1 week only", UNCLEAR),
        ("10 minutes of downtime are fine.", ("approve", 120)),
        ("No longer than 30 minutes please.", UNCLEAR),
        ("For one hour only.", UNCLEAR),
        ("Thanks,\nDana\n\nPS: 30 minutes only.", UNCLEAR),
        ("For 2 hours only.", ("approve", 120)),
        ("2 hours should be enough.", ("approve", 120)),
        ("For one hour of work that's a lot of mail.", ("approve", 120)),
    ],
)
def test_another_duration_below_makes_an_approval_unclear(
    text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(f"Approve for 2 hours\n\n{text}\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes.\n\nI rejected the first one, it had no reason.", ONCE),
        ("Yes.\n\nRejected because it is unsigned.", UNCLEAR),
        ("Approve\nif you need help, call me", ONCE),
        ("Approve\nif Bob agrees, please", UNCLEAR),
        (
            "Approve\n\nI know the tool.\nYou may install the plug-in too. But only if Lee agrees.",
            ONCE,
        ),
        ("Approve\n\nI know the tool.\nPS: only if Lee agrees.", UNCLEAR),
        ("“Approve”\nok for me", ONCE),
        ("Approved, I doubt it", UNCLEAR),
    ],
)
def test_the_line_below_a_word_may_be_a_comment_or_a_condition(
    text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text, UTF8)) == expected


def test_a_denial_below_a_disclaimer_and_the_quote_takes_an_approval_back() -> None:
    disclaimer = "This message is confidential and intended for Alice."
    quoted = f"On 14 Jul 2026 at 09:26, PM <reply@pm.example.com> wrote:\n{marked(OUR_TEXT)}"
    assert outcome(message(f"APPROVE\n\n{disclaimer}\n\n{quoted}\n")) == ONCE
    assert outcome(message(f"APPROVE\n\n{disclaimer}\n\n{quoted}\n\nDENY\n")) == UNCLEAR
