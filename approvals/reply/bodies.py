"""The bodies of a message that may decide: the first text, and the forms of it that stand beside."""

from dataclasses import dataclass

from approvals.reply.decoding import Undecodable, bytes_of, text_of
from approvals.reply.headers import Malformed
from approvals.reply.parts import Part, parse_message
from approvals.reply.signed import NotSigned, signed_content

CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
MOST_SIGNATURES = 3  # signed inside of signed


class NoBody(Exception):
    """There is no text to read; the message says why."""


@dataclass(frozen=True)
class Body:
    """A decoded text. `flowed` and `delsp` are those of format=flowed (RFC 3676)."""

    text: str
    is_html: bool = False
    flowed: bool = False
    delsp: bool = False


def bodies_of(message: Part) -> list[Body]:
    """The forms of the first body: they must all say the same. Raises NoBody, TooMuch, Undecodable."""
    if message.media_type in CMS:  # mail programs call the whole signed message an attachment
        parts = _choose(_opened(message, MOST_SIGNATURES), MOST_SIGNATURES - 1)
    else:
        parts = _choose(message, MOST_SIGNATURES)
    if not parts:
        raise NoBody("it has no text")
    return [_body(part) for part in parts]


def _choose(part: Part, signatures: int) -> list[Part]:
    if part.is_attachment:
        return []
    if not part.readable:
        raise Undecodable("a part's head contradicts itself, or its parts cannot be told apart")
    if part.media_type in ("text/plain", "text/html"):
        return [part]
    if part.media_type == "multipart/encrypted":
        raise NoBody("it is encrypted")
    if part.media_type in CMS:
        return _choose(_opened(part, signatures), signatures - 1)
    if part.media_type == "multipart/alternative":
        return [found for child in part.children for found in _choose(child, signatures)]
    if part.media_type == "multipart/related":
        return _choose(_root(part), signatures)
    if part.media_type.startswith("multipart/"):
        return _first(part, signatures)
    return []


def _first(part: Part, signatures: int) -> list[Part]:
    for child in part.children:
        found = _choose(child, signatures)
        if found:
            return found
    return []


def _root(part: Part) -> Part:
    """The root of multipart/related (RFC 2387): the first part, unless `start` names another."""
    if "start" in part.parameters:
        named = [
            child
            for child in part.children
            if ("content-id", part.parameters["start"]) in child.fields
        ]
        return named[0] if len(named) == 1 else part.children[0]
    return part.children[0]


def _opened(part: Part, signatures: int) -> Part:
    if signatures <= 0:
        raise NoBody("it is signed too many times over")
    try:
        return parse_message(signed_content(bytes_of(part)))
    except (NotSigned, Malformed):
        raise NoBody("it is encrypted, or its signed content cannot be reached") from None


def _body(part: Part) -> Body:
    parameters = part.parameters
    flowed = parameters.get("format", "").lower() == "flowed"
    delsp = parameters.get("delsp", "").lower() == "yes"
    return Body(text_of(part), part.media_type == "text/html", flowed, delsp)
