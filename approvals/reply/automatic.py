"""Mail that no person wrote for us (RFC 3834): it is ignored, and may report of an email of ours."""

from dataclasses import dataclass

import re2

from approvals.reply.addresses import NoAddress, one_address
from approvals.reply.away_subjects import is_away_subject
from approvals.reply.bounces import DeliveryReport, report_of
from approvals.reply.encoded_words import subjects_of
from approvals.reply.headers import Fields, values
from approvals.reply.keys import token_in
from approvals.reply.limits import MAX_KEYWORDS
from approvals.reply.parts import Part, without_comments

# X-Autoreply, X-Autorespond, X-Mail-Autoreply and their like. X-Auto-Response-Suppress is none: it asks
# for no automatic answer, and Exchange writes it into people's mail.
AWAY_FIELD = re2.compile(r"(?:^|-)auto-?(?:repl|respon)")
MACHINES_FIELD = re2.compile(r"-(?:auto|machine|servicenow)-?generated")
PRECEDENCE = ("precedence", "x-precedence")
# What Exchange makes of a meeting, a report or the recall of a message.
CONTENT_CLASSES = re2.compile(
    r"^urn:content-classes:(?:calendarmessage|dsn|mdn|recallmessage|recallreport)\b"
)
AUTO_REPLY = {"auto_reply", "auto-reply"}
BULK = {"bulk", "list", "junk"} | AUTO_REPLY
NULL_SENDER = "It is a notification from a mail server (empty Return-Path)."
CALENDARS = {"text/calendar", "text/x-vcalendar", "application/ics"}
RECEIPTS = {
    *("message/delivery-status", "message/disposition-notification", "message/feedback-report"),
    *("message/global-delivery-status", "message/global-disposition-notification"),
    "message/tracking-status",
}


@dataclass(frozen=True)
class Automatic:
    """`sign` says by what it was recognised, "" if a person wrote the message."""

    sign: str = ""
    out_of_office: bool = False
    report: DeliveryReport | None = None


def detect_automatic(
    message: Part, reply_address: str, *, came_back: bool = False, null_sender: bool = False
) -> Automatic:
    """Whether a message was written by a machine. What `came_back` to a bounce address always was.

    `null_sender`: it came with the envelope sender <>, which no person's mail has.
    """
    types = {part.media_type for part in message.walk()}
    # Also of a field that isn't well-formed: "text/calendar method=REPLY".
    written = [values(part.fields, "content-type") for part in message.walk()]
    types |= {_keyword(value) for found in written for value in found}
    report = report_of(message, came_back=came_back)
    if report or "multipart/report" in types or RECEIPTS & types:
        return Automatic("It is a report or receipt.", report=report)
    away = away_sign(message.fields)
    if away:
        return Automatic(away, out_of_office=True)
    sign = _field_sign(message.fields) or _own_sign(message.fields, reply_address)
    sign = sign or _subject_sign(message.fields, behind_re=True)
    if not sign and CALENDARS & types:
        sign = "It is about a meeting."
    if not sign and null_sender:
        sign = NULL_SENDER
    if not sign and came_back:
        sign = "It came to a bounce address, where nobody can answer."
    return Automatic(sign)


def away_sign(fields: Fields) -> str:
    """What says that this is the automatic reply of somebody who is away, "" if nothing does."""
    submitted = [_keyword(value) for value in values(fields, "auto-submitted")]
    if "auto-replied" in submitted:
        return "It is marked as an automatic reply (Auto-Submitted)."
    if any(AWAY_FIELD.search(name) and not name.endswith("-suppress") for name, _ in fields):
        return "It is marked as an automatic reply (X-Autoreply)."
    if any(AUTO_REPLY.intersection(_words(value)) for value in _precedence(fields)):
        return "It is marked as an automatic reply (Precedence)."
    return _subject_sign(fields, behind_re=False)


def _subject_sign(fields: Fields, *, behind_re: bool) -> str:
    """Behind "Re:" it may be the subject of a mail that a person answers."""
    found = any(is_away_subject(each, behind_re=behind_re) for each in subjects_of(fields))
    return "Its subject is that of an automatic reply." if found else ""


def _field_sign(fields: Fields) -> str:
    # Whatever else stands there: "(x) no", "no auto-replied".
    submitted = values(fields, "auto-submitted")
    said = [read(each) for each in submitted for read in (_keyword, _until_semicolon)]
    if any(value != "no" for value in said):
        return "It was sent automatically (Auto-Submitted)."
    if any(MACHINES_FIELD.search(name) for name, _ in fields):
        return "It is marked as written by a machine (X-Auto-Generated)."
    if any(CONTENT_CLASSES.match(_plain(value)) for value in values(fields, "content-class")):
        return "It is a notice about a meeting or a message (Content-Class)."
    if any(BULK.intersection(_words(value)) for value in _precedence(fields)):
        return "It is bulk mail (Precedence)."
    if values(fields, "list-id"):
        return "It came through a mailing list (List-Id)."
    if any("".join(_plain(value).split()) == "<>" for value in values(fields, "return-path")):
        return NULL_SENDER
    return ""


def _precedence(fields: Fields) -> list[str]:
    return [value for name in PRECEDENCE for value in values(fields, name)]


def _plain(value: str) -> str:
    """A field's value in lower case, without comments and quotation marks."""
    clean = (
        value[:MAX_KEYWORDS].encode("ascii", "replace").decode()
    )  # RE2 takes no undecodable bytes
    return without_comments(clean).replace('"', "").strip().lower()


def _keyword(value: str) -> str:
    clean = value.encode("ascii", "replace").decode()  # RE2 takes no undecodable bytes
    return str(re2.split(r"[;(\s]", clean.strip().lower(), maxsplit=1)[0])


def _until_semicolon(value: str) -> str:
    return _plain(value).partition(";")[0].strip()


def _words(value: str) -> list[str]:
    """The words of a field that holds one: some machines write a list."""
    return [str(word) for word in re2.findall(r"[\w-]+", _plain(value))]


def _own_sign(fields: Fields, reply_address: str) -> str:
    for value in values(fields, "from"):
        try:
            sender = str(one_address(value))
        except NoAddress:
            continue
        if token_in(sender, reply_address) or sender.lower() == reply_address.lower():
            return "It is our own mail coming back."
    return ""
