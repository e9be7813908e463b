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
]


@pytest.mark.parametrize("banner", BANNERS)
def test_an_answer_below_a_gateways_banner_counts(banner: str) -> None:
    raw = message(f"{banner}\n\nAPPROVE\n\n{marked()}", "Content-Type: text/plain; charset=utf-8")
    assert outcome(raw) == ONCE


@pytest.mark.parametrize("line", TYPED)
def test_a_line_that_says_more_than_a_gateway_is_the_first(line: str) -> None:
    raw = message(f"{line}\n\nYes, Bob knows.\n", "Content-Type: text/plain; charset=utf-8")
    assert outcome(raw) == UNCLEAR
