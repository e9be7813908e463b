"""What the Trial Mailbox shows: captured messages by day, and the one that is open."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.tokens import invitation_of_reply, token_in
from core.ids import uuid_of
from trial.messages import CapturedMessage, read_message
from trial.models import CapturedMail

PARTS = {"html": "HTML", "text": "Text", "source": "Source"}


@dataclass(frozen=True)
class Place:
    """What a mailbox address says: whose mail, which message, which part of it."""

    to: str = ""
    mail: uuid.UUID | None = None
    part: str = "html"

    @classmethod
    def of(cls, request: HttpRequest) -> "Place":
        """From the query; what makes no sense is left out."""
        part = request.GET.get("part", "")
        mail = uuid_of(request.GET.get("m", ""))
        to = request.GET.get("to", "").strip()[:254]
        return cls(to=to, mail=mail, part=part if part in PARTS else "html")

    def url(self, **changes: object) -> str:
        """The mailbox's address for this place with some changes."""
        values = {"to": self.to, "m": self.mail, "part": self.part} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('trial:mailbox')}?{query}"


@dataclass(frozen=True)
class Opened:
    """The message that is shown."""

    mail: CapturedMail
    message: CapturedMessage

    @cached_property
    def approval_request(self) -> ApprovalRequest | None:
        """The request that an answer to it would decide; None where none is awaited."""
        token = token_in(self.message.reply_to)
        invitation = invitation_of_reply(token) if token else None
        return invitation.request if invitation else None

    @property
    def decision_link(self) -> str:
        return self.message.decision_link(settings.PUBLIC_URL)

    @property
    def facts(self) -> list[tuple[str, str]]:
        rows = [
            ("From", self.message.sender),
            ("To", self.mail.recipient),
            ("Reply-To", self.message.reply_to),
        ]
        return [(label, text) for label, text in rows if text]


@dataclass(frozen=True)
class Line:
    """One message in the list."""

    mail: CapturedMail
    url: str
    current: bool


def messages_to(to: str) -> "QuerySet[CapturedMail]":
    """Captured mail, the newest first; of one recipient unless `to` is empty."""
    mails = CapturedMail.objects.order_by("-id")
    return mails.filter(recipient__iexact=to) if to else mails


def recipients() -> list[str]:
    """Everybody who has got mail."""
    return list(
        CapturedMail.objects.order_by("recipient").values_list("recipient", flat=True).distinct()
    )


def opened(place: Place, shown: list[CapturedMail]) -> Opened | None:
    """The message that the place names, else the newest one shown."""
    mail = CapturedMail.objects.filter(pk=place.mail).first() if place.mail else None
    mail = mail or (shown[0] if shown else None)
    return Opened(mail, read_message(mail.raw())) if mail else None


def parts_of(message: CapturedMessage) -> list[str]:
    """Which of PARTS the message has; its source always."""
    return [part for part in PARTS if part == "source" or getattr(message, part)]


def lines_of(message: CapturedMessage, part: str) -> list[str]:
    """The lines of a part that is shown as text."""
    if part == "html":
        return []
    text = message.text if part == "text" else message.source
    return text.rstrip().expandtabs(4).replace("\r\n", "\n").split("\n")


def by_day(
    mails: Iterable[CapturedMail], place: Place, current: uuid.UUID | None
) -> list[tuple[str, list[Line]]]:
    """(words for the day, its messages), the newest first."""
    lines = [Line(mail, place.url(m=mail.pk), mail.pk == current) for mail in mails]
    days = groupby(lines, key=lambda line: timezone.localtime(line.mail.at).date())
    return [(_day_words(day), list(group)) for day, group in days]


def _day_words(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%-d %b %Y}"
