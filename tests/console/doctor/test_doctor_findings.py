"""Each fault is induced, and exactly it is found; what is healthy has no finding."""

import re
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from approvals.inbox import probe_words
from approvals.inbox.listener import Listener, Peer
from approvals.models import ApprovalProcess, IncomingMail, OutgoingMail
from console.doctor.catalogue import CHECKS
from console.doctor.checks import Options
from console.doctor.running import KINDS
from console.doctor.unusable import UNUSABLE
from core.actors import Actor
from core.audit.models import Entry, Payload
from core.audit.services import record
from core.heartbeats.models import Heartbeat
from core.heartbeats.services import beat
from core.keys.models import KnownKey
from core.people.models import User
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Credential, ForeignSystem, MailboxContact
from policies.models import Computer, PolicyFilter
from tests.agents.endpoints import make_approval_policy, make_group
from tests.console.doctor.name_server import NameServer
from tests.factories import (
    DANA,
    make_mailbox,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
    set_advanced,
)
from tests.foreign_systems.scripted_imap import ScriptedImap
from tests.foreign_systems.scripted_server import ScriptedServer, certificate
from tests.http_server import Handler, serving
from tests.policies.events import make_computer
from tests.running_trial import ROOT

FOUND_ELSEWHERE = {  # by tests/console/doctor/test_doctor_command.py
    "database-away",
    "settings-unusable",
    "check-too-slow",
    "check-failed",
    "database-sqlite",  # below
    # By tests/approvals/inbox/test_probes.py:
    "probe-not-delivered",
    "plus-addresses-not-delivered",
    "bounce-addresses-not-delivered",
    "probe-unproven",
}
ALL_KINDS = [UNUSABLE, *KINDS, *(kind for check in CHECKS for kind in check.kinds)]
RUNBOOK = (ROOT / "docs/doctor.md").read_text()


def test_whatever_can_become_of_a_probe_is_a_finding() -> None:
    every = [
        each for each in vars(probe_words).values() if isinstance(each, probe_words.ProbeWords)
    ]
    found = {kind.key for check in CHECKS if check.name == "probe" for kind in check.kinds}
    assert {words.key for words in every} - {""} == found


class Web(ThreadingHTTPServer):
    """What stands at PUBLIC_URL: it answers with these states."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.states = {"/health/live": 200, "/agent/v1/wait": 401}


class _Answer(Handler):
    def take(self, body: bytes) -> None:
        assert isinstance(self.server, Web)
        self.answer(self.server.states[self.path])


@dataclass
class World:
    """An installation in which all is well."""

    settings: Any
    folder: Path
    stack: ExitStack
    names: NameServer
    server: ForeignSystem
    process: ApprovalProcess
    web: "Web"
    options: Options = field(default_factory=Options)

    def change_server(self, **values: Any) -> None:
        self.server.settings = {**self.server.settings, **values}
        self.server.save()

    def listen(self, script: dict[str, Any], **options: Any) -> ScriptedServer:
        """Have the SMTP server behave like this."""
        smtp = self.stack.enter_context(ScriptedServer(script, **options))
        self.change_server(base_url=f"smtp://127.0.0.1:{smtp.port}")
        return smtp


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.PUBLIC_URL = "https://192.0.2.1"
    settings.REPLY_ADDRESS = "reply@pm.firm.test"
    zone = {
        ("pm.firm.test", "MX"): "10 mx.firm.test.",
        ("pm.example.com", "TXT"): '"v=spf1 ip4:192.0.2.1 " "-all"',
        ("_dmarc.example.com", "TXT"): '"v=DMARC1; p=reject"',
    }
    with ExitStack() as stack:
        names = stack.enter_context(NameServer(zone))
        smtp = stack.enter_context(ScriptedServer())
        server = make_smtp_server(smtp.port)
        process = make_process(to_addresses=(DANA,))
        make_approval_policy(make_group(), type=make_type(process), name="Installers")
        make_computer("WS-001", last_seen_at=timezone.now())
        for kind in Heartbeat.Kind:
            beat(kind, host="pm1")
        _write_audit()
        web = Web()
        stack.enter_context(serving(web))
        options = Options(min_free=0, name_server=names.address, web=(web.address,))
        yield World(settings, tmp_path, stack, names, server, process, web, options)


def _write_audit() -> None:
    with transaction.atomic():
        actor, what = Actor.of_system("tests"), "database"
        record(actor=actor, verb="backup", kind=what, object_id=what, facts={})


def findings_of(name: str, world: World) -> set[str]:
    check = next(check for check in CHECKS if check.name == name)
    found = list(check.look(world.options))
    assert {finding.key for finding in found} <= {kind.key for kind in check.kinds}
    assert all(finding.wrong and finding.means and finding.mend for finding in found)
    return {finding.key for finding in found} - {"database-sqlite"}


# Each of these brings about the fault of its name.


def static_files_missing(world: World) -> None:
    gathered = staticfiles_storage.hashed_files
    world.stack.callback(setattr, staticfiles_storage, "hashed_files", gathered)
    staticfiles_storage.hashed_files = {}


def public_url_local(world: World) -> None:
    world.settings.PUBLIC_URL = "http://127.0.0.1:8000"


def public_url_unencrypted(world: World) -> None:
    world.settings.PUBLIC_URL = "http://192.0.2.1"


def public_url_unknown(world: World) -> None:
    world.settings.PUBLIC_URL = "https://pm.invalid"


def reply_address_example(world: World) -> None:
    world.settings.REPLY_ADDRESS = "reply@pm.example.com"


def replies_unproven(world: World) -> None:
    world.settings.AUTHSERV_IDS = ()


def disk_low(world: World) -> None:
    free = shutil.disk_usage(Path.cwd()).free // 1_000_000
    world.options = replace(world.options, min_free=free * 2)


def disk_full(world: World) -> None:
    free = shutil.disk_usage(Path.cwd()).free // 1_000_000
    world.options = replace(world.options, min_free=free * 1_000)


def database_unmigrated(world: World) -> None:
    MigrationRecorder.Migration.objects.filter(app="tasks").delete()


def database_newer(world: World) -> None:
    MigrationRecorder.Migration.objects.create(app="tasks", name="0099_from_the_future")


def clock_skew(world: World) -> None:
    ahead = timezone.now() + timedelta(minutes=5)
    world.stack.enter_context(time_machine.travel(ahead))


def database_time_zone(world: World) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no time zone")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Europe/Oslo'")


def broker_away(world: World) -> None:
    world.settings.REDIS_URL = "redis://127.0.0.1:1/0"


def keys_wrong(world: World) -> None:
    KnownKey.objects.create(number=9, fingerprint="of a key that is not configured")


def secret_unreadable(world: World) -> None:
    Credential.objects.create(name="Old", account_name="pm", encrypted_secret=b"of another key")


def worker_missing(world: World) -> None:
    _silence("worker", timedelta(minutes=2))


def worker_lost(world: World) -> None:
    beat("worker", host="pm2", process=7)
    Heartbeat.objects.filter(host="pm2").update(at=timezone.now() - timedelta(minutes=5))


def beat_missing(world: World) -> None:
    _silence("beat", timedelta(minutes=2))


def sweep_late(world: World) -> None:
    _silence("sweep", timedelta(minutes=5))


def _silence(kind: str, age: timedelta) -> None:
    Heartbeat.objects.filter(kind=kind).update(at=timezone.now() - age)


def web_away(world: World) -> None:
    world.web.states["/health/live"] = 502


def waiting_away(world: World) -> None:
    world.web.states["/agent/v1/wait"] = 502


def listener_missing(world: World) -> None:
    _silence("listener", timedelta(minutes=2))


def listener_certificate(world: World) -> None:
    broken = world.folder / "listener.pem"
    broken.write_text("half a certificate")
    world.settings.LISTENER_TLS_CERTIFICATE = world.settings.LISTENER_TLS_KEY = str(broken)


def listener_silent(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"127.0.0.1:{gone.getsockname()[1]}"
    beat("listener", host=socket.gethostname(), process=7, address=address)


def smtp_none(world: World) -> None:
    ForeignSystem.objects.all().delete()


def smtp_trouble(world: World) -> None:
    world.listen({"greeting": "554 5.7.1 no service for you"})


def smtp_certificate_ends(world: World) -> None:
    context, pem = certificate(world.folder, days=10)
    world.listen({"EHLO": "250-scripted.example\n250 STARTTLS"}, tls=context)
    world.change_server(ca=pem)


def smtp_secret_unreadable(world: World) -> None:
    credential = Credential.objects.create(
        name="Old", account_name="pm", encrypted_secret=b"of another key"
    )
    ForeignSystem.objects.update(credential=credential)


def circuit_open(world: World) -> None:
    open_circuit(world.server, reason="Connection refused", alert=False)


def outbox_late(world: World) -> None:
    make_request()
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(minutes=10))


def outbox_failed(world: World) -> None:
    make_request()
    OutgoingMail.objects.update(state="failed", last_answer="550 5.1.1 no such user")


def inbox_late(world: World) -> None:
    _incoming(received_at=timezone.now() - timedelta(minutes=10))


def inbox_failed(world: World) -> None:
    _incoming(state="failed", reason="It couldn't be read.")


def _incoming(**values: Any) -> None:
    given = {"received_at": timezone.now(), "source": "command", "sha256": uuid.uuid4().hex}
    raw = f"Subject: hello\r\n\r\n{given['sha256']}".encode()
    IncomingMail.stored(raw, **{**given, **values}).save()


def reply_domain_without_mx(world: World) -> None:
    del world.names.zone["pm.firm.test", "MX"]


def sender_without_spf(world: World) -> None:
    world.names.zone["pm.example.com", "TXT"] = '"google-site-verification=1"'


def sender_without_dmarc(world: World) -> None:
    del world.names.zone["_dmarc.example.com", "TXT"]


def dns_silent(world: World) -> None:
    world.names.silent = True


def policy_invalid(world: World) -> None:
    PolicyFilter.objects.all().delete()


def process_without_approver(world: World) -> None:
    make_request(type=world.process.types.get())
    OutgoingMail.objects.update(bounced_at=timezone.now(), finished_at=timezone.now())


def second_factor_missing(world: World) -> None:
    set_advanced(second_factor="everybody")
    person = make_user("sam", role="Users")
    person.set_password("correct horse battery")
    person.save()


def agents_unseen(world: World) -> None:
    make_computer("WS-002", last_seen_at=timezone.now() - timedelta(days=8))


def agents_all_silent(world: World) -> None:
    Computer.objects.update(last_seen_at=timezone.now() - timedelta(days=2))


def mailbox_trouble(world: World) -> None:
    imap = world.stack.enter_context(ScriptedImap({"greeting": "* BYE not today"}))
    make_mailbox(f"imap://127.0.0.1:{imap.port}", secret="x" * 9)


def mailbox_unread(world: World) -> None:
    read, unread = make_mailbox("imap://127.0.0.1"), make_mailbox("imap://127.0.0.1")
    soon, past = timezone.now() + timedelta(minutes=1), timezone.now() - timedelta(minutes=1)
    MailboxContact.objects.create(system=read, lease_until=soon)
    MailboxContact.objects.create(system=unread, lease_until=past, contacted_at=past)


def probe_not_sent(world: World) -> None:  # by whom? No worker is running
    world.options = replace(world.options, send_probe=True, probe_within=0)


def backup_missing(world: World) -> None:
    Entry.objects.filter(verb="backup").delete()


def backup_old(world: World) -> None:
    Entry.objects.filter(verb="backup").update(at=timezone.now() - timedelta(days=3))


def audit_broken(world: World) -> None:
    Payload.objects.update(text='{"verb": "forged"}')


CASES = [
    (check.name, kind.key)
    for check in CHECKS
    for kind in check.kinds
    if kind.key not in FOUND_ELSEWHERE
]


@pytest.mark.parametrize(("name", "key"), CASES, ids=[key for _, key in CASES])
def test_each_fault_is_found_alone(world: World, name: str, key: str) -> None:
    induce: Callable[[World], None] = globals()[key.replace("-", "_")]
    induce(world)
    assert findings_of(name, world) == {key}


@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_where_all_is_well_nothing_is_found(world: World, name: str) -> None:
    assert findings_of(name, world) == set()


def test_a_web_process_that_is_not_there_is_away(world: World) -> None:
    world.options = replace(world.options, web=("http://127.0.0.1:1/", world.web.address))
    assert findings_of("web", world) == {"web-away"}


def test_a_listener_that_was_stopped_is_missed_if_the_newest_message_came_by_it(
    world: World,
) -> None:
    Heartbeat.objects.filter(kind="listener").delete()
    assert findings_of("listener", world) == set()
    _incoming(source="listener")
    assert findings_of("listener", world) == {"listener-missing"}
    _incoming(source="imap", received_at=timezone.now() + timedelta(seconds=1))
    assert findings_of("listener", world) == set()


@pytest.mark.parametrize("known", ["port", "socket"])
def test_a_listener_that_greets_or_refuses_is_well(world: World, known: str) -> None:
    path = str(world.folder / "s")
    door: dict[str, Any] = {"unix_socket": path} if known == "socket" else {}
    listener = Listener(peers=(Peer("192.0.2.0/24"),), known=bool, store=print, **door)
    listener.start()
    world.stack.callback(listener.stop)
    address = path if known == "socket" else f"127.0.0.1:{listener.port}"
    beat("listener", host=socket.gethostname(), process=7, address=address)
    assert findings_of("listener", world) == set()


def test_a_manual_process_needs_somebody_who_may_decide_in_the_console(world: World) -> None:
    ApprovalProcess.objects.filter(pk=world.process.pk).update(kind="manual")
    assert findings_of("processes", world) == {"process-without-approver"}
    make_user("helga", role="Helpdesk")
    assert findings_of("processes", world) == set()
    User.objects.update(is_active=False)
    assert findings_of("processes", world) == {"process-without-approver"}


def test_an_sqlite_database_serves_trials_only(world: World) -> None:
    check = next(check for check in CHECKS if check.name == "database")
    keys = {finding.key for finding in check.look(world.options)}
    assert ("database-sqlite" in keys) == (connection.vendor == "sqlite")
    world.settings.TRIAL = True
    assert not list(check.look(world.options))


@pytest.mark.parametrize("kind", ALL_KINDS, ids=[kind.key for kind in ALL_KINDS])
def test_the_runbook_has_an_entry_for_each_finding(kind: Any) -> None:
    entry = re.search(rf"^#+ {re.escape(kind.key)}\n\n(.+?)(?=^#|\Z)", RUNBOOK, re.M | re.S)
    assert entry
    assert len(entry[1].split()) > 15


def test_the_runbook_has_no_entry_for_what_cannot_be_found() -> None:
    keys = [kind.key for kind in ALL_KINDS]
    assert len(keys) == len(set(keys))
    assert set(re.findall(r"^### ([a-z-]+)$", RUNBOOK, re.M)) == set(keys)


def test_no_secret_is_a_finding(world: World) -> None:
    """As told: see test_doctor_command for what other programs say."""
    for key in ("keys-wrong", "secret-unreadable"):
        globals()[key.replace("-", "_")](world)
    check = next(check for check in CHECKS if check.name == "keys")
    said = " ".join(finding.wrong for finding in check.look(world.options))
    assert django_settings.SECRET_KEY not in said
    assert "of another key" not in said
