# ruff: noqa: RUF001 - words of many languages, as they are written
"""How the automatic answers of mail programs begin their subjects, and what they say of themselves."""

import unicodedata

import re2


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\n    ", "").split("|"))


# What automatic answers are called, case aside: subjects begin with it, and texts say it of themselves.
ENGLISH = _listed(
    """automatic reply|auto-reply|autoreply|auto reply|auto response|auto-response|autoresponse|
    automated reply|automated response|automatic response|auto-responder|autoresponder|auto responder|
    automated message|automated email|automated e-mail|automated notification|automatic message|
    automatic acknowledgement|automated acknowledgement|auto acknowledgement|
    autoacknowledge"""
)
FOREIGN = _listed(
    """automatische antwort|autoantwort|automatische rückantwort|automatische rückmeldung|
    automatische rueckmeldung|automatische nachricht|automatische e-mail|automatische eingangsbestätigung|
    réponse automatique|reponse automatique|répondeur automatique|message automatique|
    respuesta automática|respuesta automatica|autorespuesta|auto-respuesta|mensaje automático|
    mensaje automatico|risposta automatica|autorisponditore|messaggio automatico|resposta automática|
    resposta automatica|auto-resposta|autoresposta|mensagem automática|mensagem automatica|
    automatisch antwoord|automatische reactie|automatisch bericht|automatische beantwoording|
    autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automaattinen viesti|
    automaattivastaus|automatyczna odpowiedź|automatyczna odpowiedz|odpowiedź automatyczna|
    autoodpowiedź|автоответ|автоматический ответ|автоматична відповідь|автовідповідь|
    automatická odpověď|automatická odpověd|automatická odpoveď|automatikus válasz|răspuns automat|
    raspuns automat|automatski odgovor|samodejni odgovor|otomatik yanıt|otomatik yanit|otomatik cevap|
    αυτόματη απάντηση|автоматичен отговор|automatinis atsakymas|automātiskā atbilde|automaatvastus|
    automaatne vastus|automaattivastus|מענה אוטומטי|תשובה אוטומטית|رد تلقائي|الرد التلقائي|自動返信|
    自动回复|自動回覆|自动答复|自動答覆|自动应答|自動応答|자동 회신|자동 응답|자동응답|balasan otomatis|
    trả lời tự động|ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|स्वचालित उत्तर|sjálfvirkt svar|jawapan automatik|
    auto-antwort|auto-réponse|autoréponse|auto svar|auto-svar|automatisierte antwort|autom. antwort|
    automatiserat svar|risposta automatizzata|respuesta automatizada|resposta automatizada|autorisposta|
    samočinná odpověď|автоматическое уведомление|автоматическое сообщение|automatyczna wiadomość|
    contestación automática|αυτοματη απαντηση|otomati\u0307k yanit|
    automātiska atbilde|resposta automàtica|аутоматски одговор|автоматски одговор|balasan automatik|
    erantzun automatikoa|پاسخ خودکار|автоматты жауап|аўтаматычны адказ|automatisk besvarelse|
    tự động trả lời|自動回答|outomatiese antwoord|përgjigje automatike|avtomatik cavab|תגובה אוטומטית"""
)
# Other beginnings. Those that may begin what people write too stand among the words below.
BEGINNINGS = _listed(
    """auto:|auto re:|autore:|this is an auto|
    out of office|out of the office|out-of-office|outofoffice|ooo:|ooo -|ooo –|ooo until|oof:|away:|
    vacation auto|
    away until|away from my mail|away from desk|away from my desk|i am out of|i'm out of|i am ooo|i'm ooo|
    not in the office|on vacation|vacation:|vacation reply|on pto|pto:|currently away|
    on leave:|abwesenheitsnotiz|abwesenheit|abwesend|außer haus|außer büro|nicht im büro|urlaubsnotiz|
    absence du bureau|message d'absence|réponse d'absence|absent|fuera de la oficina|fuera de oficina|
    ausente|fuori sede|fuori ufficio|assente|fora do escritório|fora do escritorio|ausência|afwezig|
    niet aanwezig|frånvaro|fraværende|fravær|ikke til stede|poissa|poza biurem|nieobecność|отсутствую|
    отсутствие|mimo kancelář|házon kívül|不在|부재중|
    annual leave|on annual leave|on leave|on sick leave|sick leave:|currently on leave|
    on holiday|on holidays|vacation notice|vacation response|vacation message|holiday notice|
    currently out of|currently unavailable|temporarily unavailable|maternity leave|parental leave|
    away from office|away from the office|i am currently out|i'm currently out|i am away|i'm away|
    i am currently away|i'm currently away|i am on vacation|i'm on vacation|i am on leave|i'm on leave|
    i am on holiday|i'm on holiday|no longer with|confirmation of receipt|receipt confirmation|
    your message has been received|we have received your|we received your|thank you for your e-mail|
    thank you for your email|thank you for your message|thanks for your email|thanks for your message|
    thank you for contacting|
    automatische abwesenheit|ich bin nicht da|je suis actuellement absent|actuellement en congés|
    ik ben afwezig|estoy ausente|me encuentro de vacaciones|jestem poza biurem|przebywam na urlopie|
    nie ma mnie w biurze|im urlaub|ich bin im urlaub|bin im urlaub|ich bin abwesend|nicht im buero|
    nicht im haus|urlaubsabwesenheit|ferienabwesenheit|ferienhalber|krankheitsbedingt|nicht erreichbar|
    derzeit nicht erreichbar|nicht im dienst|eingangsbestätigung|empfangsbestätigung|
    réponse auto|je suis absent|je suis en congé|je suis en vacances|en vacances|absence temporaire|
    hors du bureau|hors bureau|en congé|en congés|congé maternité|avis d'absence|notification d'absence|
    accusé de réception|estoy fuera|estoy de vacaciones|ausencia temporal|ausencia de la oficina|
    de vacaciones|aviso de ausencia|no estoy en la oficina|no disponible|acuse de recibo|respuesta auto:|
    estou ausente|estou de férias|em férias|de férias|de licença|assenza dall'ufficio|sono assente|
    sono in ferie|in ferie|non in ufficio|fuori dall'ufficio|avviso di assenza|conferma di ricezione|
    buiten kantoor|niet op kantoor|niet beschikbaar|op vakantie|met vakantie|op verlof|met verlof|
    ontvangstbevestiging|ej på kontoret|inte på kontoret|på semester|tjänstledig|föräldraledig|
    ude af kontoret|ikke på kontoret|på ferie|feriesvar|på barsel|barselsorlov|ute av kontoret|
    olen lomalla|na urlopie|jestem na urlopie|nieobecny w biurze|нет на месте|я в отпуске|вне офиса|
    в отпуске|нахожусь в отпуске|поза офісом|у відпустці|відсутній|nepřítomen|nejsem v kanceláři|
    jsem na dovolené|szabadságon vagyok|nem vagyok az irodában|în concediu|in concediu|ofis dışı|
    ofis dışında|ofis dışındayım|izinliyim|İzinliyim|izindeyim|İzindeyim|yıllık izin|εκτός γραφείου|
    απουσία από|извън офиса|отсъствам|izvan ureda|na godišnjem odmoru|na dopustu|odsoten|
    外出中|外出自动|休暇中|休假中|휴가중|خارج المكتب|מחוץ למשרד|בחופשה|vắng mặt|di luar kantor|
    ไม่อยู่ที่สำนักงาน|
    urlaubsnachricht|ich bin nicht im büro|ich bin nicht im haus|ich bin außer haus|vacation notification|
    zpráva o nepřítomnosti|oznámení o nepřítomnosti|powiadomienie o nieobecności|
    уведомление об отсутствии|부재 중"""
)
# Words that are such a subject alone, or before a sign: "Absence : Re: ..." is one, "Absence of" isn't.
WORDS = _listed(
    """ooo|ooto|vacation|vacations|holiday|holidays|away|on break|urlaub|ferien|elternzeit|mutterschutz|
    absence|vacances|congés|ausencia|vacaciones|assenza|ferie|férias|licença|vakantie|frånvarande|
    semester|
    borta|permisjon|lomalla|loma|nieobecny|nieobecna|urlop|dovolená|nepřítomnost|neprítomnosť|távollét|
    szabadságon|szabadság|absență|concediu|izin|İzin|отпуск|відпустка|απουσία|άδεια|休暇|休假|お休み|外出|휴가|
    외출|إجازة|חופשה|cuti|atostogos|atvaļinājums|puhkus|puhkusel"""
)
# What texts say of themselves beside those names.
ENGLISH_GENERATED = _listed(
    """automatically generated|auto-generated|autogenerated|generated automatically|sent automatically|
    automatically sent|automatically created|automatically translated|translated automatically|
    system-generated|system generated|ai-generated|ai generated|generated by the system"""
)
FOREIGN_GENERATED = _listed(
    """automatisch generiert|automatisch erstellt|automatisch erzeugt|automatisch übersetzt|
    traduit automatiquement|traducido automáticamente|tradotto automaticamente|
    automatisch versendet|automatisch versandt|automatisch gesendet|généré automatiquement|
    envoyé automatiquement|
    generado automáticamente|enviado automáticamente|generato automaticamente|generata automaticamente|
    gerada automaticamente|gerado automaticamente|automatisch gegenereerd|automatiskt genererat|
    automatisk genereret|automatisk generert|wygenerowana automatycznie|wygenerowano automatycznie|
    automatikusan generált|generat automat|создано автоматически|отправлено автоматически|
    otomatik olarak oluştur|otomatik olarak gönder|otomatik bir yanıt|αυτόματο μήνυμα|自動送信|自动发送|
    自动生成|자동 발송"""
)
# Only what speaks of itself: "he needs the auto-reply tool" doesn't.
ENGLISH_SELF = (
    r"this (?:(?:e-?mail|message|mail|reply|response|answer|notification) )?"
    r"(?:is|was|has been) (?:an? )?"
)
FOREIGN_SELF = (
    r"(?:dies|diese|dieses|ceci|ce|cet|cette|es|esto|esta|este|isto|questo|questa|dit|deze|detta|dette|"
    r"det|tämä|to|ta|toto|tato|ez|acest|acesta|это|данное|це|bu|αυτό|これは|このメールは|本メールは|这是|此邮件|本邮件|此郵件)"
    r"[^.!?]{0,30}"
)
# A program that writes or answers mail, and how it or its owner says that it did.
ROBOT = (
    r"(?:ai|llm|gpt|chatgpt|copilot|gemini|bot|robot|n8n|zapier|power automate|"
    r"(?:ai|virtual|digital|automated|autonomous|e-?mail) (?:e-?mail )?(?:assistant|agent)|"
    r"automated (?:system|workflow|process|mailbox)|unattended (?:mailbox|account))"
)
ROBOTS_WORDS = re2.compile(
    r"(?:^|[^\pL])(?:(?:generated|written|composed|drafted|sent|answered|replied) "
    rf"(?:automatically )?(?:by|with|from) (?:[^ ]+ )?(?:[^ ]+ )?{ROBOT}(?:[^\pL]|$)|"
    rf"{ROBOT} (?:has )?(?:replied|answered|responded)\b|i(?:'m| am) (?:[^ ]+ )?{ROBOT}(?:[^\pL]|$)|"
    r"(?:replied|answered|responded) automatically|auto-repl(?:y|ied) (?:sent )?by|"
    r"ai-generated (?:reply|response|answer|e-?mail|message)|"
    r"(?:do not|don't) (?:reply|respond) (?:directly )?to this auto\pL+ (?:e-?mail|message|mail)|"
    r"(?:von|par|por|da|door|av|af|przez) "
    r"(?:einer |einem |une? |una |um |assistante? |asistente |assistente )*(?:ki|ia|ai)(?:[^\pL]|$))"
)
# What servers and gateways put in front, and mail programs when one answers.
GATEWAYS = (
    r"\[[^\[\]]{1,40}\]|【[^【】]{1,40}】|\{[^{}]{1,40}\}|\*{1,5}[^*]{1,40}\*{1,5}|"
    r"[<(]ext(?:ern(?:al)?)?[)>]|(?:ext|externe?|external|externo|esterno|spam\??) ?[:|–-]"
)
ANSWERS = (
    r"(?:re|aw|antw?|sv|svar|vs|vá|odp|r|rif|res|ref|ynt|απ|отв|ответ|відп|回复|回覆|答复|返信|回信)"
    r"(?:\[[0-9]+\]|\([0-9]+\)|\^[0-9]+)? ?[::]"
)
GATEWAYS_MARK = re2.compile(rf"^(?:{GATEWAYS})\s*")
MARK = re2.compile(rf"^(?:{GATEWAYS}|{ANSWERS})\s*")
# "Dana is out of the office", in the languages that Notes puts after a name; letters as casefold() leaves
# them. Without a colon or a bracket, which stand in our own subjects before the name of a file.
SOMEBODY = (
    r"[^:\[\]]{1,60} (?:"
    r"is (?:currently )?(?:out of (?:the )?office|away|on (?:leave|vacation|holiday))|"
    r"ist (?:derzeit |momentan |zur ?zeit )?(?:ausser haus|abwesend|nicht im (?:büro|haus)|im urlaub)|"
    r"est (?:actuellement )?(?:absente?|en congés?|en vacances|hors du bureau)|"
    r"está (?:actualmente )?(?:ausente|fuera de la oficina|de vacaciones|fora do escritório|de férias)|"
    r"è (?:attualmente )?(?:assente|fuori (?:sede|ufficio)|in ferie)|"
    r"is (?:momenteel )?(?:afwezig|niet aanwezig|niet op kantoor|met vakantie|op vakantie)|"
    r"är (?:inte på kontoret|frånvarande|på semester)|er (?:ikke til stede|fraværende|på ferie)|"
    r"jest nieobecn[ya]"
    r")\b"
)
MAX_MARKS = 10
MAX_TOLD = 4_000  # characters of a text that are looked at
OPENING = "[({<*\"'„“«【 "


def is_away_subject(subject: str, *, behind_re: bool) -> bool:
    """Whether a decoded subject is that of an automatic answer, also behind "[EXT]", or behind "Re:"."""
    # Without marks of direction and others that nobody sees: before a Hebrew prefix, say.
    seen = "".join(letter for letter in subject if unicodedata.category(letter) != "Cf")
    rest, mark = _comparable(seen), MARK if behind_re else GATEWAYS_MARK
    for _ in range(MAX_MARKS):
        bare = rest.lstrip(OPENING)
        if STARTS.match(bare):
            return True
        after = str(mark.sub("", rest))
        if after == rest:
            return False
        rest = after
    return False


def says_automatic(text: str) -> bool:
    """Whether a text says that nobody typed it ("This is an automatic reply")."""
    told = _comparable(text[:MAX_TOLD])
    # "Ai sensi del Regolamento…" begins Italian disclaimers, below "Sent from my iPhone".
    told_by_robots = told.replace(" ai sensi ", " ").replace(" ai fini ", " ")
    return bool(SAYS.search(told) or ROBOTS_WORDS.search(told_by_robots))


def _comparable(text: str) -> str:
    """A text with blanks and apostrophes of one kind, letters composed (NFC) and without case."""
    one_kind = " ".join(text.replace("’", "'").split())
    return unicodedata.normalize("NFC", one_kind).casefold()


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(re2.escape(_comparable(word)) for word in words)


STARTS = re2.compile(
    rf"^(?:{_any_of(ENGLISH + FOREIGN + BEGINNINGS)}|{SOMEBODY}|"
    rf"(?:{_any_of(WORDS)})(?:$| re:| ?[\[\](){{}}:;,.!*|0-9<>–—-]))"
)
SAYS = re2.compile(
    rf"(?:^|[^\pL])(?:{ENGLISH_SELF}(?:{_any_of(ENGLISH + ENGLISH_GENERATED)})|"
    rf"{FOREIGN_SELF}(?:{_any_of(FOREIGN + FOREIGN_GENERATED)})|"
    rf"[(\[*] ?(?:{_any_of(ENGLISH + FOREIGN + ENGLISH_GENERATED + FOREIGN_GENERATED)}))"
)
