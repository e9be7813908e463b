"""Looked at before it counts: a prompt while it is typed, a filter that isn't saved, a purge."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser
SETUP = "C:\\Users\\alice\\Downloads\\setup.exe"


def test_a_prompt_is_seen_while_it_is_typed(admin: Page, look: Look) -> None:
    admin.goto("/actions/create/?kind=justify_elevation")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Say why")
    dialog.get_by_role("button", name="Create").click()
    admin.get_by_label("Title").fill("One moment, please")
    prompt = admin.locator("#prompt")
    expect(prompt.get_by_text("One moment, please")).to_be_visible()
    expect(admin.get_by_label("Title")).to_have_value("One moment, please")
    look(admin, "action-preview")
    admin.get_by_label("Platform").select_option(label="Unix/Linux")
    expect(prompt.locator(".prompt--terminal")).to_be_visible()
    look(admin, "action-preview-terminal")


def test_a_filter_is_tried_before_it_is_saved(admin: Page, trial: RunningTrial, look: Look) -> None:
    trial.simulate("--file", SETUP, "--reason", "Need it", "--no-wait")
    admin.goto("/filters/create/?kind=file_specification")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Whatever is set up")
    dialog.get_by_role("button", name="Create").click()
    admin.get_by_label("File Names").fill("setup*.exe")
    admin.get_by_role("button", name="Try It").click()
    expect(admin.get_by_text(re.compile("[1-9]\\d* of the newest"))).to_be_visible()
    expect(admin.get_by_label("File Names")).to_have_value("setup*.exe")
    look(admin, "filter-tried")


def test_a_purge_is_counted_before_it_is_done(admin: Page, look: Look) -> None:
    admin.goto("/tasks/maintenance/")
    look(admin, "purge-tasks")
    admin.get_by_role("link", name="Purge Maintenance - Policy Events").click()
    look(admin, "purge-task")
    admin.get_by_role("link", name="Run Task").click()
    expect(admin.get_by_role("dialog").get_by_text("Nothing to delete")).to_be_visible()
    look(admin, "purge-dialog")
