"""Who may do what: the roles, their permissions, and the decorator by which views name theirs."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from pmconsole.people.models import User

View = Callable[..., HttpResponseBase]


class Permission(StrEnum):
    HOME = "home"  # every signed-in person
    APPROVALS_VIEW = "approvals.view"
    APPROVALS_DECIDE = "approvals.decide"
    MAIL_RAW = "mail.raw"  # messages as received
    TRIAL_MAILBOX = "trial.mailbox"
    ITEMS_VIEW = "items.view"
    ITEMS_CHANGE = "items.change"


_READ = frozenset({Permission.HOME, Permission.APPROVALS_VIEW, Permission.ITEMS_VIEW})
ROLES: dict[str, frozenset[Permission]] = {
    "Administrators": frozenset(Permission),
    "Auditors": _READ | {Permission.MAIL_RAW},
    "Helpdesk": _READ | {Permission.APPROVALS_DECIDE},
    "Users": _READ,
}


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """All that the user's roles allow; nobody gets anything by being a superuser or staff."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    cached: frozenset[Permission] | None = getattr(user, "_permissions", None)
    if cached is None:
        names = user.groups.values_list("name", flat=True)
        cached = frozenset().union(*(ROLES.get(name, frozenset()) for name in names))
        user._permissions = cached  # type: ignore[attr-defined]
    return cached


def allowed(request: HttpRequest, permission: Permission | str) -> bool:
    """Whether the request's user has `permission`."""
    return Permission(permission) in permissions_of(request.user)


def requires(permission: Permission | str) -> Callable[[View], View]:
    """Only for users with `permission`: others get 403, anonymous ones the sign-in page."""
    needed = Permission(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if needed not in permissions_of(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = needed  # type: ignore[attr-defined]  # read by the test of all URLs
        return guarded

    return decorate


def open_to_all(reason: str) -> Callable[[View], View]:
    """Mark a view that needs no session, and say why (read by the test of all URLs)."""

    def decorate(view: View) -> View:
        view.open_because = reason  # type: ignore[attr-defined]
        return view

    return decorate
