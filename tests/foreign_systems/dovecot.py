"""A real Dovecot on free ports of this machine, in a folder of its own, without privileges.

    with Dovecot() as dovecot:
        dovecot.deliver(raw)
        ...connect to 127.0.0.1, dovecot.port (clear and STARTTLS) or dovecot.tls_port...

Its account is `replies@pm.example.com` with the password `DOVECOT_PASSWORD`. Run as root it becomes
`nobody`. Where Dovecot isn't installed, `needs_dovecot` skips; provide_mail_servers.sh installs it.
"""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.foreign_systems.scripted_server import certificate

DOVECOT_PASSWORD = "correct-horse-battery"
ACCOUNT = "replies@pm.example.com"
_BINARY = shutil.which("dovecot") or (
    "/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else ""
)
needs_dovecot = pytest.mark.skipif(
    not _BINARY, reason="Dovecot isn't installed: install the package dovecot-imapd"
)
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{folder}/127.0.0.130.pem
ssl_key = <{folder}/127.0.0.130.pem
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
mail_location = maildir:{folder}/mail
mail_max_userip_connections = 50
imap_capability = {capability}
imap_idle_notify_interval = 2 mins
mailbox_idle_check_interval = 1 s
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener auth-for-postfix {{
    mode = 0666
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
"""


def wait_for_start(
    process: "subprocess.Popen[bytes]", answers: Callable[[], bool], log: Callable[[], str]
) -> None:
    """Wait until a program answers, and fail with its log if it ends or doesn't."""
    end = time.monotonic() + 20
    while not answers():
        assert process.poll() is None, log()
        assert time.monotonic() < end, log()
        time.sleep(0.05)


class Dovecot:
    """Runs between entering and leaving; `restart` kills it and starts it anew with the same mail."""

    def __init__(self, *, capability: str = "", mechanisms: str = "plain login") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)  # Postfix asks our passwords at a socket in it
        self.port, self.tls_port = free_port(), free_port()
        self.name, self.password = ACCOUNT, DOVECOT_PASSWORD
        _, self.ca = certificate(self.folder)
        self._user = _user()
        values = {
            "folder": self.folder,
            "user": self._user.pw_name,
            "group": grp.getgrgid(self._user.pw_gid).gr_name,
            "port": self.port,
            "tls_port": self.tls_port,
            "password": self.password,
            "mechanisms": mechanisms,
            "capability": capability,
        }
        (self.folder / "dovecot.conf").write_text(_CONFIG.format(**values))

    @property
    def url(self) -> str:
        """As MAILBOX_URL wants it."""
        return f"imaps://{quote(self.name)}:{self.password}@127.0.0.1:{self.tls_port}/INBOX"

    def __enter__(self) -> "Dovecot":
        for name in ("cur", "new", "tmp"):
            (self.folder / "mail" / name).mkdir(parents=True, exist_ok=True)
        self._own()
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        identity = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            [_BINARY, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr").open("ab"),
            start_new_session=True,
            **(identity if os.getuid() == 0 else {}),
        )
        wait_for_start(self._process, self._answers, self.log)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        for stale in (self.folder / "run").glob("master.pid"):
            stale.unlink()
        self.start()

    def deliver(self, raw: bytes) -> None:
        """Put a message into the Inbox, as a delivery agent does (maildir)."""
        name = f"{time.time_ns()}.{uuid.uuid4().hex}.test"
        written = self.folder / "mail" / "tmp" / name
        written.write_bytes(raw)
        os.chown(written, self._user.pw_uid, self._user.pw_gid) if os.getuid() == 0 else None
        written.rename(self.folder / "mail" / "new" / name)

    def messages(self, folder: str = "") -> list[bytes]:
        """What lies in a folder, read from the disk; `folder` empty: the Inbox."""
        at = self.folder / "mail" / (f".{folder}" if folder else "")
        files = [*at.glob("new/*"), *at.glob("cur/*")]
        return [each.read_bytes() for each in sorted(files, key=lambda each: each.name)]

    def change_uid_validity(self) -> None:
        """Forget all UIDs, as a server does that was restored or moved. Only while it doesn't run."""
        for each in (self.folder / "mail").glob("dovecot*"):
            each.unlink()
        number = int(time.time()) + 1000
        (self.folder / "mail" / "dovecot-uidlist").write_text(
            f"3 V{number} N1 G{uuid.uuid4().hex}\n"
        )
        self._own()

    def log(self) -> str:
        files = [self.folder / "log", self.folder / "stderr"]
        return "\n".join(each.read_text(errors="replace") for each in files if each.exists())

    def _own(self) -> None:
        if os.getuid() == 0:
            for each in (self.folder, *self.folder.rglob("*")):
                os.chown(each, self._user.pw_uid, self._user.pw_gid)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                return probe.recv(4) == b"* OK"
        except OSError:
            return False


def _user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
