"""Signing in by XOAUTH2: tokens from a token server on this machine, for IMAP and for SMTP."""

import base64
from typing import Any

import pytest

from foreign_systems.connection_test import check_connection
from foreign_systems.mailbox_test import Wanted, check_mailbox
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.pool import imap_server_of, server_of
from foreign_systems.smtp.answers import Trouble
from foreign_systems.tokens import CredentialTokens
from tests.factories import make_mailbox, make_smtp_server, signed_in
from tests.foreign_systems.scripted_imap import ScriptedImap
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.foreign_systems.token_server import Provider
from tests.items.makers import save

pytestmark = pytest.mark.django_db
TOKEN = {"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600}
WANTED = Wanted("INBOX", "Processed", "Failed", "reply@pm.example.com")


@pytest.fixture
def token_server(provider: Provider) -> Provider:
    """Gives the token t-1 for an hour."""
    provider.answers = [(200, dict(TOKEN))]
    return provider


def make_credential(token_server: Provider, *, refresh_token: str = "") -> Credential:
    method = Credential.Method.REFRESH_TOKEN if refresh_token else Credential.Method.CLIENT
    credential = Credential(
        name="Client",
        account_name="replies@example.com",
        method=method,
        token_url=f"{token_server.url}/token",
        client_id="pmconsole",
        scope="https://outlook.office365.com/.default",
    )
    credential.set_secret("client-secret")
    if refresh_token:
        credential.set_refresh_token(refresh_token)
    credential.save()
    return credential


def with_credential(system: ForeignSystem, credential: Credential) -> ForeignSystem:
    system.credential = credential
    system.save()
    return system


def said(token: str) -> str:
    text = f"user=replies@example.com\1auth=Bearer {token}\1\1"
    return base64.b64encode(text.encode()).decode()


def test_client_credentials_are_shown_for_a_token_which_is_used_until_it_ends(
    token_server: Provider,
) -> None:
    tokens = CredentialTokens(make_credential(token_server))
    assert (tokens(), tokens()) == ("t-1", "t-1")
    asked = {
        "grant_type": "client_credentials",
        "client_id": "pmconsole",
        "client_secret": "client-secret",
        "scope": "https://outlook.office365.com/.default",
    }
    assert token_server.asked == [("/token", asked)]


def test_a_token_that_ends_soon_is_not_used_again(token_server: Provider) -> None:
    token_server.answers = [(200, TOKEN | {"expires_in": 30})]
    tokens = CredentialTokens(make_credential(token_server))
    tokens()
    tokens()
    assert len(token_server.asked) == 2


def test_a_refresh_token_that_is_replaced_is_stored_encrypted(token_server: Provider) -> None:
    credential = make_credential(token_server, refresh_token="r-1")
    token_server.answers = [(200, TOKEN | {"refresh_token": "r-2"})]
    CredentialTokens(credential)()
    assert token_server.asked[0][1]["refresh_token"] == "r-1"
    stored = Credential.objects.get(pk=credential.pk)
    assert (stored.refresh_token(), stored.version) == ("r-2", 1)
    assert b"r-2" not in bytes(stored.encrypted_refresh_token)


def test_a_refresh_token_that_another_process_replaced_is_read_again(
    token_server: Provider,
) -> None:
    ours = make_credential(token_server, refresh_token="r-1")
    theirs = Credential.objects.get(pk=ours.pk)
    theirs.set_refresh_token("r-2")
    theirs.save()
    token_server.answers = [(400, {"error": "invalid_grant"})]
    with pytest.raises(Trouble):
        CredentialTokens(ours)()
    assert [form["refresh_token"] for _, form in token_server.asked] == ["r-1", "r-2"]


def test_a_refusal_is_told_in_the_token_servers_words_without_the_secret(
    token_server: Provider,
) -> None:
    refusal = {
        "error": "invalid_client",
        "error_description": "AADSTS7000215: client-secret isn't valid",
    }
    token_server.answers = [(401, refusal)]
    with pytest.raises(Trouble, match="invalid_client: AADSTS7000215: … isn't valid"):
        CredentialTokens(make_credential(token_server))()


@pytest.mark.parametrize("token", ["", "two words", "break\r\nLOGOUT", 7, "x" * 9_000])
def test_what_is_no_token_is_not_used(token_server: Provider, token: object) -> None:
    token_server.answers = [(200, TOKEN | {"access_token": token})]
    with pytest.raises(Trouble, match="no usable token"):
        CredentialTokens(make_credential(token_server))()


def test_outside_of_a_trial_no_token_server_is_asked_on_this_machine(
    token_server: Provider, settings: Any
) -> None:
    settings.TRIAL = False
    with pytest.raises(Trouble):
        CredentialTokens(make_credential(token_server))()
    assert token_server.asked == []


def test_a_mailbox_is_opened_with_the_token(token_server: Provider) -> None:
    with ScriptedImap() as imap:
        system = make_mailbox(f"imap://127.0.0.1:{imap.port}")
        with_credential(system, make_credential(token_server))
        report = check_mailbox(imap_server_of(system), WANTED)
    assert imap.heard[1:3] == ["AUTHENTICATE XOAUTH2", said("t-1")]
    assert "t-1" not in str(report)


def test_a_token_that_the_mail_server_refuses_is_not_shown_again(token_server: Provider) -> None:
    refusal = {
        "challenge": base64.b64encode(b'{"status":"400"}').decode(),
        "AUTHENTICATE": "NO AUTHENTICATE failed.",
    }
    with ScriptedImap(refusal) as imap:
        system = make_mailbox(f"imap://127.0.0.1:{imap.port}")
        with_credential(system, make_credential(token_server))
        report = check_mailbox(imap_server_of(system), WANTED)
        assert report.headline == "The server doesn't accept the access token"
        assert imap.heard[3] == ""  # the answer to why it was refused
        token_server.answers = [(200, TOKEN | {"access_token": "t-2"})]
        check_mailbox(imap_server_of(system), WANTED)
    assert said("t-2") in imap.heard


def test_no_token_no_sign_in(token_server: Provider) -> None:
    token_server.answers = [(400, {"error": "invalid_scope"})]
    with ScriptedImap() as imap:
        system = make_mailbox(f"imap://127.0.0.1:{imap.port}")
        with_credential(system, make_credential(token_server))
        report = check_mailbox(imap_server_of(system), WANTED)
    assert report.headline == "No sign-in by OAuth 2.0"
    assert "invalid_scope" in report.advice
    assert not any("AUTHENTICATE" in each for each in imap.heard)


def test_an_smtp_server_is_shown_the_token_too(token_server: Provider) -> None:
    with ScriptedServer({"EHLO": "250-x\n250 AUTH PLAIN XOAUTH2"}) as smtp:
        system = with_credential(make_smtp_server(smtp.port), make_credential(token_server))
        report = check_connection(server_of(system), mail_from="pm@example.com")
    assert report.ok
    assert f"AUTH XOAUTH2 {said('t-1')}" in smtp.commands
    assert said("t-1") not in str(report)


def test_an_smtp_server_that_refuses_the_token_says_why(token_server: Provider) -> None:
    refusal = ["334 eyJzdGF0dXMiOiI0MDAifQ==", "535 5.7.3 Authentication unsuccessful"]
    with ScriptedServer({"EHLO": "250-x\n250 AUTH XOAUTH2", "AUTH": refusal}) as smtp:
        system = with_credential(make_smtp_server(smtp.port), make_credential(token_server))
        report = check_connection(server_of(system), mail_from="pm@example.com")
    assert (report.ok, "535" in str(report.transcript)) == (False, True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "client_credentials"}, "Token URL: needed for OAuth 2.0."),
        ({"token_url": "http://example.com/token"}, "Token URL isn't an https address"),
        ({"method": "refresh_token"}, "Enter the Refresh Token."),
    ],
)
def test_a_credential_says_what_it_needs(values: dict[str, str], said: str) -> None:
    credential = Credential.objects.create(name="Client", account_name="replies@example.com")
    assert save(signed_in(), credential, **values).count(said) == 2


def test_a_refresh_token_is_never_shown_again() -> None:
    credential, client = (
        Credential.objects.create(name="C", account_name="r@example.com"),
        signed_in(),
    )
    values = {"method": "refresh_token", "token_url": "https://example.com/t", "client_id": "pm"}
    page = save(client, credential, refresh_token="very-secret", **values)
    assert "Saved." in page
    assert credential.refresh_token() == "very-secret"
    history = client.get(f"/configuration/credentials/{credential.pk}/history/").content.decode()
    assert "Refresh Token" in history
    assert "very-secret" not in page + history
