"""A first line that begins like an answer and is the sender's name: "Y. Sato, CISO", "Grant, IT"."""

import re2

from approvals.reply.addresses import Address
from approvals.reply.encoded_words import decoded_header
from approvals.reply.named import MIN_NAME
from approvals.reply.words import FOREIGN

INITIALS = frozenset("YNyn")
NAMES = frozenset(("grant", "no"))  # decision words that people are called by
# Between the parts of a name, in lower case.
PARTICLES = frozenset(
    "al bin da dal de del della den der di do dos du el het la le les ten ter van von zu zum zur".split()  # noqa: SIM905
)
WORDS = re2.compile(r"\pL+")
# What stands behind a name: a title, a department, a firm.
BEHIND_NAME = re2.compile(r"[,;:|/()–—]| - ")  # noqa: RUF001 - dashes


def is_own_name(line: str, sender: Address) -> bool:
    """Whether a line may be how the sender signs. "Y. Thanks, Dana" isn't."""
    begins = WORDS.search(line)
    word = begins.group().casefold() if begins else ""
    # "Grant, Hugh" may sign for hgrant@, too.
    if word in NAMES and _is_in_name(word, sender):
        return True
    initial, dot, rest = line.strip("*_ \xa0").partition(".")
    if initial not in INITIALS or not dot:
        return False
    words = WORDS.findall(BEHIND_NAME.split(rest.lstrip("( \xa0"), maxsplit=1)[0])
    if not words or not all(each[:1].isupper() or each in PARTICLES for each in words):
        return False
    is_in_other_script = bool(FOREIGN.search(decoded_header(sender.name)))
    are_initials = all(len(each) == 1 for each in words)
    return is_in_other_script or are_initials or any(_is_in_name(each, sender) for each in words)


def _is_in_name(word: str, sender: Address) -> bool:
    """Whether the sender's name has this word, or the address has it: a short one stands in many."""
    word, local = word.casefold(), sender.local.casefold()
    known = WORDS.findall(f"{decoded_header(sender.name)} {local}".casefold())
    return word in known or (len(word) >= MIN_NAME and word in local)
