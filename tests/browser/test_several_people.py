"""Several people at one console: two administrators, the help desk, an approver without an account."""

import re
from functools import partial

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Look
from tests.browser.test_clicking import ask, open_mail
from tests.browser.test_people import go, invite, press, set_password, sign_in
from tests.running_trial import RunningTrial, eventually

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
    number = ask(trial, "several", user="nina")
    open_mail(admin, number)
    admin.get_by_role("button", name="APPROVE FOR 2 HOURS").click()
    press(admin, "Send reply")
    admin.get_by_role("link", name="See how it was read").click()
    expect(admin.get_by_role("heading", name=number)).to_be_visible()
    eventually(lambda: _shows(admin, "(dana), by email"), what="the answer on the request's page")
    expect(admin.get_by_text("Approved for 2 hours").first).to_be_visible()

    # The help desk decides in Manage Approvals, and may change no policy.
    other = ask(trial, "several-more", user="nina")
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


def test_a_platform_administrator_is_kept_to_their_platform(
    admin: Page, browser: Browser, trial: RunningTrial, look: Look
) -> None:
    theirs = guest(browser, trial, "winnie", invite(admin, "winnie", "Windows Administrators"))
    go(admin, "Close", "Linux Computers")
    expect(admin.get_by_role("heading", level=1, name="Linux Computers")).to_be_visible()
    linux = admin.url
    theirs.goto("/computer-groups/")
    expect(theirs.get_by_role("table").get_by_text("Windows Computers")).to_be_visible()
    expect(theirs.get_by_text("Linux Computers")).to_have_count(0)
    answer = theirs.goto(linux)
    assert answer is not None
    assert answer.status == 404
    answer = theirs.goto("/users/")
    assert answer is not None
    assert answer.status == 403
    look(theirs, "no-access")
    for template, name in (("429.html", "too-many-attempts"), ("500.html", "server-error")):
        bare = in_look_of(theirs, render_to_string(template))
        theirs.route(f"**/{name}/", partial(answer_with, bare))
        theirs.goto(f"/{name}/")
        look(theirs, name)

    theirs.goto("/")
    go(theirs, "Filters", "Create")
    dialog = theirs.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill("Winnie's installers")
    dialog.get_by_role("button", name="Create").click()
    expect(theirs.get_by_role("heading", level=1, name="Winnie's installers")).to_be_visible()
    theirs.go_back()  # to the list as it is now
    expect(theirs.get_by_role("table").get_by_text("Winnie's installers")).to_be_visible()
    theirs.context.close()


def answer_with(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html")


def in_look_of(page: Page, other: str) -> str:
    """`other` with the stylesheet of the page, whose address only the trial knows."""
    sheet = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    return re.sub(r'href="[^"]+\.css"', f'href="{sheet}"', other)


def test_an_auditor_finds_who_changed_the_policy_and_an_administrator_restores_it(
    admin: Page, browser: Browser, trial: RunningTrial
) -> None:
    auditor = guest(browser, trial, "audrey", invite(admin, "audrey", "Auditors"))
    number = ask(trial, "audited", user="nina")
    policy = "Example: installers need approval"
    admin.goto("/policies/")
    go(admin, policy)
    admin.get_by_label("Description").fill("For everybody.")
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.")).to_be_visible()

    auditor.goto(f"/approvals/{number}/")
    expect(auditor.get_by_text(policy).first).to_be_visible()
    auditor.goto("/policies/")
    go(auditor, policy, "Change History")
    expect(auditor.get_by_text("admin").first).to_be_visible()
    expect(auditor.locator("ins", has_text="For everybody.")).to_be_visible()
    expect(auditor.get_by_role("button", name="Restore this version")).to_have_count(0)

    go(admin, "Change History")
    admin.locator("a[href*='version=1']").first.click()
    press(admin, "Restore this version")
    expect(admin.get_by_label("Description")).not_to_have_value("For everybody.")
    auditor.context.close()


def test_two_administrators_and_one_proposal(
    admin: Page, browser: Browser, trial: RunningTrial, look: Look
) -> None:
    second = guest(browser, trial, "morgan", invite(admin, "morgan", "Administrators"))
    go(admin, "Close", "Configuration", "Advanced")
    admin.get_by_label("Second Person for Policy Changes").check()
    press(admin, "Save Changes")

    # One changes an active policy: it's proposed, with what it would have changed.
    admin.goto("/policies/?active=1")
    admin.get_by_role("table").get_by_role("link").first.click()
    expect(admin.get_by_text("Changes here need a second person.")).to_be_visible()
    admin.get_by_label("Description").fill("Asked for by the design team.")
    press(admin, "Save Changes")
    expect(admin.get_by_role("heading", name="This change needs a second person")).to_be_visible()
    look(admin, "proposal-draft")
    admin.get_by_label("Why").fill("Ticket 12")
    press(admin, "Propose")
    expect(admin.get_by_text("What would have changed")).to_be_visible()
    expect(admin.get_by_role("button", name="Withdraw")).to_be_visible()

    # The other sees it at the bell, and accepts it.
    accept(second, look)
    expect(second.get_by_text("The changes of Proposal")).to_be_visible()
    go(second, "Proposals")
    look(second, "proposals")

    # Switching it off takes both as well.
    go(admin, "Configuration", "Advanced")
    admin.get_by_label("Second Person for Policy Changes").uncheck()
    press(admin, "Save Changes")
    admin.get_by_label("Why").fill("The team is on holiday.")
    press(admin, "Propose")
    accept(second, look)
    second.context.close()


def accept(page: Page, look: Look) -> None:
    page.goto("/")
    page.locator("summary", has_text="Notifications").click()
    page.get_by_role("link", name="1 proposal to review").click()
    page.get_by_role("link", name=re.compile("^Proposal [0-9]")).click()
    expect(page.get_by_text("Proposed By")).to_be_visible()
    look(page, "proposal")
    press(page, "Accept")


def _shows(page: Page, text: str) -> bool:
    """Whether the page shows it, opened again: a request's page only says that there is more."""
    page.reload()
    return page.get_by_text(text).first.is_visible()
