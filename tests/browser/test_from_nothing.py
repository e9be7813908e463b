"""From an empty database to an active policy and a second administrator, as README tells it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hands import Mouse
from tests.browser.mail_server import mail_server
from tests.browser.test_people import go, invite, set_password, sign_in
from tests.browser.test_seed_path import (
    FORM,
    PROCESS,
    Administrator,
    approval_process,
    approval_type,
    request_form,
    smtp_server,
)
from tests.running_trial import ROOT, eventually, free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An installation without a single item of its own: its address, and the first person's link."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'console.sqlite3'}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STATIC_ROOT": str(tmp_path / "static"),
    }

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    manage("migrate", "--no-input", "--verbosity=0")
    manage("add_defaults")
    manage("collectstatic", "--no-input", "--verbosity=0")
    person = ("sam.ortega", "--email", "admin@example.com", "--role", "Administrators")
    printed = manage("create_user", *person, "--link")
    serve = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: answers(port), what="the console answers")
        yield environment["PUBLIC_URL"], re.findall(r"http://\S+", printed)[-1]
    finally:
        serve.terminate()
        serve.wait(20)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False


def test_an_administrator_sets_up_from_nothing_and_invites_a_second(
    browser: Browser, installation: tuple[str, str]
) -> None:
    address, link = installation
    page = browser.new_context(base_url=address).new_page()
    set_password(page, link)
    sign_in(page, "sam.ortega")
    who = Administrator(page, Mouse())
    who.sees("0 of 6 done")
    with mail_server() as corporate:
        smtp_server(who, corporate)
        approval_process(who, only_server=True)
    approval_type(who)
    request_form(who)

    who.link("Application Policies of Windows Computers")
    who.sees("No policy matches these filters.")
    page.get_by_role("link", name="Create Policy").last.click()
    for choice in ("Controlling", "Require Approval", FORM):
        page.get_by_role("radio", name=choice).first.check()
        who.button("Next")
    page.get_by_text("Add filters").click()
    page.get_by_role("checkbox", name=re.compile("^Installers and Setup Programs")).check()
    who.button("Next")
    who.fill("Name", "Installers need approval")
    who.button("Create Policy")
    who.sees("wait for an approval by email")
    who.button("Activate")
    who.sees("This policy is active.")
    who.link("Home")
    who.sees("3 of 6 done")
    who.sees(f"{PROCESS} asks dana@example.com, lee@example.com.")

    theirs = browser.new_context(base_url=address).new_page()
    set_password(theirs, invite(page, "kim", "Administrators"))
    sign_in(theirs, "kim")
    go(theirs, "Users")
    expect(theirs.get_by_role("link", name="sam.ortega", exact=True)).to_be_visible()
    for each in (page, theirs):
        each.context.close()
