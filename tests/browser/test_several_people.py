"""Several people at one console: two administrators, the help desk, an approver without an account."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_clicking import ask, open_mail
from tests.browser.test_people import go, invite, press, set_password, sign_in
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser


def guest(browser: Browser, trial: RunningTrial, name: str, link: str) -> Page:
    """Who was invited by `link`, signed in at a browser of their own."""
    page = browser.new_context(base_url=trial.url).new_page()
    set_password(page, link)
    sign_in(page, name)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    return page


def test_each_does_their_part_and_the_record_names_each(
    admin: Page, browser: Browser, trial: RunningTrial
) -> None:
    second = guest(browser, trial, "robin", invite(admin, "robin", "Administrators"))
    go(admin, "Close")
    helpdesk = guest(browser, trial, "desk", invite(admin, "desk", "Helpdesk"))
    go(admin, "Close")

    # The approver without an account replies from the own mailbox.
    number = ask(trial, "several")
    open_mail(admin, number)
    admin.get_by_role("button", name="APPROVE FOR 2 HOURS").click()
    press(admin, "Send reply")
    admin.get_by_role("link", name="See how it was read").click()
    expect(admin.get_by_role("heading", name=number)).to_be_visible()
    expect(admin.get_by_text("Approved for 2 hours").first).to_be_visible()
    expect(admin.get_by_text("(dana), by email").first).to_be_visible()

    # The help desk decides in Manage Approvals, and may change no policy.
    other = ask(trial, "several-more")
    helpdesk.goto(f"/approvals/{other}/deny/")
    helpdesk.get_by_label("Comment").fill("Use the packaged version.")
    press(helpdesk, "Deny")
    helpdesk.goto(f"/approvals/{other}/")
    expect(helpdesk.get_by_text("(desk)").first).to_be_visible()
    answer = helpdesk.goto("/filters/create/")
    assert answer is not None
    assert answer.status == 403

    # The second administrator changes an item; the first sees who it was.
    go(second, "Filters", "Create")
    dialog = second.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill("Robin's installers")
    dialog.get_by_role("button", name="Create").click()
    expect(second.get_by_role("heading", level=1, name="Robin's installers")).to_be_visible()
    admin.goto("/configuration/history/")
    row = admin.get_by_role("row", name="Robin's installers")
    expect(row.get_by_text("(robin)")).to_be_visible()
    for page in (second, helpdesk):
        page.context.close()
