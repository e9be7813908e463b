"""A real Chromium, and a way to look at each page in both themes and widths."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, BrowserContext, Cookie, Page, expect, sync_playwright

from tests.running_trial import RunningTrial

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]
PATIENCE = 15_000  # milliseconds; other tests run beside these, and machines stall
expect.set_options(timeout=PATIENCE)
SIZES = {"1280": (1280, 900), "360": (360, 740)}
Look = Callable[[Page, str], None]
# Of what axe finds only the breaches are handed over: the rest is a megabyte of each page.
AXE = "async options => ({violations: (await axe.run(options)).violations})"
EVERYTHING = {"resultTypes": ["violations"]}
COLORS = {
    **EVERYTHING,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


def chromium() -> str | None:
    """The Chromium on PATH; None for Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its file: while Playwright runs, so does its event loop, and the ORM refuses that."""
    with sync_playwright() as playwright:
        path = chromium()
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail("The browser tests need Chromium: install the package chromium.", False)
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, trial: RunningTrial) -> Iterator[BrowserContext]:
    """A visitor's browser; a script error or a breach of the CSP fails the test."""
    opened = browser.new_context(base_url=trial.url, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE)
    faults: list[str] = []
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("weberror", lambda fault: faults.append(str(fault.error)))
    yield opened
    opened.close()
    # A refused form (409, 422) is an answer, not a fault; the browser logs its status all the same.
    assert [text for text in faults if "the server responded with a status of 4" not in text] == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="module")
def sessions() -> dict[str, list[Cookie]]:
    """The administrator's cookies by the trial's address: who signs in once in a file is known in it."""
    return {}


@pytest.fixture
def admin(page: Page, trial: RunningTrial, sessions: dict[str, list[Cookie]]) -> Page:
    """A page on which the administrator has signed in."""
    page.context.add_cookies(sessions.get(trial.url, []))  # type: ignore[arg-type]
    page.goto("/")
    if "/sign-in/" in page.url:
        page.get_by_label("User name or email address").fill("admin")
        page.get_by_label("Password").fill(trial.password)
        page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Home").wait_for()
    sessions[trial.url] = page.context.cookies()
    return page


def breaches(page: Page, options: dict[str, object]) -> AxeResults:
    """What axe finds on a page; it is put into each page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return AxeResults(page.evaluate(AXE, options))


@pytest.fixture(scope="session")
def look() -> Look:
    """Look at a page light and dark, wide and narrow: axe finds nothing, nothing sticks out.

    Of the dark theme axe looks at the colors alone: all else is the same page. With
    PMCONSOLE_SCREENSHOTS=FOLDER pictures of all four are left there, as `make screenshots` does.
    """
    folder = os.environ.get("PMCONSOLE_SCREENSHOTS")

    def look_at(page: Page, name: str) -> None:
        page.wait_for_load_state()  # a click may just have led elsewhere
        before = page.viewport_size
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            sticks_out = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert sticks_out <= 0, (name, size, f"{sticks_out} px too wide")
            for theme in ("light", "dark"):
                dark = theme == "dark"
                if dark and size != "1280" and not folder:
                    continue
                page.emulate_media(
                    color_scheme="dark" if dark else "light", reduced_motion="reduce"
                )
                found = breaches(page, COLORS if dark else EVERYTHING)
                assert found.violations_count == 0, (name, theme, size, found.generate_report())
                if folder:
                    page.evaluate("scrollTo(0, 0)")  # else what is sticky stands amid the picture
                    path = Path(folder) / f"{name}-{theme}-{size}.png"
                    page.screenshot(path=path, full_page=True)
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)

    return look_at
