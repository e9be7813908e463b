"""Mail Queue, Incoming: the list of messages that came in, and how each was read, step by step."""

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.models import IncomingMail
from approvals.models.requests import request_number
from approvals.pages.mail_queue.places import INCOMING, REQUEST, frame
from approvals.pages.reply_reading import reply_state
from approvals.pages.timeline import reply_event
from core.roles import Permission, allowed, requires
from core.search import begins
from core.tables import Column
from items.listings import Choice, Listing, Options
from items.trail import Crumb, crumbs

TEMPLATE = "approvals/mail_queue/incoming.html"
_NOT_READ = [IncomingMail.State.STORED, IncomingMail.State.FAILED]


def outcome_words(mail: IncomingMail) -> str:
    """What became of it: its outcome, or that it wasn't read."""
    if mail.state == IncomingMail.State.STORED:
        return "Waiting to be read"
    return mail.get_outcome_display() or mail.get_state_display()


def _outcomes() -> Options:
    not_read = [(str(state.value), outcome_words(IncomingMail(state=state))) for state in _NOT_READ]
    return [*((str(o.value), str(o.label)) for o in IncomingMail.Outcome), *not_read]


def _of_outcome(rows: Any, value: str) -> Any:
    return rows.filter(state=value) if value in _NOT_READ else rows.filter(outcome=value)


def _matching(query: str) -> Q:
    """Messages about a request, or from an address beginning so."""
    number = request_number(query)
    return begins(query, "sender_start") if number is None else Q(request_id=number)


INCOMING_LIST = Listing(
    noun="incoming message",
    plural="incoming messages",
    columns=(
        Column(
            "From",
            lambda mail: mail.sender or "not read",
            link=lambda mail: reverse("mail_queue:message", args=[mail.pk]),
            width="wide",
        ),
        Column("Read As", outcome_words, tone=reply_state),
        Column("Reason", lambda mail: mail.reason, place="below"),
        REQUEST,
        Column("Came By", lambda mail: mail.source, width="fit"),
        Column("Received", lambda mail: mail.received_at, sort="received_at", width="fit"),
    ),
    sort="-received_at",
    choices=(Choice("outcome", "Read as", _outcomes, _of_outcome),),
    dates="received_at",
    search=_matching,
    searched="Sender, PM-n",
    search_help="Enter the beginning of a sender's address, or a request number such as PM-12.",
    blank_icon="reply",
    blank_title="No message has come in yet.",
    blank_text="Replies of approvers appear here, with how each was read. What your mail server hands "
    "over is stored before it is read.",
)


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
def incoming(request: HttpRequest) -> HttpResponseBase:
    """Messages that came in, the newest first; parameters as for `outgoing`."""
    rows = IncomingMail.objects.defer("encrypted_raw", "encrypted_recipients", "reading")
    return INCOMING_LIST.answer(request, rows, TEMPLATE, **frame(request, INCOMING))


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
def incoming_message(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """One message: how it was read, and what that led to."""
    messages = IncomingMail.objects.defer("encrypted_raw", "encrypted_recipients")
    related = messages.select_related("request", "invitation", "returned", "duplicate_of")
    mail = get_object_or_404(related, pk=mail_id)
    context = {
        **frame(request, INCOMING),
        "crumbs": [*crumbs(INCOMING[:-1]), Crumb("Incoming", reverse("mail_queue:incoming"))],
        "mail": mail,
        "state": reply_state(mail),
        "state_words": outcome_words(mail),
        "event": reply_event(mail),
        "may_read_raw": allowed(request, Permission.MAIL_RAW),
    }
    return render(request, "approvals/mail_queue/message.html", context)
