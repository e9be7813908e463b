"""Try It, on a filter's page: which of the newest policy events the filter matches."""

import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.dialogs import varied, wants_fragment
from core.roles import roles_of
from core.tables import Table
from items.forms import ItemForm
from items.views.detail import ItemDetail
from policies.engine import Event
from policies.engine.filters import FilterSettings
from policies.event_pages import EVENTS, of_events
from policies.models import Filter, PolicyEvent
from policies.patterns import built
from policies.seen import seen_events

NEWEST: Final = 5_000  # events tried at most
SECONDS: Final = 2.0  # somebody is waiting for the page
SHOWN: Final = 20
_TABLE = Table(tuple(replace(column, sort="") for column in EVENTS.columns))


@dataclass
class Tried:
    """What a filter says about the newest events."""

    tested: int = 0
    matching: int = 0
    in_doubt: int = 0  # what was kept of them leaves it open
    shown: list[uuid.UUID] = field(default_factory=list)  # the newest that match
    is_cut: bool = False  # there was no time for more


def tried(
    settings: FilterSettings, events: QuerySet[PolicyEvent], *, seconds: float = SECONDS
) -> Tried:
    """Test the newest of `events`, each at the time when it happened, for about `seconds`."""
    found, end = Tried(), time.monotonic() + seconds
    rows = events.order_by("-at", "-id").values_list("pk", "at", "event", "dropped")
    for key, at, values, dropped in rows[:NEWEST].iterator(chunk_size=500):
        if time.monotonic() > end:
            found.is_cut = True
            break
        found.tested += 1
        try:
            event = Event.stored(values)
        except ValueError:
            found.in_doubt += 1
            continue
        if settings.matches(event, at):
            found.matching += 1
            found.shown += [key] if len(found.shown) < SHOWN else []
        elif dropped or settings.matches(event, at, doubt=True):
            found.in_doubt += 1
    return found


class FilterTry(ItemDetail):
    """Tries the filter as it stands in the form, saved or not; one that is read-only as it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        assert isinstance(item, Filter)
        if item.is_read_only or not self.may_change_item(item):
            return self._answer(item, None)
        form = self.form(item, request.POST)
        if form.is_valid():
            return self._answer(item, form)
        if not wants_fragment(request):
            return self.show(self.item(item_id), form, status=422)
        errors = [error for of_field in form.errors.values() for error in of_field]
        context: dict[str, Any] = {"errors": errors}
        return varied(render(request, "policies/filter_tried.html", context, status=422))

    def _answer(self, item: Filter, form: ItemForm | None) -> HttpResponse:
        events = seen_events(roles_of(self.user))
        if item.platform:  # as typed: the form has set it
            events = events.filter(computer__platform=item.platform)
        context: dict[str, Any]
        try:
            settings = built(item)
        except ValueError as error:  # stored by another version
            context = {"errors": [f"This filter can't be used: {error}."]}
        else:
            found = tried(settings, events)
            rows = of_events(PolicyEvent.objects.filter(pk__in=found.shown)).order_by("-at", "-id")
            context = {
                "tried": found,
                "tests_nothing": settings.is_empty,
                "headings": _TABLE.headings(self.request, ""),
                "rows": [_TABLE.cells(row) for row in rows],
            }
        if wants_fragment(self.request):
            return varied(render(self.request, "policies/filter_tried.html", context))
        stored = self.item(item.pk)
        return varied(self.show(stored, form or self.form(stored), **context))
