"""Approvers who want one approval of theirs to count as the two that a process asks for."""

import pytest

from approvals.errors import NotAllowed
from approvals.models import ApprovalRequest, Grant
from approvals.services import Decider, decide
from core.people.models import EndpointAccount, User
from tests.factories import DANA, LEE, invitation_of, make_request, make_user

pytestmark = pytest.mark.django_db
KIM = "kim@example.com"


@pytest.fixture
def request_of_two() -> ApprovalRequest:
    return make_request(approvals_needed=2)


def approve(request: ApprovalRequest, decider: Decider, minutes: int | None = None) -> None:
    decide(number=request.number, decider=decider, answer="approve", minutes=minutes)


def is_open(request: ApprovalRequest) -> bool:
    request.refresh_from_db()
    return request.is_pending


@pytest.mark.parametrize("signed_in_first", [True, False])
def test_use_the_own_link_signed_in_and_signed_out(
    request_of_two: ApprovalRequest, signed_in_first: bool
) -> None:
    """Dana's profile doesn't hold the address that was invited."""
    invitation, dana = invitation_of(request_of_two), make_user("dana.quist", role="Helpdesk")
    ways = [
        Decider("bearer", invitation=invitation, signed_in=dana),
        Decider("bearer", invitation=invitation),
    ]
    for way in ways if signed_in_first else reversed(ways):
        approve(request_of_two, way)
        assert is_open(request_of_two)


def test_use_one_link_signed_in_as_two_users(request_of_two: ApprovalRequest) -> None:
    for name in ("dana.quist", "dana.admin"):
        user = make_user(name, role="Helpdesk")
        link = Decider("bearer", invitation=invitation_of(request_of_two), signed_in=user)
        approve(request_of_two, link)
    assert is_open(request_of_two)


def test_join_console_link_and_mail(request_of_two: ApprovalRequest) -> None:
    """The link used while signed in shows that the other two are one person's, too."""
    dana, invitation = make_user("dana.quist", role="Helpdesk"), invitation_of(request_of_two)
    approve(request_of_two, Decider("bearer", invitation=invitation, signed_in=dana))
    approve(request_of_two, Decider("console", user=dana))
    approve(request_of_two, Decider("bearer", invitation=invitation))
    assert is_open(request_of_two)


def test_what_one_said_last_counts_however_it_was_said(request_of_two: ApprovalRequest) -> None:
    dana, invitation = make_user("dana.quist", role="Helpdesk"), invitation_of(request_of_two)
    approve(request_of_two, Decider("bearer", invitation=invitation, signed_in=dana), minutes=60)
    approve(request_of_two, Decider("bearer", invitation=invitation), minutes=5)
    approve(request_of_two, Decider("bearer", invitation=invitation_of(request_of_two, LEE)), 60)
    assert not is_open(request_of_two)
    grant = Grant.objects.get()
    assert (grant.expires_at - grant.granted_at).total_seconds() == 5 * 60


@pytest.mark.parametrize(
    ("name", "email", "accounts"),
    [
        ("dana", "", ()),
        ("dana", "dana@corp.example.com", ()),
        ("dana.quist", "", ("EXAMPLE\\dana",)),
        ("dana@example.com", "", ()),
    ],
)
@pytest.mark.parametrize("console_first", [True, False])
def test_join_mail_and_a_console_account_whose_profile_lacks_the_address(
    request_of_two: ApprovalRequest,
    name: str,
    email: str,
    accounts: tuple[str, ...],
    console_first: bool,
) -> None:
    user = make_user(name, role="Helpdesk", email=email, accounts=accounts)
    ways = [
        Decider("console", user=user),
        Decider("reply", invitation=invitation_of(request_of_two)),
    ]
    for way in ways if console_first else reversed(ways):
        approve(request_of_two, way)
        assert is_open(request_of_two)


@pytest.mark.parametrize("link_first", [True, False])
def test_use_anothers_link_signed_in_and_answer_by_mail(
    request_of_two: ApprovalRequest, link_first: bool
) -> None:
    dana = make_user("dana", role="Helpdesk")
    ways = [
        Decider("bearer", invitation=invitation_of(request_of_two, LEE), signed_in=dana),
        Decider("reply", invitation=invitation_of(request_of_two)),
    ]
    for way in ways if link_first else reversed(ways):
        approve(request_of_two, way)
        assert is_open(request_of_two)


def test_get_a_profile_between_two_answers(request_of_two: ApprovalRequest) -> None:
    approve(request_of_two, Decider("reply", invitation=invitation_of(request_of_two)))
    dana = make_user("quist", role="Helpdesk", email=DANA)
    approve(request_of_two, Decider("console", user=dana))
    assert is_open(request_of_two)


def test_of_two_who_may_be_one_the_narrower_answer_counts(
    request_of_two: ApprovalRequest,
) -> None:
    for name, minutes in (("dana@a.example", None), ("dana@b.example", 1440)):
        user = make_user(name, role="Helpdesk", email=name)
        approve(request_of_two, Decider("console", user=user), minutes)
        assert is_open(request_of_two)
    lee = Decider("link", invitation=invitation_of(request_of_two, LEE))
    approve(request_of_two, lee, 1440)
    assert Grant.objects.get().minutes is None


@pytest.mark.parametrize("again", [True, False])
def test_an_answer_that_was_replaced_still_tells_who_is_one(
    request_of_two: ApprovalRequest, *, again: bool
) -> None:
    """The link shows that the address is quist's, and quist's account is like the other one's."""
    quist = make_user("quist", role="Helpdesk", accounts=("EXAMPLE\\quist",))
    second = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    invitation = invitation_of(request_of_two)
    approve(request_of_two, Decider("bearer", invitation=invitation, signed_in=quist))
    if again:
        approve(request_of_two, Decider("reply", invitation=invitation))
    approve(request_of_two, Decider("console", user=second))
    assert is_open(request_of_two)


@pytest.mark.parametrize("link_first", [True, False])
def test_another_who_used_a_link_does_not_widen_what_its_approver_gave(
    request_of_two: ApprovalRequest, *, link_first: bool
) -> None:
    sam, invitation = make_user("sam", role="Helpdesk"), invitation_of(request_of_two)
    ways = [
        (Decider("bearer", invitation=invitation, signed_in=sam), 1440),
        (Decider("bearer", invitation=invitation), 5),
    ]
    for way, minutes in ways if link_first else reversed(ways):
        approve(request_of_two, way, minutes)
    approve(request_of_two, Decider("console", user=sam), 1440)
    assert is_open(request_of_two)
    approve(request_of_two, Decider("bearer", invitation=invitation_of(request_of_two, LEE)), 1440)
    assert Grant.objects.get().minutes == 5


@pytest.mark.parametrize("console_first", [True, False])
def test_in_a_shared_browser_neither_the_link_nor_the_console_replaces_the_other(
    request_of_two: ApprovalRequest, *, console_first: bool
) -> None:
    lee = make_user("lee", email=LEE, role="Helpdesk")
    asked = invitation_of(request_of_two)
    ways = [
        (Decider("console", user=lee), 5 if console_first else 1440),
        (Decider("bearer", invitation=asked, signed_in=lee), 1440 if console_first else 5),
    ]
    for way, minutes in ways if console_first else reversed(ways):
        approve(request_of_two, way, minutes)
    kim = make_user("kim", role="Helpdesk")
    approve(request_of_two, Decider("console", user=kim), 1440)
    assert not is_open(request_of_two)
    assert Grant.objects.get().minutes == 5


@pytest.mark.parametrize("console_first", [True, False])
def test_the_console_replaces_no_answer_of_an_address_with_a_tag(console_first: bool) -> None:
    """Of one mailbox the process may name several such addresses, of several people."""
    tagged, user = "it+dana@example.com", make_user("it", email="it@example.com", role="Helpdesk")
    request = make_request(approvals_needed=2, to_addresses=(tagged, LEE))
    ways = [
        (Decider("console", user=user), 60),
        (Decider("reply", invitation=invitation_of(request, tagged)), 5),
    ]
    for way, minutes in ways if console_first else reversed(ways):
        approve(request, way, minutes)
    approve(request, Decider("reply", invitation=invitation_of(request, LEE)), 60)
    assert Grant.objects.get().minutes == 5


def request_for_dana_and_her_delegate() -> tuple[ApprovalRequest, User, User]:
    kim = make_user("kim", email=KIM, role="Helpdesk")
    dana = make_user("dana", email=DANA, role="Helpdesk", delegate=kim)
    return make_request(approvals_needed=2), dana, kim


@pytest.mark.parametrize("dana_first", [True, False])
def test_of_an_approver_and_the_delegate_the_narrower_answer_counts(*, dana_first: bool) -> None:
    request, dana, _ = request_for_dana_and_her_delegate()
    ways = [
        (Decider("console", user=dana), 5),
        (Decider("reply", invitation=invitation_of(request, KIM)), 1440),
    ]
    for way, minutes in ways if dana_first else reversed(ways):
        approve(request, way, minutes)
    assert is_open(request)
    approve(request, Decider("bearer", invitation=invitation_of(request, LEE)), 1440)
    assert Grant.objects.get().minutes == 5


@pytest.mark.parametrize("first", [DANA, KIM])
def test_a_named_approver_who_is_anothers_delegate_is_asked_for_herself(first: str) -> None:
    kim = make_user("kim", email=KIM)
    dana = make_user("dana", email=DANA, role="Helpdesk", delegate=kim)
    named = (first, DANA if first == KIM else KIM)
    request = make_request(approvals_needed=2, to_addresses=named)
    assert [(one.address, one.on_behalf_of) for one in request.invitations.all()] == [(KIM, "")]
    approve(request, Decider("reply", invitation=invitation_of(request, KIM)), 5)
    approve(request, Decider("console", user=dana), 1440)
    assert not is_open(request)
    assert Grant.objects.get().minutes == 5


def test_nobody_decides_for_an_approver_who_turned_out_to_be_the_requester() -> None:
    dana = make_user("dana", email=DANA, delegate=make_user("kim", email=KIM))
    request = make_request()
    EndpointAccount.objects.create(user=dana, name="EXAMPLE\\alice")
    with pytest.raises(NotAllowed, match="for them"):
        approve(request, Decider("reply", invitation=invitation_of(request, KIM)))


def test_the_delegates_own_narrower_answer_is_not_lost_behind_the_approvers() -> None:
    request, dana, kim = request_for_dana_and_her_delegate()
    approve(request, Decider("reply", invitation=invitation_of(request, KIM)), 1440)
    approve(request, Decider("console", user=kim), 5)
    approve(request, Decider("console", user=dana), 1440)
    assert is_open(request)
    approve(request, Decider("bearer", invitation=invitation_of(request, LEE)), 1440)
    assert Grant.objects.get().minutes == 5


def test_an_answer_again_may_give_more(request_of_two: ApprovalRequest) -> None:
    dana = make_user("dana", email=DANA, role="Helpdesk")
    approve(request_of_two, Decider("bearer", invitation=invitation_of(request_of_two)), 5)
    approve(request_of_two, Decider("console", user=dana), 1440)
    assert is_open(request_of_two)
    lee = Decider("bearer", invitation=invitation_of(request_of_two, LEE))
    approve(request_of_two, lee, 1440)
    assert Grant.objects.get().minutes == 1440


@pytest.mark.parametrize("first", ["whitfield@example.com", DANA])
def test_whose_account_is_the_other_address_is_one(first: str) -> None:
    make_user("dw", email="whitfield@example.com", accounts=(f"AzureAD\\{DANA}",))
    both = {"whitfield@example.com", DANA}
    request = make_request(approvals_needed=2, to_addresses=(*both, LEE))
    for address in (first, *(both - {first})):
        approve(request, Decider("reply", invitation=invitation_of(request, address)))
    assert is_open(request)


@pytest.mark.parametrize(
    ("when", "gone"),
    [
        ("between the answers", "EXAMPLE\\quist"),
        ("after both", "EXAMPLE\\quist"),
        ("after both", "ADMIN\\quist"),
    ],
)
def test_who_was_one_by_an_account_stays_one_when_it_leaves_a_profile(when: str, gone: str) -> None:
    make_user("dw", email=DANA, accounts=("EXAMPLE\\quist",))
    other = make_user("adm-q", role="Helpdesk", accounts=("ADMIN\\quist",))
    request = make_request(approvals_needed=2 if when == "between the answers" else 3)
    approve(request, Decider("reply", invitation=invitation_of(request, DANA)))
    if when == "between the answers":
        EndpointAccount.objects.get(name=gone).delete()
    approve(request, Decider("console", user=other))
    if when == "after both":
        EndpointAccount.objects.get(name=gone).delete()
        approve(request, Decider("reply", invitation=invitation_of(request, LEE)))
    assert is_open(request)


def test_two_who_were_invited_are_two_though_their_names_are_alike() -> None:
    make_user("dana", email=DANA)
    alike = "dana@subsidiary.example"
    request = make_request(approvals_needed=2, to_addresses=(DANA, alike))
    for address in (DANA, alike):
        assert is_open(request)
        approve(request, Decider("reply", invitation=invitation_of(request, address)))
    assert not is_open(request)


@pytest.mark.parametrize("third_is", [0, 1, 2])
def test_one_who_may_be_either_of_two_makes_them_no_fewer(third_is: int) -> None:
    """All three have the local account that every computer has."""
    for name, email in (("quist", DANA), ("mead", LEE)):
        make_user(name, email=email, accounts=(f"EXAMPLE\\{name}", f"{name}-1\\administrator"))
    sam = make_user("sam", role="Helpdesk", accounts=("sam-1\\administrator",))
    request = make_request(approvals_needed=2)
    ways = [Decider("reply", invitation=invitation_of(request, each)) for each in (DANA, LEE)]
    ways.insert(third_is, Decider("console", user=sam))
    for way in ways:
        if is_open(request):
            approve(request, way)
    assert not is_open(request)


def test_two_people_are_two(request_of_two: ApprovalRequest) -> None:
    for address in (DANA, LEE):
        assert is_open(request_of_two)
        approve(
            request_of_two, Decider("bearer", invitation=invitation_of(request_of_two, address))
        )
    assert not is_open(request_of_two)
