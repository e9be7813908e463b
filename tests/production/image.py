"""`make test-production`: what the container files start, without a container.

The image's folder is made as deploy/Containerfile says, and the programs of deploy/compose.yaml run in
it with its environment, on ports of this machine alone.
"""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environment import KEY
from tests.production.parts import Part, answers
from tests.running_trial import ROOT, eventually, free_port

IMAGE = (ROOT / "deploy/Containerfile").read_text().replace("\\\n", "")
SERVICES = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
pytestmark = pytest.mark.timeout(300)


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", IMAGE, re.MULTILINE)


@pytest.fixture
def image(tmp_path: Path) -> Iterator["Image"]:
    made = Image(tmp_path)
    yield made
    made.end()


class Image:
    """A folder in place of WORKDIR, with Python's packages from this environment."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.parts = folder, []  # type: tuple[Path, list[Part]]
        self.code = folder / "code"
        (self.folder / "bin").mkdir()
        install = self.folder / "bin/install"
        install.write_text('#!/bin/sh\nexec /usr/bin/install -d "$6"\n')
        install.chmod(0o755)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(self.code)], check=True)
        path = f"{self.folder}/bin:{ROOT}/.venv/bin:{os.environ['PATH']}"
        variables = dict(each.split("=", 1) for each in " ".join(instructions("ENV")).split())
        self.environment = {"PATH": path, "HOME": str(folder), **variables}
        self.run(["sh", "-ec", self.here(instructions("RUN")[-1])])
        self.environment |= {
            "SECRET_KEY": "of-the-image-test-" * 3,
            "DATABASE_URL": f"sqlite:///{folder}/image.sqlite3",
            "ENCRYPTION_KEYS": f"1:{KEY}",
            "REDIS_URL": os.environ["REDIS_URL"],
            "PUBLIC_URL": "http://localhost",
        }

    def here(self, text: str) -> str:
        return text.replace("/var/lib/pmconsole", str(self.folder / "state"))

    def run(self, command: list[str]) -> str:
        ran = subprocess.run(
            command,
            cwd=self.code,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def start(self, service: str) -> int:
        """One of compose.yaml's, or the image's own; the port that it listens on, if it does."""
        command = SERVICES[service].get("command") or json.loads(instructions("CMD")[0])
        port = free_port()
        changed = [self.here(part).replace("0.0.0.0", "127.0.0.1") for part in command]
        changed = [re.sub(r"^(127\.0\.0\.1:)?800[01]$", rf"\g<1>{port}", part) for part in changed]
        log = self.folder / f"{service}.log"
        self.parts.append(Part(service, changed, self.environment, log, cwd=self.code))
        self.parts[-1].start()
        return port

    def end(self) -> None:
        for part in self.parts:
            if part.process and part.process.poll() is None:
                part.kill()

    def findings(self) -> list[Any]:
        told = self.run(
            ["sh", "-c", "python manage.py doctor --only workers --json || test $? -le 2"]
        )
        return list(json.loads(told)["checks"][0]["findings"])


def ready(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def test_the_images_programs_start(image: Image) -> None:
    assert (image.code / "staticfiles/staticfiles.json").exists()
    assert (image.folder / "state").is_dir()
    image.run(SERVICES["migrate"]["command"])
    for service in ("web", "wait"):
        url = f"http://127.0.0.1:{image.start(service)}/health/ready"
        eventually(lambda url=url: answers(lambda: ready(url)), within=60, what=service)  # type: ignore[misc]
    image.start("worker")
    image.start("beat")
    eventually(lambda: not image.findings(), within=60, what="a worker and the scheduler")
