"""Home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.home import DAYS, checklist, first_approval_went_through, tiles
from core.roles import Permission, requires


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
