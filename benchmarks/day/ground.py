"""The production set of deploy/ on loopback, with endpoints, and what its programs have used up."""

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.production.parts import Database, Installation, Part
from tests.production.whole_set import MailServer

SECRET = "of-each-endpoint-of-the-benchmark-alike"  # noqa: S105
KEY = bytes(32)
APPROVER = "dana@example.com"
PROGRAMS = {
    "web 1": "web",
    "web 2": "web",
    "wait": "wait",
    "worker 1": "workers",
    "worker 2": "workers",
    "beat": "beat",
    "listener": "listener",
    "postgresql": "PostgreSQL",
    "valkey": "Valkey",
    "nginx": "nginx",
}
PATIENCE = 60.0  # seconds without any progress
TICKS = os.sysconf("SC_CLK_TCK")


class Organisation(MailServer):
    """Its mail server: counts the console's mail, and keeps an answer to each request in `waiting`."""

    taken = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += 1
        return str(await super().handle_DATA(server, session, envelope))


@dataclass
class Ground:
    """The running set; `endpoints` are the computers' ids."""

    installation: Installation
    mail: Organisation
    endpoints: list[str]
    cafile: str

    def used(self) -> dict[str, float]:
        """Seconds of processor time that each kind of program has used since it started."""
        stats = dict(_stats())
        children: dict[int, list[int]] = {}
        for pid, (parent, _) in stats.items():
            children.setdefault(parent, []).append(pid)
        used = dict.fromkeys(PROGRAMS.values(), 0.0)
        for name, kind in PROGRAMS.items():
            family = [_pid(self.installation.parts[name])]
            for pid in family:
                family += children.get(pid, [])
                used[kind] += stats[pid][1]
        return used

    def size(self) -> int:
        """Bytes of the database, indexes included, but for the answers that are kept for ten minutes:
        their room is used again.
        """
        from agents.models import StoredAnswer

        table = StoredAnswer._meta.db_table
        passing = f"pg_total_relation_size('{table}')"
        return self._ask(f"SELECT pg_database_size(current_database()) - {passing}")

    def written(self) -> int:
        """Bytes of the write-ahead log since the database was made."""
        return self._ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")

    def settle(self) -> None:
        """Wait until all mail is sent and every reply is read, as long as it becomes less."""
        from django.utils import timezone

        from approvals.models import IncomingMail, OutgoingMail

        left, since = -1, time.monotonic()
        while left:
            due = OutgoingMail.objects.unfinished().filter(due_at__lte=timezone.now()).count()
            now = due + IncomingMail.objects.filter(state="stored").count()
            if now != left:
                left, since = now, time.monotonic()
            elif time.monotonic() > since + PATIENCE:
                raise SystemExit(f"{left} emails weren't sent or read:\n{self.installation.logs()}")
            time.sleep(0.1)

    def _ask(self, question: str) -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(question)
            return int(cursor.fetchone()[0])


def _stats() -> Iterator[tuple[int, tuple[int, float]]]:
    """Each process with its parent and its seconds, those of children that have ended included."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        yield int(path.parent.name), (int(fields[1]), sum(map(int, fields[11:15])) / TICKS)


def _pid(part: "Part | Database") -> int:
    if isinstance(part, Database):
        return int((part.server.pgdata / "postmaster.pid").read_text().split()[0])
    assert part.process is not None
    return int(part.process.pid)


@contextmanager
def started(endpoints: int) -> Iterator[Ground]:
    """The set with so many endpoints, ended at the end."""
    from aiosmtpd.controller import Controller

    from tests.running_trial import free_port

    mail, port = Organisation(), free_port()
    receiver = Controller(mail, hostname="127.0.0.1", port=port)
    receiver.start()
    folder = Path(tempfile.mkdtemp(prefix="pmconsole-day-"))
    folder.chmod(0o755)  # PostgreSQL and nginx's workers run as others
    installation = Installation(folder, smtp_port=port)
    mail.listener_port = installation.ports[2525]
    try:
        installation.start()
        _as_in_production(installation)
        os.environ |= installation.environment
        import django

        django.setup()
        yield Ground(installation, mail, fill(endpoints), str(folder / "fullchain.pem"))
    finally:
        mail.ended.set()
        installation.end()
        receiver.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_in_production(installation: Installation) -> None:
    """Undo what the tests save: the database syncs to the disk, and nginx has room for who waits."""
    database = installation.parts["postgresql"]
    assert isinstance(database, Database)
    database.server.psql("ALTER SYSTEM RESET fsync")
    database.server.psql("SELECT pg_reload_conf()")
    nginx = installation.parts["nginx"]
    assert isinstance(nginx, Part)
    nginx.kill()
    path = Path(nginx.arguments[-1])
    path.write_text(re.sub(r"worker_connections \d+", "worker_connections 8192", path.read_text()))
    nginx.start()


def fill(count: int) -> list[str]:
    """Endpoints in one group, with twenty policies; one of them asks for approval by email."""
    from django.db import connection

    from actions.models import Action
    from approvals.models import ApprovalProcess, ApprovalType
    from core.advanced.models import AdvancedSettings
    from core.text import name_key
    from policies.models import Computer, ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
    from tests.factories import make_process

    group = ComputerGroup.objects.create(name="Benchmark", platform="windows")
    process: ApprovalProcess = make_process(to_addresses=(APPROVER,))
    approval = ApprovalType.objects.create(name="Benchmark", process=process)
    rights = Action.objects.create(name="Benchmark", kind="add_administrative_rights", settings={})
    form = Action.objects.create(
        name="Benchmark form", kind="approval_request_form", settings={}, approval_type=approval
    )
    for number in range(20):
        name = "needs-approval.exe" if number == 0 else f"program{number}.exe"
        policy = Policy.objects.create(
            name=f"Benchmark {number}", is_active=True, audit_events=True, priority=50 + number
        )
        policy.groups.add(group)
        settings = {"names": [name]}
        target = Filter.objects.create(
            name=f"Benchmark {number}", kind="file_specification", settings=settings
        )
        PolicyFilter.objects.create(policy=policy, filter=target, role="target")
        for position, action in enumerate([form, rights] if number == 0 else [rights]):
            PolicyAction.objects.create(policy=policy, action=action, position=position)
    # All requests of the benchmark are one approver's, and many are of one computer.
    limits = {"openings_per_account": 100_000, "openings_per_computer": 100_000}
    AdvancedSettings.objects.update(settings=limits)
    pattern = Computer(platform="windows", secret_hash=_hash())
    pattern.set_key(KEY)
    made = Computer.objects.bulk_create(
        (
            Computer(
                name=f"BENCH-{number:07}",
                name_key=name_key(f"BENCH-{number:07}"),
                platform="windows",
                secret_hash=pattern.secret_hash,
                encrypted_key=pattern.encrypted_key,
            )
            for number in range(count)
        ),
        batch_size=5_000,
    )
    memberships = Computer.groups.through
    memberships.objects.bulk_create(
        (memberships(computer_id=each.pk, computergroup_id=group.pk) for each in made),
        batch_size=10_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return [str(each.pk) for each in made]


def _hash() -> str:
    from agents.services.registering import secret_hash

    return secret_hash(SECRET)


def answering(mail: Organisation) -> threading.Thread:
    """From now on, Dana answers each request as soon as its email arrives."""
    thread = threading.Thread(target=mail.deliver, daemon=True)
    thread.start()
    return thread
