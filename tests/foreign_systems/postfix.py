"""A real Postfix on a free port of this machine, which asks a Dovecot for passwords.

It takes mail only by STARTTLS and from who signed in, and puts it into maildirs: what is for
pm.example.com into the Dovecot's Inbox (with `lmtp_port` it hands that over by LMTP with STARTTLS),
all else into `mail_for_others`. Only root may run it.
"""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.foreign_systems.dovecot import Dovecot, free_port, wait_for_start

_BINARY = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_DAEMONS = Path("/usr/lib/postfix/sbin")
needs_postfix = pytest.mark.skipif(
    not _BINARY or os.getuid() != 0,
    reason="Postfix needs root"
    if _BINARY
    else "Postfix isn't installed: install the package postfix",
)
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.example.com
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
alias_maps =
recipient_delimiter = +
mynetworks = 127.0.0.2/32
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {dovecot}/127.0.0.130.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dovecot}/run/auth-for-postfix
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
virtual_mailbox_domains = pm.example.com, example.com
virtual_mailbox_base = {dovecot}
virtual_mailbox_maps = inline:{{ {{ @pm.example.com = mail/ }} {{ @example.com = others/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Runs between entering and leaving, beside a running Dovecot, with its certificate."""

    def __init__(self, dovecot: Dovecot, *, lmtp_port: int = 0) -> None:
        self.dovecot, self.port, self.lmtp_port = dovecot, free_port(), lmtp_port
        self.folder = dovecot.folder / "postfix"

    def __enter__(self) -> "Postfix":
        for name in ("etc", "queue", "data"):
            (self.folder / name).mkdir(parents=True)
        shutil.chown(self.folder / "data", "postfix", "postfix")
        owner = self.dovecot.folder.stat()
        others = self.dovecot.folder / "others"
        others.mkdir()
        os.chown(others, owner.st_uid, owner.st_gid)
        values = {"folder": self.folder, "daemons": _DAEMONS, "dovecot": self.dovecot.folder}
        main = _MAIN.format(**values, uid=owner.st_uid, gid=owner.st_gid)
        if self.lmtp_port:
            to = f"lmtp:inet:127.0.0.1:{self.lmtp_port}"
            main += f"transport_maps = inline:{{ {{ pm.example.com = {to} }} }}\n"
            main += "lmtp_tls_security_level = encrypt\n"
        (self.folder / "etc" / "main.cf").write_text(main)
        (self.folder / "etc" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._process = subprocess.Popen(
            [str(_BINARY), "-c", str(self.folder / "etc"), "start-fg"],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr").open("wb"),
            start_new_session=True,
        )
        wait_for_start(self._process, self._answers, self.log)
        return self

    def __exit__(self, *exc: object) -> None:
        # The master is a session of its own, and ends those that it started.
        master = int((self.folder / "queue" / "pid" / "master.pid").read_text())
        os.kill(master, signal.SIGTERM)
        self._process.wait(20)

    def mail_for_others(self) -> list[bytes]:
        files = (self.dovecot.folder / "others").glob("new/*")
        return [each.read_bytes() for each in sorted(files)]

    def log(self) -> str:
        files = [self.folder / "log", self.folder / "stderr"]
        return "\n".join(each.read_text(errors="replace") for each in files if each.exists())

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as probe:
                return probe.recv(4) == b"220 "
        except OSError:
            return False
