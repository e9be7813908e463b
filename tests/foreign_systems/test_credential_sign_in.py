"""A person signs in for a credential's refresh token: by a code on any device, or in the browser.

The token server is a real one on this machine, which plays its part as each test says.
"""

import base64
import hashlib
import html
import json
import re
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from core.audit.models import Entry, Payload
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Circuit, Credential
from foreign_systems.sign_in import browser_address, device_address
from foreign_systems.sign_in_pages import BEGUN
from items.models import changes_of
from tests.factories import make_smtp_server, signed_in
from tests.http_server import Handler, serving
from tests.items.makers import save

pytestmark = pytest.mark.django_db
Answers = list[tuple[int, dict[str, Any]]]
PENDING = (400, {"error": "authorization_pending"})
GRANTED = (200, {"access_token": "a-1", "token_type": "Bearer", "refresh_token": "r-of-sam"})
CODE = {
    "device_code": "d-secret-half",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://login.example.com/device",
    "expires_in": 900,
    "interval": 5,
}


class Provider:
    """Gives `code` at /device, and at /token one of `answers` after another; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.code: tuple[int, dict[str, Any]] = (200, dict(CODE))
        self.answers: Answers = [PENDING]
        provider = self

        class Told(Handler):
            def take(self, body: bytes) -> None:
                provider.asked.append((self.path, dict(parse_qsl(body.decode()))))
                status, answer = provider.code
                if self.path == "/token":
                    status, answer = provider.answers[0]
                    del provider.answers[: len(provider.answers) > 1]
                self.answer(status, json.dumps(answer).encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    settings.TRIAL = True  # else no token server is asked on this machine
    made = Provider()
    with serving(made.server):
        yield made


def make_credential(provider: Provider, **values: Any) -> Credential:
    given = {
        "name": "Replies",
        "account_name": "replies@example.com",
        "method": Credential.Method.REFRESH_TOKEN,
        "token_url": f"{provider.url}/token",
        "device_url": f"{provider.url}/device",
        "authorize_url": "https://login.example.com/authorize",
        "client_id": "pmconsole",
        "scope": "IMAP.AccessAsUser.All offline_access",
    }
    return Credential.objects.create(**given | values)


def page_of(credential: Credential, page: str = "sign-in/") -> str:
    return f"/configuration/credentials/{credential.pk}/{page}"


def begin(client: Client, credential: Credential, way: str = "device") -> str:
    response = client.post(page_of(credential), {"way": way}, follow=True)
    return html.unescape(response.content.decode())


def look(client: Client, credential: Credential, *, later: bool = True) -> str:
    """The page, as it is when its time to ask again has come."""
    if later:
        session = client.session
        session[BEGUN] = session[BEGUN] | {"next": time.time()}
        session.save()
    return html.unescape(client.get(page_of(credential), follow=True).content.decode())


def stored(credential: Credential) -> str:
    return Credential.objects.get(pk=credential.pk).refresh_token()


# By a code.


def test_a_person_sees_code_and_page_and_nothing_secret(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    page = begin(client, credential)
    assert "WDJB-MJHT" in page
    assert 'href="https://login.example.com/device"' in page
    assert provider.asked == [
        ("/device", {"client_id": "pmconsole", "scope": "IMAP.AccessAsUser.All offline_access"})
    ]
    assert "d-secret-half" not in page
    kept = Session.objects.get(session_key=client.session.session_key)
    assert "d-secret-half" not in str(kept.get_decoded())


def test_the_page_looks_again_by_itself_and_no_sooner_than_it_may(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    response = client.get(page_of(credential))
    assert 1 <= int(response["Refresh"]) <= 5
    assert [path for path, _ in provider.asked] == ["/device"]


def test_the_refresh_token_of_who_signed_in_is_stored_encrypted_and_never_shown(
    provider: Provider,
) -> None:
    provider.answers = [PENDING, GRANTED]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    assert "Waiting until you have signed in" in look(client, credential)
    page = look(client, credential)
    assert "Signed in. The refresh token is stored encrypted." in page
    assert stored(credential) == "r-of-sam"
    assert provider.asked[-1] == (
        "/token",
        {
            "client_id": "pmconsole",
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": "d-secret-half",
        },
    )
    row = Credential.objects.get(pk=credential.pk)
    assert b"r-of-sam" not in bytes(row.encrypted_refresh_token)
    assert (row.version, row.secret_changed_at is not None) == (2, True)
    history = client.get(page_of(credential, "history/")).content.decode()
    assert "Refresh Token" in history
    assert "r-of-sam" not in page + history + str(list(Payload.objects.all()))
    assert BEGUN not in client.session


def test_who_began_and_what_came_of_it_is_in_the_audit_trail(provider: Provider) -> None:
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    look(client, credential)
    verbs = Entry.objects.filter(object_id=str(credential.pk)).order_by("sequence")
    assert [entry.verb for entry in verbs][-2:] == ["begin sign-in", "update"]
    newest = changes_of(Credential, credential.pk).first()
    assert newest is not None
    assert newest.fields == [["Refresh Token", "", "changed"]]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"error": "access_denied"}, "The sign-in was declined."),
        ({"error": "authorization_declined"}, "The sign-in was declined."),
        ({"error": "expired_token"}, "The code has expired. Start again."),
        (
            {"error": "invalid_client", "error_description": "AADSTS7000218: no <b>secret</b>"},
            "invalid_client: AADSTS7000218: no <b>secret</b>",
        ),
    ],
)
def test_what_ends_it_is_told_and_nothing_is_stored(
    provider: Provider, error: dict[str, str], said: str
) -> None:
    provider.answers = [(400, error)]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    page = look(client, credential)
    assert "Not signed in." in page
    assert said in page
    assert "Sign In with a Code" in page  # to begin anew
    assert stored(credential) == ""


def test_a_token_server_that_wants_it_slower_is_asked_slower(provider: Provider) -> None:
    provider.answers = [(400, {"error": "slow_down"}), PENDING]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    look(client, credential)
    assert client.session[BEGUN]["interval"] == 10
    look(client, credential)
    assert client.session[BEGUN]["interval"] == 10


def test_a_token_server_in_trouble_is_asked_again(provider: Provider) -> None:
    provider.answers = [(503, {}), GRANTED]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    assert "The token server isn't answering; it's asked again." in look(client, credential)
    look(client, credential)
    assert stored(credential) == "r-of-sam"


def test_after_the_codes_time_nobody_is_asked(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    provider.code = (200, CODE | {"expires_in": 1})
    begin(client, credential)
    session = client.session
    session[BEGUN] = session[BEGUN] | {"until": time.time()}
    session.save()
    assert "The code has expired. Start again." in look(client, credential)
    assert [path for path, _ in provider.asked] == ["/device"]


def test_without_a_refresh_token_the_scope_is_named(provider: Provider) -> None:
    provider.answers = [(200, {"access_token": "a-1", "token_type": "Bearer"})]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    assert "Microsoft needs offline_access in the Scope" in look(client, credential)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "ftp://x/", "https://", 7, None]
)
def test_only_a_web_page_becomes_a_link(provider: Provider, address: object) -> None:
    provider.code = (200, CODE | {"verification_uri": address})
    page = begin(signed_in(), make_credential(provider))
    assert "The token server names no usable page to sign in at." in page
    assert str(address) not in page or address in {7, None}


def test_a_client_that_may_not_ask_for_codes_is_told_in_the_token_servers_words(
    provider: Provider,
) -> None:
    provider.code = (400, {"error": "unauthorized_client"})
    page = begin(signed_in(), make_credential(provider))
    assert "unauthorized_client" in page


def test_a_credential_that_was_changed_meanwhile_gets_no_token_of_before(
    provider: Provider,
) -> None:
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    begin(client, credential)
    save(signed_in(), credential, client_id="another")
    assert "The credential was changed meanwhile. Sign in again." in look(client, credential)
    assert stored(credential) == ""


def test_mail_that_waits_for_the_sign_in_is_tried_at_once(provider: Provider) -> None:
    provider.answers = [GRANTED]
    credential, client, server = make_credential(provider), signed_in(), make_smtp_server()
    server.credential = credential
    server.save()
    open_circuit(server, reason="No access token", alert=True, slowly=True)
    before = Circuit.objects.get().next_probe_at
    begin(client, credential)
    look(client, credential)
    after = Circuit.objects.get().next_probe_at
    assert before is not None
    assert after is not None
    assert after < before


# In the browser.


def the_link(page: str) -> tuple[str, dict[str, str]]:
    found = re.search(r'href="(https://login\.example\.com/authorize\?[^"]+)"', page)
    assert found is not None
    parts = urlsplit(found[1])
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def come_back(client: Client, **query: str) -> str:
    response = client.get("/configuration/credentials/signed-in/", query, follow=True)
    return html.unescape(response.content.decode())


def test_in_the_browser_a_code_comes_back_that_only_who_began_can_redeem(
    provider: Provider, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://pm.example.com"
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    back = "https://pm.example.com/configuration/credentials/signed-in/"
    assert (query["redirect_uri"], query["code_challenge_method"]) == (back, "S256")
    assert query["scope"] == "IMAP.AccessAsUser.All offline_access"
    assert "Signed in." in come_back(client, state=query["state"], code="c-1")
    ((_, form),) = provider.asked
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]
    assert (form["grant_type"], form["code"]) == ("authorization_code", "c-1")
    assert form["redirect_uri"] == back
    assert stored(credential) == "r-of-sam"


@pytest.mark.parametrize("state", ["", "of-another", "ä"])
def test_an_answer_to_another_sign_in_is_refused(provider: Provider, state: str) -> None:
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    assert "The answer is of another sign-in." in come_back(client, state=state, code="c-1")
    assert provider.asked == []
    provider.answers = [GRANTED]
    assert "Signed in." in come_back(client, state=query["state"], code="c-1")


def test_an_answer_counts_once_and_in_the_browser_that_began(provider: Provider) -> None:
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    answer = {"state": query["state"], "code": "c-1"}
    assert "No sign-in was begun here." in come_back(signed_in(), **answer)
    assert "Signed in." in come_back(client, **answer)
    assert "No sign-in was begun here." in come_back(client, **answer)
    assert len(provider.asked) == 1


def test_a_provider_that_sends_back_a_refusal_is_quoted(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    for error, said in (
        ("access_denied", "The sign-in was declined."),
        ("invalid_scope", "The provider refused the sign-in: invalid_scope: no [U+202E]such."),
    ):
        _, query = the_link(begin(client, credential, "browser"))
        back = {"state": query["state"], "error": error, "error_description": "no \u202esuch"}
        assert said in come_back(client, **back)
    assert provider.asked == []


# Who may, and where.


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
