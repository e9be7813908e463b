"""A mailbox that no profile holds as an address: it is a user name, as a sign-in provider makes them, or
an account of the profile, as Entra-joined computers report them. Whose it is counts all the same.
"""

import pytest
from django.test import Client

from approvals.errors import NotAllowed
from approvals.models import ApprovalRequest
from approvals.services import Decider, decide
from approvals.tokens import link_token
from core.people.models import User
from tests.factories import DANA, LEE, invitation_of, make_request, make_user

pytestmark = pytest.mark.django_db
KIM = "kim@example.com"


def make_quist(mailbox_is: str) -> User:
    """Dana Quist, whose mailbox is dana@example.com."""
    if mailbox_is == "user name":
        return make_user(DANA, accounts=("EXAMPLE\\quist",))
    accounts = ("EXAMPLE\\quist", DANA if mailbox_is == "account" else f"AzureAD\\{DANA}")
    return make_user("quist", email="d.quist@example.com", accounts=accounts)


@pytest.fixture(params=["user name", "account", "Entra account"])
def quist(request: pytest.FixtureRequest) -> User:
    return make_quist(request.param)


def approve(request: ApprovalRequest, decider: Decider) -> None:
    decide(number=request.number, decider=decider, answer="approve", minutes=1440)


def reply(request: ApprovalRequest) -> Decider:
    return Decider("reply", invitation=invitation_of(request, DANA))


def is_open(request: ApprovalRequest) -> bool:
    return ApprovalRequest.objects.get(pk=request.pk).is_pending


@pytest.mark.parametrize("replies_first", [True, False])
def test_a_reply_and_another_user_of_the_same_person_are_one_approval(
    quist: User, replies_first: bool
) -> None:
    admin = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request = make_request(approvals_needed=2)
    ways = [reply(request), Decider("console", user=admin)]
    for way in ways if replies_first else reversed(ways):
        approve(request, way)
    assert is_open(request)


def test_so_are_a_link_used_in_somebodys_session_and_that_other_user(quist: User) -> None:
    admin = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request = make_request(approvals_needed=2)
    trainee = make_user("trainee7")
    link = Decider("bearer", invitation=invitation_of(request, DANA), signed_in=trainee)
    for way in (link, Decider("console", user=admin)):
        approve(request, way)
    assert is_open(request)


def test_a_disabled_account_decides_nothing_by_it(quist: User) -> None:
    request = make_request()
    User.objects.filter(pk=quist.pk).update(is_active=False)
    for channel in ("reply", "bearer"):
        with pytest.raises(NotAllowed, match="disabled"):
            approve(request, Decider(channel, invitation=invitation_of(request, DANA)))
    assert not make_request().invitations.filter(address=DANA).exists()
    make_user("another", accounts=(f"EXAMPLE.COM\\{DANA}",))  # whoever it is, one is disabled
    assert not make_request().invitations.filter(address=DANA).exists()


def test_whoever_calls_themselves_like_an_approver_hands_their_part_to_nobody(quist: User) -> None:
    """At some providers people choose their user names."""
    quist.delegate = make_user("kim", email=KIM)
    quist.save()
    asked = make_request().invitations.values_list("address", "on_behalf_of")
    assert sorted(asked) == [(DANA, ""), (LEE, "")]


def test_nor_do_they_get_a_disabled_approver_a_say() -> None:
    dana = make_user("dana", email=DANA)
    request = make_request()
    User.objects.filter(pk=dana.pk).update(is_active=False, email="")
    make_user(DANA)
    with pytest.raises(NotAllowed, match="disabled"):
        approve(request, reply(request))


def test_nor_are_they_said_to_have_answered() -> None:
    make_user(DANA).mail_addresses.create(address="mallory@example.com")
    request = make_request()
    approve(request, reply(request))
    decision = request.decisions.get()
    assert (decision.person, decision.name) == (None, DANA)


def test_whose_profile_holds_the_address_comes_before_whose_name_it_is(quist: User) -> None:
    dana = make_user("dana", email=DANA)
    User.objects.filter(pk=quist.pk).update(is_active=False)
    request = make_request()
    approve(request, reply(request))
    assert not is_open(request)
    assert request.decisions.get().person == dana


def test_whoever_turns_out_to_be_the_requester_does_not_decide_by_it(quist: User) -> None:
    request = make_request()
    quist.mail_addresses.create(address="alice@example.com")
    with pytest.raises(NotAllowed, match="may be your account"):
        approve(request, reply(request))


@pytest.mark.parametrize("change", ["leaves", "is renamed"])
def test_it_stays_known_whose_it_was_when_they_were_asked(quist: User, change: str) -> None:
    admin = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request, other = make_request(), make_request(approvals_needed=2)
    quist.endpoint_accounts.filter(name__contains="@").delete()
    User.objects.filter(pk=quist.pk).update(name="left-quist", is_active=change != "leaves")
    if change == "leaves":
        with pytest.raises(NotAllowed, match="disabled"):
            approve(request, reply(request))
    else:
        approve(other, reply(other))
        approve(other, Decider("console", user=admin))
        assert is_open(other)


def test_whoever_was_deleted_since_decides_nothing_by_it(quist: User) -> None:
    request = make_request()
    quist.delete()
    with pytest.raises(NotAllowed, match="deleted"):
        approve(request, reply(request))


def test_whoever_is_recognized_as_the_requester_and_renamed_at_once_does_not_decide(
    quist: User,
) -> None:
    request = make_request()
    quist.endpoint_accounts.filter(name__contains="@").delete()
    quist.endpoint_accounts.create(name="EXAMPLE\\alice")
    User.objects.filter(pk=quist.pk).update(name="quist-2")
    with pytest.raises(NotAllowed, match="your own request"):
        approve(request, reply(request))


@pytest.mark.parametrize("since", ["before", "after the request"])
def test_two_mailboxes_that_are_names_of_one_profile_are_one(quist: User, since: str) -> None:
    other = "d.q@example.com"
    if since == "before":
        quist.endpoint_accounts.create(name=other)
    request = make_request(approvals_needed=2, to_addresses=(DANA, other, LEE))
    if since != "before":
        quist.endpoint_accounts.create(name=other)
    for address in (DANA, other):
        approve(request, Decider("reply", invitation=invitation_of(request, address)))
    assert is_open(request)
    approve(request, Decider("reply", invitation=invitation_of(request, LEE)))
    assert not is_open(request)


def test_a_user_name_like_an_approvers_does_not_open_their_link(quist: User) -> None:
    request, client = make_request(link_needs_sign_in=True), Client()
    invitation = invitation_of(request, DANA)
    quist.endpoint_accounts.filter(name__contains="@").delete()
    User.objects.filter(pk=quist.pk).update(name="quist-2")
    client.force_login(quist)
    link = f"/d/{link_token(invitation.pk, invitation.key_number)}"
    answer = {"answer": "approve", "length": "", "comment": ""}
    assert client.post(link, answer).status_code == 403
    assert is_open(request)
