"""Whose mail a reply answers: a colleague can name us in his, and an honest answer to him names us."""

import pytest

from approvals.reply import Invited, Keys, understand
from tests.approvals.reply.incoming import (
    ADDRESS,
    OUR_TEXT,
    RULES,
    SENT_ID,
    TOKEN,
    marked,
    message,
    outcome,
)

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
INVITED = Invited(
    "i-1",
    "dana@example.com",
    "pending",
    sent_from="pm@example.com",
    sent_name="PM Console",
    number="PM-1042",
    asking_ids=(SENT_ID,),
)
OTHER = Invited("i-2", "dana@example.com", "pending", number="PM-1041")
OTHER_ID = "<1041.request@pm.example.com>"
BOB = "Bob Smith <bob@corp.example>"
TO_BOBS, TO_OURS = "In-Reply-To: <bob@corp.example>", f"In-Reply-To: {SENT_ID}"
LUNCH, NUMBERED = "Re: Lunch", "Re: [PM-1042] Approval needed: setup.exe"
QUESTION = f"\n\nOn Tue, 14 Jul 2026 at 10:00, {BOB} wrote:\n> Shall we go to lunch tomorrow?\n"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h={}; bh=x; b=x"
REQUEST = f"\n\nOn Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:\n{marked()}"


def reply(text: str, *headers: str, to: str = ADDRESS, subject: str = NUMBERED) -> bytes:
    raw = message(text, *headers, to=to)
    before, _, rest = raw.partition(b"Subject: ")
    return before + f"Subject: {subject}\r\n".encode() + rest.partition(b"\r\n")[2]


def read(raw: bytes) -> tuple[str, int | None]:
    return outcome(raw, invited=INVITED)


def test_an_in_reply_to_that_was_taken_away_proves_no_answer_to_us() -> None:
    for line in ("Yes", "Approved."):
        raw = reply(line, SIGNED.format("from:to:cc:subject:date"), f"Cc: {ADDRESS}", to=BOB)
        assert read(raw) == UNCLEAR
    raw = reply("Yes", SIGNED.format("from:to:cc:subject:date"))
    assert read(raw) == ONCE, "one sign alone"


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    ("covered", "more"),
    [
        ("from:to:subject:date:in-reply-to:references", ""),
        ("from:to:subject:date:cc:in-reply-to", BOB),
    ],
    ids=["Cc", "References"],
)
def test_a_field_that_no_signature_names_may_have_been_taken_away(
    covered: str, more: str, line: str
) -> None:
    """What tells that it went to a colleague, or that it answers his mail."""
    headers = (f"Cc: {more}",) if more else (TO_BOBS,)
    assert read(reply(line, *headers, SIGNED.format(covered))) == UNCLEAR
    assert read(reply(line, *headers, SIGNED.format(f"{covered}:cc:references"))) == ONCE


@pytest.mark.parametrize(
    "covered", ["to", "to:mime-version:from:to:cc", "to:in-reply-to:references"]
)
@pytest.mark.parametrize(("text", "header"), [("", ""), ("", TO_OURS), (REQUEST, TO_OURS)])
def test_a_reply_to_us_alone_counts_whatever_its_signature_leaves_out(
    text: str, header: str, covered: str
) -> None:
    """Yahoo's and OpenDKIM's name the fields that are there, Gmail's Cc always, Apple's To alone."""
    headers = [header] if header else []
    raw = reply(f"Yes{text}", *headers, SIGNED.format(f"from:subject:date:{covered}"))
    assert read(raw) == ONCE


@pytest.mark.parametrize(
    ("line", "expected"), [("Yes", UNCLEAR), ("Approved.", UNCLEAR), ("No", UNCLEAR), ("Deny", NO)]
)
@pytest.mark.parametrize(
    ("to", "subject", "headers"),
    [
        (ADDRESS, LUNCH, (TO_BOBS,)),
        (f"Bob Smith <{ADDRESS}>", NUMBERED, (TO_BOBS,)),
        (BOB, LUNCH, (TO_BOBS, f"Cc: {ADDRESS}")),
        (BOB, NUMBERED, (TO_BOBS, f"Cc: {ADDRESS}")),
        (f"Team: bob@corp.example, {ADDRESS};", NUMBERED, (TO_BOBS,)),
        (BOB, NUMBERED, (f"In-Reply-To: <bob@corp.example> {SENT_ID}", f"Cc: {ADDRESS}")),
        (BOB, NUMBERED, (f"In-Reply-To: ({SENT_ID}) bob", f"Cc: {ADDRESS}")),
        (BOB, LUNCH, (TO_OURS, "Cc: pm@example.com")),
        (f"Bob Smith <{ADDRESS}>", LUNCH, ()),
        (ADDRESS, LUNCH, (TO_BOBS, f"Subject: {NUMBERED}")),
    ],
    ids=[
        "his Reply-To",
        "his Reply-To, with his name",
        "his Cc",
        "his Cc, with our subject",
        "a group",
        "two ids",
        "an id in a comment",
        "our Message-ID as his",
        "our address as his in her address book",
        "a second subject",
    ],
)
def test_an_answer_without_a_quote_to_a_mail_that_names_us_may_be_to_its_author(
    to: str, subject: str, headers: tuple[str, ...], line: str, expected: tuple[str, int | None]
) -> None:
    assert read(reply(line, *headers, to=to, subject=subject)) == expected


@pytest.mark.parametrize("to", [ADDRESS, "pm@example.com"])
def test_above_a_colleagues_question_our_message_id_does_not_make_it_ours(to: str) -> None:
    assert read(reply("Yes" + QUESTION, TO_OURS, to=to)) == UNCLEAR


def test_a_question_that_he_sent_under_our_name_is_not_our_email() -> None:
    by_us = QUESTION.replace(BOB, "PM Console")
    assert read(reply("Yes" + by_us, TO_BOBS, subject=LUNCH)) == UNCLEAR
    assert read(reply(f"{by_us}\nYes", TO_BOBS, subject=LUNCH)) == UNCLEAR


def test_of_references_only_the_last_is_what_was_answered() -> None:
    to, cc = BOB, "Cc: pm@example.com"
    thread = f"References: {SENT_ID} <bob@corp.example>"
    assert read(reply("Approve", thread, cc, to=to))[0] == "rejected"
    assert (
        read(reply("Approve", f"References: <x@y.example> {SENT_ID}", to="pm@example.com")) == ONCE
    )


@pytest.mark.parametrize("line", ["Yes", "Approve", "Deny"])
@pytest.mark.parametrize("quote", ["", REQUEST.replace("PM-1042", "PM-1041")])
def test_an_answer_to_another_requests_email_decides_neither(line: str, quote: str) -> None:
    def find(keys: Keys) -> Invited | None:
        if keys.tokens:
            return INVITED if keys.tokens == (TOKEN,) else None
        return {(SENT_ID,): INVITED, (OTHER_ID,): OTHER}.get(keys.message_ids)

    raw = reply(line + quote, f"In-Reply-To: {OTHER_ID}")
    reading = understand(raw, rules=RULES, find=find)
    assert (reading.outcome, "PM-1041" in reading.reason) == ("unclear", True)
    loosely = "DKIM-Signature: d=example.com; h=from:to:subject; bh=x; b=x"
    raw = reply(line + quote, f"In-Reply-To: {OTHER_ID}", loosely)
    assert understand(raw, rules=RULES, find=find).outcome == "unclear"
    assert understand(reply(line, TO_OURS), rules=RULES, find=find).outcome != "unclear"


@pytest.mark.parametrize(
    "raw",
    [
        reply("Yes", TO_OURS, f"References: {SENT_ID}"),
        reply("Yes" + REQUEST, TO_OURS, to=f"Approvals <{ADDRESS}>"),
        reply("Yes", TO_OURS, "Cc: alice@example.com"),
        reply("Yes", "In-Reply-To: <given.by.a.relay@example.net>"),
        reply("Yes" + REQUEST, "In-Reply-To: <relay@example.net>", "Cc: alice@example.com"),
        reply("Approve", subject="Approval"),
        reply("Yes", TO_OURS, subject="Re: approval"),
        reply("Yes", "In-Reply-To: <relay@example.net>", subject="=?utf-8?q?AW=3A_=5BPM-1042=5D?="),
        reply(
            "Approve", "In-Reply-To: <digest@pm.example.com>", subject="Re: [pmconsole] 2 requests"
        ),
    ],
    ids=[
        "reply",
        "a name of her address book",
        "a copy to a colleague",
        "a relay's Message-ID",
        "a relay's Message-ID, a copy, our quote",
        "new mail",
        "another subject",
        "an encoded subject",
        "a digest",
    ],
)
def test_one_sign_alone_does_not_make_an_answer_somebody_elses(raw: bytes) -> None:
    assert read(raw) == ONCE


@pytest.mark.parametrize("line", ["Yes", "Approved."])
def test_our_first_line_below_a_colleagues_question_makes_the_quote_not_ours(line: str) -> None:
    below = f"{QUESTION}> Write your answer above this line\n"
    headers = (TO_BOBS, f"Cc: {ADDRESS}")

    assert read(reply(line + below, *headers, to=BOB, subject=LUNCH)) == UNCLEAR
    assert read(reply(line + below, TO_BOBS, subject=LUNCH)) == UNCLEAR


LONG_NAME = "B" * 420


@pytest.mark.parametrize("line", ["Yes", "Approved.", "No"])
@pytest.mark.parametrize(
    "introduction",
    [
        "Bob Smith wrote:",
        "Bob schreef:",
        "bob:",
        "Quoting Bob:",
        f"On Tue, 14 Jul 2026 at 10:00, {LONG_NAME} <bob@corp.example> wrote:",
        "On Tue, 14 Jul 2026 at 10:00, PM Console wrote:",
        "On Tue, 14 Jul 2026 at 10:00, PM Console (pm@example.com) wrote:",
        "On Tue, 14 Jul 2026 at 10:00, Dana Whitfield wrote:",
        "On Tue, 14 Jul 2026 at 10:00, Bob Smith wrote to dana@example.com:",
    ],
)
@pytest.mark.parametrize("headers", [(TO_BOBS,), (TO_OURS,), ()], ids=["his", "ours", "none"])
def test_a_quoted_question_is_nobodys_request_whoever_introduces_it(
    headers: tuple[str, ...], introduction: str, line: str
) -> None:
    """A display name can be prepared, and a Message-ID of ours given to another mail."""
    quote = f"{introduction}\n> Shall we go to lunch tomorrow?\n>\n{marked(marked())}"
    assert read(reply(f"{line}\n\n{quote}", *headers)) == UNCLEAR
    assert read(reply(f"{quote}\n{line}", *headers)) == UNCLEAR


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ((), "Re: Lunch"),
        ((), "[EXT] AW[2]: Lunch"),
        ((), "\u56de\u590d\uff1aLunch"),
        (("Thread-Index: AdwVd2mFlCzbqUFqQYeGKk9F0XBkGQAAD3aR",), "Lunch"),
    ],
)
def test_a_reply_without_in_reply_to_is_one_all_the_same(
    headers: tuple[str, ...], subject: str, line: str
) -> None:
    assert read(reply(line, *headers, subject=subject)) == UNCLEAR
    assert read(reply(line + REQUEST, *headers, subject=subject)) == ONCE


@pytest.mark.parametrize("headers", [(), ("Thread-Index: AdwVd2mFlCzbqUFqQYeGKk9F0XBkGQ==",)])
@pytest.mark.parametrize("subject", ["Decision", NUMBERED])
def test_a_new_mail_to_the_reply_address_is_no_reply(
    subject: str, headers: tuple[str, ...]
) -> None:
    assert read(reply("Approve", *headers, subject=subject)) == ONCE


def test_our_message_id_in_mail_to_our_from_needs_the_subject_or_a_quote() -> None:
    """Whoever got our email may give its Message-ID to his own, and name our From as Reply-To."""
    to = "pm@example.com"
    assert read(reply("Yes", TO_OURS, to=to, subject=LUNCH)) == UNCLEAR
    assert read(reply("Yes", TO_OURS, to=to)) == ONCE
    assert read(reply("Yes" + REQUEST, TO_OURS, to=to, subject=LUNCH)) == ONCE


@pytest.mark.parametrize(
    ("to", "headers", "expected"),
    [
        (ADDRESS, (TO_BOBS,), UNCLEAR),
        ("pm@example.com", (TO_OURS,), UNCLEAR),
        (ADDRESS, (TO_OURS,), ONCE),
        (ADDRESS, (), ONCE),
    ],
)
def test_a_quote_of_nothing_that_we_write_is_a_sign_beside_others(
    to: str, headers: tuple[str, ...], expected: tuple[str, int | None]
) -> None:
    text = "Yes\n\nOn Tue, 14 Jul 2026 at 10:00, PM Console wrote:\n> Please confirm the lunch.\n"
    assert read(reply(text, *headers, to=to)) == expected


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
    assert read(reply(f"Yes\n\n{quote}")) == UNCLEAR
    assert read(reply(f"{quote}\nYes")) == UNCLEAR


def test_a_sender_of_two_letters_is_not_found_in_other_words() -> None:
    quote = "On Tue, 14 Jul 2026 at 10:00, Bob Almond wrote:\n> Please confirm the lunch.\n"
    raw = reply(f"Yes\n\n{quote}").replace(b"Dana Whitfield", b"Al")
    assert read(raw) == UNCLEAR


def test_an_unmarked_question_above_our_first_line_makes_a_doubtful_quote_not_ours() -> None:
    text = f"Yes\n\nShall we go to lunch?\nBob\n\n{REQUEST.replace('> ', '')}"
    assert read(reply(text, TO_BOBS, f"Cc: {ADDRESS}", to=BOB, subject=LUNCH)) == UNCLEAR


OURS_HTML = "<br>".join(marked(mark="").splitlines())
HIS = (TO_BOBS, f"Cc: {ADDRESS}")
OURS_UNMARKED = (
    f"From: PM Console <pm@example.com>\nSent: 14 Jul 2026\nTo: Bob\nSubject: x\n\n{OUR_TEXT}"
)


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
    assert read(reply(f"{line}\n\n{quote}", *HIS, to=BOB)) == UNCLEAR
    assert read(reply(f"{line}\n\n{quote}", TO_BOBS)) == ONCE, "one sign alone"


def test_our_email_below_other_text_of_outlooks_quote_is_his() -> None:
    border = (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">{}</div>'
    )
    ours = f"From: PM Console<br>Sent: 14 Jul 2026<br>To: x<br>Subject: x<br><br>{OURS_HTML}"
    for above, expected in (("<p>Bob a dit</p><p>Friday off, please.</p>", UNCLEAR), ("", ONCE)):
        text = f"<p>Yes</p>{border.format(above + ours)}"
        html = reply(text, *HIS, "Content-Type: text/html; charset=utf-8", to=BOB)
        assert read(html) == expected


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
    assert read(reply(f"{line}\n\n{text}", *HIS, to=BOB)) == UNCLEAR
    assert read(reply(f"Deny\n\n{text}", *HIS, to=BOB)) == NO
    assert read(reply(f"{line}\n\n{text}", TO_BOBS)) == ONCE, "one sign alone"


@pytest.mark.parametrize("above", ["", "Best regards,\n\nDana Whitfield\nIT\n", "-- \nDana\nIT\n"])
@pytest.mark.parametrize("ours", [REQUEST, f"\n{OURS_UNMARKED}"])
def test_our_email_below_her_name_makes_a_doubtful_quote_ours(ours: str, above: str) -> None:
    assert read(reply(f"Yes\n\n{above}{ours}", *HIS, to=BOB)) == ONCE


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
    assert read(reply(text, TO_OURS)) == ONCE


def test_a_question_in_an_html_signature_is_no_quoted_one() -> None:
    text = 'Approve<br><div class="gmail_signature">Dana<br>Questions? Call 4711</div>'
    raw = reply(text, TO_OURS, "Content-Type: text/html; charset=utf-8")
    assert read(raw) == ONCE
    inside = f"Approve<br><blockquote>{text.partition('<br>')[2]}</blockquote>"
    assert read(raw.replace(text.encode(), inside.encode())) == UNCLEAR


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
    assert read(reply(f"{line}\n\n{quote}", *headers)) == UNCLEAR
    assert read(reply(f"{quote}\n{line}", *headers)) == UNCLEAR


@pytest.mark.parametrize("said", ["Shall I tell her no?", "Please confirm that I tell her no."])
def test_our_email_in_a_colleagues_block_quote_is_his_quote(said: str) -> None:
    ours = f"<blockquote>{OURS_HTML}</blockquote>"
    cited = '<p>Yes</p><div class="moz-cite-prefix">{}</div><blockquote>{}<p>{}</p></blockquote>'
    by_bob = BY_BOB.replace("<", "&lt;")
    assert read(as_html(cited.format(by_bob, ours, said))) == UNCLEAR
    us = by_bob.replace("Bob Smith", "PM Console").replace("bob@corp.example>", "pm@example.com>")
    assert read(as_html(cited.format(us, OURS_HTML, "In a browser: x"))) == ONCE


def test_an_unknown_address_may_introduce_our_email_but_not_one_quoted_deeper() -> None:
    """Servers rewrite addresses."""
    assert read(reply(f"Yes\n\n{BY_BOB}\n{marked()}", TO_BOBS)) == ONCE
    assert read(reply(f"Yes\n\n> {BY_BOB}\n>\n{marked()}", TO_BOBS)) == ONCE
    assert read(reply(f"Yes\n\n{BY_BOB}\n{marked(marked())}", TO_BOBS)) == UNCLEAR


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
        assert read(reply(f"{line}\n\n{quote}", *HIS, to=BOB)) == UNCLEAR


def test_a_colleagues_statement_above_our_email_in_his_mail_to_us_is_his() -> None:
    his = marked(f"Please confirm that Friday suits you.\n{OUR_TEXT}")
    assert read(reply(f"Yes\n\n{BY_BOB}\n{his}", TO_BOBS)) == UNCLEAR
    his = marked(f"Lunch on 14/07/2026 at 12:30?:\n{OUR_TEXT}")
    assert read(reply(f"Yes\n\n{his}", TO_BOBS)) == UNCLEAR
    banner = marked(f"CAUTION: External email.\n\n{OUR_TEXT}")
    assert read(reply(f"Yes\n\n{BY_BOB}\n{banner}", TO_BOBS)) == ONCE


def test_our_email_marked_twice_by_her_own_program_is_ours() -> None:
    assert read(reply(f"Yes\n\n{marked(marked())}", TO_BOBS)) == ONCE


@pytest.mark.parametrize("above", ["-- \nDana\n\n", "Sent from my iPhone\n\n"])
@pytest.mark.parametrize("by", ["Bob Smith wrote:", "Bob schreef:", "Dana Whitfield wrote:"])
def test_below_a_signature_a_name_may_introduce_a_colleagues_answer(by: str, above: str) -> None:
    """She sent his mail on and typed nothing."""
    assert read(reply(f"{above}{by}\n\n{marked()}\nApprove\n\nBob\n")) == UNCLEAR


@pytest.mark.parametrize(
    "introduction",
    [
        "Approve\n<bob@corp.example> wrote:",
        "Yes, Bob\n<bob@corp.example> wrote on 14.07.2026 10:00:",
        "Yes, Bob wrote:",
    ],
)
def test_a_name_that_reads_like_an_answer_introduces_a_quote(introduction: str) -> None:
    assert read(reply(f"{introduction}\n> Let us see.\n", TO_BOBS)) == UNCLEAR
    assert read(reply(f"{introduction}\n{marked()}", TO_BOBS)) == UNCLEAR


def test_groupwise_names_us_above_an_unmarked_quote() -> None:
    quote = f">>> PM Console <pm@example.com> 14/07/2026 09:26 >>>\n{marked(mark='')}"
    assert read(reply(f"Yes\n\n{quote}", TO_BOBS)) == ONCE


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Yes, that is odd.", UNCLEAR), ("Yes, go ahead.", ONCE), ("Approve", ONCE), ("Yes", ONCE)],
)
def test_an_answer_below_the_warnings_may_be_to_them_although_nothing_follows(
    line: str, expected: tuple[str, int | None]
) -> None:
    quote = REQUEST[: REQUEST.index("> How to answer")]
    assert read(reply(f"{quote}\n{line}", TO_OURS)) == expected


@pytest.mark.parametrize("subject", [f"Fwd: {NUMBERED}", "WG: [PM-1042]", "[EXT] FW: [PM-1042]"])
def test_below_the_quote_of_a_mail_that_was_sent_on_an_answer_may_be_its_authors(
    subject: str,
) -> None:
    """A colleague's, who took our name for his and answered below our email."""
    quote = f"From: PM Console\nDate: 14 July 2026\nSubject: x\nTo: Dana\n\n{marked()}"
    assert read(reply(f"{quote}\nApprove\n\nBob\n", subject=subject)) == UNCLEAR
    assert read(reply(f"Approve\n\n{quote}", subject=subject)) == ONCE


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
        assert read(reply(f"{line}\n\n{by}\n{marked(his)}", *headers)) == UNCLEAR
    rule = "-----Original Message-----"
    assert read(reply(f"{line}\n\n{rule}\n{his}", *HIS, to=BOB, subject=LUNCH)) == UNCLEAR


@pytest.mark.parametrize("his", [OUR_TEXT, "Write your answer above this line\n"])
@pytest.mark.parametrize("by", ["", "On 14/07/2026 10:00, PM Console wrote:"])
def test_a_statement_below_our_email_in_a_doubtful_quote_is_his(by: str, his: str) -> None:
    quote = f"{by}\n{marked(his)}> Please confirm that lunch suits you.\n"
    assert read(reply(f"Yes\n\n{quote}", *HIS, to=BOB, subject=LUNCH)) == UNCLEAR
    assert read(reply(f"Yes\n\n{quote}", TO_BOBS)) == ONCE, "one sign alone"


@pytest.mark.parametrize("headers", [(TO_OURS,), HIS])
def test_what_we_and_the_requester_ask_in_our_email_is_no_question_of_a_colleagues(
    headers: tuple[str, ...],
) -> None:
    ours = OUR_TEXT.replace("In a browser", "Arguments: /ask?\nIn a browser")
    assert read(reply(f"Yes\n\n{marked(ours)}", *headers)) == ONCE
