"""What an endpoint asks of the console, over HTTPS, each time by a new connection, as agents do."""

import http.client
import itertools
import json
import random
import secrets
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from benchmarks.day.ground import SECRET, Ground

WITHIN = 30.0  # seconds for an answer
NGINX_BUSY = {502, 504}  # it found no process that answers in time; agents call again


class Endpoints:
    """Makes calls in the names of all endpoints, and notes the seconds of each by its name."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.again = 0  # calls that were made again
        self.tickets: list[str] = []  # of requests that nobody has answered yet
        self._context = ssl.create_default_context(cafile=ground.cafile)
        self._numbers = itertools.count(1)
        self._etag = ""
        self._random = random.Random(1)  # noqa: S311

    def policies(self, due: float) -> None:
        """Those in force, unchanged since the last time; the first call of all gets them whole."""
        known = {"If-None-Match": f'"{self._etag}"'} if self._etag else {}
        path = f"policies?nonce={secrets.token_hex(16)}"
        status, headers, _ = self._call("GET", path, None, self._bearer(), known)
        self._expect(status == (304 if known else 200), "policies", status)
        self._etag = headers["ETag"].strip('"')
        self._note("policies, unchanged", due)

    def unmatched(self, due: float) -> None:
        self._report("notepad.exe", "no_match", self._bearer())
        self._note("report, no match", due)

    def stored(self, due: float) -> None:
        self._report(f"program{self._random.randint(1, 19)}.exe", "allow", self._bearer())
        self._note("report, stored", due)

    def events(self, due: float) -> None:
        """Ten executions that the agent decided alone."""
        happened = [
            {
                "id": str(uuid4()),
                "event": _event("program1.exe", "alice"),
                "verdict": "allow",
                "policies": "0" * 64,
            }
            for _ in range(10)
        ]
        answered = self._call("POST", "events", {"events": happened}, self._bearer())
        self._expect(answered[0] == 200, "events", *answered)
        self._note("ten events afterwards", due)

    def request(self, due: float) -> None:
        """A program that needs an approval, and its reason; Dana has the email some time later."""
        bearer, user = self._bearer(), f"user{next(self._numbers)}"
        verdict = self._report("needs-approval.exe", "approval_required", bearer, user)
        reason = {"reason": "Needed for the quarterly report.", "waits": True}
        begin = time.perf_counter()
        path = f"executions/{verdict['event_id']}/reason"
        status, _, body = self._call("POST", path, reason, bearer)
        self._expect(status == 201, "reason", status, body)
        self._note("reason", begin)
        self.tickets.append(json.loads(body)["wait_ticket"])

    def decided(self, due: float) -> None:
        """A request from the report to the answer, for which the agent waits."""
        self.request(due)
        ticket = f"Wait {self.tickets.pop()}"
        while True:
            status, _, body = self._call("GET", "wait?seconds=60", None, ticket, within=75)
            self._expect(status == 200, "wait", status, body)
            if json.loads(body)["state"] != "pending":
                break
        self._expect(json.loads(body)["state"] == "approved", "wait", body)
        self._note("from the report to Dana's answer", due)

    def wait(self, due: float) -> None:
        """One call that ends without a decision, at once."""
        ticket = self._random.choice(self.tickets)
        status, _, body = self._call("GET", "wait?seconds=0", None, f"Wait {ticket}")
        self._expect(status == 200, "wait", status, body)
        self._note("wait", due)

    def _report(self, program: str, verdict: str, bearer: str, user: str = "alice") -> Any:
        body = {
            "nonce": secrets.token_hex(16),
            "idempotency_key": secrets.token_hex(16),
            "event": _event(program, user),
        }
        status, _, answer = self._call("POST", "executions", body, bearer)
        told = json.loads(answer)
        self._expect(status == 200 and told["verdict"] == verdict, "executions", status, answer)
        return told

    def _bearer(self) -> str:
        return f"Bearer {self._random.choice(self.ground.endpoints)}.{SECRET}"

    def _call(
        self,
        method: str,
        path: str,
        body: object,
        authorization: str,
        headers: dict[str, str] | None = None,
        within: float = WITHIN,
    ) -> tuple[int, Any, bytes]:
        given = {"Authorization": authorization, **(headers or {})}
        if body is not None:
            given["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        end = time.monotonic() + within
        while True:
            status, received, answer = self._exchange(method, path, text, given, within)
            if status not in NGINX_BUSY or time.monotonic() > end:
                return status, received, answer
            self.again += 1
            time.sleep(0.5)

    def _exchange(
        self, method: str, path: str, text: str | None, headers: dict[str, str], within: float
    ) -> tuple[int, Any, bytes]:
        port = self.ground.installation.https
        connection = http.client.HTTPSConnection(
            "localhost", port, timeout=within, context=self._context
        )
        try:
            connection.request(method, f"/agent/v1/{path}", text, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def _note(self, name: str, begin: float) -> None:
        self.seconds[name].append(time.perf_counter() - begin)

    @staticmethod
    def _expect(right: bool, *what: object) -> None:
        if not right:
            raise SystemExit(f"a wrong answer: {what}"[:600])


def _event(program: str, user: str) -> dict[str, Any]:
    path = f"C:\\Users\\{user}\\Downloads\\{program}"
    return {
        "account": f"EXAMPLE\\{user}",
        "account_id": "S-1-5-21-3623811015-3361044348-30300820-1013",
        "groups": ["EXAMPLE\\Engineering", "BUILTIN\\Users"],
        "file_path": path,
        "sha256": secrets.token_hex(32),
        "signer": "Example Software AG",
        "arguments": ["/S"],
        "command_line": f'"{path}" /S',
        "working_directory": f"C:\\Users\\{user}\\Downloads",
        "parent_path": "C:\\Windows\\explorer.exe",
        "at": datetime.now(UTC).isoformat(),
    }


def at_once(call: Callable[[float], None], times: int, clients: int = 8) -> float:
    """`times` calls, each client's as soon as its last one is answered: the seconds of all."""
    _play([(0.0, call)] * times, clients, from_when_due=False, begin=(begin := time.perf_counter()))
    return time.perf_counter() - begin


def as_due(plan: list[tuple[float, Callable[[float], None]]], clients: int = 32) -> None:
    """Calls at their seconds from now. One that begins late has waited, and that counts."""
    _play(plan, clients, from_when_due=True, begin=time.perf_counter())


def _play(
    plan: list[tuple[float, Callable[[float], None]]],
    clients: int,
    *,
    from_when_due: bool,
    begin: float,
) -> None:
    left, lock, failed = iter(plan), threading.Lock(), list[BaseException]()

    def client() -> None:
        while not failed:
            with lock:
                due, call = next(left, (0.0, None))
            if call is None:
                return
            time.sleep(max(0.0, begin + due - time.perf_counter()))
            try:
                call(begin + due if from_when_due else time.perf_counter())
            except BaseException as error:  # told below, in the thread that asked
                failed.append(error)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
