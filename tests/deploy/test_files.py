"""The files of deploy/: what they name exists, and the programs that read them accept them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.running_trial import ROOT, free_port

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMMAND = re.compile(r"manage\.py[\"', ]+([a-z_]+)")


def test_every_setting_is_explained_and_nothing_else() -> None:
    settings = (ROOT / "pmconsole/settings.py").read_text()
    read = re.findall(r"\w\(\s*\"([A-Z_]+)\"", settings)
    explained = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "pmconsole.env").read_text(), re.MULTILINE)
    assert set(read) == set(explained)
    assert len(explained) == len(set(explained))


@pytest.mark.parametrize("path", [*UNITS, DEPLOY / "compose.yaml"], ids=lambda path: path.name)
def test_every_command_exists(path: Path) -> None:
    assert set(COMMAND.findall(path.read_text())) <= set(get_commands())


def test_every_command_that_the_guide_gives_exists() -> None:
    text = (ROOT / "docs/operating.md").read_text()
    given = set(re.findall(r"(?:^|`|sudo -u pmconsole )pmconsole ([a-z_]+)", text, re.MULTILINE))
    assert len(given) > 15
    assert given <= set(get_commands())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd isn't installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/pmconsole/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)
    paths = [str(tmp_path / unit.name.replace("@", "@1")) for unit in UNITS]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in verified.stderr.splitlines() if "pmconsole" in line]
    assert ours == []


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx isn't installed")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(nginx_configuration(tmp_path, https=free_port()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "test is successful" in checked.stderr, checked.stderr
    assert "[warn]" not in checked.stderr


def nginx_configuration(folder: Path, *, https: int, ports: dict[int, int] | None = None) -> Path:
    """deploy/nginx.conf on loopback, `https` in place of 443 and `ports` of those behind it, with a
    certificate made for it.
    """
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    new += ["-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", str(key)]
    new += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", str(certificate)]
    subprocess.run(new, check=True, capture_output=True)
    site = re.sub(r" *listen \[::\].*\n", "", (DEPLOY / "nginx.conf").read_text())
    site = site.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{https} ")
    for port, other in (ports or {}).items():
        site = site.replace(f"127.0.0.1:{port}", f"127.0.0.1:{other}")
    site = site.replace("/etc/pmconsole/tls", str(folder)).replace("/var/log/nginx", str(folder))
    (folder / "site.conf").write_text(site)
    main = folder / "nginx.conf"
    paths = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"pid {folder / 'nginx.pid'};\nerror_log stderr;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n{paths}include {folder / 'site.conf'};\n}}\n"
    )
    return main


def test_the_command_of_an_installation_reads_its_settings(tmp_path: Path) -> None:
    settings = tmp_path / "pmconsole.env"
    settings.write_text("# a comment\nSECRET_KEY=*;$HOME-is-no-shell's-business&so-on\n")
    script = (
        (DEPLOY / "pmconsole").read_text().replace("/etc/pmconsole/pmconsole.env", str(settings))
    )
    script = script.replace("/opt/pmconsole", str(tmp_path))
    (tmp_path / "manage.py").write_text(
        "import os, sys; print(os.environ['SECRET_KEY'], *sys.argv)"
    )
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    command = ["sh", "-c", script, "pmconsole", "backup", "a b"]
    ran = subprocess.run(command, capture_output=True, check=False)
    said = b"*;$HOME-is-no-shell's-business&so-on manage.py backup a b\n"
    assert ran.stdout == said, ran.stderr


def test_no_secret_of_an_installation_stands_in_a_commands_arguments(tmp_path: Path) -> None:
    """The shell runs nothing but the program: shims of what it could run note their arguments."""
    settings, noted = tmp_path / "pmconsole.env", tmp_path / "noted"
    settings.write_text("# a comment\n\nSECRET_KEY=TOPSECRET1\nENCRYPTION_KEYS=1:TOPSECRET2")
    shim = tmp_path / "shim"
    shim.write_text(f'#!/bin/sh\necho "$0 $*" >> {noted}\nexec "/usr/bin/${{0##*/}}" "$@"\n')
    shim.chmod(0o755)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\necho "$0 $* of $ENCRYPTION_KEYS" | sed s/TOP// >> {noted}\n')
    python.chmod(0o755)
    (tmp_path / "bin").mkdir()
    for name in ("env", "grep", "cat", "sed", "xargs"):
        (tmp_path / "bin" / name).symlink_to(shim)
    script = (DEPLOY / "pmconsole").read_text()
    script = script.replace("/etc/pmconsole/pmconsole.env", str(settings))
    command = tmp_path / "pmconsole"
    command.write_text(script.replace("/opt/pmconsole", str(tmp_path)))
    path = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
    subprocess.run(["sh", str(command), "doctor"], check=True, env=path)
    assert "manage.py doctor of 1:SECRET2" in noted.read_text()
    assert "TOPSECRET" not in noted.read_text()


def test_compose_opens_the_listener_to_this_machine_alone() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services["listener"]["ports"] == ["${LISTENER_ADDRESS:-127.0.0.1}:2525:2525"]


def test_compose_starts_each_program_from_the_same_image() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    ours = {name for name, each in services.items() if each["image"] == "pmconsole"}
    assert ours == {"migrate", "web", "wait", "worker", "beat", "listener", "mailbox"}
    copied = re.findall(r"^COPY (\S+)", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert all((ROOT / path).exists() for path in copied)
