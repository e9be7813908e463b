"""While nobody answers: a reminder to those who haven't, and others who are asked too."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, OutgoingMail
from approvals.services import Decider, ask_again, decide
from core.alerts.models import Alert
from core.audit.models import Entry
from core.people.models import User
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    let_expire,
    make_plea,
    make_process,
    make_request,
    make_type,
    make_user,
    signed_in,
)
from tests.items.makers import KINDS, make_item, save

pytestmark = pytest.mark.django_db
SAM = "sam@example.com"


def let_come(request: ApprovalRequest, *columns: str) -> None:
    """Their time has come: the row moves, not the clock."""
    now = timezone.now() - timedelta(seconds=1)
    request.refresh_from_db()
    due = [time for column in columns if (time := getattr(request, column))]
    passed = max((time - now for time in due), default=timedelta())
    ApprovalRequest.objects.filter(pk=request.pk).update(
        created_at=request.created_at - passed, **dict.fromkeys(columns, now)
    )


def mails(request: ApprovalRequest, purpose: str) -> list[str]:
    found = OutgoingMail.objects.filter(request=request, purpose=purpose)
    return sorted(found.values_list("recipient", flat=True))


def answer(request: ApprovalRequest, who: str, answer: str = "approve") -> None:
    decider = Decider("reply", invitation=invitation_of(request, who))
    decide(number=request.number, decider=decider, answer=answer)


def test_those_who_have_not_answered_are_reminded_once() -> None:
    request = make_request(remind_after=30, approvals_needed=2)
    ask_again()
    assert mails(request, "reminder") == []  # not yet
    answer(request, DANA)
    let_come(request, "remind_at")
    ask_again()
    ask_again()
    assert mails(request, "reminder") == [LEE]
    assert Entry.objects.filter(verb="remind", object_id=str(request.number)).count() == 1


def test_who_answered_in_the_console_is_not_reminded() -> None:
    dana = make_user("dana", role="Helpdesk", email=DANA)
    request = make_request(remind_after=30, approvals_needed=2)
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")
    let_come(request, "remind_at")
    ask_again()
    assert mails(request, "reminder") == [LEE]


def test_a_reminder_stands_in_the_thread_of_the_request_and_never_leaves_before_it() -> None:
    request = make_request(remind_after=30, to_addresses=(DANA,))
    let_come(request, "remind_at")
    ask_again()
    asked, reminder = OutgoingMail.objects.filter(request=request).order_by("created_at")
    assert (reminder.in_reply_to, reminder.follows) == (asked.message_id, asked)
    assert reminder.invitation == asked.invitation  # its reply address is the same
    assert reminder.not_after == request.expires_at


def test_a_request_that_cannot_be_dealt_with_holds_up_no_other() -> None:
    asked = make_type(make_process(remind_after=30))
    broken, request = (
        make_request(type=asked, plea=make_plea(account=name)) for name in ("abe", "zoe")
    )
    for each in (broken, request):
        let_come(each, "remind_at")
    ApprovalRequest.objects.filter(pk=broken.pk).update(terms_json=[])
    ask_again()
    assert mails(request, "reminder") == [DANA, LEE]


def test_without_the_setting_nobody_is_reminded() -> None:
    request = make_request()
    assert (request.remind_at, request.escalate_at) == (None, None)


def test_a_request_that_is_decided_or_expired_asks_nobody_again() -> None:
    more: dict[str, Any] = {"remind_after": 30, "escalate_after": 60, "escalate_to": (SAM,)}
    decided, expired = make_request(**more), make_request(**more)
    answer(decided, DANA, "deny")
    let_expire(expired)
    for request in (decided, expired):
        let_come(request, "remind_at", "escalate_at")
    ask_again()
    assert not OutgoingMail.objects.filter(purpose="reminder").exists()
    assert not OutgoingMail.objects.filter(recipient=SAM).exists()


def test_a_reminder_that_has_not_left_stays_when_somebody_decides() -> None:
    request = make_request(remind_after=30)
    let_come(request, "remind_at")
    ask_again()
    answer(request, DANA)
    states = OutgoingMail.objects.filter(purpose="reminder").values_list("state", flat=True)
    assert set(states) == {"cancelled"}


def test_others_are_asked_when_nobody_has_decided_and_their_answer_counts() -> None:
    request = make_request(escalate_after=60, escalate_to=(SAM, LEE))
    let_come(request, "escalate_at")
    ask_again()
    assert mails(request, "request") == [DANA, LEE, SAM]  # lee was asked already
    answer(request, SAM)
    request.refresh_from_db()
    assert request.state == "approved"


def test_the_requester_is_not_asked_by_escalation_either() -> None:
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = make_request(escalate_after=60, escalate_to=("alice@example.com",))
    let_come(request, "escalate_at")
    ask_again()
    assert mails(request, "request") == [DANA, LEE]
    request.refresh_from_db()
    assert request.is_pending


def test_too_few_who_can_decide_escalate_at_once_and_only_then_alert() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    alone: dict[str, Any] = {"to_addresses": (DANA,), "plea": make_plea()}
    request = make_request(escalate_to=(SAM,), **alone)
    assert not Alert.objects.exists()
    ask_again()
    assert mails(request, "request") == [SAM]
    nobody = make_request(to_addresses=(DANA,), escalate_to=(DANA,))
    ask_again()
    assert f"{nobody} needs 1 approval, but it can have none" in Alert.objects.get().text


@pytest.mark.parametrize("others", [(SAM,), ()])
def test_an_approver_who_was_disabled_since_is_replaced_when_the_next_one_answers(
    others: tuple[str, ...],
) -> None:
    request = make_request(approvals_needed=2, escalate_to=others)
    make_user("dana", email=DANA)
    answer(request, DANA)
    User.objects.update(is_active=False)
    answer(request, LEE)
    ask_again()
    request.refresh_from_db()
    assert request.is_pending
    assert set(mails(request, "request")) == {DANA, LEE, *others}
    alerts = [alert.text for alert in Alert.objects.all()]
    assert alerts == [] if others else "it can have only 1" in alerts[0]


def test_the_form_refuses_what_would_never_happen() -> None:
    _, family, kind = next(each for each in KINDS if each[0] == "approval_processes:email")
    process = make_item(family, kind)
    late = {"remind_after_amount": "9", "remind_after_unit": "hours"}
    page = save(signed_in(), process, **late)
    assert "Remind After: enter less than Expire After, or nothing." in page
    page = save(signed_in(), process, escalate_after_amount="1", escalate_after_unit="hours")
    assert "Escalate To: enter whom to ask then." in page
    given = {"escalate_after_amount": "1", "escalate_after_unit": "hours", "escalate_to": SAM}
    assert "Saved." in save(signed_in(), process, **given)
