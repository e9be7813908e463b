"""Mail Queue: Retry Now and Cancel, of one mail or of several."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.errors import MailNotChanged
from approvals.models import OutgoingMail
from approvals.pages.mail_queue.outgoing import (
    TEMPLATE,
    outgoing_context,
    outgoing_mail_context,
)
from approvals.services.mail_queue import cancel_mail, retry_mail
from core.actors import Actor
from core.dialogs import go_to, show_over
from core.ids import uuid_of
from core.pages import ROWS
from core.people.models import User
from core.roles import Permission, requires


@dataclass(frozen=True)
class Verb:
    """What can be done with mails, and the words for it."""

    key: str
    label: str
    done: str
    act: Callable[..., OutgoingMail]


VERBS = {
    "retry": Verb("retry", "Retry Now", "will be tried now", retry_mail),
    "cancel": Verb("cancel", "Cancel", "won't be sent", cancel_mail),
}


@requires(Permission.MAIL_QUEUE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_mails(request: HttpRequest) -> HttpResponse:
    """GET asks about the ticked mails (`row`, `verb`), POST does it with each by itself."""
    given = request.POST if request.method == "POST" else request.GET
    verb = VERBS.get(given.get("verb", ""), VERBS["retry"])
    rows = filter(None, map(uuid_of, given.getlist("row")[:ROWS]))  # anything else is ignored
    chosen = list(OutgoingMail.objects.filter(pk__in=rows))
    # On the mail's own page the dialog is about that mail.
    single = chosen[0] if given.get("back") == "record" and len(chosen) == 1 else None
    back = reverse("mail_queue:mail", args=[single.pk]) if single else _list_url(request)
    if request.method == "POST" and chosen:
        _change(request, verb, chosen)
        return go_to(request, back)
    context = {
        "chosen": chosen,
        "verb": verb,
        "back": "record" if single else "",
        "back_url": back,
    }
    page = "approvals/mail_queue/mail.html" if single else TEMPLATE
    return show_over(
        request,
        "approvals/mail_queue/change_dialog.html",
        context,
        page=page,
        behind=lambda: (
            outgoing_mail_context(request, single.pk) if single else outgoing_context(request)
        ),
    )


def _change(http: HttpRequest, verb: Verb, chosen: list[OutgoingMail]) -> None:
    assert isinstance(http.user, User)
    by, done = Actor.of_user(http.user), 0
    for mail in chosen:
        try:
            verb.act(mail_id=mail.pk, by=by)
            done += 1
        except MailNotChanged as error:
            messages.error(http, f"{mail}: {error.message}")
        except OutgoingMail.DoesNotExist:
            messages.error(http, f"{mail}: It was just deleted.")
    if done:
        messages.success(http, f"{done} email{'' if done == 1 else 's'} {verb.done}.")


def _list_url(http: HttpRequest) -> str:
    """The list as it was narrowed, where the browser says so."""
    url, here = reverse("mail_queue:outgoing"), getattr(http, "htmx", None)
    current = getattr(here, "current_url_abs_path", None) or ""
    return current if current.partition("?")[0] == url else url
