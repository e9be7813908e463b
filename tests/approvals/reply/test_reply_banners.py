# ruff: noqa: E501, RUF001 - banners as gateways write them
"""What gateways put on top of a reply, and what people write that looks like it."""

import pytest

from tests.approvals.reply.incoming import marked, message, outcome

ONCE, UNCLEAR = ("approve", None), ("unclear", None)

BANNERS = [
    "ATTENTION : Ce courriel provient de l'extérieur de l'organisation.",
    "ATTENTION: Ce message provient de l’extérieur. Ne cliquez pas sur les liens et n’ouvrez pas les pièces jointes.",
    "PRECAUCIÓN: Este correo electrónico se originó fuera de la organización. No haga clic en enlaces ni abra archivos adjuntos.",
    "ATENÇÃO: Este e-mail foi enviado de fora da organização.",
    "ATTENZIONE: questo messaggio proviene dall'esterno dell'organizzazione.",
    "LET OP: Deze e-mail komt van buiten de organisatie. Klik niet op links.",
    "VARNING: Extern avsändare. Klicka inte på länkar.",
    "Uwaga: ta wiadomość pochodzi spoza organizacji.",
    "POZOR: Tato zpráva přišla od externího odesílatele.",
    "Внимание: внешний отправитель.",
    "【注意】このメールは社外から送信されています。",
    "Achtung: Diese E-Mail kommt von außerhalb der Organisation, bitte seien Sie vorsichtig.",
    "[EXTERNAL EMAIL] - Use caution with links and attachments.",
    "Caution: External email, do not click links.",
    "注意：此邮件来自外部。",
    "[외부 메일] 이 메일은 외부에서 발송되었습니다.",
    "זהירות: הודעה זו נשלחה מחוץ לארגון",
    "Внешняя почта! Будьте осторожны",
    "This Message originated outside your organization.",
    "[EXTERN] Diese E-Mail stammt von einem externen Absender.",
    "This is an external email. Please think before clicking on links or opening attachments.",
    "*** This is an EXTERNAL email. Please exercise caution. DO NOT open attachments. ***",
    "You have received this message from an external sender for the first time.",
    "Message externe : soyez vigilant avant de cliquer sur un lien.",
    "CORREO EXTERNO: No abra archivos adjuntos ni enlaces.",
    "E-MAIL EXTERNO: Não clique em links nem abra anexos.",
    "Let op! Deze e-mail komt van buiten de organisatie. Klik niet op links.",
    "【外部邮件】此邮件来自外部，请谨慎点击链接。",
    "OFFICIAL",
    "TLP:AMBER+STRICT",
    "Classification: Internal",
    "Sensitivity: Company Confidential / Internal use only",
    "ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message came from outside your organization.\n\nZjQcmQRYFpfptBannerEnd",
    "EXTERNAL: Do not click links or open attachments if you do not recognize the sender.",
    "Warnung: Externe E-Mail",
    "[This message was sent by somebody outside the company]",
    "注意：此邮件来自组织外部。",
    "注意：このメールは組織外から送信されました。",
    "[EXT]",
    "Hinweis: Diese Nachricht kommt von außerhalb des Unternehmens.",
    "Security notice: this message did not originate from within the organisation.",
    "EXTERN: Klicken Sie nicht auf Links und öffnen Sie keine Anhänge.",
    "External e-mail - do not open attachments unless you trust the sender.",
    "This mail came from someone outside our company. Be careful with links.",
    "Figyelem: külső feladó!",
    "Atenție: e-mail extern. Nu deschideți linkuri.",
    "ΠΡΟΣΟΧΗ: Αυτό το μήνυμα προέρχεται από εξωτερικό αποστολέα.",
    "Увага: лист від зовнішнього відправника.",
    "ВНИМАНИЕ: письмо пришло извне. Не открывайте вложения.",
    "주의: 이 메일은 조직 외부에서 발송되었습니다.",
    "【社外】このメールは会社外から送信されています。",
    "Important: this e-mail was sent from outside our network.",
    "WAARSCHUWING: deze e-mail is van een externe afzender.",
    "注意：邮件来自公司以外。",
    "Note: This email originated from outside of the organisation.",
    "Alerte : courriel externe. Soyez prudent avec les liens.",
    "ALERTA: correo externo.",
    "VAROVANIE: správa od externého odosielateľa mimo spoločnosti.",
    "Viktig: ekstern avsender.",
    "[EXTERNAL]\nThink before you click.",
    "CAUTION: External email.\nDo not trust this message's links unless you recognize the sender.",
    "CAUTION: External email.\nPlease exercise caution.",
]
TYPED = [
    "External sender - too risky",
    "External sender: refused.",
    "Attention Bob: external sender, do not trust the attachment.",
    "Vorsicht, externer Absender, bitte erst prüfen.",
    "Warning: external sender. Refused",
    "Alert the help desk, this message is from an external sender.",
    "Caution: this e-mail is from an external sender, looks like phishing.",
    "Classification: Internal tools are out of the question",
    "ATTENTION : Ce courriel provient de l'extérieur, je refuse.",
    "Внимание: внешний отправитель. Отказано",
    "注意：此邮件来自外部，我拒绝。",
    "注意：此邮件来自外部。拒绝。",
    "Внешняя почта! Отклонить",
    "Externe Nachricht vom Hersteller fehlt.",
    "Note: the message from an external sender was deleted by Bob",
    "Important: an external e-mail is required first",
    "Wichtig: externe E-Mail fehlt noch",
    "Hinweis: Nachricht von außerhalb der Firma abwarten",
    "This email is external e-mail and suspicious",
    "Warnung: externe E-Mail. Zu gefährlich.",
    "Увага: лист ззовні. Ні.",
    "External users must not run this",
    "External: do not run this, phishing",
    "External: do I trust this vendor",
    "Caution: external sender. Do not run this, it is suspicious.",
    "Warnung: externe E-Mail, ich lehne ab",
    "Warning: this message is about an external sender",
    "This message is from outside the company and must not be run",
    "This email is from outside, Bob says fine",
    "Note: external sender is unknown to me",
    "Important: external sender, verify by phone first",
    "EXTERNAL: never",
    "External: do not",
    "Externe Benutzer dürfen das nicht starten",
    "Extern: bitte nicht",
    "[EXT] do not approve",
    "Note: this e-mail came from outside the company because Alice is at home.",
    "此邮件来自公司以外，拒绝。",
    "注意：来自组织外部的程序，不要安装。",
    "Hinweis: externer Absender, nicht installieren",
    "This message asks for an external sender",
    "External sender, too risky",
    "Please note: outside the company network this fails",
    "CAUTION: External email. Never trust her again.",
    "CAUTION: External email. Do not trust this attachment, Alice.",
]
# Typed directly below a banner: the banner is passed over, or not, but never these.
BELOW = [
    "CAUTION: External email.\nNever trust her again.",
    "[EXTERNAL]\nDon't click it.",
    "[EXTERNAL]\nDo not trust him with links.",
    "CAUTION: This email originated from outside of the organization.\nDo not trust this attachment, Alice.",
]


@pytest.mark.parametrize("banner", BANNERS)
def test_an_answer_below_a_gateways_banner_counts(banner: str) -> None:
    raw = message(f"{banner}\n\nAPPROVE\n\n{marked()}", "Content-Type: text/plain; charset=utf-8")
    assert outcome(raw) == ONCE


@pytest.mark.parametrize("line", [*TYPED, *BELOW])
def test_a_line_that_says_more_than_a_gateway_is_the_first(line: str) -> None:
    for gap in ("\n\n", "\n"):
        text = f"{line}{gap}Yes, Bob knows.\n"
        assert outcome(message(text, "Content-Type: text/plain; charset=utf-8")) == UNCLEAR
