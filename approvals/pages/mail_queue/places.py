"""Where the pages of the Mail Queue are in the menus, and what surrounds each of its tabs."""

from typing import Any

from django.http import HttpRequest

from core.roles import Permission, allowed, roles_with
from items.areas import Tab
from items.trail import Trail, crumbs, place, url_at

_SEES = roles_with(Permission.MAIL_QUEUE_VIEW)
MAIL_QUEUE = place(("Admin", "Tools", "Mail Queue"), "mail_queue:outgoing", _SEES)
OUTGOING = place((*MAIL_QUEUE, "Outgoing"), "mail_queue:outgoing", _SEES)
INCOMING = place((*MAIL_QUEUE, "Incoming"), "mail_queue:incoming", _SEES)
PREVIEWS = place((*MAIL_QUEUE, "Previews"), "mail_queue:previews", _SEES)


def frame(http: HttpRequest, tab: Trail) -> dict[str, Any]:
    """The context of every page of the Mail Queue."""
    return {
        "crumbs": crumbs(MAIL_QUEUE)[:-1],  # the last one is the heading
        "tabs": [
            Tab(each[-1], url_at(each), each == tab) for each in (OUTGOING, INCOMING, PREVIEWS)
        ],
        "may_act": allowed(http, Permission.MAIL_QUEUE_CHANGE),
    }
