"""Test Connection of a mailbox: what an IMAP server does, in plain words and in its own.

Nothing is changed, unless folders are to be created. Each text is one line in which control and bidi
characters are visible; none holds the password.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from foreign_systems import connection_test_words
from foreign_systems import mailbox_test_words as words
from foreign_systems.connection_report import (
    ConnectionReport,
    ReportedStep,
    tls_in_words,
    values_of,
)
from foreign_systems.connection_test_words import Words
from foreign_systems.imap.attempt import ImapFault, opened
from foreign_systems.imap.session import IMAPClientError, Session, words_of
from foreign_systems.smtp.answers import printable
from foreign_systems.smtp.certificate import Certificate
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.progress import Obstacle, Progress
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.transcript import Transcript
from foreign_systems.smtp.wire import Lost

_LABELS: Final = {  # of the steps of opening
    "Resolve": "Name",
    "Connect": "Connection",
    "Greeting": "Connection",
    "TLS": "Encryption",
    "Token": "Sign-in",
    "AUTH": "Sign-in",
}
_MICROSOFT: Final = re.compile(
    r"(?:^|\.)(?:outlook\.(?:com|office365?\.com|office\.com)|office365\.us)$"
)
_GOOGLE: Final = re.compile(r"application-specific password required|app password", re.IGNORECASE)
NO_ID: Final = "a server without a name"
_NEWEST: Final = 10  # messages whose Authentication-Results are looked at
_RESULTS: Final = b"BODY[HEADER.FIELDS (AUTHENTICATION-RESULTS)]"
_AUTHSERV_ID: Final = re.compile(rb"^authentication-results:\s*([^\s;]{1,253})", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What is expected of a mailbox: its folders, where replies go, whose results count."""

    inbox: str
    processed: str
    failed: str
    reply_address: str  # reply@pm.example.com: tokens stand behind a plus
    authserv_ids: tuple[str, ...] = ()
    takes_no_id: bool = False  # results count too where the field names no server


@dataclass(frozen=True)
class MailboxReport(ConnectionReport):
    """What a test found out. `missing`: folders that can be created."""

    missing: tuple[str, ...] = ()


def check_mailbox(server: Server, wanted: Wanted, *, create: bool = False) -> MailboxReport:
    """Connect, encrypt, sign in, and look at the folders; `create` makes those that are missing.

    No fault of network or server raises. Takes at most `server.total_timeout` seconds.
    """
    return _Check(server, wanted).run(create=create)


class _Check:
    """One try, and what it found step by step."""

    def __init__(self, server: Server, wanted: Wanted) -> None:
        self.server, self.wanted = server, wanted
        self.transcript, self.progress = Transcript(), Progress()
        self.progress.record = self.transcript
        self.fault: ImapFault | None = None
        self.found: dict[str, ReportedStep] = {}
        self.verdict: Words | None = None  # of what was found in the folders
        self.missing: tuple[str, ...] = ()
        self.values: dict[str, str] = {}

    def run(self, *, create: bool) -> MailboxReport:
        began = time.monotonic()
        deadline = Deadline(step=self.server.timeout, total=self.server.total_timeout)
        session = opened(self.server, deadline, self.progress, self.transcript)
        if isinstance(session, ImapFault):
            self.fault = session
        else:
            with _logged_out(session):
                self._look(session, create=create)
        headline, advice = self._verdict()
        values = self._values()
        shown = self.fault.certificate if self.fault else b""
        return MailboxReport(
            ok=self.fault is None and self.verdict in {None, words.SHARED},
            headline=headline.format(**values),
            advice=printable(advice.format(**values)),
            steps=self._steps(),
            transcript=self.transcript.lines(),
            milliseconds=round((time.monotonic() - began) * 1_000),
            certificate=Certificate.from_der(shown) if shown else None,
            missing=self.missing,
        )

    # What is in the mailbox.

    def _look(self, session: Session, *, create: bool) -> None:
        try:
            self._look_at_folders(session, create=create)
            if self.wanted.inbox not in self.missing:
                self._look_at_inbox(session)
        except IMAPClientError as error:
            self.transcript.mark()
            self._bad("Folders", words.FOLDER_REFUSED, words_of(error))
            self.values.setdefault("folder", self.wanted.inbox)
            self.values["words"] = f"“{printable(words_of(error))}”."
        except Lost as lost:
            self._bad("Folders", words.CUT, str(lost))
            self.values["words"] = str(lost)

    def _look_at_folders(self, session: Session, *, create: bool) -> None:
        wanted = self.wanted
        if not session.has_folder(wanted.inbox):
            self._bad("Folders", words.NO_INBOX, f"{wanted.inbox} doesn't exist")
            self.missing = (wanted.inbox,)  # which nobody should create
            return
        absent = [n for n in (wanted.processed, wanted.failed) if not session.has_folder(n)]
        for name in absent if create else ():
            session.create_folder(name)
            session.subscribe_folder(name)
        if absent and not create:
            self.missing = tuple(absent)
            self.values["missing"] = " and ".join(absent)
            self._bad("Folders", words.FOLDERS_MISSING, f"{' and '.join(absent)}: not there")
            return
        text = f"{wanted.inbox}, {wanted.processed}, {wanted.failed}"
        self._good("Folders", f"{text}; created {' and '.join(absent)}" if absent else text)

    def _look_at_inbox(self, session: Session) -> None:
        _, messages = session.open_folder(self.wanted.inbox, readonly=True)
        at_once = "IDLE: new mail is read at once"
        slowly = "the server has no IDLE, so it's asked for new mail every 20 seconds"
        self._good("New mail", at_once if session.can_wait else slowly)
        uids = sorted(session.search(["UNDELETED"])) if messages else []
        ours = set(session.search(_addressed_to(self.wanted.reply_address))) if uids else set()
        others = [uid for uid in uids if uid not in ours]
        text = f"{len(uids)} in {self.wanted.inbox}, {len(others)} of them other mail"
        self._good("Messages", text if uids else f"none in {self.wanted.inbox}")
        if others and self.verdict is None:
            self.verdict = words.SHARED
        self.values |= {"others": str(len(others)), "messages": str(len(uids))}
        self._look_at_senders(session, (sorted(ours) or uids)[-_NEWEST:])

    def _look_at_senders(self, session: Session, uids: list[int]) -> None:
        """Whose Authentication-Results the newest messages carry."""
        if not uids:
            return
        rows = session.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)]"])
        fields = [bytes(row.get(_RESULTS) or b"").strip() for row in rows.values()]
        found = {_authserv_id(field) for field in fields if field}
        trusted = {each.lower() for each in self.wanted.authserv_ids}
        trusted |= {NO_ID} if self.wanted.takes_no_id else set()
        self.values["found"] = printable(", ".join(sorted(found)[:3]))
        self.values["trusted"] = f"names {', '.join(sorted(trusted))}" if trusted else "is empty"
        if not found:
            self._bad("Senders", words.NO_RESULTS, "no Authentication-Results")
        elif found & trusted:
            self._good("Senders", f"verified by {', '.join(sorted(found & trusted))}")
        else:
            self._bad("Senders", words.UNKNOWN_SERVER, f"verified by {self.values['found']}")

    def _good(self, label: str, text: str) -> None:
        self.found[label] = ReportedStep(label, "good", printable(text))

    def _bad(self, label: str, verdict: Words, text: str) -> None:
        self.found[label] = ReportedStep(label, "bad", printable(text))
        if self.verdict in {None, words.SHARED}:
            self.verdict = verdict

    # In words.

    def _values(self) -> dict[str, str]:
        fault = self.fault
        return {
            **values_of(self.server, "imap", tls_port=993),
            "folder": self.wanted.inbox,
            "reply": self.wanted.reply_address.replace("@", "+…@"),
            "words": fault.quoted if fault else "",
            **self.values,
        }

    def _verdict(self) -> Words:
        fault = self.fault
        if fault is None:
            return self.verdict or words.ALL_WELL
        if fault.obstacle is Obstacle.SELF_SIGNED and self.server.ca:
            return connection_test_words.SELF_SIGNED_ANOTHER
        if fault.obstacle is not None:
            return words.OBSTACLES[fault.obstacle]
        if fault.step == "Token":
            return words.NO_TOKEN
        if not fault.refused:
            return words.CUT
        if fault.step != "AUTH":
            return words.GREETING if fault.step == "Greeting" else words.TLS
        return self._refused_sign_in(fault.answer.text)

    def _refused_sign_in(self, text: str) -> Words:
        if "[UNAVAILABLE]" in text.upper() or "[INUSE]" in text.upper():
            return words.LATER
        if self.server.tokens is not None:
            return words.TOKEN_REFUSED
        if _GOOGLE.search(text):
            return words.PASSWORD_OFF_GOOGLE
        if _MICROSOFT.search(self.server.address.host):
            return words.PASSWORD_OFF_MICROSOFT
        return words.WRONG_SECRET

    def _steps(self) -> tuple[ReportedStep, ...]:
        progress, done = self.progress, dict(self.progress.done)
        tls = progress.tls
        went_well = {
            "Name": done.get("Resolve"),
            "Connection": progress.peer
            and f"port {self.server.address.port} answered in "
            f"{max(1, round(progress.connected_in * 1_000))} ms",
            "Encryption": tls and tls_in_words(tls),
            "Sign-in": "AUTH" in done and f"{progress.mechanism} as {self.server.username}",
        }
        steps = {
            label: ReportedStep(label, "good", printable(text))
            if text
            else ReportedStep(label, "off", "not tried")
            for label, text in went_well.items()
        }
        if tls is None and "AUTH" in done:
            steps["Encryption"] = ReportedStep("Encryption", "off", "none, within this machine")
        if self.fault is not None:
            label = _LABELS[self.fault.step]
            steps[label] = ReportedStep(label, "bad", printable(self.fault.answer.text))
        return (*steps.values(), *self.found.values())


def _authserv_id(fields: bytes) -> str:
    """The server's name in the topmost of these fields (RFC 8601, 2.2); Exchange Online writes none."""
    name = _AUTHSERV_ID.match(fields)
    text = name[1].decode("ascii", "replace").lower() if name else ""
    return NO_ID if not text or "=" in text else text


@contextlib.contextmanager
def _logged_out(session: Session) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(IMAPClientError, Lost, OSError):
            session.logout()
        session.wire.shutdown()


def _addressed_to(reply_address: str) -> list[object]:
    """The search for what is written to one of our reply addresses."""
    begin = reply_address.partition("@")[0] + "+"
    to_or_cc = ["OR", ["TO", begin], ["CC", begin]]
    return ["UNDELETED", "OR", to_or_cc, ["HEADER", "Delivered-To", begin]]


__all__ = ["MailboxReport", "Wanted", "check_mailbox"]
