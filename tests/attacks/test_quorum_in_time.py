"""Between two answers of a quorum profiles change: with each one the earlier ones are judged again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, Grant
from approvals.services import Decider, ask_again, decide
from core.alerts.models import Alert
from core.people.models import EndpointAccount, MailAddress, User
from tests.approvals.replies import bring_in, make_reply
from tests.factories import DANA, LEE, invitation_of, make_request, make_user

pytestmark = pytest.mark.django_db
OTHER, KIM = "d.quist@example.com", "kim@example.com"


def reply(request: ApprovalRequest, address: str) -> None:
    approve(request, Decider("reply", invitation=invitation_of(request, address)))


def approve(request: ApprovalRequest, decider: Decider, minutes: int | None = None) -> None:
    decide(number=request.number, decider=decider, answer="approve", minutes=minutes)


def is_open(request: ApprovalRequest) -> bool:
    request.refresh_from_db()
    return request.is_pending


@pytest.mark.parametrize("email", [DANA, "", OTHER])
def test_the_requesters_own_approval_does_not_count_once_the_account_is_known(email: str) -> None:
    alice, request = make_user("a.miller", email=DANA), make_request(approvals_needed=2)
    reply(request, DANA)
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\alice")
    User.objects.filter(pk=alice.pk).update(email=email)
    reply(request, LEE)
    assert is_open(request)


@pytest.mark.parametrize("first", [DANA, OTHER])
def test_two_addresses_count_once_when_they_turn_out_to_be_one_persons(first: str) -> None:
    request = make_request(approvals_needed=2, to_addresses=(DANA, OTHER))
    dana = make_user("dana", email=DANA)
    reply(request, first)
    MailAddress.objects.create(user=dana, address=OTHER)
    reply(request, OTHER if first == DANA else DANA)
    assert is_open(request)


def test_two_addresses_that_were_one_persons_count_once() -> None:
    request = make_request(approvals_needed=2, to_addresses=(DANA, OTHER))
    dana = make_user("quist", email=DANA)
    further = MailAddress.objects.create(user=dana, address=OTHER)
    reply(request, DANA)
    further.delete()
    reply(request, OTHER)
    assert is_open(request)


def test_an_alert_says_at_once_that_all_who_were_asked_may_be_one_person() -> None:
    make_user("dana", email="dana@admin.example", role="Helpdesk")
    request = make_request(approvals_needed=2, to_addresses=(DANA,), escalate_to_role="Helpdesk")
    ask_again()
    assert "it can have only 1." in Alert.objects.get().text
    for address in (DANA, "dana@admin.example"):
        reply(request, address)
        assert is_open(request)


def test_others_are_asked_when_two_addresses_turn_out_to_be_one_persons() -> None:
    kim = KIM
    request = make_request(approvals_needed=2, to_addresses=(DANA, OTHER), escalate_to=(kim,))
    dana = make_user("quist", email=DANA)
    reply(request, DANA)
    MailAddress.objects.create(user=dana, address=OTHER)
    reply(request, OTHER)
    ask_again()
    assert request.invitations.filter(address=kim).exists()


def test_two_addresses_count_once_when_their_profile_is_made_only_then() -> None:
    request = make_request(approvals_needed=2, to_addresses=(DANA, OTHER))
    reply(request, DANA)
    dana = make_user("quist", email=DANA)
    MailAddress.objects.create(user=dana, address=OTHER)
    reply(request, OTHER)
    assert is_open(request)


@pytest.mark.parametrize("console_first", [True, False])
def test_console_and_the_former_address_are_one_persons(console_first: bool) -> None:
    dana = make_user("quist", email=DANA, role="Helpdesk")
    request = make_request(approvals_needed=2)
    if console_first:
        approve(request, Decider("console", user=dana))
    else:
        reply(request, DANA)
    User.objects.filter(pk=dana.pk).update(email="novak@example.com")
    dana.refresh_from_db()
    if console_first:
        reply(request, DANA)
    else:
        approve(request, Decider("console", user=dana))
    assert is_open(request)


@pytest.mark.parametrize("console_first", [True, False])
def test_an_address_is_still_whose_it_was_when_they_were_asked(console_first: bool) -> None:
    dana = make_user("e1234", email=DANA, role="Helpdesk")
    request = make_request(approvals_needed=2)
    User.objects.filter(pk=dana.pk).update(email="novak@example.com")
    dana = User.objects.get(pk=dana.pk)
    answers = [
        lambda: approve(request, Decider("console", user=dana)),
        lambda: reply(request, DANA),
    ]
    for answer in answers if console_first else reversed(answers):
        answer()
    assert is_open(request)


def test_a_renamed_address_still_tells_whose_other_account_it_is() -> None:
    quist = make_user("quist", email=DANA, accounts=("EXAMPLE\\quist",))
    second = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request = make_request(approvals_needed=2)
    User.objects.filter(pk=quist.pk).update(email="novak@example.com")
    reply(request, DANA)
    approve(request, Decider("console", user=second))
    assert is_open(request)


@pytest.mark.parametrize("way", ["link", "delegate"])
def test_an_approvers_other_account_is_theirs_whoever_answered_the_invitation(way: str) -> None:
    other = make_user("other", email=KIM)
    delegate = other if way == "delegate" else None
    make_user("quist", email=DANA, accounts=("EXAMPLE\\quist",), delegate=delegate)
    second = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request = make_request(approvals_needed=2)
    asked = invitation_of(request, DANA if way == "link" else KIM)
    approve(
        request, Decider("bearer", invitation=asked, signed_in=other if way == "link" else None)
    )
    approve(request, Decider("console", user=second))
    assert is_open(request)


def test_whoever_got_an_address_later_does_not_widen_what_was_given_by_it() -> None:
    dana = make_user("quist", email=DANA, role="Helpdesk")
    eve, request = make_user("eve", role="Helpdesk"), make_request(approvals_needed=2)
    approve(request, Decider("reply", invitation=invitation_of(request)), 5)
    User.objects.filter(pk=dana.pk).update(email="dq@example.com")
    User.objects.filter(pk=eve.pk).update(email=DANA)
    approve(request, Decider("console", user=User.objects.get(pk=eve.pk)), 1440)
    assert is_open(request)
    approve(request, Decider("reply", invitation=invitation_of(request, LEE)), 1440)
    assert Grant.objects.get().minutes == 5


def test_an_approval_that_is_void_still_limits_the_delegates() -> None:
    kim = make_user("kim", email=KIM)
    dana = make_user("dana", email=DANA, role="Helpdesk", delegate=kim)
    request = make_request(approvals_needed=2)
    approve(request, Decider("console", user=dana), 5)
    approve(request, Decider("reply", invitation=invitation_of(request, KIM)), 1440)
    dana.groups.clear()
    approve(request, Decider("reply", invitation=invitation_of(request, LEE)), 1440)
    assert Grant.objects.get().minutes == 5


def test_an_approval_that_is_void_still_limits_what_may_be_the_same_persons() -> None:
    """Dana's profile doesn't hold the address that is asked."""
    dana, request = make_user("dana", role="Helpdesk"), make_request(approvals_needed=2)
    approve(request, Decider("console", user=dana), 5)
    dana.groups.clear()
    for address in (DANA, LEE):
        approve(request, Decider("reply", invitation=invitation_of(request, address)), 1440)
    assert Grant.objects.get().minutes == 5


def test_a_delegate_and_the_approver_whose_address_was_changed_are_one() -> None:
    kim = make_user("kim", email=KIM)
    dana = make_user("quist", email=DANA, role="Helpdesk")
    User.objects.filter(pk=dana.pk).update(delegate=kim)
    request = make_request(approvals_needed=2)
    reply(request, KIM)
    User.objects.filter(pk=dana.pk).update(email="novak@example.com")
    approve(request, Decider("console", user=User.objects.get(pk=dana.pk)))
    assert is_open(request)


@pytest.mark.parametrize("address_is", ["kept", "taken off", "given to a successor"])
def test_the_approval_of_who_was_disabled_does_not_count(address_is: str) -> None:
    """Whoever got hold of an account would have half of a quorum until somebody notices."""
    dana, request = make_user("dana", email=DANA), make_request(approvals_needed=2)
    reply(request, DANA)
    kept = DANA if address_is == "kept" else ""
    User.objects.filter(pk=dana.pk).update(is_active=False, email=kept)
    if address_is == "given to a successor":
        make_user("successor", email=DANA)
    reply(request, LEE)
    assert is_open(request)
    approve(request, Decider("console", user=make_user("kim", role="Helpdesk")))
    assert not is_open(request)


def test_an_approval_counts_while_one_who_holds_the_address_is_in_use() -> None:
    request = make_request(approvals_needed=2)
    make_user("dana", email=DANA)
    User.objects.update(is_active=False)
    make_user("successor", email="dana+it@example.com")
    reply(request, DANA)
    reply(request, LEE)
    assert not is_open(request)


def test_an_approval_in_the_console_counts_while_its_user_may_decide() -> None:
    sam, request = make_user("sam", role="Helpdesk"), make_request(approvals_needed=2)
    approve(request, Decider("console", user=sam))
    sam.groups.clear()
    reply(request, LEE)
    assert is_open(request)


def test_a_void_answer_does_not_bring_back_a_wider_one_of_before() -> None:
    sam, request = make_user("sam", role="Helpdesk", email=DANA), make_request(approvals_needed=2)
    reply(request, DANA)
    approve(request, Decider("console", user=sam))
    sam.groups.clear()
    reply(request, LEE)
    assert is_open(request)


@pytest.mark.parametrize("others", [(OTHER,), ()])
def test_who_turned_out_to_be_the_requester_is_replaced(others: tuple[str, ...]) -> None:
    alice = make_user("a.miller", email=DANA)
    request = make_request(approvals_needed=2, escalate_to=others)
    reply(request, DANA)
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\alice")
    reply(request, LEE)
    ask_again()
    asked = set(request.invitations.values_list("address", flat=True))
    assert asked == {DANA, LEE, *others}
    alerts = [alert.text for alert in Alert.objects.all()]
    assert alerts == [] if others else "it can have only 1" in alerts[0]


def test_a_rejected_reply_of_who_turned_out_to_be_the_requester_asks_others() -> None:
    alice = make_user("a.miller", email=DANA)
    request = make_request(to_addresses=(DANA,), escalate_to=(KIM,))
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\alice")
    assert bring_in(make_reply(invitation_of(request), "Approve")).outcome == "rejected"
    ask_again()
    assert request.invitations.filter(address=KIM).exists()


def test_an_approval_by_a_role_counts_while_it_is_held() -> None:
    sam = make_user("sam", email=OTHER, role="Helpdesk")
    request = make_request(approvals_needed=2, escalate_to_role="Helpdesk", escalate_after=30)
    ask_now(request)
    reply(request, OTHER)
    sam.groups.clear()
    reply(request, LEE)
    assert is_open(request)


def test_two_accounts_of_one_person_that_a_role_brought_in_count_once() -> None:
    """The process names neither, so nobody has said that they are two."""
    addresses = ("dana@other.example", "dana@admin.example")
    for name, address in zip(("dana", "adm-dana"), addresses, strict=True):
        make_user(name, email=address, role="Helpdesk", accounts=(f"{name}\\dana",))
    request = make_request(approvals_needed=2, escalate_to_role="Helpdesk", escalate_after=30)
    ask_now(request)
    for address in addresses:
        reply(request, address)
    assert is_open(request)
    reply(request, LEE)
    assert not is_open(request)


@pytest.mark.parametrize("third_session", [True, False])
def test_an_address_counts_as_that_of_whose_profile_it_came_into(third_session: bool) -> None:
    administrator = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    other, request = make_user("trainee"), make_request(approvals_needed=2)
    make_user("quist", email=DANA, accounts=("EXAMPLE\\quist",))
    session = other if third_session else None
    approve(request, Decider("bearer", invitation=invitation_of(request), signed_in=session))
    approve(request, Decider("console", user=administrator))
    assert is_open(request)


def ask_now(request: ApprovalRequest) -> None:
    """The time has come to ask the role."""
    due = timezone.now() - timedelta(minutes=1)
    ApprovalRequest.objects.filter(pk=request.pk).update(escalate_at=due)
    ask_again()
