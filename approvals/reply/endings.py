# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Where typed text ends although no quote begins: signatures, closings, "Sent from my", disclaimers."""

import re2

from approvals.reply.answer import speaks_of_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.words import EMPTY

MAX_CLOSING = 60  # characters
MAX_NAME = 60
MIN_SPACES = 2  # in a sentence
MAX_SHORT = 4  # words below a name that may be a correction
UNSEEN_MARKS = "\u200c\u200d\u2060\u2063"  # around BlueMail's line

# What devices, programs and services write below a text. "Sent from the vault: key 4711" was typed.
SENT_FROM = re2.compile(
    r"(?i)^[*_\s<(\[-]{0,3}(sent (from|via|with|using) (my|mail|outlook|samsung|yahoo|proton|spark|airmail|fastmail|zoho|aqua)|"
    r"sent (from|via|with|using) (the|an?) .{0,30}(app|mail|phone|mobile|device|tablet|ipad|iphone|android|mac|pc|computer|train|road|go)\b|"
    r"sent (from|via|with|using) (?-i:\p{Lu}|[a-z]+\p{Lu}|\d)|sent from [\pL.]+\.\pL{2,}|"
    r"get outlook for|download outlook|von meinem .{0,40} gesendet|gesendet (von|mit) |diese nachricht wurde von|"
    r"von (outlook|samsung|mobile|meinem)|envoyé (de|depuis|à partir|avec) |enviado (desde|do|a partir de|de) (mi|meu|o|outlook|mail|un|um)|"
    r"inviato da|verzonden (vanaf|met|via)|verstuurd vanaf|skickat från|skickades från|sendt fra|sendt via|"
    r"lähetetty |wysłane z|wysłano z|отправлено (с|из)|надіслано з|odesláno z|odoslané z|"
    r"küldve |elküldve |\S.{0,30}(ról|ről) küldve\W*$|trimis de pe|gönderildi$|\S{1,30}[ıiuü]m[dt][ae]n gönderildi|iphone.{0,12}gönderildi|"
    r"[^a-z]{0,8}[a-z]\S{0,14}から送信(しました|されました)?\W*$|发自|發自|从我的|從我的|傳送自|나의 .{0,20}에서 보냄|.{0,20}에서 보냄|"
    r"στάλθηκε από|nosūtīts no|poslano (z|sa|s )|ส่งจาก|get bluemail|typed on my|"
    r"-{0,2}\s?(please )?excuse (my )?(brevity|typos))"
)
# "Get Outlook for iOS" in its languages: by its link, or by its verb.
OUTLOOK_LINE = re2.compile(
    r"(?i)^(?:.{0,40}(?:outlook.{0,30}\b(?:ios|android)|(?:ios|android).{0,30}outlook).{0,30}<https?://aka\.ms/\S*>|"
    r"(?:télécharger|obtenir|obtener|descargar|scarica|ottieni|obter|baixar|pobierz|získat|získať|skaffa|hent|skaff|hanki|preuzmite|"
    r"скачать|отримати|завантажити|изтегляне|obțineți|descărcați|αποκτήστε|λήψη|获取|下载|取得|下載|קבל|الحصول|ดาวน์โหลด|dapatkan|tải)"
    r"\S{0,6}.{0,30}outlook .{1,20}(?:ios|android).{0,20}|获取适用于 ?(?:ios|android).{0,4} ?outlook|"
    r"outlook \S+ (?:ios|android) (?:beziehen|holen|herunterladen|downloaden)|"
    r".{0,12}(?:ios|android).{0,20} outlook\S{0,4} ?(?:edinin|を入手|下载|다운로드|letöltése))\W*$"
)
SAID_BEHIND = re2.compile(r"[:;] (\w+)")
CLAUSE = re2.compile(r"[,:;] ?\pL.*\PL\pL")  # behind a mark, at least two words
# Greetings with which letters end, whole, a language in each line.
CLOSINGS = frozenset(
    """best|all the best|cheers|thx|br|kr|rgds|sincerely|yours|yours sincerely|yours truly|yours faithfully|with kind regards|
    thanks and regards|thanks and best regards|thanks and kind regards|thanks & regards|
    respectfully|kindly|best regards and thanks|
    mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|mit besten grüßen|mit besten grüssen|freundliche grüße|
    freundliche grüsse|viele grüße|viele grüsse|beste grüße|beste grüsse|liebe grüße|liebe grüsse|herzliche grüße|herzliche grüsse|schöne grüße|
    gruß|gruss|grüße|grüsse|mfg|vg|lg|bg|hochachtungsvoll|
    cordialement|bien cordialement|très cordialement|cdlt|bien à vous|bien à toi|salutations|meilleures salutations|sincères salutations|
    amicalement|cordiales salutations|sincèrement|
    saludos|saludos cordiales|un saludo|un cordial saludo|cordialmente|atentamente|atte|reciba un cordial saludo|un abrazo|
    cordiali saluti|distinti saluti|saluti|un saluto|un cordiale saluto|cari saluti|cordialità|
    atenciosamente|att|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraços|abraço|um abraço|
    saudações|com os meus cumprimentos|
    met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|hartelijke groet|hartelijke groeten|mvg|groet|
    groeten|groetjes|hoogachtend|met hartelijke groet|
    med vänlig hälsning|med vänliga hälsningar|vänlig hälsning|vänliga hälsningar|hälsning|hälsningar|bästa hälsningar|mvh|
    med venlig hilsen|venlig hilsen|de bedste hilsner|bedste hilsner|hilsen|vh|kh|mange hilsner|
    med vennlig hilsen|vennlig hilsen|beste hilsen|hilsning|
    terveisin|ystävällisin terveisin|parhain terveisin|yst terv|
    pozdrawiam|pozdrawiam serdecznie|serdecznie pozdrawiam|z poważaniem|z wyrazami szacunku|pozdrowienia|
    s pozdravem|s přátelským pozdravem|s úctou|
    s pozdravom|s priateľským pozdravom|
    с уважением|с наилучшими пожеланиями|всего доброго|с наилучшими|
    з повагою|з найкращими побажаннями|
    с уважение|поздрави|üdvözlettel|tisztelettel|üdv|köszönettel|
    cu stimă|cu respect|cu drag|με εκτίμηση|φιλικά|με φιλικούς χαιρετισμούς|καλή συνέχεια|
    saygılarımla|saygılarımızla|iyi çalışmalar|sevgiler|
    s poštovanjem|lijep pozdrav|lep pozdrav|srdačan pozdrav|lugupidamisega|pagarbiai|ar cieņu|
    よろしくお願いします|よろしくお願いいたします|よろしくお願い致します|宜しくお願いします|宜しくお願いいたします|宜しくお願い致します|敬具|以上|
    此致|敬礼|此致敬礼|祝好|顺颂商祺|顺祝商祺|此致敬禮|順頌商祺|敬上|谨上|
    감사합니다|고맙습니다|드림|올림|감사드립니다|مع التحية|تحياتي|مع خالص التحية|أطيب التحيات|בברכה|ด้วยความเคารพ|ขอแสดงความนับถือ|
    trân trọng|hormat kami|salam|atentament|salutacions""".replace("\n    ", "").split("|")
)
ENGLISH_CLOSING = re2.compile(
    r"^(?:with )?(?:my |our )?(?:best|kind|kindest|warm|warmest|many|friendly)?(?: and (?:best|kind|warm))? ?(?:regards|wishes|greetings)$"
)
# Thanks and wishes close a letter only above a name: alone, they were typed.
THANKS = frozenset(
    """thanks|thank you|many thanks|thanks a lot|thanks again|thanks in advance|thank you very much|thx|ta|danke|vielen dank|besten dank|danke und gruß|
    danke schön|dankeschön|merci|merci beaucoup|merci d'avance|gracias|muchas gracias|mil gracias|grazie|grazie mille|molte grazie|
    obrigado|obrigada|muito obrigado|bedankt|dank je|dank u|dank|alvast bedankt|tack|tack så mycket|tack på förhand|tak|mange tak|
    på forhånd tak|takk|tusen takk|mange takk|kiitos|kiitos paljon|dziękuję|dzięki|z góry dziękuję|děkuji|děkuju|díky|ďakujem|спасибо|
    большое спасибо|благодарю|дякую|благодаря|teşekkürler|teşekkür ederim|köszönöm|köszi|mulțumesc|ευχαριστώ|hvala|aitäh|
    have a nice day|have a great day|have a good day|take care|bonne journée|bonne soirée|belle journée|buona giornata|schönen tag noch|schönen tag|buen día|fijne dag|ha en bra dag|
    god dag|ha en fin dag|miłego dnia|hezký den|přeji hezký den|pěkný den|pekný deň|хорошего дня|гарного дня|szép napot|o zi bună|iyi günler|kolay gelsin|have a nice weekend|schönes wochenende|bon week-end|buen fin de semana|
    ačiū|paldies|
    ありがとうございます|ありがとうございました|谢谢|謝謝|多谢|شكرا|תודה|ขอบคุณ|cảm ơn|terima kasih|gràcies""".replace(
        "\n    ", ""
    ).split("|")
)
DRAWN = re2.compile(r"^[-_=*–—―]{2,20}$")
NAME = re2.compile(
    r"^\p{Lu}[\pL.'’-]*(?:,? (?:[(\p{Lu}|&/-]\S*|van|von|de|der|den|la|of|und|and|et|y)){0,7}$"
)
LOWER_WORD = re2.compile(r"(?:^|\s)\p{Ll}")
DISCLAIMER = re2.compile(
    r"(?i)^[*_\s-]{0,4}(this (e-?mail|message|communication)( and any| is| may| contains| \(including|,|$)|"
    r"the information (contained |transmitted )?in this (e-?mail|mail|message|communication|transmission|document)|confidential(ity)?\b.{0,20}(notice|:|$)|disclaimer|"
    r"important notice|diese e-?mail|der inhalt dieser|ce (message|courriel)|este (mensaje|correo|e-?mail)|"
    r"esta mensagem|questo messaggio|questa e-?mail|dit (bericht|e-?mail)|deze e-?mail|"
    r"virus-free|this email has been (scanned|checked)|avast|please consider the environment(?: before|[^\pL]*$)|"
    r"il presente (messaggio|e-?mail)|la presente (e-?mail|comunicazione)|le informazioni (contenute|trasmesse)|les informations contenues|"
    r"la información contenida|as informações contidas|de informatie in (dit|deze)|diese nachricht|die informationen in dieser|"
    r"caution: .{0,60}(e-?mail|message|extern|outside|attachment|link|sender)|external e-?mail|(detta|dette) (e-?post)?meddelande|denne e-?mail|denne e-?post|tämä viesti|ta wiadomość|"
    r"niniejsza wiadomość|tento e-?mail|tato zpráva|acest (mesaj|e-?mail)|ez az e-?mail|bu (mesaj|e-?posta)|"
    r"это (письмо|сообщение)|denken sie an die umwelt|pensez à l'environnement|antes de imprimir)"
)
# "P.S." and "NB" in the usual languages; "PS Consulting" and "NB Power" are names.
MARK = (
    r"(?i)^\W*(?:(?:p\W{0,2}){1,3}s|n\W{0,2}b|p\W{0,2}d|u\W{0,2}i|obs|jk|huom|nachtrag|anm|addendum|post ?scriptum|"
    r"υ\W{0,2}γ|з\W?ы|п\W?с|נ\"ב|追伸|追記|추신|又及|附言)"
)
POSTSCRIPT = re2.compile(rf"{MARK}(?:\.? ?[.:,;!：\p{{Pd}}]|\. ?\S| (?-i:\p{{Ll}}))")
POSTSCRIPT_MARK = re2.compile(rf"{MARK}\W+")
LABEL = re2.compile(
    r"(?i)^[*_\s-]{0,4}(?:caution|confidential(?:ity)?|disclaimer|important notice) ?[:!\p{Pd}]\W*"
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
    """A sentence without the postscript's or disclaimer's mark in front."""
    if is_postscript(said):
        return str(POSTSCRIPT_MARK.sub("", said))
    return said if OF_MAIL.search(said) else str(LABEL.sub("", said))


def is_signature(line: str) -> bool:
    """Whether a signature or a program's "Sent from" begins with this line."""
    text = line.strip(EMPTY + UNSEEN_MARKS)
    if text in ("--", "- --", "—", "__"):
        return True
    if len(text) > MAX_LINE * 4:
        return False
    head = text[:MAX_LINE]
    if "outlook" in head.lower() and OUTLOOK_LINE.match(head):
        return True
    if not SENT_FROM.match(head):
        return False
    said = SAID_BEHIND.search(head)
    return said is None or said.group(1).startswith("http")


def says_more(line: str) -> bool:
    """Whether a line that begins like "Sent from" goes on as nobody's mail program does."""
    return bool(CLAUSE.search(line[: MAX_LINE * 4])) or speaks_of_answer(line)


def is_disclaimer(line: str) -> bool:
    """Whether this line begins like a disclaimer. Its words may as well be typed."""
    text = line.strip()
    return len(text) <= MAX_LINE * 4 and bool(DISCLAIMER.match(text[:MAX_LINE]))


def is_closing(line: str) -> bool:
    """Whether a line is a greeting with which letters end."""
    text = _plain(line)
    return text in CLOSINGS or text in THANKS or bool(ENGLISH_CLOSING.match(text))


def closes(line: str, below: list[str]) -> bool:
    """Whether a line ends what was typed: a greeting, or a rule drawn above a name.

    A sentence below "Thanks" goes on, and a "Thanks!" or "Have a nice day!" alone, or above another
    closing, was typed; "Thanks," waits for a signature.
    """
    filled = [text.strip(EMPTY) for text in below if text.strip(EMPTY)]
    if DRAWN.match(line.strip(EMPTY)):
        return bool(filled) and _is_name(filled[0])
    if not is_closing(line):
        return False
    if _plain(line) in THANKS and (not filled or is_closing(filled[0])):
        return line.rstrip(f"{EMPTY}*_").endswith(",")
    return not (filled and _is_sentence(filled[0]))


def said_below(below: list[str]) -> list[str]:
    """Of the lines from a closing on, those that may say more than a name, an address or a disclaimer."""
    found, is_named = [], False
    for line in (text.strip(EMPTY) for text in below if not is_closing(text)):
        is_short = line.count(" ") < MAX_SHORT and not OF_MAIL.search(line)
        if " " not in line or not (_is_name(line) or (is_named and not is_short)):
            found.append(line)
        is_named = is_named or _is_name(line)
    return found


def _is_name(line: str) -> bool:
    return len(line) <= MAX_NAME and bool(NAME.match(line))


def _plain(line: str) -> str:
    if len(line) > MAX_CLOSING:
        return ""
    return (
        line.strip(f"{EMPTY}*_")
        .rstrip(" ,.!…。，！،;-–—")
        .replace("’", "'")
        .replace("İ", "i")
        .lower()
    )


def _is_sentence(line: str) -> bool:
    """Whether a line says something, as no name, title or address does."""
    ends = line.endswith((".", "!", "?", ":"))
    return ends and line.count(" ") >= MIN_SPACES and len(LOWER_WORD.findall(line)) > 1
