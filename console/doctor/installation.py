"""What the environment says: addresses people reach us by, proofs of replies, files, disks, keys."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.keys.services import unreadable_values, verify_keys

RESERVED = (".example.com", ".example.net", ".example.org", ".example", ".invalid")
LITTLE = 0.02  # of a disk, or of the megabytes wanted: less is trouble

STATIC_MISSING = Kind(
    "static-files-missing",
    Level.TROUBLE,
    "The style sheet and scripts aren't gathered in {folder}.",
    "Pages fail, or have no style.",
    "Run `manage.py collectstatic --noinput`, then restart the web processes.",
)
NOT_PUBLIC = Kind(
    "public-url-local",
    Level.TROUBLE,
    "PUBLIC_URL is {url}, which leads to each reader's own machine.",
    "The links in emails open nothing, so approvers can only reply.",
    "Set PUBLIC_URL to the address by which people reach the console, such as https://pm.example.com.",
)
NOT_HTTPS = Kind(
    "public-url-unencrypted",
    Level.TROUBLE,
    "PUBLIC_URL ({url}) doesn't begin with https://.",
    "Passwords, sessions and decision links travel readable, and passkeys don't work.",
    "Put TLS in front of the console, and name the address with https:// in PUBLIC_URL.",
)
UNRESOLVED = Kind(
    "public-url-unknown",
    Level.WARNING,
    "The host of PUBLIC_URL, {host}, has no address here.",
    "If it has none for people and agents either, they don't reach the console.",
    "Add the name to DNS, or correct PUBLIC_URL.",
)
REPLY_PRESET = Kind(
    "reply-address-example",
    Level.TROUBLE,
    "REPLY_ADDRESS is {address}, which belongs to nobody.",
    "Replies of approvers go nowhere, so no request is decided by email.",
    "Set REPLY_ADDRESS to an address of your own domain whose +TOKEN variants reach `receive_mail` or "
    "`ingest_mail`.",
)
KEYS_WRONG = Kind(
    "keys-wrong",
    Level.TROUBLE,
    "{why}",
    "Web and worker processes refuse to start.",
    "Put ENCRYPTION_KEYS back as it was before; a new key goes in front, under a new number.",
)
UNREADABLE = Kind(
    "secret-unreadable",
    Level.TROUBLE,
    "{count} stored values of {what} can't be decrypted with ENCRYPTION_KEYS, among them {example}.",
    "What needs them fails: signing in to a mail server, reading a stored reply, or answering that "
    "computer.",
    "Put back the key they were written with, behind the others. If it is lost, enter the secret "
    "again on the item's page; computers have to register again.",
)
DISK_LOW = Kind(
    "disk-low",
    Level.WARNING,
    "{folder} has {free} MB left of {total} MB.",
    "When it's full, nothing can be stored: requests and replies are refused until there is room.",
    "Make room or enlarge the disk; purge tasks (Admin | Tasks, Maintenance) delete what is old.",
)
DISK_FULL = Kind(
    "disk-full",
    Level.TROUBLE,
    "{folder} has only {free} MB left of {total} MB.",
    DISK_LOW.means,
    DISK_LOW.mend,
)


def look_at_settings(options: Options) -> Iterator[Finding]:
    storage = staticfiles_storage
    if isinstance(storage, ManifestFilesMixin) and not storage.hashed_files:
        yield STATIC_MISSING.found(folder=settings.STATIC_ROOT)
    if settings.TRIAL:  # it is for this machine alone
        return
    domain = settings.REPLY_ADDRESS.rpartition("@")[2].lower()
    if f".{domain}".endswith(RESERVED):
        yield REPLY_PRESET.found(address=settings.REPLY_ADDRESS)
    url = settings.PUBLIC_URL
    host = urlsplit(url).hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"}:
        yield NOT_PUBLIC.found(url=url)
        return
    if not url.startswith("https://"):
        yield NOT_HTTPS.found(url=url)
    try:
        socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        yield UNRESOLVED.found(host=host)


def look_at_keys(options: Options) -> Iterator[Finding]:
    try:
        verify_keys()
    except ImproperlyConfigured as error:
        yield KEYS_WRONG.found(why=error)
    for what, rows in unreadable_values().items():
        yield UNREADABLE.found(what=what, count=len(rows), example=rows[0])


def look_at_disks(options: Options) -> Iterator[Finding]:
    seen = set()
    for folder in filter(Path.exists, (*options.folders, *_written_to())):
        disk = folder.stat().st_dev
        if disk in seen:
            continue
        seen.add(disk)
        usage = shutil.disk_usage(folder)
        free, total = usage.free // 1_000_000, usage.total // 1_000_000
        facts = {"folder": folder, "free": f"{free:,}", "total": f"{total:,}"}
        if free < options.min_free * LITTLE or usage.free < usage.total * LITTLE / 4:
            yield DISK_FULL.found(**facts)
        elif free < options.min_free:
            yield DISK_LOW.found(**facts)


def _written_to() -> Iterator[Path]:
    yield Path.cwd()
    yield Path("/tmp")  # noqa: S108  # uploads and sorting use it; nothing is written here
    yield Path("/var/log")
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        yield Path(str(database["NAME"])).absolute().parent


SETTINGS = Check(
    "settings",
    "The settings of the environment",
    (STATIC_MISSING, NOT_PUBLIC, NOT_HTTPS, UNRESOLVED, REPLY_PRESET),
    look_at_settings,
    needs_database=False,
)
KEYS = Check(
    "keys", "Encryption keys and the secrets they open", (KEYS_WRONG, UNREADABLE), look_at_keys
)
DISKS = Check("disk", "The disks", (DISK_LOW, DISK_FULL), look_at_disks, needs_database=False)
