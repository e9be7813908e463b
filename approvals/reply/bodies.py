"""The bodies of a message that may decide: the first text, and the forms of it that stand beside."""

from dataclasses import dataclass

from approvals.reply.decoding import Undecodable, bytes_of, text_of
from approvals.reply.headers import Malformed
from approvals.reply.parts import Part, parse_message
from approvals.reply.signed import NotSigned, signed_content

CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
MAX_SIGNATURES = 3  # signed inside of signed


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
        parts = _choose(_opened(message, MAX_SIGNATURES), MAX_SIGNATURES - 1)
    else:
        parts = _choose(message, MAX_SIGNATURES)
    if not parts:
        raise NoBody("it has no text")
    return [
        Body(
            text_of(part),
            is_html=part.media_type == "text/html",
            flowed=part.parameters.get("format", "").lower() == "flowed",
            delsp=part.parameters.get("delsp", "").lower() == "yes",
        )
        for part in parts
    ]


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
        chosen = (_choose(child, signatures) for child in part.children)
        return next(filter(None, chosen), [])
    return []


def _root(part: Part) -> Part:
    """The root of multipart/related (RFC 2387): the first part, unless `start` names another."""
    start = ("content-id", part.parameters.get("start", ""))
    named = [child for child in part.children if start in child.fields]
    return named[0] if len(named) == 1 and "start" in part.parameters else part.children[0]


def _opened(part: Part, signatures: int) -> Part:
    if signatures <= 0:
        raise NoBody("it is signed too many times over")
    try:
        return parse_message(signed_content(bytes_of(part)))
    except (NotSigned, Malformed):
        raise NoBody("it is encrypted, or its signed content cannot be reached") from None
