"""What an administrator and an approver do in a browser, by the visible words."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Look
from tests.running_trial import Endpoint, RunningTrial, eventually

pytestmark = pytest.mark.browser


def ask(
    trial: RunningTrial, name: str, reason: str = "Need the CAD viewer", user: str = "alice"
) -> str:
    """Somebody asks and does not wait; returns PM-n. Nobody may have more than five pending."""
    path = f"C:\\Users\\alice\\Downloads\\{name}\\setup.exe"
    account = f"EXAMPLE\\{user}"
    said = trial.simulate("--file", path, "--reason", reason, "--user", account, "--no-wait")
    found = re.search(r"PM-\d+", said.stdout)
    assert found, said.stdout
    return found[0]


def wait_in_terminal(trial: RunningTrial, name: str) -> Endpoint:
    path = f"C:\\Users\\alice\\Downloads\\{name}\\setup.exe"
    return Endpoint(trial, "--file", path, "--reason", "Need it now")


def open_mail(page: Page, number: str, recipient: str = "dana@example.com") -> None:
    """Open the Trial Mailbox on the request mail about `number`."""

    def there() -> bool:
        page.goto(f"/trial-mailbox/?to={recipient}")
        return (
            page.get_by_role("link", name=re.compile(rf"\[{number}\] Approval needed")).count() > 0
        )

    eventually(there, what=f"a mail about {number}")
    page.get_by_role("link", name=re.compile(rf"\[{number}\] Approval needed")).first.click()


def test_sign_in_refuses_a_wrong_password_and_keeps_the_name(page: Page, look: Look) -> None:
    page.goto("/approvals/")
    look(page, "sign-in")
    page.get_by_label("User name or email address").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("User name or email address")).to_have_value("admin")
    look(page, "sign-in-refused")


def test_the_whole_loop_in_the_trial_mailbox(admin: Page, trial: RunningTrial, look: Look) -> None:
    before = newest(admin)
    endpoint = wait_in_terminal(trial, "loop")
    number = eventually(
        lambda: number if (number := newest(admin)) != before else "", what="a request"
    )
    open_mail(admin, number)
    mail = admin.frame_locator("iframe")
    expect(mail.get_by_text("Write your answer above this line")).to_be_visible()
    look(admin, "trial-mailbox")
    admin.get_by_role("button", name="APPROVE FOR 2 HOURS").click()
    answer = admin.get_by_label("Your answer")
    answer.press("End")
    answer.press_sequentially("\nFine for the tender.")
    admin.get_by_role("button", name="Send reply").click()
    admin.get_by_role("link", name="See how it was read").click()

    assert endpoint.ended() == 0, endpoint.printed
    admin.reload()
    expect(admin.get_by_text("Approved for 2 hours").first).to_be_visible()
    expect(admin.get_by_text("Fine for the tender.").first).to_be_visible()
    expect(admin.get_by_text(re.compile("dmarc=pass"))).to_be_visible()
    look(admin, "request")
    admin.get_by_role("link", name="Home").click()
    expect(admin.get_by_role("heading", name="Time to decision")).to_be_visible()
    cut_off = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    assert admin.locator(".tile-figure").evaluate_all(cut_off) == 0
    look(admin, "home-figures")


def newest(page: Page) -> str:
    """The newest pending request's number."""
    page.goto("/approvals/")
    numbers = re.findall(r"PM-(\d+)", page.content())
    return f"PM-{max(map(int, numbers))}" if numbers else ""


def test_a_grant_is_revoked_after_asking(admin: Page, trial: RunningTrial, look: Look) -> None:
    number = ask(trial, "revoke")
    admin.goto(f"/approvals/{number}/approve/")
    admin.get_by_label("For", exact=True).check()
    admin.get_by_role("button", name="Approve", exact=True).click()
    admin.goto("/approvals/grants/")
    look(admin, "active-grants")
    admin.goto(f"/approvals/{number}/")
    admin.get_by_role("link", name=re.compile("Revoke")).click()
    dialog = admin.get_by_role("dialog")
    expect(dialog).to_be_visible()
    look(admin, "revoke")
    dialog.get_by_label("Reason").fill("The wrong installer.")
    dialog.get_by_role("button", name="Revoke").click()

    expect(admin.get_by_text(re.compile("[Rr]evoked")).first).to_be_visible()


def test_manage_approvals_opens_a_row_and_approves(
    admin: Page, trial: RunningTrial, look: Look
) -> None:
    number = ask(trial, "queue", "Updating to 17.14 for the payroll build.")
    other = ask(trial, "second", "Same update as Priya.")
    admin.goto("/approvals/")
    admin.get_by_role("link", name=f"Details of {number}").click()
    expect(admin.get_by_text("SHA-256").first).to_be_visible()
    look(admin, "manage-approvals")
    admin.get_by_role("link", name=re.compile("^Approve")).first.click()
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Confirm Approval")).to_be_visible()
    expect(dialog.get_by_label("One Time")).to_be_checked()
    look(admin, "confirm-approval")
    dialog.get_by_label("Comment").fill("Fine.")
    dialog.get_by_role("button", name="Approve", exact=True).click()

    expect(admin.get_by_text(re.compile(f"{number} approved")).first).to_be_attached()
    admin.goto(f"/approvals/{other}/deny/")
    look(admin, "deny")
    admin.get_by_label("Comment").fill("Use the packaged version.")
    admin.get_by_role("button", name="Deny", exact=True).click()
    admin.goto(f"/approvals/{other}/")
    expect(admin.get_by_text("Use the packaged version.").first).to_be_visible()
    admin.goto("/approvals/decided/")
    look(admin, "decided")
    admin.get_by_role("link", name="Reports", exact=True).click()
    look(admin, "reports")
    admin.get_by_role("link", name="Approval Decisions").click()
    expect(admin.get_by_role("cell", name="Use the packaged version.")).to_be_visible()
    look(admin, "report")
    admin.get_by_label("Search everything").first.fill("installer")
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("link", name="Example: installers need approval")).to_be_visible()
    look(admin, "search")


def test_a_stale_decision_says_who_was_first_and_keeps_the_comment(
    admin: Page, trial: RunningTrial
) -> None:
    number = ask(trial, "stale")
    admin.goto(f"/approvals/{number}/deny/")
    admin.get_by_label("Comment").fill("Typed with care.")
    other = admin.context.new_page()
    other.goto(f"/approvals/{number}/approve/")
    other.get_by_role("button", name="Approve", exact=True).click()
    expect(other.get_by_text(re.compile(f"{number} approved")).first).to_be_attached()
    other.close()  # of a page on its way to the next one Chromium may never say that it's closed
    admin.get_by_role("button", name="Deny", exact=True).click()

    expect(admin.get_by_text(re.compile(f"{number} was approved already")).first).to_be_visible()
    expect(admin.get_by_text("Typed with care.")).to_be_visible()


def test_the_decision_page_on_a_phone(
    admin: Page, browser: Browser, trial: RunningTrial, look: Look
) -> None:
    number = ask(trial, "phone")
    open_mail(admin, number)
    link = admin.get_by_role("link", name="Open the decision page").get_attribute("href")
    assert link
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(link)
    expect(phone.get_by_role("heading", name=re.compile("alice wants to run"))).to_be_visible()
    look(phone, "decision")
    phone.get_by_label("Comment").fill("From the train.")
    phone.get_by_role("button", name="Deny").click()

    expect(phone.get_by_text(re.compile("[Dd]enied")).first).to_be_visible()
    look(phone, "decision-made")
    phone.goto("/d/".join([trial.url, "a" * 26]))
    look(phone, "decision-unknown")
    phone.context.close()


def test_without_scripts_a_request_is_decided_too(browser: Browser, trial: RunningTrial) -> None:
    number = ask(trial, "noscript")
    context = browser.new_context(base_url=trial.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/approvals/")
    page.get_by_label("User name or email address").fill("admin")
    page.get_by_label("Password").fill(trial.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=f"Details of {number}").click()
    page.get_by_role("link", name=re.compile("^Deny")).first.click()
    page.get_by_label("Comment").fill("No scripts needed.")
    page.get_by_role("button", name="Deny", exact=True).click()

    expect(page.get_by_text(f"{number} denied").first).to_be_visible()
    context.close()


def test_a_name_with_hidden_characters_is_shown_with_its_escapes(
    admin: Page, trial: RunningTrial, look: Look
) -> None:
    path = "C:\\Users\\alice\\Downloads\\x\\setup\u202eexe.exe"
    trial.simulate("--file", path, "--reason", "I need this", "--no-wait")
    admin.goto("/approvals/")

    expect(admin.get_by_text("[U+202E]").first).to_be_visible()
    look(admin, "hidden-characters")


def test_an_unknown_page_says_so(admin: Page, look: Look) -> None:
    admin.goto("/approvals/PM-999999/")

    expect(admin.get_by_role("heading", level=1)).to_be_visible()
    look(admin, "not-found")
