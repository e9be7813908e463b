"""What the shell of every page needs to know: the menus as this user sees them, and the bell.

Only entries that work are shown: those whose address exists (the trial's exist in a trial alone)
and that the user's role may open.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from approvals.models import ApprovalRequest
from console.help import topic_of
from console.menus import ADMIN, BELOW_GROUPS, MAIN, PERSONAL, Entry
from console.people.openid import sign_in_links
from core.alerts.models import Alert
from core.pages import count_of
from core.people.models import User
from core.roles import Permission, allowed, roles_of
from items.family import Family, family_named
from items.listings import query_of
from items.proposals.views import to_decide
from items.rights import seen_items
from items.trail import places
from policies.items import GROUPS
from policies.models import ComputerGroup

MAX_GROUPS = 50  # computer groups shown
MAX_ALERTS = 20


@dataclass(frozen=True)
class GroupLinks:
    """A computer group with its application policies and its computers."""

    name: str
    url: str
    policies_url: str
    computers_url: str
    current: bool
    policies_current: bool
    computers_current: bool


@dataclass(frozen=True)
class Link:
    """An entry as one user sees it on one page."""

    entry: Entry
    url: str
    current: bool


class Navigation:
    """The shell's view of one request. Nothing is asked of the database before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def main(self) -> list[Link]:
        return self._links(MAIN)

    @property
    def below_groups(self) -> list[Link]:
        """What follows the computer groups."""
        return self._links(BELOW_GROUPS)

    @property
    def providers(self) -> list[tuple[str, str]]:
        """Of the sign-in page: other ways in, each with its address."""
        return sign_in_links(self._request)

    @property
    def personal(self) -> list[Link]:
        """Of the user menu."""
        return self._links(PERSONAL)

    @property
    def help_url(self) -> str:
        """Of the help about the page that is shown."""
        return topic_of(self._request).url

    @property
    def search_url(self) -> str:
        return reverse("search")

    @property
    def searched(self) -> str:
        """What the page that is shown was searched for."""
        match = self._request.resolver_match
        return query_of(self._request) if match and match.url_name == "search" else ""

    @property
    def theme_url(self) -> str:
        return reverse("theme")

    @property
    def themes(self) -> list[tuple[str, str]]:
        """The switch of the user menu; there is little room."""
        return [(theme.value, str(theme.label if theme else "Device")) for theme in User.Theme]

    @property
    def admin(self) -> list[tuple[str, list[Link]]]:
        groups = [(group.label, self._links(group.entries)) for group in ADMIN]
        return [(label, links) for label, links in groups if links]

    @cached_property
    def groups(self) -> list[GroupLinks]:
        """The computer groups, by name."""
        if not allowed(self._request, Permission.ITEMS_VIEW):
            return []
        policies, computers = reverse("policies:list"), reverse("agents:list")
        path, here = self._request.path, self._policy_groups
        listed = self._request.GET.get("group", "") if path == computers else ""
        return [
            GroupLinks(
                group.name,
                url := reverse("computer_groups:detail", args=[group.pk]),
                f"{policies}?group={group.pk}",
                f"{computers}?group={group.pk}",
                current=path.startswith(url),
                policies_current=str(group.pk) in here,
                computers_current=str(group.pk) == listed,
            )
            for group in seen_items(GROUPS, roles_of(self._request.user)).order_by("name")[
                :MAX_GROUPS
            ]
        ]

    @property
    def _policy_groups(self) -> set[str]:
        """The groups whose list of policies is shown, or to which the policy that is shown belongs."""
        match = self._request.resolver_match
        if match is None or self._family is None or self._family.namespace != "policies":
            return set()
        if "item_id" in match.kwargs:
            groups = ComputerGroup.objects.filter(policies=match.kwargs["item_id"])
            return {str(key) for key in groups.values_list("pk", flat=True)}
        return {self._request.GET.get("group", "")}

    @cached_property
    def _family(self) -> Family | None:
        """The family of items whose page this is."""
        match = self._request.resolver_match
        return family_named(match.namespaces[0]) if match and match.namespaces else None

    @cached_property
    def pending(self) -> int:
        """How many requests wait, up to one more than `MAX_COUNT`."""
        if not allowed(self._request, Permission.APPROVALS_VIEW):
            return 0
        return count_of(ApprovalRequest.objects.open())

    @cached_property
    def alerts(self) -> list[Alert]:
        """Open alerts, newest first, for administrators, who can resolve them."""
        if not allowed(self._request, Permission.ITEMS_CHANGE):
            return []
        return list(Alert.objects.filter(closed_at__isnull=True)[:MAX_ALERTS])

    @cached_property
    def proposals(self) -> int:
        """How many proposals of others wait for this administrator."""
        user = self._request.user
        if not isinstance(user, User) or not allowed(self._request, Permission.PROPOSALS_ACCEPT):
            return 0
        return to_decide(user).count()

    @property
    def bell(self) -> int:
        return self.pending + self.proposals + len(self.alerts)

    @property
    def signed_in_url(self) -> str:
        """A small page, by which a script learns whether the session is there."""
        return reverse("keyboard")

    @property
    def home_url(self) -> str:
        return reverse("home")

    @property
    def pending_url(self) -> str:
        """The list of those that `pending` counts."""
        return reverse("approvals:request_list")

    @property
    def proposals_url(self) -> str:
        """The list of those that `proposals` counts."""
        return reverse("proposals:list") + "?state=open"

    @property
    def counts_url(self) -> str:
        """Where the counts of navigation and bell are asked for again."""
        return reverse("approvals:counts")

    def _links(self, entries: tuple[Entry, ...]) -> list[Link]:
        links = []
        for entry in entries:
            with suppress(NoReverseMatch):
                if allowed(self._request, entry.permission):
                    links.append(Link(entry, reverse(entry.url_name), self._is_current(entry)))
        return links

    def _is_current(self, entry: Entry) -> bool:
        match = self._request.resolver_match
        if match is None:
            return False
        if entry.place:
            places_here = [place.trail for place in places() if place.url_name == match.view_name]
            here = self._family.trail if self._family else next(iter(places_here), ())
            return here[: len(entry.place)] == entry.place
        return match.view_name == entry.url_name or bool(
            entry.area and entry.area in match.namespaces
        )


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation` in every template."""
    return {"navigation": Navigation(request)}
