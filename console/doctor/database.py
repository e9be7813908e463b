"""Is the database there, is it the one this version needs, and does its clock agree with ours?"""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.migrated import missing_migrations

MAX_SKEW = 2.0  # seconds that our clock and the database's may differ

AWAY = Kind(
    "database-away",
    Level.TROUBLE,
    "The database can't be used: {why}",
    "Nothing works: no page opens, agents get no verdict, and no mail is sent or read. Mail servers "
    "keep replies and bring them again.",
    "Start PostgreSQL, or correct DATABASE_URL. Then run `manage.py doctor` again.",
)
UNMIGRATED = Kind(
    "database-unmigrated",
    Level.TROUBLE,
    "The database lacks {count} migrations of this version, {first} first.",
    "Pages and reports of agents fail wherever the new tables or columns are needed.",
    "Make a backup, then run `manage.py migrate`.",
)
NEWER = Kind(
    "database-newer",
    Level.TROUBLE,
    "The database has been migrated by a newer version of pmconsole ({first}).",
    "This version doesn't know the tables as they are now, and may fail or lose what it doesn't know.",
    "Install the newer version again, or restore the backup that was made before the upgrade.",
)
SKEWED = Kind(
    "clock-skew",
    Level.WARNING,
    "This machine's clock is {seconds} seconds {direction} the database's.",
    "Expiries, approvals for a limited time and sign-in codes are off by as much.",
    "Let both machines set their clocks from a time server (`timedatectl set-ntp true`).",
)
ZONE = Kind(
    "database-time-zone",
    Level.WARNING,
    "The database session uses the time zone {zone}, not UTC.",
    "Schedules and days in reports may be off by hours.",
    "Something between pmconsole and PostgreSQL, such as a connection pool, changes it: let it leave "
    "TimeZone alone, or set it to UTC.",
)
SQLITE = Kind(
    "database-sqlite",
    Level.WARNING,
    "DATABASE_URL names an SQLite file.",
    "It serves a trial. With many agents reports wait for each other, and only one machine can use it.",
    "Move to PostgreSQL: name it in DATABASE_URL, migrate, and restore a backup into it.",
)


def look(options: Options) -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError) as error:
        yield AWAY.found(why=str(error) or type(error).__name__)
        return
    yield from _migrations()
    yield from _clock()
    if connection.vendor == "sqlite" and not settings.TRIAL:
        yield SQLITE.found()


def _migrations() -> Iterator[Finding]:
    if missing := missing_migrations():
        yield UNMIGRATED.found(count=len(missing), first=missing[0])
    loader = MigrationLoader(connection)
    own = loader.migrated_apps
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in own and (app, name) not in loader.disk_migrations
    )
    if unknown:
        yield NEWER.found(first=unknown[0])


def _clock() -> Iterator[Finding]:
    now = "extract(epoch FROM clock_timestamp())"
    if connection.vendor == "sqlite":
        now = "(julianday('now') - 2440587.5) * 86400.0"
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute(f"SELECT {now}")
        theirs = float(cursor.fetchone()[0])
        after = time.time()
        ahead = max(before - theirs, 0.0) or min(after - theirs, 0.0)
        if abs(ahead) > MAX_SKEW:
            direction = "ahead of" if ahead > 0 else "behind"
            yield SKEWED.found(seconds=f"{abs(ahead):.0f}", direction=direction)
        if connection.vendor == "postgresql":
            cursor.execute("SHOW TimeZone")
            zone = cursor.fetchone()[0]
            if zone not in {"UTC", "Etc/UTC"}:
                yield ZONE.found(zone=zone)


CHECK = Check(
    "database",
    "The database",
    (AWAY, UNMIGRATED, NEWER, SKEWED, ZONE, SQLITE),
    look,
    needs_database=False,
)
