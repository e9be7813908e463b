# ruff: noqa: RUF001 - words of many languages, as they are written
"""How the automatic answers of mail programs begin their subjects."""

import unicodedata

import re2

# Beginnings, case aside. Those that may begin what people write too stand among the words below.
BEGINNINGS = tuple(
    """automatic reply|auto-reply|autoreply|auto reply|auto response|auto-response|autoresponse|
    automated reply|automated response|automatic response|auto:|
    out of office|out of the office|out-of-office|ooo:|ooo -|ooo –|oof:|away:|
    away from my mail|i am out of|i'm out of|not in the office|on vacation|vacation:|vacation reply|
    on leave:|automatische antwort|abwesenheitsnotiz|abwesenheit|abwesend|außer haus|autoantwort|
    nicht im büro|urlaubsnotiz|
    réponse automatique|reponse automatique|absence du bureau|message d'absence|réponse d'absence|absent|
    respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|ausente|
    risposta automatica|fuori sede|fuori ufficio|assente|resposta automática|resposta automatica|
    fora do escritório|ausência|automatisch antwoord|afwezig|niet aanwezig|
    autosvar|automatiskt svar|automatisk svar|frånvaro|fraværende|fravær|ikke til stede|
    automaattinen vastaus|poissa|automatyczna odpowiedź|odpowiedź automatyczna|
    poza biurem|nieobecność|автоответ|автоматический ответ|автоматична відповідь|
    отсутствую|отсутствие|automatická odpověď|automatická odpoveď|mimo kancelář|automatikus válasz|
    házon kívül|răspuns automat|raspuns automat|automatski odgovor|samodejni odgovor|
    otomatik yanıt|otomatik cevap|αυτόματη απάντηση|автоматичен отговор|automatinis atsakymas|
    automātiskā atbilde|automaatvastus|automaatne vastus|automaattivastaus|מענה אוטומטי|
    תשובה אוטומטית|رد تلقائي|الرد التلقائي|自動返信|自动回复|自動回覆|自动答复|自動応答|不在|
    자동 회신|자동 응답|자동응답|부재중|balasan otomatis|trả lời tự động|ตอบกลับอัตโนมัติ|
    auto-responder|autoresponder|auto responder|annual leave|on annual leave|on leave|
    on holiday|on holidays|vacation notice|vacation response|vacation message|holiday notice|
    currently out of|currently unavailable|autore:|auto re:|maternity leave|parental leave|
    away from office|away from the office|i am currently out|i'm currently out|i am away|i'm away|
    automatische abwesenheit|automatische rückmeldung|automatische rueckmeldung|im urlaub|
    ich bin im urlaub|bin im urlaub|ich bin abwesend|nicht im buero|
    nicht im haus|urlaubsabwesenheit|automatische rückantwort|je suis absent|estoy fuera|estou ausente|
    ausencia temporal|assenza dall'ufficio|em férias|buiten kantoor|ej på kontoret|ude af kontoret|
    na urlopie|нет на месте|я в отпуске|automatická odpověd|nepřítomen|ofis dışı|извън офиса|
    message automatique|hors du bureau|en congé|en congés|avis d'absence|notification d'absence|
    mensaje automático|mensaje automatico|de vacaciones|aviso de ausencia|
    messaggio automatico|in ferie|avviso di assenza|mensagem automática|mensagem automatica|de férias|
    automatische reactie|automatisch bericht|niet op kantoor|op vakantie|met vakantie|
    inte på kontoret|på semester|ikke på kontoret|på ferie|ute av kontoret|automaattinen viesti|
    autoodpowiedź|вне офиса|в отпуске|автовідповідь|поза офісом|у відпустці|
    în concediu|in concediu|ofis dışında|ofis dışındayım|izinliyim|İzinliyim|εκτός γραφείου|
    自動答覆|自动应答|外出中|خارج المكتب|מחוץ למשרד""".replace("\n    ", "").split("|")
)
# Words that are such a subject alone, or before a sign: "Absence : Re: ..." is one, "Absence of" isn't.
WORDS = tuple(
    """ooo|ooto|vacation|vacations|holiday|holidays|away|on break|urlaub|absence|vacances|congés|ausencia|
    vacaciones|assenza|ferie|férias|vakantie|frånvarande|lomalla|nieobecny|nieobecna|
    urlop|dovolená|nepřítomnost|neprítomnosť|távollét|szabadságon|szabadság|absență|concediu|izin|İzin|
    отпуск|відпустка|απουσία|άδεια|休暇|休假|휴가|إجازة|חופשה""".replace("\n    ", "").split("|")
)
# What servers and gateways put in front, and mail programs when one answers.
MARK = re2.compile(
    r"^(?:\[[^\[\]]{1,40}\]|\{[^{}]{1,40}\}|\*{1,5}[^*]{1,40}\*{1,5}|"
    r"[<(]ext(?:ern(?:al)?)?[)>]|(?:ext|externe?|external|externo|esterno|spam\??) ?[:|–-]|"
    r"(?:re|aw|antw?|sv|svar|vs|vá|odp|r|rif|res|ref|ynt|απ|отв|ответ|відп|回复|回覆|答复|返信|回信)"
    r"(?:\[[0-9]+\]|\([0-9]+\)|\^[0-9]+)? ?[::])\s*"
)
MAX_MARKS = 10
OPENING = "[({<*\"'„“« "


def is_away_subject(subject: str) -> bool:
    """Whether a decoded subject is that of an automatic answer, also behind "Re:" or "[EXT]"."""
    rest = _comparable(subject)
    for _ in range(MAX_MARKS):
        bare = rest.lstrip(OPENING)
        if STARTS.match(bare):
            return True
        after = str(MARK.sub("", rest))
        if after == rest:
            return False
        rest = after
    return False


def _comparable(subject: str) -> str:
    """A subject with blanks and apostrophes of one kind, letters composed (NFC) and without case."""
    one_kind = " ".join(subject.replace("’", "'").split())
    return unicodedata.normalize("NFC", one_kind).casefold()


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(re2.escape(_comparable(word)) for word in words)


STARTS = re2.compile(
    rf"^(?:{_any_of(BEGINNINGS)}|(?:{_any_of(WORDS)})(?:$| re:| ?[\[\](){{}}:;,.!*|0-9<>–—-]))"
)
