"""The navigation as data, and what the shell of every page needs to know.

Only entries that work are shown: those whose address exists (the trial's exist in a trial alone)
and that the user's role may open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from approvals.models import ApprovalRequest
from pmconsole.alerts.models import Alert
from pmconsole.roles import Permission, allowed

COUNT_STOPS = 999  # counting further costs time and tells nobody anything


@dataclass(frozen=True)
class Entry:
    """One place. `area` is the URL namespace whose pages all belong to it."""

    label: str
    url_name: str
    permission: Permission
    icon: str = ""
    area: str = ""
    counts_pending: bool = False


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as one user sees it on one page."""

    entry: Entry
    url: str
    current: bool


MAIN = (Entry("Home", "home", Permission.HOME, icon="home"),)
ADMIN = (
    Group(
        "Tools",
        (
            Entry(
                "Manage Approvals",
                "approvals:request_list",
                Permission.APPROVALS_VIEW,
                area="approvals",
                counts_pending=True,
            ),
            Entry("Trial Mailbox", "trial:mailbox", Permission.TRIAL_MAILBOX, area="trial"),
        ),
    ),
)


class Navigation:
    """The shell's view of one request. Nothing is asked of the database before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def main(self) -> list[Link]:
        return list(self._links(MAIN))

    @property
    def admin(self) -> list[tuple[str, list[Link]]]:
        groups = [(group.label, list(self._links(group.entries))) for group in ADMIN]
        return [(label, links) for label, links in groups if links]

    @cached_property
    def pending(self) -> int:
        """How many requests wait, up to one more than `COUNT_STOPS`."""
        if not allowed(self._request, Permission.APPROVALS_VIEW):
            return 0
        return ApprovalRequest.objects.open()[: COUNT_STOPS + 1].count()

    @cached_property
    def alerts(self) -> list[Alert]:
        """Open trouble, newest first; it is administrators who can put it right."""
        if not allowed(self._request, Permission.ITEMS_CHANGE):
            return []
        return list(Alert.objects.filter(closed_at__isnull=True)[:20])

    @property
    def bell(self) -> int:
        return self.pending + len(self.alerts)

    @property
    def counts_url(self) -> str:
        """Where the counts of navigation and bell are asked for again."""
        return _address("approvals:counts")

    def _links(self, entries: tuple[Entry, ...]) -> Iterator[Link]:
        for entry in entries:
            url = _address(entry.url_name)
            if url and allowed(self._request, entry.permission):
                yield Link(entry, url, self._is_current(entry))

    def _is_current(self, entry: Entry) -> bool:
        match = self._request.resolver_match
        if match is None:
            return False
        return match.view_name == entry.url_name or bool(
            entry.area and entry.area in match.namespaces
        )


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation` in every template."""
    return {"navigation": Navigation(request)}
