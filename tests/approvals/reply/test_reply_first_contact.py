# ruff: noqa: E501, RUF001 - sentences of several languages, as Exchange Online writes them
"""Exchange Online's tip about somebody who rarely writes: passed over whole, never with typed text."""

import html as markup

import pytest

from tests.approvals.reply.incoming import html, marked, message, outcome, read

UTF8 = "Content-Type: text/plain; charset=utf-8"
HERS = "dana@example.com"
LINK = "https://aka.ms/LearnAboutSenderIdentification"
ONCE, UNCLEAR = ("approve", None), ("unclear", None)

TIPS = [
    f"You don't often get email from {HERS}. Learn why this is important",
    f"Some people who received this message don’t often get email from {HERS}. Learn why this is important<{LINK}>",
    f"[You don't often get email from {HERS}. Learn why this is important at {LINK} ]",
    f"Sie erhalten nicht häufig E-Mails von {HERS}. Erfahren Sie, warum dies wichtig ist",
    f"Sie erhalten nicht oft eine E-Mail von {HERS}. Erfahren Sie, warum dies wichtig ist<{LINK}>",
    f"Vous ne recevez pas souvent de courriers de la part de {HERS}. Découvrez pourquoi cela est important",
    f"No suele recibir correo electrónico de {HERS}. Descubra por qué esto es importante",
    f"No suele recibir correos electrónicos de {HERS}. Por qué es esto importante<{LINK}>",
    f"Non si ricevono spesso messaggi di posta elettronica da {HERS}. Scopri perché è importante",
    f"U ontvangt niet vaak e-mail van {HERS}. Meer informatie over waarom dit belangrijk is",
    f"Você não costuma receber emails de {HERS}. Saiba por que isso é importante",
    f"Nie otrzymujesz często wiadomości e-mail z {HERS}. Dowiedz się, dlaczego jest to ważne",
    f"Du får inte ofta e-post från {HERS}. Läs om varför det här är viktigt",
    f"Du får ikke ofte mails fra {HERS}. Få mere at vide om, hvorfor dette er vigtigt",
    f"Du mottar ikke ofte e-post fra {HERS}. Finn ut hvorfor dette er viktig",
    f"Et saa usein sähköpostia osoitteesta {HERS}. Lisätietoja siitä, miksi tämä on tärkeää",
    f"E-maily od {HERS} nedostáváte často. Zjistěte, proč je to důležité",
    f"Вы нечасто получаете письма от {HERS}. Узнайте, почему это важно",
    f"{HERS} adresinden sık sık e-posta almıyorsunuz. Bunun neden önemli olduğunu öğrenin",
    f"{HERS} からのメールを受け取る頻度は高くありません。これが重要な理由を確認してください",
    f"你通常不会收到来自 {HERS} 的电子邮件。了解这一点为什么很重要",
    f"{HERS}에서 전자 메일을 자주 받지 않습니다. 이것이 중요한 이유를 알아보세요.",
    f"Ön nem gyakran kap e-mailt a következőtől: {HERS}. Tudja meg, miért fontos ez",
    # In a language that isn't known.
    f"Jūs retai gaunate laiškų iš {HERS}. Sužinokite, kodėl tai svarbu<{LINK}>",
    f"[Te ei saa sageli meile aadressilt {HERS}. Siit saate teada, miks see on oluline: {LINK} ]",
]
TYPED = [
    f"I don't often get email from {HERS}. Learn why this is important",
    f"You don't often get email from {HERS}. Learn why this is important to Bob",
    f"You don't often get email from {HERS}?",
    f"You don't often get email from {HERS}. Ask Bob why this is important",
    f"Wir erhalten nicht oft E-Mails von {HERS}. Erfahren Sie, warum dies wichtig ist",
    f"Sie erhalten nicht häufig E-Mails von {HERS}. Bitte fragen Sie Bob, warum dies wichtig ist",
    f"Sie erhalten nicht häufig E-Mails von {HERS}. Abgelehnt. Erfahren Sie, warum dies wichtig ist",
    f"Sie erhalten nicht häufig E-Mails von {HERS}. Erfahren Sie, warum dies wichtig ist?",
    f"Vous ne recevez pas souvent de mails de {HERS}. Demandez à Bob pourquoi cela est important",
    f"Please write to {HERS}. Details: {LINK}",
    f"Bitte erst {HERS} fragen. Danke, {LINK}",
    f"Warten auf {HERS}. Mehr unter {LINK}",
    f"Write to {HERS}. Ask Bob <{LINK}>",
    f"Bob, please see <{LINK}>",
    f"<{LINK}>",
]


@pytest.mark.parametrize("tip", TIPS)
def test_an_answer_below_the_tip_counts(tip: str) -> None:
    for gap in ("\n\n", "\n"):
        assert outcome(message(f"{tip}{gap}APPROVE\n\n{marked()}", UTF8)) == ONCE
    assert outcome(html(f"<div>{markup.escape(tip)}</div><br><div>APPROVE</div>")) == ONCE
    assert outcome(message(f"{tip}\n\n{marked()}", UTF8)) == UNCLEAR


def test_a_wrapped_tip_is_passed_over() -> None:
    wrapped = (TIPS[3].replace(" warum", "\nwarum"), TIPS[2].replace(" https", "\nhttps"))
    for tip in wrapped:
        assert outcome(message(f"{tip}\nAPPROVE\n\n{marked()}", UTF8)) == ONCE


@pytest.mark.parametrize("line", TYPED)
def test_what_only_looks_like_the_tip_is_the_first_line(line: str) -> None:
    for gap in ("\n\n", "\n"):
        assert outcome(message(f"{line}{gap}APPROVE\n\n{marked()}", UTF8)) == UNCLEAR


def test_what_stands_directly_below_the_tip_is_the_first_line() -> None:
    reading = read(message(f"{TIPS[3]}\nAsk Bob first.\n\nAPPROVE\n\n{marked()}", UTF8))
    assert (reading.outcome, reading.first_line) == ("unclear", "Ask Bob first.")


def test_in_an_unknown_language_the_tip_names_the_mails_own_address() -> None:
    tip = TIPS[-2].replace(HERS, "bob@example.com")
    assert outcome(message(f"{tip}\n\nAPPROVE\n\n{marked()}", UTF8)) == UNCLEAR
