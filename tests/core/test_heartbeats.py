"""Programs give signs of life while they run, and take them back when they end."""

import os
import socket
import subprocess
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from approvals.inbox.listener import Listener
from approvals.management.commands.receive_mail import Command
from approvals.tasks import sweep
from core.heartbeats.models import Heartbeat
from core.heartbeats.services import beat, keep_beating
from tests.running_trial import eventually

HOST = socket.gethostname()


@pytest.mark.django_db
def test_a_second_beat_renews_the_first() -> None:
    beat("worker", host="pm1", process=1)
    Heartbeat.objects.update(at=timezone.now() - timedelta(hours=1))
    beat("worker", host="pm1", process=1)
    assert timezone.now() - Heartbeat.objects.get().at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_program_beats_until_it_ends_and_removes_what_a_killed_one_left() -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    beat("worker", host=HOST, process=killed.pid)
    beat("worker", host="elsewhere", process=killed.pid)
    stop = keep_beating("worker")
    own = Heartbeat.objects.filter(host=HOST, process=os.getpid())
    eventually(own.exists, what="a heartbeat")
    assert set(Heartbeat.objects.values_list("host", "process")) == {
        (HOST, os.getpid()),
        ("elsewhere", killed.pid),
    }
    stop()
    assert not own.exists()


@pytest.mark.django_db(transaction=True)
def test_a_listener_tells_where_it_can_be_reached_while_it_runs(tmp_path: Path) -> None:
    listener = Listener(unix_socket=str(tmp_path / "s"), known=bool, store=print)
    own = Heartbeat.objects.filter(kind="listener", address=str(tmp_path / "s"))
    with ExitStack() as ending:
        Command().begin(listener, ending)
        eventually(own.exists, what="a heartbeat")
    assert not own.exists()


@pytest.mark.django_db
def test_the_sweep_tells_that_it_runs() -> None:
    sweep()
    assert Heartbeat.objects.get().kind == "sweep"
