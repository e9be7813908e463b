"""The way from nothing to an approval by e-mail, as the handbook tells it, in the console.

One story, walked three times: with a mouse, with the keyboard alone, and without scripts. It uses
the visible words only, a real SMTP server and the real worker.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Look
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.mail_server import MailServer, mail_server
from tests.running_trial import Endpoint, RunningTrial
from tests.visitor import Received, reply_over_smtp

pytestmark = pytest.mark.browser
UAC = "User Access Control (UAC) Override Policy Approval by Email"
FORM = "Email Approval Request Form Action"
TYPE = "Email Execute Application Request Type"
PROCESS = "Email Approval Process"
DANA = "dana@example.com"


@pytest.fixture
def trial(new_trial: Callable[[], RunningTrial]) -> Iterator[RunningTrial]:
    """A trial of its own: the story changes which policy decides."""
    running = new_trial().start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def corporate() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@dataclass
class Administrator:
    """Somebody at the console with the handbook beside him."""

    page: Page
    hands: Hands
    look: Look | None = None

    def link(self, name: str) -> None:
        self.hands.press(self.page.get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> None:
        self.hands.press(self.page.get_by_role("button", name=name, exact=True).first)

    def create(self) -> Locator:
        """Press Create over a list; the dialog."""
        self.link("Create")
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        return dialog

    def fill(self, name: str, text: str, within: Locator | None = None) -> None:
        self.hands.fill(self._field(name, within), text)

    def choose(self, name: str, option: str, within: Locator | None = None) -> None:
        self.hands.choose(self._field(name, within), option)

    def finish(self, dialog: Locator, name: str = "Create") -> None:
        self.hands.press(dialog.get_by_role("button", name=name, exact=True))

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def saved(self) -> None:
        self.button("Save Changes")
        expect(self.page.get_by_text(re.compile("^Saved"))).to_be_visible()

    def looks(self, name: str) -> None:
        if self.look:
            self.look(self.page, name)

    def _field(self, name: str, within: Locator | None) -> Locator:
        return (within or self.page).get_by_label(re.compile(rf"^{name}(\s\*)?$"))


def walk(who: Administrator, trial: RunningTrial, corporate: MailServer) -> None:
    """The handbook's text from its first step to the program that runs."""
    where_nothing_was_asked_yet(who)
    default_request_type(who)
    smtp_server(who, corporate)
    approval_process(who)
    approval_type(who)
    request_form(who)
    policy(who)
    the_loop(trial, corporate)


def where_nothing_was_asked_yet(who: Administrator) -> None:
    who.sees("simulate_execution")
    expect(who.page.get_by_role("link", name="Open the Trial Mailbox")).to_be_visible()
    who.looks("home")
    who.link("Manage Approvals")
    who.sees("No requests are awaiting approval.")
    who.looks("manage-approvals-empty")


def default_request_type(who: Administrator) -> None:
    who.link("Configuration")
    who.heading("Configuration")
    who.looks("configuration-general")
    who.link("Default Execute Application Request Type")
    who.fill("Description", "Whatever asks for administrator rights.")
    who.saved()
    who.looks("approval-type")


def smtp_server(who: Administrator, corporate: MailServer) -> None:
    who.link("Configuration")
    who.link("Foreign Systems")
    expect(who.page).to_have_url(re.compile("/foreign-systems/$"))
    who.looks("foreign-systems")
    who.link("SMTP Server")
    dialog = who.create()
    who.looks("smtp-server-create")
    who.fill("Name", "Corporate Relay", dialog)
    who.fill("Base URL", corporate.url, dialog)
    who.finish(dialog)
    who.heading("Corporate Relay")
    who.button("Test Connection")
    who.sees("The server accepts our mail")
    expect(who.page.get_by_text("250", exact=False).first).to_be_visible()
    who.looks("smtp-server-tested")
    who.button("Send Test E-mail")
    who.sees("250 2.0.0 Ok: queued as 7F2A1")
    corporate.message_to("admin@example.com", "test email")


def approval_process(who: Administrator, *, only_server: bool = False) -> None:
    who.link("Tasks")
    who.link("Automation")
    who.hands.press(who.page.get_by_role("link", name=re.compile("^Approval Processes")))
    expect(who.page).to_have_url(re.compile("/approval-processes/$"))
    who.looks("approval-processes")
    dialog = who.create()
    who.looks("approval-process-create")
    who.choose("Template", "E-mail Approval Process", dialog)
    who.fill("Name", PROCESS, dialog)
    who.fill("Description", "Asks the desktop team's approvers.", dialog)
    who.fill("Email Address", DANA, dialog)
    if not only_server:  # there is nothing to choose where there is one
        who.choose("SMTP Server", "Corporate Relay", dialog)
    who.finish(dialog)
    who.heading(PROCESS)
    field = who.page.get_by_label
    expect(field("Report To Run").locator("option:checked")).to_have_text(
        "Most Recent Pending Application Approval Request"
    )
    expect(field("Start Activity").locator("option:checked")).to_have_text(PROCESS)
    expect(field(re.compile("^To Address"))).to_have_value(DANA)
    who.looks("approval-process")
    who.fill("To Address", f"{DANA}\nlee@example.com")
    who.saved()


def approval_type(who: Administrator) -> None:
    who.link("Tasks")
    who.link("Automation")
    who.hands.press(who.page.get_by_role("link", name=re.compile("^Approval Types")))
    dialog = who.create()
    who.looks("approval-type-create")
    who.choose("Template", "Application Request Type", dialog)
    who.fill("Name", TYPE, dialog)
    who.hands.tick(dialog.get_by_label("File Specific"))
    who.choose("Process Handler", PROCESS, dialog)
    who.finish(dialog)
    who.heading(TYPE)


def request_form(who: Administrator) -> None:
    who.link("Actions")
    who.heading("Actions")
    who.looks("actions")
    who.link("Approval Request Form Action")
    who.sees("This item is read-only.")
    who.looks("action-read-only")
    who.link("Duplicate")
    dialog = who.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    who.looks("duplicate")
    who.fill("Name", FORM, dialog)
    who.finish(dialog)
    who.heading(FORM)
    who.choose("Approval Type", TYPE)
    who.saved()
    who.looks("action")


def policy(who: Administrator) -> None:
    who.link("Application Policies of Windows Computers")
    who.heading("Application Policies")
    who.looks("policies")
    who.link(UAC)
    who.hands.press(who.page.locator("summary", has_text="Add Actions"))
    who.hands.tick(who.page.get_by_role("checkbox", name=re.compile(f"^{FORM}")).first)
    who.looks("policy")
    who.saved()
    who.sees("Saved. This policy is inactive.")
    who.sees("wait for an approval by email")
    who.button("Activate")
    who.sees("This policy is active.")


def the_loop(trial: RunningTrial, corporate: MailServer) -> None:
    """A blocked program asks, Dana replies to the mail that came over the new server, it runs."""
    endpoint = Endpoint(trial, "--reason", "Need it")
    asked = corporate.message_to(DANA, "Approval needed")
    assert parseaddr(str(asked["From"]))[1] == "approvals@pm.example.com"
    body = asked.get_body(("plain",))
    assert body is not None
    assert UAC in " ".join(body.get_content().split())
    received = Received(str(asked["Reply-To"]), "", str(asked["Subject"]))
    reply_over_smtp(trial, DANA, received, "APPROVE FOR 2 HOURS\nFine.\n")

    assert endpoint.ended() == 0, endpoint.printed
    assert "The program runs with administrative rights." in endpoint.printed


def test_the_handbooks_path_with_a_mouse(
    admin: Page, trial: RunningTrial, corporate: MailServer, look: Look
) -> None:
    walk(Administrator(admin, Mouse(), look), trial, corporate)


def test_the_handbooks_path_with_the_keyboard_alone(
    admin: Page, trial: RunningTrial, corporate: MailServer
) -> None:
    walk(Administrator(admin, Keyboard()), trial, corporate)


def test_the_handbooks_path_without_scripts(
    browser: Browser, trial: RunningTrial, corporate: MailServer
) -> None:
    context = browser.new_context(base_url=trial.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name or email address").fill("admin")
    page.get_by_label("Password").fill(trial.password)
    page.get_by_role("button", name="Sign in").click()
    walk(Administrator(page, Mouse()), trial, corporate)
    context.close()
