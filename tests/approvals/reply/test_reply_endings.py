# ruff: noqa: E501, RUF001 - lines of many languages, as mail programs and people write them
"""Where the comment ends: closings, signatures and programs' lines, and what only looks like them."""

import pytest

from tests.approvals.reply.incoming import OUR_TEXT, html, marked, message, read

UTF8 = "Content-Type: text/plain; charset=utf-8"
ON = "On 14/07/2026 09:26, PM Console <reply@pm.example.com> wrote:"
HEAD = "From: PM Console <reply@pm.example.com>\nSent: Tuesday, July 14, 2026 9:26 AM\nTo: Dana <dana@example.com>\nSubject: Approval needed"
RULE = "________________________________"

CLOSINGS = [
    "Best regards,", "All the best,", "Thanks and regards,", "With kind regards", "Warmest wishes,",
    "MIT FREUNDLICHEN GRÜSSEN", "Mit besten Grüßen", "Bonne journée,", "Meilleures salutations,", "Un cordial saludo,",
    "Buona giornata,", "Com os melhores cumprimentos,", "Hartelijke groeten,", "Med vänlig hälsning", "Hälsningar", "Hilsen",
    "Venlig hilsen,", "Beste hilsen", "Parhain terveisin", "Pozdrawiam serdecznie,", "Hezký den", "S pozdravom",
    "С наилучшими пожеланиями,", "З повагою,", "İyi çalışmalar,", "Üdvözlettel,", "Cu stimă,", "Με εκτίμηση,", "S poštovanjem",
    "此致", "祝好，", "よろしくお願いいたします。", "감사합니다.", "בברכה,", "Danke!", "Merci,", "Thanks!",
]  # fmt: skip
PROGRAMS = [
    "Outlook für iOS beziehen<https://aka.ms/o0ukef>", "Obtener Outlook para iOS", "Scarica Outlook per Android", "Outlook voor iOS downloaden",
    "Pobierz program Outlook dla systemu iOS", "Skaffa Outlook för iOS", "Hent Outlook til iOS", "Hanki Outlook for iOS",
    "Скачать Outlook для iOS", "iOS 版 Outlook を入手", "获取适用于 iOS 的 Outlook", "Télécharger Outlook pour iOS", "Získat Outlook pro iOS",
    "iOS için Outlook'u edinin", "iOS용 Outlook 다운로드", "Az iOS-hez készült Outlook letöltése<https://aka.ms/o0ukef>",
    "Galaxy készülékemről küldve", "\u2063Get BlueMail for Android \u200b", "iPhoneから送信", "Sent from my iPhone", "Sent from Proton Mail for Android",
    "Sent via Superhuman ( https://sprh.mn/?vip=dana@example.com )", "Sent with BlackBerry Work", "Sent from mail.com mobile app", "Sent from the all new AOL app",
    "Il presente messaggio e i suoi allegati sono riservati.", "The information contained in this e-mail is confidential.",
    "Please consider the environment before printing this e-mail.",
]  # fmt: skip
TYPED = [
    "Sent from the vault: key 4711", "Sent the licence key by post.", "The information in this ticket is old.", "Thanks",
    "Please consider the environment variable PATH.", "Thanks\nAlso, bring the licence key.", "Thanks, Bob.", "Danke, die Toolbar bitte weglassen.",
    "Bonne journée à tous, la clé est 4711", "Outlook on the iPad isn't needed.", "All the best tools are in the software centre.",
    "---\nmore below", "Get Outlook closed first.", "外部から送信されたファイルです。",
]  # fmt: skip
LABELLED = [
    "Licence: 4711", "Remember: it needs 2 GB.", "To: do list is on the wiki", "Date: we said Friday", "Subject: to licence terms", "Re: licence, ask Lee",
    "Cc: Bob for the licence", "Sent: the key by post", "As Lee wrote: use the key", "Alice:\nkey 4711", "Key:\n4711", "Licence: 4711\nServer: lic01\nPort: 27000",
    "Name: CADView\nVersion: 3\nVendor: Hansen",
]  # fmt: skip


def comment(*blocks: str) -> str:
    """The comment of a denial with these blocks below it, blank lines between."""
    reading = read(message("\n\n".join(("DENY", *blocks)), UTF8))
    assert reading.outcome == "deny"
    return reading.comment


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize(
    "below",
    [
        "\nDana Ortiz",
        "\n\nDana Ortiz\n\nIT Security\n\nExample Ltd\n\nT +44 20 7946 0000\n\nwww.example.com",
    ],
)
def test_a_closing_above_a_name_is_no_comment(closing: str, below: str) -> None:
    assert comment("CAD 2026.", f"{closing}{below}", ON, marked()) == "CAD 2026."


@pytest.mark.parametrize("line", PROGRAMS)
def test_what_a_mail_program_writes_below_is_no_comment(line: str) -> None:
    assert comment("CAD 2026.", line, ON, marked()) == "CAD 2026."
    assert comment(line, f"{RULE}\n{HEAD}", OUR_TEXT) == ""


@pytest.mark.parametrize("line", TYPED)
def test_what_only_begins_like_an_ending_is_comment(line: str) -> None:
    assert comment(line, ON, marked()) == line
    assert comment(line, HEAD, OUR_TEXT) == line


@pytest.mark.parametrize("line", LABELLED)
@pytest.mark.parametrize(
    "between", ["\n\n", f"\n\n{RULE}\n", f"\n{RULE}\n", "\n\n-----Original Message-----\n"]
)
def test_a_label_above_a_head_is_comment(line: str, between: str) -> None:
    assert comment(f"{line}{between}{HEAD}", OUR_TEXT) == line


def test_a_head_of_paragraphs_is_no_comment() -> None:
    apart = HEAD.replace("\n", "\n\n")
    assert comment("CAD 2026.", apart, OUR_TEXT) == "CAD 2026."


@pytest.mark.parametrize("rule", ["---", "___", "=====", "– – –".replace(" ", "")])
def test_a_rule_above_a_name_begins_a_signature(rule: str) -> None:
    assert comment("CAD 2026.", f"{rule}\nDana Ortiz\nIT", ON, marked()) == "CAD 2026."


def test_a_postscript_below_a_closing_is_comment() -> None:
    below = "Hilsen\nDana\n\nP.S. Licence 4711."
    assert comment(below, ON, marked()) == below


@pytest.mark.parametrize(
    "attribution",
    [
        "PM Console <reply@pm.example.com> ezt írta (időpont: 2026. júl.\n14., K, 9:26):",
        "2026-07-14 오전 9:26에 PM Console 이(가) 쓴 글:",
    ],
)
def test_no_piece_of_an_attribution_is_comment(attribution: str) -> None:
    assert comment("CAD 2026.", attribution, marked()) == "CAD 2026."


def test_outlooks_paragraphs_of_a_signature_are_no_comment() -> None:
    lines = [
        "DENY",
        "CAD 2026.",
        "Best regards",
        "",
        "Dana Ortiz",
        "IT Security",
        "Tel +49 30 1234-567",
        "Example GmbH, Musterstraße 1",
        "HRB 1234",
    ]
    body = "".join(f"<p class=MsoNormal>{line or '&nbsp;'}<o:p></o:p></p>" for line in lines)
    assert read(html(body)).comment == "CAD 2026."


@pytest.mark.parametrize("closing", ["Thanks,", "Hilsen", "Best regards,\n\nDana", "---\nDana"])
@pytest.mark.parametrize(
    "line",
    [
        "No",
        "DENY",
        "Denied.",
        "Not approved.",
        "Please cancel this",
        "If Bob agrees.",
        "Only for 5 minutes",
    ],
)
def test_what_takes_an_approval_back_below_a_closing_is_read(closing: str, line: str) -> None:
    reading = read(message(f"APPROVE\n\nCAD 2026.\n\n{closing}\n{line}\n\n{ON}\n{marked()}", UTF8))
    assert reading.outcome == "unclear"


def test_a_signature_with_words_of_answers_takes_nothing_back() -> None:
    signature = (
        "Kind regards,\nDana Ortiz\nHead of IT Security\nNo. 5 High Street\nGrant & Partners Ltd"
    )
    reading = read(message(f"APPROVE\n\nCAD 2026.\n\n{signature}\n\n{ON}\n{marked()}", UTF8))
    assert (reading.outcome, reading.comment) == ("approve", "CAD 2026.")
