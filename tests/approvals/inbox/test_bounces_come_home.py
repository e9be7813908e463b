"""Each email has a bounce address of its own; what comes back there is told, and never decides."""

from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from approvals.inbox.storing import known_address
from approvals.models import ApprovalRequest, Decision, IncomingMail, OutgoingMail
from approvals.outbox import send_due
from approvals.services import ask_again, cancel_request
from approvals.tokens import bounce_address, bounce_token
from core.actors import Actor
from core.alerts.models import Alert
from core.encryption import token_hash
from foreign_systems.pool import bounce_address_for_test, close_pools
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.approvals.reply.test_bounces import STANDARD
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    make_request,
    make_smtp_server,
    signed_in,
)
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db
KIM = "kim@example.com"
REFUSED = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user"
DELAYED = "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 451 4.4.1 No answer"


def address_of_mail(mail: OutgoingMail) -> str:
    assert mail.bounce_key_number is not None
    return bounce_address(bounce_token(mail.pk, mail.bounce_key_number))


def asked(request: ApprovalRequest, recipient: str = DANA) -> OutgoingMail:
    return request.mails.get(recipient=recipient, purpose="request")


def come_back(mail: OutgoingMail, fields: str = REFUSED, **more: Any) -> IncomingMail:
    raw = f"Message-ID: <{mail.pk}@mx.example>\n{STANDARD.format(fields=fields)}".encode()
    incoming = bring_in(raw, recipients=(address_of_mail(mail),), **more)
    mail.refresh_from_db()
    return incoming


def test_of_two_mails_that_come_back_at_once_neither_approver_counts_as_reachable(
    transactional_db: None,
) -> None:
    request = make_request(escalate_to=(KIM,))
    at_once(*(partial(come_back, asked(request, each)) for each in (DANA, LEE)))
    ask_again()
    assert request.invitations.filter(address=KIM).exists()


def test_mail_leaves_with_its_own_bounce_address_of_which_only_the_hash_is_stored(
    transactional_db: None,
) -> None:
    with ScriptedServer() as server:
        make_smtp_server(server.port)
        mail = asked(make_request(to_addresses=(DANA,)))
        send_due()
        close_pools()
        address = address_of_mail(mail)
        assert f"MAIL FROM:<{address}>" in " ".join(server.commands)
    assert address.startswith("bounce+")
    token = address.partition("+")[2].partition("@")[0]
    assert mail.bounce_hash == token_hash(token)
    assert token not in str(OutgoingMail.objects.filter(pk=mail.pk).values().get())


@pytest.mark.parametrize("off", ["server", "setting"])
def test_without_bounce_addresses_mail_leaves_with_its_from(
    off: str, transactional_db: None, settings: Any
) -> None:
    with ScriptedServer() as server:
        make_smtp_server(server.port, bounce_addresses=off != "server")
        mail = asked(make_request(to_addresses=(DANA,)))
        if off == "setting":  # as where REPLY_ADDRESS was empty when it was queued
            OutgoingMail.objects.update(bounce_key_number=None, bounce_hash="")
        send_due()
        close_pools()
        assert f"MAIL FROM:<{mail.sender or 'approvals@pm.example.com'}>" in " ".join(
            server.commands
        )


def test_the_listener_knows_the_bounce_address_of_a_mail_and_no_other() -> None:
    mail = asked(make_request())
    assert known_address(address_of_mail(mail).upper())
    assert not known_address(f"bounce+{'a' * 26}@pm.example.com")
    assert not known_address(address_of_mail(mail).replace("bounce+", "reply+"))


def test_a_report_marks_the_mail_with_its_words_and_others_are_asked_at_once() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,), escalate_after=600)
    incoming = come_back(asked(request))
    ask_again()

    mail = asked(request)
    assert mail.bounced_at is not None
    assert mail.report == "550 5.1.1 No such user"
    said = asked(request, LEE).draft.text
    assert "You are asked because email to dana@example.com wasn't delivered." in said
    assert "550 5.1.1 No such user" in Alert.objects.get().text
    assert (incoming.outcome, incoming.returned, incoming.request) == ("ignored", mail, request)
    page = unescape(signed_in().get(f"/approvals/{request}/").content.decode())
    assert "Approval request to dana@example.com came back undelivered" in page
    assert "550 5.1.1 No such user" in page


def test_where_nobody_else_can_be_asked_an_alert_says_so() -> None:
    request = make_request(to_addresses=(DANA,))
    come_back(asked(request))
    ask_again()

    assert "it can have none" in Alert.objects.get(key=f"request:{request.number}:approvers").text
    cancel_request(
        number=request.number, computer_id=request.computer_id, by=Actor.of_system("alice")
    )
    assert not Alert.objects.filter(key__startswith="request:", closed_at=None).exists()


def test_while_enough_others_can_decide_nobody_more_is_asked() -> None:
    request = make_request(to_addresses=(DANA, LEE), escalate_to=("kim@example.com",))
    come_back(asked(request))
    ask_again()

    assert not request.mails.filter(recipient="kim@example.com").exists()


def test_a_delay_is_told_and_marks_nothing() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,), escalate_after=600)
    mail = asked(request)
    come_back(mail, DELAYED)
    ask_again()

    assert mail.bounced_at is None
    assert not request.mails.filter(recipient=LEE).exists()
    assert not Alert.objects.exists()
    page = unescape(signed_in().get(f"/approvals/{request}/").content.decode())
    assert "A mail server has not delivered an email to dana@example.com yet" in page
    assert "451 4.4.1 No answer" in page


def test_a_report_to_an_address_that_nobody_was_given_marks_nothing() -> None:
    request = make_request()
    forged = f"bounce+{'a' * 26}@pm.example.com"
    mail = bring_in(STANDARD.format(fields=REFUSED).encode(), recipients=(forged,))

    assert mail.returned is None
    assert not request.mails.filter(bounced_at__isnull=False).exists()


def test_a_message_id_of_ours_flags_the_mail_and_no_more() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,), escalate_after=600)
    mail = asked(request)
    raw = STANDARD.format(fields=REFUSED).replace("<019a@pm.example.com>", mail.message_id)
    bring_in(raw.encode())
    ask_again()

    mail.refresh_from_db()
    assert mail.bounced_at is not None
    assert not request.mails.filter(recipient=LEE).exists()


def test_a_bounce_that_is_only_claimed_takes_nobody_off_those_who_can_decide() -> None:
    request = make_request(
        to_addresses=(DANA, LEE), escalate_to=("kim@example.com",), escalate_after=600
    )
    lees = asked(request, LEE)
    raw = STANDARD.format(fields=REFUSED).replace("<019a@pm.example.com>", lees.message_id)
    bring_in(raw.encode())
    come_back(asked(request))
    ask_again()
    assert not request.mails.filter(recipient="kim@example.com").exists()

    come_back(lees, REFUSED.replace("No such", "Unknown"))  # marked before, and proven now
    ask_again()
    assert request.mails.filter(recipient="kim@example.com").exists()


@pytest.mark.parametrize("both", [True, False])
def test_what_comes_to_a_bounce_address_never_decides(both: bool) -> None:
    request = make_request()
    back, invitation = address_of_mail(asked(request)), invitation_of(request)
    to = f"{address_of(invitation)}, {back}" if both else back
    mail = bring_in(make_reply(invitation, "APPROVE", to=to))

    assert mail.outcome == "ignored"
    assert not Decision.objects.exists()
    assert back.partition("+")[2][:26] not in str(mail.reading)


def test_a_report_that_comes_after_the_decision_asks_nobody() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,))
    ApprovalRequest.objects.filter(pk=request.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    come_back(asked(request))
    request.refresh_from_db()
    assert request.escalate_at is None


def test_a_report_on_a_test_email_is_told_where_the_test_is_and_at_the_bell() -> None:
    server = make_smtp_server()
    address = bounce_address_for_test(server)
    assert known_address(address)
    raw = STANDARD.format(fields=REFUSED).encode()
    incoming = bring_in(raw, recipients=(address,))

    assert (incoming.outcome, incoming.returned, incoming.request) == ("ignored", None, None)
    assert f"a test of the SMTP server {server.name}" in incoming.reason
    assert "550 5.1.1 No such user" in Alert.objects.get(key=f"test-bounce:{server.pk}").text
    browser = signed_in()
    page = browser.get(f"/configuration/foreign-systems/smtp-server/{server.pk}/")
    assert "550 5.1.1 No such user" in page.content.decode()
    told = browser.get(f"/mail-queue/incoming/{incoming.pk}/").content.decode()
    assert f"a test of the SMTP server {server.name}" in told
    assert address.partition("@")[0] not in told


def test_the_bounce_address_of_a_test_is_known_for_a_week_and_to_no_other_server() -> None:
    server, now = make_smtp_server(), timezone.now()
    address = bounce_address_for_test(server)
    with time_machine.travel(now + timedelta(days=9), tick=False):
        assert not known_address(address)
    server.delete()
    make_smtp_server()
    assert not known_address(address)
