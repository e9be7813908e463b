"""What a quote holds of our email, and what may be somebody else's in it."""

from itertools import dropwhile, pairwise

from approvals.reply.banners import banner_length
from approvals.reply.lines import Line
from approvals.reply.named import quote_introduction
from approvals.reply.our_mail import (
    begins_paragraph,
    ends_ours,
    ends_reason,
    holds_sentinel,
    holds_value,
    is_ours,
    opens_reason,
)
from approvals.reply.sent import Sent
from approvals.reply.sentences import asks, asks_behind_word

MAX_BANNER = 40  # lines
MAX_ASKING = 100  # lines


def asks_of_its_own(quoted: list[Line], sent: Sent) -> bool:
    """Whether a quote asks something that isn't our email's. Who introduces it doesn't matter: a display
    name can be anybody's, and what looks like an introduction her text.

    A gateway's banner above our email may ask, and in it the requester's reason, arguments and so on.
    """
    filled = list(dropwhile(lambda line: line.is_blank, quoted))
    first = [line.text for line in filled[:MAX_BANNER]]
    start = quote_introduction(first, 0) if first else 0
    if any(map(asks_behind_word, first[:start])):
        return True
    start += banner_length([Line(text) for text in first[start:]])
    asking = [line.text for line in filled[start:] if asks(line.text)]
    if sent and asking:
        texts = [line.text for line in filled[start:]]
        return len(asking) > MAX_ASKING or all(
            any(map(asks, each)) for each in sent.others_in(texts)
        )
    in_reason, in_value, begin, end = False, False, *_ours_in(filled)
    for at, line in enumerate(filled[start:], start):
        in_reason = in_reason or opens_reason(line.text)
        in_value = not line.is_blank and (in_value or holds_value(line.text))
        is_within = begin < at < end and line.depth >= filled[begin].depth
        is_known = in_reason or is_ours(line.text) or (in_value and is_within)
        if asks(line.text) and not is_known:
            return True
        in_reason = in_reason and not ends_reason(line.text)
    return False


def goes_on_below_ours(quoted: list[Line]) -> bool:
    """Whether other text may stand below our email's last line in its quote, or that line is missing."""
    _, end = _ours_in(quoted)
    return not end or not all(line.is_blank for line in quoted[end:])


def is_ours_alone(quoted: list[Line], number: str, sent: Sent) -> bool:
    """Whether our email is quoted from its first line to its last, and nobody has written into it. Where
    it isn't known what was sent: with the request's number, and no paragraph begins unlike ours."""
    begin, end = _ours_in(quoted)
    ours = quoted[begin:end]
    if sent:
        return sent.is_whole([line.text for line in ours])
    numbered = not number or any(number in line.text for line in ours)
    return bool(end) and numbered and has_our_paragraphs(ours)


def has_our_paragraphs(lines: list[Line]) -> bool:
    """Whether each paragraph below the first one begins like one of our emails."""
    firsts = (line.text for above, line in pairwise(lines) if above.is_blank and not line.is_blank)
    return all(map(begins_paragraph, firsts))


def _ours_in(quoted: list[Line]) -> tuple[int, int]:
    """Where the first one of our emails begins in a quote, and where the first of its last lines has
    ended: below another one, a colleague may have written. Zeros if one of them is missing."""
    begins = (at for at, line in enumerate(quoted) if holds_sentinel(line.text))
    begin = next(begins, len(quoted))
    for at in range(begin + 1, len(quoted)):
        if ends_ours(quoted[at - 1].text, quoted[at].text):
            return begin, at + 1
    return 0, 0


def quotes_ours(quoted: list[Line]) -> bool:
    """Whether a piece of our email is quoted, and not by whom the quoted mail came from."""
    outermost = max(1, min((line.depth for line in quoted if not line.is_blank), default=0))
    return any(
        line.depth <= outermost and (is_ours(line.text) or opens_reason(line.text))
        for line in quoted
    )
