"""What a provider says is believed only if it is signed, for us, of now, and for this sign-in."""

import json
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from foreign_systems.openid.fetch import MAX_BYTES, OpenIdError, fetch
from foreign_systems.openid.protocol import Client, Handshake, address_to_sign_in, claims_of
from tests.http_server import Handler, serving

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
HANDSHAKE = Handshake("state", "nonce", "verifier")


class Provider:
    """Answers what the test tells it to."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.status, self.location = 200, ""
        answers, provider = self.answers, self

        class Told(Handler):
            def take(self, body: bytes) -> None:
                found = answers.get(self.path, b"")
                found = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.answer(provider.status, found, location=provider.location)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        self.answers |= {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
            },
            "/keys": {"keys": [{**jwk, "kid": "1", "alg": "RS256"}]},
            "/me": {"sub": "sam", "groups": ["staff"]},
        }
        self.gives()

    def gives(
        self, *, key: Any = KEY, algorithm: str = "RS256", kid: str = "1", **claims: Any
    ) -> None:
        """Let the token endpoint give an identity token with these claims changed."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "sub": "sam",
            "aud": "pmconsole",
            "iat": now,
            "exp": now + 300,
            "nonce": "nonce",
        }
        said = {name: value for name, value in {**right, **claims}.items() if value is not None}
        token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid})
        self.answers["/token"] = {"id_token": token, "access_token": "a"}

    @property
    def client(self) -> Client:
        return Client(self.issuer, "pmconsole", "secret", "https://pm/x", allow_loopback=True)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    with serving(made.server):
        yield made


def refused(provider: Provider) -> str:
    with pytest.raises(OpenIdError) as error:
        claims_of(provider.client, HANDSHAKE, "code")
    return str(error.value)


def test_what_is_signed_for_us_is_believed_with_what_userinfo_adds(provider: Provider) -> None:
    claims = claims_of(provider.client, HANDSHAKE, "code")
    assert (claims["sub"], claims["groups"]) == ("sam", ["staff"])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["pmconsole", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"key": OTHER},
        {"kid": "unknown"},
        {"key": "secret-that-is-32-characters-long", "algorithm": "HS256"},
    ],
)
def test_any_other_token_is_refused(provider: Provider, claims: dict[str, Any]) -> None:
    provider.gives(**claims)
    assert refused(provider)


def test_an_unsigned_token_is_refused(provider: Provider) -> None:
    provider.gives(key=None, algorithm="none")
    assert "can't be trusted" in refused(provider)


def test_a_userinfo_of_somebody_else_is_refused(provider: Provider) -> None:
    provider.answers["/me"] = {"sub": "admin", "groups": ["admins"]}
    assert "different people" in refused(provider)


def test_userinfo_does_not_override_what_is_signed(provider: Provider) -> None:
    provider.gives(email="sam@example.com", email_verified=False)
    provider.answers["/me"] = {"sub": "sam", "email_verified": True}
    assert claims_of(provider.client, HANDSHAKE, "code")["email_verified"] is False


def test_another_issuers_configuration_is_refused(provider: Provider) -> None:
    provider.answers["/.well-known/openid-configuration"]["issuer"] = "https://evil.example"
    with pytest.raises(OpenIdError, match="another issuer"):
        address_to_sign_in(provider.client, HANDSHAKE)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"[" * 100_000, b"x" * (MAX_BYTES + 1)]
)
def test_what_is_no_json_object_is_refused(provider: Provider, body: bytes) -> None:
    provider.answers["/x"] = body
    with pytest.raises(OpenIdError):
        fetch(f"{provider.issuer}/x", allow_loopback=True)


def test_no_redirect_is_followed(provider: Provider) -> None:
    provider.status, provider.location = 302, f"{provider.issuer}/me"
    with pytest.raises(OpenIdError, match="answered 302"):
        fetch(f"{provider.issuer}/x", allow_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
        "http://login.example.com/",
        "file:///etc/passwd",
        "https://",
    ],
)
def test_loopback_link_local_and_metadata_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(OpenIdError):
        fetch(url, allow_loopback=False)


def test_a_trial_asks_nothing_but_loopback_without_tls() -> None:
    with pytest.raises(OpenIdError, match="over https"):
        fetch("http://192.0.2.1/", allow_loopback=True)
