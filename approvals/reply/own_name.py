"""A first line that begins like an answer and is the sender's name: "Y. Sato, CISO", "Grant, IT"."""

import re2

from approvals.reply.addresses import Address
from approvals.reply.encoded_words import decoded_header
from approvals.reply.named import MIN_NAME
from approvals.reply.words import FOREIGN

NAMES = frozenset(("grant", "no"))  # decision words that people are called by
WORDS = re2.compile(r"\pL+")
INITIAL = re2.compile(r"^[^\pL]*[YNyn] ?\.[\s(]*")
# What stands behind an initial like a name: words that begin with a capital, and particles between them.
NAME = re2.compile(
    r"(?:(?:\p{Lu}[\pL\pM'’-]*|(?:al|bin|d|da|dal|de|del|della|den|der|di|do|dos|du|el|het|la|le|les|ten|"  # noqa: RUF001
    r"ter|van|von|zu|zum|zur)\b)[.)\s]*)*"
)


def is_own_name(line: str, sender: Address) -> bool:
    """Whether a line may be how the sender signs. "Y. Thanks, Dana" isn't."""
    begins = WORDS.search(line)
    word = begins.group().casefold() if begins else ""
    # "Grant, Hugh" may sign for hgrant@, too.
    if word in NAMES and _is_in_name(word, sender):
        return True
    initial = INITIAL.match(line)
    if not initial:
        return False
    rest = line[initial.end() :]
    name = NAME.match(rest).group()
    words, goes_on = WORDS.findall(name), rest[len(name) :][:1].isalpha()
    is_in_other_script = bool(FOREIGN.search(decoded_header(sender.name)))
    is_like_name = not goes_on and (is_in_other_script or all(len(each) == 1 for each in words))
    return bool(words) and (is_like_name or any(_is_in_name(each, sender) for each in words))


def _is_in_name(word: str, sender: Address) -> bool:
    """Whether the sender's name has this word, or the address has it: a short one stands in many."""
    word, local = word.casefold(), sender.local.casefold()
    known = WORDS.findall(f"{decoded_header(sender.name)} {local}".casefold())
    return word in known or (len(word) >= MIN_NAME and word in local)
