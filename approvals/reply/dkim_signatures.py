"""Which DKIM signatures of the author's own domain hold, verified here (RFC 6376, RFC 8301).

Stricter than the library: no part of the body (l=), no SHA-1, no key under test, and an expiry is one
to the second. It looks at the clock for that. The library verifies the fields alone.
"""

import base64
import hashlib
import logging
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
    head, body = split_head(raw)
    hashes: dict[str, str] = {}
    covered = []
    for at in own:
        tags = tags_of(values[at])
        # The body is looked at once in each way, and only if its author signed what it has to be.
        if not _holds(head, at, tags, find_key):
            continue
        way = tags.get("c", "").partition("/")[2] or "simple"
        if way not in hashes:
            hashes[way] = _body_hash(body, way)
        if hashes[way] == tags["bh"]:
            covered.append(frozenset(tags["h"].lower().split(":")))
    return tuple(covered)


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


def _holds(head: bytes, index: int, tags: dict[str, str], find_key: KeyLookup) -> bool:
    """Whether the fields are signed; the hash of the body, which is one of them, isn't looked at."""
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
        signed = dkim.DKIM(head, SILENT, minkey=SHORTEST_KEY)
        stated, names, signatures = signed.verify_headerprep(index)
        del stated[b"bh"]
        found = signed.verify_sig(stated, names, signatures[index], lambda *_, **__: key.encode())
        return bool(found)
    except Exception:  # whatever is wrong with a signature or a key, it proves nothing
        return False


def _body_hash(body: bytes, way: str) -> str:
    """The SHA-256 that `bh=` has to be, by "simple" or "relaxed" (RFC 6376, 3.4), in base64.

    In passes over the whole, since the library's expressions and lists of lines take seconds.
    """
    text = body.replace(b"\r\n", b"\n")
    if way == "relaxed":
        text = text.replace(b"\t", b" ")
        while b"  " in text:
            text = text.replace(b"  ", b" ")
        text = text.replace(b" \n", b"\n")
    text = text.rstrip(b"\n")
    if text or way != "relaxed":
        text += b"\n"
    return base64.b64encode(hashlib.sha256(text.replace(b"\n", b"\r\n")).digest()).decode()
