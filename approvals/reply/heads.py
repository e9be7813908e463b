# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Rules and heads (From, Sent, To, Subject) with which mail programs introduce a quote."""

from functools import lru_cache
from itertools import pairwise, takewhile

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.our_mail import holds_sentinel, is_long
from approvals.reply.words import words_of

MAX_HEADER_BLOCK = 15  # lines of a quoted mail's head
MIN_LABELS = 2  # of a head, but its author's
SENTENCE_ENDS = (".", "!", "?", "。", "？", "！")
COLONS = (":", "：")
RULE_CHARACTERS = "-‐‑‒–—―_=*"
RULE_MARKS = frozenset(RULE_CHARACTERS)
YEAR = re2.compile(r"(^|\D)(19|20)\d\d(\D|$)|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}(\D|$)")
RULE = re2.compile(
    r"^[-‐‑‒–—―_]{4,}\s*\S.{0,80}?\s*[-‐‑‒–—―_]{4,}\s*$|^_{8,}$|^[-‐‑‒–—―=*]{20,}$|"
    r"(?i)^-{2,3} ?(?:original|forwarded|ursprüngliche|原始邮件|原始郵件)\b.{0,40}?-{2,3}\s*$"
)
RULE_AND_MORE = re2.compile(r"^-{5,}\s*[^\s-].{0,60}?-{5,}\s*\S")
# What programs write between the dashes of such a rule, each word: what else stands there was typed.
TITLES = frozenset(
    words_of(
        """begin inline follows anfang der ende ďalej isi list pgp signed signature message messages mail mails e-mail email original originale originales originalnachricht
    originalmeddelande originalmelding originalbesked originalbericht originalmail forwarded forward fwd reply replied previous quoted
    appointment by from ursprüngliche ursprungsnachricht weitergeleitete antwort nachricht d'origine initial initiale transféré
    transférée réponse courriel mensaje reenviado respuesta correo mensagem encaminhada resposta messaggio inoltrato risposta
    oorspronkelijk oorspronkelijke doorgestuurd antwoord bericht ursprungligt vidarebefordrat svar meddelande oprindelig
    oprindelige opprinnelig opprinnelige videresendt videresendte meddelelse melding besked e-post alkuperäinen välitetty
    edelleenlähetetty vastaus viesti oryginalna przekazana dalej odpowiedź wiadomość původní přeposlaná odpověď zpráva pôvodná
    preposlaná odpoveď správa eredeti továbbított válasz üzenet levél inițial redirecționat răspuns mesaj mesajul özgün orijinal
    iletilen yanıt ileti izvorna poruka proslijeđena sporočilo originaal edastatud kiri sõnum originalus laiškas
    sākotnējais ziņojums orixinal missatge jatorrizko mezua
    исходное исходного пересылаемое пересланное перенаправленное оригинальное ответ сообщение письмо оригінальне вихідне
    переслане повідомлення лист оригинално препратено съобщение αρχικό προωθημένο απάντηση μήνυμα
    原始邮件 原始郵件 原邮件 原郵件 原始消息 转发邮件 轉寄郵件 转发的邮件 回复的原邮件 回复邮件 邮件原件 原件
    元のメッセージ 元のメール 転送メッセージ 転送されたメッセージ オリジナルメッセージ 返信 원본 메시지 원본메시지 보낸 메일 전달된 메일 답장
    הודעה מקורית הודעה שהועברה رسالة الرسالة أصلية الأصلية محولة معاد توجيهها ข้อความต้นฉบับ ข้อความที่ส่งต่อ
    tin nhắn thư gốc chuyển tiếp pesan asli diteruskan
    aangestuurde aghaidh algne algupärane aryhinalny asal asl berjocht bhunaidh birbidalitako
    boodskap boð brev bunteachtaireacht curtha d'origina dimajukan esialgne indenant izvirno izvorno
    i̇leti kemennadenn mandât mensache mensax mensaxe mesazhi mesaĝo mesej messatge messaç məktub
    neges oarspronklik odoslaná odpovězená oorspronklike opphavleg opprinneleg oprindeligt orgineel
    orgjinal orichinal origina originaalkiri originala originalna originele origjinal origjinâl orin
    orîjînal persiųstas peyama pierasyłany plusendita posredovano pradinis prosleđena przekazywana
    përcjellë pārsūtīta reencaminhada reencamiñada reenviat reninviau reunviáu skilaboð sākotnējā
    teachtaireacht transferit umyalezo uppruna upprunaleg vidaresendt vorherige vēstule
    weitergeleitet weitergeleiteten wreiddiol xat ymlaen yrrwyd yönlendirilmiş înaintat ötürülülən
    арыгінальнае оригинална паведамленне перасланае писмо порака порука препратена прослеђена առաջին
    հաղորդագրությունը מועברת ارجاع اصلی الأساسية داده شده پیام अग्रेषित खरा गरिएको फरवार्ड मुळ मौलिक
    संदेश सन्देश বার্তা মূল ফরওয়ার্ড করা મૂળ સંદેશો ਅਸਲੀ ਸੁਨੇਹਾ மூல செய்தி ಮೂಲ ಸಂದೇಶ ข้อความส่งต่อ
    ข้อความเดิม ორიგინალი შეტყობინება オリジナルのメッセージ 原始信息 転送するメッセージ 轉遞的郵件 转发的信息"""
    )
)
SIGNS = re2.compile(r"[\p{So}?!？！]")  # no program writes them in what introduces a quote
FORWARDED = re2.compile(r"(?i)^(begin forwarded message|anfang der weitergeleiteten nachricht):")
LABEL = re2.compile(r"^[*_\s\xa0]*([^\s:：][^:：]{0,24}?)[*_\s\xa0]*[:：][*_]*(\s|\xa0|$)(.*)$")
# Its value may follow at once.
UNSPACED = re2.compile(
    r"^[*_\s\xa0]*((?:[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}] ?){2,8})[*_\s\xa0]*[:：]"
)
FROM_LABELS = frozenset(
    """from|von|de|da|van|från|fra|frå|lähettäjä|od|odesílatel|odosielateľ|feladó|gönderen|kimden|
    от|від|от кого|отправитель|από|发件人|發件人|寄件者|差出人|送信者|보낸 사람|보낸사람|발신|מאת|من|
    expéditeur|remitente|mittente|afzender|avsändare|afsender|avsender|saatja|nuo|no|sender|
    absender|från|expeditor|de la|pošiljatelj|šalje|poslal|szczegóły|nadawca|từ|dari|จาก|oorspronkelijk""".replace(
        "\n    ", ""
    ).split("|")
)
OTHER_LABELS = frozenset(
    """poslato|naslov|datums|tēma|enviat el|enviat|per a|assumpte|sent|date|to|cc|subject|bcc|reply-to|gesendet|datum|an|betreff|kopie|envoyé|envoyé le|à|objet|
    destinataire|cci|enviados|enviadas|отправленные|받는사람|enviado|enviado el|enviada|enviada em|enviado em|fecha|para|asunto|assunto|data|
    inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|lähetetty|
    vastaanottaja|aihe|päivä|päiväys|päivämäärä|dato|wysłano|wysłane|do|temat|odesláno|komu|předmět|odoslané|predmet|
    elküldve|küldve|címzett|tárgy|dátum|trimis|către|catre|subiect|gönderildi|gönderilme|kime|konu|
    tarih|отправлено|дата|кому|тема|копия|надіслано|копія|ημερομηνία|εστάλη|προς|στάλθηκε|θέμα|
    изпратено|до|относно|发送时间|时间|時間|发送日期|日期|收件人|抄送|主题|寄件日期|傳送時間|傳送日期|收件者|主旨|副本|
    送信日時|日時|日付|宛先|件名|cc:|보낸 날짜|날짜|받는 사람|참조|제목|נשלח|אל|נושא|תאריך|
    تاريخ الإرسال|تم الإرسال|إلى|الموضوع|التاريخ|poslano|za|zadeva|prima|predmet|saadetud|kellele|
    teema|išsiųsta|kam|tema|nosūtīts|temats|gửi|đến|chủ đề|ngày|ngày gửi|dikirim|kepada|subjek|
    tanggal|importance|priority|wichtigkeit|priorität|attachments|anlagen|ส่ง|ถึง|เรื่อง|วันที่""".replace(
        "\n    ", ""
    ).split("|")
)


def is_author_label(line: str) -> bool:
    """Whether a line of a quoted mail's head says who wrote it."""
    return _label(line) in FROM_LABELS


def is_label(line: str) -> bool:
    """Whether a line is or begins with one of a head's labels, with its colon or alone."""
    label = _label(line) or line.strip("*_ \xa0").lower()
    return label in FROM_LABELS or label in OTHER_LABELS


def is_rule(line: str) -> bool:
    """Whether a line is "-----Original Message-----" in any language, or a rule above a quote."""
    text = line.strip()
    if len(text) > MAX_LINE or not text:
        return False
    if text[0] in RULE_MARKS:
        title = text.strip(RULE_CHARACTERS).partition("---")[0]
        return bool(RULE.match(text) or RULE_AND_MORE.match(text)) and not speaks_of_answer(title)
    return text[0] in "aAbB" and bool(FORWARDED.match(text))


def holds_words(rule: str) -> bool:
    """Whether anything stands between dashes: "-----Original Message-----", "---- Wait for Lee ----"."""
    return is_rule(rule) and bool(rule.strip(f"{RULE_CHARACTERS} \t\xa0"))


def is_title(rule: str) -> bool:
    """Whether what stands between its dashes is a program's: "Original Message". A head may follow."""
    title, _, rest = rule.strip().strip(RULE_CHARACTERS).partition("---")
    if rest and not is_author_label(rest.strip(f"{RULE_CHARACTERS} ")):
        return False
    words = words_of(title)
    return bool(words) and all(word in TITLES for word in words) and not SIGNS.search(title)


def holds_fields_alone(head: list[str]) -> bool:
    """Whether each line of a head is a field, a piece of one, or what a label alone in the line above says.

    In a language that isn't known, all that is labelled is a field; else only the labels that are known.
    """
    known = list(map(is_label, head))
    if not any(known):
        known = [bool(_label(line)) for line in head]
    start = 2 if not known[0] and "@" in head[0] else 0  # its author and its date, without labels
    return all(known[start : start + 1]) and all(
        is_field or (is_field_above and ":" not in above) or _is_piece_of_field(above, line)
        for (above, line), (is_field_above, is_field) in zip(
            pairwise(head[start:]), pairwise(known[start:]), strict=True
        )
    )


def is_header_block(lines: list[str], at: int) -> bool:
    """Whether a quoted mail's From, Sent, To, Subject begin at this line, in any of their languages."""
    first = _label(lines[at])
    if first not in FROM_LABELS and first not in OTHER_LABELS:
        return bool(first) and _unknown_block(lines, at)
    labels = [first, *(_label(line) for line in block_of(lines, at)[1:])]
    if first in labels[1:]:  # typed above a head: "To: be removed on Friday."
        return False
    others = sum(label in OTHER_LABELS for label in labels)
    is_known = others >= MIN_LABELS and any(label in FROM_LABELS for label in labels)
    return is_known or _has_shape(lines, at)


def head_length(lines: list[str], at: int) -> int:
    """How many lines the head has that begins here: to its last label, and what may go on with that.
    Some programs let the text follow without a blank line."""
    block = list(takewhile(str.strip, lines[at : at + MAX_HEADER_BLOCK]))
    labels = [_label(line) for line in block]
    known = [label in FROM_LABELS or label in OTHER_LABELS for label in labels]
    ends = [end for end, found in enumerate(known if any(known) else labels, 1) if found]
    end = max(ends, default=len(block))
    while end < len(block) and _is_wrapped(block[end - 1], block[end]):
        end += 1
    return end


def _is_piece_of_field(above: str, line: str) -> bool:
    """Whether a line of a head surely goes on with the field above: behind an address only others do."""
    ends_with_address = "@" in above.split()[-1] if above.split() else False
    is_typed = looks_like_answer(line) or speaks_of_answer(line) or bool(SIGNS.search(line))
    return _is_wrapped(above, line) and not (is_typed or (ends_with_address and "@" not in line))


def _is_wrapped(above: str, line: str) -> bool:
    """Whether a line of a head may go on in the next one."""
    if holds_sentinel(line):
        return False
    if ("@" in above and "@" in line) or above.rstrip().endswith((",", ";", ":")):
        return True
    return is_long(above) and not line.rstrip().endswith(SENTENCE_ENDS)


def is_typed_above_head(lines: list[str], at: int) -> bool:
    """Whether a label was typed above a head that is whole without it: "Cc: Bob, check it first".

    Some programs write the date, the subject or a sender first.
    """
    if YEAR.search(lines[at]) or (is_author_label(lines[at]) and "@" in lines[at]):
        return False
    labels = [_label(line) for line in block_of(lines, at)[1:]]
    is_whole = sum(label in OTHER_LABELS for label in labels) > MIN_LABELS
    return is_whole and labels[0] in FROM_LABELS


def _unknown_block(lines: list[str], at: int) -> bool:
    is_named = any("@" in line for line in lines[at : at + 5])
    if not (is_named or any(map(holds_sentinel, lines[at + 4 : at + 7]))):
        return False
    # A head in a language that is known may begin below.
    return not any(map(is_author_label, block_of(lines, at)[:5])) and _has_shape(lines, at)


def _has_shape(lines: list[str], at: int) -> bool:
    """Whether lines look like a head whatever their labels say: four of them, an address and a year.
    Directly above our email's first line they need no address, but a fifth may have been typed."""
    block = block_of(lines, at)[:5]
    labelled = [line for line in block if _label(line)]
    if len(labelled) < 4 or not any(map(YEAR.search, labelled)):
        return False
    below = next(filter(str.strip, lines[at + len(block) : at + len(block) + 3]), "")
    is_above_ours = len(block) == 4 and holds_sentinel(below)
    return is_above_ours or any("@" in line for line in labelled)


def block_of(lines: list[str], at: int) -> list[str]:
    """The lines of a head that begins here; a blank line or a rule separates what was typed above it.

    Some programs make a paragraph of each line, the first of which says who wrote the mail.
    """
    block = list(takewhile(_goes_on, lines[at : at + 7]))
    if len(block) > 1 or not is_author_label(lines[at]):
        return block
    apart = [line for line in lines[at : at + 10] if line.strip()][:7]
    return block if any(map(is_author_label, apart[1:])) else apart


def _goes_on(line: str) -> bool:
    text = line.lstrip()
    return bool(text) and not (text[0] in RULE_MARKS and is_rule(text))


@lru_cache(maxsize=32)  # each line stands in the blocks of the lines above it
def _label(line: str) -> str:
    if len(line) > MAX_LINE * 4:
        return ""
    head = line[:MAX_LINE]
    is_labelled = ":" in head or "：" in head
    match = (LABEL.match(head) or UNSPACED.match(head)) if is_labelled else None
    return str(match.group(1)).strip("*_ \xa0").lower() if match else ""
