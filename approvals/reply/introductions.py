# ruff: noqa: RUF001 - dashes of many kinds, as they are written
"""Lines with which mail programs introduce a quote: attributions, rules and heads."""

import re
from itertools import takewhile

import re2

from approvals.reply.answer import looks_like_answer
from approvals.reply.attributions import (
    attribution_length,
    introduces_by_place,
    length_below_author,
)
from approvals.reply.heads import (
    block_of,
    head_length,
    is_author_label,
    is_header_block,
    is_rule,
    is_typed_above_head,
)

# Around what some programs write in a right-to-left language.
DIRECTIONS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
MAX_LABELLED = 14  # lines, of a label and a value each
LATVIAN_FROM = re.compile(r"(?i)[*_ ]*+No[*_]*+ ?:")
_LATVIAN = (
    r"(?:nosūtīts|nosūtīšanas datums|datums|kam|kopija|tēma|temats|saņēmējs|saņēmēji|"
    r"sūtīts|virsraksts|adresāts|priekšmets|nosūtīšanas laiks)[*_]* ?:"
)
LATVIAN_LABEL = re2.compile(rf"(?i)^[*_ ]*{_LATVIAN}")
LATVIAN_WITHIN = re2.compile(rf"(?i)[^\pL]{_LATVIAN}")
# A date on an Estonian Thursday ("N, 26. november 2026"), whose letter is an answer.
THURSDAY = re2.compile(
    r"(?i)^[*_ ]*N[.,]? ?(?:(?:[0-9]{1,2}[./ -].*)?(?:19|20)[0-9]{2}(?:[^0-9]|$)|"
    r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}\b|[0-9]{1,2}\. \pL{3})"
)
LONG_RULE = re2.compile(r"^\s*[-‐‑‒–—―]{7}")  # Proton's, above an attribution


def without_directions(text: str) -> str:
    """A line without the marks of direction around it, which nobody sees."""
    return text.strip(DIRECTIONS)


def introduction_length(texts: list[str], at: int) -> int:
    """How many lines from here introduce a quote; 0 if none do."""
    length = _introduction_length(texts, at) if texts[at].strip() else 0
    length = length or int(introduces_by_place(texts, at)) or length_below_author(texts, at)
    latvian = _latvian_length(texts, at)
    if latvian or not length or not looks_like_answer(texts[at]):
        return max(length, latvian)
    # "Y. Sato wrote on 26.11.2026 09:26:" introduces; an answer directly above an introduction doesn't.
    length = attribution_length(texts, at)
    if length < 2 or THURSDAY.match(texts[at]):
        return length
    is_above = _introduction_length(texts, at + 1) or introduces_by_place(texts, at + 1)
    return 0 if is_above else length


def _latvian_length(texts: list[str], at: int) -> int:
    """How many lines are a head that begins with "No: …", Latvian for "From: …"; 0 if none are.

    Other Latvian labels stand on that line, or below it; they needn't be such a block as other languages'
    heads are, since an answer would be taken from it. An answer directly above a head is none.
    """
    if not LATVIAN_FROM.match(texts[at]):
        return 0
    is_block = is_author_label(texts[at]) and is_header_block(texts, at)
    if is_block and not any(map(is_author_label, block_of(texts, at)[1:])):
        return head_length(texts, at)
    rest = texts[at + 1 : at + 1 + MAX_LABELLED]
    below = list(takewhile(lambda line: not LATVIAN_FROM.match(line), rest))
    labels = [place for place, line in enumerate(below) if LATVIAN_LABEL.match(line)]
    is_apart = not any(line.strip() for line in below[:1])  # then one label may be typed
    if len(labels) > is_apart and (is_apart or labels[0] < 2):
        return labels[-1] + 2 + below[labels[-1]].rstrip(" *_").endswith(":")
    return int(bool(LATVIAN_WITHIN.search(texts[at])))


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
    elif not is_header_block(texts, at) or is_typed_above_head(texts, at):
        return attribution_length(texts, at)
    return block - at + head_length(texts, block)
