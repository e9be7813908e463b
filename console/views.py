"""Home, and the page for those who may not open another one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.home import DAYS, checklist, first_approval_went_through, tiles
from core.people.models import User
from core.roles import ADMINISTRATORS, Permission, requires, roles_of

MAX_NAMED = 5  # administrators whom a user without a role is told to ask


@requires(Permission.HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The next step until the first approval has gone through; figures from then on."""
    if first_approval_went_through():
        context = {"tiles": tiles(now=timezone.now()), "days": DAYS}
    else:
        steps = checklist()
        context = {
            "steps": steps,
            "done": sum(step.done for step in steps),
            "next_step": next((step for step in steps if not step.done), None),
        }
    return render(request, "console/home.html", context)


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
