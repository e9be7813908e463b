"""A captured message as a mail program shows it. Pure; never fails, whatever the bytes are."""

import re
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

_REFERENCE = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True)
class CapturedMessage:
    """What is shown and answered. Texts are empty where the message has none."""

    subject: str
    sender: str
    reply_to: str  # the bare address
    message_id: str
    references: tuple[str, ...]
    text: str
    html: str
    source: str

    def decision_link(self, public_url: str) -> str:
        """The link that decides in a browser; in a sandboxed frame it would be dead.

        Only one that leads to this console: a message can name any other place.
        """
        link = re.compile(rf"{re.escape(public_url)}/d/[a-z2-7]{{26}}(?![A-Za-z0-9])")
        found = link.search(self.text) or link.search(self.html)
        return found[0] if found else ""


def read_message(raw: bytes) -> CapturedMessage:
    """`raw` as far as it can be understood; its source always."""
    fields = {name: _field(raw, name) for name in ("Subject", "From", "Message-ID", "References")}
    return CapturedMessage(
        subject=fields["Subject"],
        sender=fields["From"],
        reply_to=parseaddr(_field(raw, "Reply-To"))[1],
        message_id="".join(_REFERENCE.findall(fields["Message-ID"])[:1]),
        references=tuple(_REFERENCE.findall(fields["References"])),
        text=_body(raw, "plain"),
        html=_body(raw, "html"),
        source=clean(raw.decode("utf-8", "replace")),
    )


def subject_of(raw: bytes) -> str:
    """The decoded subject, empty if there is none that can be decoded."""
    return _field(raw, "Subject")


def sender_of(raw: bytes) -> str:
    """The bare address of the first From field."""
    return parseaddr(_field(raw, "From"))[1]


def clean(text: str) -> str:
    """`text` as a database and a page can hold it: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _field(raw: bytes, name: str) -> str:
    # The older policy: the newer one raises on some hostile fields as soon as they are looked at.
    message = BytesParser(policy=policy.compat32).parsebytes(raw.partition(b"\r\n\r\n")[0])
    value = message.get(name, "")
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, ValueError, HeaderParseError):  # an unknown charset, or bytes unfit for it
        text = str(value)
    return " ".join(clean(text).split())


def _body(raw: bytes, kind: str) -> str:
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
        part = message.get_body((kind,))
        content = part.get_content() if part is not None else ""
    except Exception:  # email's parser raises many kinds of error on hostile mail
        return ""
    return clean(str(content)).replace("\r\n", "\n")
