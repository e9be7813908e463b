"""Test Connection where no mail server answers: no name, no port, another protocol."""

import socket
import threading

import pytest

from foreign_systems.connection_test import check_connection
from tests.foreign_systems.connection_test.trying import (
    HOST,
    SENDER,
    closed_port,
    failed,
    server_at,
    step,
    tones,
    try_script,
)
from tests.foreign_systems.scripted_server import CLOSE, HANG, RESET, ScriptedServer, close_after

# Before a word is said.


def fails(number: int):
    def resolver(host: str) -> list[str]:
        raise socket.gaierror(number, "said the resolver")

    return resolver


@pytest.mark.parametrize(
    ("values", "headline", "advice"),
    [
        ({"resolve": fails(socket.EAI_NONAME)}, "No server has this name", "typing error"),
        ({"resolve": fails(socket.EAI_AGAIN)}, "The name server isn't answering", "Try again"),
        (
            {"resolve": lambda _: ["169.254.169.254"]},
            "This can't be a mail server's address",
            "169.254.169.254",
        ),
        (
            {"resolve": lambda _: ["192.0.2.1"], "loopback_only": True},
            "A trial doesn't connect to other machines",
            "start it with --real-mail",
        ),
        (
            {"resolve": fails(socket.EAI_NONAME), "loopback_only": True},
            "A trial doesn't connect to other machines",
            "connects to this machine only",
        ),
    ],
)
def test_a_name_that_leads_nowhere(values, headline, advice):
    tried = check_connection(server_at(25, **values), mail_from=SENDER)
    assert (tried.ok, tried.headline, tones(tried)) == (False, headline, "boooo")
    assert advice in tried.advice
    assert tried.transcript == ()
    assert step(tried, "Sender") == ("off", "not tried")


def test_a_name_server_that_hangs_is_given_up_in_time():
    end = threading.Event()

    def resolver(host: str) -> list[str]:
        end.wait(5)
        return []

    tried = check_connection(server_at(25, resolve=resolver, timeout=0.1), mail_from=SENDER)
    end.set()
    assert (tried.headline, tones(tried)) == ("The name server isn't answering", "boooo")
    assert tried.milliseconds < 1_000


def test_a_port_at_which_nothing_listens():
    port = closed_port()
    tried = check_connection(server_at(port), mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The connection was refused", "gbooo")
    assert f"nothing is listening on port {port}" in tried.advice


def test_a_machine_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as waiting:
        waiting.connect(full.getsockname())  # and nobody accepts it, so that the next has to wait
        port = full.getsockname()[1]
        tried = check_connection(server_at(port, timeout=0.2), mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The connection timed out", "gbooo")
    assert "firewall" in tried.advice


def test_a_network_without_a_way_there():
    server = server_at(25, resolve=lambda _: ["255.255.255.255"])
    tried = check_connection(server, mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The server can't be reached", "gbooo")


# The wrong protocol.


def test_a_tls_port_that_is_spoken_to_in_clear_is_recognised(good):
    with ScriptedServer(tls=good[0], smtps=True) as it:
        tried = check_connection(server_at(it.port), mail_from=SENDER)
        assert f"Use smtps://{HOST}:{it.port} instead" in tried.advice
    assert (tried.headline, tones(tried)) == ("This port speaks TLS from the first byte", "gbooo")


def test_a_clear_port_that_is_spoken_to_in_tls_is_recognised():
    with ScriptedServer() as it:
        tried = check_connection(server_at(it.port, "smtps"), mail_from=SENDER)
        assert f"Use smtp+starttls://{HOST}:{it.port} instead" in tried.advice
    assert f"smtps://{HOST}:465" in tried.advice
    assert (tried.headline, tones(tried)) == ("This port doesn't start with TLS", "ggboo")


@pytest.mark.parametrize(
    ("greeting", "headline", "marked"),
    [
        (HANG, "The server sends no greeting", []),
        (close_after("22"), "Something other than a mail server answered", ["S 22"]),
        (CLOSE, "The server hung up before its greeting", []),
        (RESET, "The server hung up before its greeting", []),
        ("SSH-2.0-x", "Something other than a mail server answered", ["S SSH-2.0-x"]),
    ],
)
def test_what_listens_is_no_mail_server(greeting, headline, marked):
    tried = try_script({"greeting": greeting}, timeout=0.2)
    assert (tried.headline, tones(tried)) == (headline, "gbooo")
    assert failed(tried) == marked


@pytest.mark.parametrize("fault", [HANG, CLOSE])
def test_a_handshake_that_goes_nowhere(fault):
    tried = try_script({"greeting": fault}, "smtps", timeout=0.2)
    assert (tried.headline, tones(tried)) == ("TLS couldn't be negotiated", "ggboo")
