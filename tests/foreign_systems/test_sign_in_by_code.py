"""A person signs in for a credential's refresh token by a code, on any device."""

import time

import pytest
from django.contrib.sessions.models import Session

from core.audit.models import Entry, Payload
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Circuit, Credential
from foreign_systems.sign_in_pages import BEGUN
from items.models import changes_of
from tests.factories import make_smtp_server, signed_in
from tests.foreign_systems.token_server import (
    CODE,
    GRANTED,
    PENDING,
    Provider,
    begin,
    look,
    make_credential,
    page_of,
    stored,
)
from tests.items.makers import save

pytestmark = pytest.mark.django_db


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
