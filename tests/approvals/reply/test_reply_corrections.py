# ruff: noqa: RUF001 - a dash as it is typed
"""What stands below an approval and takes it back, corrects it, or makes it conditional."""

import pytest

from tests.approvals.reply.incoming import marked, message, outcome

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)

CORRECTIONS = [
    ("Sorry, I meant DENY.", UNCLEAR),
    ("Oops, deny it please", UNCLEAR),
    ("No, wait: DENY", UNCLEAR),
    ("Wait. Don't approve it.", UNCLEAR),
    ("Please ignore the above.", UNCLEAR),
    ("Sorry, I was not at my desk.", ONCE),
    ("Actually, she asked me yesterday.", ONCE),
    ("Correction of the cost centre: 4711, no hurry", ONCE),
    ("I mean it isn't urgent, but do it.", ONCE),
    ("Please disregard my last mail to Bob.", ONCE),
    ("DENY the other one.", ONCE),
]


@pytest.mark.parametrize(("comment", "expected"), CORRECTIONS)
def test_a_comment_that_corrects_an_approval_makes_it_unclear(
    comment: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(f"APPROVE\n\n{comment}\n\n{marked()}")) == expected


def test_a_comment_that_corrects_the_duration_makes_it_unclear() -> None:
    assert outcome(message("APPROVE FOR 2 HOURS\n\nSorry, I meant 20 minutes.\n")) == UNCLEAR
    assert outcome(message("APPROVE FOR 2 HOURS\n\n20 minutes wouldn't do.\n")) == ("approve", 120)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("Approve\n\nDeny: X\n", UNCLEAR),
        ("Approve\n\n--> Deny\n", UNCLEAR),
        ("Approve\n\nDeny\nX\n", UNCLEAR),
        ("Deny\n\n[x] Approve\n", UNCLEAR),
        ("APPROVE ____\n\nDENY __X__\n", UNCLEAR),
        ("Approve\n\nDeny the next one\n", ONCE),
        ("Approve\nDeny the next one please, Bob.\n", ONCE),
        ("Approved\nDenied last time because of the missing licence.\n", ONCE),
        ("Approve\nDeny: X\n", UNCLEAR),
    ],
)
def test_a_form_with_the_opposite_word_chosen_is_unclear(
    form: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(form)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, I think we\nshould not do it", UNCLEAR),
        ("Approved, she can run it\nif Bob is next to her", UNCLEAR),
        ("Approved, she can run it\nthanks, dana", ONCE),
        ("Approve for 2 hours\nthanks", ("approve", 120)),
        ("Approve\nbut be quick", ONCE),
        ("APPROVE\nno objection", ONCE),
        ("APPROVE\nremove it later", ONCE),
        ("APPROVE\nhttps://example.com/a?b=c&d=1", ONCE),
        (
            "Approved for 2 hours\nhttps://wiki.example.com/software/cad?page=install",
            ("approve", 120),
        ),
    ],
)
def test_words_that_end_no_sentence_go_on_in_a_line_in_lower_case(
    text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APPROVE\n\nNOT!", UNCLEAR),
        ("APPROVE\n\nI changed my mind: DENY", UNCLEAR),
        ("APPROVE\nKorrektur: DENY", UNCLEAR),
        ("APPROVE\nPlease do not run this.", UNCLEAR),
        ("APPROVE FOR 2 HOURS\n\nSorry, just 30 minutes.", UNCLEAR),
        ("Yes.\n\nPlease deny this request.", UNCLEAR),
        ("Yes,\n\nbut I have to ask Bob.", UNCLEAR),
        ("Yes\nbut only if Bob agrees", UNCLEAR),
        ("“Yes, go ahead.”\n– Bob Smith, Security", UNCLEAR),
        ("DENY\n\nSorry, I meant APPROVE", UNCLEAR),
        ("DENY\n\nSorry, this is not approved", NO),
        ("Yes,\n\nit is fine, go ahead.\n\nDana", ONCE),
        ("APPROVE\n\nThe other request I denied yesterday.", ONCE),
        ("APPROVE\n\nI take that back.", UNCLEAR),
        ("APPROVE\n\nI withdraw my approval.", UNCLEAR),
        ("APPROVE\n\nIt was blocked before.", ONCE),
        ("APPROVE\n\nP.S. Actually no, please deny.", UNCLEAR),
        ("APPROVE FOR 8 HOURS\n*1 hour", UNCLEAR),
        ("APPROVE\nfor 2 hours", UNCLEAR),
        ("Approved: Bob\nRejected: Dana", UNCLEAR),
        ("Approve.\n\nor\n\nDeny.", UNCLEAR),
        ("No\nobjections, go ahead", UNCLEAR),
        ("No.\n\nI have no objection.", UNCLEAR),
        ("No\nthanks", NO),
        ("Approve, alice\nDeny, bob", UNCLEAR),
        ("Yes.\nNo.", UNCLEAR),
        ("Yes.\n\nNo, sorry", UNCLEAR),
        ("Yes.\n\nWell, no.", UNCLEAR),
        ("Approved\n\u7530\u4e2d\u592a\u90ce", ONCE),
        ("Approved\nOops, wrong mail", UNCLEAR),
        ("Denied\nEdit: approved after talking to Lee", UNCLEAR),
        ("Deny\nI take that back, it's fine", UNCLEAR),
        ("APPROVE\n\nI cannot approve this.", UNCLEAR),
        ("APPROVE\n\nNot approved, sorry.", UNCLEAR),
        ("APPROVE\n\nSorry that I couldn't approve it earlier.", ONCE),
        ("APPROVE\n\nMy answer is no.", UNCLEAR),
        ("APPROVE\n\nwrong window, sorry", UNCLEAR),
        ("APPROVE\n\nSorry, meant for Bob", UNCLEAR),
        ("APPROVE\n\nShe is not allowed to install it herself.", ONCE),
        ("APPROVE\n\nNicht vergessen: danach deinstallieren", ONCE),
        ("Yes.\n\nI'll look into it.", ONCE),
        ("Yes\n\nWhat is it about?", ONCE),
        ("Yes, go ahead.\n\nI'll look into the licence.", ONCE),
        ("No\n\nYou can run it.", UNCLEAR),
        ("DENY\n\nOops wrong button, approve please.", UNCLEAR),
    ],
)
def test_what_stands_below_may_take_the_first_line_back(
    text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text, "Content-Type: text/plain; charset=utf-8")) == expected


CONDITIONS = [
    ("If Lee agrees.", UNCLEAR),
    ("Hi Alice,\nif Lee agrees.", UNCLEAR),
    ("Hi Alice,\nenjoy the viewer.", ONCE),
    ("(Only if Lee agrees)", UNCLEAR),
    ("If Lee agrees, she may run it.", UNCLEAR),
    ("As long as Lee agrees", UNCLEAR),
    ("Unless Lee objects.", UNCLEAR),
    ("My approval takes effect once Lee has confirmed.", UNCLEAR),
    ("Valid from 5 pm.", ONCE),
    ("Not before 5 pm!", ONCE),
    ("Nur wenn Lee zustimmt.", UNCLEAR),
    ("Of course only if Lee agrees.", UNCLEAR),
    ("Lee's consent is required.", UNCLEAR),
    ("But Lee has to agree first.", UNCLEAR),
    ("It only works when started as admin.", ONCE),
    ("You have to confirm the dialog.", ONCE),
    ("She must agree to the licence terms.", ONCE),
    ("From 5 pm I'm away.", ONCE),
    ("Not urgent.", ONCE),
    ("If you have questions, call me.", ONCE),
    ("If it asks for a licence, it is in the vault.", ONCE),
    ("When it is done, please uninstall it.", ONCE),
    ("But please be careful.", ONCE),
    ("When I talked to her it was clear.", ONCE),
    ("Conditions of sale: example.com/terms", ONCE),
    ("please uninstall it when you are done", ONCE),
    ("Until next week!", ONCE),
]


@pytest.mark.parametrize(("comment", "expected"), CONDITIONS)
def test_a_condition_that_stands_alone_below_an_approval_is_one(
    comment: str, expected: tuple[str, int | None]
) -> None:
    for text in (f"Approved\n{comment}\n", f"Approved.\n\n{comment}\n\n{marked()}"):
        assert outcome(message(text, "Content-Type: text/plain; charset=utf-8")) == expected


@pytest.mark.parametrize("end", ["Sent from my iPhone", "Thanks,\nDana", "-- \nDana Ortiz, IT"])
@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("Sorry, I pressed the wrong button.", UNCLEAR),
        ("P.S. Sorry, I meant DENY.", UNCLEAR),
        ("If this was sent in error, please delete it. Sorry for the trouble.", ONCE),
        ("", ONCE),
    ],
)
def test_a_correction_below_a_signature_is_one(
    end: str, below: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(f"Approve\n\n{end}\n\n{below}\n\n{marked()}")) == expected
