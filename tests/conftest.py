"""Fixtures that tests of several apps use. Data is made by the functions of tests/factories.py."""

import fcntl
import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from core.advanced import models as advanced_models
from core.advanced.models import in_force
from core.advanced.settings import ConsoleSettings
from tests.agents.endpoints import Agent, make_agent
from tests.running_trial import ROOT, RunningTrial
from trial.folder import create

# A developer's run explores; what decides whether a change lands tries the same examples each time.
# Neither has a deadline: a machine with other work on it is slow at times.
hypothesis.settings.register_profile("exploring", deadline=None)
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable" if os.environ.get("CI") else "exploring")


def pytest_configure() -> None:
    """Leave out what takes time and shows nothing: each client of a test would list all static files
    anew, and each password be hashed for a fifth of a second.
    """
    settings.WHITENOISE_AUTOREFRESH = True
    advanced_models.FRESH = 3600.0  # a slow machine would look them up while a test counts queries
    # A run in the background ignores Ctrl+C, and so would the programs that tests send it to.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is loaded and collected stays until the end: half a million objects, which the garbage
    collector would look through again and again. It took an eighth of the run.
    """
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give up on what hangs. Of browsers and stories by ending the worker: a Chromium that no longer
    answers would hang again while it's closed; xdist names the test and ends the run.

    These long ones come first, then those that start programs and wait for them or make databases,
    so that no worker is left with one at the end. On PostgreSQL only what touches the database is
    run again.
    """
    if os.environ.get("PMCONSOLE_TEST_DATABASE") == "postgresql":
        pure = [item for item in items if not _touches_database(item)]
        config.hook.pytest_deselected(items=pure)
        items[:] = filter(_touches_database, items)
    for item in items:
        if _takes_long(item):
            item.add_marker(pytest.mark.timeout(240, method="thread"))
    items.sort(
        key=lambda item: (
            not _takes_long(item),
            not (_starts_programs(item) or _makes_databases(item)),
        )
    )


def _touches_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return any(item.iter_markers("django_db")) or "db" in fixtures or "transactional_db" in fixtures


def _takes_long(item: pytest.Item) -> bool:
    return any(item.iter_markers("browser")) or any(item.iter_markers("story"))


def _starts_programs(item: pytest.Item) -> bool:
    return hasattr(getattr(item, "module", None), "subprocess")


def _makes_databases(item: pytest.Item) -> bool:
    return item.path.parent.name == "upgrade"


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Gathered as in production: pages name them with their hashes."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def migrated() -> Path:
    """An SQLite file as `migrate` makes it, which takes three seconds: one for all workers."""
    folder = Path(os.environ["PMCONSOLE_TEST_FOLDER"])
    file, new = folder / "migrated.sqlite3", folder / "new.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(
                command, cwd=ROOT, env=os.environ | {"DATABASE_URL": f"sqlite:///{new}"}, check=True
            )
            new.rename(file)
    return file


@pytest.fixture(scope="session")
def django_db_keepdb(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None, django_db_keepdb: bool
) -> bool:
    """Whether the tests' database is there: on SQLite it's a copy."""
    if connection.vendor != "sqlite":
        return django_db_keepdb
    shutil.copy(request.getfixturevalue("migrated"), connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Threads that serve keep their connection; PostgreSQL drops no database that somebody uses.

    After each test with real transactions all tables are emptied and `post_migrate` is sent. Django
    would then write its permissions anew, which nothing here asks for, in twenty times that time.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits and settings of one test shall not meet another."""
    cache.clear()
    in_force.remember(ConsoleSettings())


@pytest.fixture
def agent(db: None) -> Agent:
    """That of a registered computer, WS-014."""
    return make_agent(name="WS-014")


@pytest.fixture(scope="session")
def new_trial(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], RunningTrial]:
    """Makes folders of trials with tables, as an `up` leaves them that was stopped early."""

    def make() -> RunningTrial:
        trial = RunningTrial(tmp_path_factory.mktemp("up") / "trial")
        create(trial.folder)
        shutil.copy(migrated, trial.folder / "pmconsole.sqlite3")
        return trial

    return make


@pytest.fixture(scope="session")
def trial(new_trial: Callable[[], RunningTrial]) -> Iterator[RunningTrial]:
    """A real `up`, shared by the stories and browser tests of one worker."""
    running = new_trial().start()
    yield running
    assert running.stop() == 0
