# ruff: noqa: RUF001, E501 - words of several languages, as they are written
"""The banner that a mail gateway puts on top of what comes from outside: nobody typed it.

Only what names the outside or its dangers in a gateway's words is one, and nothing that speaks of a
decision or of its writer: "External vendor. I don't approve." was typed, and must not be passed over.
"""

import re2

from approvals.reply.first_contact import is_link, is_tip
from approvals.reply.limits import MAX_LINE
from approvals.reply.lines import Line
from approvals.reply.sentences import asks
from approvals.reply.words import REFUSALS, words_of
from approvals.words import DECISION_WORDS

MAX_BANNERS = 3  # one on top of the other
MAX_BANNER_LINES = 8
MAX_TIP_LINES = 3
BARE = re2.compile(r"^[^\pL\pN]*$")
STARTS = re2.compile(
    r"(?i)^[^\pL\pN]{0,12}(?:(?:note|please note|important|hinweis|wichtig|importante?|belangrijk|viktigt?|vigtigt|merk|tärkeää|ważne|важно)\W{1,3}(?:that )?)?"
    r"(?:this sender is|this is the first time you|the sender might be|huom|externt?|ekstern|externí|dış kaynaklı|внешняя|wiadomość z|uyari|caution|external|warning|attention|alert|notice|achtung|vorsicht|extern(?:e[rs]?)?|"
    r"this (?:e-?mail|mail|message)|this is an external (?:e-?mail|message)|the sender of this|security (?:notice|alert|warning)|"
    r"warnung|sicherheitshinweis|alerte|alerta|"
    r"varování|varovanie|pozor|figyelem|figyelmeztetés|külső|atenție|avertisment|acest (?:e-?mail|mesaj)|προσοχ[ήη]|увага|попередження|"
    r"you have received this (?:e-?mail|message) from|(?:message|courriel|mail) externe|correo externo|e-?mail externo|diese (?:e-?mail|nachricht) (?:kommt|stammt|wurde)|"
    r"avertissement|prudence|externe|ce (?:courriel|message|mail)|atención|precaución|"
    r"advertencia|aviso|este (?:correo|mensaje|e-?mail)|atenção|cuidado|esta mensagem|attenzione|avviso|questo messaggio|"
    r"questa e-?mail|let op|waarschuwing|opgelet|d(?:eze|it) (?:e-?mail|bericht)|varning|obs|det här (?:mejlet|meddelandet)|"
    r"advarsel|denne (?:e-?mail|e-post|e-posten|mail)|varoitus|huomio|tämä viesti|uwaga|ostrzeżenie|ta wiadomość|pozor|upozornění|"
    r"tato zpráva|d[iİ]kkat|uyarı|bu (?:e-?posta|mesaj|ileti)|внимание|осторожно|ext\]|это (?:письмо|сообщение)|注意|警告|社外|外部)"
    r"(?:[^\pL]|$)|^[^\pL\pN]{0,12}(?:注意|警告|社外|外部|このメールは(?:社外|外部)|외부|주의|경고|تنبيه|تحذير|זהירות|אזהרה)"
)
PHRASES = re2.compile(
    r"(?i)(?:from|sent by|is) (?:an? )?(?:external|outside|unknown) (?:sender|source|party|e-?mail|address)|"
    r"outside (?:of )?(?:the|your|our|this) (?:\w+ )?(?:organi[sz]ation|company|network)|originated (?:from )?outside|"
    r"(?:from|by) (?:somebody|someone|a person|people|a sender|an? \w+ )?(?:from )?outside|not (?:sent |originate |come )?from (?:within|inside)|"
    r"external (?:e-?mail|mail|message|sender)|extern(?:e[nrsm]?)? (?:e-?mail|absenders?|nachricht)|"
    r"(?:von )?au(?:ß|ss)erhalb (?:der|ihrer|unserer|des) |"
    r"de l['’]ext[ée]rieur|(?:courriel|message|mail|exp[ée]diteur) externe|fuera de (?:la|su|nuestra) organización|"
    r"(?:correo|mensaje|remitente|mensagem|e-?mail) extern[oa]|fora d[ae] (?:sua |nossa )?(?:organização|empresa)|"
    r"(?:messaggio|mittente|e-?mail|posta) estern[oa]|(?:al di fuori|dall['’]esterno) dell|buiten (?:de|uw|onze) organisatie|"
    r"externe (?:afzender|e-?mail)|(?:extern|utanför) (?:avsändare|organisationen|e-post)|extern avsändare|"
    r"(?:ekstern (?:afsender|avsender|mail|e-post))|(?:uden for|utenfor) (?:organisationen|organisasjonen|virksomheden)|"
    r"organisaation ulkopuolelta|ulkoinen lähettäjä|spoza (?:organizacji|firmy)|zewnętrzn(?:y|ego) nadawc|"
    r"(?:mimo|vně) (?:organizaci|společnost)|externí(?:ho)? odesílatel|kuruluş(?:unuz)? dışından|harici (?:e-?posta|gönder)|"
    r"внешн(?:ий|его|яя|ее) (?:отправител|почт|письмо|сообщение)|извне|за пределами (?:организации|компании)|зовнішн(?:ій|ього|я) (?:відправник|пошта)|ззовні|"
    r"(?:社外|外部|組織外|会社外)(?:から|の|メール|送信者)|[来來]自(?:本|我们|我們)?(?:组织|組織|公司|机构|單位)?(?:的)?(?:外部|以外|之外)|(?:组织|組織|公司)(?:外部|以外|之外)|"
    r"külső (?:feladó|e-?mail|levél)|szervezeten kívül|(?:expeditor|e-?mail|mesaj) extern|din afara (?:organizației|companiei)|utifrån (?:organisationen|företaget)|kurum(?:unuz)? dışından|εξωτερικ(?:ό|ός|ού|ή) (?:αποστολέα|μήνυμα|διεύθυνση)|"
    r"εκτός (?:του |της )?(?:οργανισμού|εταιρείας)|조직 외부|외부 ?(?:발신|메시지)|mimo (?:organizácie|spoločnosti)|"
    r"外部(?:邮件|郵件|寄件者|发件人|發件人)|외부(?:에서| ?메일)|من خارج|מחוץ ל|dış kaynaklı|externí e-?mail|"
    r"first time you(?: have|['’]ve)? received an? (?:e-?mail|message) from this sender(?: \(\S+@\S+\))?|might be impersonating others in your organi[sz]ation|"
    r"originated from a non-\pL+ domain|was not sent by an? (?:\S+ ){1,4}employee|"
    r"sender of this (?:e-?mail|message) could not be validated(?: and may not match the person in the \W?from\W? field)?|"
    r"externt (?:mejl|mail)|z zewnątrz|внешняя почта|externe mail|dall['’]esterno|^[^\pL\pN]*extern(?:al|e?)[^\pL\pN]*$|^[^\pL\pN]*\[ext\][^\pL\pN]*$"
)
MAIL = re2.compile(
    r"(?i)e-?mail|\bmail\b|message|sender|absender|nachricht|courriel|exp[ée]diteur|correo|mensaje|remitente|mensagem|messaggio|"
    r"mittente|posta|bericht|afzender|avsändare|meddelande|mejl|afsender|avsender|e-post|viesti|lähettäjä|wiadomość|nadawc|"
    r"邮件|郵件|發件|发件|메일|메시지|발신|رسالة|הודעה|zpráva|správa|levél|feladó|mesaj|expeditor|лист|повідомлення|відправник|μήνυμα|αποστολέα|пошт|odesílatel|mesaj|ileti|письмо|сообщение|отправител|почт|メール|送信者|^[^\pL\pN]*extern(?:al|e?)[^\pL\pN]*$|^[^\pL\pN]*\[ext\][^\pL\pN]*$"
)
# "EXTERNAL: do not click links", which names the outside by its label.
LABELLED = re2.compile(
    r"(?i)^[^\pL\pN]*(?:ext|extern(?:al|e|er|o|a|í)?|externt|ekstern|ulkoinen|zewnętrzna|внешнее|外部|社外)(?:[\])】*]+ ?[:!–—-]*| ?[:!–—-]+)[ \xa0]*(\pL.*)$"
)
GOES_ON = re2.compile(
    r"(?i)^[^\pL\pN]{0,6}(?:(?:please )?(?:do not|don['’]t|never|be|exercise|use|think|treat|report|verify|avoid) |"
    r"this (?:e-?mail|message) |unless you |and know |klicken sie|öffnen sie|bitte |diese (?:e-?mail|nachricht) |"
    r"ne (?:cliquez|ouvrez)|n['’]ouvrez|soyez |veuillez |no (?:haga|abra)|não (?:clique|abra)|non (?:aprire|cliccare|fare)|"
    r"klik niet|open geen|klicka inte|öppna inte|klik ikke|ikke klikk|åbn ikke|åpne ikke|älä |nie (?:klikaj|otwieraj)|"
    r"neklikejte|neotvírejte|не (?:переходите|открывайте)|[请請](?:谨慎|謹慎|勿|不要)|bağlantı|リンク|添付)"
)
# What a gateway's sentences are about; one that speaks of anything else was typed.
DANGERS = re2.compile(
    r"(?i)\b(?:links?|attachments?|suspicious|unsafe|report message|caution|careful|cautious|phishing|passwords?|credentials|safe|scanned|"
    r"click|clicking|trust|verify|unsure|in doubt|phish|responding|prüfen|recogni[sz]e|sensitive|anhänge?n?|anlagen|"
    r"vorsicht|vorsichtig|klicken|verdächtig|service ?desk|help ?desk|liens?|pièces? jointes?|prudents?|enlaces?|adjuntos?|"
    r"anexos?|allegati|collegamenti|koppelingen|bijlagen?|länkar|bilagor|vedlegg|vedhæftede|linkkejä|liitteitä|linki|"
    r"załączników|odkazy|přílohy|bağlantı|ekleri|forsiktig|ostrożność|voorzichtig|lenker|hivatkozás|csatolmány|melléklet)|ссылк|вложен|осторожн|リンク|添付|链接|鏈接|連結|附件"
)
# What people warn of as well: by themselves, these words don't tell a gateway's line.
VAGUE = re2.compile(
    r"(?i)\b(?:trust|safe|click|clicking|verify|unsure|in doubt|responding|recogni[sz]e|sensitive|scanned)\b"
)
SENDER = r"sender|absender|exp[ée]diteur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|lähettäjä|nadawc|odesílatel|odosielateľ|feladó|expeditor|αποστολέα|отправител|відправник|发件人|發件人|寄件者|送信者|발신"
CHECK = r"verif|check|recogni[sz]e|\bknow|unknown|prüf|kenn|vérif|connai|conoc|conhe|conosc|control|kontroll|sprawd|ověř|overte|tarkist|ellenőriz|провер|перевір|核实|核實|確認|확인"
# "Verify the sender before replying", and not "Unless you recognize the sender, wait."
CHECKS_SENDER = re2.compile(
    rf"(?i)(?:{CHECK}).{{0,40}}(?:{SENDER})[^,]{{0,30}}$|(?:{SENDER}).{{0,40}}(?:{CHECK})[^,]{{0,20}}$"
)
BEFORE_CLICKING = re2.compile(r"(?i)\bbefore (?:you )?click")
PEOPLE = re2.compile(r"(?i)\b(?:she|her|hers|he|him|his)\b")
ADDRESSED = re2.compile(r", (\p{Lu}\p{Ll}+)[.!]*$")  # "Do not trust this attachment, Alice."
ONE_WORD = re2.compile(r"(?i)^[^\pL]*(?:let op|\pL*)[^\pL]*$")
ASIDE_OF_GATEWAY = re2.compile(
    r"(?i)^(?:so|and|please|with|unless|und|bitte|soyez|klicken|öffnen|seien)\b"
)
AND = re2.compile(r"(?i)^\W*(?:(?:and|so|und|et|y|e|en|och|og)\W+)?")
FIRST = re2.compile(r"(?i)\b(?:erst|zuerst|first|d['’]abord|primero)\b")  # it asks for something
# What classifying programs put on top: "Classification: Internal".
CLASS = r"public|internal|confidential|restricted|general|secret|unclassified|official|sensitive|private|intern|öffentlich|vertraulich|interne|publique|confidentiel"
CLASSIFIED = re2.compile(
    rf"(?i)^[^\pL\pN]*(?:classification|data classification|sensitivity|information class|klassifizierung|vertraulichkeit|"
    rf"confidentialité|clasificación|classificatie)\s*[:=]\s*(?:company |strictly )?(?:{CLASS})(?:[ /-]{{1,3}}(?:{CLASS}|use only|only))*[^\pL\pN]*$"
)
MARKING = re2.compile(
    r"^[^\pL\pN]*(?:OFFICIAL(?:[:-] ?SENSITIVE)?|UNCLASSIFIED|TLP: ?(?:RED|AMBER|GREEN|CLEAR|WHITE)(?:\+STRICT)?)[^\pL\pN]*$"
)
# "Attention Bob: external sender" was typed, "Attention External: " wasn't.
# What may stand behind the outside in its sentence: whose it is, or what the mail did.
TAIL = re2.compile(
    r"(?i)^(?:['’\pL]\S*)?[^\pL\pN]*(?:$|(?:(?:the|your|our|this|of|from|to|for|in|via|by|der|des|ihrer|unserer|del|della|dell|de|da|do|di|du|la|van|von|av|af|fra|från|od|til)\b|"
    r"gesendet|geschickt|empfangen|verschickt|wurde|stammt|kommt|gönderil|gelm|alın|tul|lähet|saap|érkez|származ|küld|skickat|sendt|mottag|wysłan|"
    r"received|notice|warning|alert|message|sender|e-?mail|[^\p{Latin}\P{L}])\S*(?: \S+){0,4}[^\pL\pN]*$)"
)
# What is done with programs and people, not with mail.
OF_PROGRAMS = re2.compile(
    r"(?i)\b(?:run|runs|running|install|installs|installed|installing|execute|executes|executed|start|starts|started|elevate|"
    r"grants?|users?|must not|may not|rights|about|asks?|wants?|because|required|needed|missing|deleted|fehlt|ausführen|installieren|starten|benutzer|exécuter|installer|démarrer|utilisateurs?|"
    r"ejecutar|instalar|usuarios?|executar|eseguire|installare|avviare|utenti|uitvoeren|installeren|gebruikers?)\b|"
    r"установ|запуска|安装|運行|运行|实行|実行|インストール|실행|설치"
)
LINKED = re2.compile(
    r"(?i)\b(?:links?|click|clicking|attachments?|anhänge?n?|anlagen|liens?|pièces? jointes?|enlaces?|adjuntos?|anexos?|allegati|"
    r"collegamenti|koppelingen|bijlagen?|länkar|bilagor|vedlegg|vedhæftede|linkkejä|liitteitä|linki|załączników|odkazy|přílohy)\b|ссылк|вложен|リンク|添付|链接|附件"
)
CALLED = re2.compile(
    r"(?i)^\W*(?:attention|caution|achtung|attenzione|atenci[óo]n|aten[çc][ãa]o) (\pL+) ?[:,]"
)
MAILS = ("ext", "est", "mail", "e-", "email", "mess", "nachr", "corr", "notice", "warning", "alert")
# Labels that are all of a line, in brackets or with the sender's word.
LABEL = re2.compile(
    r"(?i)^[^\pL\pN]*(?:(?:\[|\(|<|\*\*|==|【) ?(?:extern[aoe]|externer?|ekstern|estern[ao]|zewnętrzn[ya]|externí|külső|harici|внешнее|зовнішній|外部) ?(?:\]|\)|>|\*\*|==|】)|"
    r"\[ ?caution: non-\S+ e-?mail ?\]|mittente esterno|remitente externo|remetente externo|expéditeur externe|externe afzender|extern avsändare|"
    r"ekstern (?:afsender|avsender)|ulkoinen lähettäjä|zewnętrzny nadawca|nadawca zewnętrzny|externí odesílatel|külső feladó|внешний отправитель|зовнішній відправник)[^\pL\pN]*$"
)
INKY = re2.compile(r"(?i)^[^\pL\pN]*caution: external \(\S+@\S+\)[^\pL\pN]*$")
PROOFPOINT = ("ZjQcmQRYFpfptBannerStart", "ZjQcmQRYFpfptBannerEnd")
FOREIGN_NO = re2.compile(
    r"(?i)\bno (?:haga|abra|haz|hagas|abras|responda|pulse|clique)|\bn['’](?:ouvrez|ayez)|\b(?:enlaces|archivos|adjuntos|vínculos) [yn]\b"
)
# What people add in scripts whose words the tail of a banner may hold otherwise.
ADDED = re2.compile(
    r"(?i)拒|批准|[问問等]|承認|却下|許可|거부|거절|승인|отказ|отклон|спрос|подожд|зачека|запита|відхил|відмов|מסרב|מאשר|(?:^|\s)לא(?:[^\pL]|$)|رفض|مرفوض|موافق|انتظر|اسأل"
)
ESPECIALLY = re2.compile(
    r"(?i)^ (?:especially|particularly|in particular|insbesondere|vor allem) $"
)
SENTENCE_END = re2.compile(r"[.!](?:[^\pL\pN]|$)+|[。！]+")
COMMAS = str.maketrans("，、；：،؛", ",,;:,;")
ASIDE = re2.compile(r"^[^,;:–—-]{0,60}[,;:–—-]\s*(.*\pL.*)$")
OWN_WORDS = re2.compile(
    rf"(?i)(?:^|[^\pL\pN])(?:i|i['’]m|we|me|my|ich|wir|mir|mich|moi|{'|'.join(DECISION_WORDS)})(?:[^\pL\pN]|$)"
)
# Characters of a full line, the next one's first word included; less if that goes on in lower case.
MIN_WRAPPED = 66
MIN_GOING_ON = 56
FINISHED = (".", "!", "]", ")", "*", "_", "=", "-", "#", ">")


def banner_length(lines: list[Line], sender: str = "") -> int:
    """How many lines on top are gateways' banners, bare lines around them included; 0 without one.

    `sender` is the mail's own From address in lower case, "" if the lines aren't of a mail's top.
    """
    end = 0
    for _ in range(MAX_BANNERS):
        found = _one_banner(lines, end, sender)
        if not found:
            break
        end = found
    return end


def _one_banner(lines: list[Line], start: int, sender: str) -> int:
    """Where the banner that begins here ends; 0 if there is none."""
    at = start
    while at - start < MAX_BANNER_LINES and _is_bare(lines, at):
        at += 1
    end = _whole_banner(lines, at, sender) or _tip(lines, at, sender)
    if end:
        return end
    if not (_is_text(lines, at) and STARTS.match(lines[at].text)):
        return 0
    end = at + 1
    while end - at < MAX_BANNER_LINES and _is_text(lines, end) and _goes_on(lines, at, end):
        end += 1
    text = " ".join(line.text.strip() for line in lines[at:end])
    if sender and asks(text):
        return 0
    if _is_of_people(text) or OF_PROGRAMS.search(PHRASES.sub(" ", text)):
        return 0
    if not (_is_labelled(text) or (PHRASES.search(text) and MAIL.search(text))):
        return 0
    if not all(_is_gateways(sentence) for sentence in SENTENCE_END.split(text)):
        return 0
    while end - at < MAX_BANNER_LINES * 2 and _is_bare(lines, end):
        end += 1
    return end


def _is_of_people(text: str) -> bool:
    """Whether a text speaks of its writer or to or of somebody, as no gateway does."""
    called, addressed = CALLED.match(text), ADDRESSED.search(text)
    return bool(
        OWN_WORDS.search(FOREIGN_NO.sub(" ", text))
        or PEOPLE.search(text)
        or ADDED.search(text)
        or any(word in REFUSALS for word in words_of(text))
        or (called and not called.group(1).lower().startswith(MAILS))
        or (addressed and not DANGERS.search(addressed.group(1)))
    )


def _is_labelled(text: str) -> bool:
    """Whether a warning of links and attachments stands behind a label that names the outside."""
    said = LABELLED.match(text)
    return bool(said and GOES_ON.match(said.group(1)) and LINKED.search(said.group(1)))


def _whole_banner(lines: list[Line], at: int, sender: str) -> int:
    """Where a banner ends that is known by its form alone; 0 if none begins here."""
    if not _is_text(lines, at):
        return 0
    line = lines[at].text
    if sender and asks(line):
        return 0
    if CLASSIFIED.match(line) or MARKING.match(line) or LABEL.match(line):
        return at + 1
    if INKY.match(line):
        return _end_of(lines, at, "Protection by INKY")
    begin, close = PROOFPOINT
    return _end_of(lines, at, close) if line.strip() == begin else 0


def _end_of(lines: list[Line], at: int, close: str) -> int:
    """Where a banner ends whose last line ends so; 0 if none does."""
    end = min(len(lines), at + MAX_BANNER_LINES * 2)
    return next((now + 1 for now in range(at, end) if lines[now].text.strip().endswith(close)), 0)


def _tip(lines: list[Line], at: int, sender: str) -> int:
    """Where Exchange Online's tip ends, perhaps wrapped; 0 if none begins here."""
    text = ""
    for now in range(at, at + MAX_TIP_LINES):
        if not _is_text(lines, now):
            return 0
        text = f"{text} {lines[now].text.strip()}".strip()
        if is_tip(text, sender):
            is_wrapped = _is_text(lines, now + 1) and is_link(lines[now + 1].text)
            return now + 2 if is_wrapped else now + 1
    return 0


def _goes_on(lines: list[Line], start: int, at: int) -> bool:
    """Whether a line continues the banner that begins at `start`: a wrapped piece, or a sentence.

    Directly below a banner an answer may stand. So a piece is one only if the line above was full, or
    hasn't named the outside yet; and a sentence is one of a gateway's.
    """
    above, text = lines[at - 1].text.strip(), lines[at].text.strip()
    if GOES_ON.match(text) and _warns(text):
        return True
    if PHRASES.search(text) and (STARTS.match(text) or GOES_ON.match(text)):
        return True
    if above.endswith(FINISHED):
        return False
    width = len(above) + 1 + len(text.partition(" ")[0])
    is_full = width >= (MIN_GOING_ON if text[:1].islower() else MIN_WRAPPED)
    return is_full or not PHRASES.search(" ".join(line.text for line in lines[start:at]))


def _warns(text: str) -> bool:
    """Whether a line speaks of the dangers of mail in more than words that people use."""
    warns = DANGERS.search(VAGUE.sub(" ", text)) or BEFORE_CLICKING.search(text)
    return bool(warns or (CHECKS_SENDER.search(text) and not FIRST.search(text)))


def _is_gateways(sentence: str) -> bool:
    """Whether a sentence tells of the outside or its dangers, and of nothing else after a comma."""
    sentence = sentence.translate(COMMAS)
    named = PHRASES.search(sentence)
    if not named:
        is_warning = ONE_WORD.match(sentence) and STARTS.match(sentence)
        return not sentence.strip() or bool(is_warning or _warns(sentence))
    before, comma, then = sentence[: named.start()].partition(",")
    is_warning = ONE_WORD.match(before) or (ESPECIALLY.match(then) and _warns(before))
    if comma and not is_warning:
        return False
    tail = sentence[named.end() :]
    while more := PHRASES.search(tail):
        tail = tail[more.end() :]
    aside = ASIDE.match(sentence[named.end() :])
    if not aside:
        said = AND.sub("", tail, count=1)
        return bool(TAIL.match(tail) or (GOES_ON.match(said) and DANGERS.search(said)))
    said = aside.group(1)
    goes_on = GOES_ON.match(said) or ASIDE_OF_GATEWAY.match(said)
    if FIRST.search(said):
        return False
    return bool(PHRASES.search(said) or (goes_on and DANGERS.search(said)))


def _is_text(lines: list[Line], at: int) -> bool:
    if at >= len(lines) or lines[at].marked or lines[at].cut:
        return False
    return len(lines[at].text) <= MAX_LINE * 2 and not BARE.match(lines[at].text)


def _is_bare(lines: list[Line], at: int) -> bool:
    """Whether a line is empty, or a rule drawn of marks."""
    if at >= len(lines) or lines[at].marked or lines[at].cut:
        return False
    return len(lines[at].text) <= MAX_LINE and bool(BARE.match(lines[at].text))
