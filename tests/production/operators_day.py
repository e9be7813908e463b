"""`make test-production`: a day of an operator who has docs/operating.md and nothing else.

A trial moves to a server with PostgreSQL; keys are renewed; ten things break, and `doctor` alone tells
which; the machine is lost; and whoever alters the audit trail is told where.
"""

import json
import re
import shlex
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from agents.simulation import Registered
from tests.console.doctor.name_server import NameServer
from tests.production.machine import Machine, commands
from tests.production.whole_set import Endpoints, MailServer
from tests.running_trial import RunningTrial, eventually, free_port

pytestmark = [
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx isn't installed"),
    pytest.mark.timeout(900, method="thread"),
]
# What is so on loopback, and no fault of the day.
USUAL = {"public-url-local"}
FOLLOWS = {
    "keys-wrong": {"secret-unreadable", "audit-broken"},  # what they encrypt and sign
    "database-away": {"web-away", "waiting-away"},
    "broker-away": {"waiting-away"},
}
ZONE = {
    ("pm.firm.test", "MX"): "10 mx.firm.test.",
    ("pm.example.com", "TXT"): '"v=spf1 ip4:192.0.2.1 -all"',
    ("_dmarc.example.com", "TXT"): '"v=DMARC1; p=reject"',
}


@dataclass
class Organisation:
    """Its mail server, which can be down, and its endpoints."""

    server: MailServer = field(default_factory=MailServer)
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        self.controller = Controller(self.server, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()


@pytest.fixture
def organisation() -> Iterator[Organisation]:
    found = Organisation()
    found.start()
    thread = threading.Thread(target=found.server.deliver, daemon=True)
    thread.start()
    yield found
    found.server.ended.set()
    thread.join(15)
    found.stop()


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="pmconsole-day-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def machines(folder: Path) -> Iterator[Callable[[str], Machine]]:
    made: list[Machine] = []

    def new(name: str) -> Machine:
        made.append(Machine(folder / name, name_server=names.address))
        return made[-1]

    with NameServer(ZONE) as names:
        yield new
        for machine in made:
            machine.end()


def test_an_operators_day(
    organisation: Organisation,
    machines: Callable[[str], Machine],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial, backup = tried_out(folder)
    secrets = json.loads((trial.folder / "secrets.json").read_text())
    first = machines("first")
    settings = {"SECRET_KEY": secrets["SECRET_KEY"], "ENCRYPTION_KEYS": secrets["ENCRYPTION_KEYS"]}
    settings |= {"REPLY_ADDRESS": "reply@pm.firm.test"}
    settings |= {"AUDIT_ANCHOR_FILE": str(folder / "heads.jsonl")}
    settings |= {"LISTENER_PEERS": "+127.0.0.1/32", "PMCONSOLE_REAL_MAIL": "0"}
    move(first, backup, settings)
    point_to(first, organisation)
    first.start()
    computer = Registered.read(trial.folder / "computers" / "WS-014.json")
    work(first, organisation, computer, monkeypatch, ran=1)
    rotate(first)

    first.type("sudo -u pmconsole pmconsole audit anchor")
    first.type(commands("Back up")[0].replace("$(date +%F)", "today"))
    saved = folder / "saved.backup"
    shutil.copy(first.folder / "var/backups/pmconsole/today.backup", saved)
    break_ten_things(first, organisation)

    first.end()  # the machine is lost; backup, keys and signed heads are kept elsewhere
    second = machines("second")
    second.install({**settings, "ENCRYPTION_KEYS": first.settings["ENCRYPTION_KEYS"]})
    restored, compared = "pmconsole restore FILE", "verify_audit --anchors FILE"
    for holding, file in ((restored, saved), (compared, settings["AUDIT_ANCHOR_FILE"])):
        (command,) = commands("Restore, or lose the machine", holding=holding)
        assert "intact" in second.type(command.replace("FILE", str(file)))
    second.start()
    work(second, organisation, computer, monkeypatch, ran=2)
    second.finds(USUAL | {"backup-missing"})  # none of this database

    tamper(second)


def tried_out(folder: Path) -> tuple[RunningTrial, Path]:
    """A trial in which one program was approved, and its backup."""
    trial = RunningTrial(folder / "trial").start()
    path = "C:\\Users\\alice\\Downloads\\setup.exe"
    asked = trial.begin("simulate_execution", "--file", path, "--reason", "Work")
    eventually(lambda: "PM-1" in trial.command("approvals", "list").stdout, within=30)
    approved = trial.command("approvals", "approve", "PM-1", "--reason", "By phone")
    assert approved.returncode == 0, approved.stderr
    assert asked.wait(30) == 0
    assert trial.stop() == 0
    backup = folder / "trial.backup"
    wanted = commands("Move a trial to production")[0].splitlines()[0].partition("#")[0].split()
    assert wanted == [".venv/bin/python", "manage.py", "backup", "trial.backup"]
    done = trial.command("backup", str(backup))
    assert done.returncode == 0, done.stderr
    return trial, backup


def move(machine: Machine, backup: Path, settings: dict[str, str]) -> None:
    machine.install(settings)
    shutil.copy(backup, machine.code / "trial.backup")
    told = machine.type(commands("Move a trial to production")[0].splitlines()[1])
    assert "The audit trail is intact" in told
    assert machine.sql("SELECT state FROM approvals_approvalrequest") == "approved\n"


def python(machine: Machine, code: str) -> None:
    machine.type(f"sudo -u pmconsole pmconsole shell --no-imports -c {shlex.quote(code)}")


def point_to(machine: Machine, organisation: Organisation) -> None:
    """Foreign Systems: the organisation's SMTP server in place of the trial's."""
    python(
        machine,
        "from foreign_systems.models import ForeignSystem as F; s = F.objects.default(); "
        f"s.settings['base_url'] = 'smtp://127.0.0.1:{organisation.port}'; "
        "s.credential = None; s.save()",
    )
    organisation.server.listener_port = machine.ports["2525"]


def work(
    machine: Machine,
    organisation: Organisation,
    computer: Registered,
    monkeypatch: pytest.MonkeyPatch,
    *,
    ran: int,
) -> None:
    """The main job, over https and by real mail both ways."""
    organisation.server.listener_port = machine.ports["2525"]
    monkeypatch.setenv("SSL_CERT_FILE", str(machine.folder / "fullchain.pem"))
    endpoints = Endpoints(machine.url, [computer], begun=ran * 1000)
    worker = threading.Thread(target=endpoints.work, args=(0,), daemon=True)
    worker.start()
    eventually(
        lambda: endpoints.ran or endpoints.failed,
        within=60,
        what=f"a program that runs\n{machine.logs()}",
    )
    endpoints.ended.set()
    worker.join(60)
    assert endpoints.failed == [], machine.logs()


def new_key(machine: Machine) -> str:
    """By the command that the settings file gives."""
    text = (machine.code / "deploy/pmconsole.env").read_text()
    (command,) = re.findall(r"^# +(python3 -c .+)$", text, re.MULTILINE)
    return machine.type(command).strip()


def rotate(machine: Machine) -> None:
    (line,) = commands("Rotate keys")
    assert line.startswith("ENCRYPTION_KEYS=2:NEW,1:OLD ")
    old = machine.settings["ENCRYPTION_KEYS"].removeprefix("1:")
    new = new_key(machine)
    machine.edit(ENCRYPTION_KEYS=f"2:{new},1:{old}")
    machine.restart()
    told = machine.type("sudo -u pmconsole pmconsole rotate_keys")
    assert "Key 1 is no longer needed" in told, told
    machine.edit(ENCRYPTION_KEYS=f"2:{new}")
    machine.restart()


def break_ten_things(machine: Machine, organisation: Organisation) -> None:
    """Each is found by `doctor` alone, beside what is usual, and is gone once it's mended."""
    machine.finds(USUAL)
    static = machine.folder / "static"
    migration = machine.code / "approvals/migrations/0999_of_a_newer_version.py"
    settings = dict(machine.settings)
    workers = ("pmconsole-worker@1", "pmconsole-worker@2")
    policy = "UPDATE policies_policyfilter SET role = "

    def newer() -> None:
        last = max(migration.parent.glob("0*.py")).stem
        migration.write_text(
            "from django.db import migrations\n"
            "class Migration(migrations.Migration):\n"
            f"    dependencies = [('approvals', {last!r})]\n"
        )

    faults: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "beat-missing": (
            lambda: machine.stop("pmconsole-beat"),
            lambda: machine.restart("pmconsole-beat"),
        ),
        "worker-missing": (lambda: machine.stop(*workers), lambda: machine.restart(*workers)),
        "smtp-trouble": (organisation.stop, organisation.start),
        "broker-away": (machine.valkey.kill, machine.valkey.start),
        "database-away": (machine.database.kill, machine.database.start),
        "settings-unusable": (
            lambda: machine.edit(SECRET_KEY="short"),
            lambda: machine.edit(SECRET_KEY=settings["SECRET_KEY"]),
        ),
        "keys-wrong": (
            lambda: machine.edit(ENCRYPTION_KEYS=f"2:{new_key(machine)}"),
            lambda: machine.edit(ENCRYPTION_KEYS=settings["ENCRYPTION_KEYS"]),
        ),
        "static-files-missing": (
            lambda: static.rename(static.with_name("moved")),
            lambda: static.with_name("moved").rename(static),
        ),
        "database-unmigrated": (newer, migration.unlink),
        "policy-invalid": (
            lambda: machine.sql(f"{policy} 'exclusion' WHERE role = 'target'"),
            lambda: machine.sql(f"{policy} 'target' WHERE role = 'exclusion'"),
        ),
    }
    assert len(faults) == 10
    for key, (induce, mend) in faults.items():
        induce()
        also = USUAL if key != "settings-unusable" else set()  # nothing else can be looked at then
        machine.finds({key} | also, follows=FOLLOWS.get(key, ()))
        mend()
    machine.finds(USUAL)


def tamper(machine: Machine) -> None:
    """Whoever can write to the database is told by number where it shows."""
    last = int(machine.sql("SELECT max(sequence) FROM audit_entry"))
    delete = (
        "DELETE FROM audit_payload WHERE entry_id = {0}; "
        "DELETE FROM audit_entry WHERE sequence = {0}"
    )
    ways = {
        f"Entry {last - 3} was changed": (
            "UPDATE audit_payload SET text = text || ' ' WHERE entry_id = {0}",
            last - 3,
        ),
        f"Entry {last - 4} doesn't match its payload": (
            "UPDATE audit_entry SET verb = 'nothing' WHERE sequence = {0}",
            last - 4,
        ),
        f"Entry {last - 5} is missing": (delete, last - 5),
        f"but the last entry is {last - 1}": (delete, last),
    }
    machine.sql(
        "CREATE TABLE entries AS TABLE audit_entry; CREATE TABLE payloads AS TABLE audit_payload"
    )
    machine.stop(*(name for name in machine.programs if name != "nginx"))
    for says, (statement, number) in ways.items():
        machine.sql(statement.format(number))
        told = machine.type("sudo -u pmconsole pmconsole verify_audit", fails=True)
        assert says in told, told
        machine.sql(
            "DELETE FROM audit_payload; DELETE FROM audit_entry; "
            "INSERT INTO audit_entry TABLE entries; INSERT INTO audit_payload TABLE payloads"
        )
    assert "intact" in machine.type("sudo -u pmconsole pmconsole verify_audit")
