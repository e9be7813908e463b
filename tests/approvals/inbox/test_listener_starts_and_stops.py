"""When the listener opens, on what, and how it stops."""

import os
import smtplib
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from approvals.inbox.listener import Listener, Peer, Received
from tests.approvals.inbox.listening import LOCAL, MESSAGE, OURS, Raw, listening


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "mail.example.com", ""])
def test_an_open_door_without_listed_peers_is_refused(host):
    with pytest.raises(ValueError, match="list the peers"):
        Listener(host=host, known=bool, store=print)


def test_a_network_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"10\.0\.0\.999"):
        Listener(peers=(Peer("10.0.0.999"),), known=bool, store=print)


def test_a_unix_socket_is_open_to_owner_and_group_only_and_removed_at_the_end(kept, tmp_path):
    path = tmp_path / "s"
    with listening(kept.append, peers=(), unix_socket=str(path)) as listener:
        assert path.stat().st_mode & 0o777 == 0o660
        assert listener.port == 0
        smtp = smtplib.SMTP(local_hostname="test")
        smtp.sock = socket.socket(socket.AF_UNIX)
        smtp.sock.connect(str(path))
        assert smtp.getreply()[0] == 220
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
        smtp.quit()
    assert kept.one.peer == "unix"
    assert not Path(path).exists()


def test_stopping_answers_the_message_that_is_being_stored(kept):
    storing, release = threading.Event(), threading.Event()

    def store(received: Received) -> None:
        storing.set()
        assert release.wait(5)
        kept.append(received)

    listener = Listener(peers=LOCAL, known=OURS.__eq__, store=store)
    listener.start()
    with Raw(listener) as raw:
        raw.to_data()
        raw.socket.sendall(MESSAGE + b".\r\n")
        assert storing.wait(5)
        stopping = threading.Thread(target=listener.stop)
        stopping.start()
        release.set()
        assert raw.line().startswith("250")
        stopping.join(10)
    assert len(kept) == 1


def test_stopping_does_not_wait_for_idle_connections(kept):
    listener = Listener(peers=LOCAL, known=OURS.__eq__, store=kept.append)
    listener.start()
    with Raw(listener) as idle:
        idle.line()
        listener.stop()
        assert idle.rest() == b""


def test_a_taken_port_is_an_error_at_start(kept):
    with listening(kept.append) as listener:
        second = Listener(port=listener.port, known=bool, store=kept.append)
        with pytest.raises(OSError, match="in use"):
            second.start()


@pytest.mark.parametrize(
    ("peers", "sentence"),
    [
        ("+127.0.0.1/32", "CommandError: Can't listen on 127.0.0.1 port {port}: "),
        ("nowhere", "LISTENER_PEERS holds 'nowhere', which isn't a network. Enter addresses "),
    ],
)
def test_the_command_says_in_one_line_why_it_cannot_listen(peers: str, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "receive_mail", "--port", str(port)],
            env={**os.environ, "LISTENER_PEERS": peers},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(sentence.format(port=port))
    assert len(done.stderr.splitlines()) == 1
