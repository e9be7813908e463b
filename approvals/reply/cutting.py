"""The newly written text of a body: what the sender typed, without what his mail program put there.

One pass over a limited number of lines. In doubt a line is not the sender's.
"""

from dataclasses import dataclass, field
from itertools import dropwhile, islice, takewhile

from approvals.reply.banner_words import SENSITIVITY
from approvals.reply.banners import BARE, banner_length
from approvals.reply.endings import (
    closes,
    is_closing,
    is_disclaimer,
    is_postscript,
    is_signature,
    said_below,
    says_more,
)
from approvals.reply.introductions import introduction_length, without_directions
from approvals.reply.limits import MAX_ABOVE, MAX_BELOW, MAX_LINE
from approvals.reply.lines import Line
from approvals.reply.named import (
    Known,
    introduces_ours,
    is_strangers_quote,
    names_author,
    quote_introduction,
)
from approvals.reply.our_mail import (
    holds_sentinel,
    is_label,
    is_ours,
    quotes,
    speaks_of_warnings,
)
from approvals.reply.passing import (
    end_of_unmarked,
    introduces_marked,
    is_head,
    maybe_typed,
    pass_quote,
    unmarked_texts,
)
from approvals.reply.pieces import UNSURE, may_go_on, roots_in
from approvals.reply.refusals import refuses_oneself
from approvals.reply.sent import Sent
from approvals.reply.sentences import asks_behind_word, ends_sentence, is_open
from approvals.reply.signatures import below_name, is_signed, names_of, without_farewell
from approvals.reply.words import BLANKS, EMPTY
from approvals.reply.writing import Writing

MAX_NAME_BLOCK = 8  # lines of a signature under a closing, without blank ones
MAX_GOING_ON = 4  # lines that a sentence is wrapped into, below the first
MAX_PARAGRAPH = 4  # lines
MAX_GAP = 4  # blank lines between a line and what goes on with it


@dataclass(frozen=True)
class Written:
    """The typed lines, blank ones between included; `goes_on` are what may continue the first one.

    `said` are those with what stands below a closing, where people correct themselves too.
    These are lines as they stand below it, also such as would be dropped: "Yes, I have to say that",
    "this message is not an approval".
    """

    lines: list[str]
    said: list[str] = field(default_factory=list)
    goes_on: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)  # first lines of texts below quoted ones
    unmarked: str = ""  # the text with its signature and disclaimer
    strangers: bool = False  # somebody else's mail is quoted below
    quoted: list[Line] = field(default_factory=list)  # above and below
    is_below: bool = False  # what is quoted, or a signature
    others: bool = False  # a line was found that may be somebody else's
    after_warnings: bool = False  # they stand among the lines of our email, below its warnings


def written_lines(lines: list[Line], known: Known, *, below: int = MAX_BELOW) -> Written:
    """What was typed; nothing if it begins too far below, or where it may be somebody else's.

    It stops so many lines `below` the first one.
    Below a quote something counts only if that quote is of our email and `known` says so: else it
    may be the answer of whom that mail came from, sent on.
    """
    texts = [without_directions(line.text) for line in lines]
    roots = roots_in(lines, known.sent)
    own = unmarked_texts(lines, texts, roots)
    writing, names = Writing(), names_of(known.sender_name, known.sender)
    doubtful: list[str] = []
    start = at = banner_length(lines, known.sender)
    end, first = min(len(lines), MAX_ABOVE), 0
    while at < end:
        line = lines[at]
        if roots[at] != at:
            writing.pass_piece(lines, at, known.sent, unsure=roots[at] == UNSURE)
            at += 1
            continue
        is_left = writing.begun and not line.marked and _is_left_of_ours(lines, at, known)
        if is_left or (line.marked and not line.cut):
            at += pass_quote(writing, lines, texts, at, known)
            writing.pass_marked(lines[at - 1], known.sent)
            # What is typed directly below a line that is left without marks is no piece of it.
            writing.under_mark = not is_left
            continue
        length = 1 if line.cut else introduction_length(own, at)
        writing.meet_introduction(own[at : at + length], known)
        if length and introduces_marked(writing, lines, own, at, at + length, known):
            writing.introduce(texts[at : at + length], known)
            writing.pass_quoted()
            writing.under_mark = False
            at += length
        elif length or (is_ours(line.text) and not (writing.begun and _is_typed(lines, at))):
            typed_above = _trimmed(writing.typed, names)
            if typed_above and length and not line.cut:
                doubtful = maybe_typed(lines[:end], own, at, known)
            at = len(lines) if typed_above else end_of_unmarked(lines, at, at + length, known)
            writing.under_mark = True
        else:
            was_begun = writing.begun
            writing.take(line.text, known, _below(lines, at))
            if writing.begun and not was_begun:
                is_quote_ours = not known.sent or known.sent.holds(writing.quoted, to_end=False)
                is_doubtful = writing.stranger or writing.open_value or not is_quote_ours
                if is_doubtful or _is_piece_of_value(writing, lines, at, known.sent):
                    return Written([], others=True)
                first, end = at, min(len(lines), at + 1 + below)
            at += 1
    typed = _trimmed(writing.typed, names)
    if not typed:
        return Written([])
    marked = [line for line in lines[:first] if line.marked and not line.aside]
    return Written(
        typed,
        [
            *(*typed, ""),
            *said_below(_without_blank_ends(writing.typed)[len(typed) :]),
            *below_name(typed, names),
            *doubtful,
        ],
        _going_on(lines, own, first),
        writing.apart,
        "\n".join([*writing.unmarked, *doubtful]),
        strangers=is_strangers_quote(lines[first + 1 : first + 1 + below], known),
        quoted=marked + _quoted_below(lines, own, first + 1, first + 1 + below),
        is_below=not all(line.is_blank for line in lines[start:first]),
        after_warnings=speaks_of_warnings([line.text for line in marked]),
    )


def _is_left_of_ours(lines: list[Line], at: int, known: Known) -> bool:
    """Whether a line below the first one is left of a quote of our email: one that we sent, or what
    names us above marked lines. In the comment, it would be the approver's word."""
    if known.sent.has_line(lines[at].text):
        return True
    below = next((line for line in lines[at + 1 : at + 1 + MAX_GAP] if not line.is_blank), None)
    return below is not None and below.marked and introduces_ours(lines[at].text, known)


def _is_piece_of_value(writing: Writing, lines: list[Line], at: int, sent: Sent) -> bool:
    """Whether the first unmarked text may be the rest of a value in our email: its letters go on so, or
    no blank line separates it from the marked line below."""
    if sent and may_go_on(lines, at, sent):
        return True
    if not writing.in_value:
        return False
    below = next((line for line in lines[at:] if line.marked or line.is_blank), None)
    return below is not None and below.marked


def _is_typed(lines: list[Line], at: int) -> bool:
    """Whether a line below the first one was typed although it begins like our email's: it refuses, or
    has no other lines of ours just below ("Comment: fine with me", "Unsigned: please ask him why"). A
    label's have to be others than labels, since people write several of those too."""
    text = lines[at].text
    if refuses_oneself(text):
        return True
    if holds_sentinel(text) or quotes(text):
        return False
    filled = (line for line in lines[at + 1 : at + 1 + MAX_GAP] if not line.is_blank)
    for line in islice(filled, 2):
        if line.marked or line.cut or holds_sentinel(line.text):
            return True
        if is_ours(line.text) and not (is_label(text) and is_label(line.text)):
            return False
    return True


def _going_on(lines: list[Line], texts: list[str], first: int) -> list[str]:
    """The lines that may be the first typed one's sentence, wrapped: directly below, or below blank
    lines where it is open, since Outlook makes a paragraph of each line."""
    found: list[str] = []
    start = first + 1
    while start < min(first + MAX_GAP, len(lines)) and lines[start].is_blank:
        start += 1
    if start < len(lines) and not is_open(lines[first].text, lines[start].text.strip(BLANKS)):
        start = first + 1
    for at in range(start, min(start + MAX_GOING_ON, len(lines))):
        line = lines[at]
        if (
            line.marked
            or line.cut
            or line.is_blank
            or introduction_length(texts, at)
            or is_closing(line.text)
        ):
            break
        dropped = is_signature(line.text) or is_disclaimer(line.text, _below(lines, at))
        dropped = dropped or is_ours(line.text)
        # Not "…the viewer that was / sent from my iPad".
        is_phones = is_signature(line.text, below=False) and not line.text.strip()[:1].islower()
        is_phones = is_phones and not says_more(line.text)
        if is_phones or (dropped and ends_sentence(lines[at - 1].text)):
            break
        found.append(line.text.strip(BLANKS))
    return found


def _quoted_below(lines: list[Line], texts: list[str], at: int, end: int) -> list[Line]:
    """What is quoted from `at` on: marked lines, and all below an introduction whose quote isn't marked.

    A line that is drawn introduces nothing; it may be a signature's. One that asks may be text.
    """
    found: list[Line] = []
    end = min(end, len(lines))
    while at < end:
        line = lines[at]
        if line.marked:
            length = int(names_author(line.text))
        else:
            length = 1 if line.cut else quote_introduction(texts, at)
        found += [line for line in lines[at : at + length] if asks_behind_word(line.text)]
        start, at = at, at + (length or 1)
        if line.marked and not (length or line.aside):
            found.append(line)
        elif length and not (length == 1 and BARE.match(line.text)):
            filled = dropwhile(lambda line: line.is_blank, lines[at:end])
            first = next(filled, line)
            is_unmarked = not line.marked and is_head(texts, start, length)
            if is_unmarked or first.aside or not first.marked:
                return found + lines[at:end]
    return found


def _without_blank_ends(typed: list[str]) -> list[str]:
    filled = [at for at, text in enumerate(typed) if text.strip(EMPTY)]
    return typed[filled[0] : filled[-1] + 1] if filled else []


def _trimmed(typed: list[str], names: frozenset[str]) -> list[str]:
    """Without blank lines around, and at the end without a sensitivity label, a closing and the
    sender's name below it, or one of them. The first line is never taken for a name."""
    typed = _without_blank_ends(typed)
    filled = [at for at, text in enumerate(typed) if text.strip(EMPTY)]
    if len(filled) > 1 and SENSITIVITY.match(typed[-1]) and not typed[-2].strip(EMPTY):
        return _trimmed(typed[:-1], names)
    for at in filled[-MAX_NAME_BLOCK - 1 :]:
        if any(map(is_postscript, typed[at:])):
            continue
        if closes(typed[at], typed[at + 1 :]):
            return _trimmed(typed[:at], names)
        if at > 0 and is_signed(typed, at, names):
            return _trimmed(without_farewell(typed[:at]), names)
    return typed


def _below(lines: list[Line], at: int) -> str:
    """What goes on with a line, without a blank one between, as far as a disclaimer needs it."""
    below = takewhile(_is_unmarked, lines[at + 1 : at + MAX_PARAGRAPH])
    return " ".join(line.text[:MAX_LINE].strip() for line in below)


def _is_unmarked(line: Line) -> bool:
    return not (line.marked or line.cut or line.is_blank)
