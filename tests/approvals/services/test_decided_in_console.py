"""Processes that are decided in Manage Approvals: their emails tell, and nobody decides by them."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from approvals.models import ApprovalProcess, ApprovalRequest, OutgoingMail
from approvals.pages.cautions import cautions
from approvals.pages.reply_reading import reply_title
from approvals.services import Decider, ask_again, decide
from approvals.tokens import link_token
from core.alerts.models import Alert
from tests.approvals.replies import bring_in, make_reply
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    make_process,
    make_request,
    make_type,
    make_user,
)

pytestmark = pytest.mark.django_db


def alerting(**settings: Any) -> ApprovalProcess:
    """Manual Approval Process with E-mail Alerts."""
    return make_process("manual_alerts", to_addresses=(DANA,), **settings)


def started_in_console() -> ApprovalProcess:
    """An E-mail Approval Process whose Start Activity is decided in Manage Approvals."""
    return make_process("email", start_activity=make_process("manual"), to_addresses=(DANA,))


def alerting_and_starting_email() -> ApprovalProcess:
    return alerting(start_activity=make_process("email"))


@pytest.fixture(params=[alerting, started_in_console, alerting_and_starting_email])
def request_told(request: pytest.FixtureRequest) -> ApprovalRequest:
    return make_request(type=make_type(request.param()))


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def test_the_email_says_where_it_is_decided_and_offers_nothing_else(
    request_told: ApprovalRequest,
) -> None:
    draft = OutgoingMail.objects.get(recipient=DANA).draft
    page = f"{settings.PUBLIC_URL}{request_told.get_absolute_url()}"
    assert f"In a browser (sign-in required): {page}\n" in draft.text
    for words in ("Write your answer", "reply to", "APPROVE", "as an approver", "/d/"):
        assert words not in draft.text
        assert words not in (draft.html or "")


@pytest.mark.parametrize("text", ["APPROVE", "Yes please", "DENY, too risky"])
def test_a_reply_decides_nothing_and_whoever_sent_it_is_told(
    request_told: ApprovalRequest, text: str
) -> None:
    mail = bring_in(make_reply(invitation_of(request_told), text))
    assert (state(request_told), mail.outcome) == ("pending", "unclear")
    assert reply_title(mail) == f"{DANA} replied, but it is decided in Manage Approvals"
    told = OutgoingMail.objects.get(purpose="not_counted").draft.text
    assert "It is decided in Manage Approvals, not by email." in told
    for words in ("Write your answer", "APPROVE", "Yes", "Reply"):
        assert words not in told


def test_of_somebody_elses_reply_no_more_is_told(request_told: ApprovalRequest) -> None:
    bring_in(make_reply(invitation_of(request_told), "APPROVE", sender="mallory@example.com"))
    told = OutgoingMail.objects.get(purpose="stranger").draft.text
    assert "It is decided in Manage Approvals, not by email." in told
    for words in ("Only you can answer", "Write your answer", "Yes", "Reply"):
        assert words not in told


def test_nor_does_the_link_of_its_invitation(request_told: ApprovalRequest, client: Client) -> None:
    invitation, dana = invitation_of(request_told), make_user("dana", email=DANA)
    page = f"/d/{link_token(invitation.pk, invitation.key_number)}"
    answer = {"answer": "approve", "length": "", "comment": ""}
    for _signed_in in (False, True):
        assert "is decided in Manage Approvals" in client.post(page, answer).content.decode()
        assert state(request_told) == "pending"
        client.force_login(dana)


def test_whoever_has_the_right_decides_in_the_console(request_told: ApprovalRequest) -> None:
    OutgoingMail.objects.update(state="sent")
    decide(
        number=request_told.pk,
        decider=Decider("console", user=make_user("kim", role="Helpdesk")),
        answer="approve",
    )
    assert state(request_told) == "approved"
    assert OutgoingMail.objects.filter(recipient=DANA, purpose="outcome").exists()


def test_it_reminds_and_tells_others_too_whoever_could_answer() -> None:
    process = alerting(remind_after=30, escalate_after=60, escalate_to=(LEE,), approvals_needed=2)
    request = make_request(type=make_type(process))
    assert (
        not Alert.objects.exists()
    )  # the help desk has enough people, or hasn't: nobody here knows
    OutgoingMail.objects.update(state="sent")
    past = timezone.now() - timedelta(seconds=1)
    ApprovalRequest.objects.filter(pk=request.pk).update(remind_at=past, escalate_at=past)
    ask_again()
    assert OutgoingMail.objects.filter(purpose="reminder").get().recipient == DANA
    assert [each.address for each in request.invitations.all()] == [DANA, LEE]
    assert not Alert.objects.exists()


def test_policies_tell_so_and_no_caution_speaks_of_the_link_in_an_email(
    request_told: ApprovalRequest,
) -> None:
    process = request_told.process
    assert process is not None
    assert process.decided == "in Manage Approvals"
    assert cautions(process) == []
    assert make_process("email").decided == "by email"
    assert make_process("offline").decided == "by a code from the help desk"
