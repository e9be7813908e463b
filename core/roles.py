"""Who may do what: roles, their permissions, and the decorator with which views require them.

A view names either a `Permission` or the roles themselves: the pages of items have those that their
kind of item declares (`Access`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import resolve
from django.utils.http import url_has_allowed_host_and_scheme

from core.people.models import User

View = Callable[..., HttpResponseBase]
SESSION_ENDED: Final = (
    "Your session has ended, and what you just sent wasn't saved. Sign in, then send it again."
)


class Permission(Enum):
    """What a role may allow."""

    HOME = auto()  # every signed-in person
    APPROVALS_VIEW = auto()
    APPROVALS_DECIDE = auto()
    MAIL_QUEUE_VIEW = auto()  # mail of all directions, without the messages as received
    MAIL_QUEUE_CHANGE = auto()  # have mail tried again, withdraw it
    MAIL_RAW = auto()  # messages as received
    REPORTS_VIEW = auto()  # they tell of all platforms
    TRIAL_MAILBOX = auto()
    ITEMS_VIEW = auto()
    ITEMS_CHANGE = auto()
    PEOPLE_VIEW = auto()  # who has which role, account and address
    PROPOSALS_VIEW = auto()  # one's own; with PEOPLE_VIEW all
    PROPOSALS_ACCEPT = auto()


ADMINISTRATORS, AUDITORS = "Administrators", "Auditors"
HELPDESK, USERS = "Helpdesk", "Users"
WINDOWS_ADMINISTRATORS = "Windows Administrators"
MACOS_ADMINISTRATORS = "macOS Administrators"
LINUX_ADMINISTRATORS = "Unix/Linux Administrators"
_READ = frozenset({Permission.HOME, Permission.APPROVALS_VIEW, Permission.ITEMS_VIEW})
_READ_ALL = _READ | {Permission.REPORTS_VIEW}


@dataclass(frozen=True)
class Role:
    """What a role allows. `about`: what its holders may do, as a sentence that begins with a verb."""

    about: str
    permissions: frozenset[Permission]
    platform: str = ""  # whose items alone it sees and changes, as items store it


def _of_platform(platform: str, label: str) -> Role:
    return Role(
        f"Change the policies, filters, actions and computer groups of {label} alone, and see no "
        "others. See approval requests and the rest of the configuration.",
        _READ | {Permission.PROPOSALS_VIEW},
        platform,
    )


ROLES: dict[str, Role] = {
    ADMINISTRATORS: Role("See and change everything, people included.", frozenset(Permission)),
    AUDITORS: Role(
        "See everything, messages as received and people included. Change and decide nothing.",
        _READ_ALL
        | {Permission.MAIL_QUEUE_VIEW, Permission.MAIL_RAW}
        | {Permission.PEOPLE_VIEW, Permission.PROPOSALS_VIEW},
    ),
    HELPDESK: Role(
        "Decide approval requests in Manage Approvals, but never their own. See the configuration.",
        _READ_ALL | {Permission.APPROVALS_DECIDE},
    ),
    WINDOWS_ADMINISTRATORS: _of_platform("windows", "Windows"),
    MACOS_ADMINISTRATORS: _of_platform("macos", "macOS"),
    LINUX_ADMINISTRATORS: _of_platform("linux", "Unix/Linux"),
    USERS: Role(
        "See approval requests and the configuration. Change and decide nothing.", _READ_ALL
    ),
}
Roles = frozenset[str]
PLATFORM_ADMINISTRATORS: Roles = frozenset(name for name, role in ROLES.items() if role.platform)
# Those who change something, or decide.
CHANGING: Roles = PLATFORM_ADMINISTRATORS | {ADMINISTRATORS, HELPDESK}
# A user's rows with a password that nobody can enter: none was set.
WITHOUT_PASSWORD: Final = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


@dataclass(frozen=True)
class Access:
    """The roles that may see items of one kind, and those that may change them."""

    view: Roles = frozenset(ROLES)
    change: Roles = frozenset({ADMINISTRATORS})


BY_PLATFORM = Access(change=frozenset({ADMINISTRATORS}) | PLATFORM_ADMINISTRATORS)


def roles_of(user: User | AnonymousUser) -> Roles:
    """The user's roles; superusers and staff get none for being that."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    cached: Roles | None = getattr(user, "_roles", None)
    if cached is None:
        cached = frozenset(user.groups.values_list("name", flat=True)) & frozenset(ROLES)
        user._roles = cached  # type: ignore[attr-defined]
    return cached


def platforms_of(roles: Roles) -> frozenset[str]:
    """The platforms that these roles administer."""
    return frozenset(ROLES[name].platform for name in roles if ROLES[name].platform)


def sees_all(roles: Roles) -> bool:
    """Whether these roles see items and computers of every platform, not only of `platforms_of`."""
    return bool(roles - PLATFORM_ADMINISTRATORS)


def platforms_seen(roles: Roles) -> frozenset[str]:
    """The platforms alone whose computers a replay for these roles is about; empty for all."""
    return frozenset() if sees_all(roles) else platforms_of(roles)


def set_roles(user: User, roles: Iterable[str]) -> None:
    """Give the person exactly these roles; groups that are no roles stay as they are."""
    chosen = [Group.objects.get_or_create(name=role)[0] for role in roles]
    user.groups.set([*chosen, *user.groups.exclude(name__in=ROLES)])


class LastAdministrator(Exception):
    """The change would leave nobody who can sign in as an administrator."""


@contextmanager
def keeping_an_administrator() -> Iterator[None]:
    """Change roles in the block. Raises LastAdministrator if that took the last one's.

    Changes of people come one at a time, so no other change is going on.
    """
    there_was_one = administrators().exists()
    yield
    if there_was_one and not administrators().exists():
        raise LastAdministrator


def holders_of(role: str) -> QuerySet[User]:
    """Those who have the role and aren't disabled."""
    return User.objects.filter(is_active=True, groups__name=role).order_by("created_at", "pk")


def administrators() -> QuerySet[User]:
    """Those who can sign in as administrators: a password is set, or they have signed in before."""
    able = ~WITHOUT_PASSWORD | Q(last_login__isnull=False)
    return User.objects.filter(able, is_active=True, groups__name=ADMINISTRATORS)


def roles_with(permission: Permission) -> Roles:
    """The roles that hold `permission`."""
    return frozenset(name for name, role in ROLES.items() if permission in role.permissions)


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """All that the user's roles allow; nothing as long as a required second factor is missing."""
    if getattr(user, "lacks_factor", False):  # console/people sets it
        return frozenset()
    return frozenset().union(*(ROLES[name].permissions for name in roles_of(user)))


def allowed(request: HttpRequest, permission: Permission) -> bool:
    """Whether the request's user has `permission`."""
    return permission in permissions_of(request.user)


def may_open(user: User | AnonymousUser, url: str) -> bool:
    """Whether the user's roles open the console's page at `url`, which may have a query."""
    roles: Roles = getattr(resolve(url.partition("?")[0]).func, "roles", frozenset(ROLES))
    return bool(roles & roles_of(user))


def requires(needed: Permission | Roles) -> Callable[[View], View]:
    """Restrict a view to users with this permission or one of these roles. Others get 403; anonymous
    users get the sign-in page.
    """
    roles = needed if isinstance(needed, frozenset) else roles_with(needed)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES:
                    messages.warning(request, SESSION_ENDED)
                return redirect_to_login(_page_of(request))
            if not roles & roles_of(request.user):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            if response.status_code == 405 and request.method == "GET":
                page = render(request, "405.html", status=405)
                page["Allow"] = response["Allow"]
                return page
            return response

        guarded.roles = roles  # type: ignore[attr-defined]  # read by the test of all URLs
        return guarded

    return decorate


def _page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: of a form, the page that it was on, since what takes it may not
    be one.
    """
    came = request.headers.get("Referer", "") if request.method == "POST" else ""
    if url_has_allowed_host_and_scheme(came, {request.get_host()}):
        page = urlsplit(came)._replace(scheme="", netloc="", fragment="").geturl()
        if url_has_allowed_host_and_scheme(page, None):  # //x/ is another host
            return page
    return request.get_full_path()


def open_to_all(reason: str) -> Callable[[View], View]:
    """Mark a view as open to anonymous users, with the reason (read by the test of all URLs)."""

    def decorate(view: View) -> View:
        view.open_because = reason  # type: ignore[attr-defined]
        return view

    return decorate
