"""Another +tag may be another person's: it keeps people from deciding, and gives nobody a right."""

from collections.abc import Iterator

import pytest
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread
from pytest_django import Settings

from approvals.tokens import link_token
from core.people.models import Identity
from tests.console.people.test_openid import provider, sign_in
from tests.factories import LEE, client_of, invitation_of, make_request, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
TAGGED = "it+dana@example.com"
PEOPLE = [
    Claims(sub=address, claims={"email": address, "email_verified": True, "boss": "it@example.com"})
    for address in ("it@example.com", "dana+x@example.com", "DANA@Example.com", TAGGED)
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.TRIAL = True


@pytest.mark.parametrize(
    ("verified", "held", "is_theirs"),
    [
        ("it@example.com", TAGGED, False),
        ("dana+x@example.com", "dana@example.com", False),
        ("DANA@Example.com", "dana@example.com", True),
        (TAGGED, TAGGED, True),
    ],
)
def test_a_provider_matches_the_very_address(
    issuer: str, verified: str, held: str, is_theirs: bool
) -> None:
    make_user("quist", email=held)
    sign_in(provider(issuer, matches_addresses=True), verified)
    assert Identity.objects.exists() is is_theirs


@pytest.mark.parametrize(("held", "is_theirs"), [(TAGGED, False), ("it@example.com", True)])
def test_a_manager_is_named_by_the_very_address(issuer: str, held: str, is_theirs: bool) -> None:
    boss = make_user("quist", email=held)
    dana = make_user("dana", email="dana+x@example.com")
    sign_in(provider(issuer, matches_addresses=True, manager_claim="boss"), "dana+x@example.com")
    dana.refresh_from_db()
    assert (dana.manager == boss) is is_theirs


def test_a_delegate_answers_for_the_very_address_of_who_is_away() -> None:
    kim = make_user("kim", email="kim@example.com")
    make_user("it", email="it@example.com", delegate=kim)
    request = make_request(to_addresses=(TAGGED, "it+lee@example.com"))
    asked = {each.address for each in request.invitations.all()}
    assert asked == {TAGGED, "it+lee@example.com"}


@pytest.mark.parametrize(("held", "is_theirs"), [("it@example.com", False), (TAGGED, True)])
def test_a_link_that_needs_a_sign_in_is_that_of_the_very_address(
    held: str, is_theirs: bool
) -> None:
    user = make_user("quist", email=held)
    request = make_request(to_addresses=(TAGGED, LEE), link_needs_sign_in=True)
    asked = invitation_of(request, TAGGED)
    page = f"/d/{link_token(asked.pk, asked.key_number)}"
    client_of(user).post(page, {"answer": "deny", "length": "", "comment": ""})
    request.refresh_from_db()
    assert request.is_pending is not is_theirs
