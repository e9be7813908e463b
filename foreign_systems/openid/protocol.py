"""The authorization code flow (OpenID Connect Core 1.0, 3.1) with PKCE (RFC 7636), state and nonce."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import jwt

from foreign_systems.openid.fetch import OpenIdError, fetch

WELL_KNOWN: Final = "/.well-known/openid-configuration"
SCOPE: Final = "openid profile email"
# Asymmetric ones alone: with HMAC the client's secret would be the key.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "EdDSA")
LEEWAY: Final = 60  # seconds that clocks may differ


@dataclass(frozen=True)
class Client:
    """Who we are to a provider, and where it sends the browser back to."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    allow_loopback: bool = False

    def configuration(self) -> dict[str, Any]:
        """What the provider says of itself. Raises OpenIdError, also if it names another issuer."""
        url = self.issuer.rstrip("/") + WELL_KNOWN
        found = fetch(url, allow_loopback=self.allow_loopback)
        if found.get("issuer") != self.issuer:
            raise OpenIdError(f"{url} is of another issuer: {found.get('issuer')!r}.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str):
                raise OpenIdError(f"{url} names no {name}.")
        return found


@dataclass(frozen=True)
class Handshake:
    """What ties the answer to the browser that asked; the session keeps it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Handshake":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def address_to_sign_in(client: Client, handshake: Handshake) -> str:
    """Where to send the browser. Raises OpenIdError."""
    digest = hashlib.sha256(handshake.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": SCOPE,
        "state": handshake.state,
        "nonce": handshake.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    endpoint: str = client.configuration()["authorization_endpoint"]
    if not endpoint.startswith("https://") and not client.allow_loopback:
        raise OpenIdError(f"{endpoint} isn't an https address.")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def claims_of(client: Client, handshake: Handshake, code: str) -> dict[str, Any]:
    """Who signed in: the verified claims, with those of the userinfo endpoint. Raises OpenIdError."""
    configuration = client.configuration()
    tokens = _tokens(client, handshake, code, configuration)
    claims = _verified(client, tokens.get("id_token"), configuration)
    if not secrets.compare_digest(str(claims.get("nonce", "")), handshake.nonce):
        raise OpenIdError("The identity token is for another sign-in.")
    endpoint, access = configuration.get("userinfo_endpoint"), tokens.get("access_token")
    if isinstance(endpoint, str) and isinstance(access, str):
        more = fetch(endpoint, allow_loopback=client.allow_loopback, bearer=access)
        if more.get("sub") != claims["sub"]:
            raise OpenIdError("The provider's answers are about different people.")
        claims = more | claims
    return claims


def _tokens(
    client: Client, handshake: Handshake, code: str, configuration: dict[str, Any]
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": handshake.verifier,
    }
    methods = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = None
    if "client_secret_basic" in methods:
        basic = (quote(client.client_id, safe=""), quote(client.secret, safe=""))
    else:
        form |= {"client_id": client.client_id, "client_secret": client.secret}
    return fetch(
        configuration["token_endpoint"],
        allow_loopback=client.allow_loopback,
        form=form,
        basic=basic,
    )


def _verified(client: Client, token: object, configuration: dict[str, Any]) -> dict[str, Any]:
    """The claims of the identity token, whose signature, issuer, audience and times are right."""
    if not isinstance(token, str):
        raise OpenIdError("The provider gave no identity token.")
    keys = fetch(configuration["jwks_uri"], allow_loopback=client.allow_loopback)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token)),
            algorithms=list(ALGORITHMS),
            audience=client.client_id,
            issuer=client.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise OpenIdError(f"The identity token can't be trusted: {error}") from error
    if isinstance(claims["aud"], list) and claims.get("azp", client.client_id) != client.client_id:
        raise OpenIdError("The identity token was made for another client.")
    return claims


def _key(keys: dict[str, Any], header: dict[str, Any]) -> Any:
    """The provider's key that the token names; without a name, its only one."""
    known = jwt.PyJWKSet.from_dict(keys).keys
    wanted = header.get("kid")
    fitting = [key for key in known if key.key_id == wanted] if wanted else known
    if len(fitting) != 1:
        raise ValueError("it names no key of the provider")
    return fitting[0]
