"""Home, and the page for those who may not open another one."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from console.charts import requests_per_day, times_to_decision
from console.home import (
    PERIODS,
    PRESET_PERIOD,
    checklist,
    first_approval_went_through,
    tiles,
)
from console.people.profile import with_theme
from console.rankings import top_policies, top_programs
from core.people.models import User
from core.roles import ADMINISTRATORS, Permission, allowed, requires, roles_of

MAX_NAMED = 5  # administrators whom a user without a role is told to ask


@requires(Permission.HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The next step until the first approval has gone through; figures of `?days=` from then on."""
    if first_approval_went_through():
        roles, now = roles_of(request.user), timezone.now()
        wanted = request.GET.get("days", "")
        days = next((each for each in PERIODS if str(each) == wanted), PRESET_PERIOD)
        since = now - timedelta(days=days)
        context = {
            "tiles": tiles(roles, days, now=now),
            "days": days,
            "periods": PERIODS,
            "charts": [requests_per_day(days, now=now), times_to_decision(days, now=now)],
            "policies": top_policies(roles, since=since),
            "programs": top_programs(since=since),
            "events_by_policy": reverse("reports:report", args=["events-by-policy"])
            if allowed(request, Permission.REPORTS_VIEW)
            else "",
        }
    else:
        steps = checklist(roles_of(request.user))
        context = {
            "steps": steps,
            "done": sum(step.done for step in steps),
            "next_step": next((step for step in steps if not step.done), None),
        }
    return render(request, "console/home.html", context)


@requires(Permission.HOME)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The switch in the user menu: how pages look to this person, and back to the page."""
    wanted, back = request.POST.get("theme", ""), request.POST.get("back", "")
    assert isinstance(request.user, User)
    if wanted in User.Theme.values:
        request.user.theme = wanted
        request.user.save(update_fields=["theme"])
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("home")
    return with_theme(redirect(back), request.user.theme)


def no_access(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, whatever refused it. A signed-in user without a role learns whom to ask for one."""
    user = getattr(request, "user", None)
    without_role = isinstance(user, User) and not roles_of(user)
    administrators = (
        User.objects.filter(is_active=True, groups__name=ADMINISTRATORS).order_by(
            "created_at", "pk"
        )[:MAX_NAMED]
        if without_role
        else ()
    )
    context = {
        "has_role": not without_role,
        "administrators": [person.display_name for person in administrators],
    }
    return render(request, "403.html", context, status=403)
