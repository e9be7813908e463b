"""Who may sign in for a credential, and where."""

import html
import time
from typing import Any

import pytest

from foreign_systems.models import Credential
from foreign_systems.sign_in import browser_address, device_address
from tests.factories import signed_in
from tests.foreign_systems.token_server import Provider, begin, make_credential, page_of
from tests.items.makers import save

pytestmark = pytest.mark.django_db


def test_it_begins_only_with_the_password(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    session = client.session
    session["password_entered_at"] = int(time.time()) - 3600
    session.save()
    assert "Enter your password." in begin(client, credential)
    assert provider.asked == []


@pytest.mark.parametrize("role", ["Auditors", "Helpdesk"])
def test_who_may_not_change_credentials_cannot_sign_in_for_one(
    provider: Provider, role: str
) -> None:
    credential = make_credential(provider)
    assert signed_in(role).post(page_of(credential), {"way": "device"}).status_code == 403
    assert provider.asked == []


def test_outside_of_a_trial_no_code_is_asked_for_on_this_machine(
    provider: Provider, settings: Any
) -> None:
    credential = make_credential(provider)
    settings.TRIAL = False
    assert "isn't an https address" in begin(signed_in(), credential)
    assert provider.asked == []


def test_a_metadata_address_is_not_asked_for_a_code(provider: Provider) -> None:
    credential = make_credential(provider, device_url="https://169.254.169.254/device")
    assert "isn't an allowed address" in begin(signed_in(), credential)


def test_nothing_is_offered_without_a_token_server(provider: Provider) -> None:
    password = make_credential(provider, method=Credential.Method.PASSWORD)
    client = signed_in()
    assert "Sign In…" not in client.get(page_of(password, "")).content.decode()
    assert "can't be signed in for like that" in begin(client, password)


def test_a_credential_to_sign_in_for_is_saved_without_secret_and_token(provider: Provider) -> None:
    client = signed_in()
    given = {"name": "New", "account_name": "r@example.com", "method": "refresh_token"}
    client.post("/configuration/credentials/create/", given)
    credential = Credential.objects.get(name="New")
    microsoft = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"
    assert "Saved." in save(client, credential, token_url=microsoft, client_id="pm")
    page = client.get(page_of(credential, "")).content.decode()
    assert "No refresh token: sign in, or enter one" in html.unescape(page)
    assert "Sign In…" in page


@pytest.mark.parametrize(
    ("token_url", "device", "browser"),
    [
        (
            "https://login.microsoftonline.com/t-1/oauth2/v2.0/token",
            "https://login.microsoftonline.com/t-1/oauth2/v2.0/devicecode",
            "https://login.microsoftonline.com/t-1/oauth2/v2.0/authorize",
        ),
        (
            "https://oauth2.googleapis.com/token",
            "",
            "https://accounts.google.com/o/oauth2/v2/auth",
        ),
        ("https://login.microsoftonline.com.evil.example/t/oauth2/v2.0/token", "", ""),
        ("https://idp.example.com/token", "", ""),
    ],
)
def test_where_the_large_providers_sign_people_in_is_known(
    token_url: str, device: str, browser: str
) -> None:
    assert (device_address(token_url), browser_address(token_url)) == (device, browser)
