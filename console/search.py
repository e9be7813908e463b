"""The search in the masthead: items of every family, computers and requests by a part of their name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from approvals.models import ApprovalRequest
from approvals.models.requests import request_number
from core.roles import Permission, Roles, allowed, requires, roles_of
from items.family import families
from items.listings import query_of
from items.rights import seen_items
from policies.seen import seen_computers

SHOWN: Final = 8  # of each list; the list itself has the others


@dataclass(frozen=True)
class Found:
    """What one list has: its first hits, each a name, a description and an address."""

    heading: str
    hits: list[tuple[str, str, str]]
    more_url: str  # the list with all of them; "" where these are all


def find(query: str, roles: Roles) -> Iterator[Found]:
    """What somebody with these roles sees of it, list by list; a query for each."""
    words = urlencode({"q": query})
    for family in sorted(families(), key=lambda family: family.plural):
        if roles & family.access.view and not family.single:
            rows = seen_items(family, roles).filter(family.matching(query)).order_by("name_key")
            items = list(rows[: SHOWN + 1])
            hits = [(item.name, item.description, family.url_of(item)) for item in items]
            yield _found(family.plural, hits, f"{family.url}?{words}")
    computers = seen_computers(roles).filter(name__icontains=query).order_by("name_key")
    hits = [
        (
            computer.name,
            computer.get_platform_display(),
            reverse("agents:detail", args=[computer.pk]),
        )
        for computer in computers.without_keys()[: SHOWN + 1]
    ]
    yield _found("computers", hits, f"{reverse('agents:list')}?{words}")


@requires(Permission.HOME)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What `?q=` finds. The number of a request, such as PM-12, leads to it."""
    query, found = query_of(request), []
    number = request_number(query)
    if number is not None and allowed(request, Permission.APPROVALS_VIEW):
        asked = ApprovalRequest.objects.filter(pk=number).first()
        if asked is not None:
            return redirect("approvals:request_detail", asked.number)
    if query and allowed(request, Permission.ITEMS_VIEW):
        found = [each for each in find(query, roles_of(request.user)) if each.hits]
    context = {"heading": "Search", "query": query, "found": found}
    return render(request, "console/search.html", context)


def _found(plural: str, hits: list[tuple[str, str, str]], url: str) -> Found:
    return Found(capfirst(plural), hits[:SHOWN], url if len(hits) > SHOWN else "")
