"""Mail Queue, Previews: a sample of each kind of email, before the first one leaves."""

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from approvals.letters.compose import Draft
from approvals.letters.kinds import REQUEST
from approvals.letters.previews import preview, previewed
from approvals.pages.mail_queue.places import PREVIEWS, frame
from core.roles import Permission, requires

_FRAME_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": [True],
}


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For a page of an email's HTML alone, in a frame of ours: it runs and loads nothing."""
    return xframe_options_sameorigin(csp(_FRAME_POLICY)(view))


def _sample(key: str) -> Draft:
    """Raises Http404 for what is no kind of mail."""
    kind = next((kind for kind in previewed() if kind.key == key), None)
    if kind is None:
        raise Http404
    return preview(kind, reply_address=settings.REPLY_ADDRESS, public_url=settings.PUBLIC_URL)


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
def previews(request: HttpRequest) -> HttpResponse:
    """`?kind=` chooses the kind of email, else the approval request is shown."""
    key = request.GET.get("kind", REQUEST.key)
    context = {
        **frame(request, PREVIEWS),
        "kinds": previewed(),
        "shown": key,
        "draft": _sample(key),
    }
    return render(request, "approvals/mail_queue/previews.html", context)


@requires(Permission.MAIL_QUEUE_VIEW)
@require_safe
@framed
def preview_html(request: HttpRequest, kind: str) -> HttpResponse:
    """The HTML part by itself: no script, no form, nothing loaded from anywhere."""
    html = _sample(kind).html
    if html is None:
        raise Http404
    return HttpResponse(html)
