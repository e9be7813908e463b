"""Messages as they were received: text only, for those who may read raw mail."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.models import IncomingMail
from approvals.pages.request_queue import MANAGE_APPROVALS
from core.dialogs import varied, wants_fragment
from core.logs import without_tokens
from core.roles import Permission, requires
from core.text import visible_parts
from items.trail import Crumb, crumbs

MAX_SHOWN = 200_000  # bytes; the page says how many more there are


@requires(Permission.MAIL_RAW)
@never_cache
@require_safe
def raw_message(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """The message's source. Nothing of it is ever markup; lines stay lines."""
    mail = get_object_or_404(IncomingMail.objects.select_related("request"), pk=mail_id)
    raw = mail.raw()
    if mail.request is None or mail.request.is_pending:
        # Encoded bodies hide tokens from any mask, and these may still decide.
        raw = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    source = raw[:MAX_SHOWN].decode("utf-8", "backslashreplace").replace("\r\n", "\n").rstrip()
    source = without_tokens(source)
    steps = crumbs(MANAGE_APPROVALS)
    if mail.request is not None:
        steps.append(Crumb(str(mail.request), mail.request.get_absolute_url()))
    context = {
        "crumbs": steps,
        "mail": mail,
        "lines": [visible_parts(line.expandtabs()) for line in source.split("\n")],
        "left_out": max(0, mail.size - MAX_SHOWN),
    }
    part = "approvals/raw_source.html" if wants_fragment(request) else "approvals/raw_message.html"
    return varied(render(request, part, context))
