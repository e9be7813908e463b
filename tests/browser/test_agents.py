"""Admin | Agents and Policy Events in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look
from tests.browser.test_clicking import ask
from tests.browser.test_item_pages import go
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser


def test_what_an_agent_reported_leads_to_its_event_request_and_computer(
    admin: Page, trial: RunningTrial, look: Look
) -> None:
    number = ask(trial, "events")
    go(admin, "Policy Events")
    look(admin, "policy-events")
    admin.get_by_role("link", name="setup.exe").first.click()
    expect(admin.get_by_role("link", name=number)).to_be_visible()
    look(admin, "policy-event")
    go(admin, "Agents")
    look(admin, "agents")
    admin.get_by_role("cell").get_by_role("link").first.click()
    expect(admin.get_by_role("link", name=number)).to_be_visible()
    look(admin, "computer")
    go(admin, "Policy Events")
    go(admin, "Windows Computers")
    look(admin, "computer-group-with-computers")


def test_an_install_code_is_made_shown_once_and_revoked(admin: Page, look: Look) -> None:
    go(admin, "Agents", "Names Waiting")
    look(admin, "names-waiting")
    go(admin, "Install Codes", "Create")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_text("Add", exact=True).click()
    dialog.get_by_role("checkbox", name=re.compile("^Linux Computers")).check()
    look(admin, "install-code-create")
    dialog.get_by_role("button", name="Create").click()
    code = dialog.get_by_label("Install Code")
    expect(code).to_be_focused()
    admin.keyboard.press("Enter")  # sends no form, by which the code would be lost
    expect(code).to_have_value(re.compile("^[a-z2-7]{20,}$"))
    look(admin, "install-code")
    dialog.get_by_role("link", name="Close").click()
    admin.reload()
    admin.get_by_role("link", name=re.compile("^Revoke…")).first.click()
    look(admin, "install-code-revoke")
    admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(admin.get_by_text("Install code revoked.")).to_be_visible()
    look(admin, "install-codes")


def test_the_help_desk_answers_a_request_code(admin: Page, look: Look) -> None:
    go(admin, "Offline Approvals", "Give Code")
    dialog = admin.get_by_role("dialog")
    look(admin, "offline-code-give")
    dialog.get_by_role("button", name="Give Code").click()
    refused = dialog.get_by_text("Enter the request code.")
    expect(refused.filter(visible=True)).to_have_count(1)
    for label, text in (
        ("Computer", "WS-014"),
        ("Request Code", "abcd 2345"),
        ("User", "EXAMPLE\\alice"),
        ("Program", "setup.exe"),
        ("Reason", "Known caller, no network."),
    ):
        dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name="Give Code").click()
    expect(dialog.get_by_label("Response Code")).to_have_value(
        re.compile("^[A-Z2-7]{4} [A-Z2-7]{4}$")
    )
    look(admin, "offline-code")
    dialog.get_by_role("link", name="Close").click()
    admin.reload()
    look(admin, "offline-approvals")
