# ruff: noqa: RUF001 - subjects of many languages
"""What is automatic and therefore ignored, and what only looks so."""

import base64

import pytest

from approvals.reply import understand
from tests.approvals.reply.incoming import (
    ADDRESS,
    RULES,
    SENT_ID,
    entity,
    finder,
    message,
    multipart,
    outcome,
    part,
    read,
)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (x)",
        "X-ServiceNow-Generated: true",
        "auto-submitted: auto-notified; x=y",
        "Auto-Submitted:",
        "Precedence: bulk",
        "Precedence: LIST",
        "Precedence: junk",
        "Precedence: auto_reply",
        "Precedence: list, bulk",
        'Precedence: "bulk"',
        "Precedence: (x) bulk",
        "Precedence: x; junk",
        'Auto-Submitted: "auto-replied"',
        "Auto-Submitted: (x) no",
        "Return-Path: <> (x)",
        "Return-Path: (x) < >",
        "List-Id: <all.example.com>",
        "X-Autoreply: yes",
        "X-Autorespond: 1",
        "Return-Path: <>",
        "Content-Type: multipart/report; boundary=x; report-type=disposition-notification",
        "Content-Type: text/calendar; method=REPLY",
    ],
)
def test_automatic_mail_is_ignored(header: str) -> None:
    reading = read(message("APPROVE\r\n", header))
    assert reading.outcome == "ignored"
    assert reading.minutes is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: [PM-1042] Approval needed",
        "Automatische Antwort: [PM-1042]",
        "Auto-réponse : [PM-1042]",
        "Risposta automatizzata: [PM-1042]",
        "Ik ben afwezig",
        "=?utf-8?Q?R=C3=A9ponse_automatique=C2=A0:_x?=",
        "Respuesta autom\u00e1tica: x",
        "=?utf-8?B?6Ieq5YuV6L+U5L+hOiB4?=",
        "=?iso-8859-1?Q?Automatiskt_svar:_x?=",
        "Out of Office: x",
        "OUT OF OFFICE Re: x",
        "Abwesenheitsnotiz: x",
        "\u0410\u0432\u0442\u043e\u043e\u0442\u0432\u0435\u0442: x",
        "Automatisch antwoord: x",
        "Automaattinen vastaus: x",
        "Otomatik Yan\u0131t: x",
        "[EXT] Automatic reply: x",
        "Automatic\u00a0reply: x",
        "\u200f\u05ea\u05e9\u05d5\u05d1\u05d4 \u05d0\u05d5\u05d8\u05d5\u05de\u05d8\u05d9\u05ea: x",
        "\u200eAutomatic reply: x",
        "AUTO: Dana Whitfield is out of the office (returning 20.07.2026)",
        "Re\u0301ponse automatique: x",
        "=?utf-8?Q?Re=CC=81ponse_automatique?=",
        "OOF: x",
        "OOO - x",
        "Away: x",
        "Automatic Response: x",
        "Ausente: x",
        "Assente: x",
        "Absent: x",
        "R\u00e9ponse d\u2019absence: x",
        "I\u2019m out of office",
        "Autoantwort: x",
        "Nicht im B\u00fcro: x",
        "Au\u00dfer Haus: x",
        "\u041e\u0442\u0441\u0443\u0442\u0441\u0442\u0432\u0438\u0435: x",
        "EXT: Automatic reply: x",
        "(External) Automatic reply: x",
        "[EXTERNAL] (EXT) Out of Office: x",
        "***EXTERNAL*** Automatic reply: x",
        "{External} Automatic reply: x",
        "Extern - Automatische Antwort: x",
        "SPAM: Out of Office",
        "[Auto-Reply] x",
        "OOO",
        "Absence : Re: [PM-1042]",
        "Urlop",
        "Vacation response",
        "Avis d\u2019absence : x",
        "Autoodpowied\u017a: Re: [PM-1042]",
        "\u0130zinliyim",
        "\u4f11\u6687",
        # A character cut between two words, spaces in one, bytes of no charset, other charsets.
        "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDl?= =?utf-8?B?hbPkuo4=?=",
        "=?utf-8?Q?Automatic reply: Re: [PM-1042] Approval needed?=",
        "R\udce9ponse automatique : x",
        "=?cp936?B?19S2r7vYuLQ6IHg=?=",
        "=?utf-16?B?/v8ATwB1AHQAIABvAGYAIABvAGYAZgBpAGMAZQ==?=",
        # Exchange in other languages, and Notes without "AUTO:".
        "Autom\u0101tiska atbilde: x",
        "Resposta autom\u00e0tica: x",
        "Аутоматски одговор: x",
        "Balasan automatik: x",
        "Erantzun automatikoa: x",
        "\u067e\u0627\u0633\u062e \u062e\u0648\u062f\u06a9\u0627\u0631: x",
        "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0442\u044b \u0436\u0430\u0443\u0430\u043f: x",
        "Automatisk besvarelse: x",
        "Urlaubsnachricht: x",
        "Ich bin nicht im B\u00fcro",
        "Zpr\u00e1va o nep\u0159\u00edtomnosti: x",
        "Powiadomienie o nieobecno\u015bci: x",
        "Уведомление об отсутствии",
        "\ubd80\uc7ac \uc911: x",
        "Dana Whitfield ist au\u00dfer Haus.",
        "Dana Whitfield est absent.",
        "[EXT] Dana Whitfield est\u00e1 fuera de la oficina",
        "Dana Whitfield \u00e8 in ferie",
        "Dana Whitfield is niet aanwezig",
    ],
)
def test_an_out_of_office_subject_is_automatic(subject: str) -> None:
    reading = read(with_subject(subject))
    assert (reading.outcome, reading.out_of_office, reading.authenticated) == (
        "ignored",
        True,
        True,
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: [PM-1042]",
        "AW: [EXT] Re: Automatische Antwort: x",
        "[EXT] Re: Out of office: your booking",
        "Svar: Automatiskt svar: x",
        "Re: Dana is away",
    ],
)
def test_an_answer_to_an_automatic_reply_is_ignored_but_sends_nobody_into_holidays(
    subject: str,
) -> None:
    """Whoever wrote that mail chose its subject."""
    reading = read(with_subject(subject))
    assert (reading.outcome, reading.out_of_office) == ("ignored", False)


def with_subject(subject: str) -> bytes:
    ours = b"Subject: Re: [PM-1042] Approval needed: setup.exe for alice on WS-014"
    return message("YES").replace(ours, f"Subject: {subject}".encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "subject",
    [
        "Fwd: [EXT] Re: [PM-1042] Approval needed: ooo.exe",
        "Absence of a signature",
        "Leave it to me",
        "Urlaubsplaner freigeben",
        "Re: ***EXTERNAL*** Holiday planner",
        "Re: " * 40 + "x",
        "Re: [PM-1042] Approval needed: dana is away.exe for alice on WS-014",
        "Re: [PM-1042] Approval needed: X ist abwesend.exe",
        "Re: Approval needed: the tool est absent.exe [PM-1042]",
        "Antwort auf PM-1042",
    ],
)
def test_a_subject_with_such_a_word_in_it_is_a_persons(subject: str) -> None:
    assert read(with_subject(subject)).outcome == "approve"


def test_mail_without_an_envelope_sender_is_automatic() -> None:
    for body in ("No, I am away until Monday.", "APPROVE"):
        reading = understand(message(body), rules=RULES, find=finder(), null_sender=True)
        assert reading.outcome == "ignored"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "Precedence: first-class",
        "Precedence: first-class (no list)",
        "Return-Path: <dana@example.com>",
        "Importance: high",
    ],
)
def test_mail_by_hand_is_read(header: str) -> None:
    assert outcome(message("APPROVE", header))[0] == "approve"


def test_our_own_mail_coming_back_is_ignored() -> None:
    assert outcome(message("APPROVE", sender=ADDRESS))[0] == "ignored"
    assert outcome(message("APPROVE", sender="reply@pm.example.com"))[0] == "ignored"
    assert outcome(message("APPROVE", f"Message-ID: {SENT_ID}"))[0] == "ignored"


def test_a_meeting_request_with_a_text_is_ignored() -> None:
    mime = multipart(
        "alternative", part("text/plain", "YES"), part("text/calendar", "BEGIN:VCALENDAR")
    )
    assert outcome(entity(mime))[0] == "ignored"


def report(kind: str, to: str = "bounces@pm.example.com") -> bytes:
    mime = multipart(
        "report",
        part("text/plain", "APPROVE\nYour message could not be delivered."),
        part(
            f"message/{kind}",
            "Reporting-MTA: dns; mx.example.com\n\nAction: failed\nStatus: 5.1.1\n",
        ),
        part(
            "message/rfc822", f"Message-ID: {SENT_ID}\nSubject: x\n\nMessage-ID: <no@x.example>\n"
        ),
        more=f"; report-type={kind}",
    )
    return entity(mime, "Message-ID: <dsn@x.example>", to=to, sender="MAILER-DAEMON@example.com")


def test_a_delivery_report_names_the_mail_that_came_back_and_does_no_more() -> None:
    reading = read(report("delivery-status"))
    assert (reading.outcome, reading.bounced_message_ids) == ("ignored", (SENT_ID,))
    assert read(report("delivery-status", to=ADDRESS)).outcome == "ignored"


def test_a_receipt_names_no_mail_that_came_back() -> None:
    assert read(report("disposition-notification")).bounced_message_ids == ()


@pytest.mark.parametrize(
    ("subject", "charset", "codec"),
    [
        ("Автоматический ответ: x", "cp866", "cp866"),
        ("Автоматический ответ: x", "x-mac-cyrillic", "mac_cyrillic"),
        ("Réponse automatique : x", "ibm850", "cp850"),
        ("Automatic reply: x", "unknown-8bit", "ascii"),
        ("Automatic reply: x", "x-unknown", "ascii"),
    ],
)
def test_an_automatic_subject_is_known_in_whatever_charset_it_is_written(
    subject: str, charset: str, codec: str
) -> None:
    word = base64.b64encode(subject.encode(codec)).decode()
    assert read(message("APPROVE\n", f"Subject: =?{charset}?B?{word}?=")).outcome == "ignored"


def test_a_no_that_says_more_is_no_no() -> None:
    assert read(message("APPROVE\n", "Auto-Submitted: no auto-replied")).outcome == "ignored"
    assert read(message("APPROVE\n", "Auto-Submitted: no (a person); x=y")).outcome == "approve"


def test_a_calendar_is_known_in_a_field_that_is_not_well_formed() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nAPPROVE\n"
        "--b\nContent-Type: text/calendar method=REPLY\n\nBEGIN:VCALENDAR\n--b--\n"
    )
    assert read(message(body, "Content-Type: multipart/mixed; boundary=b")).outcome == "ignored"
