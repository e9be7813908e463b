"""The Trial Mailbox: what approvers would receive, and answering it as they would."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.pages.mail_queue.previews import framed
from core.pages import page_of
from core.roles import Permission, requires
from items.trail import crumbs
from trial.answering import NotSent, build_reply, send
from trial.forms import FILLS, AnswerForm, filled
from trial.mailbox import (
    PARTS,
    Opened,
    Place,
    by_day,
    lines_of,
    messages_to,
    opened,
    parts_of,
    recipients,
)
from trial.messages import read_message
from trial.models import CapturedMail


@requires(Permission.TRIAL_MAILBOX)
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """`?m=` opens a message (else the newest), `?to=` filters, `?part=` is html, text or source."""
    place = Place.of(request)
    return render(request, "trial/mailbox.html", _context(request, place, AnswerForm()))


@requires(Permission.TRIAL_MAILBOX)
@require_POST
def answer(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """Send what was written, or (`fill`) put a button's words in and show the page again."""
    place = Place(mail=mail_id, to=Place.of(request).to, part=Place.of(request).part)
    mail = get_object_or_404(CapturedMail, pk=mail_id)
    shown = Opened(mail, read_message(mail.raw()))
    if "fill" in request.POST:
        text = filled(request.POST.get("answer", ""), request.POST["fill"])
        return _again(request, place, AnswerForm(initial={"answer": text}))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _again(request, place, form, status=422)
    if shown.approval_request is None:
        form.add_error(None, "This email doesn't ask for an answer, so nothing was sent.")
        return _again(request, place, form, status=409)
    raw = build_reply(
        shown.message,
        author=mail.recipient,
        answer=form.cleaned_data["answer"],
        now=timezone.localtime(),
    )
    try:
        send(raw, author=mail.recipient, to=shown.message.reply_to)
    except NotSent as error:
        form.add_error(None, f"The answer was not sent. {error}")
        return _again(request, place, form, status=502)
    return redirect(place.url(sent=1))


@requires(Permission.TRIAL_MAILBOX)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The poll: how many messages have come since the newest one shown."""
    place = Place.of(request)
    fresh = messages_to(place.to)
    if place.mail:
        fresh = fresh.filter(pk__gt=place.mail)
    context = {"fresh": fresh.order_by()[:1000].count(), "url": Place(to=place.to).url()}
    return render(request, "trial/news.html", context)


@requires(Permission.TRIAL_MAILBOX)
@require_safe
@framed
def frame(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """The HTML part by itself: no script, no form, nothing loaded from anywhere."""
    mail = get_object_or_404(CapturedMail, pk=mail_id)
    return HttpResponse(read_message(mail.raw()).html)


def _again(
    request: HttpRequest, place: Place, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "trial/mailbox.html", _context(request, place, form), status=status)


def _context(request: HttpRequest, place: Place, form: AnswerForm) -> dict[str, Any]:
    page = page_of(messages_to(place.to), request, by="at", descending=True)
    shown = opened(place, page.rows)
    newest = messages_to(place.to).values_list("pk", flat=True).first()
    current = shown.mail.pk if shown else None
    message = shown.message if shown else None
    parts = parts_of(message) if message else []
    part = place.part if place.part in parts else (parts or [""])[0]
    here = Place(to=place.to, mail=current, part=part)
    return {
        "crumbs": crumbs(("Admin", "Tools")),
        "place": place,
        "page": page,
        "days": by_day(page.rows, place, current),
        "news_url": f"{reverse('trial:news')}?{urlencode({'to': place.to, 'm': newest or ''})}",
        "people": [(to, Place(to=to).url()) for to in recipients()],
        "everyone_url": Place().url(),
        "shown": shown,
        "part": part,
        "parts": [(key, PARTS[key], here.url(part=key)) for key in parts],
        "lines": lines_of(message, part) if message else [],
        "form": form,
        "fills": FILLS,
        "sent": "sent" in request.GET,
    }
