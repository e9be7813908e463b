"""What the tabs of the Mail Queue share: their places in the menus, the frame, the request's column."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.roles import Permission, allowed, roles_with
from core.tables import Column
from items.areas import Tab
from items.trail import Trail, crumbs, place, url_at

_SEES = roles_with(Permission.MAIL_QUEUE_VIEW)
MAIL_QUEUE = place(("Admin", "Tools", "Mail Queue"), "mail_queue:outgoing", _SEES)
OUTGOING = place((*MAIL_QUEUE, "Outgoing"), "mail_queue:outgoing", _SEES)
INCOMING = place((*MAIL_QUEUE, "Incoming"), "mail_queue:incoming", _SEES)
PREVIEWS = place((*MAIL_QUEUE, "Previews"), "mail_queue:previews", _SEES)

REQUEST = Column(
    "Request",
    lambda mail: f"PM-{mail.request_id}" if mail.request_id else "",
    link=lambda mail: (
        reverse("approvals:request_detail", args=[mail.request_id]) if mail.request_id else ""
    ),
)


def frame(http: HttpRequest, tab: Trail) -> dict[str, Any]:
    """The context of every page of the Mail Queue."""
    return {
        "crumbs": crumbs(MAIL_QUEUE)[:-1],  # the last one is the heading
        "tabs": [
            Tab(each[-1], url_at(each), each == tab) for each in (OUTGOING, INCOMING, PREVIEWS)
        ],
        "may_act": allowed(http, Permission.MAIL_QUEUE_CHANGE),
    }
