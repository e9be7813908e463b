"""Every address of the console names who may open it, and lets nobody else in.

The addresses are read from the URL configuration itself: a page that somebody adds is tried by every
role, and one without a rule fails here.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve, reverse
from django.utils import timezone

from agents.models import InstallCode
from approvals.models import Grant, IncomingMail
from approvals.services import Decider, decide
from core.actors import Actor
from core.roles import (
    PLATFORM_ADMINISTRATORS,
    ROLES,
    Access,
    Permission,
    permissions_of,
    requires,
    roles_with,
)
from items.family import families, family_named
from items.models import Proposal
from policies.replay import running
from tests.agents.endpoints import make_agent, make_code
from tests.factories import client_of, invitation_of, make_request, make_user
from tests.items.makers import make_item
from tests.policies.events import make_event

Place = tuple[str, URLPattern]  # namespace and pattern


def all_patterns(resolver: URLResolver, namespace: str = "") -> Iterator[Place]:
    for entry in resolver.url_patterns:
        if str(entry.pattern) == "agent/v1/":
            continue  # each operation of the API names its own authentication: see tests/policies
        if isinstance(entry, URLResolver):
            yield from all_patterns(entry, entry.namespace or namespace)
        else:
            yield namespace, entry


def without_a_rule(places: Iterator[Place]) -> list[str]:
    """The names of the pages that say neither who may open them nor why everybody may."""
    return [
        f"{namespace}:{pattern.name}"
        for namespace, pattern in places
        if not getattr(pattern.callback, "roles", None)
        and not getattr(pattern.callback, "open_because", "")
    ]


GUARDED = [
    (namespace, pattern)
    for namespace, pattern in all_patterns(get_resolver())
    if hasattr(pattern.callback, "roles")
]
every_page = pytest.mark.parametrize(
    ("namespace", "pattern"), GUARDED, ids=[f"{n}:{p.name}" for n, p in GUARDED]
)


def sample_arguments(namespace: str, pattern: URLPattern) -> dict[str, Any]:
    """Something that exists for each part of the address. A part without a sample raises KeyError."""
    family = family_named(namespace)
    samples = {
        "item_id": lambda: make_item(family, family.kinds[0]).pk if family else uuid.uuid4(),
        "version": lambda: 1,
        "file_id": uuid.uuid4,  # of a file that is no longer kept
        "pk": lambda: 1,  # of a passkey: only its owner's are found
        "number": lambda: make_request().number,
        "grant_id": a_grant,
        "mail_id": a_mail,
        "kind": lambda: "request",  # of mail
        "outgoing_id": lambda: make_request().mails.all()[0].pk,
        "event_id": lambda: make_event().pk,
        "code_id": a_code,
        "session_id": lambda: 1,
        "computer_id": lambda: make_agent().computer.pk,
        "proposal_id": a_proposal,
        "topic": lambda: "start",  # of the help
        "name": lambda: "policy-light-1280.png",  # of a picture of the help
        "key": lambda: "decisions",  # of a report
        "replay_id": lambda: running.start(by=make_user()).pk,
    }
    return {name: samples[name]() for name in pattern.pattern.converters}


def a_grant() -> uuid.UUID:
    request = make_request()
    decide(
        number=request.number,
        decider=Decider("reply", invitation=invitation_of(request)),
        answer="approve",
    )
    return Grant.objects.get().pk


def a_proposal() -> int:
    by = Actor.of_user(make_user())
    later = timezone.now() + timedelta(days=1)
    return Proposal.objects.create(
        **by.columns("by"),
        account=by.account,
        title="change policy A",
        state="open",
        expires_at=later,
    ).pk


def a_code() -> uuid.UUID:
    make_code()
    return InstallCode.objects.get().pk


def a_mail() -> uuid.UUID:
    request = make_request()
    mail = IncomingMail.stored(
        b"From: a@example.com\r\n\r\nYes",
        received_at=request.created_at,
        source="command",
        sha256="0" * 64,
        request=request,
        state="read",
        outcome="unclear",
        envelope={"verifies_senders": False},
    )
    mail.save()
    return mail.pk


def address_of(namespace: str, pattern: URLPattern) -> str:
    name = f"{namespace}:{pattern.name}" if namespace else str(pattern.name)
    return reverse(name, kwargs=sample_arguments(namespace, pattern))


def forbidden_links(answer: HttpResponse, role: str) -> list[str]:
    """The addresses that the page's links and buttons lead to, and that this role can't open."""
    if "html" not in answer.headers.get("Content-Type", ""):
        return []
    written = r'<a\b[^>]*\bhref="(/[^"?#]*)|\bformaction="(/[^"?#]*)'
    addresses = re.findall(written, answer.content.decode())
    views = {
        path: resolve(path).func
        for path in {link or action for link, action in addresses}
        if not path.startswith("/static/")
    }
    return [
        path
        for path, view in views.items()
        if not hasattr(view, "open_because") and role not in getattr(view, "roles", ())
    ]


def is_framed_by_others(answer: HttpResponse) -> bool:
    """Whether another site could show the page in a frame, and take clicks meant for it."""
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers.get("Content-Security-Policy", "").split(";")
    )
    by_policy = policy.get("frame-ancestors") in {"'none'", "'self'"}
    return not (by_policy and answer.headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"})


def test_every_page_names_its_roles_or_says_why_it_needs_none() -> None:
    assert without_a_rule(all_patterns(get_resolver())) == []


def test_a_page_without_a_rule_is_found() -> None:
    def careless(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    guarded = requires(Permission.ITEMS_VIEW)(careless)
    nobodys = requires(frozenset())(careless)
    places = [("", path("a/", careless, name="a")), ("", path("b/", guarded, name="b"))]
    places.append(("", path("c/", nobodys, name="c")))
    assert without_a_rule(iter(places)) == [":a", ":c"]


@pytest.mark.django_db
@every_page
def test_a_page_opens_for_its_roles_and_takes_nothing_from_anybody_else(
    namespace: str, pattern: URLPattern
) -> None:
    address = address_of(namespace, pattern)
    allowed = pattern.callback.roles  # type: ignore[attr-defined]
    assert allowed <= frozenset(ROLES)
    for role in [*ROLES, ""]:
        client = client_of(make_user(role=role))
        answer = client.get(address)
        status = answer.status_code
        assert not is_framed_by_others(answer), (role, address)
        if role in allowed:
            fine = {200, 302, 405}
            if (
                role in PLATFORM_ADMINISTRATORS
            ):  # which items they see: tests/items/test_platforms.py
                fine |= {403, 404}
            assert status in fine, (role, address, status)
            assert forbidden_links(answer, role) == [], (role, address)
        else:
            assert status == 403, (role, address, status)
            assert client.post(address).status_code == 403, (role, address)


@pytest.mark.django_db
def test_what_anybody_may_open_is_framed_by_nobody_either() -> None:
    assert is_framed_by_others(HttpResponse())
    for address in ("/sign-in/", "/nowhere/", "/d/" + "a" * 26, "/set-password/x/y/"):
        assert not is_framed_by_others(Client().get(address)), address


@pytest.mark.django_db
@every_page
def test_a_visitor_who_has_not_signed_in_is_asked_to(namespace: str, pattern: URLPattern) -> None:
    address = address_of(namespace, pattern)
    for method in ("get", "post"):
        response = getattr(Client(), method)(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/?next=")


def test_a_familys_pages_have_the_roles_that_it_declares() -> None:
    changing = {"create", "duplicate", "delete", "restore"}
    for namespace, pattern in GUARDED:
        family = family_named(namespace)
        if family is None:
            continue
        further = {name for _, _, name in family.more_pages}
        access: Access = family.access
        declared = access.change if pattern.name in changing | further else access.view
        assert pattern.callback.roles == declared  # type: ignore[attr-defined]


def test_who_changes_which_family_and_that_only_auditors_too_see_credentials_and_people() -> None:
    for family in families():
        by_platform = family.namespace in {"policies", "filters", "actions", "computer_groups"}
        more = PLATFORM_ADMINISTRATORS if by_platform else frozenset()
        assert family.access.change == {"Administrators"} | more
        wide = family.namespace not in {"credentials", "users", "openid_providers"}
        assert family.access.view == (set(ROLES) if wide else {"Administrators", "Auditors"})


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_allows_what_it_says(role: str) -> None:
    assert permissions_of(make_user(role=role)) == ROLES[role].permissions


@pytest.mark.django_db
def test_a_person_without_a_role_may_do_nothing_even_as_superuser() -> None:
    user = make_user()
    user.is_superuser = True
    assert permissions_of(user) == frozenset()


@pytest.mark.django_db
def test_an_inactive_person_may_do_nothing() -> None:
    user = make_user(role="Administrators")
    user.is_active = False
    assert permissions_of(user) == frozenset()


@pytest.mark.django_db
def test_a_group_that_is_no_role_gives_nothing() -> None:
    assert permissions_of(make_user(role="Friends")) == frozenset()


def test_auditors_read_raw_mail_and_decide_nothing() -> None:
    assert "Auditors" in roles_with(Permission.MAIL_RAW)
    assert "Auditors" not in roles_with(Permission.APPROVALS_DECIDE)
