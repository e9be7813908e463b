"""Mail Queue, Outgoing: the list of mails with the state of their servers, and the page of each."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.letters.compose import shown_text
from approvals.letters.kinds import KINDS
from approvals.models import OutgoingMail
from approvals.models.mail import OutgoingQuerySet
from approvals.models.requests import request_number
from approvals.pages.mail_queue.places import OUTGOING, REQUEST, frame
from approvals.pages.timeline import TimelineEvent, deliveries, joined
from approvals.reply.secrets import Mask
from core.roles import Permission, requires
from core.search import begins
from core.tables import Column
from foreign_systems.models import ForeignSystem, sender_of
from items.family import ListFilter
from items.listings import Choice, Listing, Options
from items.trail import crumbs

State = OutgoingMail.State
TEMPLATE = "approvals/mail_queue/outgoing.html"
WAITING, CAME_BACK = "waiting", "came-back"


def state_words(mail: OutgoingMail) -> str:
    """Its state in words: one that a server took may have come back since."""
    if mail.bounced_at:
        return "Came back"
    if mail.is_unfinished and mail.lease_until and mail.lease_until > timezone.now():
        return "Being sent"
    return mail.get_state_display()


def state_tone(mail: OutgoingMail) -> str:
    return "failed" if mail.bounced_at else mail.state


def words_of(mail: OutgoingMail) -> str:
    """The server's own words: what it wrote back, else what it answered last. No token is shown.

    Of mail from `with_newest_answer`.
    """
    newest: str | None = mail.newest_answer  # type: ignore[attr-defined]
    return Mask(settings.REPLY_ADDRESS).text(mail.report or mail.last_answer or newest or "")


def turn_words(mail: OutgoingMail) -> str:
    """When it is tried, if not at a time of its own."""
    if mail.waits_for is None:
        return ""
    return "with its digest" if mail.is_in_digest else "after another email"


def _next_try(mail: OutgoingMail) -> str | datetime:
    if words := turn_words(mail):
        return words
    at = mail.next_try
    if at is None:
        return ""
    return at if at > timezone.now() else "now"


def _of_state(rows: Any, state: str) -> Any:
    if state == WAITING:
        return rows.unfinished()
    if state == CAME_BACK:
        return rows.filter(bounced_at__isnull=False)
    return rows.filter(state=state)


def _states() -> Options:
    one_by_one = [(str(state.value), str(state.label)) for state in State]
    return [(WAITING, "Waiting to be sent"), *one_by_one, (CAME_BACK, "Came back")]


def _of_server(rows: Any, key: str) -> Any:
    """Mail that names no server goes by the default one."""
    default = ForeignSystem.objects.default()
    unnamed = Q(server__isnull=True) if default and str(default.pk) == key else Q()
    return rows.filter(Q(server=key) | unnamed)


def _servers() -> Options:
    servers = ForeignSystem.objects.smtp_servers().order_by("name")
    return [(str(key), name) for key, name in servers.values_list("pk", "name")]


def _matching(query: str) -> Q:
    """Mails of a request, with this Message-ID, or to an address beginning so."""
    number = request_number(query)
    if number is not None:
        return Q(request_id=number)
    if query.startswith("<"):
        return Q(message_id=query)
    return begins(query, "recipient_start")


OUTGOING_LIST = Listing(
    noun="outgoing email",
    plural="outgoing emails",
    columns=(
        Column(
            "To",
            lambda mail: mail.recipient,
            link=lambda mail: reverse("mail_queue:mail", args=[mail.pk]),
            width="wide",
        ),
        Column("Email", lambda mail: mail.kind.title, place="below"),
        Column("State", state_words, tone=state_tone),
        Column("Last Answer", words_of, place="below"),
        REQUEST,
        Column("Tries", lambda mail: str(mail.tries), number=True),
        Column("Next Try", _next_try, width="fit"),
        Column("Queued", lambda mail: mail.created_at, sort="created_at", width="fit"),
    ),
    sort="-created_at",
    choices=(
        Choice("state", "State", _states, _of_state),
        ListFilter(
            "email",
            "Email",
            "purpose",
            lambda: [(kind.key, kind.title) for kind in KINDS.values()],
        ),
        Choice("server", "Server", _servers, _of_server),
    ),
    dates="created_at",
    search=_matching,
    searched="Address, PM-n",
    search_help="Enter the beginning of an address, a request number such as PM-12, or a whole "
    "Message-ID with its angle brackets.",
    blank_icon="mail",
    blank_title="No email has been queued yet.",
    blank_text="Requests for approval, notices and reports appear here as soon as they are written.",
    bulk=("mail_queue:change", "approvals/mail_queue/bulk_buttons.html"),
)


@dataclass(frozen=True)
class ServerState:
    """An SMTP server above the list: whether mail goes through it, and if not, since when and why."""

    server: ForeignSystem
    reason: str
    since: datetime | None
    next_probe: datetime | None

    @property
    def url(self) -> str:
        return reverse("smtp_servers:detail", args=[self.server.pk])

    @property
    def is_due(self) -> bool:
        """Whether the next message may probe at once."""
        return self.next_probe is not None and self.next_probe <= timezone.now()


def server_states() -> list[ServerState]:
    """Every SMTP server, those in trouble first."""
    servers = ForeignSystem.objects.smtp_servers().select_related("circuit").order_by("name")
    states = [_server_state(server) for server in servers]
    return sorted(states, key=lambda state: state.next_probe is None)


def _server_state(server: ForeignSystem) -> ServerState:
    circuit = getattr(server, "circuit", None)
    if circuit is None or circuit.next_probe_at is None:
        return ServerState(server, "", None, None)
    return ServerState(server, circuit.reason, circuit.opened_at, circuit.next_probe_at)


def outgoing_rows() -> OutgoingQuerySet:
    return OutgoingMail.objects.with_next_probe().with_newest_answer()


def outgoing_context(http: HttpRequest) -> dict[str, Any]:
    """Of the list's page, also behind its dialogs."""
    return {**OUTGOING_LIST.context(http, outgoing_rows()), **_frame(http)}


def _frame(http: HttpRequest) -> dict[str, Any]:
    return {**frame(http, OUTGOING), "servers": server_states()}


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
def outgoing(request: HttpRequest) -> HttpResponseBase:
    """Mails that go out, the newest first. `?q=` searches, `?sort=` sorts, `?format=csv` downloads."""
    rows: QuerySet[OutgoingMail] = outgoing_rows()
    return OUTGOING_LIST.answer(request, rows, TEMPLATE, **_frame(request))


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
def outgoing_mail(request: HttpRequest, outgoing_id: uuid.UUID) -> HttpResponse:
    """One mail: what it says, each try, and what came back."""
    return render(
        request, "approvals/mail_queue/mail.html", outgoing_mail_context(request, outgoing_id)
    )


def outgoing_mail_context(http: HttpRequest, outgoing_id: uuid.UUID) -> dict[str, Any]:
    """Of a mail's page, also behind its dialogs. Raises Http404."""
    mails = outgoing_rows().select_related("request", "server", "draft", "invitation")
    mail = get_object_or_404(mails.prefetch_related("attempts", "reports"), pk=outgoing_id)
    server = mail.server or ForeignSystem.objects.default()
    return {
        **frame(http, OUTGOING),
        "crumbs": crumbs(OUTGOING[:-1]),
        "mail": mail,
        "sender": sender_of(mail.sender, server),
        "state": state_tone(mail),
        "state_words": state_words(mail),
        "server": server,
        "text": shown_text(mail.draft.text, mail.recipient),
        "subject": mail.draft.subject,
        "events": joined(delivery_events(mail)),
    }


def delivery_events(mail: OutgoingMail) -> list[TimelineEvent]:
    """That it was queued, each try, and what became of it."""
    queued = TimelineEvent(mail.created_at, f"{mail} queued", "mail", "info")
    return sorted([queued, *deliveries(mail)], key=lambda event: event.at)
