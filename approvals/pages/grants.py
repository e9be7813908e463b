"""Active grants and taking one back."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from approvals.errors import GrantGone
from approvals.models import Grant
from approvals.pages.described import covered
from approvals.pages.dialogs import RECORD, show_dialog
from approvals.pages.search import matching
from approvals.services import revoke_grant
from core.dialogs import go_to, show_over
from core.pages import page_of
from core.people.models import User
from core.roles import allowed, requires


@requires("approvals.view")
@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    """Grants that may still be used, the newest first."""
    return render(request, "approvals/grant_list.html", _list_context(request))


@requires("approvals.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def grant_revoke(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST takes the grant back. What had ended already is said, with 409."""
    grant = get_object_or_404(Grant.objects.select_related("request"), pk=grant_id)
    gone = ""
    if request.method == "POST":
        assert isinstance(request.user, User)
        try:
            revoke_grant(grant_id=grant_id, by=request.user.display_name)
        except GrantGone as refused:
            gone = refused.message
        else:
            return _done(request, grant)
    return _ask(request, grant, gone)


def _list_context(http: HttpRequest) -> dict[str, object]:
    query = http.GET.get("q", "").strip()[:200]
    valid = Grant.objects.valid().filter(matching(query, prefix="request__"))
    page = page_of(
        valid.select_related("request").prefetch_related("uses", "request__decisions"),
        http,
        by="granted_at",
        descending=True,
    )
    return {
        "tab": "grants",
        "query": query,
        "page": page,
        "rows": [(grant, covered(grant)) for grant in page.rows],
        "may_decide": allowed(http, "approvals.decide"),
    }


def _from_record(http: HttpRequest) -> bool:
    return (http.POST if http.method == "POST" else http.GET).get("back") == RECORD


def _back_url(http: HttpRequest, grant: Grant) -> str:
    if _from_record(http):
        return reverse("approvals:request_detail", args=[grant.request_id])
    return reverse("approvals:grant_list")


def _ask(http: HttpRequest, grant: Grant, gone: str) -> HttpResponse:
    context = {
        "grant": grant,
        "asked": grant.request,
        "gone": gone,
        "covered": covered(grant),
        "back": RECORD if _from_record(http) else "",
        "back_url": _back_url(http, grant),
    }
    template, status = "approvals/revoke_dialog.html", 409 if gone else 200
    if _from_record(http):
        return show_dialog(http, template, context, asked=grant.request, status=status)
    return show_over(
        http,
        template,
        context,
        page="approvals/grant_list.html",
        behind=lambda: _list_context(http),
        status=status,
    )


def _done(http: HttpRequest, grant: Grant) -> HttpResponse:
    messages.success(
        http, f"The grant of {grant.request} is revoked. It takes effect at the next execution."
    )
    return go_to(http, _back_url(http, grant))
