"""How the sender signs: what begins with her name ends a text, also without a closing above it."""

import re2

from approvals.reply.endings import is_closing, is_name, is_sentence
from approvals.reply.sentences import ends_sentence
from approvals.reply.words import EMPTY

MAX_SIGNED = 120  # characters of a line with a name
MAX_FAREWELL = 3  # words of a closing that isn't known
MAX_NAME_WORDS = 6
BRACKETS = re2.compile(r"[(\[][^)\]]*[)\]]?")
APART = re2.compile(r"[^\pL'’-]+")  # noqa: RUF001 - an apostrophe
# Marks and titles in front: "/Dana", "- Dana", "i. A. Dr. Dana Whitfield".
LEAD = re2.compile(
    r"(?i)^[^\pL\pN]*(?:(?:i\. ?[av]|ppa|p\.p|dr|prof|mag|dipl\.-\pL+|mrs?|ms|herr|frau)\.? +)*"
)


def names_of(name: str, address: str) -> frozenset[str]:
    """The forms in which a person signs, case-folded: whole, first name, initials, and the address alone,
    as Foxmail has it. `name`: as in From.
    """
    name = BRACKETS.sub(" ", name).casefold()
    family, comma, given = name.partition(",")
    name = f"{given} {family}" if comma else name
    if not name.strip() or "@" in name:
        name = str(APART.sub(" ", address.partition("@")[0]))
    words = str(LEAD.sub("", name.strip())).split()[:MAX_NAME_WORDS]
    if not words:
        return frozenset({address.casefold()})
    first, last = words[0].strip("."), words[-1]
    initials = "".join(word[0] for word in words)
    whole = {" ".join(words), f"{first} {last}", f"{first} {last[0]}", f"{first[:1]}. {last}"}
    forms = {*(whole if len(words) > 1 else ()), first, initials, address.casefold()}
    return frozenset({form.strip(" .") for form in forms} - {""})


def is_signed(typed: list[str], at: int, names: frozenset[str]) -> bool:
    """Whether a signature begins with this line below the first one. A sentence below it goes on, and
    "May use it:" above a name begins a list. The address alone ends a text."""
    below = next((text.strip(EMPTY) for text in typed[at + 1 :] if text.strip(EMPTY)), "")
    is_address = "@" in typed[at] and typed[at].strip(EMPTY).casefold() in names
    if is_address and below:
        return False
    is_apart = not (is_sentence(below) or "".join(typed[:at]).rstrip().endswith(":"))
    return is_apart and signs(typed[at], names)


def below_name(typed: list[str], names: frozenset[str]) -> list[str]:
    """What was typed below the sender's name, where people correct themselves, though it's comment."""
    return next((typed[at + 1 :] for at in range(1, len(typed)) if signs(typed[at], names)), [])


def signs(line: str, names: frozenset[str]) -> bool:
    """Whether a line is the sender's name, perhaps with a title, or behind a closing. "Dana can keep it"
    isn't."""
    text = line.strip(f"{EMPTY}*_")
    if not text or len(text) > MAX_SIGNED:
        return False
    return _is_sender(text, names) or _is_signed_closing(text, names)


def _is_sender(line: str, names: frozenset[str]) -> bool:
    text = str(LEAD.sub("", line)).casefold()
    if text.rstrip(" .,!|-–—") in names:  # noqa: RUF001 - dashes
        return len(text) > 1
    titled = (name for name in names if " " in name and text.startswith(name))
    return is_name(line) and any(not text[len(name) : len(name) + 1].isalnum() for name in titled)


def _is_signed_closing(line: str, names: frozenset[str]) -> bool:
    """Whether it's a closing with the name behind it: "Best regards, Dana", "Cheers, D."."""
    text = line.rstrip(f"{EMPTY}.,!").casefold()
    heads = [text.removesuffix(name) for name in names | {name[0] for name in names}]
    return any(
        head != text and not head[-1:].isalnum() and is_closing(head) for head in heads if head
    )


def without_farewell(typed: list[str]) -> list[str]:
    """What stands above a name without a closing that isn't known, of few words and a comma.

    Where it's all of the comment, or goes on from the line above, it is kept.
    """
    filled = [at for at, text in enumerate(typed) if text.strip(EMPTY)]
    if len(filled) <= 2:
        return typed
    last = filled[-1]
    line, above = typed[last].rstrip(EMPTY), typed[last - 1].strip(EMPTY)
    is_farewell = line.endswith(",") and len(line.split()) <= MAX_FAREWELL
    return typed[:last] if is_farewell and (not above or ends_sentence(above)) else typed
