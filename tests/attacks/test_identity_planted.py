"""Sam, an administrator, means to become the second person: by an identity of his own at a provider,
planted in the profile of somebody who is no administrator at that moment.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread
from pytest_django import Settings

from console.people.openid import Provider, Unknown, recognise
from core.people.models import Identity, User
from core.roles import roles_of
from foreign_systems.openid.settings import OpenIdSettings
from items.guards import take_turn
from items.models import Proposal
from tests.at_once import run_apart, wait_for_a_lock
from tests.console.people.test_openid import is_signed_in, provider, sign_in
from tests.factories import make_user
from tests.items.makers import as_opened, url
from tests.items.proposals.asking import (
    make_used,
    person,
    press,
    propose,
    require_second_person,
    the_draft,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
OWN, BOBS = "scanner-it@example.com", "bob@example.com"
SECOND = Claims(
    sub="sams-second",
    claims={"email": OWN, "email_verified": True, "preferred_username": "scanner-it"},
)
BOB = Claims(sub="bob", claims={"email": BOBS, "email_verified": True})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=[SECOND, BOB]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.TRIAL = True


@pytest.fixture
def sam() -> Client:
    make_used()
    require_second_person()
    return person("sam")


def change(client: Client, who: User, **values: object) -> bool:
    """Whether the change was made at once; else it waits for a second person."""
    who.refresh_from_db()
    assert client.post(url(who), as_opened(who, **values)).status_code == 302
    return not Proposal.objects.filter(state="draft").exists()


def by_two(sam: Client, who: User, **values: object) -> None:
    assert not change(sam, who, **values)
    proposal = the_draft()
    propose(sam, proposal)
    assert press(person("kim"), proposal, "accept").status_code == 302


@pytest.mark.parametrize("had_the_role", [False, True])
def test_who_gets_the_role_isnt_known_by_an_identity_of_before(
    issuer: str, sam: Client, had_the_role: bool
) -> None:
    bob = make_user("bob", email=BOBS, role="Administrators" if had_the_role else "")
    system = provider(issuer, matches_addresses=True)
    if had_the_role:
        assert change(sam, bob, roles=[])
    assert change(sam, bob, email=OWN)
    sign_in(system, "sams-second")
    assert Identity.objects.get().user == bob
    assert change(sam, bob, email=BOBS)
    by_two(sam, bob, roles=["Administrators"])
    assert roles_of(bob) == {"Administrators"}
    assert "nobody here has your identity" in sign_in(system, "sams-second")[1]
    assert is_signed_in(sign_in(system, "bob")[0])
    assert Identity.objects.get().user == bob


def test_a_profile_that_the_provider_made_for_another_isnt_theirs_once_it_has_the_role(
    issuer: str, sam: Client
) -> None:
    system = provider(issuer, creates_people=True)
    sign_in(system, "sams-second")
    bob = User.objects.get(name="scanner-it")
    assert change(sam, bob, name="bob", email=BOBS)
    by_two(sam, bob, roles=["Administrators"])
    sign_in(system, "sams-second")
    assert Identity.objects.get().user != bob


@pytest.mark.parametrize("values", [{"email": OWN}, {"name": "rob"}, {"accounts": "CORP\\rob"}])
def test_a_disabled_administrator_is_changed_by_two(sam: Client, values: dict[str, object]) -> None:
    bob = make_user("bob", email=BOBS, role="Administrators")
    assert change(sam, bob, is_active=[])
    assert not change(sam, bob, **values)


def test_a_disabled_person_gets_the_role_by_two(sam: Client) -> None:
    bob = make_user("bob", email=BOBS)
    assert change(sam, bob, is_active=[])
    assert not change(sam, bob, roles=["Administrators"])


def test_a_disabled_administrator_is_enabled_by_two(sam: Client) -> None:
    bob = make_user("bob", email=BOBS, role="Administrators")
    assert change(sam, bob, is_active=[])
    assert not change(sam, bob, is_active="on")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
def test_a_sign_in_that_waits_while_the_role_is_given_does_not_bring_the_identity_back(
    issuer: str, transactional_db: None
) -> None:
    make_used()
    bob = make_user("bob", email=BOBS)
    found = provider(issuer, matches_addresses=True)
    Identity.objects.create(user=bob, issuer=issuer, subject="sams-second")
    claims = {"sub": "sams-second", "email": OWN, "email_verified": True}
    settings = OpenIdSettings.from_json(found.settings)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            take_turn()
            signing_in = threads.submit(
                run_apart, partial(recognise, Provider(found, settings), claims)
            )
            wait_for_a_lock()
            Identity.objects.all().delete()  # as with a role that is accepted just now
        with pytest.raises(Unknown):
            signing_in.result(timeout=60)
    assert not Identity.objects.exists()
