"""What a mail server reports of an email of ours that it did not deliver (RFC 3464). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from approvals.reply.addresses import NoAddress, one_address
from approvals.reply.decoding import text_of
from approvals.reply.encoded_words import decoded_header
from approvals.reply.headers import Fields, Malformed, fields_of, split_head, values
from approvals.reply.keys import ids_in
from approvals.reply.limits import MAX_TEXT, TooMuch
from approvals.reply.parts import Part
from approvals.reply.transfer import Undecodable
from core.text import visible

STATUSES = {"message/delivery-status", "message/global-delivery-status"}
REPORTED = {
    *("message/rfc822", "message/global"),
    *("message/global-headers", "text/rfc822-headers"),
}
MAX_WORDS = 1_000  # characters of the report's own words that are kept
MAX_RECIPIENTS = 10  # of which a report is asked: our emails have one each
MAX_IDS = 20
# Who sends reports that aren't in the form of RFC 3464.
MAIL_SYSTEMS = {"mailer-daemon", "mail-daemon", "postmaster"}
NOT_YET = re2.compile(
    r"(?i)\bdelayed\b|not yet (been )?delivered|(do not|don't) need to re-?send|no action is required|"
    r"(keep|still) (on )?trying|will (be retried|retry|try again|keep)|transient"
)


@dataclass(frozen=True)
class DeliveryReport:
    """A report of a mail server: whether it gave up, its own words on one line, made visible and cut.

    `message_ids` are those of the mails that it brings back.
    """

    failed: bool
    words: str
    message_ids: tuple[str, ...] = ()


def report_of(message: Part, *, came_back: bool) -> DeliveryReport | None:
    """The report that a message is; None if it's none, or tells of a delivery.

    Only what `came_back` to a bounce address can be a report in a form of its own.
    """
    parts = list(message.walk())
    statuses = [fields for part in parts for fields in _recipients(part)]
    if statuses:
        return _standard(message, statuses)
    types = {part.media_type for part in parts}
    if not came_back or "message/disposition-notification" in types:
        return None
    return _plain(message)


def _recipients(part: Part) -> Iterator[Fields]:
    """What a delivery status says of each recipient: a block of fields each, behind the server's own."""
    if part.media_type not in STATUSES:
        return
    try:
        blocks = part.data(most=MAX_TEXT).replace(b"\r\n", b"\n").strip(b"\n").split(b"\n\n")
    except (Undecodable, TooMuch):
        return
    for block in blocks[: MAX_RECIPIENTS + 1]:
        try:
            fields = fields_of(block.strip(b"\n"))
        except (Malformed, TooMuch):
            continue
        if values(fields, "action") or values(fields, "status"):
            yield fields


def _standard(message: Part, statuses: list[Fields]) -> DeliveryReport | None:
    actions = [_action(fields) for fields in statuses]
    for action in ("failed", "delayed"):
        told = [fields for fields, its in zip(statuses, actions, strict=True) if its == action]
        if told:
            words = "; ".join(dict.fromkeys(filter(None, map(_diagnosis, told))))
            failed = action == "failed"
            return DeliveryReport(
                failed,
                _on_one_line(words) or _first_words(message),
                _message_ids(message),
            )
    return None


def _action(fields: Fields) -> str:
    """ "failed", "delayed", "delivered" and so on; a status without an action tells by its class."""
    given = " ".join(values(fields, "action")).strip().lower().partition(" ")[0]
    if given:
        return given
    status = "".join(values(fields, "status")).strip()
    return {"5": "failed", "4": "delayed"}.get(status[:1], "")


def _diagnosis(fields: Fields) -> str:
    """The words of the server that refused it, with the status if they don't say it."""
    status = " ".join(values(fields, "status"))[:40].partition("(")[0].strip()
    _, _, words = " ".join(values(fields, "diagnostic-code"))[:4_000].partition(";")
    words = words.strip()
    return words if status in words else f"{status} {words}".strip()


def _plain(message: Part) -> DeliveryReport | None:
    if not (values(message.fields, "x-failed-recipients") or _is_from_mail_system(message.fields)):
        return None
    subject = " ".join(decoded_header(value) for value in values(message.fields, "subject"))
    words = _first_words(message)
    failed = not NOT_YET.search(f"{_on_one_line(subject)} {words}")
    return DeliveryReport(failed, words or _on_one_line(subject))


def _is_from_mail_system(fields: Fields) -> bool:
    for value in values(fields, "from"):
        try:
            local = str(one_address(value)).partition("@")[0]
        except NoAddress:
            local = value.partition("@")[0].rpartition("<")[2].strip()
        if local.lower() in MAIL_SYSTEMS:
            return True
    return False


def _first_words(message: Part) -> str:
    """The beginning of its first text."""
    for part in message.walk():
        if part.media_type == "text/plain":
            try:
                return _on_one_line(text_of(part)[: 4 * MAX_WORDS])
            except (Undecodable, TooMuch):
                return ""
    return ""


def _on_one_line(text: str) -> str:
    return visible(" ".join(text.split()), MAX_WORDS)


def _message_ids(message: Part) -> tuple[str, ...]:
    """The Message-IDs of the mails that a report brings back."""
    found: list[str] = []
    for part in message.walk():
        if part.media_type in REPORTED:
            try:
                for value in values(fields_of(split_head(part.body)[0]), "message-id"):
                    found += ids_in(value)
            except (Malformed, TooMuch):
                continue
    return tuple(dict.fromkeys(found[:MAX_IDS]))
