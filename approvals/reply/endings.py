# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Where typed text ends although no quote begins: signatures, closings, "Sent from my", disclaimers."""

import re2

from approvals.reply.answer import speaks_of_answer
from approvals.reply.limits import MAX_LINE

SENT_FROM = re2.compile(
    r"(?i)^[*_\s<(\[-]{0,3}(sent from (my|mail|outlook|samsung|yahoo|proton|spark|airmail|fastmail|zoho|aqua|the |an? )|sent (via|with|using) |"
    r"get outlook for|download outlook|von meinem .{0,40} gesendet|gesendet (von|mit) |diese nachricht wurde von|"
    r"von (outlook|samsung|mobile|meinem)|envoyé (de|depuis|à partir|avec) |enviado (desde|do|a partir|de) (mi|meu|o|outlook|mail|un|um)|"
    r"inviato da|verzonden (vanaf|met|via)|verstuurd vanaf|skickat från|skickades från|sendt fra|sendt via|"
    r"lähetetty |wysłane z|wysłano z|отправлено (с|из)|надіслано з|odesláno z|odoslané z|"
    r"küldve |elküldve |trimis de pe|gönderildi$|\S{1,20}ımdan gönderildi|iphone.{0,12}gönderildi|"
    r"\S{0,14}から送信|发自|發自|从我的|從我的|傳送自|나의 .{0,20}에서 보냄|.{0,20}에서 보냄|"
    r"στάλθηκε από|nosūtīts no|poslano (z|sa|s )|ส่งจาก|get bluemail|typed on my|"
    r"-{0,2}\s?(please )?excuse (my )?(brevity|typos))"
)
CLAUSE = re2.compile(r"[,:;] ?\pL.*\PL\pL")  # behind a mark, at least two words
CLOSING = re2.compile(
    r"(?i)^(best|kind|warm|with best|with kind|many)?\s?(regards|wishes|thanks)[,.!]?$|"
    r"^(best|cheers|thanks|thank you|thx|br|kr|rgds|sincerely|yours( sincerely| truly| faithfully)?|"
    r"mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|viele grüße|beste grüße|liebe grüße|"
    r"gruß|grüße|mfg|vg|lg|cordialement|bien cordialement|cdlt|salutations|bien à vous|saludos( cordiales)?|"
    r"un saludo|atentamente|cordiali saluti|distinti saluti|saluti|atenciosamente|cumprimentos|abraços|"
    r"met vriendelijke groet(en)?|mvg|groet(en|jes)?|med vänliga hälsningar|vänliga hälsningar|mvh|"
    r"med venlig hilsen|venlig hilsen|med vennlig hilsen|vennlig hilsen|terveisin|ystävällisin terveisin|"
    r"pozdrawiam|z poważaniem|с уважением|s pozdravem|üdvözlettel|cu stimă|saygılarımla|よろしくお願いします)[,.!]?$"
)
DISCLAIMER = re2.compile(
    r"(?i)^[*_\s-]{0,4}(this (e-?mail|message|communication)( and any| is| may| contains| \(including|,|$)|"
    r"the information (contained |transmitted )?in this|confidential(ity)?\b.{0,20}(notice|:|$)|disclaimer|"
    r"important notice|diese e-?mail|der inhalt dieser|ce (message|courriel)|este (mensaje|correo|e-?mail)|"
    r"esta mensagem|questo messaggio|questa e-?mail|dit (bericht|e-?mail)|deze e-?mail|"
    r"virus-free|this email has been (scanned|checked)|avast|please consider the environment|"
    r"caution:|external e-?mail|(detta|dette) (e-?post)?meddelande|denne e-?mail|denne e-?post|tämä viesti|ta wiadomość|"
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
    text = line.strip()
    if text in ("--", "- --", "—", "__"):
        return True
    return len(text) <= MAX_LINE * 4 and bool(SENT_FROM.match(text[:MAX_LINE]))


def says_more(line: str) -> bool:
    """Whether a line that begins like "Sent from" goes on as nobody's mail program does."""
    return bool(CLAUSE.search(line[: MAX_LINE * 4])) or speaks_of_answer(line)


def is_disclaimer(line: str) -> bool:
    """Whether this line begins like a disclaimer. Its words may as well be typed."""
    text = line.strip()
    return len(text) <= MAX_LINE * 4 and bool(DISCLAIMER.match(text[:MAX_LINE]))


def is_closing(line: str) -> bool:
    """Whether a line is a greeting with which letters end."""
    return len(line) <= 60 and bool(CLOSING.match(line.strip(" \t\xa0*_")))
