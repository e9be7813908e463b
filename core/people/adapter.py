"""How allauth signs people in here: there is no self-registration."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.actors import Actor
from core.audit.services import record
from core.people.attempts import Attempt, lock_words
from core.people.models import User
from core.people.password import password_was_entered

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Only administrators create accounts; error messages use the console's wording."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "Incorrect user name or password.",
        "email_password_mismatch": "Incorrect user name or password.",
        "too_many_login_attempts": "Too many attempts. Wait a minute, then try again.",
    }

    def is_safe_url(self, url: str | None) -> bool:
        """Whether `?next=` may be followed: only to a path of this host, named by no name at all.

        allauth would go to every one of ALLOWED_HOSTS, which includes localhost.
        """
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; allauth takes it back if the password is right."""
        name = str(credentials.get("email") or credentials.get("username") or "").strip()
        self._login_failed_rl_usage = Attempt.of_name(request, name)
        if self._login_failed_rl_usage.refused:
            raise ValidationError(f"Too many failed attempts. Wait {lock_words()}, then try again.")

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """The console's pages ask for the password before they open, with limits of their own."""
        return False

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        with transaction.atomic():
            actor = Actor.of_user(user)
            facts = {"by": sorted(_methods(request, user))}
            record(actor=actor, verb="sign in", kind="user", object_id=user.pk, facts=facts)
        password_was_entered(request)
        response: HttpResponse = super().post_login(request, user, **more)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Told only to whoever knows the password."""
        messages.error(request, "This account is disabled. Ask an administrator to enable it.")
        return redirect(settings.LOGIN_URL)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # Not in the audit trail, and without the name: people type passwords into that field.
        log.warning("sign_in_refused", address=self.get_client_ip(request))


def _methods(request: HttpRequest, user: User) -> set[str]:
    """By what the person has proved who they are: "password", "totp", "webauthn"."""
    records = get_authentication_records(request, user)
    return {str(each.get("type") or each["method"]) for each in records}
