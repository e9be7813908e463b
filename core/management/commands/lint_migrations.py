"""`manage.py lint_migrations`: whether the previous version can serve on while migrations run."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from packaging.version import InvalidVersion, Version

from core.expanding import FIRST, is_ours, obstacles


def findings(migration: Migration, before: ProjectState, *, version: str) -> Iterator[str]:
    """What the migration does to a previous version that still serves, and doesn't account for."""
    last = str(getattr(migration, "contracts", ""))
    if not last:
        yield from obstacles(migration, before)
    elif not _is_earlier(last, version):
        yield f"contracts names {last}, which has to be a version before {version}, the one to come"


def _is_earlier(one: str, other: str) -> bool:
    try:
        return Version(one) < Version(other)
    except InvalidVersion:
        return False


class Command(BaseCommand):
    help = (
        "Check that the previous version can serve on while our migrations run: each one after "
        "0001_initial expands, or says since which version nothing uses what it takes away."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
        loader, count = MigrationLoader(None), 0
        found: list[str] = []
        for (label, name), migration in sorted(loader.disk_migrations.items()):
            if name == FIRST or not is_ours(label):
                continue
            before = loader.project_state((label, name), at_end=False)
            given = findings(migration, before, version=project["project"]["version"])
            found += [f"{label}.{name}: {text}" for text in given]
            count += 1
        if found:
            raise CommandError("\n".join([*found, "docs/operating.md, Upgrade, says what to do."]))
        self.stdout.write(f"{count} migrations after {FIRST}: the previous version can serve on.")
