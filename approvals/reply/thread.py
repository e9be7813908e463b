"""What a message answers by its head and its quote: our email, or somebody else's in copy to us.

Whoever knows the reply address, or our From and a Message-ID of ours, can put them into a mail of
their own: the approver's honest answer to them names us then. Nothing here finds an invitation; it
only casts doubt.
"""

from dataclasses import dataclass

import re2

from approvals.reply.banners import banner_length
from approvals.reply.cutting import Written
from approvals.reply.encoded_words import MAX_SUBJECTS, subjects_of
from approvals.reply.endings import is_closing
from approvals.reply.headers import Fields, values
from approvals.reply.introductions import without_directions
from approvals.reply.keys import token_in
from approvals.reply.limits import MAX_LINE
from approvals.reply.lines import Line
from approvals.reply.named import (
    Known,
    addresses_in,
    are_strangers,
    is_strangers_quote,
    names_given,
    our_addresses,
    plain,
    quote_introduction,
    without_tag,
)
from approvals.reply.origin import Origin
from approvals.reply.our_mail import begins_ours, holds_sentinel
from approvals.reply.our_quote import (
    asks_of_its_own,
    goes_on_below_ours,
    is_ours_alone,
    quotes_ours,
)
from approvals.reply.reading import Invited
from approvals.reply.words import EMPTY

MAX_MEANT = 4  # lines that may name another request
# What is denied: directly behind the word, or behind one of these.
DIRECTLY = r"(?:(?:(?:the|this|that|your|my|request|ticket|number|nr|no|of|on|in|it|all)\W+)*)"
MEANT = r"\b(?:for|re|to|is|was|about|regarding|concerning|meant?|means)"
# "Re:", "AW[2]:", "Odp:", "Vá:" before a subject, whatever a server has put in front of it.
MARKS = r"(?i)^\s*(?:\[[^\[\]]{1,40}\]\s*)*"
ANSWERS = re2.compile(rf"{MARKS}\pL{{1,4}}(?:\[[0-9]+\]|\([0-9]+\))? ?[:\x{{FF1A}}]")
SENT_ON = re2.compile(
    rf"{MARKS}(?:fwd?|wg|tr|rv|enc|i|vl|vb|pd|doorst|továbbítás|ilt|пересл|转发|轉寄|転送|전달) ?"
    r"[:\x{FF1A}]"
)
# As our emails name the request: in the subject, and among its facts.
SUBJECT_NUMBER = r"(?i)\[({prefix}-[0-9]+)\]"
REQUEST_NUMBER = r"(?i)^\W{{0,6}}request:[*_\s\xa0]*({prefix}-[0-9]+)\b"
MAX_NEW_INDEX = 32  # characters of Outlook's Thread-Index in a mail that begins a thread
MAX_SIGNS = 1  # each alone has a good reason
MAX_PARAGRAPHS = 2  # of an answer without a comment: its first line and a signature


@dataclass(frozen=True)
class Thread:
    """`to_request`: it's the reply to an email of ours that asks for the decision, and to nobody else.

    `numbered`: its subject may be that of an email of ours about the request.
    `to_others`: To or Cc holds somebody else.
    `signs`: how much says that it answers somebody else's email; more than MAX_SIGNS make it doubtful,
    unless it quotes ours. `other_request` is the number of another request, or an id, whose email it
    answers; "" for none. `sent_on`: its subject says that she sent a mail on.
    """

    to_request: bool = False
    numbered: bool = False
    to_others: bool = False
    signs: int = 0
    other_request: str = ""
    sent_on: bool = False


def thread_of(fields: Fields, origin: Origin, invited: Invited, answered: Invited | None) -> Thread:
    """What a message to `invited` answers; `answered` is the invitation whose email it says that
    it replies to. Raises TooMuch.

    Signs that it's somebody else's: it replies to a mail that isn't ours; it went to others too, to us by
    another name or not to the reply address; its subject lacks the number of the request (if that is
    known). Good reasons: servers that exchange Message-IDs, address books, a copy to a colleague.
    What whoever sent it on may have taken away or exchanged is one more sign, however many fields it
    is: an answer that our email's button began has no In-Reply-To and no Cc, and neither may be signed.
    """
    covers = origin.coverage.holds
    is_asking = origin.answered in invited.asking_ids
    if answered is not None and not is_asking and _is_other_request(answered, invited):
        return Thread(other_request=answered.number or "another request")
    written_to = [*values(fields, "to"), *values(fields, "cc")]
    to_others = _names_others(written_to, invited, origin.reply_address)
    numbered = _is_numbered(origin.coverage.of(fields), invited.number)
    subjects = subjects_of(fields)
    if other := _other_number(subjects, SUBJECT_NUMBER, invited.number):
        return Thread(other_request=other)
    is_reply = bool(values(fields, "in-reply-to") or values(fields, "references"))
    too_many = len(values(fields, "subject")) > MAX_SUBJECTS  # one that isn't read may be its own
    is_reply = is_reply or too_many or (not numbered and _looks_like_reply(fields, subjects))
    answers_ours = origin.named.answered in invited.asking_ids or answered is not None
    answers_others = is_reply and not answers_ours
    went_otherwise = to_others or _went_to_us_otherwise(written_to, invited, origin.reply_address)
    may_answer_others = not origin.answered and not (covers("in-reply-to") and covers("references"))
    may_name_others = not (covers("to") and covers("cc"))
    signs = (
        answers_others,
        went_otherwise,
        not numbered,
        (may_answer_others and not answers_others) or (may_name_others and not went_otherwise),
    )
    return Thread(
        to_request=is_asking and numbered and not to_others,
        to_others=to_others,
        numbered=numbered,
        signs=sum(signs),
        sent_on=too_many or any(map(SENT_ON.match, subjects)),
    )


def answers_stranger(
    lines: list[Line], written: Written, thread: Thread, known: Known, number: str
) -> bool:
    """Whether it may answer somebody else's email, by its quote, or by its head without one of ours.

    A reply to the request's email may introduce it by an address that isn't known here; but the
    Message-ID alone may have been given to another mail, which asks something else.
    """
    quoted = written.quoted
    if asks_of_its_own(quoted, known.sent):
        return True
    is_foreign = bool(quoted) and not quotes_ours(quoted)
    if thread.signs + is_foreign > MAX_SIGNS:
        ours, sent = quoted or lines, known.sent
        is_more = any(text.strip(EMPTY) for text in written.lines[1:])
        is_more = is_more or goes_on_below_ours(ours) or not is_ours_alone(ours, number, sent)
        if (
            is_foreign
            or is_more
            or not _leads_to_ours(lines, known)
            or asks_of_its_own(lines, sent)
        ):
            return True
    if thread.to_request:
        return False
    holds_ours = bool(quoted) and not is_foreign
    if written.strangers or not (holds_ours or thread.to_others):
        return written.strangers
    is_alone = not goes_on_below_ours(quoted) and is_ours_alone(quoted, number, known.sent)
    return not is_alone and is_strangers_quote(lines, known, holds_ours=True)


def why_other_request(
    typed: list[str], invited: Invited, thread: Thread, *, is_denial: bool
) -> str:
    """Why the first line may be about another request than the invitation's, "" if nothing says so.

    A denial may name another one in its reason ("Denied, duplicate of PM-1041"), and so may what stands
    below the line; but not as the one that is meant ("DENY PM-1041", "for PM-1041"), nor alone.
    """
    number = invited.number
    if thread.other_request:
        return f"It answers our email about {thread.other_request}, but was sent for another one."
    prefix, _, _ = number.rpartition("-")
    if not prefix:
        return ""
    own = rf"\b{re2.escape(prefix)}[- \x{{2010}}\x{{2011}}]?"
    numbered = rf"(?:{own}|\brequest (?:no\.? ?|number )?#?|\B#)([0-9]+)\b"
    meant = rf"(?i){MEANT}:? (?:request |ticket )?{numbered}"
    alone = rf"(?i)^\W*(?:request |ticket )?{numbered}\W*$"
    first = typed[0][:MAX_LINE]
    if is_denial and thread.numbered:
        named = re2.findall(rf"(?i)^\W*\pL+\W+{DIRECTLY}{numbered}", first)
        named += re2.findall(meant, first)
    else:
        named = re2.findall(f"(?i){numbered}", first)
    for line in typed[1:MAX_MEANT]:
        named += re2.findall(meant, line[:MAX_LINE]) + re2.findall(alone, line[:MAX_LINE])
    if all(each == number.rpartition("-")[2] for each in named):
        return ""
    return f"It names another request than {number}."


def quotes_other_request(lines: list[Line], number: str) -> str:
    """The number of another request whose email these lines hold, and not the email about this one."""
    return _other_number([line.text for line in lines], REQUEST_NUMBER, number)


def _other_number(texts: list[str], pattern: str, number: str) -> str:
    """The first number that the texts name by the pattern, "" if they name none or this one too."""
    prefix = number.rpartition("-")[0]
    if not prefix:
        return ""
    numbered = re2.compile(pattern.format(prefix=re2.escape(prefix)))
    found = [match.group(1).upper() for match in map(numbered.search, texts) if match]
    return "" if number.upper() in found else next(iter(found), "")


def _leads_to_ours(lines: list[Line], known: Known) -> bool:
    """Whether our email, marked or not, stands below nothing but a first line, a signature and what
    introduces it as ours: other text may be what a colleague wrote, quoted below a head that isn't
    known, and whom an introduction names may have written below our email."""
    texts = [without_directions(line.text) for line in lines]
    at, paragraphs, goes_on, is_quoted = banner_length(lines, known.sender), 0, False, False
    while at < len(lines) and not holds_sentinel(texts[at]):
        introduced = quote_introduction(texts, at)
        if introduced and are_strangers(texts[at : at + introduced], known):
            return False
        length = int(lines[at].cut) or introduced
        is_marked = lines[at].marked and not lines[at].aside
        is_quoted = is_quoted or is_marked or length > 0
        is_text = not (length or lines[at].is_blank or is_closing(texts[at]))
        paragraphs += is_text and not goes_on
        if is_text and (is_quoted or paragraphs > MAX_PARAGRAPHS):
            return False
        goes_on = is_text
        at += length or 1
    return at < len(lines) and begins_ours(texts[at])


def _is_other_request(one: Invited, other: Invited) -> bool:
    return one.id != other.id and not (one.number and one.number == other.number)


def _looks_like_reply(fields: Fields, subjects: list[str]) -> bool:
    """Whether a message without In-Reply-To answers another: programs and gateways drop that field."""
    return any(map(ANSWERS.match, subjects)) or any(
        len(value.strip()) > MAX_NEW_INDEX for value in values(fields, "thread-index")
    )


def _is_numbered(fields: Fields, number: str) -> bool:
    """Whether the subject may be that of an email of ours about the request; a digest has no number."""
    subjects = subjects_of(fields)
    known = rf"\b{re2.escape(number.upper())}\b|\[PMCONSOLE\]"
    return not number or (len(subjects) == 1 and bool(re2.search(known, subjects[0].upper())))


def _names_others(written_to: list[str], invited: Invited, reply_address: str) -> bool:
    """Whether To or Cc holds anybody but us and the approver.

    Where our From isn't known, it may be the only address, or one at the reply address's domain.
    """
    found = {without_tag(each.lower()) for each in addresses_in(written_to)}
    others = found - our_addresses(invited, reply_address) - {without_tag(invited.address.lower())}
    if invited.sent_from:
        return bool(others)
    domain = reply_address.lower().rpartition("@")[2]
    if domain != invited.address.lower().rpartition("@")[2]:
        others = {each for each in others if not each.endswith(f"@{domain}")}
    return bool(others) and len(found) > 1


def _went_to_us_otherwise(written_to: list[str], invited: Invited, reply_address: str) -> bool:
    """Whether our address stands in To or Cc with a name that isn't ours, or only our From does."""
    if not any(token_in(each, reply_address) for each in addresses_in(written_to)):
        return True
    names = names_given(written_to, our_addresses(invited, reply_address))
    others = {name for name in names if name and "@" not in name} - {plain(invited.sent_name)}
    return bool(invited.sent_name and others)
