"""The pages of approval processes and types: presets, From Address, Start Activity, what is refused."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from approvals.models import ApprovalProcess, ApprovalType
from approvals.pages.cautions import cautions
from foreign_systems.models import ForeignSystem
from items.family import family_of
from items.models import Item, changes_of
from items.values import as_data, posted
from tests.factories import (
    DANA,
    LEE,
    make_process,
    make_request,
    make_smtp_server,
    make_type,
    make_user,
)

pytestmark = pytest.mark.django_db
PROCESSES = "/tasks/automation/approval-processes/"
TYPES = "/tasks/automation/approval-types/"
PASSWORD = "sesame-open-12"


@pytest.fixture
def client() -> Client:
    """An administrator who has just entered his password."""
    make_user("sam.ortega", role="Administrators", password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"login": "sam.ortega", "password": PASSWORD})
    return client


def url(item: Item, page: str = "detail") -> str:
    return family_of(item).url_of(item, page)


def page_of(client: Client, item: Item) -> str:
    return html.unescape(client.get(url(item)).content.decode())


def save(client: Client, item: Item, **changes: str) -> str:
    item.refresh_from_db()
    data = as_data(posted(family_of(item).form_of(item)), version=str(item.version), **changes)
    return html.unescape(client.post(url(item), dict(data.lists()), follow=True).content.decode())


def create(client: Client, **values: str) -> ApprovalProcess:
    given = {"kind": "email", "name": "Ours", "to_addresses": DANA}
    client.post(f"{PROCESSES}create/", {**given, **values})
    return ApprovalProcess.objects.get(name=given["name"])


def test_a_new_process_has_its_e_mail_address_as_to_address_and_needs_no_more(
    client: Client,
) -> None:
    server = make_smtp_server()
    process = create(client, smtp_server=str(server.pk))
    assert process.typed.to_addresses == (DANA,)
    assert process.typed.report_to_run == "most-recent-pending"
    assert process.start_activity is None
    assert process.smtp_server == server
    page = page_of(client, process)
    assert "Most Recent Pending Application Approval Request" in page
    assert "Any other report is added below it: at most 20 rows" in page
    assert f'<option value="" selected>{process}</option>' in " ".join(page.split())


def test_the_dialog_presets_the_default_server_and_asks_only_where_there_are_several(
    client: Client,
) -> None:
    server = make_smtp_server()
    dialog = client.get(f"{PROCESSES}create/").content.decode()
    assert f'type="hidden" name="smtp_server" value="{server.pk}"' in dialog
    ForeignSystem.objects.create(name="Second", kind="smtp", settings=server.settings)
    dialog = client.get(f"{PROCESSES}create/").content.decode()
    assert f'<option value="{server.pk}" selected>' in dialog


def test_a_manual_process_is_asked_for_no_address(client: Client) -> None:
    assert "to_addresses" not in client.get(f"{PROCESSES}create/?kind=manual").content.decode()
    client.post(f"{PROCESSES}create/", {"kind": "manual", "name": "Help desk"})
    assert ApprovalProcess.objects.get().kind == "manual"


def test_another_template_keeps_what_was_typed(client: Client) -> None:
    dialog = client.get(f"{PROCESSES}create/?kind=manual&name=Typed").content.decode()
    assert 'value="Typed"' in dialog


def test_the_addresses_are_still_there_when_the_first_template_is_chosen_again(
    client: Client,
) -> None:
    typed = {"kind": "manual", "to_addresses": "dana@example.com\nlee@example.com"}
    dialog = client.get(f"{PROCESSES}create/", typed).content.decode()
    carried = re.search(r'type="hidden" name="to_addresses" value="([^"]*)"', dialog)
    assert carried is not None

    again = {"kind": "email", "to_addresses": html.unescape(carried[1])}
    dialog = client.get(f"{PROCESSES}create/", again).content.decode()
    assert re.search(r"<textarea[^>]*>\s*dana@example.com\nlee@example.com</textarea>", dialog)


def test_the_from_address_is_not_to_be_edited_where_the_environment_provides_the_server(
    client: Client, settings: Any
) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    ForeignSystem.objects.filter(pk=make_smtp_server().pk).update(
        environment_url="smtp://127.0.0.1:1"
    )
    process = make_process()
    page = page_of(client, process)
    assert "Read-only: defined by SMTP_URL together with the SMTP server." in page
    save(client, process, from_address="mallory@example.net")
    process.refresh_from_db()
    assert process.typed.from_address == ""


def test_the_from_address_may_be_edited_with_a_server_of_ones_own(client: Client) -> None:
    make_smtp_server()
    process = make_process()
    assert "Saved." in save(client, process, from_address="desk@example.com")
    process.refresh_from_db()
    assert process.typed.from_address == "desk@example.com"


def test_start_activity_makes_no_chains(client: Client) -> None:
    make_smtp_server()
    decides, sends, third = make_process(), make_process(), make_process()
    assert "Saved." in save(client, sends, start_activity=str(decides.pk))
    assert f"{sends} itself starts {decides}" in save(client, third, start_activity=str(sends.pk))
    said = save(client, decides, start_activity=str(third.pk))
    assert f"{sends} starts this process, so it has to decide by itself" in said


def test_a_process_that_only_sends_is_told_whom_the_other_asks(client: Client) -> None:
    make_smtp_server()
    decides = make_process(to_addresses=(LEE,), link_needs_sign_in=True)
    sends = make_process(to_addresses=(DANA,), start_activity=decides)
    page = page_of(client, sends)
    assert "The To Address of this process isn't asked." in page
    assert f"No endpoint account is known for {LEE}." in page
    assert "Anyone who has the link" not in page

    assert "Saved." in save(client, sends, to_addresses="", start_activity=str(decides.pk))
    page = page_of(client, sends)
    for words in ("isn't asked", "nobody is asked"):
        assert words not in page
    assert client.get(PROCESSES).content.decode().count("lee@<wbr>example.com") == 2
    refused = save(client, sends, to_addresses="", start_activity="")
    assert "Enter at least one address" in refused


def test_an_alert_that_another_process_answers_still_needs_somebody_to_tell(client: Client) -> None:
    make_smtp_server()
    alerts = make_process("manual_alerts", start_activity=make_process())
    page = save(client, alerts, to_addresses="", start_activity=str(alerts.deciding.pk))
    assert "Enter at least one address" in page


def test_more_approvals_than_addresses_are_refused(client: Client) -> None:
    process = make_process()
    page = save(client, process, approvals_needed="3")
    assert "Approvals Needed is 3, but only 2 people are asked." in page
    process.refresh_from_db()
    assert process.typed.approvals_needed == 1


def test_lengths_of_time_are_an_amount_and_a_unit(client: Client) -> None:
    process = make_process()
    save(client, process, expires_after_amount="2", expires_after_unit="days")
    process.refresh_from_db()
    assert process.typed.expires_after == 2 * 24 * 60


def test_no_expiry_at_all_is_refused(client: Client) -> None:
    page = save(client, make_process(), expires_after_amount="")
    assert "Expire After: enter at least 1 minute" in page


def test_addresses_may_be_separated_by_commas_and_count_once(client: Client) -> None:
    process = make_process()
    save(client, process, to_addresses=f"{DANA}, {LEE}; dana@EXAMPLE.com")
    process.refresh_from_db()
    assert process.typed.to_addresses == (DANA, LEE)


def test_the_history_tells_addresses_one_a_line_and_lengths_in_words(client: Client) -> None:
    process = make_process()
    save(
        client, process, to_addresses=DANA, expires_after_amount="30", expires_after_unit="minutes"
    )
    change = changes_of(ApprovalProcess, process.pk).get()
    assert change.fields == [
        ["To Address", f"{DANA}\n{LEE}", DANA],
        ["Expire After", "8 hours", "30 minutes"],
    ]


def test_an_address_that_is_none_is_named(client: Client) -> None:
    page = save(client, make_process(), to_addresses=f"{DANA}\ndana at example")
    assert "“dana at example” isn't a valid email address: there is no @ in it." in page
    assert "dana at example</textarea>" in page


def test_approvers_without_endpoint_accounts_are_flagged(client: Client) -> None:
    process = make_process()
    assert f"No endpoint account is known for {DANA}, {LEE}." in page_of(client, process)
    make_user("dana", email=DANA, accounts=("EXAMPLE\\dana",))
    make_user("lee", email=LEE, accounts=("EXAMPLE\\lee",))
    assert "Self-approval can" not in page_of(client, process)


def test_so_are_delegates_without_one(client: Client) -> None:
    process = make_process(to_addresses=(DANA,))
    kim = make_user("kim", email="kim@example.com")
    make_user("dana", email=DANA, accounts=("EXAMPLE\\dana",), delegate=kim)
    assert "No endpoint account is known for the delegate kim." in page_of(client, process)


@pytest.mark.parametrize("when", ["asks_manager", "escalate_to_manager"])
def test_so_is_whoever_is_asked_without_a_manager(client: Client, when: str) -> None:
    fallback = "it-lead@example.com"
    asks = make_process(manager_fallback=fallback, **{when: True})
    assert f"No endpoint account is known for {DANA}, {LEE}, {fallback}." in page_of(client, asks)
    assert fallback not in cautions(make_process(manager_fallback=fallback))[-1][1]


def test_answering_by_link_without_sign_in_carries_a_warning(client: Client) -> None:
    warning = "Anyone who has the link in an email can decide."
    assert warning in page_of(client, make_process(link_needs_sign_in=False))
    assert warning not in page_of(client, make_process(link_needs_sign_in=True))


def test_later_edits_leave_open_requests_as_they_were_asked(client: Client) -> None:
    request = make_request()
    assert request.process is not None
    save(client, request.process, approvals_needed="2", expires_after_amount="1")
    request.refresh_from_db()
    assert (request.terms.approvals_needed, request.terms.expires_after) == (1, 8 * 60)


def test_a_type_and_a_process_with_a_pending_request_are_not_deleted(client: Client) -> None:
    request = make_request()
    assert request.type is not None
    for item in (request.type, request.process):
        assert item is not None
        response = client.post(url(item, "delete"))
        assert response.status_code == 409
        assert f"{request}: setup.exe" in response.content.decode()


def test_after_the_decision_they_may_go_and_the_request_stays(client: Client) -> None:
    request = make_request()
    assert request.type is not None
    client.post(f"/approvals/{request}/deny/", {"comment": ""})
    assert client.post(url(request.type, "delete")).status_code == 302
    request.refresh_from_db()
    assert request.type is None


def test_a_type_is_made_in_one_dialog(client: Client) -> None:
    process = make_process()
    data = {"name": "Email Type", "file_specific": "on", "process": str(process.pk)}
    client.post(f"{TYPES}create/", data)
    kind = ApprovalType.objects.get()
    assert (kind.file_specific, kind.policy_specific, kind.process) == (True, False, process)


def test_the_dialog_of_a_type_begins_with_its_presets(client: Client) -> None:
    dialog = " ".join(client.get(f"{TYPES}create/").content.decode().split())
    for name, checked in (("file", True), ("policy", False), ("command_line", True)):
        start = dialog.index(f'name="{name}_specific"')
        assert ("checked" in dialog[start : dialog.index(">", start)]) is checked


def test_a_type_without_a_handler_may_be_saved_and_says_so_in_the_list(client: Client) -> None:
    kind = make_type()
    assert "Saved." in save(client, kind, process="")
    assert "No Process Handler: nobody can decide." in client.get(TYPES).content.decode()
