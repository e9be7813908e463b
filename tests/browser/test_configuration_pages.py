"""Configuration in a browser: settings, history, help; and signing in by OpenID Connect."""

import re
from collections.abc import Iterator

import pytest
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Look
from tests.browser.test_people import go, press, sign_out
from tests.running_trial import RunningTrial

pytestmark = [
    pytest.mark.browser,
    # The provider's own: it isn't ours to put right.
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]


@pytest.fixture
def issuer() -> Iterator[str]:
    """A real provider, at which anybody may say who they are."""
    claims = {"preferred_username": "mia.berg", "given_name": "Mia", "groups": ["pm-helpdesk"]}
    with run_server_in_thread(user_claims=[Claims(sub="mia", claims=claims)]) as server:
        yield f"http://localhost:{server.server_port}"


def test_unsaved_edits_warn_before_they_are_lost(admin: Page, look: Look) -> None:
    go(admin, "Configuration", "Advanced")
    look(admin, "configuration-advanced")
    admin.get_by_label("Calls per Computer").fill("700")
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    admin.on("dialog", stay)
    admin.get_by_role("link", name="Filters", exact=True).click()
    expect(admin.get_by_label("Calls per Computer")).to_have_value("700")
    assert warned == ["beforeunload"]
    admin.get_by_role("link", name="Cancel").click()
    expect(admin.get_by_label("Calls per Computer")).to_have_value("600")
    assert warned == ["beforeunload"]


def test_what_was_changed_is_found_and_the_help_says_how(admin: Page, look: Look) -> None:
    go(admin, "Configuration", "Change History")
    admin.get_by_label("Kind").select_option(label="SMTP server")
    expect(admin.locator("tbody tr").first).to_contain_text("SMTP server")
    look(admin, "change-history-all")
    admin.set_viewport_size({"width": 360, "height": 740})
    admin.reload()
    current = admin.get_by_role("navigation", name="Configuration").locator("[aria-current]")
    expect(current).to_be_in_viewport(ratio=0.9)
    expect(admin.get_by_label("Kind")).to_be_hidden()
    admin.locator(".toolbar-more").click()
    expect(admin.get_by_label("Kind")).to_be_visible()
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.get_by_role("link", name="Help for this page").click()
    expect(admin.get_by_role("heading", level=1, name="Change History")).to_be_visible()
    look(admin, "help")
    admin.goto("/help/guides/performance/")  # tables wider than a phone
    look(admin, "help-guide")


def test_somebody_signs_in_by_a_provider_with_the_roles_of_their_groups(
    admin: Page, trial: RunningTrial, issuer: str, look: Look
) -> None:
    # The provider's page asks another host for its looks.
    admin.route(re.compile("^https://"), lambda route: route.fulfill(body=""))
    go(admin, "Configuration", "Credentials", "Create")
    dialog = admin.get_by_role("dialog")
    for label, text in (
        ("Name", "Corporate client"),
        ("Account Name", "pmconsole"),
        ("Secret", "client secret"),
    ):
        dialog.get_by_label(label, exact=False).first.fill(text)
    dialog.get_by_role("button", name="Create").click()
    expect(admin.get_by_role("heading", level=1, name="Corporate client")).to_be_visible()
    go(admin, "Configuration", "Authentication", "Create")
    dialog.get_by_label("Name").fill("Corporate")
    dialog.get_by_label("Issuer").fill(issuer)
    dialog.get_by_label("Credential").select_option(label="Corporate client")
    dialog.get_by_role("button", name="Create").click()
    address = admin.get_by_role("textbox", name="Redirect Address")
    expect(address).to_have_value(re.compile(rf"^{trial.url}/?sign-in/with/.+/callback/$"))
    admin.get_by_label("Create Users").check()
    admin.get_by_label("Groups Claim").fill("groups")
    admin.get_by_label("Roles by Group").fill("pm-helpdesk = Helpdesk")
    press(admin, "Save Changes")
    expect(admin.get_by_text("Saved.")).to_be_visible()
    look(admin, "openid-provider")
    go(admin, "Configuration", "Authentication")
    look(admin, "openid-providers")
    go(admin, "Credentials")
    look(admin, "credentials")
    go(admin, "Foreign Systems")
    look(admin, "foreign-systems")

    sign_out(admin)
    go(admin, "Corporate")
    admin.locator("input[name=sub]").fill("mia")
    admin.locator("button[type=submit], input[type=submit]").first.click()
    expect(admin.get_by_role("heading", level=1, name="Home")).to_be_visible()
    admin.goto("/profile/")
    expect(admin.locator("dl.facts")).to_contain_text("mia.berg")
    expect(admin.locator("dl.facts")).to_contain_text("Helpdesk")
