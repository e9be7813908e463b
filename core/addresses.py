"""E-mail addresses and host names, read in one way everywhere: what is accepted can be sent.

Domains follow IDNA 2008 with the non-transitional mapping of UTS 46, so ß stays ß: Python's own codec
knows the older rules, by which mail to straße.example goes to strasse.example. Pure.
"""

import contextlib
import re
from functools import lru_cache
from typing import Final

import idna

MAX_LOCAL: Final = 64  # characters before the @ (RFC 5321, 4.5.3.1.1)
MAX_ADDRESS: Final = 254  # characters of an address (RFC 5321, 4.5.3.1.3)
MAX_HOST: Final = 253  # characters of a host name
EXAMPLE: Final = "dana@example.com"
# A dot-atom of RFC 5322. Quoted local parts and non-ASCII ones can't be sent by every server.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
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
def ascii_address(text: str) -> str:
    """The address as it stands in a header and an envelope. Raises BadAddress."""
    local, at, domain = text.rpartition("@")
    if not at:
        raise BadAddress("there is no @ in it")
    if len(local) > MAX_LOCAL:
        raise BadAddress(f"the part before the @ is longer than {MAX_LOCAL} characters")
    if not local.isascii() and local.isprintable():  # RFC 6531; docs/mailboxes.md says why not
        raise BadAddress(
            "the part before the @ holds letters beyond a to z, which many mail servers refuse; enter "
            "another address of that person"
        )
    # An encoded word (RFC 2047) in place of a name would be decoded by some programs.
    if not _LOCAL.fullmatch(local) or "=?" in text:
        raise BadAddress("the part before the @ holds characters that can't be sent")
    address = f"{local}@{ascii_host(domain)}"
    if len(address) > MAX_ADDRESS:
        raise BadAddress(f"it is longer than {MAX_ADDRESS} characters")
    return address


def bounce_address(reply_address: str) -> str:
    """The neighbour of the address for replies to which what can't be delivered comes back."""
    local, _, domain = reply_address.rpartition("@")
    return f"{'bounces' if local.lower() == 'bounce' else 'bounce'}@{domain}"


def spelling_key(text: str) -> str:
    """What tells whether two texts spell one address: its domain counts without regard to case.

    Two addresses that a mail server may tell apart are never taken for one.
    """
    local, _, domain = text.strip().rpartition("@")
    with contextlib.suppress(BadAddress):
        domain = ascii_host(domain)
    return f"{local}@{domain}"


def mailbox_key(text: str) -> str:
    """What tells whether two addresses may be one person's mailbox: lower case, without a +tag.

    For the safe side of a comparison only, such as who must not decide: many mail servers, not all,
    deliver both to one mailbox. What is no address is compared as it is written.
    """
    local, _, domain = text.strip().lower().rpartition("@")
    with contextlib.suppress(BadAddress):
        domain = ascii_host(domain)
    return f"{local.partition('+')[0]}@{domain}"
