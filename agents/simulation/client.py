"""The agent API from the endpoint's side. Standard library only."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import secrets
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agents.signing import digest_of, is_genuine, sign_policies

ANSWER_WITHIN = 15.0  # seconds
MAX_ANSWER = 256 * 1024
MAX_POLICIES = 64 * 1024 * 1024
MAX_TRIES = 3


class Unreachable(Exception):
    """The console gave no answer, or none in JSON."""


class RefusedByConsole(Exception):
    """The console's refusal, in its own words."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.field = str(body.get("field") or "")
        self.message = str(body.get("message", "The console refused without giving a reason."))
        super().__init__(self.message)


class Forged(Exception):
    """A signature is wrong: what came is not the console's, or not for this report."""


@dataclass(frozen=True)
class Registered:
    """What a computer keeps of its registration."""

    name: str
    computer_id: str
    secret: str
    computer_key: bytes
    platform: str

    @classmethod
    def read(cls, path: Path) -> "Registered":
        """Raises FileNotFoundError, and ValueError if the file is not what `write` makes."""
        try:
            stored = json.loads(path.read_text())
            return cls(
                name=stored["name"],
                computer_id=stored["computer_id"],
                secret=stored["secret"],
                computer_key=base64.b64decode(stored["computer_key"], validate=True),
                platform=stored["platform"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} isn't a registration file.") from error

    def write(self, path: Path) -> None:
        """Readable by its owner alone. Never overwrites another registration (FileExistsError)."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stored = {
            "name": self.name,
            "computer_id": self.computer_id,
            "secret": self.secret,
            "computer_key": base64.b64encode(self.computer_key).decode(),
            "platform": self.platform,
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(stored, file, indent=1)


@dataclass(frozen=True)
class Fetched:
    """The policies of a computer as they were sent, and how long it may go by them."""

    body: str
    etag: str
    issued: str  # both in ISO 8601
    expires: str


@dataclass(frozen=True)
class _Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class AgentClient:
    """Calls as one computer; without one, only `register` works."""

    url: str
    computer: Registered | None = None
    trace: str = field(default_factory=lambda: secrets.token_hex(16))  # names its calls in our log

    def register(self, *, install_code: str, name: str, platform: str) -> Registered:
        registered = self._post(
            "register", {"install_code": install_code, "name": name, "platform": platform}
        )
        return Registered(
            name=name,
            computer_id=registered["computer_id"],
            secret=registered["secret"],
            computer_key=base64.b64decode(registered["computer_key"]),
            platform=platform,
        )

    def report(self, event: dict[str, Any], *, request: int | None = None) -> dict[str, Any]:
        """The verdict, its signature checked. Tries again with the same key and a fresh nonce."""
        body = {"idempotency_key": secrets.token_hex(16), "event": event, "request": request}
        for left in reversed(range(MAX_TRIES)):
            nonce = secrets.token_hex(16)
            try:
                return self._genuine(
                    self._post("executions", body | {"nonce": nonce}), nonce, event
                )
            except Unreachable:
                if not left:
                    raise
                time.sleep(0.5)
        raise AssertionError("unreachable")

    def answer(
        self, event: dict[str, Any], event_id: str, *, answer: str, text: str
    ) -> dict[str, Any]:
        """The verdict after a justification or an acknowledged warning."""
        nonce = secrets.token_hex(16)
        body = {"nonce": nonce, "answer": answer, "text": text}
        return self._genuine(self._post(f"executions/{event_id}/answer", body), nonce, event)

    def submit_reason(
        self, event_id: str, *, reason: str, waits: bool, minutes: int | None = None
    ) -> dict[str, Any]:
        asked = {"minutes": minutes} if minutes is not None else {}
        return self._post(
            f"executions/{event_id}/reason", {"reason": reason, "waits": waits, **asked}
        )

    def cancel(self, number: int) -> bool:
        return bool(self._post(f"requests/{number}/cancel", {})["cancelled"])

    def wait(self, ticket: str, *, seconds: int) -> dict[str, Any]:
        """One long poll; the state may still be "pending"."""
        return self._call(
            "GET", f"wait?seconds={seconds}", None, f"Wait {ticket}", ANSWER_WITHIN + seconds
        )

    def report_events(self, happened: list[dict[str, Any]]) -> None:
        """Report what was decided alone: all are stored, or none."""
        self._post("events", {"events": happened})

    def policies(self, known: Fetched | None) -> Fetched:
        """Those in force; an unchanged set comes without its body, and is in force for longer."""
        assert self.computer is not None
        nonce = secrets.token_hex(16)
        headers = {"Authorization": self._bearer}
        if known is not None:
            headers["If-None-Match"] = f'"{known.etag}"'
        answered = self._exchange(
            "GET", f"policies?nonce={nonce}", None, headers, ANSWER_WITHIN, MAX_POLICIES
        )
        if answered.status not in (200, 304):
            self._object_in(answered)
        unchanged = known is not None and answered.status == 304
        body = known.body if known and unchanged else answered.body.decode()
        fetched = Fetched(
            body=body,
            etag=hashlib.sha256(body.encode()).hexdigest(),
            issued=answered.headers.get("Policies-Issued", ""),
            expires=answered.headers.get("Policies-Expires", ""),
        )
        expected = sign_policies(
            computer_key=self.computer.computer_key,
            nonce=nonce,
            computer_id=self.computer.computer_id,
            etag=fetched.etag,
            issued=fetched.issued,
            expires=fetched.expires,
        )
        if not hmac.compare_digest(expected, answered.headers.get("Policies-HMAC", "")):
            raise Forged("The policies are not signed with this computer's key.")
        if known and fetched.issued < known.issued:
            raise Forged("The policies are older than those that this computer has.")
        return fetched

    def _genuine(
        self, verdict: dict[str, Any], nonce: str, event: dict[str, Any]
    ) -> dict[str, Any]:
        key = self.computer.computer_key if self.computer else b""
        if not is_genuine(verdict, computer_key=key, nonce=nonce, event_digest=digest_of(event)):
            raise Forged("The verdict is not signed with this computer's key.")
        return verdict

    @property
    def _bearer(self) -> str:
        return f"Bearer {self.computer.computer_id}.{self.computer.secret}" if self.computer else ""

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, body, self._bearer, ANSWER_WITHIN)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, authorization: str, within: float
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if authorization:
            headers["Authorization"] = authorization
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        return self._object_in(self._exchange(method, path, text, headers, within, MAX_ANSWER))

    def _exchange(
        self,
        method: str,
        path: str,
        text: str | None,
        headers: dict[str, str],
        within: float,
        at_most: int,
    ) -> _Answered:
        """One call; of its answer `at_most` bytes are read. Raises Unreachable."""
        place = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if place.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(place.netloc, timeout=within, context=context)
        else:
            connection = http.client.HTTPConnection(place.netloc, timeout=within)
        try:
            connection.request(
                method,
                f"{place.path}/agent/v1/{path}",
                text,
                headers | {"X-Request-ID": self.trace},
            )
            response = connection.getresponse()
            return _Answered(response.status, response.headers, response.read(at_most))
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(
                f"{self.url} doesn't answer: {error or type(error).__name__}."
            ) from None
        finally:
            connection.close()

    def _object_in(self, answered: _Answered) -> dict[str, Any]:
        """The answer's JSON object. Raises Unreachable without one, and RefusedByConsole."""
        try:
            answer = json.loads(answered.body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Unreachable(
                f"{self.url} isn't a pmconsole: it answered {answered.status} without JSON."
            )
        if answered.status >= 400:
            raise RefusedByConsole(answered.status, answer)
        return answer
