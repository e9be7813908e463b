"""Which DKIM signatures of the author's own domain hold, verified here (RFC 6376, RFC 8301).

Stricter than the library: no part of the body (l=), no SHA-1, no key under test, and an expiry is one
to the second. It looks at the clock for that.
"""

import logging
import re
import time

import dkim
import re2

from approvals.reply.addresses import NoAddress, domain_key
from approvals.reply.headers import Fields, split_head
from approvals.reply.reading import KeyLookup

MAX_VERIFIED = 5  # signatures of the author's domain
MAX_SIGNATURE = 4096  # characters of the field
SHORTEST_KEY = 1024  # bits
SELECTOR = re2.compile(r"^[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,4}$")
LONG_SPACE = re2.compile(r"\s{80}")
SPACES = re.compile(rb"[\t ]+")
SILENT = logging.Logger("dkim", logging.CRITICAL + 1)  # what the library says holds tokens


class KeyUnavailable(Exception):
    """Whether a signing key exists can't be told now (DNS)."""


def tags_of(value: str) -> dict[str, str]:
    """The tags of a signature or key, without white space in their values; {} if one occurs twice."""
    tags = [tag.partition("=") for tag in value.split(";") if tag.strip()]
    found = {name.strip(): "".join(text.split()) for name, _, text in tags}
    return found if len(found) == len(tags) else {}


def covered_by_verified(
    raw: bytes, fields: Fields, author: str, find_key: KeyLookup
) -> tuple[frozenset[str], ...]:
    """For each signature of `author` (a domain, in A-labels) that holds: the fields that it covers.

    Raises KeyUnavailable.
    """
    values = [value for name, value in fields if name == "dkim-signature"]
    own = [at for at, value in enumerate(values) if _is_acceptable(value, author)][:MAX_VERIFIED]
    return tuple(
        frozenset(_tags["h"].lower().split(":"))
        for at in own
        if (_tags := tags_of(values[at])) and _holds(raw, at, _tags, find_key)
    )


def _is_acceptable(value: str, author: str) -> bool:
    """Whether to verify a signature at all."""
    tags = tags_of(value)
    if len(value) > MAX_SIGNATURE or LONG_SPACE.search(value.encode("ascii", "replace").decode()):
        return False  # the library would take long
    try:
        is_authors = domain_key(tags.get("d", "")) == author
    except NoAddress:
        return False
    expiry = tags.get("x", "")
    return (
        is_authors
        and tags.get("a") == "rsa-sha256"
        and "l" not in tags
        and "from" in tags.get("h", "").lower().split(":")
        and bool(SELECTOR.match(tags.get("s", "")))
        and (not expiry or (expiry.isdecimal() and int(expiry[:15]) > time.time()))
    )


def _holds(raw: bytes, index: int, tags: dict[str, str], find_key: KeyLookup) -> bool:
    name = f"{tags['s']}._domainkey.{tags['d']}"
    try:
        key = find_key(name)
    except Exception as error:
        raise KeyUnavailable(name) from error
    said = tags_of(key)
    if "y" in said.get("t", "").split(":"):
        return False  # the domain says that it only tries DKIM out
    if "h" in said and "sha256" not in said["h"].split(":"):
        return False  # the key is for other hashes, which the library doesn't look at
    try:
        signed = dkim.DKIM(_canonical(raw, tags), SILENT, minkey=SHORTEST_KEY)
        return bool(signed.verify(index, dnsfunc=lambda _name, timeout=0: key.encode()))
    except Exception:  # whatever is wrong with a signature or a key, it proves nothing
        return False


def _canonical(raw: bytes, tags: dict[str, str]) -> bytes:
    """The message; where white space doesn't matter, each run of it in the body made one space.

    The library's own expression takes time that grows with the square of a run's length.
    """
    if tags.get("c", "").partition("/")[2] != "relaxed":
        return raw
    head, body = split_head(raw)
    return head + b"\r\n" + SPACES.sub(b" ", body)
