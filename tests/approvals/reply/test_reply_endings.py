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
    "Warmly,", "With thanks,", "Thank you in advance!", "Sincerely yours,", "Very truly yours,", "Freundlicher Gruß", "Freundliche Grüße aus Berlin", "Viele Grüße aus Köln",
    "Mit kollegialen Grüßen", "Sonnige Grüße", "Viele liebe Grüße", "Herzlich", "Danke und Gruß", "Bien sincèrement", "Cdt", "Cordt,", "Avec mes salutations", "Salutations distinguées",
    "Respectueusement", "À bientôt", "A bientôt,", "Bien amicalement", "Un saludo cordial", "Muy atentamente", "Slds", "Cordial saludo", "Gracias y saludos", "Grazie e saluti", "Saluti cordiali",
    "A presto", "Abs", "Obrigado e cumprimentos", "Vr. gr.", "Gr.", "Vänligen", "Allt gott", "Yt.", "Pozdrawiam ciepło", "Serdeczne pozdrowienia", "Zdravím", "Pozdrav", "LP", "Toate cele bune",
    "Χαιρετισμούς", "以上、よろしくお願いいたします。", "祝工作顺利", "수고하세요", "مع تحياتي", "مع أطيب التحيات", "ขอบคุณครับ", "Hormat saya", "Salutacions cordials", "Saúdos", "Bestu kveðjur", "Kveðja",
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
    "Enviado a partir do meu iPhone", "נשלח מה-iPhone שלי", "أُرسلت من الـ iPhone", "Gửi từ iPhone của tôi", "Dikirim dari iPhone saya", "Enviat des del meu iPhone", "Enviado dende o meu iPhone",
    "Dihantar daripada iPhone saya", "मेरे iPhone से भेजा गया", "Изпратено от моя iPhone", "Poslano iz mojega iPhona", "Galaxy'mden gönderildi", "Galaxy から送信", "Enviado desde Correo para Windows",
    "Yahoo Mail: Search, Organize, Conquer", "Provenance : Courrier pour Windows", "Secured by Tuta Mail:", "Verzonden vanuit Mail voor Windows", "Windows 版のメールから送信", "从 Windows 版邮件发送", "Enviado desde Yahoo Mail para Android", "Mit freundlichen Grüßen gesendet mit Spark", "来自QQ邮箱",
    "Get TypeApp for Android", "Sent on the go", "Sent by Edison Mail", "iOS 版 Outlook から送信", "发送自 iOS 版 Outlook", "Trimis din Outlook pentru iOS", "iOS için Outlook’tan gönderildi",
    "Az Outlook iOS-es verziójából küldve", "Αποστολή από το Outlook για iOS", "נשלח מ-Outlook עבור iOS", "Lähetetty Galaxy-laitteestani", "Lähetetty iPhonesta", "Sent from my Verizon, Samsung Galaxy smartphone",
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "The contents of this e-mail are confidential and intended only for the recipient.", "If you are not the intended recipient, please delete this message.",
    "Any views expressed are those of the author and do not represent the company.", "AVISO LEGAL: Este mensaje contiene información confidencial.", "AVVISO DI RISERVATEZZA: questo messaggio è riservato.",
    "Ai sensi del Regolamento UE 2016/679 si precisa che le informazioni sono riservate.", "De acuerdo con el RGPD le informamos que sus datos...", "Aan dit bericht kunnen geen rechten worden ontleend.",
    "Denk aan het milieu voordat u deze e-mail afdrukt.", "Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.", "Настоящее сообщение и любые приложения являются конфиденциальными.",
    "Treść tej wiadomości zawiera informacje poufne.", "Administratorem danych osobowych jest Example Sp. z o.o.", "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。", "本メールには機密情報が含まれている場合があります。",
    "Virenfrei. www.avast.com", "Libre de virus. www.avast.com", "Virus-free.www.avg.com", "Example GmbH | Sitz der Gesellschaft: Berlin | Amtsgericht Charlottenburg HRB 1234 B | Geschäftsführer: Max Muster",
    "Example Ltd. Registered in England and Wales No. 01234567. Registered office: 1 High Street, London.", "You received this message because you are subscribed to the Google Groups \"IT\" group.",
    "To unsubscribe from this group, send an email to it+unsubscribe@example.com.", "Click here to report this email as spam.", "P Please consider the environment before printing",
    "Informationen zum Datenschutz finden Sie unter https://example.com/datenschutz", "Unsere Datenschutzhinweise: https://example.com/privacy", "This transmission may contain privileged information.",
    "Diese Nachricht wurde mit der GMX Mail App gesendet", "Scanned by MailGuard", "Classification: Internal", "This e-mail and any files\ntransmitted with it are confidential.", "Diese E-Mail und alle\nAnhänge sind vertraulich.",
    "Sent with [Proton Mail](https://proton.me/mail/home) secure email.", "Sent with [ProtonMail](https://protonmail.com/) Secure Email.", "Sent from [Proton Mail](https://proton.me/mail/home) for iOS",
    "Sent using https://www.zoho.com/mail/", "Von Yahoo Mail auf Android gesendet", "来自 Outlook for iOS", "네이버 메일 앱에서 보냈습니다.", "Sent on the go, apologies for any typos",
    "__________ Information from ESET Mail Security, version of virus signature database 20001 (20260714) __________\n\nThe message was checked by ESET Mail Security.\nhttp://www.eset.com",
    "TLP:AMBER", "OFFICIAL-SENSITIVE", "Avis de confidentialité : ce message est destiné uniquement à son destinataire et est confidentiel.",
    "Ce courrier électronique a été vérifié par le logiciel antivirus d'Avast.\nwww.avast.com", "No virus found in this message.\nChecked by AVG - www.avg.com",
    "Virus-free.", "LEGAL NOTICE: Unless expressly stated otherwise, this message is confidential.", "Disclaimer\n\nThe information contained in this communication is confidential.",
    "DISCLAIMER:\nThis e-mail and any attachments are confidential and intended for the addressee.", "Haftungsausschluss: Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt.",
    "CAUTION: This email originated from outside of the organization.",
    "Holen Sie sich Outlook für Android", "Išsiųsta iš mano iPhone", "Sūtīts no mana iPhone", "Saadetud minu iPhone'ist", "Đã gửi từ iPhone của tôi", "مُرسل من الـ iPhone",
    "Sent from my iPhone\n\nAi sensi del Regolamento UE 2016/679 si precisa che le informazioni sono riservate.",
]  # fmt: skip
TYPED = [
    "Virus-free according to Defender.\nUse the share, Alice.", "Avast says it is clean.\nUse the share, Alice.", "Checked by Bob, no findings.\nUse the share.", "Scanned by Sophos, clean.\nGo on.", "Checked by Bob.",
    "Disclaimer in the EULA is fine.\n\nUse the share.", "Disclaimer: use at your own risk.", "Important notice: reboot needed at noon.\nUse the share.", "Legal notice: see the EULA", "Privacy notice: it sends telemetry",
    "Confidential project, keep the key in the vault.", "Caution: the external drive is slow.", "Caution: external sender, ask Bob.", "Haftungsausschluss in der Lizenz ist ok.", "Aviso legal leído", "Conformément au RGPD, garde les logs",
    "The information in this document is old.", "The contents of this message were clear.", "Any opinions expressed in the meeting were positive.", "Please don't print the key.", "External e-mail attachments are blocked, use the share.",
    'Reason: "tender" is fine with me.\nKeep it on the share.', "_____ see ESET", "Sent via https://vault.example.com/key", "Get the key from [vault](https://vault.example.com)", "Sent on the go, key is 4711 in the vault",
    "Sent from the vault: key 4711", "Sent the licence key by post.", "The information in this ticket is old.", "Thanks",
    "Please consider the environment variable PATH.", "Thanks\nAlso, bring the licence key.", "Thanks, Bob.", "Danke, die Toolbar bitte weglassen.",
    "Bonne journée à tous, la clé est 4711", "Outlook on the iPad isn't needed.", "All the best tools are in the software centre.",
    "---\nmore below", "Get Outlook closed first.", "外部から送信されたファイルです。",
    "If you are not sure, ask Bob.", "If you are not the intended user, tell me.", "Please think of the other users too.", "To unsubscribe, open the portal.", "Informationen zum Paket stehen im Wiki.", "Registered users have it.", "Any views on this, Bob?",
    "Enviado a Bob, mira el iPhone.", "Sent to Bob's iPhone", "Gesendet an mein iPad", "Internal use only", "本メールを見た人は私に電話してください。", "Galaxy 7 is the name of the tool.",
]  # fmt: skip
LABELLED = [
    "Licence: 4711", "Remember: it needs 2 GB.", "To: do list is on the wiki", "Date: we said Friday", "Subject: to licence terms", "Re: licence, ask Lee",
    "Cc: Bob for the licence", "Sent: the key by post", "As Lee wrote: use the key", "Alice:\nkey 4711", "Key:\n4711", "Licence: 4711\nServer: lic01\nPort: 27000",
    "Name: CADView\nVersion: 3\nVendor: Hansen",
]  # fmt: skip

# Labels of our email's, sentences that begin like a disclaimer or a program's line.
BEGINS_ALIKE = [
    "Comment: fine with me", "Comment: fine with me\nRemove it on Friday.", "By: the usual road", "When: after lunch is best", "User: alice is fine", "Comment: fine\nUser: alice is fine",
    "Computer: it is the old one", "Diese Nachricht habe ich auch Bob gegeben.", "Ce message suffit.", "This message is for Alice: use the portal.",
    "Confidential: tell Alice alone.", "External e-mail is down today.", "Lähetetty avain Bobille.", "Sent from my point of view it is fine",
    "Best\nway is the portal", "—\nUse the vault.", "__\nUse the vault.",
]  # fmt: skip
# People's signatures without a closing that is known.
SIGNATURES = [
    "Dana", "Dana Whitfield", "DANA WHITFIELD", "dana", "Dana W.", "/Dana", "- Dana", "– Dana", "~Dana", "DW", "i. A. Dana Whitfield", "ppa. Dana Whitfield",
    "Dr. Dana Whitfield, M.Sc.", "Dana Whitfield, Head of IT", "Dana Whitfield | IT", "—\nDana", "__\nDana Whitfield",
    "Dana Whitfield\nHead of IT Security\nExample Ltd\nT +44 20 7946 0000",
    "Dana Whitfield\n\nHead of IT Security\n\nExample Ltd\n\nHigh Street 1\n\n20095 Hamburg\n\nT +44 20 7946 0000\n\nM +44 20 7946 0001\n\nwww.example.com\n\ndana@example.com",
    "Best regards, Dana", "Kind regards, Dana Whitfield", "Many thanks, Dana", "Thanks Dana", "Thanks! Dana", "Thanks - Dana", "Regards Dana", "BR Dana", "Cheers, D",
    "Thx\nD", "Best\nD.", "Viele Grüße Dana", "Gruß Dana", "VG Dana", "Mvh Dana", "Merci, Dana", "Best regards\ndana whitfield",
    "Mit freundlichen Grüßen / Kind regards\nDana Whitfield", "Best regards / Mit freundlichen Grüßen / Cordialement\nDana", "Mit freundlichen Grüßen | Best regards",
]  # fmt: skip
NAMES_IN_COMMENTS = [
    "Thanks, Dana can keep it", "Dana can keep it", "Ask Dana Whitfield.", "Ask me, Dana, or Bob.", "Bob", "Bob Smith", "Alice,", "Thanks, Bob", "Best ask Dana",
    "Dana\nThe key is on the wiki, ask Bob.", "Fine with me,", "CAD 2026", "For Bob and Dana", "Grüße an Bob", "Whitfield Ltd delivers it.", "The key is with\nBob", "May use it:\nDana\nBob",
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
        "\nLee Ortiz",
        "\n\nLee Ortiz\n\nIT Security\n\nExample Ltd\n\nT +44 20 7946 0000\n\nwww.example.com",
    ],
)
def test_a_closing_above_a_name_is_no_comment(closing: str, below: str) -> None:
    assert comment("CAD 2026.", f"{closing}{below}", ON, marked()) == "CAD 2026."


@pytest.mark.parametrize("line", PROGRAMS)
def test_what_a_mail_program_writes_below_is_no_comment(line: str) -> None:
    assert comment("CAD 2026.", line, ON, marked()) == "CAD 2026."
    assert comment(line, f"{RULE}\n{HEAD}", OUR_TEXT) == ""
    assert comment("CAD 2026.", f"{ON}\n{marked()}", line) == "CAD 2026."


@pytest.mark.parametrize("line", TYPED)
def test_what_only_begins_like_an_ending_is_comment(line: str) -> None:
    assert comment(line, ON, marked()) == line
    assert comment(line, HEAD, OUR_TEXT) == line


@pytest.mark.parametrize(
    "line",
    [
        "Inviato da Bob per sbaglio", "Diese Nachricht wurde von Bob angefordert", "Excuse my brevity but hold on", "Please excuse my typos and wait for Bob",
        "Von meinem Chef wurde etwas anderes gesendet", "Verzonden via Bob maar wacht", "Отправлено с опозданием", "Sent from the wrong phone sorry", "Download Outlook first", "Sent from Paris",
    ],
)  # fmt: skip
def test_above_everything_what_names_no_device_or_program_is_the_first_line(line: str) -> None:
    raw = message(f"{line}\n\n{ON}\n{marked()}\nAPPROVE\n", UTF8)
    assert read(raw).first_line == line


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Wysłane z iPhone'a", "iPhoneから送信", "发自我的 iPhone", "나의 iPhone에서 보냄", "iPhone'umdan gönderildi",
        "Sent from my Galaxy", "Sent from Outlook for iOS", "Get Outlook for Android<https://aka.ms/AAb9ysg>", "Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows", "Sent from Yahoo Mail on Android",
        "Sent with Proton Mail secure email.", "Sent from Proton Mail for iOS", "Sent via Superhuman ( https://sprh.mn/?vip=dana@example.com )",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.", "Von meinem/meiner Galaxy gesendet", "Outlook für iOS beziehen<https://aka.ms/o0ukef>",
    ],
)  # fmt: skip
def test_below_a_programs_line_above_everything_an_answer_counts(line: str) -> None:
    raw = message(f"\n{line}\n\n{ON}\n{marked()}\nAPPROVE\n", UTF8)
    assert read(raw).first_line == "APPROVE"


@pytest.mark.parametrize("line", BEGINS_ALIKE)
@pytest.mark.parametrize("end", ["", f"\n\n{ON}\n{marked()}"])
def test_a_comment_that_begins_like_our_words_or_a_programs_is_kept(line: str, end: str) -> None:
    assert comment(f"{line}\n\nSee the wiki.{end}") == f"{line}\n\nSee the wiki."


def test_a_label_typed_above_our_email_without_an_introduction_is_comment() -> None:
    assert comment("Comment: fine with me", OUR_TEXT) == "Comment: fine with me"


@pytest.mark.parametrize(
    "line", ["I deny this.", "please ignore my approval", "only if Bob agrees"]
)
@pytest.mark.parametrize("below", ["", "\nUser: alice"])
def test_what_takes_an_approval_back_behind_a_label_is_read(line: str, below: str) -> None:
    raw = message(f"APPROVE\n\nComment: {line}{below}\n\n{ON}\n{marked()}", UTF8)
    assert read(raw).outcome == "unclear"


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("typed", ["CAD 2026.", "See the wiki", ""])
def test_the_senders_name_begins_a_signature(signature: str, typed: str) -> None:
    assert comment(typed, signature, ON, marked()) == typed
    assert comment(typed, signature, f"{HEAD}\n\n{OUR_TEXT}") == typed


def test_a_line_directly_above_a_footer_stays() -> None:
    for footer in ("Virus-free. www.avast.com", "Example GmbH, HRB 1234", "Confidential: internal"):
        assert comment(f"Fine with me.\n{footer}", ON, marked()) == "Fine with me."


@pytest.mark.parametrize(
    "name", ["Dana Whitfield Jr.", ". Whitfield", "X. - .", "Dana <", "李", "()"]
)
def test_odd_names_of_senders_are_read(name: str) -> None:
    text = f"DENY\n\nCAD 2026.\n\n{name}\n"
    assert read(message(text, UTF8, sender=f'"{name}" <dana@example.com>')).outcome == "deny"


@pytest.mark.parametrize("line", NAMES_IN_COMMENTS)
def test_names_in_a_comment_stay(line: str) -> None:
    assert comment(line, ON, marked()) == line


@pytest.mark.parametrize("farewell", ["Warmest,\nDana", "Until next week,\n\nDana Whitfield\nIT"])
def test_a_few_words_with_a_comma_above_a_name_are_a_closing(farewell: str) -> None:
    assert comment("See the wiki", farewell, ON, marked()) == "See the wiki"


def test_the_line_above_a_name_stays_if_it_is_the_comment() -> None:
    assert comment("Fine with me\nDana", ON, marked()) == "Fine with me"
    assert comment("Fine with me,\nDana", ON, marked()) == "Fine with me,"


@pytest.mark.parametrize(
    ("sender", "signature"),
    [
        ('"Whitfield, Dana" <dana@example.com>', "Dana Whitfield\nIT"),
        ('"Whitfield, Dana (IT)" <dana@example.com>', "Dana"),
        ("Dr. Dana Whitfield <dana@example.com>", "Dana"),
        ("dana@example.com", "Dana"),
        ("山田 太郎 <dana@example.com>", "山田"),
    ],
)
def test_a_name_is_known_however_the_sender_writes_it(sender: str, signature: str) -> None:
    text = f"DENY\n\nCAD 2026.\n\n{signature}\n"
    assert read(message(text, UTF8, sender=sender)).comment == "CAD 2026."


def test_the_senders_name_above_an_answer_is_the_first_line() -> None:
    for name in ("Dana", "Hello\nDana", "Warmest,\nDana", "—\nDana", "—\nOn hold.", "__\nDana"):
        reading = read(message(f"{name}\n\n{ON}\n{marked()}\nAPPROVE\n", UTF8))
        assert reading.outcome == "unclear", name


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


@pytest.mark.parametrize(
    "closing",
    [
        "Thanks,",
        "Hilsen",
        "Best regards,\n\nDana",
        "---\nDana",
        "Dana",
        "Best, Dana",
        "Dana Whitfield\nHead of IT",
    ],
)
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
        "For at most two hours please",
        "I deny this because she has left us",
    ],
)
def test_what_takes_an_approval_back_below_a_closing_is_read(closing: str, line: str) -> None:
    reading = read(message(f"APPROVE\n\nCAD 2026.\n\n{closing}\n{line}\n\n{ON}\n{marked()}", UTF8))
    assert reading.outcome == "unclear"


@pytest.mark.parametrize("name", ["Dana", "Best, Dana", "- Dana Whitfield"])
@pytest.mark.parametrize("line", ["Only if Bob agrees.", "Confidential: only if Bob agrees."])
def test_a_condition_below_the_senders_name_is_read(name: str, line: str) -> None:
    reading = read(message(f"APPROVE\n\nCAD 2026.\n\n{name}\n{line}\n\n{ON}\n{marked()}", UTF8))
    assert reading.outcome == "unclear"


def test_a_signature_with_words_of_answers_takes_nothing_back() -> None:
    signature = (
        "Kind regards,\nDana Ortiz\nHead of IT Security\nNo. 5 High Street\nGrant & Partners Ltd"
    )
    reading = read(message(f"APPROVE\n\nCAD 2026.\n\n{signature}\n\n{ON}\n{marked()}", UTF8))
    assert (reading.outcome, reading.comment) == ("approve", "CAD 2026.")


@pytest.mark.parametrize(
    "line",
    [
        "Avast says it is clean.",
        "Checked by Bob, no findings.",
        "Important notice: reboot needed at noon.",
        "Disclaimer in the EULA is fine.",
        'Reason: "tender" is fine with me.',
    ],
)
def test_a_limit_below_a_line_that_begins_like_a_disclaimer_is_read(line: str) -> None:
    raw = message(f"APPROVE FOR 8 HOURS\n\n{line}\nAt most 30 minutes.\n\n{ON}\n{marked()}", UTF8)
    assert read(raw).outcome == "unclear"


def test_mailsprings_element_of_a_signature_is_markup() -> None:
    sent = '<signature id="local"><div>Sent from <a href="https://getmailspring.com/">Mailspring</a></div></signature>'
    assert read(html(f"<div>DENY</div><br/><div>CAD 2026.</div><br/>{sent}")).comment == "CAD 2026."
