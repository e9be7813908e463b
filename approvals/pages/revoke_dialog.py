"""Taking a grant back: a dialog, then the verb."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from approvals.errors import GrantGone
from approvals.models import Grant
from approvals.pages.dialogs import (
    behind_grant_dialog,
    behind_request_dialog,
    from_request_page,
    show_dialog,
)
from approvals.pages.forms import RevokeForm
from approvals.pages.request_facts import covered
from approvals.services import revoke_grant
from approvals.services.notices import requester_address
from core.actors import Actor
from core.dialogs import go_to
from core.people.models import User
from core.roles import Permission, requires


@requires(Permission.APPROVALS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def grant_revoke(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """GET asks why, POST revokes the grant. If it has ended already, the dialog says so, with 409."""
    grant = get_object_or_404(Grant.objects.select_related("request"), pk=grant_id)
    behind = behind_grant_dialog()
    if from_request_page(request):
        behind = behind_request_dialog(grant.request)
    gone = ""
    form = RevokeForm(request.POST if request.method == "POST" else None)
    is_told = requester_address(grant.request)
    form.fields["reason"].help_text = (
        f"{grant.request.short_account} can read it."
        if is_told
        else "It is kept with the approval."
    )
    if form.is_valid():
        assert isinstance(request.user, User)
        reason = form.cleaned_data["reason"]
        try:
            revoke_grant(grant_id=grant_id, by=Actor.of_user(request.user), reason=reason)
        except GrantGone as error:
            gone = error.message
        else:
            messages.success(
                request, f"Grant of {grant.request} revoked. It applies from the next run."
            )
            return go_to(request, behind.url)
    context = {
        "grant": grant,
        "form": form,
        "approval_request": grant.request,
        "gone": gone,
        "covered": covered(grant),
    }
    status = 409 if gone else 422 if form.is_bound else 200
    template = "approvals/revoke_dialog.html"
    return show_dialog(request, template, context, behind=behind, status=status)
