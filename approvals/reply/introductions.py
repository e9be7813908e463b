# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Lines with which mail programs introduce a quote: attributions, rules and header blocks."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.our_mail import holds_sentinel
from approvals.reply.words import is_question

MAX_ATTRIBUTION = 4  # lines
MAX_HEADER_BLOCK = 15  # lines of a quoted mail's head
MIN_LABELS = 2  # of a head, but its author's
COLONS = (":", "：")
ENDS = (*COLONS, ">>>")  # GroupWise writes >>> on both sides
RULE_CHARACTERS = "-‐‑‒–—―_=*"
RULE_MARKS = frozenset(RULE_CHARACTERS)
# Words for "wrote" as they stand in attributions; case aside.
WROTE = re2.compile(
    r"(?i)(?:^|[^\pL])(wrote|writes|schrieb(en)?|geschrieben|[ée]crit|escribi[óo]|escreveu|escrito|"
    r"ha scritto|scrisse|scritto|schreef|geschreven|skrev|kirjoitti|napisał(\(a\)|a)?|pisze|"
    r"napsal(\(a\)|a)?|napísal(\(a\)|a)?|írta|a scris|pisao|napisao|je napisao|napisal|"
    r"yazdı|yazmış|rakstīja|rašė|kirjutas|va escriure|idatzi|skrifaði|viết|menulis|scríobh|"
    r"quoting|zitat von|citando(?: a)?|citazione|citation de|citát|cytowanie|citaat van)(?:[^\pL]|$)"
    r"|написа[лв]|пишет|писал|пише|έγραψε|写道|寫道|写了|寫了|书写|쓴 글|のメール|は書きました|"
    r"がメッセージを書きました|님이 작성|작성:|썼습니다|כתב|كتب|เขียนว่า|ने लिखा|লিখেছেন|எழுதியது|نوشت|napisał|írta|geschrieben"
)
STARTS = re2.compile(
    r"(?i)^[^\pL\pN]{0,3}(on|am|le|el|em|no dia|a |il|il giorno|op|den|dne|dňa|w dniu|dnia|pe|la|la data|"
    r"în data|u |dana|tarihinde|vào|pada|kuupäeval|em |em\.|at|ve|ma|ti|ke|to|su|ær)(?:[^\pL]|$)"
)
YEAR = re2.compile(r"(^|\D)(19|20)\d\d(\D|$)|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}(\D|$)")
PLACED_ENDS = (*ENDS, "՝")  # Armenian writes its colon so
IN_BRACKETS = re2.compile(r"<[^\s<>]{1,64}@[^\s<>]{1,255}>")
ADDRESS = re2.compile(r"[^\s@<>()\[\]\\:;,\"'‹›«»*|]{1,64}@[^\s@<>()\[\]\\:;,\"'‹›«»*|]{1,255}")
# Around what some programs write in a right-to-left language.
DIRECTIONS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
TIME = re2.compile(r"\d{1,2}[:.h]\d{2}")
# Where a program may have broken its line: "On Tue," / "14 Jul 2026 …", "On Tue, 14 Jul" / "2026 at 09:26, …".
ONLY_BEGINS = re2.compile(rf"{STARTS.pattern}\s*(?:\pL+\.?,(?: dem)?)?$")
BEGINS_WITH_DATE = re2.compile(r"^[^\d@]{0,20}\d")
HALF_A_DATE = re2.compile(
    r"^(?:\D{0,20}|\d{1,2}(?:th|st|nd|rd)?,? )(?:19|20)\d\d(?:,|\s\D*\d{1,2}[:.h]\d{2})"
)
# "PM Console <pm@example.com> hat am" / "14.07.2026 09:26 geschrieben:"
ENDS_WITH_ADDRESS = re2.compile(r"@[^\s<>()]+[>)]+,?(?: \pL+){0,2}$")
NAMES_AUTHOR = re2.compile(rf"{TIME.pattern}.*\p{{Lu}}\p{{Ll}}{{3}}")  # behind its time
ENDS_SENTENCE = re2.compile(r"(?:\pL{4}|\d)[.!]+$")
RULE = re2.compile(
    r"^[-‐‑‒–—―_]{4,}\s*\S.{0,80}?\s*[-‐‑‒–—―_]{4,}\s*$|^_{8,}$|^[-‐‑‒–—―=*]{20,}$|"
    r"(?i)^-{2,3} ?(?:original|forwarded|ursprüngliche|原始邮件|原始郵件)\b.{0,40}?-{2,3}\s*$"
)
LONG_RULE = re2.compile(r"^\s*[-‐‑‒–—―]{7}")  # Proton's, above an attribution
RULE_AND_MORE = re2.compile(r"^-{5,}\s*[^\s-].{0,60}?-{5,}\s*\S")
FORWARDED = re2.compile(r"(?i)^(begin forwarded message|anfang der weitergeleiteten nachricht):")
LABEL = re2.compile(r"^[*_\s\xa0]*([^\s:：][^:：]{0,24}?)[*_\s\xa0]*[:：][*_]*(\s|\xa0|$)(.*)$")
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
    destinataire|cci|enviado|enviado el|enviada|enviada em|enviado em|fecha|para|asunto|assunto|data|
    inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|lähetetty|
    vastaanottaja|aihe|päivä|päiväys|wysłano|wysłane|do|temat|odesláno|komu|předmět|odoslané|predmet|
    elküldve|küldve|címzett|tárgy|dátum|trimis|către|catre|subiect|gönderildi|gönderilme|kime|konu|
    tarih|отправлено|дата|кому|тема|копия|надіслано|копія|ημερομηνία|εστάλη|προς|στάλθηκε|θέμα|
    изпратено|до|относно|发送时间|发送日期|日期|收件人|抄送|主题|寄件日期|傳送時間|傳送日期|收件者|主旨|副本|
    送信日時|日時|日付|宛先|件名|cc:|보낸 날짜|날짜|받는 사람|참조|제목|נשלח|אל|נושא|תאריך|
    تاريخ الإرسال|تم الإرسال|إلى|الموضوع|التاريخ|poslano|za|zadeva|prima|predmet|saadetud|kellele|
    teema|išsiųsta|kam|tema|nosūtīts|temats|gửi|đến|chủ đề|ngày|ngày gửi|dikirim|kepada|subjek|
    tanggal|importance|priority|wichtigkeit|priorität|attachments|anlagen|ส่ง|ถึง|เรื่อง|วันที่""".replace(
        "\n    ", ""
    ).split("|")
)


def without_directions(text: str) -> str:
    """A line without the marks of direction around it, which nobody sees."""
    return text.strip(DIRECTIONS)


def is_author_label(line: str) -> bool:
    """Whether a line of a quoted mail's head says who wrote it."""
    return _label(line) in FROM_LABELS


def introduction_length(texts: list[str], at: int) -> int:
    """How many lines from here introduce a quote; 0 if none do."""
    length = _introduction_length(texts, at) if texts[at].strip() else 0
    length = length or int(introduces_by_place(texts, at))
    if not length or not looks_like_answer(texts[at]) or _is_latvian(texts, at):
        return length
    # "Y. Sato wrote on 26.11.2026 09:26:" introduces; an answer directly above an introduction doesn't.
    length = attribution_length(texts, at)
    if length > 1 and (_introduction_length(texts, at + 1) or introduces_by_place(texts, at + 1)):
        return 0
    return length


def introduces_by_place(texts: list[str], at: int) -> bool:
    """Whether a line directly above our email's first one introduces it, in whatever language."""
    text = texts[at].strip("*_ \xa0")
    below = next(filter(str.strip, texts[at + 1 : at + 3]), "")
    if not text or len(text) > MAX_LINE or not holds_sentinel(below) or any(map(is_question, text)):
        return False
    is_dated, ends = YEAR.search(text) and TIME.search(text), text.endswith(PLACED_ENDS)
    found = [is_dated, ends, IN_BRACKETS.search(text)]
    is_known = sum(map(bool, found)) >= 2 or (ends and WROTE.search(text))
    return bool(is_known) and not (looks_like_answer(text) or speaks_of_answer(text))


def _is_latvian(texts: list[str], at: int) -> bool:
    """Whether "No: …" is Latvian for "From: …", not an answer directly above another head."""
    if not (is_author_label(texts[at]) and is_header_block(texts, at)):
        return False
    return not any(map(is_author_label, _block(texts, at)[1:]))


def _introduction_length(texts: list[str], at: int) -> int:
    block = at
    if is_rule(texts[at]):
        block += 1
        while block < min(at + 3, len(texts)) and not texts[block].strip():
            block += 1
        if block == len(texts):
            return 1
        if not is_header_block(texts, block):
            below = attribution_length(texts, block) if LONG_RULE.match(texts[at]) else 0
            return block - at + below if below else 1
    elif not is_header_block(texts, at) or _is_typed_above_head(texts, at):
        return attribution_length(texts, at)
    end = block
    while end < min(block + MAX_HEADER_BLOCK, len(texts)) and texts[end].strip():
        end += 1
    return end - at


def attribution_length(lines: list[str], at: int) -> int:
    """How many lines from `at` on are one attribution, as in "On … wrote:"; 0 if none are."""
    first = lines[at].strip()
    if len(lines[at]) > MAX_LINE:
        return 0
    joined = list(_joined(lines[at : at + MAX_ATTRIBUTION]))
    # Each has to end with a colon or hold an address: what most lines don't is looked at first.
    if not any("@" in text or text.endswith(COLONS) for text in joined):
        return 0
    if not ("@" in first or YEAR.search(first) or STARTS.match(first) or WROTE.search(first)):
        return 0
    dated = min(_end_of(YEAR, joined[-1]), _end_of(TIME, joined[-1]))
    if dated > MAX_LINE and "@" not in joined[-1]:
        return 0
    wrote = _end_of(WROTE, joined[-1])
    length = next(
        (
            length
            for length, text in enumerate(joined, 1)
            if _is_attribution(text, wrote=len(text) >= wrote, dated=len(text) >= dated)
        ),
        0,
    )
    is_typed = any(
        _is_typed_above(joined[above - 1], lines[at + above : at + above + MAX_ATTRIBUTION])
        or _is_typed_above_placed(joined[above - 1], lines, at + above)
        for above in range(1, length)
    )
    return 0 if is_typed else length


def _is_typed_above_placed(above: str, lines: list[str], at: int) -> bool:
    """Whether a line was typed above one that introduces our email by its place, and is no half."""
    below = lines[at]
    is_whole = YEAR.search(below) and TIME.search(below) and below.count(")") <= below.count("(")
    if not (is_whole or ENDS_SENTENCE.search(above)) or HALF_A_DATE.match(below):
        return False
    is_broken = ONLY_BEGINS.match(above) or _misses_author(above, below)
    return not is_broken and introduces_by_place(lines, at)


def _is_typed_above(above: str, lines: list[str]) -> bool:
    """Whether a line above an attribution that is whole without it was typed: "On Friday, remove it."

    Else it holds a piece that is missing below, where a program broke its line.
    """
    below = next(filter(_is_whole, _joined(lines)), "")
    if not below:
        return False
    if not YEAR.search(below):
        if TIME.search(below) and STARTS.match(below) and below[0].isupper():
            return True
        begins = TIME.search(below) or TIME.search(above) or STARTS.match(above)
        is_sentence = not TIME.search(below) and ENDS_SENTENCE.search(above)
        return bool(is_sentence or not (begins and YEAR.search(above)))
    is_new = STARTS.match(below) and below[0].isupper()
    is_broken = ONLY_BEGINS.match(above) and BEGINS_WITH_DATE.match(below) and not is_new
    if is_broken or HALF_A_DATE.match(below):
        return False
    return bool("@" in below or is_new or not _misses_author(above, below))


def _misses_author(above: str, below: str) -> bool:
    """Whether the author stands above, where a program broke its line, and not below."""
    return bool(ENDS_WITH_ADDRESS.search(above)) and not NAMES_AUTHOR.search(below)


def _is_whole(text: str) -> bool:
    dated = bool(YEAR.search(text) or TIME.search(text))
    return _is_attribution(text, wrote=bool(WROTE.search(text)), dated=dated)


def _end_of(pattern: "re2._Regexp[str]", text: str) -> int:
    """How many characters have to stand in a beginning of the text so that it holds the pattern."""
    match = pattern.search(text)
    return match.end() - 1 if match else MAX_LINE * 2


def _joined(lines: list[str]) -> Iterator[str]:
    """The first line, the first two, and so on, up to a blank line, a rule or a length."""
    joined = ""
    for line in lines:
        is_end = not line.strip() or (joined and is_rule(line))
        joined = f"{joined} {line.strip()}".strip()
        if is_end or len(joined) > MAX_LINE:
            return
        yield joined.rstrip("*_ \xa0")


def _is_attribution(text: str, *, wrote: bool, dated: bool) -> bool:
    ends, has_address = text.endswith(ENDS) and not text.endswith("(időpont:"), "@" in text
    if not ends:  # Gmail's Hungarian one ends below, behind a bracket
        return has_address and wrote and dated and text.count("(") <= text.count(")")
    return dated if has_address and not wrote else wrote and (dated or has_address)


def may_introduce(line: str) -> bool:
    """Whether a marked line may introduce what stands below it, by a name alone: "Bob wrote:"."""
    text = line.rstrip("*_ \xa0")[: MAX_LINE * 4]
    return text.endswith(">>") or (text.endswith(COLONS) and bool(WROTE.search(text)))


def is_rule(line: str) -> bool:
    """Whether a line is "-----Original Message-----" in any language, or a rule above a quote."""
    text = line.strip()
    if len(text) > MAX_LINE or not text:
        return False
    if text[0] in RULE_MARKS:
        title = text.strip(RULE_CHARACTERS).partition("---")[0]
        return bool(RULE.match(text) or RULE_AND_MORE.match(text)) and not speaks_of_answer(title)
    return text[0] in "aAbB" and bool(FORWARDED.match(text))


def is_header_block(lines: list[str], at: int) -> bool:
    """Whether a quoted mail's From, Sent, To, Subject begin at this line, in any of their languages."""
    first = _label(lines[at])
    if first not in FROM_LABELS and first not in OTHER_LABELS:
        return bool(first) and _unknown_block(lines, at)
    labels = [first, *(_label(line) for line in _block(lines, at)[1:])]
    if first in labels[1:]:  # typed above a head: "To: be removed on Friday."
        return False
    others = sum(label in OTHER_LABELS for label in labels)
    is_known = others >= MIN_LABELS and any(label in FROM_LABELS for label in labels)
    return is_known or _has_shape(_block(lines, at)[:5])


def _is_typed_above_head(lines: list[str], at: int) -> bool:
    """Whether a label was typed above a head that is whole without it: "Cc: Bob, check it first".

    Some programs write the date, the subject or a sender first.
    """
    if YEAR.search(lines[at]) or (is_author_label(lines[at]) and "@" in lines[at]):
        return False
    labels = [_label(line) for line in _block(lines, at)[1:]]
    is_whole = sum(label in OTHER_LABELS for label in labels) > MIN_LABELS
    return is_whole and labels[0] in FROM_LABELS


def _unknown_block(lines: list[str], at: int) -> bool:
    if not any("@" in line for line in lines[at : at + 5]):
        return False
    block = _block(lines, at)[:5]
    if any(map(is_author_label, block)):  # a head in a language that is known begins below
        return False
    return _has_shape(block)


def _has_shape(block: list[str]) -> bool:
    """Whether lines look like a head whatever their labels say: four of them, an address and a year."""
    labelled = [line for line in block if _label(line)]
    return (
        len(labelled) >= 4
        and any("@" in line for line in labelled)
        and any(YEAR.search(line) for line in labelled)
    )


def _block(lines: list[str], at: int) -> list[str]:
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
    match = LABEL.match(head) if ":" in head or "：" in head else None
    return str(match.group(1)).strip("*_ \xa0").lower() if match else ""
