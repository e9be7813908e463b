"""Whose mail a reply answers, by its quote: a colleague's may hold ours, and ours his words."""

import pytest

from tests.approvals.reply.colleagues import (
    BOB,
    HIS,
    LUNCH,
    NUMBERED,
    OURS_UNMARKED,
    REQUEST,
    TO_BOBS,
    TO_OURS,
    decided,
    reply,
)
from tests.approvals.reply.incoming import ADDRESS, OUR_TEXT, marked

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, 14 Jul 2026 at 10:00, Bob Smith wrote to Dana Whitfield:",
        "On Tue, 14 Jul 2026 at 10:00, Bob Smith wrote to PM Console:",
        "On Tue, 14 Jul 2026 at 10:00, Dana Whitfielder wrote:",
        "Am 14.07.2026 um 10:00 schrieb Bob Smith an pm@example.com:",
    ],
)
def test_whom_a_colleague_wrote_to_is_not_who_wrote(introduction: str) -> None:
    quote = f"{introduction}\n> Please confirm the lunch.\n"
    assert decided(reply(f"Yes\n\n{quote}")) == UNCLEAR
    assert decided(reply(f"{quote}\nYes")) == UNCLEAR


def test_a_sender_of_two_letters_is_not_found_in_other_words() -> None:
    quote = "On Tue, 14 Jul 2026 at 10:00, Bob Almond wrote:\n> Please confirm the lunch.\n"
    raw = reply(f"Yes\n\n{quote}").replace(b"Dana Whitfield", b"Al")
    assert decided(raw) == UNCLEAR


def test_an_unmarked_question_above_our_first_line_makes_a_doubtful_quote_not_ours() -> None:
    text = f"Yes\n\nShall we go to lunch?\nBob\n\n{REQUEST.replace('> ', '')}"
    assert decided(reply(text, TO_BOBS, f"Cc: {ADDRESS}", to=BOB, subject=LUNCH)) == UNCLEAR


OURS_HTML = "<br>".join(marked(mark="").splitlines())


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    "quote",
    [
        f"-----Original Message-----\nBob a dit\nFriday off, please.\n\n{OURS_UNMARKED}",
        marked(f"Friday off, please.\n\n{OURS_UNMARKED}"),
    ],
    ids=["below a rule", "marked"],
)
def test_our_email_below_other_text_of_a_doubtful_quote_is_his(quote: str, line: str) -> None:
    assert decided(reply(f"{line}\n\n{quote}", *HIS, to=BOB)) == UNCLEAR
    assert decided(reply(f"{line}\n\n{quote}", TO_BOBS)) == ONCE, "one sign alone"


def test_our_email_below_other_text_of_outlooks_quote_is_his() -> None:
    border = (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">{}</div>'
    )
    ours = f"From: PM Console<br>Sent: 14 Jul 2026<br>To: x<br>Subject: x<br><br>{OURS_HTML}"
    for above, expected in (("<p>Bob a dit</p><p>Friday off, please.</p>", UNCLEAR), ("", ONCE)):
        text = f"<p>Yes</p>{border.format(above + ours)}"
        html = reply(text, *HIS, "Content-Type: text/html; charset=utf-8", to=BOB)
        assert decided(html) == expected


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    "above", ["", "-- \nDana\n\n", "Sent from my iPhone\n\n", "Regards,\n\nDana\n\n"]
)
@pytest.mark.parametrize("head", ["", "Bob a dit\n", "Bob:\n", "[Bob]\n"])
@pytest.mark.parametrize("ours", [REQUEST, f"\n{OURS_UNMARKED}", f"\n{OUR_TEXT}"])
def test_our_email_below_other_text_makes_a_doubtful_quote_not_ours(
    ours: str, head: str, above: str, line: str
) -> None:
    """Nothing tells a colleague's words, quoted without marks, from her own."""
    text = f"{above}{head}I would like Friday off, please approve.\n{ours}"
    assert decided(reply(f"{line}\n\n{text}", *HIS, to=BOB)) == UNCLEAR
    assert decided(reply(f"Deny\n\n{text}", *HIS, to=BOB)) == NO
    assert decided(reply(f"{line}\n\n{text}", TO_BOBS)) == ONCE, "one sign alone"


@pytest.mark.parametrize("above", ["", "Best regards,\n\nDana Whitfield\nIT\n", "-- \nDana\nIT\n"])
@pytest.mark.parametrize("ours", [REQUEST, f"\n{OURS_UNMARKED}"])
def test_our_email_below_her_name_makes_a_doubtful_quote_ours(ours: str, above: str) -> None:
    assert decided(reply(f"Yes\n\n{above}{ours}", *HIS, to=BOB)) == ONCE


@pytest.mark.parametrize(
    "text",
    [
        "Approve\n\nCould you remove it afterwards?" + REQUEST,
        "Approve" + REQUEST.replace("Need the", "Could you approve the"),
        'Approve\n\n> Reason: "The CAD viewer, could you\n> approve it? Thanks!"\n',
        "Approve\n\n________________\nDana Whitfield\nQuestions? Call 4711\n",
        "Approve" + REQUEST.replace("> Write", "> CAUTION: external sender. Suspicious?\n> Write"),
    ],
    ids=["her own", "the requester's", "the requester's, cut out", "a signature's", "a gateway's"],
)
def test_a_question_that_is_no_colleagues_loses_no_answer(text: str) -> None:
    assert decided(reply(text, TO_OURS)) == ONCE


def test_a_question_in_an_html_signature_is_no_quoted_one() -> None:
    text = 'Approve<br><div class="gmail_signature">Dana<br>Questions? Call 4711</div>'
    raw = reply(text, TO_OURS, "Content-Type: text/html; charset=utf-8")
    assert decided(raw) == ONCE
    inside = f"Approve<br><blockquote>{text.partition('<br>')[2]}</blockquote>"
    assert decided(raw.replace(text.encode(), inside.encode())) == UNCLEAR


BY_BOB = f"On Tue, 14 Jul 2026 at 11:00, {BOB} wrote:"


def as_html(text: str) -> bytes:
    return reply(text, TO_BOBS, "Content-Type: text/html; charset=utf-8")


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize("by", [BY_BOB, "On 14/07/2026 11:00, PM Console wrote:", ""])
@pytest.mark.parametrize("headers", [(TO_BOBS,), ()], ids=["his", "none"])
def test_what_a_colleague_asks_below_our_email_in_his_is_no_part_of_ours(
    headers: tuple[str, ...], by: str, line: str
) -> None:
    quote = f"{by}\n{marked(marked())}> Shall I tell her no?\n"
    assert decided(reply(f"{line}\n\n{quote}", *headers)) == UNCLEAR
    assert decided(reply(f"{quote}\n{line}", *headers)) == UNCLEAR


@pytest.mark.parametrize("said", ["Shall I tell her no?", "Please confirm that I tell her no."])
def test_our_email_in_a_colleagues_block_quote_is_his_quote(said: str) -> None:
    ours = f"<blockquote>{OURS_HTML}</blockquote>"
    cited = '<p>Yes</p><div class="moz-cite-prefix">{}</div><blockquote>{}<p>{}</p></blockquote>'
    by_bob = BY_BOB.replace("<", "&lt;")
    assert decided(as_html(cited.format(by_bob, ours, said))) == UNCLEAR
    us = by_bob.replace("Bob Smith", "PM Console").replace("bob@corp.example>", "pm@example.com>")
    assert decided(as_html(cited.format(us, OURS_HTML, "In a browser: x"))) == ONCE


def test_an_unknown_address_may_introduce_our_email_but_not_one_quoted_deeper() -> None:
    """Servers rewrite addresses."""
    assert decided(reply(f"Yes\n\n{BY_BOB}\n{marked()}", TO_BOBS)) == ONCE
    assert decided(reply(f"Yes\n\n> {BY_BOB}\n>\n{marked()}", TO_BOBS)) == ONCE
    assert decided(reply(f"Yes\n\n{BY_BOB}\n{marked(marked())}", TO_BOBS)) == UNCLEAR


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    "his",
    [
        f"{OUR_TEXT}\nPlease confirm that Friday at noon suits you.",
        "Please confirm that Friday suits you. Write your answer above this line",
        "Friday at noon, please.\nWrite your answer above this line",
    ],
)
def test_our_email_in_a_colleagues_mail_in_copy_to_us_is_his_quote(his: str, line: str) -> None:
    head = f"From: {BOB}\nSent: 14 Jul 2026 10:00\nTo: Dana Whitfield\nSubject: Lunch\n"
    for quote in (f"{BY_BOB}\n{marked(his)}", f"{head}\n{his}"):
        assert decided(reply(f"{line}\n\n{quote}", *HIS, to=BOB)) == UNCLEAR


def test_a_colleagues_statement_above_our_email_in_his_mail_to_us_is_his() -> None:
    his = marked(f"Please confirm that Friday suits you.\n{OUR_TEXT}")
    assert decided(reply(f"Yes\n\n{BY_BOB}\n{his}", TO_BOBS)) == UNCLEAR
    his = marked(f"Lunch on 14/07/2026 at 12:30?:\n{OUR_TEXT}")
    assert decided(reply(f"Yes\n\n{his}", TO_BOBS)) == UNCLEAR
    banner = marked(f"CAUTION: External email.\n\n{OUR_TEXT}")
    assert decided(reply(f"Yes\n\n{BY_BOB}\n{banner}", TO_BOBS)) == ONCE


def test_our_email_marked_twice_by_her_own_program_is_ours() -> None:
    assert decided(reply(f"Yes\n\n{marked(marked())}", TO_BOBS)) == ONCE


@pytest.mark.parametrize("above", ["-- \nDana\n\n", "Sent from my iPhone\n\n"])
@pytest.mark.parametrize("by", ["Bob Smith wrote:", "Bob schreef:", "Dana Whitfield wrote:"])
def test_below_a_signature_a_name_may_introduce_a_colleagues_answer(by: str, above: str) -> None:
    """She sent his mail on and typed nothing."""
    assert decided(reply(f"{above}{by}\n\n{marked()}\nApprove\n\nBob\n")) == UNCLEAR


@pytest.mark.parametrize(
    "introduction",
    [
        "Approve\n<bob@corp.example> wrote:",
        "Yes, Bob\n<bob@corp.example> wrote on 14.07.2026 10:00:",
        "Yes, Bob wrote:",
    ],
)
def test_a_name_that_reads_like_an_answer_introduces_a_quote(introduction: str) -> None:
    assert decided(reply(f"{introduction}\n> Let us see.\n", TO_BOBS)) == UNCLEAR
    assert decided(reply(f"{introduction}\n{marked()}", TO_BOBS)) == UNCLEAR


def test_groupwise_names_us_above_an_unmarked_quote() -> None:
    quote = f">>> PM Console <pm@example.com> 14/07/2026 09:26 >>>\n{marked(mark='')}"
    assert decided(reply(f"Yes\n\n{quote}", TO_BOBS)) == ONCE


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Yes, that is odd.", UNCLEAR), ("Yes, go ahead.", ONCE), ("Approve", ONCE), ("Yes", ONCE)],
)
def test_an_answer_below_the_warnings_may_be_to_them_although_nothing_follows(
    line: str, expected: tuple[str, int | None]
) -> None:
    quote = REQUEST[: REQUEST.index("> How to answer")]
    assert decided(reply(f"{quote}\n{line}", TO_OURS)) == expected


@pytest.mark.parametrize("subject", [f"Fwd: {NUMBERED}", "WG: [PM-1042]", "[EXT] FW: [PM-1042]"])
def test_below_the_quote_of_a_mail_that_was_sent_on_an_answer_may_be_its_authors(
    subject: str,
) -> None:
    """A colleague's, who took our name for his and answered below our email."""
    quote = f"From: PM Console\nDate: 14 July 2026\nSubject: x\nTo: Dana\n\n{marked()}"
    assert decided(reply(f"{quote}\nApprove\n\nBob\n", subject=subject)) == UNCLEAR
    assert decided(reply(f"Approve\n\n{quote}", subject=subject)) == ONCE


ASKED_BELOW = [
    f"{OUR_TEXT}\nDana, does lunch on Friday suit you?",
    f"{OUR_TEXT}\nDana, does lunch suit you?\n{OUR_TEXT}",
    "Write your answer above this line\n\nDana, does lunch on Friday suit you?",
]


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize("his", ASKED_BELOW)
@pytest.mark.parametrize("by", ["", BY_BOB, "On 14/07/2026 10:00, PM Console wrote:"])
def test_a_question_below_our_email_in_the_same_quote_is_no_part_of_ours(
    by: str, his: str, line: str
) -> None:
    for headers in (HIS, (), (TO_OURS,)):
        assert decided(reply(f"{line}\n\n{by}\n{marked(his)}", *headers)) == UNCLEAR
    rule = "-----Original Message-----"
    assert decided(reply(f"{line}\n\n{rule}\n{his}", *HIS, to=BOB, subject=LUNCH)) == UNCLEAR


@pytest.mark.parametrize("his", [OUR_TEXT, "Write your answer above this line\n"])
@pytest.mark.parametrize("by", ["", "On 14/07/2026 10:00, PM Console wrote:"])
def test_a_statement_below_our_email_in_a_doubtful_quote_is_his(by: str, his: str) -> None:
    quote = f"{by}\n{marked(his)}> Please confirm that lunch suits you.\n"
    assert decided(reply(f"Yes\n\n{quote}", *HIS, to=BOB, subject=LUNCH)) == UNCLEAR
    assert decided(reply(f"Yes\n\n{quote}", TO_BOBS)) == ONCE, "one sign alone"


@pytest.mark.parametrize("headers", [(TO_OURS,), HIS])
def test_what_we_and_the_requester_ask_in_our_email_is_no_question_of_a_colleagues(
    headers: tuple[str, ...],
) -> None:
    ours = OUR_TEXT.replace("In a browser", "Arguments: /ask?\nIn a browser")
    assert decided(reply(f"Yes\n\n{marked(ours)}", *headers)) == ONCE
