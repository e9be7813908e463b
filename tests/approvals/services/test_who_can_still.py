"""Who of those that were asked can still decide is counted as their answers would be."""

from datetime import date

import pytest

from approvals.models import ApprovalRequest, OutgoingMail
from approvals.services import Decider, ask_again, decide
from approvals.services.asking_again import recount
from core.alerts.models import Alert
from core.people.models import EndpointAccount, MailAddress, User
from tests.approvals.replies import bring_in, make_reply
from tests.approvals.services.test_asking_again import let_come
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
KIM = "kim@example.com"


def approve_in_console(request: ApprovalRequest, user: User) -> None:
    decide(number=request.number, decider=Decider("console", user=user), answer="approve")


def lose_mail_to(request: ApprovalRequest, address: str) -> None:
    """No server took the email that asks this approver."""
    invitation = invitation_of(request, address)
    OutgoingMail.objects.filter(invitation=invitation).update(state="failed")
    recount(request.number)
    ask_again()


def users_of_dana() -> list[User]:
    """Users who may be Dana, though their profiles don't hold her address."""
    make_user("quist", email=DANA, accounts=("EXAMPLE\\quist",))
    named = make_user("dana", role="Helpdesk")
    alike = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    return [named, alike]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("lost_first", [True, False])
def test_who_may_have_answered_in_the_console_is_no_second_person(
    which: int, lost_first: bool
) -> None:
    user, request = users_of_dana()[which], make_request(approvals_needed=2, escalate_to=(KIM,))
    if not lost_first:
        approve_in_console(request, user)
    lose_mail_to(request, LEE)
    if lost_first:
        approve_in_console(request, user)
        ask_again()
    assert request.invitations.filter(address=KIM).exists()


@pytest.mark.parametrize("email", ["", "d.quist@example.com"])
def test_nor_is_who_answered_in_the_console_when_their_address_was_changed(email: str) -> None:
    dana = make_user("quist", email=DANA, role="Helpdesk")
    request = make_request(approvals_needed=2)
    approve_in_console(request, dana)
    User.objects.filter(pk=dana.pk).update(email=email)
    lose_mail_to(request, LEE)
    assert "it can have only 1." in Alert.objects.get().text


def test_who_answered_in_the_console_is_not_said_to_be_silent_when_their_address_was_changed() -> (
    None
):
    dana = make_user("quist", email=DANA, role="Helpdesk")
    request = make_request(approvals_needed=2, escalate_to=(KIM,), escalate_after=60)
    approve_in_console(request, dana)
    User.objects.filter(pk=dana.pk).update(email="")
    ApprovalRequest.objects.update(created_at=request.created_at.replace(year=2020))
    let_come(request, "escalate_at")
    ask_again()
    text = OutgoingMail.objects.get(recipient=KIM).draft.text
    assert "because lee@example.com didn't answer" in " ".join(text.split())


def test_one_who_may_be_either_of_two_leaves_both_to_be_asked_and_reminded() -> None:
    """All three have the local account that every computer has."""
    for name, email in (("quist", DANA), ("mead", LEE)):
        make_user(name, email=email, accounts=(f"EXAMPLE\\{name}", f"{name}-1\\administrator"))
    sam = make_user("sam", role="Helpdesk", accounts=("sam-1\\administrator",))
    request = make_request(approvals_needed=2, remind_after=30)
    approve_in_console(request, sam)
    let_come(request, "remind_at")
    ask_again()
    reminded = OutgoingMail.objects.filter(purpose="reminder").values_list("recipient", flat=True)
    assert set(reminded) == {DANA, LEE}
    assert not Alert.objects.exists()


def test_who_got_the_reminder_can_answer_though_the_first_email_failed() -> None:
    request = make_request(approvals_needed=2, remind_after=30)
    let_come(request, "remind_at")
    ask_again()
    OutgoingMail.objects.filter(recipient=LEE, purpose="request").update(state="failed")
    OutgoingMail.objects.filter(recipient=LEE, purpose="reminder").update(state="sent")
    recount(request.number)
    ask_again()
    assert not Alert.objects.exists()


def test_a_delegate_who_is_asked_already_is_no_second_person() -> None:
    lee = make_user("lee", email="lee.novak@example.com")
    MailAddress.objects.create(user=lee, address=LEE)
    make_user("dana", email=DANA, delegate=lee)
    User.objects.filter(name="dana").update(delegate_from=date(2099, 1, 1))
    request = make_request(approvals_needed=2, escalate_to=(KIM,))
    away = make_reply(invitation_of(request), "I am away.", Auto_Submitted="auto-replied")
    bring_in(away)
    ask_again()
    assert request.invitations.filter(on_behalf_of=DANA).exists()
    assert request.invitations.filter(address=KIM).exists()


def test_one_approval_that_does_not_count_any_more_leaves_too_few() -> None:
    dana = make_user("quist", email=DANA)
    request = make_request(approvals_needed=2)
    reply = Decider("reply", invitation=invitation_of(request))
    decide(number=request.number, decider=reply, answer="approve")
    User.objects.filter(pk=dana.pk).update(is_active=False)
    lose_mail_to(request, LEE)
    assert "it can have none." in Alert.objects.get().text


@pytest.mark.parametrize("now", ["disabled", "the requester"])
def test_who_can_not_answer_any_more_is_not_reminded(now: str) -> None:
    dana, request = make_user("quist", email=DANA), make_request(remind_after=30)
    if now == "disabled":
        User.objects.filter(pk=dana.pk).update(is_active=False)
    else:
        EndpointAccount.objects.create(user=dana, name="EXAMPLE\\alice")
    let_come(request, "remind_at")
    ask_again()
    reminded = OutgoingMail.objects.filter(purpose="reminder").values_list("recipient", flat=True)
    assert list(reminded) == [LEE]


def test_the_alert_names_no_other_reason_when_somebody_else_has_approved() -> None:
    request = make_request(approvals_needed=2, to_addresses=(DANA,))
    approve_in_console(request, make_user("sam", role="Helpdesk"))
    lose_mail_to(request, DANA)
    assert "it can have only 1. Its other approvers are away" in Alert.objects.get().text


def test_where_nobody_is_asked_by_email_nobody_is_missed() -> None:
    process = make_process("manual", approvals_needed=2, to_addresses=())
    request = make_request(type=make_type(process))
    approve_in_console(request, make_user("sam", role="Helpdesk"))
    ask_again()
    assert not Alert.objects.exists()
