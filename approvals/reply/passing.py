"""How quoted lines are passed, above and below what was typed: marked ones, and those without marks."""

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.attributions import attribution_length, may_introduce
from approvals.reply.banners import banner_length
from approvals.reply.endings import is_closing, is_signature
from approvals.reply.introductions import introduction_length
from approvals.reply.lines import Line
from approvals.reply.named import (
    Known,
    are_strangers,
    may_be_strangers,
    names_stranger,
    names_us,
    quote_introduction,
)
from approvals.reply.our_mail import (
    ends_ours,
    holds_sentinel,
    holds_value,
    is_ours,
    opens_reason,
)
from approvals.reply.our_quote import has_our_paragraphs
from approvals.reply.refusals import refuses_oneself
from approvals.reply.sentences import asks
from approvals.reply.writing import Writing

MAX_BETWEEN = 40  # lines between an introduction and what it introduces
MAX_ENTERED = 20  # marked lines above our email's first one
MAX_MARKED = 20  # lines of a marked block that may be a banner or an introduction


def unmarked_texts(lines: list[Line], texts: list[str], roots: list[int]) -> list[str]:
    """The texts with blanks for marked lines, since what introduces a quote never goes on inside its
    marks, and for pieces of ours. Our email's first line stays: its place tells what introduces it."""
    return [
        text if root == at and (not line.marked or holds_sentinel(text)) else ""
        for at, (line, text, root) in enumerate(zip(lines, texts, roots, strict=True))
    ]


def pass_quote(writing: Writing, lines: list[Line], texts: list[str], at: int, known: Known) -> int:
    """How many marked lines are passed here; it takes note of whose they are."""
    if lines[at].is_blank:
        writing.quoted.append("")
    if writing.begun or writing.stranger or lines[at].is_blank:
        return 1
    if writing.in_ours:
        return _go_on_in_ours(writing, lines, texts, at, known)
    return _enter_marked(writing, lines, texts, at, known)


def _go_on_in_ours(
    writing: Writing, lines: list[Line], texts: list[str], at: int, known: Known
) -> int:
    """How many marked lines are passed in or below a quote of our email: somebody's may follow it."""
    length = 0
    if not any(map(str.strip, writing.quoted)):
        block = _marked_texts(lines, texts, at)
        if length := banner_length([Line(each) for each in block]):
            writing.stranger |= any(map(asks, block[:length]))
            return length
    if not (writing.open_reason or is_ours(texts[at])):
        length = introduction_length(_marked_texts(lines, texts, at), 0)
        writing.meet_introduction(texts[at : at + length], known)
    if length and not may_be_strangers(texts[at : at + length], known, surely_ours=False):
        return length
    writing.stranger |= length > 0
    writing.quoted.append(lines[at].text)
    return 1


def _enter_marked(
    writing: Writing, lines: list[Line], texts: list[str], at: int, known: Known
) -> int:
    """How many marked lines are passed here, above our email's first one in a quote; it takes note
    of whose they are."""
    needs_ours = lines[at].drawn or writing.unsure
    writing.entered += 1
    if writing.entered > MAX_ENTERED:
        writing.stranger, writing.in_ours = needs_ours, not needs_ours
        return 1
    text = lines[at].text
    if is_ours(text) or opens_reason(text):
        writing.in_ours = True
        writing.quoted.append(text)
        return 1
    block = _marked_texts(lines, texts, at)
    if length := introduction_length(block, 0):
        writing.introduce(block[:length], known)
        writing.meet_introduction(block[:length], known)
        return length
    if length := banner_length([Line(each) for each in block]):
        writing.stranger = any(map(asks, block[:length]))
        return length
    # It may be a question that the text below answers, or somebody's answer itself.
    speaks = "?" in text or is_closing(text) or speaks_of_answer(text) or looks_like_answer(text)
    speaks = speaks or needs_ours or names_stranger(text, known) or may_introduce(text)
    writing.stranger = speaks and not (is_signature(text) or names_us(text, known))
    writing.quoted.append(text)
    return 1


def _marked_texts(lines: list[Line], texts: list[str], at: int) -> list[str]:
    """The marked lines from here on, as far as they may introduce a quote or be a banner."""
    end = at
    while end < min(len(lines), at + MAX_MARKED) and lines[end].marked and not lines[end].cut:
        end += 1
    return texts[at:end]


def is_head(texts: list[str], at: int, length: int) -> bool:
    """Whether a quote is introduced by its fields, "From: …", as programs do that mark no lines. Marks
    below it are of the mail that is quoted, which itself quotes one."""
    return length > 1 and not attribution_length(texts, at)


def introduces_marked(
    writing: Writing, lines: list[Line], texts: list[str], start: int, at: int, known: Known
) -> bool:
    """Whether the quote that is introduced from `start` to `at` is marked line by line.

    It follows at once; or the answer was typed "above this line", between an attribution of ours, the
    first thing that's quoted, and our email's first line, which is marked.
    """
    if lines[start].cut or (writing.begun and is_head(texts, start, at - start)):
        return False
    typed_between = False
    for now in range(at, min(at + MAX_BETWEEN, len(lines))):
        line = lines[now]
        if line.cut:
            return False
        if line.marked:
            return not typed_between or holds_sentinel(line.text)
        if not line.is_blank:
            if introduction_length(texts, now):
                return False
            if not typed_between and (
                writing.passed
                or attribution_length(texts, start) == 0
                or may_be_strangers(texts[start:at], known, surely_ours=True)
            ):
                return False
            typed_between = True
    return False


def end_of_unmarked(lines: list[Line], start: int, at: int, known: Known) -> int:
    """Where our email, quoted whole but without marks from `at` on, has ended; else the end of all.

    Only if it begins there with its first line, perhaps below a gateway's banner, and what introduces it
    from `start` on names nobody else: he may have written below it. The requester's reason may hold the
    words of its last line: so the last such line counts, with nothing above it but what was sent.
    """
    named = [line.text for line in lines[start:at] if not line.is_blank]
    while at < len(lines) and (lines[at].is_blank or lines[at].cut):
        at += 1
    banner = lines[at : at + banner_length(lines[at:])]
    at += len(banner)
    if any(asks(line.text) for line in banner) or _may_answer(named):
        return len(lines)
    if at == len(lines) or lines[at].marked or not holds_sentinel(lines[at].text):
        return len(lines)
    if named and may_be_strangers(named, known, surely_ours=True):
        return len(lines)
    for last in range(len(lines) - 1, at, -1):
        text = lines[last].text
        is_value = holds_value(text) or opens_reason(text)
        if ends_ours(lines[last - 1].text, text) and not (lines[last].marked or is_value):
            ours = lines[at : last + 1]
            if known.sent:
                is_alone = known.sent.holds([line.text for line in ours], to_end=True)
            else:  # it's all that can be told
                is_alone = has_our_paragraphs(ours)
            return last + 1 if is_alone else len(lines)
    return len(lines)


def _may_answer(introduction: list[str]) -> bool:
    """Whether an answer may be typed directly below the last field of a head, without its label."""
    return any(
        ":" not in line and (looks_like_answer(line) or speaks_of_answer(line))
        for line in introduction[1:]
    )


def maybe_typed(lines: list[Line], own: list[str], at: int, known: Known) -> list[str]:
    """What may be typed below "Alice wrote on 14 July 2026 at 9:26 AM:" or somebody else's head, since no
    marks tell a quote there. It ends at the next quote and at our email's lines."""
    length = quote_introduction(own, at)
    if not (attribution_length(own, at) or are_strangers(own[at : at + length], known)):
        return []
    at += length
    at += banner_length(lines[at:])
    found: list[str] = []
    for now, line in enumerate(lines[at:], at):
        is_our_line = is_ours(line.text) and not refuses_oneself(line.text)
        if line.marked or line.cut or is_our_line or quote_introduction(own, now):
            break
        found.append(line.text)
    return found
