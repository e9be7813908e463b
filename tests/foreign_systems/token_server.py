"""A token server on this machine that plays its part as each test says, and credentials for it."""

import html
import json
import time
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from django.test import Client

from foreign_systems.models import Credential
from foreign_systems.sign_in_pages import BEGUN
from tests.http_server import Handler

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
