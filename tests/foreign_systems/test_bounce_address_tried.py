"""Test Connection and Send Test E-mail ask as real mail does: with a bounce address as MAIL FROM."""

import pytest

from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import bounce_address_for_test
from foreign_systems.smtp import Server
from foreign_systems.smtp_url import parse
from tests.factories import make_smtp_server
from tests.foreign_systems.scripted_server import Action, Script, ScriptedServer

FROM, BOUNCE, DANA = "approvals@c.example", "bounce+t@pm.c.example", "dana@a.example"
NOT_OWNED = "553 5.7.1 Sender address rejected: not owned by user pm"
SEND_AS_DENIED = "554 5.2.252 SendAsDenied; pm@c.example not allowed to send as bounce@pm.c.example"
REFUSED = "The server refuses bounce addresses as senders"


def tried(script: Script, *, sends: bool = False) -> tuple[ConnectionReport, ScriptedServer]:
    with ScriptedServer(script) as it:
        server = Server(parse(f"smtp://127.0.0.1:{it.port}"), timeout=1.0, total_timeout=3.0)
        senders = {"mail_from": FROM, "bounce_address": BOUNCE}
        if not sends:
            return check_connection(server, **senders), it
        data = b"Subject: Test\r\n\r\nIt works.\r\n"
        return send_test(server, **senders, recipient=DANA, data=data), it


def senders_of(it: ScriptedServer) -> list[str]:
    return [each.split("<")[1].split(">")[0] for each in it.commands if each.startswith("MAIL")]


def test_the_sender_that_is_asked_for_is_the_bounce_address_and_nothing_is_sent() -> None:
    report, it = tried({})
    assert (report.ok, report.headline) == (True, "The server accepts our mail")
    assert it.commands[1:4] == [f"MAIL FROM:<{BOUNCE}>", f"RCPT TO:<{FROM}>", "RSET"]
    assert it.messages == []


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_server_that_lets_an_account_send_as_itself_only_fails_the_test(step: str) -> None:
    report, it = tried({step: [NOT_OWNED, "250 2.1.0 ok"]})
    assert (report.ok, report.headline) == (False, REFUSED)
    assert f"let the account send as {BOUNCE}" in report.advice
    assert "not owned by user pm" in report.advice
    assert "Turn Bounce Addresses off for this server" in report.advice
    sender = next(each for each in report.steps if each.label == "Sender")
    assert (sender.tone, sender.text) == ("bad", f"{BOUNCE}: refused (553)")
    assert senders_of(it) == [BOUNCE, FROM]
    assert it.messages == []


def test_a_server_that_accepts_neither_is_told_of_default_from() -> None:
    report, _ = tried({"MAIL": NOT_OWNED})
    assert report.headline == "The account may not send as this address"
    assert FROM in report.advice
    assert BOUNCE not in report.advice


@pytest.mark.parametrize(
    "refusal", ["550 5.1.1 no such user", "554 5.7.1 Relay access denied", "450 4.2.0 Greylisted"]
)
def test_what_is_refused_about_the_recipient_says_nothing_of_the_sender(refusal: str) -> None:
    report, _ = tried({"RCPT": refusal})
    assert (report.ok, report.headline) == (True, "The server accepts our mail")
    assert [step.label for step in report.steps if step.tone == "bad"] == []
    assert not any(line.failed for line in report.transcript)


def test_a_server_that_passes_the_first_test_and_refuses_the_message_is_found_by_a_test_email() -> (
    None
):
    ends: list[Action] = [SEND_AS_DENIED, "250 2.0.0 taken"]
    report, it = tried({"end": ends}, sends=True)
    assert (report.ok, report.headline) == (False, REFUSED)
    assert "accepted only with Default From as its envelope sender" in report.advice
    assert "SendAsDenied" in report.advice
    assert senders_of(it) == [BOUNCE, FROM]


def test_a_test_email_that_is_refused_either_way_is_told_as_without_bounce_addresses() -> None:
    report, _ = tried({"end": "554 5.7.1 Message looks like spam"}, sends=True)
    assert report.headline == "The server refused the test email"


@pytest.mark.django_db
def test_a_server_with_bounce_addresses_has_one_of_its_own_for_tests(
    settings: pytest.FixtureRequest,
) -> None:
    settings.REPLY_ADDRESS = "reply@pm.example.com"
    one, another = make_smtp_server(), ForeignSystem(kind="smtp", settings={})
    address = bounce_address_for_test(one)
    local, _, domain = address.partition("@")
    assert (local[:7], len(local), domain) == ("bounce+", 33, "pm.example.com")
    assert address == bounce_address_for_test(one) != bounce_address_for_test(another)
    one.settings["bounce_addresses"] = False
    assert bounce_address_for_test(one) == ""


def test_a_from_that_needs_smtputf8_fails_the_test_of_a_server_without_it() -> None:
    with ScriptedServer({}) as it:
        server = Server(parse(f"smtp://127.0.0.1:{it.port}"), timeout=1.0, total_timeout=3.0)
        report = check_connection(server, mail_from="zürich@c.example", bounce_address=BOUNCE)
    assert (report.ok, report.headline) == (False, "The sender's address can't be used")
    assert "zürich@c.example has letters beyond a to z" in report.advice
    assert [step.label for step in report.steps if step.tone == "bad"] == ["Sender"]
