"""The list of a family: search, sort, filters, pages, and the same rows as CSV."""

from functools import cached_property, partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import Truncator

from core.pages import Page, address, batches, page_of, sort_order
from core.roles import roles_of
from core.tables import Column, Table, csv_response
from items.family import ListFilter
from items.listings import Choice, Row, Select, query_of, selects_of
from items.models import Item
from items.relations import counts_of_users, in_use
from items.views.base import FamilyView

_USES = {"yes": "In use", "no": "Not used"}


def _of_use(model: type[Item], rows: Any, use: str) -> Any:
    used = in_use(model)
    return rows.filter(used) if use == "yes" else rows.exclude(used)


class ItemList(FamilyView):
    """`?q=` searches, `?sort=-name` sorts, `?kind=` and the family's filters narrow."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "csv":
            return self.as_csv()
        if self.family.single and (item := self.rows().filter(is_builtin=True).first()):
            return redirect(self.family.url_of(item))
        return render(request, self.family.list_template, self.context())

    def context(self) -> dict[str, Any]:
        """The context of the list's page, also behind the create dialog."""
        family, request, selects = self.family, self.request, self.selects
        base = self.base_context()
        page: Page[Item] = page_of(self.filtered(), request, **self.order)
        return {
            **base,
            "crumbs": base["crumbs"][:-1],  # the last one is the heading
            "page": page,
            "listing": family,
            **self.shown(page.rows),
            "query": self.query,
            "sort": request.GET.get("sort", ""),
            "sorted_by": self.sort,
            "selects": [select for select in selects if len(select.options) > 1],
            "narrowed": self.query or any(select.value for select in selects),
            "csv_url": address(request, format="csv"),
            "import_url": family.import_page if self.may_change else "",
            "create_url": self.create_url(selects) if self.may_change and family.may_create else "",
        }

    def create_url(self, selects: list[Select]) -> str:
        """Of the page that creates, which begins with what the list is narrowed to."""
        given = {s.filter.presets: s.value for s in selects if s.filter.presets and s.value}
        page = self.family.create_page
        return f"{page}?{urlencode(given)}" if given else page

    @property
    def query(self) -> str:
        return query_of(self.request)

    def filtered(self) -> QuerySet[Any]:
        """The items that the search and the filters leave."""
        rows = self.rows()
        if self.query:
            rows = rows.filter(self.family.matching(self.query))
        for select in self.selects:
            if select.value:
                rows = select.filter.narrow(rows, select.value)
        return rows

    @cached_property
    def selects(self) -> list[Select]:
        """The filters, each with the value chosen in the address."""
        family = self.family
        kinds = [(kind.key, kind.label) for kind in family.kinds]
        by_kind = ListFilter("kind", family.kind_label, "kind", lambda: kinds, presets="kind")
        by_use = Choice("use", "Use", lambda: list(_USES.items()), partial(_of_use, family.model))
        choices = [
            *([by_kind] if family.has_kinds else []),
            *family.filters,
            *([by_use] if family.counts_uses else []),
        ]
        return selects_of(self.request, choices)

    @property
    def sort(self) -> str:
        """ "field" or "-field"; the family's own if `?sort=` is unknown."""
        chosen = self.request.GET.get("sort", "")
        known = self.family.sort_expression(chosen.removeprefix("-")) is not None
        return chosen if known and chosen.removeprefix("-") else self.family.default_sort

    @property
    def order(self) -> dict[str, Any]:
        """`sort` as core.pages takes it."""
        order = sort_order(self.sort)
        return {**order, "by": self.family.sort_expression(order["by"])}

    def shown(self, items: list[Item]) -> dict[str, Any]:
        """The headings, and a row for each item of the page."""
        family = self.family
        columns = [
            Column("Name", lambda item: item.name, sort="name", link=family.url_of, width="wide"),
            Column("", lambda item: Truncator(item.description).chars(160), place="below"),
            *family.columns,
        ]
        if family.counts_uses:
            used = counts_of_users(family.model, [item.pk for item in items])
            columns.append(
                Column(
                    "Used by",
                    lambda item: str(used[item.pk]),
                    link=lambda item: family.url_of(item, "related") if used[item.pk] else "",
                    number=True,
                )
            )
        table, details = Table(columns), family.details(items, roles_of(self.user))
        return {
            "headings": table.headings(self.request, self.sort),
            "rows": [
                Row(item, table.cells(item), item.tags, family.hint(item), details.get(item.pk))
                for item in items
            ],
        }

    def as_csv(self) -> StreamingHttpResponse:
        """All rows of the list, filtered and sorted as shown."""
        columns = [
            Column("Name", lambda item: item.name),
            Column("Description", lambda item: item.description),
            *self.family.columns,
        ]
        rows = batches(self.filtered(), **self.order)
        return csv_response(self.request, self.family.plural, columns, rows)
