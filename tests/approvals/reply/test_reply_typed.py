# ruff: noqa: RUF001 - attributions as programs write them
"""What an approver types around, inside and below our email isn't passed over, wherever it stands."""

import pytest

from tests.approvals.reply.colleagues import BY_US, HEAD, INVITED, SIGNS, TO_OURS, reply, sent
from tests.approvals.reply.incoming import OUR_TEXT, html, marked, outcome

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)


@pytest.mark.parametrize(
    ("directly", "below"),
    [
        ("DENY, unsigned.", "Y."),
        ("Who is alice, and why does she need it?", "Y."),
        ("No, I don't want unsigned programs.", "Granted, the vendor is known."),
        ("Approve for 30 minutes.", "Approved."),
    ],
)
def test_what_is_typed_directly_below_our_email_isnt_passed_over(directly: str, below: str) -> None:
    for quote in (f"{BY_US}\n{marked()}", f"{HEAD}\n{OUR_TEXT}"):
        raw = reply(f"{quote.rstrip()}\n{directly}\n\n{below}\n", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["DENY", "No", "Why?", "If Lee agrees.", *SIGNS])
def test_what_is_typed_inside_our_email_without_marks_isnt_passed_over(typed: str) -> None:
    heading = "Worth a second look:"
    quote = OUR_TEXT.replace(heading, f"{typed}\n\n{heading}")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS, "Content-Type: text/plain; charset=utf-8")
    for known in (sent(OUR_TEXT), INVITED):
        assert outcome(raw, invited=known) == UNCLEAR


LINKS = ["https://scan.example/malicious", "lee@example.com", "www.scan.example", "tel:+4912345"]


@pytest.mark.parametrize("typed", LINKS)
def test_a_link_typed_alone_inside_our_email_without_marks_isnt_passed_over(typed: str) -> None:
    heading = "Worth a second look:"
    quote = OUR_TEXT.replace(heading, f"{typed}\n\n{heading}")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


INDENTS = [
    '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">{}</blockquote>',
    '<blockquote style="margin-top:0;margin-bottom:0">{}</blockquote>',
    "<blockquote><p>{}</p></blockquote>",
]


@pytest.mark.parametrize("indent", INDENTS)
@pytest.mark.parametrize(
    "typed", ["DENY", "No.", "Wait for Lee.", "Why?", "---- NO ----", "External sender?", *SIGNS]
)
def test_what_is_typed_indented_above_or_below_our_email_isnt_passed_over(
    typed: str, indent: str
) -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    indented = indent.format(typed)
    for text in (f"{quote}{indented}<br>", f"{indented}<br>{quote}"):
        raw = html(f"{text}<div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["> DENY", "| Wait for Lee.", "DW> No."])
def test_what_is_marked_below_our_email_and_isnt_ours_isnt_passed_over(typed: str) -> None:
    raw = reply(f"{BY_US}\n{marked()}\n\n{typed}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("above", ["Sent from my iPhone", "Sent from Outlook for Android"])
@pytest.mark.parametrize(
    "typed", ["No.", "DENY", "Wait for Lee.", "Why does she need it?", "For 30 minutes", *SIGNS]
)
def test_what_is_typed_below_sent_from_isnt_passed_over(typed: str, above: str) -> None:
    text = f"{above}\n\n{typed}\n\n{BY_US}\n{marked()}\n\nYes.\n"
    raw = reply(text, TO_OURS, "Content-Type: text/plain; charset=utf-8")
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR
    if typed.endswith((".", "?")):
        assert outcome(raw, invited=INVITED) == UNCLEAR


@pytest.mark.parametrize(
    "typed", ["---- NO ----", "---- wait for Lee ----", "____ Who is alice? ____"]
)
def test_words_between_dashes_above_our_email_may_be_typed(typed: str) -> None:
    for quote in (f"\n{BY_US}\n{marked()}", f"\n{HEAD}\n{OUR_TEXT}", marked()):
        raw = reply(f"{typed}\n{quote}\n\nYes.\n", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR
    split = marked().replace("> Worth", f"\n{typed}\n\n> Worth")
    raw = reply(f"{BY_US}\n{split}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


NOTES = "PM Console <pm@example.com>\n14 Jul 2026 10:00\n\nTo\nDana\nSubject\nApproval needed\n"


def test_what_is_typed_between_notes_head_and_our_email_is_no_part_of_the_head() -> None:
    for typed, expected in (("", ONCE), ("DENY\n\n", UNCLEAR), ("Wait for Lee.\n\n", UNCLEAR)):
        for quote in (OUR_TEXT, marked()):
            raw = reply(f"{NOTES}\n{typed}{quote}\n\nYes.\n", TO_OURS)
            assert outcome(raw, invited=sent(OUR_TEXT)) == expected, typed


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ('- write "DENY" to refuse.', "- DENY"),
        ("- Unsigned: the publisher can't be checked.", "Unsigned"),
        ("- Unsigned: the publisher can't be checked.", "- the publisher"),
    ],
)
def test_a_piece_of_ours_whose_rest_is_missing_may_be_typed(line: str, typed: str) -> None:
    quote = OUR_TEXT.replace(line, f"\n{typed}\n")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("sign", ["?", "???", *SIGNS])
def test_signs_around_a_gateways_banner_are_the_first_line(sign: str) -> None:
    for top in (f"CAUTION: external sender\n\n{sign}", f"{sign}\n\nClassification: Internal"):
        text = f"{top}\n\nYes.\n\n{BY_US}\n{marked()}"
        raw = reply(text, TO_OURS, "Content-Type: text/plain; charset=utf-8")
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["External sender?", "[EXTERNAL]?"])
def test_a_question_above_our_email_without_marks_is_no_banner(typed: str) -> None:
    raw = reply(f"{HEAD}\n{typed}\n\n{OUR_TEXT}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_an_answer_directly_below_the_last_field_of_a_head_is_no_part_of_it() -> None:
    subject = "x" * 60
    head = HEAD.replace("Subject: x", f"Subject: [PM-1042] {subject}").rstrip()
    raw = reply(f"{head}\nDENY\n\n{OUR_TEXT}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_a_link_alone_in_an_indent_below_our_email_isnt_passed_over() -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    for link in LINKS:
        raw = html(f"{quote}{INDENTS[0].format(link)}<br><div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("sign", SIGNS[:2])
def test_a_picture_in_an_indent_inside_a_line_of_ours_isnt_passed_over(sign: str) -> None:
    begun, rest = (part.replace("\n", "<br>") for part in OUR_TEXT.split("the publisher"))
    for indent in INDENTS:
        typed = indent.format(sign)
        quote = f"<blockquote type=cite>{begun}{typed}the publisher{rest}</blockquote>"
        raw = html(f"<div>{BY_US}</div>{quote}<br><div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization",
        "[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you recognize the sender",
    ],
)
def test_what_is_typed_directly_below_a_gateways_banner_is_the_first_line(banner: str) -> None:
    for typed, expected in (("Wait for Lee", UNCLEAR), ("Never", UNCLEAR), ("DENY", NO)):
        raw = reply(f"{banner}\n{typed}\n\nYes.\n\n{BY_US}\n{marked()}", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == expected, typed
    assert outcome(reply(f"{banner}\nYes.\n", TO_OURS), invited=sent(OUR_TEXT)) == ONCE


@pytest.mark.parametrize("typed", ["Unsigned.", 'Write "DENY"', "User alice"])
def test_the_beginning_of_a_line_of_ours_above_an_answer_may_be_typed(typed: str) -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    raw = html(f"{quote}{INDENTS[0].format(typed)}<br><div>Yes.</div>", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_a_signature_on_top_hides_no_answer_below_our_email() -> None:
    above = "-- \nDana Whitfield\nHead of IT | Example Ltd"
    raw = reply(f"{above}\n\n{BY_US}\n{marked()}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == ONCE


TYPED_IN_INTRODUCTIONS = [
    f"-------- NO --------\n{BY_US}",
    f"-------- Wait for Lee --------\n{BY_US}",
    f"-------- Wait for Lee -------- NO\n{BY_US}",
    f"-------- Wait for Lee --------\n{HEAD}",
    f"{BY_US} DENY",
    "PM Console <reply@pm.example.com> ezt írta (időpont: 2026. júl. 14., K, 10:00): DENY",
    f"Sent from my iPhone but no\n\n{BY_US}",
    f"Sent from my iPhone. Please hold\n\n{BY_US}",
    f"Sent from my iPhone but wait\n\n{BY_US}",
    f"Internal \N{CROSS MARK}\n\n{BY_US}",
]


@pytest.mark.parametrize("above", TYPED_IN_INTRODUCTIONS)
def test_what_is_typed_in_what_looks_like_an_introduction_isnt_passed_over(above: str) -> None:
    charset = "Content-Type: text/plain; charset=utf-8"
    raw = reply(f"{above}\n{marked()}\n\nYes.\n", TO_OURS, charset)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


LIKE_ATTRIBUTIONS = [
    "DENY, as PM Console wrote on 27.11.2026:",
    "Too risky (see pm@example.com, 27.11.2026):",
    "Wait, as pm@example.com wrote on 14 Jul 2026:",
    "Only if Lee agrees (pm@example.com, 10:30):",
    "Wait until Monday, 30 Nov 2026 10:00:",
    "Wait (pm@example.com, 27.11.2026):",
    "DENY (pm@example.com, 27.11.2026):",
    "Nie. 27.11.2026 10:00, pm@example.com napisał:",
    "❌ PM Console <pm@example.com> wrote 27.11.2026:",
    "---- ??? ----",
    "---- ❌ ----",
    "---- 30 ----",
    "---- On hold till 30.11.2026 @Lee ----",
    "---- No. See pm@example.com 27.11.2026 ----",
    "Подожди до 30.11.2026 10:00, pm@example.com пишет:",
    "等Lee 2026年11月30日 10:00 pm@example.com 写道：",
]


@pytest.mark.parametrize("typed", LIKE_ATTRIBUTIONS)
def test_a_sentence_that_looks_like_an_attribution_isnt_passed_over(typed: str) -> None:
    split = marked().replace("> Worth", f"\n{typed}\n\n> Worth")
    for text in (f"{typed}\n{marked()}", f"{BY_US}\n{split}", f"{typed}\n\n{BY_US}\n{marked()}"):
        raw = reply(f"{text}\n\nYes.\n", TO_OURS, "Content-Type: text/plain; charset=utf-8")
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["DENY", "Wait for Lee", "❌", "Note: not today"])
@pytest.mark.parametrize("label", ["Sent:", "To:", "Subject:"])
def test_what_is_typed_between_the_fields_of_a_head_isnt_passed_over(
    typed: str, label: str
) -> None:
    head = HEAD.replace(label, f"{typed}\n{label}")
    for quote in (marked(), OUR_TEXT):
        raw = reply(
            f"{head}\n{quote}\n\nYes.\n", TO_OURS, "Content-Type: text/plain; charset=utf-8"
        )
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


TITLES = [
    "-----Original Message-----",
    "-------- Ursprüngliche Nachricht --------",
    "-------- Message d'origine --------",
    "------------------ 原始邮件 ------------------",
    "---------- Forwarded message ---------",
    "-------- Исходное сообщение --------",
]


ATTRIBUTIONS = [
    "On Tuesday, July 14th, 2026 at 9:26 AM, PM Console <pm@example.com> wrote:",
    "On 14 July 2026 09:26:00 CEST, PM Console <pm@example.com> wrote:",
    "Am Di., 14. Juli 2026 um 09:26 Uhr schrieb PM Console <pm@example.com>:",
    "Le mar. 14 juil. 2026 à 09:26, PM Console <pm@example.com> a écrit :",
    "No dia 14 de julho de 2026, às 09:26, PM Console <pm@example.com> escreveu:",
    "ti 14. heinäk. 2026 klo 9.26 PM Console (pm@example.com) kirjoitti:",
    "Op 14 jul 2026 om 10:00 heeft PM Console <pm@example.com> het volgende geschreven:",
    "PM Console <pm@example.com> hat am 14. Juli 2026 um 10:00 geschrieben:",
    "Em sexta-feira, 17 de julho de 2026 às 10:00, PM Console <pm@example.com> escreveu:",
    "ne 19. 7. 2026 v 9:26 odesílatel PM Console <pm@example.com> napsal:",
    "wt., 14 lip 2026 o 09:26 PM Console <pm@example.com> napisał(a):",
    "PM Console <pm@example.com>, 14 Tem 2026 Sal, 09:26 tarihinde şunu yazdı:",
    "PM Console <pm@example.com> ezt írta (időpont: 2026. júl. 14., K, 9:26):",
    "Vào Th 3, 14 thg 7, 2026 vào lúc 09:26 PM Console <pm@example.com> đã viết:",
    "вт, 14 июл. 2026 г. в 09:26, PM Console <pm@example.com>:",
    "вт, 14 лип. 2026 р. о 09:26 PM Console <pm@example.com> пише:",
    "Στις Τρι 14 Ιουλ 2026 στις 9:26, ο/η PM Console <pm@example.com> έγραψε:",
    "בתאריך יום ג׳, 14 ביולי 2026 ב-9:26 מאת PM Console <pm@example.com>:",
    "2026年7月14日(火) 9:26 PM Console <pm@example.com>:",
    "PM Console <pm@example.com> 于2026年7月14日周二 09:26写道：",
    "2026년 7월 14일 (화) 오전 9:26, PM Console <pm@example.com>님이 작성:",
    "मंगळ, १४ जुलै, २०२६ रोजी ९:२६ AM ला PM Console <pm@example.com> ने लिहिले:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_below_a_quote_under_a_programs_attribution_counts(attribution: str) -> None:
    charset = "Content-Type: text/plain; charset=utf-8"
    raw = reply(f"{attribution}\n{marked()}\n\nYes.\n", TO_OURS, charset)
    assert outcome(raw, invited=sent(OUR_TEXT)) == ONCE


@pytest.mark.parametrize("title", TITLES)
def test_an_answer_below_a_quote_under_a_programs_title_counts(title: str) -> None:
    charset = "Content-Type: text/plain; charset=utf-8"
    raw = reply(f"{title}\n{HEAD}\n{OUR_TEXT}\n\nYes.\n", TO_OURS, charset)
    assert outcome(raw, invited=sent(OUR_TEXT)) == ONCE
