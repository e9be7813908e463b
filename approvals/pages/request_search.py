"""The search field of Manage Approvals. It finds only what an index can find."""

import re

from django.db.models import Q

from approvals.models.requests import request_number
from core.search import begins

_HASH = re.compile(r"[0-9a-f]{64}\Z", re.IGNORECASE)


def matching(query: str, *, prefix: str = "") -> Q:
    """Requests with exactly this number or hash; else with a user, computer or file beginning so.

    A user's name may have its domain before it, as in `EXAMPLE\\alice`.

    `prefix` leads from the searched table to the request, such as "request__".
    """
    if not query:
        return Q()
    number = request_number(query, bare=True)
    if number is not None:
        return Q(**{f"{prefix}number": number})
    if _HASH.match(query):
        return Q(**{f"{prefix}sha256": query.lower()})
    domain, backslash, user = query.partition("\\")
    if backslash:
        of_domain = Q(**{f"{prefix}account__istartswith": f"{domain}\\"})
        return begins(user, f"{prefix}user_start") & of_domain
    return begins(query, *(f"{prefix}{name}_start" for name in ("user", "computer", "file")))
