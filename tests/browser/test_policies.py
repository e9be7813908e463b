"""Application Policies in a browser: wizard, list, dragging, a filter from an event, groups."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look
from tests.browser.hands import Keyboard
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser
SETUP = "C:\\Users\\alice\\Downloads\\setup.exe"
UAC = "User Access Control (UAC) Override Policy Approval by Email"
EXAMPLE = "Example: installers need approval"


def lift(page: Page, policy: str, *, onto: str) -> None:
    """Drag a policy by its grip to another one's place, and don't let go yet."""
    grip = page.locator("tbody", has_text=policy).locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    start, place = grip.bounding_box(), page.locator("tbody", has_text=onto).bounding_box()
    assert start
    assert place
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, place["y"] + 4, steps=5)


def test_a_policy_is_made_in_the_wizard_moved_and_switched(admin: Page, look: Look) -> None:
    hands = Keyboard()
    admin.goto("/policies/")
    look(admin, "policies")
    hands.press(admin.get_by_role("link", name="Create Policy"))
    admin.get_by_role("radio", name="Controlling").check()
    look(admin, "policy-wizard-type")
    hands.press(admin.get_by_role("button", name="Next"))
    hands.press(admin.get_by_role("button", name="Next"))  # nothing chosen yet
    expect(admin.get_by_role("region", name="There is a problem")).to_be_focused()
    look(admin, "policy-wizard-refused")
    admin.get_by_role("radio", name="Require Approval").check()
    hands.press(admin.get_by_role("button", name="Next"))
    admin.get_by_role("radio", name="Approval Request Form Action").first.check()
    hands.press(admin.get_by_role("button", name="Next"))
    admin.get_by_text("Add filters").click()
    hands.tick(admin.get_by_role("checkbox", name="Signed by Microsoft Corporation"))
    look(admin, "policy-wizard-targets")
    hands.press(admin.get_by_role("button", name="Next"))
    hands.fill(admin.get_by_label("Name"), "Microsoft tools need approval")
    look(admin, "policy-wizard-name")
    hands.press(admin.get_by_role("button", name="Create Policy"))
    expect(admin.get_by_role("heading", name="Still missing")).to_be_visible()
    expect(admin.get_by_text("Worth a look")).not_to_be_visible()  # it reaches nothing yet
    look(admin, "policy-new")
    tabs = admin.get_by_role("navigation", name="Policy", exact=True).get_by_role("link")
    names = ["General", "Policy Events", "Related Items", "Change History"]
    for name in names:
        tabs.filter(has_text=name).click()
        expect(tabs.filter(has_text=name)).to_have_attribute("aria-current", "page")
        expect(tabs).to_have_text([re.compile(each) for each in names])
        expect(admin.get_by_role("button", name="Activate")).to_be_visible()
        expect(admin.get_by_role("main").get_by_text("Inactive").first).to_be_visible()

    admin.goto("/policies/?sort=priority")
    new = "Microsoft tools need approval"
    listed = admin.locator("tbody[data-row] td:nth-child(2) > a").filter(
        has_text=re.compile("|".join(map(re.escape, (UAC, EXAMPLE, new))))  # others may have more
    )
    expect(listed).to_have_text([UAC, EXAMPLE, new])
    lift(admin, new, onto=UAC)
    expect(listed).to_have_text([new, UAC, EXAMPLE])  # as it would be
    admin.keyboard.press("Escape")
    expect(listed).to_have_text([UAC, EXAMPLE, new])
    admin.mouse.up()
    lift(admin, new, onto=UAC)
    expect(listed).to_have_text([new, UAC, EXAMPLE])
    admin.mouse.up()
    expect(admin.get_by_text(re.compile(rf"{new} has priority \d+\."))).to_be_visible()
    expect(listed).to_have_text([new, UAC, EXAMPLE])
    hands.press(admin.get_by_role("button", name=f"Move {new} down"))
    expect(listed).to_have_text([UAC, new, EXAMPLE])
    look(admin, "policies-in-order")

    hands.press(admin.get_by_role("switch", name=f"Active: {EXAMPLE}"))
    expect(admin.get_by_text(f"{EXAMPLE} is inactive.")).to_be_visible()
    hands.tick(admin.get_by_role("checkbox", name=f"Select {EXAMPLE}"))
    hands.tick(admin.get_by_role("checkbox", name=f"Select {new}"))
    hands.press(admin.get_by_role("button", name="Activate 2", exact=True))
    expect(admin.get_by_role("heading", name="1 of 2 active")).to_be_visible()
    look(admin, "policies-results")


def test_a_filter_and_a_policy_are_made_from_an_event(
    admin: Page, trial: RunningTrial, look: Look
) -> None:
    trial.simulate("--file", SETUP, "--reason", "Need it", "--no-wait")
    admin.goto("/policy-events/")
    admin.get_by_role("link", name="setup.exe").first.click()
    admin.get_by_role("link", name="Create Policy…").click()
    dialog = admin.get_by_role("dialog", name="Create Policy: What It Targets")
    expect(dialog.get_by_label("Name", exact=False).last).not_to_have_value("")
    look(admin, "policy-event-create")
    dialog.get_by_role("button", name="Next").click()
    expect(admin.get_by_role("heading", name="What should this policy do?")).to_be_visible()


def test_computers_are_chosen_for_a_group(admin: Page, look: Look) -> None:
    admin.goto("/computer-groups/")
    look(admin, "computer-groups")
    admin.get_by_role("table").get_by_role("link", name="Windows Computers").click()
    admin.get_by_role("navigation", name="Computer group").get_by_text("Computers").click()
    admin.get_by_label("Add Computers").fill("WS-NONE")
    admin.get_by_role("button", name="Add", exact=True).click()
    expect(admin.get_by_role("region", name="There is a problem")).to_be_focused()
    look(admin, "computer-group-computers")
