# ruff: noqa: RUF001 - dashes of many kinds, as they are written
"""Lines with which mail programs introduce a quote: attributions, rules and heads."""

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
LONG_RULE = re2.compile(r"^\s*[-‐‑‒–—―]{7}")  # Proton's, above an attribution


def without_directions(text: str) -> str:
    """A line without the marks of direction around it, which nobody sees."""
    return text.strip(DIRECTIONS)


def introduction_length(texts: list[str], at: int) -> int:
    """How many lines from here introduce a quote; 0 if none do."""
    length = _introduction_length(texts, at) if texts[at].strip() else 0
    length = length or int(introduces_by_place(texts, at)) or length_below_author(texts, at)
    if not length or not looks_like_answer(texts[at]) or _is_latvian(texts, at):
        return length
    # "Y. Sato wrote on 26.11.2026 09:26:" introduces; an answer directly above an introduction doesn't.
    length = attribution_length(texts, at)
    if length > 1 and (_introduction_length(texts, at + 1) or introduces_by_place(texts, at + 1)):
        return 0
    return length


def _is_latvian(texts: list[str], at: int) -> bool:
    """Whether "No: …" is Latvian for "From: …", not an answer directly above another head."""
    if not (is_author_label(texts[at]) and is_header_block(texts, at)):
        return False
    return not any(map(is_author_label, block_of(texts, at)[1:]))


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
