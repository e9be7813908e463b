"""What the search field of Manage Approvals finds: only what an index can find."""

import re
from collections.abc import Sequence

from django.db.models import Q

_NUMBER = re.compile(r"(?:PM-)?(\d{1,18})\Z", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{64}\Z", re.IGNORECASE)


def matching(query: str, *, prefix: str = "") -> Q:
    """What the search field finds: number or hash exactly, else user, computer, file by beginning.

    `prefix` leads from the searched table to the request, such as "request__".
    """
    text = query.strip()
    if not text:
        return Q()
    number = _NUMBER.match(text)
    if number:
        return Q(**{f"{prefix}number": int(number[1])})
    if _HASH.match(text):
        return Q(**{f"{prefix}sha256": text.lower()})
    names: Sequence[str] = ("account", "computer_name", "file_name")
    found = Q(**{f"{prefix}account__iendswith": f"\\{text}"})
    for name in names:
        found |= Q(**{f"{prefix}{name}__istartswith": text})
    return found
