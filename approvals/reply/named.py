"""Whom the introduction of a quote names: us, or somebody whose words may stand below it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain, islice

import re2

from approvals.reply.addresses import Address
from approvals.reply.attribution_words import has_only_programs_words
from approvals.reply.attributions import ADDRESS, WROTE
from approvals.reply.banners import banner_length
from approvals.reply.encoded_words import decoded_header
from approvals.reply.headers import as_text
from approvals.reply.heads import (
    COLONS,
    holds_fields_alone,
    holds_words,
    is_author_label,
    is_label,
    is_rule,
    is_title,
)
from approvals.reply.introductions import DIRECTIONS, introduction_length, without_directions
from approvals.reply.keys import token_in
from approvals.reply.limits import MAX_LINE, MAX_RECIPIENTS, TooMuch
from approvals.reply.lines import Line
from approvals.reply.our_mail import (
    begins_ours,
    is_ours,
)
from approvals.reply.reading import Invited
from approvals.reply.sent import Sent
from approvals.reply.sentences import asks

NAME = re2.compile(r"([^<>,;:\"]{2,80})\"?\s*<([^<>\s]{3,320})>")
# What stands directly behind an address in Japanese and Korean: "dana@example.com님이 작성".
ATTACHED = re2.compile(r"([a-z0-9])[\p{Hangul}\p{Hiragana}\p{Katakana}\p{Han}].*$")
MAX_ADDRESSES = 5 * MAX_RECIPIENTS  # a recipient's name may hold the address too
MAX_BANNER = 40  # lines
MIN_NAME = 3  # characters: a shorter one may be a word
# Whom he wrote to, in "Bob Smith wrote to Dana Whitfield:", has written nothing.
TO_WHOM = re2.compile(
    rf"((?:{WROTE.pattern})(?:[^<]{{0,60}}\s(?:to|an|aan|till|til)|"
    r"\s*(?:to|an|à|a|ad|al|para|pour|per|aan|voor|till|til|for|für|do|dla|komu|pro|для|кому)))\s.*"
)
AFTER_NAME = r"[^\pL\pN]|[\p{Hangul}\p{Hiragana}\p{Katakana}\p{Han}]|$"


@dataclass(frozen=True)
class Known:
    """The approver, and us as the reply is addressed.

    `ours` are addresses without a +tag. `our_domains` are "@domain"s where our From may be any
    address, and a colleague's too. `our_names` are our display names, in lower case. `sent`
    is what our emails to the approver say.
    """

    sender: str
    sender_name: str = ""
    ours: frozenset[str] = frozenset()
    our_domains: frozenset[str] = frozenset()
    our_names: frozenset[str] = frozenset()
    sent: Sent = field(default_factory=Sent)


def known_from(
    written_to: list[str],
    sender: Address,
    invited: Invited,
    reply_address: str,
    *,
    to_another: bool,
) -> Known:
    """Whom a quote of our email names; `written_to` are the To and Cc fields.

    We are the From of our email and the reply address, or the only address if that isn't among them. If
    the approver's domain is another one, our From may be any at the reply address's. The name that she
    wrote to is ours, unless she answered `to_another`'s mail: whoever knows the reply address may have
    told her to answer there, under his own name.
    """
    to = {each.lower() for each in addresses_in(written_to)}
    tagged = {each for each in to if token_in(each, reply_address)}
    own = {invited.sent_from.lower()} - {""} | (tagged or (to if len(to) == 1 else set()))
    ours = frozenset(map(without_tag, own))
    domains = {each.partition("@")[2] for each in tagged} - {sender.domain.lower()}
    names = {plain(invited.sent_name)} - {""}
    if not (to_another and names):
        names |= names_given(written_to, ours)
    return Known(
        sender=without_tag(str(sender).lower()),
        sender_name=plain(decoded_header(sender.name)),
        ours=ours,
        our_domains=frozenset(f"@{domain}" for domain in domains),
        our_names=frozenset(name for name in names if len(name) >= MIN_NAME and "@" not in name),
        sent=Sent(invited.sent),
    )


def addresses_in(written_to: list[str]) -> list[str]:
    """What looks like an address in To and Cc, in names and comments too. Raises TooMuch."""
    matches = chain.from_iterable(map(ADDRESS.finditer, map(as_text, written_to)))
    found = [str(match.group()) for match in islice(matches, MAX_ADDRESSES + 1)]
    if len(found) > MAX_ADDRESSES:
        raise TooMuch("The message has too many recipients.")
    return found


def names_given(written_to: list[str], ours: Collection[str]) -> set[str]:
    """The names that To and Cc give to addresses of ours."""
    found = [each for field in map(as_text, written_to) for each in NAME.findall(field)]
    return {plain(decoded_header(name)) for name, at in found if without_tag(at.lower()) in ours}


def our_addresses(invited: Invited, reply_address: str) -> set[str]:
    """Our email's From, if it is known, and the reply address, without tags."""
    return {without_tag(each.lower()) for each in (invited.sent_from, reply_address)}


def without_tag(address: str) -> str:
    """An address without what may stand behind a + before its @."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def may_be_strangers(lines: list[str], known: Known, *, surely_ours: bool) -> bool:
    """Whether what these lines introduce may be somebody else's words, or older ones of the sender's.

    Every address has to be known, and one of the author's ours. An author who is named without one has
    to bear our name, if it is known, and not the sender's. Where nothing tells, we may be meant, but
    not `surely_ours`, nor in the head of a mail that was passed on.
    """
    heads, text = _authors(lines)
    authors = _addresses([text])
    if any(names_stranger(line, known) for line in lines):
        return True
    if _holds_one(text, known.our_names) or not authors.isdisjoint(known.ours):
        # The heads of two mails may stand together.
        return len(heads) > 1 and not all(_names_ours(head, known) for head in heads)
    if authors:
        return surely_ours or authors == {known.sender}
    if _holds_one(text, {known.sender_name}):
        return True
    is_bare_rule = len(lines) == 1 and is_rule(lines[0])
    return surely_ours or bool(heads) or (bool(known.our_names) and not is_bare_rule)


def is_strangers_quote(lines: list[Line], known: Known, *, holds_ours: bool = False) -> bool:
    """Whether the first quote here is introduced as somebody else's mail, and isn't at once ours, unless
    it may hold ours.

    "<bob@example.com> wrote:" may be a wrapped piece: then the answer above it is his name.
    """
    texts = [without_directions(line.text) for line in lines]
    for at in range(len(texts)):
        if is_ours(texts[at]):
            return False
        length = quote_introduction(texts, at)
        introduction = texts[at : at + length]
        if length and not (length == 1 and is_rule(introduction[0])):
            is_ours_below = _is_our_mail(lines, at, at + length)
            is_nameless = introduction[0].lstrip().startswith("<")
            return are_strangers(introduction, known) and (
                holds_ours or is_nameless or not is_ours_below
            )
    return False


def is_programs(introduction: list[str], known: Known) -> bool:
    """Whether a mail program may have written every word that introduces a quote. What the fields of a
    head say is free."""
    names = known.our_names | {known.sender_name}
    filled = [line for line in introduction if line.strip()]
    titles = [line for line in filled if holds_words(line) and not is_title(line)]
    if not all("@" in line and has_only_programs_words(line, names) for line in titles):
        return False
    others = [line for line in filled if not is_rule(line)]
    if len(others) > 1 and any(is_label(line) for line in others):
        return holds_fields_alone(others)
    return has_only_programs_words(" ".join(others), names)


def introduces_ours(line: str, known: Known) -> bool:
    """Whether a line says that we wrote what follows, without a date: "PM Console wrote:"."""
    text = line.strip()[: MAX_LINE + 1]
    is_whole = text.endswith(COLONS) and len(text) <= MAX_LINE and WROTE.search(text)
    return bool(is_whole) and _holds_one(text, known.our_names) and is_programs([text], known)


def quote_introduction(texts: list[str], at: int) -> int:
    """How many lines introduce a quote here."""
    return introduction_length(texts, at) or int(names_author(texts[at]))


def names_author(text: str) -> bool:
    """Whether it's GroupWise's line, which its own marks end: ">>> Bob Smith 26.11.2026 10:00 >>>"."""
    return text.rstrip().endswith(" >>>") and not asks(text)


def _is_our_mail(lines: list[Line], introduced: int, at: int) -> bool:
    """Whether what is quoted from here on is our email, perhaps below a gateway's banner.

    What its writer put above our email, or a line of it, is his; and he quoted what stands in another
    quote.
    """
    outermost = max(1, lines[introduced].depth)
    at += banner_length([Line(line.text) for line in lines[at : at + MAX_BANNER]])
    first = next((line for line in lines[at:] if not line.is_blank), None)
    return first is not None and begins_ours(first.text) and first.depth <= outermost


def are_strangers(lines: list[str], known: Known) -> bool:
    """Whether what these lines introduce is neither ours nor the sender's, as far as is known."""
    _, text = _authors(lines)
    if _addresses([text]):
        return names_stranger(text, known)
    is_bare_rule = len(lines) == 1 and is_rule(lines[0])
    if is_bare_rule or not known.our_names:
        return False
    return not _holds_one(text, known.our_names | {known.sender_name})


def _names_ours(head: str, known: Known) -> bool:
    """Whether the author in this line of a head is us, by name or address."""
    return names_us(head, known) or _holds_one(head, known.our_names)


def _authors(lines: list[str]) -> tuple[list[str], str]:
    """The lines of a head that say who wrote it; they, or else all, as one, without whom he wrote to."""
    heads = [line for line in lines if is_author_label(line)]
    return heads, str(TO_WHOM.sub(r"\1", " ".join(heads or lines)[: MAX_LINE * 4]))


def _holds_one(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names stands in a text as a whole."""
    found = [re2.escape(name) for name in names if len(name) >= MIN_NAME]
    pattern = rf"(?:^|[^\pL\pN])(?:{'|'.join(found)})(?:{AFTER_NAME})"
    return bool(found and re2.search(pattern, plain(text)))


def names_us(line: str, known: Known) -> bool:
    """Whether a line holds our own address."""
    return not _addresses([line]).isdisjoint(known.ours)


def names_stranger(line: str, known: Known) -> bool:
    """Whether a line holds an address that is neither ours nor the sender's."""
    return any(not _is_ours(each, known) and each != known.sender for each in _addresses([line]))


def _addresses(lines: list[str]) -> set[str]:
    return {
        without_tag(ATTACHED.sub(r"\1", found.strip(f"{DIRECTIONS}.").lower()))
        for line in lines
        if "@" in line
        for found in ADDRESS.findall(line[: MAX_LINE * 4])
    }


def _is_ours(address: str, known: Known) -> bool:
    return address in known.ours or address[address.index("@") :] in known.our_domains


def plain(text: str) -> str:
    """A name or a line as names are looked for in it."""
    return " ".join(text[: MAX_LINE * 4].casefold().replace("\xa0", " ").split()).strip("\"' ")
