"""The pages of items in a browser: what they show, find, order, restore and delete."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.clicks import UAC, create_server, go, open_policy, press
from tests.browser.conftest import Look
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot
from tests.running_trial import RunningTrial, eventually

pytestmark = pytest.mark.browser


def test_an_alert_by_e_mail_from_the_policys_page(admin: Page, look: Look) -> None:
    open_policy(admin)
    go(admin, "Create E-mail Task")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_label("Policy").locator("option:checked")).to_have_text(UAC)
    look(admin, "email-task-create")
    dialog.get_by_label("Name").fill("Weekly installers")
    expect(dialog.get_by_label("Report To Run").locator("option:checked")).to_have_text(
        "Policy Events"
    )
    dialog.get_by_label(re.compile("^To Address")).fill("team@example.com")
    dialog.get_by_role("button", name="Create").click()
    admin.get_by_label("Repeats").select_option(label="Weekly")
    admin.get_by_label("Starting").fill("2030-01-07T09:00")
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    look(admin, "email-task")
    press(admin, "Run Task")
    expect(admin.get_by_text(re.compile("^Finished")).first).to_be_visible()
    look(admin, "email-task-history")
    runs = admin.get_by_role("region", name="Runs")
    runs.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(admin.get_by_text("Report: Policy Events")).to_be_visible()
    look(admin, "email-task-sent")
    go(admin, "Tasks")
    expect(admin.get_by_text("7 Jan 2030, 09:00")).to_be_visible()
    look(admin, "email-tasks")
    open_policy(admin)
    expect(admin.get_by_role("link", name="Weekly installers")).to_be_visible()

    def arrived() -> bool:
        admin.goto("/trial-mailbox/?to=team@example.com")
        return admin.get_by_text(re.compile("Weekly installers")).count() > 0

    eventually(arrived, what="the report")
    admin.get_by_role("link", name=re.compile("Weekly installers")).first.click()
    look(admin, "report-mail")


def test_an_unreachable_server_is_told_in_plain_words(admin: Page, look: Look) -> None:
    create_server(admin, "Nobody Listens", "smtp://127.0.0.1:1")
    press(admin, "Test Connection")
    expect(admin.get_by_text("The connection was refused")).to_be_visible()
    look(admin, "smtp-server-unreachable")


@needs_dovecot
def test_a_mailbox_is_tried_trusted_and_given_its_folders(admin: Page, look: Look) -> None:
    with Dovecot() as dovecot:
        go(admin, "Configuration", "Credentials", "Create")
        dialog = admin.get_by_role("dialog")
        for label, value in (
            ("Name", "Replies"),
            ("Account Name", dovecot.name),
            ("Secret", dovecot.password),
        ):
            dialog.get_by_label(label).first.fill(value)
        dialog.get_by_role("button", name="Create").click()
        expect(admin.get_by_role("heading", level=1, name="Replies")).to_be_visible()
        look(admin, "credential")
        go(admin, "Configuration", "Foreign Systems", "Mailbox", "Create")
        dialog.get_by_label("Name").fill("Replies")
        dialog.get_by_label("Base URL").fill(f"imap+starttls://127.0.0.1:{dovecot.port}")
        dialog.get_by_label("Credential").select_option(label="Replies")
        dialog.get_by_role("button", name="Create").click()
        press(admin, "Test Connection")
        press(admin, "Trust this certificate")
        expect(admin.get_by_text("The certificate was added")).to_be_visible()
        press(admin, "Test Connection")
        expect(admin.get_by_text("A folder is missing")).to_be_visible()
        look(admin, "mailbox-tested")
        press(admin, "Create Folders")
        expect(admin.get_by_text("created Processed and Failed")).to_be_visible()
        press(admin, "Save Changes")
        expect(admin.get_by_text("Saved.")).to_be_visible()


def test_an_earlier_version_is_restored_from_change_history(admin: Page, look: Look) -> None:
    go(admin, "Actions", "Create")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Type").select_option(label="Deny Execute Message Action")
    dialog.get_by_label("Name").fill("No games")
    dialog.get_by_role("button", name="Create").click()
    admin.get_by_label("Message").fill("Games are not allowed here.")
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    go(admin, "Change History")
    expect(admin.get_by_role("cell", name="Games are not allowed here.")).to_be_visible()
    look(admin, "change-history")
    admin.get_by_role("link", name=re.compile("Version 1: created")).click()
    press(admin, "Restore this version")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    expect(admin.get_by_label("Message")).to_have_value(re.compile("^This application is not"))


def test_deleting_what_is_in_use_is_blocked_with_links(admin: Page, look: Look) -> None:
    go(admin, "Tasks", "Automation", "Example: ask Dana and Lee by email")
    admin.locator("summary", has_text="More").click()
    go(admin, "Delete")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delete Blocked")).to_be_visible()
    look(admin, "delete-blocked")
    dialog.get_by_role("link", name="Related Items").click()
    expect(admin.get_by_role("link", name="Example: run an installer")).to_be_visible()
    look(admin, "related-items")


def test_an_item_is_deleted_after_asking(admin: Page, look: Look) -> None:
    go(admin, "Filters", "Create")
    dialog = admin.get_by_role("dialog")
    look(admin, "filter-create")
    dialog.get_by_label("Type").select_option(label="Time of Day Filter")
    dialog.get_by_label("Name").fill("To be deleted")
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", level=1, name="To be deleted")).to_be_visible()
    expect(admin.get_by_role("checkbox", name="Sunday")).to_have_css("width", "18px")
    look(admin, "filter")
    admin.set_viewport_size({"width": 360, "height": 740})
    admin.locator("summary", has_text="More").click()
    expect(admin.get_by_role("link", name="Duplicate")).to_be_in_viewport(ratio=0.9)
    admin.set_viewport_size({"width": 1280, "height": 900})
    go(admin, "Delete")
    look(admin, "delete")
    press(admin.get_by_role("dialog"), "Delete")  # type: ignore[arg-type]
    expect(admin.get_by_text("Deleted To be deleted.")).to_be_visible()
    look(admin, "filters")
    go(admin, "Configuration", "Change History")
    expect(admin.get_by_text("To be deleted").first).to_be_visible()
    look(admin, "configuration-history")


def test_lists_search_and_say_when_nothing_matches(admin: Page, look: Look) -> None:
    go(admin, "Actions")
    admin.get_by_label("Search actions").fill("rights")
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("2 Items")).to_be_visible()
    admin.get_by_label("Search actions").fill("nothing like this")
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("No action matches “nothing like this”.")).to_be_visible()
    look(admin, "actions-no-match")


def test_a_credential_is_made_and_its_secret_never_comes_back(admin: Page, look: Look) -> None:
    go(admin, "Configuration", "Credentials", "Create")
    dialog = admin.get_by_role("dialog")
    look(admin, "credential-create")
    dialog.get_by_label("Name", exact=False).first.fill("Relay account")
    dialog.get_by_label("Account Name").fill("pm-relay")
    dialog.get_by_label("Secret").fill("correct horse battery")
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", level=1, name="Relay account")).to_be_visible()
    assert "correct horse battery" not in admin.content()
    look(admin, "credential")
    admin.go_back()
    expect(admin.get_by_role("link", name="Relay account")).to_be_visible()
    expect(admin.get_by_role("dialog")).to_have_count(0)


def test_groups_and_new_policies(admin: Page, look: Look) -> None:
    go(admin, "Linux Computers")
    look(admin, "computer-group")
    go(admin, "Application Policies of Linux Computers")
    expect(admin.get_by_text("No policy matches these filters.")).to_be_visible()
    go(admin, "Create Policy", "Skip the wizard")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name=re.compile("^Linux Computers"))).to_be_checked()
    look(admin, "policy-create")
    dialog.get_by_label("Name").fill("Package managers")
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", name="Still missing")).to_be_visible()


def test_a_long_name_without_spaces_makes_no_page_too_wide(admin: Page) -> None:
    name = "L" * 200
    admin.goto("/computer-groups/create/")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Platform").select_option(label="Windows")
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", level=1, name=name)).to_be_visible()
    group = admin.url.rstrip("/").rpartition("/")[2]
    policies, wizard = f"/policies/?group={group}", f"/policies/wizard/?groups={group}"
    for address in (admin.url, f"{admin.url}related/", policies, wizard):
        admin.goto(address)
        for width in (1280, 360):
            admin.set_viewport_size({"width": width, "height": 740})
            too_wide = admin.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert too_wide <= 0, (admin.url, width)
    admin.set_viewport_size({"width": 1280, "height": 900})
    beside = admin.get_by_role("navigation", name="Main").get_by_text(name, exact=True)
    assert beside.evaluate("name => name.offsetHeight") < 50, "cut to two lines"
    admin.goto(f"/computer-groups/{group}/delete/")  # the navigation of other tests' pages had it
    press(admin, "Delete")
    expect(admin.get_by_text(f"Deleted {name}.")).to_be_visible()


def test_the_order_of_actions_is_changed_by_moving_one_up(admin: Page) -> None:
    go(admin, "Application Policies of Windows Computers", "Example: installers need approval")
    admin.get_by_role("button", name="Move Add Administrative Rights Action up").click()
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    go(admin, "Change History")
    old = "Example: installer request form\nAdd Administrative Rights Action"
    new = "Add Administrative Rights Action\nExample: installer request form"
    expect(admin.get_by_role("row", name=re.compile("^Actions"))).to_have_text(
        re.compile(r"\s*".join(["Actions", *old.split("\n"), *new.split("\n")]))
    )


def test_somebody_who_may_only_look_sees_values_and_no_buttons(
    browser: Browser, admin: Page, trial: RunningTrial, look: Look
) -> None:
    said = trial.command(
        "shell",
        "-c",
        "from core.people.models import User; u = User.objects.get(name='alice'); "
        "u.set_password('sesame-open-12'); u.save(); "
        "from django.contrib.auth.models import Group; "
        "u.groups.add(Group.objects.get(name='Users'))",
    )
    assert said.returncode == 0, said.stderr
    page = browser.new_context(base_url=trial.url).new_page()
    page.goto("/tasks/automation/approval-processes/")
    page.get_by_label("User name or email address").fill("alice")
    page.get_by_label("Password").fill("sesame-open-12")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Create", exact=True)).to_have_count(0)
    go(page, "Example: ask Dana and Lee by email")
    expect(page.get_by_text("View only.")).to_be_visible()
    expect(page.get_by_role("button", name="Save Changes")).to_have_count(0)
    expect(page.get_by_text("dana@example.com")).to_be_visible()
    look(page, "process-read-only")
    page.context.close()
