"""The Mail Queue in a browser: both directions, a mail, and the dialog of those that are ticked."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look
from tests.browser.test_clicking import ask
from tests.browser.test_item_pages import go
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser


def test_mail_is_found_opened_and_ticked(admin: Page, trial: RunningTrial, look: Look) -> None:
    number = ask(trial, "mails")
    go(admin, "Mail Queue")
    expect(admin.get_by_role("link", name=number).first).to_be_visible()
    look(admin, "mail-queue")
    admin.get_by_label("Select all").check()
    admin.get_by_role("button", name=re.compile("^Cancel \\d+")).click()
    expect(admin.get_by_role("dialog")).to_contain_text("Approval request to")
    look(admin, "mail-queue-cancel")
    admin.get_by_role("dialog").get_by_role("link", name="Back").click()
    admin.locator("table.list tbody a").first.click()
    expect(admin.get_by_role("heading", name="Delivery")).to_be_visible()
    look(admin, "mail-queue-email")
    go(admin, "Mail Queue", "Incoming")
    look(admin, "mail-queue-incoming")
    go(admin, "Mail Queue", "Previews")
    look(admin, "mail-queue-previews")
