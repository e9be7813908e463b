"""Who must have a second factor sets one up right after the password, and can do nothing else before."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.people.factor_views import WANTED
from console.people.openid import PROVIDER
from core.advanced.models import advanced
from core.advanced.settings import RequiredFrom
from core.dialogs import go_to, wants_fragment
from core.people.models import User
from core.people.sessions import is_poll
from core.roles import CHANGING, WITHOUT_PASSWORD, Permission, requires, roles_of

FACTORS: Final = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
# What somebody without the factor may open. Everything else leads to the first of them.
OPEN: Final = frozenset(
    {
        "second_factor_required",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "confirm_identity",
        "theme",
        "account_logout",
    }
)


class FactorFirst:
    """Middleware: as long as a required factor is missing, all pages but OPEN lead to setting one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        if not lacks_factor(request):
            return None
        request.user.lacks_factor = True  # type: ignore[union-attr]  # core/roles.py: permissions_of
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        if is_poll(request):
            return HttpResponseForbidden()
        if request.method == "GET" and not wants_fragment(request):
            request.session[WANTED] = request.get_full_path()
        return go_to(request, reverse("second_factor_required"))


def lacks_factor(request: HttpRequest) -> bool:
    """Whether this person signed in by password, must have a second factor, and has none."""
    required, person = advanced().second_factor, request.user
    if required == RequiredFrom.NOBODY or not isinstance(person, User):
        return False
    if any(PROVIDER in each for each in get_authentication_records(request, person)):
        return False
    if required == RequiredFrom.CHANGING and not CHANGING & roles_of(person):
        return False
    return not FACTORS.filter(user=person).exists()


def people_without_factor() -> QuerySet[User]:
    """Those who can sign in by password, must have a second factor, and have none."""
    required = advanced().second_factor
    has_one = Exists(FACTORS.filter(user=OuterRef("pk")))
    people = User.objects.filter(~WITHOUT_PASSWORD, ~has_one, is_active=True).order_by("name_key")
    if required == RequiredFrom.CHANGING:
        people = people.filter(groups__name__in=CHANGING).distinct()
    return people if required != RequiredFrom.NOBODY else people.none()


@requires(Permission.HOME)
@require_safe
def second_factor_required(request: HttpRequest) -> HttpResponse:
    """Says why, and asks which kind it shall be; leads on once there is one."""
    if lacks_factor(request):
        return render(request, "mfa/required.html")
    return redirect(request.session.pop(WANTED, "") or "home")
