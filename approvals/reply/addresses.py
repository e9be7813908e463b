"""Addresses of header fields: a strict reading for From, a forgiving one for recipients."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import re2

from approvals.reply.headers import has_control
from core.addresses import BadAddress, ascii_host

# Python's own expressions, which find many pieces far quicker; possessive, so that none looks back.
# A quotation mark that is never closed takes all the rest.
QUOTED = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"')
TOKENS = re.compile(QUOTED.pattern + r'|"[\s\S]*+|[()<>\[\]:;@,\\]|[ \t]++|[^()<>\[\]:;@,\\" \t]++')
DOMAIN_LABEL = re2.compile(r"^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$")
LOCAL_PART = re2.compile(r"^[^\x00-\x20\x7f\"(),:;<>@\[\\\]]+$")
MAX_COMMENT_DEPTH = 20


class NoAddress(Exception):
    """The field is not exactly one well-formed address; the message says why."""


@dataclass(frozen=True)
class Address:
    """`local@domain`, the domain as lower-case A-labels, and the display name as it was written."""

    local: str
    domain: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=1024)  # asked several times for each address
def domain_key(domain: str) -> str:
    """A domain in the one form in which domains are compared: lower case, A-labels (RFC 5891).

    No other mapping: a character that looks like another one, or would be folded into it, gives
    another domain. Where our own mail would go to another domain, it is none. Raises NoAddress.
    """
    if not domain or len(domain) > 253:
        raise NoAddress("the domain is empty or too long")
    key = ".".join(_label(label) for label in domain.split("."))
    with suppress(BadAddress):
        if ascii_host(domain) != key:
            raise NoAddress("the domain can be read in two ways")
    return key


def _label(label: str) -> str:
    if label.isascii():
        if not DOMAIN_LABEL.match(label) or len(label) > 63:
            raise NoAddress("the domain is not well-formed")
        return label.lower()
    small = unicodedata.normalize("NFC", label).lower()
    if len(small) > 63 or unicodedata.normalize("NFKC", small) != small or not small.isprintable():
        raise NoAddress("the domain is not well-formed")
    try:
        return "xn--" + small.encode("punycode").decode("ascii")
    except UnicodeError:
        raise NoAddress("the domain is not well-formed") from None


def address_of(text: str, name: str = "") -> Address:
    """The Address of `local@domain`. Raises NoAddress."""
    local, _, domain = text.rpartition("@")
    if not LOCAL_PART.match(local) or ".." in local or local[0] == "." or local[-1] == ".":
        raise NoAddress("the address is not well-formed")
    return Address(local, domain_key(domain), name)


def same_address(one: Address, other: Address) -> bool:
    """Equal without regard to case. What looks alike in another script or form stays another letter."""
    return one.domain == other.domain and _without_case(one.local) == _without_case(other.local)


def _without_case(text: str) -> str:
    """In lower case; what isn't composed (Kelvin sign, marks apart from letters) equals nothing else."""
    return text.lower() if unicodedata.is_normalized("NFC", text) else text


def one_address(value: str) -> Address:
    """The one address of a From field: `a@b` or `Name <a@b>` (RFC 5322, 3.4). Raises NoAddress.

    `a@b <a@b>` and `'a@b' <a@b>` are no names by the grammar, but some mail programs write them, and
    they hide nothing.
    """
    if has_control(value) or any("\ud800" <= char <= "\udfff" for char in value):
        raise NoAddress("it holds control characters or bytes that are no text")
    pieces = _without_comments(value)
    if "," in pieces or ";" in pieces or ":" in pieces:
        raise NoAddress("it holds more than one address, or a group")
    if "<" not in pieces:
        return address_of(_joined(pieces, value))
    at = pieces.index("<")
    if pieces[-1] != ">" or pieces.count("<") != 1 or pieces.count(">") != 1:
        raise NoAddress("the angle brackets are not well-formed")
    name = pieces[:at]
    address = _joined(pieces[at + 1 : -1], value)
    if (
        any(piece in '@[]\\"' for piece in name)
        and "".join(name).strip("'").lower() != address.lower()
    ):
        raise NoAddress("the display name is not well-formed")
    return address_of(address, " ".join(name))


def _joined(pieces: list[str], value: str) -> str:
    """The address; blanks and comments may stand inside it by the grammar, but nobody writes them."""
    address = "".join(pieces)
    if pieces.count("@") != 1 or len(pieces) != 3 or address not in value:
        raise NoAddress("the address is not well-formed")
    return address


def _without_comments(value: str) -> list[str]:
    tokens, pieces, depth = TOKENS.findall(value), [], 0
    if tokens and tokens[-1][0] == '"' and not QUOTED.fullmatch(tokens[-1]):
        raise NoAddress("a quotation mark isn't closed")
    for piece in tokens:
        if piece == "(":
            depth += 1
            if depth > MAX_COMMENT_DEPTH:
                raise NoAddress("its comments are nested too deeply")
        elif piece == ")":
            depth -= 1
            if depth < 0:
                raise NoAddress("its comments are not well-formed")
        elif piece == "\\" and depth:
            raise NoAddress("its comments are not well-formed")
        elif not depth and not piece.isspace():
            pieces.append(piece)
    if depth or not pieces:
        raise NoAddress("it is empty or not well-formed")
    return pieces


def recipient_addresses(value: str) -> list[str]:
    """The addresses of a To, Cc or Delivered-To field, as written; what cannot be read is left out.

    A display name is no address, whatever it holds.
    """
    try:
        pieces = _without_comments(value)
    except NoAddress:
        return []
    found: list[str] = []
    current: list[str] = []
    for piece in [*pieces, ","]:
        if piece in ",;":
            found.append(_recipient(current))
            current = []
        elif piece == ":":
            current = []  # the name of a group
        else:
            current.append(piece)
    return [address for address in found if address]


def _recipient(pieces: list[str]) -> str:
    if "<" in pieces:
        start = len(pieces) - 1 - pieces[::-1].index("<")
        if pieces[-1] != ">":
            return ""
        pieces = pieces[start + 1 : -1]
    return "".join(pieces) if len(pieces) == 3 and pieces[1] == "@" else ""
