"""Standing threads that each keep a connection."""

import threading
from queue import SimpleQueue

import pytest

from foreign_systems.pool import Pool
from foreign_systems.smtp import Connection, Server
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.running_trial import eventually

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


@pytest.fixture
def server():
    with ScriptedServer() as it:
        yield it


def pool_to(server: ScriptedServer, limit: int) -> Pool:
    return Pool(Server(parse(f"smtp://127.0.0.1:{server.port}"), timeout=2.0), limit)


def deliver(connection: Connection) -> None:
    connection.deliver("pm@c.example", "dana@a.example", MESSAGE)


def test_one_message_after_another_goes_over_one_connection(server):
    pool = pool_to(server, limit=4)
    for number in range(1, 4):
        pool.run(deliver)
        eventually(lambda number=number: len(server.messages) == number, within=5)
        eventually(lambda: pool._unfinished == 0, within=5)
    assert server.connections == 1
    pool.close()


def test_no_more_connections_than_the_limit_are_used_at_once(server):
    pool, at_once, together = pool_to(server, limit=3), [], threading.Barrier(3)

    def work(connection: Connection) -> None:
        at_once.append(together.wait(5))
        deliver(connection)

    for _ in range(9):
        pool.run(work)
    eventually(lambda: len(server.messages) == 9, within=10)
    assert server.connections == 3
    pool.close()


def test_a_closed_pool_says_goodbye_and_what_comes_later_is_done_all_the_same(server):
    pool, done = pool_to(server, limit=2), SimpleQueue()
    pool.run(deliver)
    pool.close()
    eventually(lambda: "QUIT" in server.commands, within=5)
    pool.run(lambda connection: done.put(connection.deliver("", "dana@a.example", MESSAGE).kind))
    assert done.get(timeout=5) == "sent"
    eventually(lambda: pool._threads == 0, within=5)
