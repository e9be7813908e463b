"""Areas of the menu such as Admin | Tasks: pages that share a heading, tabs and a tree of folders.

Tabs and folders are made from the menu paths of what the user may open: registering a family or a
page (`items.trail.place`) adds it.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from core.roles import roles_of
from items.family import Family, families
from items.trail import Crumb, Trail, crumbs, places

_DEPTH = 2  # steps of an area's menu path: ("Admin", "Tasks")
_tabs: defaultdict[Trail, tuple[str, ...]] = defaultdict(tuple)


@dataclass(frozen=True)
class Tab:
    """One tab as components/tabs.html shows it; `count` is shown beside the label unless 0."""

    label: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Folder:
    """A folder of the tree: a list of items, or further folders."""

    label: str
    url: str = ""
    current: bool = False
    count: int = 0
    folders: tuple["Folder", ...] = ()


def order_tabs(area: Trail, *labels: str) -> Trail:
    """Set the order of an area's tabs; tabs not named come last."""
    _tabs[area] = labels
    return area


class Area:
    """What surrounds the page at the menu path `trail`, as the request's user sees it.

    Queries run only when a template uses it.
    """

    def __init__(self, trail: Trail, request: HttpRequest) -> None:
        self.trail = trail
        self.top = trail[:_DEPTH]
        self.roles = roles_of(request.user)

    @property
    def label(self) -> str:
        return self.top[-1]

    @property
    def crumbs(self) -> list[Crumb]:
        """Up to the area, which is the page's heading."""
        return crumbs(self.top)[:-1]

    @property
    def tabs(self) -> list[Tab]:
        """Each links to its own page, else to the first page below it."""
        inside = {
            place.trail: place.url
            for place in places()
            if place.trail[:_DEPTH] == self.top
            and len(place.trail) > _DEPTH
            and place.roles & self.roles
        }
        tabs = []
        for label in dict.fromkeys([*_tabs[self.top], *(trail[_DEPTH] for trail in inside)]):
            tab = (*self.top, label)
            urls = [url for trail, url in inside.items() if trail[: _DEPTH + 1] == tab]
            if urls:
                here = self.trail[: _DEPTH + 1] == tab
                tabs.append(Tab(label, inside.get(tab, urls[0]), here))
        return tabs

    @cached_property
    def folders(self) -> tuple[Folder, ...]:
        """The tree of the tab that is open."""
        tab = self.trail[: _DEPTH + 1]
        within = [
            family
            for family in families()
            if family.trail[: _DEPTH + 1] == tab and family.access.view & self.roles
        ]
        return self._folders(within, depth=_DEPTH)

    def _folders(self, within: list[Family], *, depth: int) -> tuple[Folder, ...]:
        folders = []
        for label in dict.fromkeys(family.trail[depth] for family in within):
            inside = [family for family in within if family.trail[depth] == label]
            leaf = next((family for family in inside if len(family.trail) == depth + 1), None)
            if leaf is None:
                folders.append(Folder(label, folders=self._folders(inside, depth=depth + 1)))
            else:
                current, size = leaf.trail == self.trail, leaf.queryset().count()
                folders.append(Folder(label, leaf.url, current, size))
        return tuple(folders)
