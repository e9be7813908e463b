"""Signing in by an OpenID Connect provider: whom its claims mean here, and what they say of them."""

import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET

from core.actors import Actor
from core.people.models import Identity, User
from core.people.selectors import people_with_address, people_with_mailbox, those_with_exactly
from core.people.validators import validate_address
from core.roles import LastAdministrator, keeping_an_administrator, set_roles
from core.text import name_key
from foreign_systems.items import OPENID_PROVIDERS
from foreign_systems.models import ForeignSystem
from foreign_systems.openid.fetch import OpenIdError
from foreign_systems.openid.protocol import Client, Handshake, address_to_sign_in, claims_of
from foreign_systems.openid.settings import OpenIdSettings
from items.author import Author
from items.family import Panel
from items.guards import take_turn
from items.services import StaleItem, changing, note_creation

_KEY: Final = "openid"
PROVIDER: Final = "provider"  # in what the session knows of a sign-in by one: its id
LIVES: Final = 15 * 60  # seconds that signing in at the provider may take
log = structlog.get_logger(__name__)


def redirect_address(system: ForeignSystem) -> str:
    """Where the provider sends people back to; it has to be registered there."""
    return f"{settings.PUBLIC_URL}{reverse('openid_callback', args=[system.pk])}"


OPENID_PROVIDERS.panels.append(
    Panel(
        "console/people/redirect_address.html",
        lambda system: {"address": redirect_address(system)},
    )
)


class Unknown(Exception):
    """Nobody here is who the provider says signed in."""


@dataclass(frozen=True)
class Provider:
    """An enabled provider with its settings."""

    system: ForeignSystem
    settings: OpenIdSettings

    @property
    def author(self) -> Author:
        return Author(Actor.of_system(f"provider {self.system.name}"[:200]), "at a sign-in")

    def client(self) -> Client:
        credential = self.system.credential
        return Client(
            self.settings.issuer,
            credential.account_name if credential else "",
            credential.secret() if credential else "",
            redirect_address(self.system),
            allow_loopback=settings.TRIAL,
        )


def enabled_providers() -> list[Provider]:
    """Those that the sign-in page offers, by name."""
    systems = ForeignSystem.objects.filter(kind=ForeignSystem.Kind.OPENID).order_by("name")
    found = [
        Provider(system, OpenIdSettings.from_json(system.settings))
        for system in systems.select_related("credential")
    ]
    return [provider for provider in found if provider.settings.enabled]


def sign_in_links(request: HttpRequest) -> list[tuple[str, str]]:
    """The providers that the sign-in page offers: name and address."""
    path = request.GET.get("next", "")
    query = f"?{urlencode({'next': path})}" if path else ""
    return [
        (each.system.name, f"{reverse('openid_begin', args=[each.system.pk])}{query}")
        for each in enabled_providers()
    ]


@require_GET
def begin(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """Send the browser to the provider."""
    provider = _enabled(item_id)
    if provider is None:
        return _refused(request, "This way to sign in isn't available.")
    handshake = Handshake.new()
    try:
        address = address_to_sign_in(provider.client(), handshake)
    except OpenIdError as error:
        log.warning("openid_unavailable", provider=provider.system.name, error=str(error))
        return _refused(request, f"{provider.system.name} can't be reached. Try again later.")
    path = request.GET.get("next", "")
    request.session[_KEY] = {
        "provider": str(item_id),
        "state": handshake.state,
        "nonce": handshake.nonce,
        "verifier": handshake.verifier,
        "at": int(time.time()),
        "next": path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "",
    }
    return redirect(address)


@require_GET
def callback(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """The provider sends the browser back here. What it says counts only with our own state."""
    kept: dict[str, Any] = request.session.pop(_KEY, {})
    provider = _enabled(item_id)
    fitting = (
        kept.get("provider") == str(item_id)
        and constant_time_compare(kept.get("state", ""), request.GET.get("state", ""))
        and 0 <= time.time() - kept.get("at", 0) <= LIVES
    )
    if provider is None or not fitting or not request.GET.get("code"):
        return _refused(request, "Signing in was cancelled or took too long. Try again.")
    handshake = Handshake(kept["state"], kept["nonce"], kept["verifier"])
    name = provider.system.name
    try:
        claims = claims_of(provider.client(), handshake, request.GET["code"])
        person = recognise(provider, claims)
    except OpenIdError as error:
        log.warning("openid_refused", provider=name, error=str(error))
        return _refused(request, f"{name} couldn't confirm who you are. Try again later.")
    except Unknown:
        log.warning("openid_unknown_person", provider=name)
        return _refused(
            request, f"{name} knows you, but nobody here has your identity. Ask an administrator."
        )
    record_authentication(
        request, person, f"OpenID Connect, {name}", **{PROVIDER: str(provider.system.pk)}
    )
    answer: HttpResponse = perform_login(request, person, redirect_url=kept["next"] or None)
    return answer


def recognise(provider: Provider, claims: dict[str, Any]) -> User:
    """The person whom these verified claims mean, with roles and manager as they say.

    Raises Unknown, and OpenIdError for claims without use.
    """
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        raise OpenIdError("The provider's identifier of the person can't be stored.")
    known = {"issuer": provider.settings.issuer, "subject": subject}
    with transaction.atomic():
        take_turn()  # whoever accepts a role that ends this identity comes before or after all of this
        identity = Identity.objects.filter(**known).select_related("user").first()
        person = identity.user if identity else _first_sign_in(provider, claims)
        take_over(provider, person, claims)
        # Last: with a role that they get now, all identities end (gained_roles.py).
        Identity.objects.get_or_create(defaults={"user": person}, **known)
    return User.objects.get(pk=person.pk)


def take_over(provider: Provider, person: User, claims: dict[str, Any]) -> None:
    """Set the roles and the manager that the claims name. The last administrator keeps the role."""
    says = provider.settings
    manager = _person_named(claims.get(says.manager_claim)) if says.manager_claim else None
    try:
        with transaction.atomic(), changing(person, by=provider.author), keeping_an_administrator():
            if says.roles:
                set_roles(person, says.roles_of(claims.get(says.groups_claim)))
            if manager is not None and manager != person:
                person.manager = manager
    except LastAdministrator:
        log.warning("openid_last_administrator", user=person.name)
    except StaleItem:
        log.warning("openid_not_taken_over", user=person.name)  # at the next sign-in


def _first_sign_in(provider: Provider, claims: dict[str, Any]) -> User:
    """Who this is, by a verified address; else a new person, if the provider may make one."""
    address = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    try:
        if address:
            validate_address(address)
    except ValidationError as error:
        raise Unknown from error  # it may look like somebody's
    found = people_with_address(address) if address else []
    if found and provider.settings.matches_addresses:
        match those_with_exactly(address, found):
            case [person]:
                return person
        raise Unknown
    # Nor by a second profile of somebody whose user name or account it is.
    found = found or (people_with_mailbox(address) if address else [])
    name = claims.get("preferred_username")
    if found or not provider.settings.creates_people or not isinstance(name, str):
        raise Unknown
    if "@" in name and people_with_address(name):
        raise Unknown  # somebody else's address, which would be taken for theirs
    person = User(name=name, email=address)
    person.first_name = str(claims.get("given_name") or "")[:150]
    person.last_name = str(claims.get("family_name") or "")[:150]
    person.set_unusable_password()
    try:
        person.full_clean(exclude=["password", "name_key"])
        with transaction.atomic():
            person.save()
            note_creation(person, by=provider.author)
    except (ValidationError, IntegrityError) as error:
        # A name that somebody has already isn't theirs because a provider says so.
        raise Unknown from error
    return person


def _person_named(value: object) -> User | None:
    """Whose user name or address it is; None if it may be more than one person's.

    An address as a user name proves nothing: at some providers people choose their own.
    """
    if not isinstance(value, str) or not value:
        return None
    found = set(those_with_exactly(value, people_with_address(value)))
    found |= set(User.objects.filter(name_key=name_key(value)))
    return found.pop() if len(found) == 1 else None


def _enabled(item_id: uuid.UUID) -> Provider | None:
    return next((each for each in enabled_providers() if each.system.pk == item_id), None)


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect(settings.LOGIN_URL)
