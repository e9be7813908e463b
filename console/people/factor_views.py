"""The pages of the second factor: allauth's views in the console's pages, with its rules.

Whoever adds or removes one has entered the password lately. Pages ask for that before they open: no
POST is kept in the session, as allauth's own way would.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods

from core.actors import Actor
from core.audit.services import record
from core.people.models import User
from core.people.password import SessionEnded, enter_again, needs_password
from core.roles import Permission, View, requires
from items.confirm import ConfirmForm

WANTED: Final = "wanted_page"  # in the session: asked for before a required factor was there


class ConfirmIdentityForm(ConfirmForm):
    """Nothing but the password."""

    @cached_property
    def is_right(self) -> bool:
        return self.password_is_right


@requires(Permission.HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Asks for the password, then goes to `?next=`, a path of this host."""
    person = request.user
    assert isinstance(person, User)
    form = ConfirmIdentityForm(request.POST or None, confirm=person)
    if request.method == "POST":
        try:
            if form.typed_password:
                enter_again(request, person, lambda: form.is_right)
        except SessionEnded:
            messages.error(request, "Too many wrong passwords. You are signed out.")
            return redirect("account_login")
        if form.is_valid():
            path = request.GET.get("next", "")
            safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
            return redirect(path if safe else "security")
    context = {"form": form, "title": "Confirm your identity"}
    status = 422 if form.errors else 200
    return render(request, "console/people/confirm_identity.html", context, status=status)


def identified(view: Callable[..., HttpResponseBase]) -> View:
    """For signed-in people who have entered the password lately; others are asked for it first."""

    @wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if needs_password(request):
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('confirm_identity')}?{query}")
        return view(request, *args, **kwargs)

    return requires(Permission.HOME)(confirmed)


class _Recorded:
    """Writes what the form has done into the audit trail, in the same transaction."""

    verb = ""
    request: HttpRequest

    def form_valid(self, form: forms.Form) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view
            person = self.request.user
            assert isinstance(person, User)
            actor, facts = Actor.of_user(person), {"factor": self.factor()}
            record(actor=actor, verb=self.verb, kind="user", object_id=person.pk, facts=facts)
        return response

    def factor(self) -> str:
        return "authenticator app"


class AddApp(_Recorded, ActivateTOTPView):
    """Shows the secret of an authenticator app, and takes its first code."""

    template_name = "mfa/add_app.html"
    verb = "add second factor"


class RemoveApp(_Recorded, DeactivateTOTPView):
    template_name = "mfa/remove.html"
    verb = "remove second factor"
    extra_context = {"title": "Remove the authenticator app?"}


class AddPasskey(_Recorded, AddWebAuthnView):
    template_name = "mfa/add_passkey.html"
    verb = "add second factor"

    def factor(self) -> str:
        return "passkey"


class RemovePasskey(_Recorded, RemoveWebAuthnView):
    template_name = "mfa/remove.html"
    verb = "remove second factor"
    extra_context = {"title": "Remove this passkey?"}
    success_url = reverse_lazy("security")

    def factor(self) -> str:
        return "passkey"


class RecoveryCodes(ViewRecoveryCodesView):
    """The codes, right after they were made and never again; then on to what was wanted before."""

    template_name = "mfa/recovery_codes.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        waits = WANTED in self.request.session
        onward = reverse("second_factor_required" if waits else "security")
        return {**super().get_context_data(**more), "onward": onward}


class NewRecoveryCodes(_Recorded, GenerateRecoveryCodesView):
    template_name = "mfa/remove.html"
    verb = "make recovery codes"
    extra_context = {"title": "Make new recovery codes?", "renews": True}

    def factor(self) -> str:
        return "recovery codes"


def own_factors(user: User) -> dict[str, Any]:
    """What the page of one's own second factors shows."""
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    kinds = Authenticator.Type
    codes = next((each for each in factors if each.type == kinds.RECOVERY_CODES), None)
    return {
        "app": next((each for each in factors if each.type == kinds.TOTP), None),
        "passkeys": [each for each in factors if each.type == kinds.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
    }
