"""The page of one computer, and the tab of its policy events."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agents.pages.lists import COMPUTERS, computers_for, state_of, state_words, tone_of
from approvals.models import ApprovalRequest, Grant
from approvals.pages.request_page import FACT_LINKS
from core.roles import Permission, allowed, requires, roles_of
from items.areas import Tab
from items.trail import crumbs
from policies.event_pages import EVENTS, of_events
from policies.models import Computer
from policies.seen import seen_events

SHOWN = 10  # requests, and grants
TEMPLATE = "agents/computer_detail.html"


@requires(Permission.ITEMS_VIEW)
@require_safe
def computer_detail(request: HttpRequest, computer_id: uuid.UUID) -> HttpResponse:
    """What is known of a computer, its newest requests and the grants in force on it."""
    return render(request, TEMPLATE, computer_context(request, computer_id))


@requires(Permission.ITEMS_VIEW)
@require_safe
def computer_events(request: HttpRequest, computer_id: uuid.UUID) -> HttpResponseBase:
    """Its policy events."""
    computer = _computer(request, computer_id)
    rows = of_events(seen_events(roles_of(request.user)).filter(computer=computer))
    template = "agents/computer_events.html"
    return EVENTS.answer(request, rows, template, **_frame(request, computer, "events"))


def computer_context(request: HttpRequest, computer_id: uuid.UUID) -> dict[str, Any]:
    """The context of the computer's page, also behind its dialogs."""
    computer = _computer(request, computer_id)
    requests = ApprovalRequest.objects.filter(computer_id=computer.pk).without_texts()
    grants = Grant.objects.valid().filter(request__computer_id=computer.pk)
    return {
        **_frame(request, computer, "detail"),
        "requests": requests.order_by("-created_at", "-number")[:SHOWN],
        "grants": grants.select_related("request").with_use_count()[:SHOWN],
        "state": state_of(computer),
    }


def computer_url(http: HttpRequest, asked: ApprovalRequest) -> str:
    """Of the page of the request's computer, for whoever sees it; else ""."""
    seen = computers_for(roles_of(http.user)).filter(pk=asked.computer_id)
    return reverse("agents:detail", args=[asked.computer_id]) if seen.exists() else ""


FACT_LINKS["Computer"] = computer_url


def _computer(request: HttpRequest, computer_id: uuid.UUID) -> Computer:
    return get_object_or_404(computers_for(roles_of(request.user)), pk=computer_id)


def _frame(request: HttpRequest, computer: Computer, tab: str) -> dict[str, Any]:
    pages = [("detail", "General"), ("events", "Policy Events")]
    return {
        "computer": computer,
        "tone": tone_of(computer),
        "state_words": state_words(computer),
        "tabs": [
            Tab(label, reverse(f"agents:{page}", args=[computer.pk]), page == tab)
            for page, label in pages
        ],
        "crumbs": crumbs(COMPUTERS[:-1]),
        "may_change": allowed(request, Permission.ITEMS_CHANGE),
    }
