"""E-mail addresses and host names, read in one way everywhere: what is accepted can be sent.

Domains follow IDNA 2008 with the non-transitional mapping of UTS 46, so ß stays ß: Python's own codec
knows the older rules, by which mail to straße.example goes to strasse.example. What stands before the @
may be in any one script (RFC 6531), in the one form in which such letters can be compared. Pure.
"""

import contextlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

import idna

from core.text import is_hidden

MAX_LOCAL: Final = 64  # bytes before the @ (RFC 5321, 4.5.3.1.1)
MAX_ADDRESS: Final = 254  # bytes of an address (RFC 5321, 4.5.3.1.3)
MAX_HOST: Final = 253  # characters of a host name
EXAMPLE: Final = "dana@example.com"
# A dot-atom of RFC 5322. Quoted local parts can't be sent by every server.
_SIGNS: Final = "!#$%&'*+/=?^_`{|}~-"
_ATOM: Final = rf"[A-Za-z0-9{_SIGNS}]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
# Scripts that are written together; the names are those with which Unicode's names of letters begin.
_TOGETHER: Final = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "HANGUL"},
    {"LATIN", "CJK", "BOPOMOFO"},
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class BadAddress(ValueError):
    """Not an address or a host name; the text says what is wrong with it, without repeating it."""


def ascii_host(name: str) -> str:
    """A host name in lower-case A-labels, as it is sent and compared. Raises BadAddress."""
    lowered = name.lower()
    if not name.isprintable():  # the mapping would drop what nobody sees
        raise BadAddress("the domain holds invisible characters")
    if not name.isascii():
        try:
            lowered = idna.encode(name, uts46=True, transitional=False).decode()
        except (idna.IDNAError, UnicodeError):
            raise BadAddress("the domain isn't a possible name") from None
    labels = lowered.split(".")
    if len(lowered) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("the domain isn't a possible name")
    if labels[-1].isdigit():
        raise BadAddress("the domain is a number; write a name")
    return lowered


@lru_cache(maxsize=4096)  # asked several times for each mail
def sent_address(text: str) -> str:
    """The address as it stands in a header and an envelope. Raises BadAddress.

    Where it isn't ASCII, every server on its way has to offer SMTPUTF8.
    """
    local, at, domain = text.rpartition("@")
    if not at:
        raise BadAddress("there is no @ in it")
    plain = local if local.isascii() else _ascii_frame(local)
    # An encoded word (RFC 2047) in place of a name would be decoded by some programs.
    if not _LOCAL.fullmatch(plain) or "=?" in text:
        raise BadAddress("the part before the @ holds characters that can't be sent")
    if len(local.encode()) > MAX_LOCAL:
        raise BadAddress(f"the part before the @ is longer than {MAX_LOCAL} bytes")
    address = f"{local}@{ascii_host(domain)}"
    if len(address.encode()) > MAX_ADDRESS:
        raise BadAddress(f"it is longer than {MAX_ADDRESS} bytes")
    return address


def _ascii_frame(local: str) -> str:
    """A local part with "x" for each letter beyond ASCII and each mark on a letter. Raises BadAddress.

    Letters are refused that look like others: in another form (full width, ligatures, marks apart
    from their letters), or of a script that isn't the others'.
    """
    if unicodedata.normalize("NFKC", local) != local:
        raise BadAddress("the part before the @ holds letters in an unusual form; type it anew")
    letters = [letter for letter in local if letter.isalpha()]
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in letters}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        raise BadAddress("the part before the @ mixes letters of several scripts; type it anew")
    kinds = [unicodedata.category(letter)[0] if not is_hidden(letter) else "" for letter in local]
    on = ["", *kinds]  # what a mark stands on
    return "".join(
        "x" if kind == "L" or (kind == "M" and before in ("L", "M")) else letter
        for letter, kind, before in zip(local, kinds, on, strict=False)
    )


def composed(text: str) -> str:
    """The text with letters and their marks as one, however they were typed: that looks the same."""
    return unicodedata.normalize("NFC", text)


def bounce_address(reply_address: str) -> str:
    """The neighbour of the address for replies to which what can't be delivered comes back."""
    local, _, domain = reply_address.rpartition("@")
    return f"{'bounces' if local.lower() == 'bounce' else 'bounce'}@{domain}"


def spelling_key(text: str) -> str:
    """What tells whether two texts spell one address: its domain counts without regard to case.

    Two addresses that a mail server may tell apart are never taken for one.
    """
    local, _, domain = composed(text.strip()).rpartition("@")
    with contextlib.suppress(BadAddress):
        domain = ascii_host(domain)
    return f"{local}@{domain}"


def mailbox_key(text: str) -> str:
    """What tells whether two addresses may be one person's mailbox: lower case, without a +tag.

    For the safe side of a comparison only, such as who must not decide: many mail servers, not all,
    deliver both to one mailbox. What is no address is compared as it is written.
    """
    local, _, domain = composed(text.strip().lower()).rpartition("@")
    with contextlib.suppress(BadAddress):
        domain = ascii_host(domain)
    return f"{local.partition('+')[0]}@{domain}"
