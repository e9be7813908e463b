"""The bodies of a message that may decide: the first text, and the other forms of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from approvals.reply.decoding import is_unicode, text_of
from approvals.reply.headers import values
from approvals.reply.limits import MAX_FORMS, MAX_LINES
from approvals.reply.parts import UNNAMED_KIND, Part
from approvals.reply.transfer import Undecodable

TEXTS = ("text/plain", "text/html")
ENCRYPTED = {
    *("multipart/encrypted", "application/pgp-encrypted", "application/pgp"),
    "application/x-microsoft-rpmsg-message",
}
ENCRYPTED_NAMES = (".asc", ".pgp", ".gpg", ".rpmsg")
OUTLOOKS = {"application/ms-tnef", "application/vnd.ms-tnef"}  # winmail.dat: text and all
OTHER_HTML = "application/xhtml+xml"  # mail programs show it, as they show the other kinds of text
MAX_BESIDE = 2  # texts beside the first one that are compared with it


class NoBody(Exception):
    """There is no text to read; the message says why."""


@dataclass(frozen=True)
class Body:
    """A decoded text. `flowed` and `delsp` are those of format=flowed (RFC 3676).

    `beside`: it stands beside the first text without being declared another form of it. `legacy`: it
    has characters beyond ASCII in a charset other than UTF-8, so another charset would show others.
    """

    text: str
    beside: bool = False
    legacy: bool = False
    is_html: bool = False
    flowed: bool = False
    delsp: bool = False


@dataclass(frozen=True)
class Form:
    """A part that is the first text, or may be another form of it."""

    part: Part
    beside: bool = False


def bodies_of(message: Part) -> list[Body]:
    """The forms of the first body: they must all say the same. Raises NoBody, TooMuch, Undecodable."""
    forms = _choose(message)
    if not forms:
        raise NoBody("it has no text")
    if len(forms) > MAX_FORMS:
        raise NoBody("it has too many forms of its text")
    bodies = [_body(form) for form in forms]
    if len(bodies) > 2 and sum(map(_lines_at_most, bodies)) > 2 * MAX_LINES:
        raise NoBody("the forms of its text have too many lines")
    return bodies


def _lines_at_most(body: Body) -> int:
    """How many lines of a body are looked at, at most: each costs time, in each form again."""
    ends = body.text.count("\n") + (body.text.count("<") if body.is_html else 0)
    return min(ends + 1, MAX_LINES)


def _body(form: Form) -> Body:
    text, part = text_of(form.part), form.part
    return Body(
        text,
        beside=form.beside,
        legacy=not (is_unicode(part) or text.isascii()),
        is_html=part.media_type == "text/html",
        flowed=part.parameters.get("format", "").lower() == "flowed",
        delsp=part.parameters.get("delsp", "").lower() == "yes",
    )


def _choose(part: Part) -> list[Form]:
    """The forms of the first text in a part; none if it holds no text.

    A text that isn't read here is one all the same: what stands behind it is not the first.
    """
    if _is_encrypted(part):
        raise NoBody("it is encrypted")
    if part.media_type in OUTLOOKS:
        raise NoBody("its text is in Outlook's own format (winmail.dat)")
    if part.is_attachment and not part.is_signed:  # programs call what they sign a file
        return []
    if not part.readable:
        raise Undecodable("a part's head contradicts itself, or its parts cannot be told apart")
    if part.is_signed:
        if not part.children:
            raise NoBody("it is encrypted, or its signed content cannot be reached")
        return _choose(part.children[0])
    if part.media_type in TEXTS:
        return [Form(part)]
    if part.media_type.startswith("text/") or part.media_type == OTHER_HTML or _is_nameless(part):
        raise NoBody(f"its text is of a kind that isn't read, {part.media_type}")
    return _of_multipart(part)


def _is_encrypted(part: Part) -> bool:
    named = part.media_type == UNNAMED_KIND and part.file_name.endswith(ENCRYPTED_NAMES)
    return part.media_type in ENCRYPTED or named


def _is_nameless(part: Part) -> bool:
    """Whether it may be a text of a kind that nobody knows (RTF, Word): files have names."""
    is_picture = bool(values(part.fields, "content-id"))
    return part.media_type.startswith("application/") and not (part.file_name or is_picture)


def _of_multipart(part: Part) -> list[Form]:
    """The forms in a multipart (RFC 2046, RFC 2387); none of anything else that is no text."""
    if part.media_type == "multipart/alternative":
        if any(child.is_attachment and child.media_type in TEXTS for child in part.children):
            raise NoBody("a form of its text is a file")
        return [found for child in part.children for found in _choose(child)]
    children, is_related = part.children, part.media_type == "multipart/related"
    first = (_root(part),) if is_related else ()  # some programs write the pictures in front of it
    signed = children[:1] if part.media_type == "multipart/signed" else children  # RFC 1847, 2.1
    for child in (*first, *signed):
        if found := _choose(child):
            at = children.index(child)
            others = children[at + 1 :] if is_related else children[at + 1 : at + 2]
            return _with_others(found, others, in_front=children[:at])
    return []


def _with_others(found: list[Form], others: Sequence[Part], in_front: Sequence[Part]) -> list[Form]:
    """`found`, and the texts that stand in front of it, or beside it and are of the other kind.

    They may be forms of one text whose multipart/alternative was made something else, or whose
    multipart/related was given another root.
    """
    kinds = {form.part.media_type for form in found}
    beside = [
        Form(part, beside=True)
        for other in (*in_front, *others)
        for part in other.walk()
        if part.media_type in TEXTS and not (other.is_attachment or part.is_attachment)
        if part.media_type not in kinds or other in in_front
    ]
    return found + beside[:MAX_BESIDE]


def _root(part: Part) -> Part:
    """The root of multipart/related (RFC 2387): the first part, unless `start` names another."""
    start = ("content-id", part.parameters.get("start", ""))
    named = [child for child in part.children if start in child.fields]
    return named[0] if len(named) == 1 and "start" in part.parameters else part.children[0]
