# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Attributions, with which mail programs introduce a quote: "On … wrote:"."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.heads import COLONS, OTHER_LABELS, YEAR, is_rule
from approvals.reply.limits import MAX_LINE
from approvals.reply.our_mail import holds_sentinel
from approvals.reply.words import is_question

MAX_ATTRIBUTION = 4  # lines
MAX_WINDOW = 2 * MAX_ATTRIBUTION + 2  # lines that tell whether one begins at the first
MAX_PLACED = 24  # lines, blank ones between them, of a head in a table
ENDS = (*COLONS, ">>>")  # GroupWise writes >>> on both sides
# Words for "wrote" as they stand in attributions; case aside.
WROTE = re2.compile(
    r"(?i)(?:^|[^\pL])(wrote|writes|schrieb(en)?|geschrieben|[ée]crit|escribi[óo]|escreveu|escrito|"
    r"ha scritto|scrisse|scritto|schreef|geschreven|skrev|kirjoitti|napisał(\(a\)|a)?|pisze|"
    r"napsal(\(a\)|a)?|napísal(\(a\)|a)?|írta|a scris|pisao|napisao|je napisao|napisala?|"
    r"yazdı|yazmış|rakstīja|rašė|kirjutas|va escriure|idatzi|skrifaði|viết|menulis|scríobh|"
    r"quoting|zitat von|citando(?: a)?|citazione|citation de|citát|cytowanie|citaat van)(?:[^\pL]|$)"
    r"|написа[лв]|пишет|писал|пише|έγραψε|写道|寫道|写了|寫了|书写|쓴 글|のメール|は書きました|"
    r"がメッセージを書きました|님이 작성|작성:|썼습니다|כתב|كتب|เขียนว่า|ने लिखा|লিখেছেন|எழுதியது|نوشت|napisał|írta|geschrieben"
)
STARTS = re2.compile(
    r"(?i)^[^\pL\pN]{0,3}(on|am|le|el|em|no dia|a |il|il giorno|op|den|dne|dňa|w dniu|dnia|pe|la|la data|"
    r"în data|u |dana|tarihinde|vào|pada|kuupäeval|em |em\.|at|ve|ma|ti|ke|to|su|ær|در تاریخ)(?:[^\pL]|$)"
)
# Arabic, Persian and Devanagari digits, as programs write dates with.
DIGITS = {ord(first) + digit: str(digit) for first in "٠۰०" for digit in range(10)}
PLACED_ENDS = (*ENDS, "՝")  # Armenian writes its colon so
IN_BRACKETS = re2.compile(r"<[^\s<>]{1,64}@[^\s<>]{1,255}>")
ADDRESS = re2.compile(r"[^\s@<>()\[\]\\:;,\"'‹›«»*|]{1,64}@[^\s@<>()\[\]\\:;,\"'‹›«»*|]{1,255}")
AUTHOR_ALONE = re2.compile(r"^[^<>:]+<[^\s<>]+@[^\s<>]+>$")
TIME = re2.compile(r"\d{1,2}[:.h]\d{2}")
DATE_ALONE = re2.compile(rf"^[\pL\pN ,./-]+{TIME.pattern}(?: [AP]M)?$")
# Where a program may have broken its line: "On Tue," / "14 Jul 2026 …", "On Tue, 14 Jul" / "2026 at 09:26, …".
# In these languages a date with its day of the week has a word before it, in the others it begins the line.
BEGUN = re2.compile(
    r"(?i)^[^\pL\pN]{0,3}(?:on|am|el|em|în|pada) (?:\pL{2,3}\.?|\pL+(?:day|tag|woch|feira)),(?: dem)?$"
)
BEGINS_WITH_DATE = re2.compile(r"^[^\d@]{0,20}\d")
WORD_BEFORE = re2.compile(
    r"(?i)^[^\pL\pN]{0,3}(?:on .* wrote|am .* (?:schrieb|geschrieben)|el .* escri|em .* escreveu|în .* a scris|pada .* menulis)"
)
HALF_A_DATE = re2.compile(
    r"^(?:\D{0,20}|\d{1,2}(?:th|st|nd|rd)?,? )(?:19|20)\d\d(?:[,،]|\s\D*\d{1,2}[:.h]\d{2})"
)
# "PM Console <pm@example.com> hat am" / "14.07.2026 09:26 geschrieben:", "… del dia dt.," / "14 de jul. …"
ENDS_WITH_ADDRESS = re2.compile(r"@[^\s<>()]+[>)]+,?(?: \pL+){0,3}\.?,?$")
NAMES_AUTHOR = re2.compile(rf"{TIME.pattern}.*\p{{Lu}}\p{{Ll}}{{3}}")  # behind its time
ENDS_SENTENCE = re2.compile(r"(?:\pL{4}|\d)[.!]+$")


# "… wrote: DENY" on one line: what stands behind the colon was typed.
COLON_WITHIN = re2.compile(r"[:：]\)?(?:[*_ \xa0]*\pL| [^\pL\pN]*[\pL\pN])[^@<>]*$")
# "Alice wrote me on 14 July 2026 at 9:26 AM about it:" is a sentence: it goes on behind its verb and its time.
GOES_ON = re2.compile(rf"{TIME.pattern}\S*(?: (?:[AP]M|Uhr))?(?: \p{{Ll}}{{2,}}){{2,}}:$")


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


def length_below_author(texts: list[str], at: int) -> int:
    """How many lines a name with its address begins that stand above our email's first line: a date
    below it (Postbox), and perhaps "To", "Subject" and what they say in cells of a table (Notes)."""
    author = texts[at].strip()
    if len(texts[at]) > MAX_LINE or not author.endswith(">") or not AUTHOR_ALONE.match(author):
        return 0
    filled = [n for n in range(at, min(at + MAX_PLACED, len(texts))) if texts[n].strip()]
    head = list(takewhile(lambda n: not holds_sentinel(texts[n]), filled))
    if len(head) < 2 or len(head) == len(filled):
        return 0
    date, *below = (texts[n].strip() for n in head[1:])
    is_dated = YEAR.search(date) and DATE_ALONE.match(date[:MAX_LINE])
    labels = [n for n, text in enumerate(below) if text.lower() in OTHER_LABELS]
    # Behind the last label stands what it says, and nothing else: that was typed.
    is_whole = not below or (len(labels) >= min(2, len(below)) and labels[-1] >= len(below) - 2)
    return head[-1] - at + 1 if is_dated and is_whole else 0


def attribution_length(lines: list[str], at: int) -> int:
    """How many lines from `at` on are one attribution, as in "On … wrote:"; 0 if none are."""
    if len(lines[at]) > MAX_LINE or not lines[at].strip():
        return 0
    window = lines[at : at + MAX_WINDOW]
    return _attribution_length(tuple(line[: MAX_LINE * 2] for line in window))


@lru_cache(maxsize=512)  # several passes over some 300 lines ask the same
def _attribution_length(window: tuple[str, ...]) -> int:
    lines, at = list(window), 0
    joined = list(_joined(lines[at : at + MAX_ATTRIBUTION]))
    # Each has to end with a colon or hold an address: what most lines don't is looked at first.
    if not any("@" in text or text.endswith(COLONS) for text in joined):
        return 0
    first = next(iter(joined), "")
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
    is_broken = _misses_day(above, below) or _misses_author(above, below)
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
    if (not is_new and _misses_day(above, below)) or HALF_A_DATE.match(below):
        return False
    return bool("@" in below or is_new or not _misses_author(above, below))


def _misses_day(above: str, below: str) -> bool:
    """Whether above stands the day of the week of the date with which the line below begins, and the
    word before it. An attribution that begins with its date in its own language misses nothing."""
    is_begun = BEGUN.match(above) and BEGINS_WITH_DATE.match(below)
    return bool(is_begun and WORD_BEFORE.match(f"{above} {below}"))


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
        yield joined.rstrip("*_ \xa0").translate(DIGITS)


def _is_attribution(text: str, *, wrote: bool, dated: bool) -> bool:
    verb = WROTE.search(text) if wrote and dated else None
    if verb and GOES_ON.search(text[verb.end() :]) and not WROTE.search(text[verb.end() :]):
        return False
    ends, has_address = text.endswith(ENDS) and not text.endswith("(időpont:"), "@" in text
    if not ends:  # Gmail's Hungarian one ends below, behind a bracket
        is_open = text.count("(") > text.count(")") or COLON_WITHIN.search(text)
        return has_address and wrote and dated and not is_open
    return dated if has_address and not wrote else wrote and (dated or has_address)


def may_introduce(line: str) -> bool:
    """Whether a marked line may introduce what stands below it, by a name alone: "Bob wrote:"."""
    text = line.rstrip("*_ \xa0")[: MAX_LINE * 4]
    return text.endswith(">>") or (text.endswith(COLONS) and bool(WROTE.search(text)))
