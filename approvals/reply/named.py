"""Whom the introduction of a quote names: us, or somebody whose words may stand below it."""

from dataclasses import dataclass
from itertools import islice, takewhile

import re2

from approvals.reply.addresses import Address
from approvals.reply.decoding import decoded_header
from approvals.reply.introductions import (
    ADDRESS,
    DIRECTIONS,
    introduction_length,
    is_author_label,
    is_rule,
)
from approvals.reply.keys import token_in
from approvals.reply.limits import MAX_LINE
from approvals.reply.our_mail import holds_sentinel, is_ours
from approvals.reply.reading import Invited
from approvals.reply.words import EMPTY, is_question

NAME = re2.compile(r"([^<>,;:\"]{2,80})\"?\s*<([^<>\s]{3,320})>")
# What stands directly behind an address in Japanese and Korean: "dana@example.com님이 작성".
ATTACHED = re2.compile(r"([a-z0-9])[\p{Hangul}\p{Hiragana}\p{Katakana}\p{Han}].*$")
MAX_BEFORE_OURS = 3  # lines of a gateway's banner between an introduction and our email
MAX_QUOTE = 20  # lines of a quote
MIN_NAME = 3  # characters: a shorter one stands in too many words


@dataclass(frozen=True)
class Known:
    """The approver, and us as the reply is addressed.

    `ours` are addresses without a +tag. `our_domains` are "@domain"s where our From may be any
    address, and a colleague's too. `our_names` are our display names, in lower case.
    """

    sender: str
    sender_name: str = ""
    ours: frozenset[str] = frozenset()
    our_domains: frozenset[str] = frozenset()
    our_names: frozenset[str] = frozenset()


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
    to = {each.lower() for field in written_to for each in ADDRESS.findall(field)}
    tagged = {each for each in to if token_in(each, reply_address)}
    own = {invited.sent_from.lower()} - {""} | (tagged or (to if len(to) == 1 else set()))
    ours = frozenset(map(without_tag, own))
    domains = {each.partition("@")[2] for each in tagged} - {sender.domain.lower()}
    names = {plain(invited.sent_name)} - {""}
    if not (to_another and names):
        named = [found for field in written_to for found in NAME.findall(field)]
        names |= {
            plain(decoded_header(name)) for name, at in named if without_tag(at.lower()) in ours
        }
    return Known(
        sender=without_tag(str(sender).lower()),
        sender_name=plain(decoded_header(sender.name)),
        ours=ours,
        our_domains=frozenset(f"@{domain}" for domain in domains),
        our_names=frozenset(name for name in names if len(name) >= MIN_NAME and "@" not in name),
    )


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
    heads = [line for line in lines if is_author_label(line)]
    authors = _addresses(heads or lines)
    if any(names_stranger(line, known) for line in lines):
        return True
    text = plain(" ".join(heads or lines))
    if any(name in text for name in known.our_names) or not authors.isdisjoint(known.ours):
        return False
    if authors:
        return surely_ours or authors == {known.sender}
    if len(known.sender_name) >= MIN_NAME and known.sender_name in text:
        return True
    is_bare_rule = len(lines) == 1 and is_rule(lines[0])
    return surely_ours or bool(heads) or (bool(known.our_names) and not is_bare_rule)


def strangers_quote(texts: list[str], known: Known) -> list[str]:
    """The first quote among these lines, introduction and all, if it's of somebody else's mail, not at
    once of ours; it ends where our email begins."""
    for at in range(len(texts)):
        if is_ours(texts[at]):
            return []
        # GroupWise writes a name alone: ">>> Bob Smith 26.11.2026 10:00 >>>".
        length = introduction_length(texts, at) or int(texts[at].rstrip().endswith(" >>>"))
        introduction = texts[at : at + length]
        if length == 0 or (length == 1 and is_rule(introduction[0])):
            continue
        if not _are_strangers(introduction, known) or _is_our_mail(texts, at + length):
            return []
        below = islice(texts, at + length, at + length + MAX_QUOTE)
        return [*introduction, *takewhile(lambda text: not is_ours(text), below)]
    return []


def _is_our_mail(texts: list[str], at: int) -> bool:
    """Whether what is quoted from here on is our email, perhaps below a gateway's banner.

    What asks something is no banner, but what its writer put above our email, or a line of it.
    """
    filled = (now for now in range(at, len(texts)) if texts[now].strip(EMPTY))
    for now in islice(filled, MAX_BEFORE_OURS):
        if holds_sentinel(texts[now]):
            return True
        if introduction_length(texts, now) or any(map(is_question, texts[now])):
            return False
    return False


def _are_strangers(lines: list[str], known: Known) -> bool:
    """Whether what these lines introduce is neither ours nor the sender's, as far as is known."""
    heads = [line for line in lines if is_author_label(line)]
    named = heads or lines
    if _addresses(named):
        return any(names_stranger(line, known) for line in named)
    text = plain(" ".join(named))
    is_known = any(name in text for name in known.our_names | {known.sender_name} if name)
    return bool(known.our_names) and not is_known


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
