"""Every address of the console names who may open it."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from pmconsole.roles import ROLES, Permission, permissions_of
from tests.factories import make_user


def all_patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if str(entry.pattern) == "agent/v1/":
            continue  # each operation of the API names its own authentication: see tests/policies
        if isinstance(entry, URLResolver):
            yield from all_patterns(entry)
        else:
            yield entry


def test_every_view_names_its_permission_or_says_why_it_needs_none() -> None:
    nameless = [
        str(pattern.pattern)
        for pattern in all_patterns(get_resolver())
        if not hasattr(pattern.callback, "roles") and not hasattr(pattern.callback, "open_because")
    ]
    assert nameless == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_allows_what_it_says(role: str) -> None:
    assert permissions_of(make_user(role=role)) == ROLES[role]


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


def test_auditors_read_raw_mail_and_decide_nothing() -> None:
    assert Permission.MAIL_RAW in ROLES["Auditors"]
    assert Permission.APPROVALS_DECIDE not in ROLES["Auditors"]
