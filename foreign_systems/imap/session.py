"""What a reader asks of a mailbox: folders, messages by UID, moving them, waiting for more."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from foreign_systems.imap.wire import Wire
from foreign_systems.smtp.wire import Lost

MAX_NUMBER: Final = 2**32 - 1  # of a message, and of UIDVALIDITY (RFC 3501, 9)
MAX_HEAD: Final = 256 * 1024  # bytes of a message's header that are fetched
_BYTES: Final = re.compile(r"\[?b['\"]")  # bytes that imaplib put into words
_BEFORE: Final = re.compile(r"(?:[a-z ]+ failed: |command: \w+ => |[A-Z]+ command error: \w+ )")


class Session(IMAPClient):
    """A conversation that is signed in. Raises IMAPClientError for refusals, and smtp.wire.Lost."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        super().__init__(wire.host, ssl=False, use_uid=True)

    def _create_IMAP4(self) -> Wire:  # noqa: N802  # imapclient's name
        return self.wire

    def open_folder(self, name: str, *, readonly: bool = False) -> tuple[int, int]:
        """Select a folder; returns its UIDVALIDITY and how many messages it holds."""
        selected = self.select_folder(name, readonly=readonly)
        return _number(selected.get(b"UIDVALIDITY", 0)), _number(selected.get(b"EXISTS", 0))

    def has_folder(self, name: str) -> bool:
        """Whether it exists and can hold messages."""
        wanted = _folder_key(name)
        return any(
            _folder_key(found) == wanted and b"\\noselect" not in {bytes(f).lower() for f in flags}
            for flags, _, found in self.list_folders("", name)
        )

    def uids_after(self, uid: int) -> list[int]:
        """The messages that came after `uid` and aren't marked as deleted, oldest first."""
        found = map(_number, self.search(["UID", f"{uid + 1}:*", "UNDELETED"]))
        return sorted(each for each in found if each > uid)  # "n:*" always names the last one

    def heads(self, uids: list[int]) -> dict[int, tuple[int, bytes]]:
        """Of each message its size and its header's beginning; of those that are gone nothing."""
        rows = self.fetch(uids, ["RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{MAX_HEAD}>"])
        return {
            uid: (int(row[b"RFC822.SIZE"]), _text(row[b"BODY[HEADER]<0>"]) or b"")
            for uid, row in rows.items()
            if b"RFC822.SIZE" in row and b"BODY[HEADER]<0>" in row
        }

    def message(self, uid: int) -> bytes | None:
        """A whole message, without marking it as read; None if it is gone."""
        return _text(self.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]"))

    def move_to(self, uid: int, folder: str) -> None:
        """Move one message. Without MOVE it is copied, and nothing but it is expunged (UIDPLUS).

        Where the server can't do that either, the copied message stays behind, marked as deleted.
        """
        if self.has_capability("MOVE"):
            self.move([uid], folder)
            return
        self.copy([uid], folder)
        self.add_flags([uid], [b"\\Deleted"], silent=True)
        if self.has_capability("UIDPLUS"):
            self.uid_expunge([uid])

    def wait(self, seconds: float, *, stopped: Callable[[], bool]) -> None:
        """IDLE for so long at most; see Wire.idle."""
        self.wire.idle(seconds, stopped=stopped)

    @property
    def can_wait(self) -> bool:
        return bool(self.has_capability("IDLE"))

    def forget_news(self) -> None:
        """From here on `has_news` tells of new messages."""
        self.wire.untagged_responses.pop("EXISTS", None)

    @property
    def has_news(self) -> bool:
        """Whether the server told, beside its answers, that the folder's size changed."""
        return "EXISTS" in self.wire.untagged_responses


def _number(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= MAX_NUMBER:
        raise Lost("The server sends a number that is too large.")
    return number


def _text(value: object) -> bytes | None:
    """Part of a message, None if the server says NIL; bytes() would take a number for a length."""
    if not isinstance(value, bytes | None):
        raise Lost("The server sends something else where a message belongs.")
    return value


def words_of(error: Exception) -> str:
    """The server's own words in a refusal, without what imaplib and imapclient put before them."""
    if isinstance(error, UnicodeError):
        return "its answer can't be decoded"
    text = str(error)
    while before := _BEFORE.match(text):
        text = text[before.end() :]
    return text.strip("[]").removeprefix("b").strip("'\"") if _BYTES.match(text) else text


def _folder_key(name: str) -> str:
    """Of all names only INBOX is one in either case (RFC 3501, 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name


__all__ = ["IMAPClientError", "Session", "words_of"]
