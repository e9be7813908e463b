"""What people press and follow."""

from playwright.sync_api import Page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def go(page: Page, *links: str) -> None:
    for name in links:
        page.get_by_role("link", name=name, exact=True).first.click()
