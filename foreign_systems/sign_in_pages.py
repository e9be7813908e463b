"""Sign In… on a credential's page: a person signs in, and the refresh token is stored.

The session keeps what has been begun, encrypted where it is secret: so only the browser in which the
password was entered can end it. The page asks the token server whenever it is loaded and it's time to.
"""

import math
import secrets
import time
import uuid
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.actors import Actor
from core.audit.services import record
from core.encryption import decrypt, encrypt
from foreign_systems.models import Credential
from foreign_systems.sign_in import (
    NotYet,
    SignInFailed,
    ask_for_code,
    browser_address,
    browser_link,
    device_address,
    new_secret,
    refused,
    store,
    token_for_browser,
    token_for_code,
)
from items.author import Author
from items.confirm import ConfirmForm
from items.services import StaleItem
from items.views.base import FamilyFormView
from items.views.detail import ItemPage

BEGUN: Final = "credential_sign_in"  # in the session; one at a time
LIVES: Final = 900.0  # seconds that a browser may take to come back
_PURPOSE: Final = "sign-in of a credential"
_CHANGED: Final = "The credential was changed meanwhile. Sign in again."


def ways_to_sign_in(credential: Credential) -> list[str]:
    """`browser` and `device`, as far as it's known where; none unless a refresh token is wanted."""
    if credential.method != Credential.Method.REFRESH_TOKEN:
        return []
    known = {
        "browser": browser_address(credential.token_url, credential.authorize_url),
        "device": device_address(credential.token_url, credential.device_url),
    }
    return [way for way, address in known.items() if address]


class CredentialSignIn(ItemPage, FamilyFormView):
    """GET shows how far it is, POST begins or gives up."""

    def get(self, request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
        item = self._credential(item_id)
        begun = request.session.get(BEGUN)
        if begun is None or begun["credential"] != str(item.pk):
            return self._show(item)
        try:
            _refuse_if_over(item, begun)
            if begun["way"] == "browser":
                link = browser_link(
                    item, state=begun["state"], verifier=_opened(begun), back=back()
                )
                return self._show(item, begun, link=link, host=urlsplit(link).hostname)
            if time.time() >= begun["next"]:
                token = token_for_code(item, _opened(begun), begun["interval"])
                return finish(request, item, token)
        except NotYet as wait:
            begun |= {"interval": wait.interval, "next": time.time() + wait.interval}
            request.session[BEGUN] = begun
            return self._show(item, begun, trouble=wait.trouble)
        except SignInFailed as failure:
            del request.session[BEGUN]
            return self._show(item, failure=str(failure))
        return self._show(item, begun)

    def post(self, request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
        item = self._credential(item_id)
        if "cancel" in request.POST:
            request.session.pop(BEGUN, None)
            return redirect(self.family.url_of(item))
        form = ConfirmForm(request.POST, confirm=self.confirm)
        if not self.is_valid(form):
            return self._show(item, form=form, status=422)
        way = request.POST.get("way", "")
        if way not in ways_to_sign_in(item):
            return self._show(item, failure="This credential can't be signed in for like that.")
        if not item.scope:
            return self._show(item, failure="Enter the Scope in the credential first, and save it.")
        self._record(item, way)
        try:
            request.session[BEGUN] = _begin(item, way)
        except SignInFailed as failure:
            return self._show(item, failure=str(failure))
        return redirect(self.family.url_of(item, "sign_in"))

    def _credential(self, item_id: uuid.UUID) -> Credential:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        assert isinstance(item, Credential)
        return item

    def _record(self, item: Credential, way: str) -> None:
        """Before it is begun: the client's secret goes to this address."""
        facts = {
            "name": item.name,
            "account": item.account_name,
            "address": item.token_url,
            "way": way,
            "via": Author.of(self.request).via,
        }
        with transaction.atomic():
            record(
                actor=Actor.of_user(self.user),
                verb="begin sign-in",
                kind="credential",
                object_id=item.pk,
                facts=facts,
            )

    def _show(
        self,
        item: Credential,
        begun: dict[str, Any] | None = None,
        *,
        form: ConfirmForm | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        context = {
            **self.page_context(item),
            "ways": ways_to_sign_in(item),
            "form": form or ConfirmForm(confirm=self.confirm),
            "begun": begun,
            "back": back(),
            **more,
        }
        seconds = 0
        if begun and begun["way"] == "device":
            seconds = max(1, math.ceil(begun["next"] - time.time()))
            context["seconds"] = seconds
        page = render(
            self.request, "foreign_systems/credential_sign_in.html", context, status=status
        )
        if seconds:
            page["Refresh"] = str(seconds)  # without scripts too
        return page


class SignedIn(FamilyFormView):
    """Where the provider sends the browser back to: one address for all credentials."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.refuse_unless_may_change()
        begun: dict[str, Any] = request.session.get(BEGUN) or {}
        item = self.rows().filter(pk=begun.get("credential")).first()
        if item is None or begun["way"] != "browser":
            messages.error(request, "No sign-in was begun here. Begin on the credential's page.")
            return redirect(reverse("credentials:list"))
        self.refuse_unless_may_change(item)
        given = request.GET
        try:
            if not secrets.compare_digest(given.get("state", "").encode(), begun["state"].encode()):
                raise SignInFailed("The answer is of another sign-in. Sign in again.")
            del request.session[BEGUN]  # it counts once; what a strange link brings ends nothing
            _refuse_if_over(item, begun)
            if "error" in given:
                raise refused(given["error"], given.get("error_description", ""))
            token = token_for_browser(
                item, code=given.get("code", ""), verifier=_opened(begun), back=back()
            )
        except SignInFailed as failure:
            messages.error(request, str(failure))
            return redirect(self.family.url_of(item, "sign_in"))
        return finish(request, item, token)


def back() -> str:
    """The redirect URI, which the client has to be registered with."""
    return f"{settings.PUBLIC_URL}{reverse('credentials:signed_in')}"


def finish(request: HttpRequest, item: Credential, token: str) -> HttpResponse:
    """Store the refresh token and go to the credential's page."""
    request.session.pop(BEGUN, None)
    try:
        store(item, token, by=Author.of(request))
    except StaleItem:
        messages.error(request, _CHANGED)
        return redirect("credentials:sign_in", item.pk)
    messages.success(
        request,
        "Signed in. The refresh token is stored encrypted. Test the connection of what uses it.",
    )
    return redirect("credentials:detail", item.pk)


def _begin(item: Credential, way: str) -> dict[str, Any]:
    """What the session keeps. Raises SignInFailed."""
    now = time.time()
    begun: dict[str, Any] = {"credential": str(item.pk), "version": item.version, "way": way}
    if way == "browser":
        kept = {"state": new_secret(), "until": now + LIVES, "secret": _sealed(new_secret())}
        return begun | kept
    code = ask_for_code(item)
    return begun | {
        "secret": _sealed(code.device_code),
        "user_code": code.user_code,
        "address": code.address,
        "until": now + code.life,
        "interval": code.interval,
        "next": now + code.interval,
    }


def _refuse_if_over(item: Credential, begun: dict[str, Any]) -> None:
    if begun["version"] != item.version:  # another client, or another address
        raise SignInFailed(_CHANGED)
    if time.time() >= begun["until"]:
        raise SignInFailed("The code has expired. Start again.")


def _sealed(secret: str) -> str:
    return encrypt(secret.encode(), _PURPOSE).decode()


def _opened(begun: dict[str, Any]) -> str:
    try:
        return decrypt(begun["secret"].encode(), _PURPOSE).decode()
    except InvalidToken:  # its key was dropped
        raise SignInFailed("The code has expired. Start again.") from None
