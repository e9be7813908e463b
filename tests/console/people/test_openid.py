"""Signing in by OpenID Connect, with a real provider that the test starts."""

import html
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread
from pytest_django import Settings

from core.audit.models import Entry
from core.people.models import Identity, User
from core.roles import roles_of
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.openid.settings import OpenIdSettings
from items.models import changes_of
from tests.factories import make_user, set_advanced, signed_in
from tests.items.makers import save

pytestmark = [
    pytest.mark.django_db,
    # The provider's own: it isn't ours to put right.
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
SAM = {
    "email": "sam@example.com",
    "email_verified": True,
    "preferred_username": "sam.ortega",
    "given_name": "Sam",
    "family_name": "Ortega",
    "groups": ["pm-helpdesk", "staff"],
    "boss": "kim",
}
PEOPLE = [
    Claims(sub="1", claims=SAM),
    Claims(sub="unverified", claims={**SAM, "email_verified": False}),
    Claims(
        sub="address",
        claims={"preferred_username": "Kim@example.com", "email": "m@example.com"},
    ),
    Claims(sub="team", claims={**SAM, "boss": "kim@example.com"}),
    Claims(sub="admin", claims={**SAM, "preferred_username": "admin"}),
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    """As in a trial: elsewhere loopback is refused."""
    settings.TRIAL = True


def provider(issuer: str, **values: Any) -> ForeignSystem:
    credential = Credential(name="Corporate client", account_name="pmconsole")
    credential.set_secret("client secret")
    credential.save()
    typed = OpenIdSettings(issuer=issuer, **values)
    return ForeignSystem.objects.create(
        name="Corporate", kind="openid", settings=typed.to_json(), credential=credential
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def at_provider(address: str, subject: str) -> str:
    """What the person does there; the address to which the browser is sent back."""
    form = urllib.parse.urlencode({"sub": subject}).encode()
    try:
        urllib.request.build_opener(_Stay).open(address, form, timeout=10)
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"]).removeprefix("http://testserver")
    raise AssertionError("the provider sent nobody back")


def sign_in(system: ForeignSystem, subject: str = "1") -> tuple[Client, str]:
    client = Client()
    begun = client.get(reverse("openid_begin", args=[system.pk]), {"next": "/profile/"})
    answer = client.get(at_provider(begun["Location"], subject), follow=True)
    return client, html.unescape(answer.content.decode())


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_a_verified_address_of_a_profile_is_that_person_and_is_remembered(issuer: str) -> None:
    sam = make_user("sam", role="Helpdesk", email="sam@example.com")
    system = provider(issuer)
    page = Client().get("/sign-in/").content.decode()
    assert "Corporate</a>" in page
    client, _ = sign_in(system)
    assert is_signed_in(client)
    assert Identity.objects.get().user == sam
    User.objects.filter(pk=sam.pk).update(email="moved@example.com")
    assert is_signed_in(sign_in(system)[0])
    entry = Entry.objects.filter(verb="sign in").first()
    assert entry is not None
    assert "OpenID Connect, Corporate" in entry.payload.text


def test_a_required_second_factor_is_the_providers_business(issuer: str) -> None:
    set_advanced(second_factor="everybody")
    make_user("sam", role="Helpdesk", email="sam@example.com")
    assert is_signed_in(sign_in(provider(issuer))[0])


def test_an_unverified_address_proves_nothing(issuer: str) -> None:
    make_user("sam", role="Helpdesk", email="sam@example.com")
    client, page = sign_in(provider(issuer), "unverified")
    assert "nobody here has your identity" in page
    assert not is_signed_in(client)
    assert not Identity.objects.exists()


def test_whoever_has_no_profile_is_refused_unless_the_provider_may_make_one(issuer: str) -> None:
    system = provider(issuer)
    assert "nobody here has your identity" in sign_in(system)[1]
    assert not User.objects.exists()
    system.settings |= {"creates_people": True, "roles": ["pm-helpdesk = Helpdesk"]}
    system.save()
    client, _ = sign_in(system)
    assert is_signed_in(client)
    sam = User.objects.get(name="sam.ortega")
    assert (sam.display_name, sam.email) == ("Sam Ortega", "sam@example.com")
    assert roles_of(sam) == {"Helpdesk"}
    assert not sam.has_usable_password()
    assert [change.verb for change in changes_of(User, sam.pk)] == ["update", "create"]


def test_nobody_gets_a_second_profile_whose_account_is_their_address(issuer: str) -> None:
    make_user("ortega", email="s.ortega@example.com", accounts=("AzureAD\\sam@example.com",))
    system = provider(issuer, creates_people=True, matches_addresses=True)
    assert "nobody here has your identity" in sign_in(system)[1]
    assert User.objects.get().name == "ortega"


def test_nobody_becomes_another_by_a_user_name_of_the_provider(issuer: str) -> None:
    make_user("admin", role="Administrators")
    client, page = sign_in(provider(issuer, creates_people=True), "admin")
    assert "nobody here has your identity" in page
    assert not is_signed_in(client)


def test_groups_give_exactly_their_roles_and_the_manager_is_taken_over(issuer: str) -> None:
    kim = make_user("kim")
    sam = make_user("sam", role="Administrators", email="sam@example.com")
    Client().force_login(make_user("other", role="Administrators"))
    system = provider(
        issuer, roles=("pm-helpdesk = Helpdesk", "admins = Administrators"), manager_claim="boss"
    )
    sign_in(system)
    sam = User.objects.get(pk=sam.pk)
    assert roles_of(sam) == {"Helpdesk"}
    assert sam.manager == kim
    change = changes_of(User, sam.pk).get()
    assert change.by == "system: provider Corporate"
    assert {label for label, _, _ in change.fields} == {"Roles", "Manager"}


@pytest.mark.parametrize("is_required", [True, False])
def test_whoever_becomes_an_administrator_signs_in_by_the_provider_alone_where_two_must_agree(
    issuer: str, is_required: bool
) -> None:
    set_advanced(second_person=is_required)
    make_user("kim", role="Administrators")
    sam = make_user("sam", email="sam@example.com")
    sam.set_password("who knows who set it")
    sam.save()
    Identity.objects.create(user=sam, issuer="https://partner.example.com", subject="7")
    before = Client()
    before.force_login(sam)
    client, _ = sign_in(provider(issuer, roles=("staff = Administrators",)))
    sam.refresh_from_db()
    assert roles_of(sam) == {"Administrators"}
    assert is_signed_in(client)
    assert is_signed_in(before) is not is_required
    assert sam.has_usable_password() is not is_required
    assert Entry.objects.filter(verb="remove password").exists() is is_required
    assert Identity.objects.filter(user=sam).count() == (1 if is_required else 2)


def test_nobody_becomes_a_manager_by_taking_their_address_as_a_user_name(issuer: str) -> None:
    kim = make_user("kim", email="kim@example.com")
    system = provider(issuer, creates_people=True, manager_claim="boss")
    assert "nobody here has your identity" in sign_in(system, "address")[1]
    sign_in(system, "team")
    assert User.objects.get(name="sam.ortega").manager == kim


def test_an_address_that_two_people_go_by_names_no_manager(issuer: str) -> None:
    make_user("kim@example.com")
    make_user("kim", email="kim@example.com")
    sign_in(provider(issuer, creates_people=True, manager_claim="boss"), "team")
    assert User.objects.get(name="sam.ortega").manager is None


def test_the_last_administrator_keeps_the_role_whatever_the_groups_say(issuer: str) -> None:
    sam = make_user("sam", role="Administrators", email="sam@example.com")
    Client().force_login(sam)
    client, _ = sign_in(provider(issuer, roles=("pm-helpdesk = Helpdesk",)))
    assert is_signed_in(client)
    assert roles_of(User.objects.get(pk=sam.pk)) == {"Administrators"}


def test_a_disabled_person_does_not_come_in(issuer: str) -> None:
    sam = make_user("sam", role="Helpdesk", email="sam@example.com")
    User.objects.filter(pk=sam.pk).update(is_active=False)
    client, page = sign_in(provider(issuer))
    assert "This account is disabled." in page
    assert not is_signed_in(client)


def test_a_disabled_provider_leads_nowhere(issuer: str) -> None:
    system = provider(issuer, enabled=False)
    answer = Client().get(reverse("openid_begin", args=[system.pk]), follow=True)
    assert "This way to sign in isn't available." in html.unescape(answer.content.decode())
    assert "Corporate" not in Client().get("/sign-in/").content.decode()


def test_an_answer_without_our_state_or_in_another_browser_counts_for_nothing(issuer: str) -> None:
    make_user("sam", role="Helpdesk", email="sam@example.com")
    system = provider(issuer)
    mine = Client()
    begun = mine.get(reverse("openid_begin", args=[system.pk]))
    back = at_provider(begun["Location"], "1")
    other = Client()
    assert "took too long" in other.get(back, follow=True).content.decode()
    assert not is_signed_in(other)
    forged = back.replace("state=", "state=x")
    assert "took too long" in mine.get(forged, follow=True).content.decode()
    assert not is_signed_in(mine)  # and the state is used up
    assert "took too long" in mine.get(back, follow=True).content.decode()


@pytest.mark.parametrize(
    ("path", "leads_to"), [("/approvals/", "/approvals/"), ("//evil.example/", "/")]
)
def test_after_signing_in_one_goes_on_within_this_host(
    issuer: str, path: str, leads_to: str
) -> None:
    make_user("sam", role="Helpdesk", email="sam@example.com")
    system, client = provider(issuer), Client()
    begun = client.get(reverse("openid_begin", args=[system.pk]), {"next": path})
    assert client.get(at_provider(begun["Location"], "1"))["Location"] == leads_to


def test_outside_a_trial_a_provider_on_loopback_is_not_asked(
    issuer: str, settings: Settings
) -> None:
    settings.TRIAL = False
    system = provider(issuer)
    answer = Client().get(reverse("openid_begin", args=[system.pk]), follow=True)
    assert "can't be reached" in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("issuer", "ftp://login.example.com", "isn't an https address"),
        ("issuer", "https://user@login.example.com", "isn't an https address"),
        ("issuer", "https://login.example.com?x=1", "isn't an https address"),
        ("roles", "pm-admins = Emperors", "names no role"),
        ("roles", "Helpdesk", "names no role"),
    ],
)
def test_a_setting_that_can_not_be_is_refused(
    issuer: str, field: str, typed: str, sentence: str
) -> None:
    assert sentence in save(signed_in(), provider(issuer), **{field: typed})
