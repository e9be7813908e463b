"""Policy Tester and What would change? in a browser, with the mouse and with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Look
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser
SETUP = "C:\\Users\\alice\\Downloads\\setup.exe"
INSTALLERS = "Example: installers need approval"


def ask(trial: RunningTrial) -> str:
    """Report an installer; the number of its request."""
    said = trial.simulate("--file", SETUP, "--reason", "Need it", "--no-wait")
    found = re.search(r"PM-\d+", said.stdout)
    assert found, said.stdout
    return found[0]


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_an_event_is_typed_in_and_the_verdict_says_why(
    admin: Page, hands: Hands, look: Look
) -> None:
    hands.press(admin.get_by_role("link", name="Policy Tester"))
    expect(admin.get_by_text("What would happen?")).to_be_visible()
    look(admin, "policy-tester-empty")
    hands.fill(admin.get_by_label("Computer", exact=True), "WS-014")
    hands.fill(admin.get_by_label("User", exact=False).first, "EXAMPLE\\alice")
    hands.fill(admin.get_by_label("File Path"), SETUP)
    hands.press(admin.get_by_role("button", name="Test"))
    expect(admin.get_by_role("heading", name="Why")).to_be_visible()
    decisive = admin.locator(".trace [aria-current]")
    expect(decisive.get_by_text("Matched")).to_be_visible()
    look(admin, "policy-tester")


def test_what_is_wrong_with_an_event_is_said_and_leads_to_its_field(
    admin: Page, look: Look
) -> None:
    admin.goto("/policy-tester/")
    admin.get_by_label("Computer", exact=True).fill("WS-999")
    admin.get_by_role("button", name="Test").click()
    expect(admin.get_by_role("region", name="There is a problem")).to_be_focused()
    look(admin, "policy-tester-refused")


def test_a_requests_page_leads_to_the_tester(admin: Page, trial: RunningTrial, look: Look) -> None:
    number = ask(trial)
    admin.goto(f"/approvals/{number}/")
    admin.get_by_role("link", name="Test in Policy Tester").click()
    expect(admin.get_by_label("File Path")).to_have_value(SETUP)
    expect(admin.get_by_role("link", name=number)).to_be_visible()
    look(admin, "policy-tester-from-request")


def test_a_change_is_tried_before_it_is_saved(admin: Page, trial: RunningTrial, look: Look) -> None:
    ask(trial)
    admin.get_by_role("link", name="Application Policies of Windows Computers").click()
    admin.get_by_role("link", name=INSTALLERS).click()
    form = admin.get_by_role("checkbox", name=re.compile("^Example: installer request form"))
    form.first.uncheck()
    with admin.expect_popup() as opened:
        admin.get_by_role("button", name="What would change?").last.click()
    replay = opened.value
    expect(replay.get_by_text("Finished")).to_be_visible()
    expect(replay.locator("ins").first).to_have_text("Allowed with administrator rights")
    look(replay, "replay")
    replay.get_by_role("link", name="Replay", exact=True).click()
    expect(replay.get_by_role("heading", name="Your replays")).to_be_visible()
    look(replay, "replays")
    expect(admin.get_by_text("If you press cancel")).to_be_visible()  # nothing typed is lost
    expect(form.first).not_to_be_checked()


def test_without_scripts_an_event_is_tested_too(browser: Browser, trial: RunningTrial) -> None:
    context = browser.new_context(base_url=trial.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/policy-tester/?computer=WS-014&account=alice")
    page.get_by_label("User name or email address").fill("admin")
    page.get_by_label("Password").fill(trial.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("File Path").fill(SETUP)
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    context.close()
