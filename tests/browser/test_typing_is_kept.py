"""What was typed isn't lost: by leaving, a refusal, another person or a second press."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clicks import create_server, go, open_policy, press
from tests.browser.conftest import Look
from tests.running_trial import RunningTrial, eventually

pytestmark = pytest.mark.browser
IS_SEEN = """element => {
  const box = element.getClientRects()[0]
  return element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))
}"""
LEAVES = "dispatchEvent(new Event('beforeunload', {cancelable: true}))"  # false: it is warned


def test_a_refused_base_url_says_what_is_wrong_and_keeps_what_was_typed(
    admin: Page, look: Look
) -> None:
    create_server(admin, "Corporate Relay", "http://mail2.example.com:25")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_text("Base URL can't begin with http://").first).to_be_visible()
    expect(dialog.get_by_text("smtp://mail.example.com:25").first).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("Corporate Relay")
    expect(dialog.get_by_role("region", name="There is a problem")).to_be_focused()
    told = dialog.get_by_text("Base URL can't begin with http://").all()
    assert sum(each.evaluate(IS_SEEN) for each in told) == 1
    look(admin, "smtp-server-refused")


def test_the_save_bar_appears_with_the_first_change_and_goes_with_the_last(admin: Page) -> None:
    go(admin, "Tasks", "Automation")
    go(admin, "Default Manual Approval Process")
    bar = admin.get_by_text("If you press cancel, all your changes will be lost.")
    expect(bar).to_be_hidden()
    admin.get_by_label("Approvals Needed").fill("2")
    expect(bar).to_be_visible()
    admin.get_by_label("Approvals Needed").fill("1")
    expect(bar).to_be_hidden()
    admin.get_by_label("Approvals Needed").fill("2")
    admin.keyboard.press("Control+s")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    expect(bar).to_be_hidden()


def test_leaving_warns_until_what_was_typed_is_saved_or_undone(admin: Page) -> None:
    open_policy(admin)
    description = admin.get_by_label("Description")
    assert admin.evaluate(LEAVES)
    before = description.input_value()
    description.fill("Typed with care.")
    assert not admin.evaluate(LEAVES)
    with admin.context.expect_page() as opened:
        press(admin, "What would change? Opens a new tab")
    opened.value.close()
    assert not admin.evaluate(LEAVES), "another tab has opened, and this one isn't saved"
    description.fill(before)
    assert admin.evaluate(LEAVES)


def test_leaving_warns_of_what_was_typed_into_a_dialog(admin: Page) -> None:
    go(admin, "Actions", "Create")
    dialog = admin.get_by_role("dialog")
    assert admin.evaluate(LEAVES)
    dialog.get_by_label("Name").fill("Add Administrative Rights Action")
    form = dialog.locator("form").element_handle()
    dialog.get_by_label("Type").select_option(label="Deny Execute Message Action")
    eventually(lambda: not form.evaluate("form => form.isConnected"), what="another dialog")
    assert not admin.evaluate(LEAVES), "the dialog for another type holds it too"
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("region", name="There is a problem")).to_be_visible()
    assert not admin.evaluate(LEAVES)
    admin.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert admin.evaluate(LEAVES)


def test_of_two_people_who_save_the_second_loses_nothing(
    admin: Page, trial: RunningTrial, look: Look
) -> None:
    open_policy(admin)
    other = admin.context.new_page()
    other.goto(admin.url)
    other.get_by_label("Priority").fill("40")
    press(other, "Save Changes")
    expect(other.get_by_text(re.compile("^Saved"))).to_be_visible()
    other.close()
    admin.get_by_label("Description").fill("Typed with care.")
    press(admin, "Save Changes")
    expect(admin.get_by_text("Not saved: this item was changed in the meantime")).to_be_visible()
    expect(admin.get_by_label("Description")).to_have_value("Typed with care.")
    expect(admin.get_by_label("Priority")).to_have_value("40")
    look(admin, "stale")
    press(admin, "Save Changes")
    expect(admin.get_by_text(re.compile("^Saved"))).to_be_visible()


def test_choosing_another_template_keeps_what_is_being_typed(admin: Page) -> None:
    go(admin, "Tasks", "Automation", "Create")
    dialog = admin.get_by_role("dialog")
    held: list[Route] = []
    admin.route("**/create/?*", lambda route: held.append(route))  # noqa: PLW0108  # it marks it
    dialog.get_by_label("Template").select_option(label="Manual Approval Process")
    dialog.get_by_label("Name").fill("Typed meanwhile")
    eventually(lambda: held or admin.wait_for_timeout(20), what="the dialog asks for itself anew")
    held[0].continue_()
    expect(dialog.get_by_label("Email Address")).to_have_count(0)
    expect(dialog.get_by_label("Name")).to_have_value("Typed meanwhile")
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog.get_by_label("Template").locator("option:checked")).to_have_text(
        "Manual Approval Process"
    )


def test_a_second_press_while_a_form_is_on_its_way_sends_nothing(admin: Page) -> None:
    go(admin, "Agents", "Install Codes", "Create")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_text("Add", exact=True).click()
    dialog.get_by_text("Linux Computers").first.click()
    sent = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route)  # answered below, when the button was pressed twice
        else:
            route.continue_()

    admin.route("**/install-codes/create/", slowly)
    create = dialog.get_by_role("button", name="Create Install Code")
    create.click()
    create.click()
    admin.wait_for_timeout(200)
    assert len(sent) == 1
    sent.pop().continue_()
    expect(admin.get_by_text("It isn't shown again")).to_be_visible()
