# ruff: noqa: RUF001 - letters of several scripts, alike and not
"""An approver at пример@…: asked over servers with SMTPUTF8, told why not elsewhere, and recognized."""

from html import unescape

import pytest

from approvals.models import ApprovalRequest, OutgoingMail
from approvals.outbox import send_due
from core.alerts.models import Alert
from core.people.models import User
from core.people.selectors import people_with_address
from foreign_systems.pool import close_pools
from tests.approvals.replies import bring_in, make_reply
from tests.factories import LEE, make_request, make_smtp_server, make_user, signed_in
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.items.makers import KINDS, make_item, save

pytestmark = pytest.mark.django_db
OLGA = "пример@example.com"
LATIN_TWIN = "npumep@example.com"


def sent_over(*extensions: str) -> tuple[ApprovalRequest, ScriptedServer]:
    """A request to Olga and Lee, sent through a server that offers these."""
    with ScriptedServer({"EHLO": "\n".join(["250-x", *extensions, "250 SIZE"])}) as smtp:
        make_smtp_server(smtp.port)
        request = make_request(to_addresses=(OLGA, LEE))
        send_due()
        close_pools()
    return request, smtp


def test_a_server_with_smtputf8_gets_the_address_as_it_is(transactional_db: None) -> None:
    request, smtp = sent_over("250-8BITMIME", "250-SMTPUTF8")
    assert set(request.mails.values_list("state", flat=True)) == {"sent"}
    assert f"RCPT TO:<{OLGA}>" in smtp.commands
    options = {command.rpartition("> ")[2] for command in smtp.commands if "MAIL" in command}
    assert any("SMTPUTF8" in each for each in options)
    assert not all("SMTPUTF8" in each for each in options)  # Lee's needs none
    to_olga = next(raw for raw in smtp.messages if OLGA.encode() in raw)
    assert f"\r\nTo: {OLGA}\r\n".encode() in to_olga


def test_where_the_server_has_none_only_that_mail_fails_and_the_request_says_why(
    transactional_db: None,
) -> None:
    request, _ = sent_over()
    states = dict(request.mails.values_list("recipient", "state"))
    assert states == {OLGA: "failed", LEE: "sent"}
    page = unescape(signed_in().get(f"/approvals/{request}/").content.decode())
    why = f"{OLGA} has letters beyond a to z before the @, and this server doesn't offer SMTPUTF8"
    assert why in page
    assert why in Alert.objects.get(key=f"mail:{OutgoingMail.objects.get(recipient=OLGA).pk}").text


@pytest.mark.parametrize(
    ("sender", "outcome"),
    [
        (OLGA, "approve"),
        ("Пример@Example.com", "approve"),
        (LATIN_TWIN, "rejected"),
        ("\u0440pимер@example.com", "rejected"),
    ],
)
def test_a_reply_counts_from_that_very_address_and_from_no_twin(sender: str, outcome: str) -> None:
    invitation = make_request(to_addresses=(OLGA,)).invitations.get()
    raw = make_reply(invitation, "APPROVE", sender=LEE).replace(LEE.encode(), sender.encode())
    assert bring_in(raw).outcome == outcome


def test_whoever_has_the_address_in_any_case_does_not_decide_their_own_request() -> None:
    make_user("olga", email="ПРИМЕР@example.com", accounts=("EXAMPLE\\alice",))
    request = make_request(to_addresses=(OLGA, LEE))
    assert [one.address for one in request.invitations.all()] == [LEE]
    assert people_with_address(LATIN_TWIN) == []


def test_forms_take_such_addresses_however_their_letters_were_typed() -> None:
    _, family, kind = next(each for each in KINDS if each[0] == "approval_processes:email")
    browser, process = signed_in(), make_item(family, kind)
    assert "Saved." in save(browser, process, to_addresses=f"da\u0301na@example.com\n{OLGA}")
    process.refresh_from_db()
    assert process.typed.to_addresses == ("d\u00e1na@example.com", OLGA)
    refused = unescape(save(browser, process, to_addresses="\u0430lice@example.com"))
    assert "mixes letters of several scripts" in refused


def test_a_profile_takes_one_and_asks_for_it_in_a_field_that_browsers_let_pass() -> None:
    _, family, kind = next(each for each in KINDS if each[1].model is User)
    browser, person = signed_in(), make_item(family, kind)
    assert "Saved." in save(browser, person, email=OLGA)
    person.refresh_from_db()
    assert person.email == OLGA
    page = browser.get(family.url_of(person, "detail")).content.decode()
    assert 'type="email"' not in page
