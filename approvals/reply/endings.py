# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Where typed text ends although no quote begins: signatures, closings, "Sent from my", disclaimers."""

import re2

from approvals.reply.answer import speaks_of_answer
from approvals.reply.banner_words import CLASSIFIED, MAIL, MARKING, SENTENCE_END
from approvals.reply.banners import banner_length
from approvals.reply.limits import MAX_LINE
from approvals.reply.lines import Line
from approvals.reply.words import EMPTY, words_of
from approvals.words import DECISION_WORDS

MAX_CLOSING = 90  # characters
MAX_NAME = 60
MIN_SPACES = 2  # in a sentence
TERM = re2.compile(r"(?i)[0-9]|\b(?:hour|minute|day)s?\b")
MAX_SHORT = 4  # words below a name that may be a correction
UNSEEN_MARKS = "\u200c\u200d\u2060\u2063"  # around BlueMail's line

DEVICE = r"(iphon|ipad|galaxy|android|outlook|windows|samsung)"
# What devices, programs and services write below a text. "Sent from the vault: key 4711" was typed.
SENT_FROM = re2.compile(
    r"(?i)^[*_\s<(\[-]{0,3}(sent (from|via|with|using) (mail|outlook|samsung|yahoo|proton|spark|airmail|fastmail|zoho|aqua)|"
    r"sent (from|via|with|using) my (\S+ ){0,3}\S+$|sent (from|via|with|using) (my|the|an?) .{0,30}(app|mail|phone|mobile|device|tablet|ipad|iphone|android|mac|pc|computer|train|road|go|galaxy|smartphone)\b|"
    r"sent (from|via|with|using) (?-i:\p{Lu}|[a-z]+\p{Lu}|\d)|sent from [\pL.]+\.\pL{2,}|"
    r"sent using https?://www\.zoho\.|secured by tuta|sent with tuta[ ;]|von (yahoo|aol) mail .{0,20}gesendet|get outlook for|download outlook|von meinem .{0,40} gesendet|gesendet (von|mit) |diese nachricht wurde von|"
    r"von (outlook|samsung|mobile|meinem)|envoyé (de|depuis|à partir|avec) |enviado (desde|do|a partir de|de) (mi|meu|o|outlook|mail|un|um)|"
    r"inviato da|verzonden (vanaf|met|via)|verstuurd vanaf|skickat från|skickades från|sendt fra|sendt via|"
    r"lähetetty (\S+(sta|stä|ltani|lta)\b|.{0,20}(outlook|galaxy|iphone|ipad|android))|wysłane z|wysłano z|отправлено (с|из)|надіслано з|odesláno z|odoslané z|"
    r"küldve |elküldve |\S.{0,30}(ról|ről) küldve[^\pL\pN]*$|trimis de pe|\S{1,30}[ıiuü]m[dt][ae]n gönderildi|"
    r"[^a-z]{0,8}[a-z]\S{0,14}から送信(しました|されました)?[^\pL\pN]*$|发自|發自|从我的|從我的|傳送自|나의 .{0,20}에서 보냄|.{0,20}에서 보냄|"
    r"στάλθηκε από|nosūtīts no|poslano (z|sa|s )|ส่งจาก|get bluemail|typed on my|"
    r"-{0,2}\s?(please )?excuse (my )?(brevity|typos))"
)
# More of them, known only below what was typed.
SENT_BELOW = re2.compile(
    r"(?i)^[*_\s<(\[-]{0,3}(holen sie sich outlook f|sent (on the (go|move|road|run)(,? (apologies|sorry|excuse|please excuse)\b.{0,40})?|by \pL+ mail)[^\pL\pN]*$|get typeapp for|来自qq邮箱|来自.{0,20}(iphone|ipad|android|ios|galaxy).{0,12}$|.{0,20}(메일|앱).{0,6}에서 보냈습니다[^\pL\pN]*$|发送自|diese nachricht wurde mit |mit freundlichen grüßen gesendet (mit|von)|"
    r"(enviado (a partir do|desde|dende|do|de)|enviat des del|изпратено от|poslano iz|נשלח מ|أُ?رسلت من|(?:đã )?gửi từ|išsiųsta iš|sūtīts no|saadetud|послато са|مُ?رسل من|dikirim dari|dihantar daripada|trimis din|"
    rf"αποστολή από|verzonden vanuit).{{0,30}}{DEVICE}\S*.{{0,25}}$|.{{0,25}}{DEVICE}.{{0,25}}(から送信|gönderildi|भेजा गया|küldve|发送)[^\pL\pN]*$)"
)
# Above everything only what names a device or a program counts: the rest may be typed.
OF_PROGRAM = re2.compile(
    r"(?i)^.{0,70}(?:iphon|ipad|galaxy|android|samsung|windows|blackberry|xperia|pixel|huawei|xiaomi|smartphone|mobiltelefon|handy\b|"
    r"mobile (?:phone|device)|outlook \pL{2,4} (?:ios|android|mac)|\pL*mail\b|yahoo|proton|spark\b|superhuman|mailspring)\S{0,12}(?: .{0,15})?$"
)
# How Proton writes a link in plain text.
MARKDOWN = re2.compile(r"\[([^\[\]]{1,40})\]\(https?://[^\s()]+\)")
LINK = re2.compile(r" ?[<(] ?https?:[^<>()]*[>)]")
# "Get Outlook for iOS" in its languages: by its link, or by its verb.
OUTLOOK_LINE = re2.compile(
    r"(?i)^(?:.{0,40}(?:outlook.{0,30}\b(?:ios|android)|(?:ios|android).{0,30}outlook).{0,30}<https?://aka\.ms/\S*>|"
    r"(?:télécharge[rz]|hämta|last ned|obtenha|obtenir|obtener|descargar|scarica|ottieni|obter|baixar|pobierz|získat|získať|skaffa|hent|skaff|hanki|preuzmite|"
    r"скачать|отримати|завантажити|изтегляне|obțineți|descărcați|αποκτήστε|λήψη|获取|下载|取得|下載|קבל|الحصول|ดาวน์โหลด|dapatkan|tải)"
    r"\S{0,6}.{0,30}outlook .{1,20}(?:ios|android).{0,20}|获取适用于 ?(?:ios|android).{0,4} ?outlook|"
    r"outlook \S+ (?:ios|android) (?:beziehen|holen|herunterladen|downloaden)|"
    r".{0,12}(?:ios|android).{0,20} outlook\S{0,4} ?(?:edinin|を入手|下载|다운로드|letöltése))[^\pL\pN]*$"
)
# Such lines that hold a colon.
SLOGAN = re2.compile(
    r"(?i)^(?:yahoo mail: search, organi[sz]e, conquer|provenance : courrier pour windows)\W*$"
)
SAID_BEHIND = re2.compile(r"[:;] (\w+)")
# At least two words behind a mark, one behind a full stop, or one that no program writes.
CLAUSE = re2.compile(r"[,:;] ?\pL.*\PL\pL|[.!] \pL|(?i)\b(?:but|wait|hold)\b")
# Greetings with which letters end, whole, a language in each line; what has a form is below.
CLOSINGS = frozenset(
    """best|all the best|cheers|thx|br|kr|rgds|yours|respectfully|kindly|warmly|talk soon|have a good one|
    mfg|vg|lg|bg|hochachtungsvoll|herzlich|herzlichst|cordialement|cdlt|cdt|cordt|bien à vous|bien à toi|à bientôt|a bientôt|
    atte|slds|un abrazo|reciba un cordial saludo|cordialmente|cordialità|a presto|att|atenciosamente|abs|abraços|abraço|um abraço|
    mvg|vr. gr|gr|hoogachtend|mvh|vänligen|allt gott|vh|kh|yst terv|yt|t:|z poważaniem|z wyrazami szacunku|pozdrawiam|zdravím|s úctou|lp|
    с уважением|с наилучшими пожеланиями|всего доброго|с наилучшими|з повагою|з найкращими побажаннями|с уважение|поздрави|
    üdvözlettel|tisztelettel|üdv|köszönettel|cu stimă|cu respect|cu drag|toate cele bune|με εκτίμηση|φιλικά|καλή συνέχεια|
    saygılarımla|saygılarımızla|iyi çalışmalar|sevgiler|s poštovanjem|lugupidamisega|pagarbiai|ar cieņu|atentament|agur bat|
    敬具|以上|此致|敬礼|此致敬礼|祝好|顺颂商祺|顺祝商祺|此致敬禮|順頌商祺|敬上|谨上|祝工作顺利|감사합니다|고맙습니다|드림|올림|감사드립니다|수고하세요|
    בברכה|ด้วยความเคารพ|ขอแสดงความนับถือ|trân trọng|hormat kami|hormat saya|salam""".replace(
        "\n    ", ""
    ).split("|")
)
CLOSING = re2.compile(
    r"^(?:(?:with )?(?:my |our )?(?:best|kind|kindest|warm|warmest|many|friendly)?(?: and (?:best|kind|warm))? ?(?:regards|wishes|greetings)|"
    r"(?:very )?(?:sincerely|truly|faithfully)(?: yours)?|yours (?:very )?(?:sincerely|truly|faithfully)|"
    r"(?:mit )?(?:\pL+e[nrm]? ){0,2}gr(?:u(?:ß|ss)|ü(?:ß|ss)en?)(?: aus (?:de[rm] )?\pL+(?: \pL+)?)?|"
    r"(?:bien |très )?(?:cordiale|amicale|sincère|respectueuse)ment|(?:avec (?:mes|nos) )?(?:\pL+es )?salutations(?: \pL+es)?|"
    r"(?:un )?(?:cordial )?saludo(?: (?:muy )?cordial)?|saludos(?: cordiales)?|(?:muy )?atentamente|saudações|saúdos|salutacions(?: cordials)?|"
    r"(?:un )?(?:cordial[ei] |distinti |cari )?salut[io](?: (?:cordiali|distinti))?|(?:com )?(?:os )?(?:meus )?(?:melhores )?cumprimentos|"
    r"(?:met )?(?:\pL+e )?groet(?:en|jes)?|(?:med )?(?:\pL+a |vänlig )?hälsning(?:ar)?|(?:med |de )?(?:\pL+[eig] )?hils(?:en|ner|ning)|"
    r"(?:\pL+in )?terveisin|(?:serdecznie )?pozdrawiam(?: (?:serdecznie|ciepło))?|(?:serdeczne )?pozdrowienia|(?:s )?(?:\pL+[nmkpý] )?pozdrav(?:em|om)?|"
    r"(?:με φιλικούς )?χαιρετισμούς|(?:bestu )?kveðj(?:a|ur)|(?:مع )?(?:خالص |أطيب )?(?:ال)?تحي(?:ة|ات|اتي)|(?:何卒)?(?:よろしく|宜しく)お願い(?:します|いたします|致します|申し上げます))$"
)
# Several in one line: "Danke und Gruß", "Mit freundlichen Grüßen / Kind regards", "以上、…".
JOINTS = re2.compile(r" ?[/|、] ?| (?:and|&|und|et|y|e|en|och|og) ")
# Thanks and wishes close a letter only above a name: alone, they were typed.
THANKS = frozenset(
    """thanks|with thanks|thank you|many thanks|thanks a lot|thanks again|thanks in advance|thank you in advance|thank you very much|thx|ta|danke|vielen dank|besten dank|
    danke schön|dankeschön|merci|merci beaucoup|merci d'avance|gracias|muchas gracias|mil gracias|grazie|grazie mille|molte grazie|
    obrigado|obrigada|muito obrigado|bedankt|dank je|dank u|dank|alvast bedankt|tack|tack så mycket|tack på förhand|tak|mange tak|
    på forhånd tak|takk|tusen takk|mange takk|kiitos|kiitos paljon|dziękuję|dzięki|z góry dziękuję|děkuji|děkuju|díky|ďakujem|спасибо|
    большое спасибо|благодарю|дякую|благодаря|teşekkürler|teşekkür ederim|köszönöm|köszi|mulțumesc|ευχαριστώ|hvala|aitäh|
    have a nice day|have a great day|have a good day|take care|bonne journée|bonne soirée|belle journée|buona giornata|schönen tag noch|schönen tag|buen día|fijne dag|ha en bra dag|
    god dag|ha en fin dag|miłego dnia|hezký den|přeji hezký den|pěkný den|pekný deň|хорошего дня|гарного дня|szép napot|o zi bună|iyi günler|kolay gelsin|have a nice weekend|schönes wochenende|bon week-end|buen fin de semana|
    ačiū|paldies|
    ありがとうございます|ありがとうございました|谢谢|謝謝|多谢|شكرا|תודה|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|cảm ơn|terima kasih|gràcies""".replace(
        "\n    ", ""
    ).split("|")
)
DRAWN = re2.compile(r"^(?:[-_=*–—―]{2,20}|—)$")
NAME = re2.compile(
    r"^\p{Lu}[\pL.'’-]*(?:,? (?:[(\p{Lu}|&/-]\S*|van|von|de|der|den|la|of|und|and|et|y)){0,7}$"
)
LOWER_WORD = re2.compile(r"(?:^|\s)\p{Ll}")
# Sentences and lines that nobody types, whatever follows.
DISCLAIMER = re2.compile(
    r"(?i)^[*_\s-]{0,4}(confidential[^\pL]*$|virus-free[^\pL]*$|no virus found in this\b|this (e-?mail|message) has been (scanned|checked) (by|for)\b|"
    r"(scanned|checked) by \S*(mail|guard|gateway)\S*[^\pL]*$|\[?avast logo\b|"
    r"(p )?please (consider the environment(?: before|[^\pL]*$)|think (of|about) the environment(?: before|[^\pL]*$)|don['’]t print (this|unless))|"
    r"any (views|opinions?)( or opinions)? (expressed|stated|presented)\b.{0,80}\b(author|sender|represent|company|e-?mail|message)|"
    r"if you (are not the (intended|named) (recipient|addressee)|(have )?received? this (e-?mail|message) (in error|by mistake))|"
    r"(you (have )?received this|you are receiving this) (e-?mail|message) because you are subscribed|(to unsubscribe|click here to (unsubscribe|report))\b.{0,20} (from this|this e-?mail|group|list)|"
    r"(bitte )?denken sie an die umwelt|(informationen zum|unsere) datenschutz\S* (finden|:|unter|https?)|unsere datenschutz\pL+:|"
    r"pensez à l'environnement|antes de imprimir|aan dit bericht kunnen|denk aan het milieu|administratorem danych|"
    r"(conform[ée]ment (à la loi|au rgpd)|ai sensi (del|dell|della) ?['’]?(regolamento|art|d\.)|de (acuerdo con|conformidad con) (el (rgpd|reglamento)|la ley))\b.{0,120}"
    r"(informons|informamos|informiamo|precisa|riservat|confiden|tratamiento|trattament|traitement))"
)
# Labels of disclaimers: alone on their line, or before what a disclaimer says of the mail.
LABELS = re2.compile(
    r"(?i)^[*_\s-]{0,4}((confidential(ity)?\b.{0,20}|legal |important |privacy )notice|disclaimer|avast|"
    r"rechtlicher hinweis|haftungsausschluss|vertraulichkeitshinweis|aviso (legal|de confidencialidad)|avviso di riservatezza|avis de confidentialité|nota legal)([^\pL]|$)"
)
OF_VIRUSES = re2.compile(r"(?i)\b(avast|avg|virus)")
CAUTION = re2.compile(r"(?i)^[*_\s-]{0,4}caution: ")
OF_SENDERS = re2.compile(
    r"(?i)\b(don['’]t|do not|unless you) (know|recogni[sz]e|trust) the sender\b"
)
# What companies say behind such a label, of mail or not.
OF_COMPANIES = re2.compile(
    r"(?i)\bin writing\b|\blegally binding\b|\bmy employer|\bask for (your )?passwords?\b|\bour office is\b"
)
BEGINS = re2.compile(
    r"(?i)^[*_\s-]{0,4}(the (information (contained |transmitted )?in|contents? of) this (e-?mail|mail|message|communication|transmission|document)|"
    r"der inhalt dieser|die informationen in dieser|les informations contenues|la información contenida|le informazioni (contenute|trasmesse)|as informações contidas|"
    r"de informatie in (dit|deze)|treść tej wiadomości|this (e-?mail|message|communication|transmission)|confidential(ity)?|external e-?mail|diese (e-?mail|nachricht)|ce (message|courriel)|"
    r"este (mensaje|correo|e-?mail)|esta mensagem|questo messaggio|questa e-?mail|il presente (messaggio|e-?mail)|la presente (e-?mail|comunicazione)|"
    r"dit (bericht|e-?mail)|deze e-?mail|(detta|dette) (e-?post)?meddelande|denne e-?(mail|post)|tämä viesti|ta wiadomość|niniejsza wiadomość|tento e-?mail|tato zpráva|"
    r"acest (mesaj|e-?mail)|ez az e-?mail|bu (mesaj|e-?posta)|(это|настоящее) (письмо|сообщение))([^\pL]|$)|^(?:本|此)(?:邮件|電子郵件|郵件|メール)|^このメール"
)
OF_DISCLAIMERS = re2.compile(
    r"(?i)confiden|vertraul|vertrouwel|riservat|konfiden|fortrolig|poufn|důvěrn|dôvern|конфиденц|luottamuks|bizalmas|gizli|privileg|intended|recipient|addressee|"
    r"adressat|bestimmt|bestemd|destiné|destinad|przeznacz|určen|предназнач|tarkoitet|avsed|címzett|empfänger|destinat|geadress|получател|by mistake|in error|may contain|virus|geprüft|scanned|"
    r"distribut|disclos|internal|do not open|liab|constitute|other purposes|机密|機密|保密|秘密"
)
# What stands in no line that people write: an antivirus program's, a company's register.
FOOTER = re2.compile(
    r"(?i)\bwww\.(avast|avg)\.com|\b(HRB|HRA) ?\d|\bregistered (in (england|scotland|ireland|wales)|office:)|\bamtsgericht \pL+,? hr|^_{5,} ?\pL.{0,40}\beset (mail|endpoint|nod32|internet|smart|file|server|security|protect|antivirus)"
)
# "P.S." and "NB" in the usual languages; "PS Consulting" and "NB Power" are names.
MARK = (
    r"(?i)^\W*(?:(?:p\W{0,2}){1,3}s|n\W{0,2}b|p\W{0,2}d|u\W{0,2}i|obs|jk|huom|nachtrag|anm|addendum|post ?scriptum|"
    r"υ\W{0,2}γ|з\W?ы|п\W?с|נ\"ב|追伸|追記|추신|又及|附言)"
)
POSTSCRIPT = re2.compile(rf"{MARK}(?:\.? ?[.:,;!：\p{{Pd}}]|\. ?\S| (?-i:\p{{Ll}}))")
POSTSCRIPT_MARK = re2.compile(rf"{MARK}\W+")
LABEL = re2.compile(
    r"(?i)^[*_\s-]{0,4}(?:caution|confidential(?:ity)?|disclaimer|important notice|comment) ?[:!\p{Pd}]\W*"
)
# What disclaimers speak of.
OF_MAIL = re2.compile(
    r"(?i)\b(?:distribut|disclos|cop[yi]|print|druck|imprim|nötig|nécess|necess|binding|forward|attachment|link|e-?mail|message|recipient|repl[yi]|"
    r"liab|contract|legal|opinion|public|internal)"
)


def is_postscript(line: str) -> bool:
    """Whether a line begins a postscript: typed text, wherever it stands."""
    return bool(POSTSCRIPT.match(line[:MAX_LINE]))


def without_label(said: str) -> str:
    """A sentence without the mark of a postscript, a disclaimer or a comment in front."""
    if is_postscript(said):
        return str(POSTSCRIPT_MARK.sub("", said))
    return said if OF_MAIL.search(said) else str(LABEL.sub("", said))


def is_signature(line: str, *, below: bool = True) -> bool:
    """Whether a signature or a program's "Sent from" begins with this line, `below` typed text or not."""
    text = line.strip(EMPTY + UNSEEN_MARKS)
    if text == "--":
        return True
    if len(text) > MAX_LINE * 4:
        return False
    head = str(MARKDOWN.sub(r"\1", text[:MAX_LINE]))
    if SLOGAN.match(LINK.sub("", head)):
        return True
    if "outlook" in head.lower() and OUTLOOK_LINE.match(head):
        return True
    if not (SENT_FROM.match(head) or (below and SENT_BELOW.match(head))):
        return False
    if not (below or OF_PROGRAM.search(LINK.sub("", head))):
        return False
    said = SAID_BEHIND.search(head)
    return said is None or said.group(1).startswith("http")


def says_more(line: str) -> bool:
    """Whether a line that begins like "Sent from" goes on as nobody's mail program does."""
    head = line[: MAX_LINE * 4]
    is_answered = not {word.upper() for word in words_of(head)}.isdisjoint(DECISION_WORDS)
    return bool(CLAUSE.search(head)) or is_answered or speaks_of_answer(line)


def is_disclaimer(line: str, below: str = "") -> bool:
    """Whether a disclaimer begins here, or what a company, a list or a scanner puts below a mail;
    `below` goes on with the line. Its words may as well be typed."""
    head = line.strip()[:MAX_LINE]
    if FOOTER.search(head) or CLASSIFIED.match(head) or MARKING.match(head):
        return True
    if OF_VIRUSES.search(head) and FOOTER.search(below[:MAX_LINE]):
        return True
    text = f"{head} {below[:MAX_LINE]}" if head == line.strip() else line.strip()[: MAX_LINE * 2]
    if CAUTION.match(head):
        is_banner = any(banner_length([Line(each)]) for each in (head, text))
        return is_banner or bool(OF_SENDERS.search(head))
    if label := LABELS.match(text):
        said = text[label.end() :]
        is_label = not (below or said.strip(f"{EMPTY}*_.:!-"))
        return is_label or any(map(_speaks_of_mail, SENTENCE_END.split(said)))
    begins = BEGINS.match(text)
    says = begins and OF_DISCLAIMERS.search(text[begins.end() :])
    return bool(says or DISCLAIMER.match(text))


def _speaks_of_mail(sentence: str) -> bool:
    """Whether a sentence says of mail what disclaimers do, or several such things."""
    found = {word.lower() for word in OF_DISCLAIMERS.findall(sentence)}
    says = found and MAIL.search(sentence)
    return len(found) > 1 or bool(says or OF_COMPANIES.search(sentence))


def is_closing(line: str) -> bool:
    """Whether a line is a greeting with which letters end, or several."""
    return all(text in THANKS or _is_greeting(text) for text in _greetings(line))


def closes(line: str, below: list[str]) -> bool:
    """Whether a line ends what was typed: a greeting, or a rule drawn above a name.

    A sentence below "Thanks" goes on, and a "Thanks!" or "Have a nice day!" alone, or above another
    closing, was typed; "Thanks," waits for a signature.
    """
    filled = [text.strip(EMPTY) for text in below if text.strip(EMPTY)]
    if DRAWN.match(line.strip(EMPTY)):
        return bool(filled) and is_name(filled[0])
    if not is_closing(line):
        return False
    if THANKS.issuperset(_greetings(line)) and (not filled or is_closing(filled[0])):
        return line.rstrip(f"{EMPTY}*_").endswith(",")
    return not (filled and (is_sentence(filled[0]) or _goes_on(line, filled[0])))


def said_below(below: list[str]) -> list[str]:
    """Of the lines from a closing on, those that may say more than a name, an address or a disclaimer."""
    found, is_named = [], False
    for line in (text.strip(EMPTY) for text in below if not is_closing(text)):
        is_short = line.count(" ") < MAX_SHORT or TERM.search(line)
        is_short = is_short and not OF_MAIL.search(line)
        if " " not in line or not (is_name(line) or (is_named and not is_short)):
            found.append(line)
        is_named = is_named or is_name(line)
    return found


def is_name(line: str) -> bool:
    """Whether a line may be a name, perhaps with a title."""
    return len(line) <= MAX_NAME and bool(NAME.match(line))


def _greetings(line: str) -> list[str]:
    """A line in lower case without what may stand around greetings, split into them."""
    if len(line) > MAX_CLOSING:
        return [""]
    text = line.strip(f"{EMPTY}*_").replace("’", "'").replace("İ", "i").lower()
    text = text.rstrip(" ,.!…。，！،;-–—")
    return [text] if text in THANKS or _is_greeting(text) else JOINTS.split(text)


def _is_greeting(text: str) -> bool:
    return text in CLOSINGS or bool(CLOSING.match(text))


def _goes_on(line: str, below: str) -> bool:
    """Whether a sentence begins with a single word of a greeting: "Best", and below "way is to wait"."""
    is_word = line.strip(EMPTY).isalpha()
    return is_word and below[:1].islower() and below.count(" ") >= MIN_SPACES


def is_sentence(line: str) -> bool:
    """Whether a line says something, as no name, title or address does."""
    ends = line.endswith((".", "!", "?", ":"))
    return ends and line.count(" ") >= MIN_SPACES and len(LOWER_WORD.findall(line)) > 1
