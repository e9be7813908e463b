# ruff: noqa: E501, RUF001 - tables of lines as they come in
"""The newly written text in the layouts of mail programs."""

from textwrap import wrap

import pytest

from approvals.reply import Invited
from approvals.reply.attributions import MAX_ATTRIBUTION, attribution_length
from approvals.reply.introductions import introduction_length
from tests.approvals.reply.incoming import ADDRESS, OUR_TEXT, marked, message, outcome, read

ATTRIBUTIONS = [
    "On Tue, Jul 14, 2026 at 9:26 AM PM Console <reply@pm.example.com> wrote:",
    "On Tue, Jul 14, 2026 at 9:26\u202fAM PM Console <\nreply+x@pm.example.com> wrote:",
    "On Tue, 14 Jul 2026 at 09:26, PM Console <reply@pm.example.com>\nwrote:",
    "On 14 Jul 2026, at 09:26, PM Console <reply@pm.example.com> wrote:",
    "On 14/07/2026 09:26, PM Console wrote:",
    "On Tuesday, July 14th, 2026 at 9:26 AM, PM Console <reply@pm.example.com> wrote:",
    "On 14 July 2026 09:26:00 CEST, PM Console <reply@pm.example.com> wrote:",
    "PM Console <reply@pm.example.com> writes:",
    "PM Console <reply@pm.example.com> wrote on 14.07.2026 09:26:00:",
    "Am 14.07.2026 um 09:26 schrieb PM Console:",
    "Am Di., 14. Juli 2026 um 09:26 Uhr schrieb PM Console <reply@pm.example.com>:",
    "Am 14.07.2026 um 09:26 schrieb PM Console <reply@pm.example.com>:",
    "Le mar. 14 juil. 2026 \u00e0 09:26, PM Console <reply@pm.example.com> a \u00e9crit\u00a0:",
    "Le 14/07/2026 \u00e0 09:26, PM Console a \u00e9crit :",
    "El mar, 14 jul 2026 a las 9:26, PM Console (<reply@pm.example.com>) escribi\u00f3:",
    "Em ter., 14 de jul. de 2026 \u00e0s 09:26, PM Console <reply@pm.example.com>\nescreveu:",
    "No dia 14 de julho de 2026, \u00e0s 09:26, PM Console <reply@pm.example.com> escreveu:",
    "Il giorno mar 14 lug 2026 alle ore 09:26 PM Console <\nreply@pm.example.com> ha scritto:",
    "Op di 14 jul 2026 om 09:26 schreef PM Console <reply@pm.example.com>:",
    "Den tis 14 juli 2026 kl 09:26 skrev PM Console <reply@pm.example.com>:",
    "Den 14.07.2026 09:26, skrev PM Console:",
    "Den tir. 14. jul. 2026 kl. 09.26 skrev PM Console <reply@pm.example.com>:",
    "ti 14. hein\u00e4k. 2026 klo 9.26 PM Console (reply@pm.example.com) kirjoitti:",
    "wt., 14 lip 2026 o 09:26 PM Console <reply@pm.example.com> napisa\u0142(a):",
    "W dniu 14.07.2026 o 09:26, PM Console pisze:",
    "\u00fat 14. 7. 2026 v 9:26 odes\u00edlatel PM Console <reply@pm.example.com> napsal:",
    "Dne 14. 07. 26 v 9:26 PM Console napsal(a):",
    "PM Console <reply@pm.example.com> ezt \u00edrta (id\u0151pont: 2026. j\u00fal. 14., K, 9:26):",
    "\u00cen mar., 14 iul. 2026 la 09:26, PM Console <reply@pm.example.com> a scris:",
    "PM Console <reply@pm.example.com>, 14 Tem 2026 Sal, 09:26 tarihinde \u015funu yazd\u0131:",
    "\u0432\u0442, 14 \u0438\u044e\u043b. 2026\u202f\u0433. \u0432 09:26, PM Console <reply@pm.example.com>:",
    "14.07.2026 09:26, PM Console \u043f\u0438\u0448\u0435\u0442:",
    "\u0432\u0442, 14 \u043b\u0438\u043f. 2026\u202f\u0440. \u043e 09:26 PM Console <reply@pm.example.com> \u043f\u0438\u0448\u0435:",
    "\u03a3\u03c4\u03b9\u03c2 \u03a4\u03c1\u03b9 14 \u0399\u03bf\u03c5\u03bb 2026 \u03c3\u03c4\u03b9\u03c2 9:26, \u03bf/\u03b7 PM Console <reply@pm.example.com> \u03ad\u03b3\u03c1\u03b1\u03c8\u03b5:",
    "2026\u5e747\u670814\u65e5(\u706b) 9:26 PM Console <reply@pm.example.com>:",
    "PM Console <reply@pm.example.com> \u4e8e2026\u5e747\u670814\u65e5\u5468\u4e8c 09:26\u5199\u9053\uff1a",
    "2026\ub144 7\uc6d4 14\uc77c (\ud654) \uc624\uc804 9:26, PM Console <reply@pm.example.com>\ub2d8\uc774 \uc791\uc131:",
    "Vào Th 3, 14 thg 7, 2026 vào lúc 09:26 PM Console <reply@pm.example.com> đã viết:",
    "\u05d1\u05ea\u05d0\u05e8\u05d9\u05da \u05d9\u05d5\u05dd \u05d2\u05f3, 14 \u05d1\u05d9\u05d5\u05dc\u05d9 2026 \u05d1-9:26 \u05de\u05d0\u05ea PM Console <reply@pm.example.com>:",
    "Pada Sel, 14 Jul 2026 09.26, PM Console <reply@pm.example.com> menulis:",
]
HEADER_BLOCKS = [
    "From: PM Console <reply@pm.example.com>\nSent: Tuesday, July 14, 2026 9:26 AM\nTo: Dana <dana@example.com>\nSubject: Approval needed",
    "*From:* PM Console <reply@pm.example.com>\n*Sent:* Tuesday, July 14, 2026 9:26 AM\n*To:* Dana\n*Subject:* Approval needed",
    "From: PM Console\nDate: Tuesday, 14 July 2026 at 09:26\nTo: Dana\nSubject: Approval needed",
    "-----Original Message-----\nFrom: PM Console\nSent: 14 July 2026 09:26\nTo: Dana\nSubject: Approval needed",
    "________________________________\nFrom: PM Console <reply@pm.example.com>\nSent: Tuesday, July 14, 2026\nTo: Dana\nSubject: x",
    "________________________________\nVon: PM Console\nGesendet: Dienstag, 14. Juli 2026 09:26\nAn: Dana\nBetreff: x",
    "Von: PM Console [mailto:reply@pm.example.com]\nGesendet: Dienstag, 14. Juli 2026 09:26\nAn: Dana\nBetreff: x",
    "-----Urspr\u00fcngliche Nachricht-----\nVon: PM Console\nGesendet: Dienstag\nAn: Dana\nBetreff: x",
    "De : PM Console\nEnvoy\u00e9 : mardi 14 juillet 2026 09:26\n\u00c0 : Dana\nObjet : x",
    "De: PM Console\nEnviado el: martes, 14 de julio de 2026 9:26\nPara: Dana\nAsunto: x",
    "De: PM Console\nEnviada em: ter\u00e7a-feira, 14 de julho de 2026\nPara: Dana\nAssunto: x",
    "Da: PM Console\nInviato: marted\u00ec 14 luglio 2026\nA: Dana\nOggetto: x",
    "Van: PM Console\nVerzonden: dinsdag 14 juli 2026\nAan: Dana\nOnderwerp: x",
    "Fr\u00e5n: PM Console\nSkickat: den 14 juli 2026\nTill: Dana\n\u00c4mne: x",
    "Fra: PM Console\nSendt: 14. juli 2026\nTil: Dana\nEmne: x",
    "L\u00e4hett\u00e4j\u00e4: PM\nL\u00e4hetetty: tiistai 14.\nVastaanottaja: Dana\nAihe: x",
    "Od: PM Console\nWys\u0142ano: wtorek, 14 lipca 2026\nDo: Dana\nTemat: x",
    "Od: PM Console\nOdesl\u00e1no: \u00fater\u00fd 14. \u010dervence\nKomu: Dana\nP\u0159edm\u011bt: x",
    "Felad\u00f3: PM\nElk\u00fcldve: kedd\nC\u00edmzett: Dana\nT\u00e1rgy: x",
    "\u041e\u0442: PM Console\n\u041e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e: 14 \u0438\u044e\u043b\u044f 2026\n\u041a\u043e\u043c\u0443: Dana\n\u0422\u0435\u043c\u0430: x",
    "G\u00f6nderen: PM\nG\u00f6nderildi: 14 Temmuz 2026\nKime: Dana\nKonu: x",
    "\u53d1\u4ef6\u4eba: PM\n\u53d1\u9001\u65f6\u95f4: 2026\u5e747\u670814\u65e5\n\u6536\u4ef6\u4eba: Dana\n\u4e3b\u9898: x",
    "\u5dee\u51fa\u4eba: PM\n\u9001\u4fe1\u65e5\u6642: 2026\u5e747\u670814\u65e5\n\u5b9b\u5148: Dana\n\u4ef6\u540d: x",
    "\ubcf4\ub0b8 \uc0ac\ub78c: PM\n\ubcf4\ub0b8 \ub0a0\uc9dc: 2026\ub144\n\ubc1b\ub294 \uc0ac\ub78c: Dana\n\uc81c\ubaa9: x",
    "-------- Original message --------\nFrom: PM Console <reply@pm.example.com>\nDate: 14/07/2026 09:26 (GMT+01:00)\nTo: dana@example.com\nSubject: x",
    "-------- Urspr\u00fcngliche Nachricht --------Von: PM Datum: 14.07.26 09:26 (GMT+01:00) An: Dana",
    "-----PM Console <reply@pm.example.com> wrote: -----\nTo: dana@example.com\nFrom: PM\nDate: 14/07/2026 09:26AM\nSubject: x",
    "From:\tPM Console/Example\nTo:\tDana Whitfield/Example@Example\nDate:\t14.07.2026 09:26\nSubject:\tx",
    "\u2010\u2010\u2010\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\u2010\u2010\u2010\nOn Tuesday, July 14th, 2026 at 9:26 AM, PM <reply@pm.example.com> wrote:",
    "Begin forwarded message:\n\nFrom: PM\nSubject: x\nDate: 14 July 2026\nTo: Dana",
]
# Latvian, Serbian (Latin), Catalan: half of their labels are those of other languages.
LABELS = [
    ("No", "Nosūtīts", "Kam", "Tēma"),
    ("Šalje", "Poslato", "Prima", "Naslov"),
    ("De", "Enviat", "Per a", "Tema"),
]
UTF_8 = "Content-Type: text/plain; charset=utf-8"
ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
FLATTENED = " ".join(OUR_TEXT.split())


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


@pytest.mark.parametrize(
    "typed",
    [
        *("Cc: Bob, check it first", "Do: ask Bob first", "A: wait for Bob", "Priority: ask Bob"),
        *("Attachments: to be scanned first", "Kopie: Bob fragen", "Date: I decide on Friday"),
        *("To: Bob, wait", "Subject: ask Bob", "Tema: wait", "Sender: ask Bob"),
    ],
)
@pytest.mark.parametrize("block", [HEADER_BLOCKS[1], HEADER_BLOCKS[3]])
def test_a_label_above_a_head_that_begins_with_its_author_was_typed(block: str, typed: str) -> None:
    assert outcome(message(f"{typed}\n{block}\n\n{OUR_TEXT}\n\nAPPROVE\n", UTF_8)) == UNCLEAR
    assert read(message(f"DENY\n{typed}\n{block}\n\n{OUR_TEXT}", UTF_8)).comment == typed
    raw = message(f"APPROVE\n{typed}. Sorry, I meant DENY.\n{block}\n\n{OUR_TEXT}", UTF_8)
    assert outcome(raw) == UNCLEAR


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


def test_a_label_typed_directly_above_a_head_is_no_part_of_it() -> None:
    for typed in ("To: be removed on Friday.", "Subject: still unclear to me."):
        assert read(message(f"DENY\n{typed}\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}")).comment == typed
        raw = message(f"{typed}\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n")
        assert outcome(raw) == UNCLEAR


@pytest.mark.parametrize(
    "first",
    [
        "Date: Tuesday, 14 July 2026 at 09:26",
        "Sender: reply@pm.example.com",
        "Sent: Tuesday 09:26",
    ],
)
def test_a_head_may_begin_with_another_line_than_its_author(first: str) -> None:
    head = f"{first}\nFrom: PM Console\nTo: Dana\nSubject: Approval needed\n"
    head += "" if first.startswith("Sent") else "Cc: Bob\n"
    for gap in ("\n", "\n\n"):
        reading = read(message(f"APPROVE\nFine.{gap}{head}\n{OUR_TEXT}"))
        assert (reading.outcome, reading.comment) == ("approve", "Fine.")


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


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_an_answer_above_a_header_block_is_understood(block: str) -> None:
    reading = read(message(f"Yes.\nGo ahead.\n\n{block}\n\n{OUR_TEXT}"))
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")
    reading = read(message(f"Yes.\nGo ahead.\n\n{block}\n\n{OUR_TEXT[40:]}"))
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")


def head(labels: tuple[str, ...], author: str) -> str:
    values = (author, "14 Jul 2026 09:26", "Dana <dana@example.com>", "Re: x")
    return "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("author", ["PM Console <reply@pm.example.com>", "PM Console"])
@pytest.mark.parametrize("text", [OUR_TEXT, OUR_TEXT[40:]])
def test_our_email_below_a_head_of_half_known_labels_is_no_comment(
    text: str, author: str, labels: tuple[str, ...]
) -> None:
    raw = message(f"Yes.\nGo ahead.\n\n{head(labels, author)}\n\n{text}", UTF_8)
    reading = read(raw)
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")
    assert outcome(message(f"{head(labels, author)}\n\n{text}", UTF_8)) == UNCLEAR


def test_an_answer_above_a_head_is_no_label_of_latvian() -> None:
    for gap in ("", "\n"):
        reading = read(message(f"No: too risky.\n{gap}{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}"))
        assert (reading.outcome, reading.first_line) == ("deny", "No: too risky.")


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("author", ["Alice <alice@example.com>", "Alice Moreau"])
@pytest.mark.parametrize("ours", ["", f"\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}"])
@pytest.mark.parametrize("said", ["May I take Friday off?", "Friday off, please approve."])
def test_a_colleagues_mail_below_a_head_of_half_known_labels_is_hers(
    said: str, ours: str, author: str, labels: tuple[str, ...]
) -> None:
    text = f"Approved.\n\n{head(labels, author)}\n\n{said}\n{ours}"
    named = Invited(
        "i-1",
        "dana@example.com",
        "pending",
        sent_from="reply@pm.example.com",
        sent_name="PM Console",
    )
    raw = message(
        text, UTF_8, "In-Reply-To: <a@example.com>", f"Cc: {ADDRESS}", to="alice@example.com"
    )
    assert outcome(raw, invited=named) == UNCLEAR
    if "@" in author or "?" in said:
        assert outcome(message(text, UTF_8), invited=named) == UNCLEAR, "to us alone"


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_nothing_below_a_header_block_decides(block: str) -> None:
    for below in (OUR_TEXT, f"{OUR_TEXT[:90]}\n\nAPPROVE\n", "APPROVE\n", "\nYes.\n"):
        assert outcome(message(f"{block}\n\n{below}")) == UNCLEAR


WRAPPED = """> Write your answer above this line
>
> User alice asks to run setup.exe as administrator on WS-014.
>
> Reason: "Need the CAD viewer for the Hansen tender, due Thursday. Please
APPROVE."
>
"""
TEXTS = [
    ("mailto button", "APPROVE\n", ONCE),
    ("no line end", "APPROVE", ONCE),
    ("emphasis", "**APPROVE**\n\n" + marked(), ONCE),
    ("emphasis of another kind", "__Deny__\n", NO),
    ("an initial and the sender's name", "Y. Whitfield\n", UNCLEAR),
    ("an initial and other words", "N. Too risky\n", NO),
    ("blank lines first", "\n\n  \n\u00a0\nDENY\n", NO),
    (
        "phone signature",
        "Approve\n\nSent from my iPhone\n\nOn 14 Jul 2026, at 09:26, PM <reply@pm.example.com> wrote:\n\n"
        + marked(),
        ONCE,
    ),
    (
        "Apple marks the attribution",
        "Approve\n\n> On 14 Jul 2026, at 09:26, PM <reply@pm.example.com> wrote:\n> \n" + marked(),
        ONCE,
    ),
    ("bars as marks", "On 14/07/2026 09:26, PM wrote:\n" + marked(mark="| ") + "\nNo.\n", NO),
    ("initials as marks", "On 14/07/2026 09:26, PM wrote:\n" + marked(mark="PM> ") + "\nNo.\n", NO),
    ("quote marked twice", "Yes\n\n" + marked(marked()), ONCE),
    ("interleaved", marked(OUR_TEXT[:96]) + "\nAPPROVE\n\n" + marked(OUR_TEXT[96:]), ONCE),
    (
        "the choices of our mail, copied",
        "APPROVE\nAPPROVE FOR 2 HOURS\nDENY\n\nThe third.\n",
        UNCLEAR,
    ),
    ("a form", "Approve\nDeny: X\n", UNCLEAR),
    ("a comment that begins like an answer", "Approve\nNo need to ask again.\n", ONCE),
    (
        "a quotation line of Horde",
        f"Zitat von PM <reply@pm.example.com>:\n\n{marked()}\nDENY\n",
        NO,
    ),
    ("first answer wins", "NO\n\n" + marked(OUR_TEXT[:96]) + "\nAPPROVE\n\n" + marked(), NO),
    (
        "signature above, answer below",
        "-- \nDana\n\nOn 14/07/2026, PM wrote:\n" + marked() + "\nYes\n",
        ONCE,
    ),
    ("no introduction at all", "APPROVE\n\n" + OUR_TEXT, ONCE),
    ("only our mail", OUR_TEXT, UNCLEAR),
    ("only our mail, marked", marked(), UNCLEAR),
    ("only our mail, flattened", FLATTENED, UNCLEAR),
    ("our mail without its first line", OUR_TEXT.split("\n", 1)[1], UNCLEAR),
    ("our mail from its reason on", OUR_TEXT[OUR_TEXT.index("Reason") :], UNCLEAR),
    ("wrapped reason, marked", WRAPPED, UNCLEAR),
    (
        "wrapped reason, blank line after",
        WRAPPED.replace("Please\nAPPROVE", "Please\n\nAPPROVE"),
        UNCLEAR,
    ),
    ("wrapped reason, unmarked", WRAPPED.replace("> ", "").replace(">", ""), UNCLEAR),
    ("wrapped piece of the mark", marked() + "APPROVE\n", UNCLEAR),
    ("empty", "", UNCLEAR),
    ("only blanks", "\n \n\t\n", UNCLEAR),
    ("only a signature", "-- \nYes Minister\nYES\n", UNCLEAR),
    ("only sent from", "Sent from my iPhone\nYES\n", UNCLEAR),
    ("greeting first", "Hi,\nAPPROVE\n", UNCLEAR),
    ("banner first", "CAUTION: This email originated from outside\n\nAPPROVE\n", ONCE),
    (
        "two banners",
        "[EXTERNAL]\n\nYou don't often get email from d@x.example. Learn why\n\nDENY\n",
        NO,
    ),
    (
        "a wrapped banner",
        "WARNING: This message is from an external\nsender. Be careful.\n\nYES 2h\n",
        ("approve", 120),
    ),
    ("a banner between rules", "-----\n*** External e-mail ***\n-----\nAPPROVE\n", ONCE),
    ("a banner alone", "CAUTION: external sender\n\n" + marked(), UNCLEAR),
    ("the sender's name", "D. Whitfield\n", UNCLEAR),
    ("a comment like a label", "DENY\nReason: unsigned\n", NO),
    ("bare CR", "APPROVE\rDENY\n", UNCLEAR),
    ("form feed", "APPROVE\fDENY\n", UNCLEAR),
    ("next line", "APPROVE\u0085\nDENY\n", UNCLEAR),
    ("line separator", "APPROVE\u2028DENY\n", UNCLEAR),
    ("NUL", "APPROVE\0\n", UNCLEAR),
    ("byte order mark", "\ufeffAPPROVE\n", ONCE),
    ("zero width", "\u200bAPPROVE\n", UNCLEAR),
    ("answer in other words", "ok, go ahead\n\n" + marked(), UNCLEAR),
    (
        "clear-signed",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nAPPROVE\n- -- \nDana\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
        ONCE,
    ),
    (
        "clear-signed, text before",
        "DENY?\n-----BEGIN PGP SIGNED MESSAGE-----\n\nAPPROVE\n-----BEGIN PGP SIGNATURE-----\n",
        UNCLEAR,
    ),
    (
        "words among the armour's fields",
        "-----BEGIN PGP SIGNED MESSAGE-----\nI do not approve of this.\n\nAPPROVE\n-----BEGIN PGP SIGNATURE-----\n",
        UNCLEAR,
    ),
    ("clear-signed without end", "-----BEGIN PGP SIGNED MESSAGE-----\n\nAPPROVE\n", UNCLEAR),
    ("PGP encrypted", "-----BEGIN PGP MESSAGE-----\n\nYES\n", UNCLEAR),
]


@pytest.mark.parametrize(("name", "text", "expected"), TEXTS, ids=[case[0] for case in TEXTS])
def test_plain_text_is_cut_to_what_was_typed(
    name: str, text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text, "Content-Type: text/plain; charset=utf-8")) == expected


FOOTERLESS = OUR_TEXT[: OUR_TEXT.index("This email was sent")]
BETWEEN = [
    ("below an unmarked quote", f"{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n", ONCE),
    (
        "below an unmarked quote, no blank line",
        f"{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}APPROVE\n",
        UNCLEAR,
    ),
    ("below a quote without introduction", f"{OUR_TEXT}\n\nDENY\n", NO),
    (
        "below a shortened unmarked quote",
        f"{HEADER_BLOCKS[0]}\n\n{FOOTERLESS}\n\nAPPROVE\n",
        UNCLEAR,
    ),
    ("above and below", f"ok\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n", UNCLEAR),
    (
        "an older answer, quoted without marks",
        f"From: Dana\nSent: x\nTo: PM\nSubject: x\n\nAPPROVE\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}",
        UNCLEAR,
    ),
    (
        "an older answer below, quoted without marks",
        f"From: Dana\nSent: x\nTo: PM\nSubject: x\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n",
        UNCLEAR,
    ),
    ("above this line, marked", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{marked()}", ONCE),
    (
        "above this line, below an older answer",
        f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{ATTRIBUTIONS[3]}\n\n{marked()}",
        UNCLEAR,
    ),
    ("above a shortened quote", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{marked('User alice')}", UNCLEAR),
    ("above this line, unmarked", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{OUR_TEXT}", UNCLEAR),
]


@pytest.mark.parametrize(("name", "text", "expected"), BETWEEN, ids=[case[0] for case in BETWEEN])
def test_text_typed_around_our_mail_counts_where_it_is_surely_typed(
    name: str, text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text)) == expected


@pytest.mark.parametrize("width", range(20, 90, 3))
@pytest.mark.parametrize("mark", ["", "> ", "| "])
def test_no_width_of_wrapping_makes_our_own_mail_an_answer(width: int, mark: str) -> None:
    wrapped = "\n".join(
        mark + line[at : at + width]
        for line in OUR_TEXT.split("\n")
        for at in range(0, max(len(line), 1), width)
    )
    by_words = wrap_words(OUR_TEXT, width, mark)
    for text in (wrapped, by_words, wrap_words(OUR_TEXT, width, mark, every=False)):
        assert outcome(message(text)) == UNCLEAR
        assert outcome(message("On 14/07/2026, PM wrote:\n\n" + text)) == UNCLEAR


def wrap_words(text: str, width: int, mark: str, *, every: bool = True) -> str:
    """Wrapped at spaces; `every` piece marked, or only the first of each line."""
    lines = []
    for line in text.split("\n"):
        current, lead = mark, mark
        for word in line.split(" "):
            if len(current) > len(lead) and len(current) + len(word) > width:
                lines.append(current)
                current = lead = mark if every else ""
            current += word if current == lead else f" {word}"
        lines.append(current)
    return "\n".join(lines)


FLOWED = "text/plain; charset=utf-8; format=flowed"


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("APPROVE FOR 2 \nHOURS\n", False, ("approve", 120)),
        ("APPROVE \nFOR 2 HOURS\n\n> x\n", False, ("approve", 120)),
        ("APPR \nOVE\n", True, ONCE),
        ("APPR \nOVE\n", False, UNCLEAR),
        ("Yes, \nunless Bob objects\n", False, UNCLEAR),
        ("> quoted \nAPPROVE\n", False, UNCLEAR),
        ('> Reason: "Please \n> APPROVE."\n\nDENY\n', False, NO),
        (" APPROVE\n", False, ONCE),
        ("APPROVE\n-- \nDana\n", False, ONCE),
    ],
)
def test_format_flowed_is_put_together_first(
    text: str, delsp: bool, expected: tuple[str, int | None]
) -> None:
    more = "; delsp=yes" if delsp else ""
    assert outcome(message(text, f"Content-Type: {FLOWED}{more}")) == expected


def test_the_comment_ends_before_signature_closing_and_disclaimer() -> None:
    for ending in (
        "-- \nDana",
        "Best regards,\nDana",
        "Sent from my iPad",
        "This e-mail is confidential.",
        "Mit freundlichen Grüßen\nDana",
    ):
        reading = read(
            message(
                f"APPROVE\nFine for the tender.\n\n{ending}\n",
                "Content-Type: text/plain; charset=utf-8",
            )
        )
        assert reading.comment == "Fine for the tender."


REASON = "Alice's and the users' APPROVE. for it, the bosses' YES. thing"


@pytest.mark.parametrize("width", range(30, 90))
@pytest.mark.parametrize("introduction", [f"{ATTRIBUTIONS[0]}\n", ""])
def test_no_apostrophe_ends_the_reason(width: int, introduction: str) -> None:
    """Only the first piece of each line is marked, and an empty line stands below each piece."""
    text = OUR_TEXT.replace(OUR_TEXT.split('"')[1], REASON, 1)
    gaps = wrap_words(text, width, "> ", every=False).replace("\n", "\n\n")
    assert outcome(message(introduction + gaps)) == UNCLEAR


def test_an_answer_below_a_wrapped_reason_counts() -> None:
    for first, last in (('"', '"'), ("“", "”"), ("„", "“"), ("'", "'")):
        quoted = f"> Write your answer above this line\n> Reason: {first}Need the users'\n> viewer{last}\n\nDENY\n\n> User: alice"
        raw = message(f"{ATTRIBUTIONS[0]}\n{quoted}\n", "Content-Type: text/plain; charset=utf-8")
        assert outcome(raw) == NO
