# ruff: noqa: RUF001 - punctuation of several scripts
"""The banner that a mail gateway puts on top of what comes from outside: nobody typed it.

Only what names the outside or its dangers in a gateway's words is one, and nothing that speaks of a
decision or of its writer: "External vendor. I don't approve." was typed, and must not be passed over.
"""

import re2

from approvals.reply import banner_words as words
from approvals.reply.banner_vocabulary import ADDRESS, has_only_gateways_words
from approvals.reply.first_contact import is_link, is_tip
from approvals.reply.heads import RULE_MARKS
from approvals.reply.limits import MAX_LINE
from approvals.reply.lines import Line
from approvals.reply.sentences import asks
from approvals.reply.words import EMPTY

MAX_BANNERS = 3  # one on top of the other
MAX_BANNER_LINES = 8
MAX_TIP_LINES = 3
BARE = re2.compile(r"^[^\pL\pN]*$")
COMMAS = str.maketrans("，、；：،؛", ",,;:,;")
# Characters of a full line, the next one's first word included; less if that goes on in lower case.
MIN_WRAPPED = 66
MIN_GOING_ON = 56
MAX_WRAPPED = 100  # characters: a longer line was wrapped by nobody
MIN_RULE = 3  # signs
DRAWN = RULE_MARKS | frozenset("#|+~ ")
WARNING = "\N{WARNING SIGN}"  # gateways put it above or before their words
SIGN = re2.compile(r"\p{So}")  # beside a banner's words it may be an answer: a cross, a thumb
OF_GATEWAYS = f"{WARNING}🔒🔐🛡📧✉⚡ℹ"
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
    at = _below_bare(lines, start)
    end = _whole_banner(lines, at, sender) or _tip(lines, at, sender)
    if end:
        return _below_bare(lines, end)
    if not (_is_text(lines, at) and words.STARTS.match(lines[at].text)):
        return 0
    end = at + 1
    while end - at < MAX_BANNER_LINES and _is_text(lines, end) and _goes_on(lines, at, end):
        end += 1
    text = " ".join(line.text.strip() for line in lines[at:end])
    if sender and asks(text):
        return 0
    if _is_of_people(text):
        return 0
    if not (_is_labelled(text) or (words.PHRASES.search(text) and words.MAIL.search(text))):
        return 0
    if not all(_is_gateways(sentence) for sentence in words.SENTENCE_END.split(text)):
        return 0
    return _below_bare(lines, end)


def _below_bare(lines: list[Line], start: int) -> int:
    """Where blank lines and rules end that stand around a banner's words. Other signs alone may be an
    answer: a picture, "???"."""
    end = start
    while end - start < MAX_BANNER_LINES and _is_bare(lines, end) and _is_rule(lines[end].text):
        end += 1
    return end


def _is_rule(text: str) -> bool:
    """Whether a line without words is empty, or a rule drawn of marks."""
    signs = text.strip(EMPTY)
    is_warning = signs.rstrip("\N{VARIATION SELECTOR-16}") == WARNING
    return not signs or is_warning or (len(signs) >= MIN_RULE and DRAWN.issuperset(signs))


def _is_of_people(text: str) -> bool:
    """Whether a text holds words that no gateway uses."""
    for sentence in words.SENTENCE_END.split(text):
        unnamed = words.PHRASES.sub(" outside ", sentence)
        if not (has_only_gateways_words(sentence) or has_only_gateways_words(unnamed)):
            return True
    return False


def _is_labelled(text: str) -> bool:
    """Whether a warning of links and attachments stands behind a label that names the outside."""
    said = words.LABELLED.match(text)
    return bool(said and words.GOES_ON.match(said.group(1)) and words.LINKED.search(said.group(1)))


def _whole_banner(lines: list[Line], at: int, sender: str) -> int:
    """Where a banner ends that is known by its form alone; 0 if none begins here."""
    if not _is_text(lines, at):
        return 0
    line = lines[at].text
    if sender and asks(line):
        return 0
    if words.CLASSIFIED.match(line) or words.MARKING.match(line) or words.LABEL.match(line):
        return at + 1
    if words.SENSITIVITY.match(line) and _is_bare(lines, at + 1):
        return at + 1
    if words.INKY.match(line):
        return _end_of(lines, at, "Protection by INKY")
    begin, close = words.PROOFPOINT
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

    Directly below a banner an answer may stand. So where the outside is named already, a piece begins
    in lower case or warns, below a full line; and a sentence is one of a gateway's.
    """
    above, text = lines[at - 1].text.strip(), lines[at].text.strip()
    if words.GOES_ON.match(text) and _warns(text):
        return True
    if words.PHRASES.search(text) and (words.STARTS.match(text) or words.GOES_ON.match(text)):
        return True
    if above.endswith(FINISHED):
        return False
    width = len(above) + 1 + len(text.partition(" ")[0])
    is_named = words.PHRASES.search(" ".join(line.text for line in lines[start:at]))
    least = MIN_GOING_ON if text[:1].islower() else MIN_WRAPPED
    is_full = width >= least and len(above) <= MAX_WRAPPED
    return not is_named or (is_full and (text[:1].islower() or _warns(text)))


def _warns(text: str) -> bool:
    """Whether a line speaks of the dangers of mail in more than words that people use."""
    warns = words.DANGERS.search(words.VAGUE.sub(" ", text)) or words.BEFORE_CLICKING.search(text)
    return bool(warns or words.CHECKS_SENDER.search(text))


def _is_gateways(sentence: str) -> bool:
    """Whether a sentence tells of the outside or its dangers, and of nothing else behind a mark."""
    sentence = ADDRESS.sub(" ", sentence.translate(COMMAS))
    named = words.PHRASES.search(sentence)
    if not named:
        is_warning = words.ONE_WORD.match(sentence) and words.STARTS.match(sentence)
        return not sentence.strip() or bool(is_warning or _warns(sentence))
    before, comma, then = sentence[: named.start()].partition(",")
    is_about = words.ESPECIALLY.match(then) or words.GOES_ON.match(before)
    is_warning = words.ONE_WORD.match(before) or (is_about and _warns(before))
    if comma and not is_warning:
        return False
    first, *others = words.MARKS.split(sentence[named.end() :], maxsplit=1)
    asides = [*others, first] if words.NEGATES.search(first) else others
    return all(BARE.match(each) or words.PHRASES.search(each) or _warns(each) for each in asides)


def _is_text(lines: list[Line], at: int) -> bool:
    """Whether a line may be one of a banner."""
    if at >= len(lines) or lines[at].marked or lines[at].cut:
        return False
    text = lines[at].text
    is_signed = any(sign not in OF_GATEWAYS for sign in SIGN.findall(text[: MAX_LINE * 2]))
    return len(text) <= MAX_LINE * 2 and not (BARE.match(text) or is_signed)


def _is_bare(lines: list[Line], at: int) -> bool:
    """Whether a line is empty, or a rule drawn of marks."""
    if at >= len(lines) or lines[at].marked or lines[at].cut:
        return False
    return len(lines[at].text) <= MAX_LINE and bool(BARE.match(lines[at].text))
