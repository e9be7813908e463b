# ruff: noqa: E501 - layouts as they come in
"""What the sender passed on, quoted or continued isn't taken for an answer of his own."""

import pytest

from approvals.reply import Invited
from tests.approvals.reply.incoming import OUR_TEXT, both, html, marked, message, outcome

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
BOB = "Bob Smith <bob@example.com>"
US = "PM Console <reply@pm.example.com>"
HEAD = "From: {}\nDate: Thu, 26 Nov 2026 at 10:00\nSubject: Re: x\nTo: Dana"
OURS = "<div>Write your answer above this line</div><div>User alice asks to run setup.exe</div>"
CITED = f'<blockquote type="cite">{OURS}</blockquote>'
BOBS = "On Thu, Nov 26, 2026 at 10:00 AM Bob Smith &lt;bob@example.com&gt; wrote:"
FORWARD = "---------- Forwarded message ---------<br>From: <b>Bob Smith</b> &lt;bob@example.com&gt;<br>Date: Thu, Nov 26, 2026 at 10:00 AM<br>Subject: x<br>To: Dana<br>"

PASSED_ON = [
    ("a forward", f"---------- Forwarded message ---------\n{HEAD.format(BOB)}\n\n{marked()}"),
    ("Apple's forward", f"Begin forwarded message:\n\n{HEAD.format(BOB)}\n\n{marked()}"),
    ("a head", f"{HEAD.format(BOB)}\n\n{marked()}"),
    ("a head without an address", f"{HEAD.format('Smith, Bob')}\n\n{marked()}"),
    ("an unmarked quote", f"{HEAD.format('Smith, Bob')}\n\n{OUR_TEXT}"),
    ("an attribution", f"On Thu, 26 Nov 2026 at 10:00, {BOB} wrote:\n\n{marked()}"),
    ("an attribution inside the marks", marked(f"On 26 Nov 2026 10:00, {BOB} wrote:\n{OUR_TEXT}")),
    ("GroupWise", f">>> {BOB} 26/11/2026 10:00 AM >>>\n{OUR_TEXT}"),
    ("below ours", f"{marked()}\n> On 26 Nov 2026 10:00, {BOB} wrote:\n> Fine with me."),
    (
        "below an attribution of ours",
        f"On 26/11/2026, {US} wrote:\n> On 26/11/2026, {BOB} wrote:\n> x",
    ),
    ("the sender's own older mail", f"On 26/11/2026 10:00, Dana Whitfield wrote:\n\n{marked()}"),
    ("a colleague's question", "On 26/11/2026 10:00, Bob wrote:\n> Shall we?\n"),
]


@pytest.mark.parametrize(("name", "quote"), PASSED_ON, ids=[case[0] for case in PASSED_ON])
def test_an_answer_below_somebody_elses_mail_may_be_his(name: str, quote: str) -> None:
    assert outcome(message(f"{quote}\n\nAPPROVE\n\nBob\n")) == UNCLEAR
    assert outcome(message(f"DENY\n\n{quote}\n\nAPPROVE\n")) == NO


def test_a_head_that_stands_on_ours_makes_what_is_below_somebody_elses() -> None:
    rule = "_" * 32
    bobs, ours = HEAD.format("Bob Smith"), HEAD.format(US)
    for heads in (f"{rule}\n{bobs}\n{rule}\n{ours}", f"{bobs}\n{ours}"):
        for above in ("", "Sent from my iPhone\n\n"):
            for quote in (OUR_TEXT, marked()):
                assert outcome(message(f"{above}{heads}\n\n{quote}\n\nYES\n")) == UNCLEAR


@pytest.mark.parametrize(
    "attribution",
    [
        "On 26/11/2026 10:00, Bob Smith wrote:",
        "On 26/11/2026 10:00, Dana Whitfield <dana@example.com> wrote:",
        "On 26/11/2026 10:00, Bob Smith <bob@pm.example.com> wrote:",
    ],
)
def test_what_stands_between_an_attribution_and_our_mail_counts_only_if_it_names_us(
    attribution: str,
) -> None:
    raw = message(
        f"{attribution}\n\nApprove\n\n{marked()}",
        sender="Dana Whitfield <dana@partner.example>",
        results="mx.example.com; dmarc=pass header.from=partner.example",
    )
    invited = Invited("i-1", "dana@partner.example", "pending")
    assert outcome(raw, invited=invited) == UNCLEAR


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("On 14/07/2026 09:26, Approvals <noreply@corp.example> wrote:", ONCE),
        ("On 14/07/2026 09:26, Approvals wrote:", ONCE),
        ("On 14/07/2026 09:26, Bob Smith wrote:", UNCLEAR),
    ],
)
def test_we_are_known_by_what_our_email_came_from(
    attribution: str, expected: tuple[str, int | None]
) -> None:
    invited = Invited(
        "i-1",
        "dana@example.com",
        "pending",
        sent_from="NoReply@corp.example",
        sent_name="Approvals",
    )
    for text in (
        f"{attribution}\n{marked()}\nApprove\n",
        f"{attribution}\n\nApprove\n\n{marked()}",
    ):
        assert outcome(message(text), invited=invited) == expected


@pytest.mark.parametrize(
    "attribution", ["PM Console wrote on 26.11.2026 10:00:", "On 26/11/2026, Lee Park wrote:"]
)
def test_a_name_in_an_attribution_is_compared_with_ours_if_the_reply_tells_it(
    attribution: str,
) -> None:
    to = "PM Console <reply+a2b3c4d5e6f7g2h3i4j5k6l7m2@pm.example.com>"
    expected = ONCE if "Console" in attribution else UNCLEAR
    assert outcome(message(f"{attribution}\n{marked()}\nApprove\n", to=to)) == expected


@pytest.mark.parametrize(
    "markup",
    [
        f'<div class="gmail_quote"><div class="gmail_attr">{FORWARD}</div><br>{CITED}<div>APPROVE</div></div>',
        f'<div class="gmail_quote"><div class="gmail_attr">{FORWARD}</div><div class="gmail_quote">{CITED}</div><div>APPROVE</div></div>',
        f'<div class="yahoo_quoted"><div>{BOBS}</div>{CITED}<div>Approve</div></div>',
        f"<div>Begin forwarded message:<br><br></div>{FORWARD.partition('<br>')[2]}<br>{CITED}Approve",
        f'<div class="moz-cite-prefix">{BOBS}</div>{CITED}<p>Approve</p>',
    ],
)
def test_an_answer_below_somebody_elses_mail_in_html_may_be_his(markup: str) -> None:
    assert outcome(html(markup)) == UNCLEAR


@pytest.mark.parametrize(
    "attribution",
    [
        "Y. Sato wrote on 26.11.2026 09:26:",
        "N. M\u00fcller schrieb am 26.11.2026 09:26:",
        "Yes Networks <yes@example.com> wrote on 26.11.2026 09:26:",
    ],
)
def test_a_line_that_introduces_a_quote_is_no_answer(attribution: str) -> None:
    assert (
        outcome(message(f"{attribution}\n\n> I would let her run it.\n\nLet us see.\n")) == UNCLEAR
    )


@pytest.mark.parametrize(
    "text",
    [
        "DENY> unsigned, from Temp\n\nYes, Bob told me so already.\n",
        "| Request | Decision |\n| PM-1042 | DENY |\n\nYes, as discussed.\n",
        "----- NOT APPROVED -----\n\n{}\n\nYes, Bob knows about it.\n",
        "Sent from a train, so short: I refuse.\n\n{}\n\nYes, Bob knows about it.\n",
        "Excuse my brevity: denied.\n\n{}\n\nYes, Bob knows about it.\n",
        "On 14.07.2026 Bob wrote: refuse:\n\nYes, Bob knows.\n\n{}",
    ],
)
def test_a_first_line_that_only_looks_like_a_mail_programs_is_not_passed_over(text: str) -> None:
    assert outcome(message(text.replace("{}", marked()))) == UNCLEAR


def test_an_indented_first_line_is_not_passed_over() -> None:
    indented = '<blockquote style="margin:0 0 0 40px;border:none">I can\u2019t do it.</blockquote>'
    assert outcome(html(f"{indented}<div>Yes, I know it is urgent.</div>")) == UNCLEAR


def test_an_answer_between_the_pieces_of_our_mail_is_the_first_line() -> None:
    pieces = '<div class="gmail_quote"><div class="gmail_attr">On Tue, Jul 14, 2026 at 9:26 AM PM Console &lt;reply@pm.example.com&gt; wrote:</div>{}<div>{{}}</div><blockquote class="gmail_quote">Reason: &ldquo;x&rdquo;</blockquote><div>Yes, Bob agrees.</div></div>'
    markup = pieces.format(CITED)
    assert outcome(html(markup.format("NO."))) == NO
    text = f"On Tue, 14 Jul 2026, {US} wrote:\n\n{marked(OUR_TEXT[:96])}\nAPPROVE\n\n{marked(OUR_TEXT[96:])}"
    assert outcome(both(text, markup.format("APPROVE"))) == ONCE


BEGUN = "Yes, I have read the request from Alice carefully and I have to say that\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{BEGUN}this message is not an approval.",
        f"{BEGUN}confidential or not, I don't approve it.",
        f"{BEGUN}sent from my old account it is no good, do not run it.",
        f"{BEGUN}user alice asks to run setup.exe, and I do not want that.",
        f"{BEGUN}>From what I see it is not safe and must not run.",
        f"{BEGUN}she may, in principle, run a setup file from the temporary folder, though I\ndo not approve it today.",
        "Approved,\nbut not today.",
        "Approve:\nDeny: X",
    ],
)
def test_a_sentence_that_goes_on_below_is_read_to_its_end(text: str) -> None:
    assert outcome(message(f"{text}\n\n{marked()}")) == UNCLEAR


@pytest.mark.parametrize("wrapped", ["<pre>{}\n{}</pre>", "<div>{}<br>\n{}</div>"])
def test_a_sentence_that_goes_on_below_in_html_is_read_to_its_end(wrapped: str) -> None:
    markup = wrapped.format(BEGUN.strip(), "we should not approve it.")
    assert outcome(html(markup)) == UNCLEAR


QUESTIONS = [
    "> Should I reject it?",
    "> Hi Dana,\n> is there any reason to deny this?\n> Bob",
    "> no, I would not",
    ">> DENY",
    f"> Should I tell her that it's refused?\n>\n{marked(marked())}",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_below_a_quoted_question_isnt_one_to_our_email(question: str) -> None:
    assert outcome(message(f"{question}\n\nYes.\n")) == UNCLEAR
    assert outcome(message(f"{question}\n\nNo.\n")) == UNCLEAR


def test_an_answer_below_a_piece_of_our_email_counts_without_an_introduction() -> None:
    for piece in ("> Worth a second look:\n> - Unsigned", "> as administrator on WS-014."):
        assert outcome(message(f"{piece}\n\nApprove\n")) == ONCE


def test_an_address_in_the_requesters_reason_makes_nobody_elses_mail_of_ours() -> None:
    reason = "can you approve? Bob <bob@example.com> wrote on 14.07.2026: fine"
    quote = marked(OUR_TEXT.replace("Need the CAD viewer", reason.replace(" wrote", "\nwrote")))
    assert outcome(message(f"On 14/07/2026, {US} wrote:\n{quote}\nApprove\n")) == ONCE


@pytest.mark.parametrize("second", ["DENY", "No. Unsigned is too risky."])
def test_a_denial_between_further_pieces_of_our_email_makes_an_approval_unclear(
    second: str,
) -> None:
    pieces = (marked(OUR_TEXT[:96]), marked(OUR_TEXT[96:300]), marked(OUR_TEXT[300:]))
    inline = f"{pieces[0]}\nYes, I remember her.\n\n{pieces[1]}\n{second}\n\n{pieces[2]}"
    assert outcome(message(inline)) == UNCLEAR
    assert outcome(message(f"Yes, see below.\n\n{inline.replace('Yes, I', 'I')}")) == UNCLEAR
    assert outcome(message(inline.replace(second, "She is in my team."))) == ONCE


def test_yes_below_the_warnings_of_our_email_may_be_about_them() -> None:
    above, below = OUR_TEXT.split("- First seen")
    for line, expected in (("Yes, signed is better.", UNCLEAR), ("Yes, go ahead.", ONCE)):
        raw = message(f"{marked(above)}\n{line}\n\n{marked(f'- First seen{below}')}")
        assert outcome(raw) == expected


def test_a_denial_directly_below_a_quoted_line_makes_an_approval_unclear() -> None:
    above, below = OUR_TEXT.split("How to answer")
    quoted = f"{marked(above).rstrip()}\nDENY\n{marked(f'How to answer{below}')}"
    assert outcome(message(f"Approved, see below.\n\n{quoted}")) == UNCLEAR


def test_outlooks_paragraphs_go_on_with_a_sentence() -> None:
    line = "Yes, I have seen the request and I think that we"
    assert outcome(html(f"<p>{line}</p><p>should deny it.</p>")) == UNCLEAR


@pytest.mark.parametrize("quote", ["> Bob Smith wrote:\n", ">>> Bob Smith 26.11.2026 10:00 >>>\n"])
def test_a_marked_name_may_introduce_what_stands_below(quote: str) -> None:
    assert outcome(message(f"{quote}\nApprove\n\nBob\n")) == UNCLEAR


@pytest.mark.parametrize(
    "below",
    [
        "This message is confidential. If you are not the recipient, delete it.",
        "Sent from my iPhone, if you like",
        "On Tue, 14 Jul 2026 at 9:26, PM Console <reply@pm.example.com> wrote:\n> a",
    ],
)
def test_what_a_gateway_puts_below_a_whole_sentence_is_no_part_of_it(below: str) -> None:
    text = "Yes, I have read the request from Alice carefully, go ahead."
    assert outcome(message(f"{text}\n{below}\n")) == ONCE
