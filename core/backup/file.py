"""The file of a backup: gzipped lines of JSON, authenticated as a whole.

The first line is the header. Then each table has a line that names it and its columns, and a line for
each row. The last line holds the HMAC of all lines before it, under a key that ENCRYPTION_KEYS gives:
a file that was cut, or altered by whoever doesn't have the keys, isn't taken.
"""

import base64
import errno
import gzip
import hmac
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from core.encryption import derive_key

FORMAT: Final = "pmconsole backup "
NUMBER: Final = 2  # of the format that is written; 1 doesn't name its migrations
NEWER: Final = (
    "The backup was made by a newer version of pmconsole. Install that version (or a newer one) here, "
    "and restore it with that."
)
MAX_LINE: Final = 200_000_000  # bytes; no row is near it


class BadBackup(Exception):
    """The file can't be restored; the message says why and what to do."""


@dataclass(frozen=True)
class Header:
    """What the file says of itself before its rows."""

    made_at: str
    schema: str  # core/backup/schema.py: schema_hash
    keys: dict[str, str]  # the fingerprints of those that something stored may need, by number
    head: dict[str, Any]  # where the audit trail ends: its sequence and hash
    sequences: dict[str, int]  # the last numbers that were given, by the model's label
    signed_with_key: int
    # Those that its rows went through, "app.name"; none in the first format.
    migrations: list[str] = field(default_factory=list)


class Writer:
    """Writes lines and, at the end, their HMAC."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        self._file = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, filename="")
        self._mac = hmac.new(derive_key("backup", header.signed_with_key), digestmod="sha256")
        self.write({"format": f"{FORMAT}{NUMBER}", **asdict(header)})

    def write(self, line: dict[str, Any] | list[Any]) -> None:
        data = json.dumps(line, default=_plain, separators=(",", ":")).encode() + b"\n"
        self._mac.update(data)
        self._file.write(data)

    def finish(self) -> None:
        self.write({"end": self._mac.hexdigest()})
        self._file.close()


def _plain(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    raise TypeError(f"no {type(value).__name__} can stand in a backup")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner reads; it gets its name once all of it is on the disk.

    Raises FileExistsError, naming the file: no backup replaces another, or writes where a link points.
    """
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # unlike a rename, it replaces nothing that came to be meanwhile
    finally:
        part.unlink(missing_ok=True)


def read_header(file: IO[bytes]) -> Header:
    """The first line. Nothing vouches for it until all lines have been read. Raises BadBackup."""
    first = _parsed(next(_lines(file), b"null"))
    written = str(first.pop("format", "")) if isinstance(first, dict) else ""
    number = written.removeprefix(FORMAT) if written.startswith(FORMAT) else ""
    if not number.isdecimal():
        raise BadBackup("This isn't a backup of pmconsole.")
    if int(number) > NUMBER:
        raise BadBackup(NEWER)
    try:
        header = Header(**first)
        if str(header.signed_with_key) not in header.keys:
            raise TypeError
    except TypeError:
        raise BadBackup("The file was altered after it was written. Take another backup.") from None
    return header


def read_lines(file: IO[bytes], *, key_number: int) -> Iterator[bytes]:
    """All lines but the last. Raises BadBackup, at the latest at the end, if one isn't as written."""
    mac = hmac.new(derive_key("backup", key_number), digestmod="sha256")
    held: bytes | None = None
    for line in _lines(file):
        if held is not None:
            mac.update(held)
            yield held
        held = line
    last = _parsed(held or b"null")
    end = last.get("end") if isinstance(last, dict) else None
    if not isinstance(end, str):
        raise BadBackup("The file is cut off: its end is missing. Take another backup.")
    if not hmac.compare_digest(end.encode(), mac.hexdigest().encode()):
        raise BadBackup("The file was altered after it was written. Take another backup.")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    with gzip.GzipFile(fileobj=file) as unzipped:
        try:
            while line := unzipped.readline(MAX_LINE):
                yield line
        except EOFError:
            raise BadBackup("The file is cut off. Take another backup.") from None
        except (gzip.BadGzipFile, zlib.error):
            raise BadBackup("The file is damaged, or it isn't a backup.") from None


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise BadBackup("The file is damaged: a line can't be read.") from None
