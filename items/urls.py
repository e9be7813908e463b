"""The addresses of every family's pages, each with the roles that its family declares."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, include, path

from core.roles import requires
from items.family import Family, families
from items.views.detail import ItemDetail, ItemRelated
from items.views.dialogs import ItemCreate, ItemDelete, ItemDuplicate
from items.views.export import ItemExport
from items.views.history import ItemHistory, ItemRestore
from items.views.lists import ItemList


def item_patterns() -> list[URLResolver]:
    """The pages of all registered families."""
    return [
        path(family.path, include((list(_pages(family)), family.namespace)))
        for family in families()
    ]


def _pages(family: Family) -> Iterator[URLPattern]:
    may_view, may_change = requires(family.access.view), requires(family.access.change)
    one = "<uuid:item_id>/"
    yield path("", may_view(ItemList.as_view(family=family)), name="list")
    yield path(one, may_view(ItemDetail.as_view(family=family)), name="detail")
    yield path(f"{one}related/", may_view(ItemRelated.as_view(family=family)), name="related")
    yield path(f"{one}history/", may_view(ItemHistory.as_view(family=family)), name="history")
    if family.in_files:
        yield path(f"{one}export/", may_view(ItemExport.as_view(family=family)), name="export")
    restore = may_change(ItemRestore.as_view(family=family))
    yield path(f"{one}history/<int:version>/restore/", restore, name="restore")
    yield path(f"{one}delete/", may_change(ItemDelete.as_view(family=family)), name="delete")
    if family.may_create:
        yield path("create/", may_change(ItemCreate.as_view(family=family)), name="create")
    if family.may_duplicate:
        duplicate = may_change(ItemDuplicate.as_view(family=family))
        yield path(f"{one}duplicate/", duplicate, name="duplicate")
    for route, view, name in family.more_tabs:
        yield path(route, may_view(view.as_view(family=family)), name=name)
    for route, view, name in family.more_pages:
        yield path(route, may_change(view.as_view(family=family)), name=name)
