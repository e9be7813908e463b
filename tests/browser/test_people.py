"""People in a browser: a second administrator is invited; a passkey and an app at sign-in."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clicks import go, press
from tests.browser.conftest import Look
from tests.running_trial import RunningTrial

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name or email address").fill(name)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def sign_out(page: Page) -> None:
    page.locator("summary", has_text="profile, sign out").click()
    press(page, "Sign out")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def invite(admin: Page, name: str, role: str) -> str:
    """Create a user; the path of the link to set a password."""
    go(admin, "Users", "Create")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("User Name").fill(name)
    dialog.get_by_label("First Name").fill("Kim")
    dialog.get_by_role("checkbox", name=re.compile(f"^{role}")).check()
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", level=1, name=name)).to_be_visible()
    go(admin, "Password Link…")
    press(admin, "Create Link")
    link = admin.get_by_role("textbox", name="Link").input_value()
    return re.sub("^https?://[^/]+", "", link)


def set_password(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("#id_new_password1").fill(PASSWORD)
    page.locator("#id_new_password2").fill(PASSWORD)
    press(page, "Set password")


def test_a_second_administrator_is_invited(
    admin: Page, browser: Browser, trial: RunningTrial, look: Look
) -> None:
    link = invite(admin, "kim", "Administrators")
    look(admin, "password-link")
    go(admin, "Close")
    look(admin, "user")
    go(admin, "Users")
    look(admin, "users")
    go(admin, "Import…")
    look(admin, "users-import")
    people = b"user_name,first_name,accounts\nkim,Kimberly,EXAMPLE\\kim; kim-mac\nlou,Lou,\n"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": people}
    admin.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    press(admin, "Show Plan")
    look(admin, "users-import-plan")
    go(admin, "Users")
    go(admin, "Create")
    look(admin, "user-create")
    go(admin, "Cancel")
    go(admin, "Roles")
    look(admin, "roles")
    theirs = browser.new_context(base_url=trial.url).new_page()
    theirs.goto(link)
    look(theirs, "set-password")
    set_password(theirs, link)
    sign_in(theirs, "kim")
    go(theirs, "Users")
    expect(theirs.get_by_role("link", name="kim", exact=True)).to_be_visible()
    theirs.context.close()


def test_ones_own_profile(admin: Page, look: Look) -> None:
    admin.goto("/profile/")
    look(admin, "profile")
    go(admin, "Sign-in and Security")
    look(admin, "security")
    go(admin, "Keyboard")
    look(admin, "keyboard")
    admin.goto("/profile/")
    admin.get_by_label("Theme").select_option(label="Dark")
    press(admin, "Save Changes")
    expect(admin.locator("body")).to_have_css("background-color", "rgb(13, 18, 23)")
    admin.get_by_label("Theme").select_option(label="As on this device")
    press(admin, "Save Changes")
    expect(admin.locator("body")).to_have_css("background-color", "rgb(243, 245, 247)")


def test_a_form_keeps_what_was_typed_when_the_session_has_ended(
    admin: Page, trial: RunningTrial
) -> None:
    admin.goto("/profile/")
    admin.get_by_label("Last Name").fill("Ortega")
    signed_in = admin.context.cookies()
    admin.context.clear_cookies()
    # What the page asks for by itself says so to the server, and finds out.
    with admin.expect_request(lambda sent: "hx-poll" in sent.headers, timeout=40_000):
        pass
    ended = admin.get_by_role("alert").filter(has_text="Your session has ended.")
    expect(ended).to_be_visible()
    with admin.expect_response(lambda answer: "/sign-in/" in answer.url):
        press(admin, "Save Changes")
    expect(ended).to_be_visible()
    admin.context.add_cookies(signed_in)  # type: ignore[arg-type]  # as if signed in in another tab
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(admin.get_by_label("Last Name")).to_have_value("Ortega")


@pytest.fixture
def named(context: BrowserContext, trial: RunningTrial) -> Page:
    """A page under a name, as passkeys need it, in a browser with an authenticator of its own."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    host = f"http://localhost:{trial.port}"
    goto = page.goto
    page.goto = lambda path, **more: goto(host + path, **more)  # type: ignore[method-assign]
    return page


def test_a_passkey_replaces_the_password_and_is_the_second_factor_after_it(
    admin: Page, named: Page, look: Look
) -> None:
    link = invite(admin, "pat", "Helpdesk")
    set_password(named, link)
    sign_in(named, "pat")
    named.goto("/profile/security/")
    go(named, "Add a passkey")
    look(named, "passkey-add")
    press(named, "Add Passkey")
    expect(named.get_by_text("Keep these where you find them")).to_be_visible()
    look(named, "recovery-codes")
    go(named, "I have kept them")
    expect(named.get_by_text("Passkey, added")).to_be_visible()
    look(named, "security-with-passkey")
    sign_out(named)
    press(named, "Use a passkey")
    expect(named.get_by_role("heading", name="Home")).to_be_visible()
    sign_out(named)
    sign_in(named, "pat")
    expect(named.get_by_role("heading", name="Confirm that it's you")).to_be_visible()
    look(named, "second-factor")
    press(named, "Use a passkey")
    expect(named.get_by_role("heading", name="Home")).to_be_visible()
    admin.goto("/users/?q=pat")
    go(admin, "pat", "Remove Second Factor…")
    expect(admin.get_by_role("dialog").get_by_text("Passkey").first).to_be_visible()
    look(admin, "second-factor-remove")
    press(admin, "Remove Second Factor")
    expect(admin.get_by_text("Removed: ")).to_be_visible()


def test_an_app_is_added_by_the_code_on_the_page(
    admin: Page, browser: Browser, trial: RunningTrial, look: Look
) -> None:
    link = invite(admin, "ola", "Users")
    page = browser.new_context(base_url=trial.url).new_page()
    set_password(page, link)
    sign_in(page, "ola")
    page.goto("/profile/security/")
    go(page, "Add an app")
    look(page, "app-add")
    secret = page.locator("code.path").inner_text()
    page.get_by_label("Code").last.fill(format_hotp_value(hotp_value(secret, now_step())))
    press(page, "Add App")
    expect(page.get_by_text("Keep these where you find them")).to_be_visible()
    sign_out(page)
    sign_in(page, "ola")
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, now_step() + 1)))
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/profile/security/confirm/")
    look(page, "confirm-identity")
    page.goto("/profile/security/app/remove/")
    look(page, "remove-factor")
    page.context.close()


def now_step() -> int:
    return int(time.time()) // 30
