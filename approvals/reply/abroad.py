# ruff: noqa: E501, RUF001, SIM905 - words of many languages, as they are written
"""Sentences in other languages than English that refuse what the first line approves."""

import re2

from approvals.reply.words import FOREIGN, NEGATIONS, REFUSALS, any_of, is_negated, words_of

MAX_NEGATED = 6  # words of a clause in which an approval is negated
MAX_NOW = 2  # words: "Nicht heute"
ABROAD = any_of(
    r"^\W*(?:bitte )?(?:noch )?(?:nicht|niet|inte|ikke) (?:genehmig|ausführ|freigeb|freigegeb|zulassen|erlaub|start|installier|godkän|godken|godkjen|goedkeur|goedgekeur|uitvoer|kör)",
    r"^\W*(?:bitte|lieber|besser) (?:noch )?nicht\W*$",
    r"^\W*bitte noch nicht\b",
    r"\b(?:ich lehne|wir lehnen|je refuse|je rejette|nous refusons|ik weiger|jag avslår|jeg avslår|jeg afviser|jag nekar)\b",
    r"^\W*(?:lo |la )?(?:rechazo|deniego|rifiuto|recuso|rejeito|odrzucam|odmawiam|zamítám|odmítám|elutasítom|reddediyorum|neschvaluji|nesouhlasím|отклоняю|отказываю|против)\b",
    r"^\W*(?:en|emme) hyväksy",
    r"onaylamıyorum",
    r"\bich (?:bin dagegen|meinte)\b",
    r"\bvertan\b",
    r"\bfalsche[rsn]? (?:knopf|taste|wort|mail|klick)",
    r"^\W*bitte (?:noch )?warten\b",
    r"\bich muss (?:noch|erst) \S+ fragen\b",
    r"^\W*(?:leider|helaas|tyvärr|desværre|dessverre|valitettavasti|niestety|bohužel|sajnos|purtroppo|désolé|malheureusement)\W+(?:nein|nicht|nee|niet|nej|nei|ei|nie|ne|nem|no|non)\W*$",
)
ASSENTS = re2.compile(
    r"(?i)genehmig|zustimm|stimme|einverstanden|freigeb|freigab|erlaub|approuv|d'accord|aprueb"
    r"|aprob|autoriz[oa]|de acuerdo|aprovo|aprovad|concord|approvar|approvat|approvo|\beens\b|goedkeur"
    r"|goedgekeurd|\bkeur\b|akkoord|godkän|godken|godkjen|hyväksy|zgadzam|zatwierdz|schval"
    r"|schvál|souhlas|одобр|соглас|批准|同意|承認|승인|запуск|运行|実行|실행"
)
NO_ABROAD = frozenset(
    ["不行", "不要", "不可以", "不可", "不允许", "だめ", "ダメ", "안돼", "нельзя"]
)
NOW_ABROAD = frozenset(
    "heute jetzt aujourd'hui maintenant hoy ahora oggi adesso vandaag idag dag nå dzisiaj teraz dnes "
    "hoje agora сегодня сейчас".split()
)
# A request is spoken of, and no other one.
REQUEST_ABROAD = re2.compile(
    r"(?i)\b(?:anfrage|antrag|demande|solicitud|richiesta|pedido|verzoek|begäran|anmodning|wniosek|žádost)\b"
)
ANOTHER_ABROAD = re2.compile(
    r"(?i)\b(?:letzte|alte|ander|gestern|wurde|war|nächste|ancien|autre|derni|hier|otra|anterior|ayer|altra|ieri|vorige|gisteren|förra|andra|poprzedni|inny)"
)
BUT_ABROAD = frozenset(("aber", "mais", "pero", "ma", "maar", "men", "ale", "mas"))
NO_TROUBLE = re2.compile(
    r"問題|问题|문제|проблем|срочн|нужн|надо|心配|不要です|无需|無需|必要|필요|关系|關係|вопрос|возраж|急"
)


def refuses_abroad(said: str) -> bool:
    """Whether a sentence refuses in another language: "Ich lehne das ab", "Nicht heute"."""
    words = words_of(said)
    if ABROAD.search(said):
        return True
    if REQUEST_ABROAD.search(said) and any(word in REFUSALS for word in words):
        return not ANOTHER_ABROAD.search(said)
    negated = is_negated("", words) or "no" in words
    if not negated or NO_TROUBLE.search(said):
        return False
    short = [word for word in words if word not in BUT_ABROAD and word != "i"]
    if len(short) <= MAX_NOW and not NOW_ABROAD.isdisjoint(words):
        return True
    if not BUT_ABROAD.isdisjoint(words):
        return False
    if len(words) == 1 and (words[0] in NEGATIONS or words[0] in NO_ABROAD):
        return bool(FOREIGN.search(said))
    return any(map(_is_assent_negated, said.split(",")))


def _is_assent_negated(clause: str) -> bool:
    words = words_of(clause)
    negated = is_negated("", words) or "no" in words
    return negated and len(words) <= MAX_NEGATED and bool(ASSENTS.search(clause))
