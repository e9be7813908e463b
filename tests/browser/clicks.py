"""What people press and follow."""

from playwright.sync_api import Page, expect

UAC = "User Access Control (UAC) Override Policy Approval by Email"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def go(page: Page, *links: str) -> None:
    for name in links:
        page.get_by_role("link", name=name, exact=True).first.click()


def open_policy(page: Page) -> None:
    go(page, "Application Policies of Windows Computers", UAC)
    expect(page.get_by_role("heading", level=1, name=UAC)).to_be_visible()


def create_server(page: Page, name: str, url: str) -> None:
    go(page, "Configuration", "Foreign Systems", "SMTP Server", "Create")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Base URL").fill(url)
    dialog.get_by_role("button", name="Create").click()
