"""Addresses of header fields: a strict reading for From, a forgiving one for recipients."""

import unicodedata
from dataclasses import dataclass

import re2

from approvals.reply.headers import has_control

TOKENS = re2.compile(r'"(?:[^"\\]|\\.)*"|[()<>\[\]:;@,\\"]|[ \t]+|[^()<>\[\]:;@,\\" \t]+')
DOMAIN_LABEL = re2.compile(r"^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$")
LOCAL_PART = re2.compile(r"^[^\x00-\x20\x7f\"(),:;<>@\[\\\]]+$")
DEEPEST_COMMENT = 20


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


def domain_key(domain: str) -> str:
    """A domain in the one form in which domains are compared: lower case, A-labels (RFC 5891).

    No other mapping: a character that looks like another one, or would be folded into it, gives
    another domain. Raises NoAddress.
    """
    if not domain or len(domain) > 253:
        raise NoAddress("the domain is empty or too long")
    return ".".join(_label(label) for label in domain.split("."))


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
    """Equal without regard to the case of ASCII letters; other scripts are compared as they are."""
    return one.domain == other.domain and _ascii_lower(one.local) == _ascii_lower(other.local)


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text)


def one_address(value: str) -> Address:
    """The one address of a From field: `a@b` or `Name <a@b>` (RFC 5322, 3.4). Raises NoAddress."""
    if has_control(value) or any("\ud800" <= char <= "\udfff" for char in value):
        raise NoAddress("it holds control characters or bytes that are no text")
    tokens = _without_comments(value)
    if "," in tokens or ";" in tokens or ":" in tokens:
        raise NoAddress("it holds more than one address, or a group")
    if "<" not in tokens:
        return address_of("".join(_joined(tokens)))
    at = tokens.index("<")
    if tokens[-1] != ">" or tokens.count("<") != 1 or tokens.count(">") != 1:
        raise NoAddress("the angle brackets are not well-formed")
    name = tokens[:at]
    if any(token in '@[]\\"' for token in name):
        raise NoAddress("the display name is not well-formed")
    return address_of("".join(_joined(tokens[at + 1 : -1])), " ".join(name))


def _joined(tokens: list[str]) -> list[str]:
    if tokens.count("@") != 1 or len(tokens) != 3:
        raise NoAddress("the address is not well-formed")
    return tokens


def _without_comments(value: str) -> list[str]:
    tokens, depth = [], 0
    for token in TOKENS.findall(value):
        if token == "(":
            depth += 1
            if depth > DEEPEST_COMMENT:
                raise NoAddress("its comments are nested too deeply")
        elif token == ")":
            depth -= 1
            if depth < 0:
                raise NoAddress("its comments are not well-formed")
        elif token == "\\" and depth:
            raise NoAddress("its comments are not well-formed")
        elif not depth and not token.isspace():
            tokens.append(token)
    if depth or not tokens:
        raise NoAddress("it is empty or not well-formed")
    return tokens


def recipient_addresses(value: str) -> list[str]:
    """The addresses of a To, Cc or Delivered-To field, as written; what cannot be read is left out.

    A display name is no address, whatever it holds.
    """
    try:
        tokens = _without_comments(value)
    except NoAddress:
        return []
    found, current = [], []
    for token in [*tokens, ","]:
        if token in ",;":
            found.append(_recipient(current))
            current = []
        elif token == ":":
            current = []  # the name of a group
        else:
            current.append(token)
    return [address for address in found if address]


def _recipient(tokens: list[str]) -> str:
    if "<" in tokens:
        start = len(tokens) - 1 - tokens[::-1].index("<")
        if tokens[-1] != ">":
            return ""
        tokens = tokens[start + 1 : -1]
    return "".join(tokens) if len(tokens) == 3 and tokens[1] == "@" else ""
