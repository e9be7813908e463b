"""While a request is open profiles change: the requester and who was disabled stay known."""

import pytest

from approvals.errors import NotAllowed
from approvals.models import ApprovalRequest
from approvals.services import Decider, ask_again, decide
from core.people.models import EndpointAccount, MailAddress, User
from tests.approvals.services.test_asking_again import let_come
from tests.factories import DANA, LEE, invitation_of, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db
OTHER, KIM = "d.quist@example.com", "kim@example.com"
SIDS = ("S-1-5-21-1-2-3-1001", "S-1-5-21-9-9-9-2002")


def reply(request: ApprovalRequest, address: str) -> None:
    approve(request, Decider("reply", invitation=invitation_of(request, address)))


def in_console(request: ApprovalRequest, user: User) -> None:
    approve(request, Decider("console", user=User.objects.get(pk=user.pk)))


def approve(request: ApprovalRequest, decider: Decider) -> None:
    decide(number=request.number, decider=decider, answer="approve")


def is_open(request: ApprovalRequest) -> bool:
    request.refresh_from_db()
    return request.is_pending


def test_the_requester_does_not_decide_by_an_address_that_left_the_profile() -> None:
    alice, request = make_user("a.miller", email=DANA), make_request()
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\alice")
    User.objects.filter(pk=alice.pk).update(email="")
    with pytest.raises(NotAllowed, match="your own request"):
        reply(request, DANA)
    assert is_open(request)


def test_who_was_disabled_does_not_decide_by_an_address_that_left_the_profile() -> None:
    dana, request = make_user("dana", email=DANA), make_request()
    User.objects.filter(pk=dana.pk).update(email="", is_active=False)
    with pytest.raises(NotAllowed, match="disabled"):
        reply(request, DANA)
    make_user("d.novak", email=DANA)  # and was given to somebody else
    reply(request, DANA)
    assert not is_open(request)


def test_the_requesters_former_address_does_not_decide_when_it_is_asked_only_later() -> None:
    alice = make_user("a.miller", email=OTHER, accounts=("EXAMPLE\\alice",))
    request = make_request(to_addresses=(LEE,), escalate_to=(OTHER, DANA), escalate_after=30)
    User.objects.filter(pk=alice.pk).update(email="a.miller@example.com")
    let_come(request, "escalate_at")
    ask_again()
    assert set(request.invitations.values_list("address", flat=True)) == {LEE, DANA}


def test_who_only_may_be_the_requester_is_known_by_the_former_address_and_account_too() -> None:
    alice = make_user("a.miller", email=OTHER, accounts=("EXAMPLE.COM\\alice",), role="Helpdesk")
    request = make_request(to_addresses=(LEE,), escalate_to=(OTHER, DANA), escalate_after=30)
    User.objects.filter(pk=alice.pk).update(email="a.miller@example.com")
    EndpointAccount.objects.update(name="EXAMPLE.COM\\a.miller")
    let_come(request, "escalate_at")
    ask_again()
    assert set(request.invitations.values_list("address", flat=True)) == {LEE, DANA}
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)
    # Who else this is counts for later requests: this account may have been hers.
    EndpointAccount.objects.update(name="EXAMPLE.COM\\alice", identifier="S-1-5-21-1-2-3-1001")
    ApprovalRequest.objects.update(account_id="S-1-5-21-1-2-3-1002")
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)


def test_another_account_with_an_identifier_does_not_clear_who_may_be_the_requester() -> None:
    alice = make_user("a.miller", accounts=("EXAMPLE.COM\\alice",), role="Helpdesk")
    second = "S-1-5-21-9-9-9-1001"
    EndpointAccount.objects.create(user=alice, name="ADMIN\\adm-am", identifier=second)
    request = make_request()
    ApprovalRequest.objects.update(account_id="S-1-5-21-1-2-3-1002")
    EndpointAccount.objects.filter(identifier="").update(name="EXAMPLE.COM\\a.miller")
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)


def test_nobody_decides_for_the_requester_whose_address_was_changed() -> None:
    dana = make_user("dana", email=DANA, delegate=make_user("kim", email=KIM))
    request = make_request()
    EndpointAccount.objects.create(user=dana, name="EXAMPLE\\alice")
    User.objects.filter(pk=dana.pk).update(email="novak@example.com")
    with pytest.raises(NotAllowed, match="for them"):
        reply(request, KIM)


def test_a_disabled_delegate_does_not_decide_by_an_address_that_left_the_profile() -> None:
    kim = make_user("kim", email=KIM)
    make_user("dana", email=DANA, delegate=kim)
    request = make_request()
    User.objects.filter(pk=kim.pk).update(email="", is_active=False)
    with pytest.raises(NotAllowed, match="disabled"):
        reply(request, KIM)


def test_a_delegate_whose_address_was_changed_still_answers_for_who_is_disabled() -> None:
    kim = make_user("kim", email=KIM)
    dana = make_user("dana", email=DANA, delegate=kim)
    User.objects.filter(pk=dana.pk).update(is_active=False)
    request = make_request()
    User.objects.filter(pk=kim.pk).update(email="k.berg@example.com")
    reply(request, KIM)
    assert not is_open(request)


@pytest.mark.parametrize("other", ["ADMIN\\adm-am", "NEW\\alice", "alice@new.example"])
def test_an_account_that_left_the_profile_is_not_cleared_by_another_one(other: str) -> None:
    alice = make_user("a.miller", accounts=("EXAMPLE.COM\\alice",), role="Helpdesk")
    EndpointAccount.objects.create(user=alice, name=other, identifier=SIDS[1])
    request = make_request(plea=make_plea(account_id=SIDS[0]))
    alice.endpoint_accounts.filter(name="EXAMPLE.COM\\alice").delete()
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)


def test_nor_by_one_that_took_its_place_in_the_profile() -> None:
    alice = make_user("a.miller", accounts=("EXAMPLE.COM\\alice",), role="Helpdesk")
    request = make_request(plea=make_plea(account_id=SIDS[0]))
    EndpointAccount.objects.update(name="NEW\\alice", identifier=SIDS[1])
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)


@pytest.mark.parametrize(
    ("user", "email", "account"),
    [
        ("alice", "", "EXAMPLE\\alice"),
        ("e1234", "alice@example.com", "EXAMPLE\\alice"),
        ("alice@corp.example", "", "EXAMPLE\\alice"),
        ("weiß", "", "EXAMPLE\\weiß"),
    ],
)
def test_who_only_has_the_requesters_name_is_known_by_it_when_it_was_changed(
    user: str, email: str, account: str
) -> None:
    alice = make_user(user, email=email, role="Helpdesk")
    request = make_request(plea=make_plea(account=account))
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)
    User.objects.filter(pk=alice.pk).update(name="a.miller", email="a.miller@example.com")
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)


@pytest.mark.parametrize("is_further", [True, False])
def test_who_had_the_mailbox_of_the_requesters_account_is_known_by_it(is_further: bool) -> None:
    own = "alice@corp.example"
    alice = make_user("e1234", email=OTHER if is_further else own, role="Helpdesk")
    if is_further:
        MailAddress.objects.create(user=alice, address=own)
    escalates = {"escalate_to": (OTHER, LEE), "escalate_after": 30}
    request = make_request(mail_domain="corp.example", to_addresses=(DANA,), **escalates)
    MailAddress.objects.all().delete()
    User.objects.filter(pk=alice.pk).update(email=OTHER)
    with pytest.raises(NotAllowed, match="your own request"):
        in_console(request, alice)
    let_come(request, "escalate_at")
    ask_again()
    assert set(request.invitations.values_list("address", flat=True)) == {DANA, LEE}


@pytest.mark.parametrize("name", ["weiß", "σας", "Σας"])
def test_the_mailbox_of_an_account_is_known_where_folding_changes_the_name(name: str) -> None:
    own = f"{name.lower()}@corp.example"
    user = make_user("e1234", email=own, accounts=("EXAMPLE\\e1234",), role="Helpdesk")
    EndpointAccount.objects.update(identifier=SIDS[1])
    plea = make_plea(account=f"EXAMPLE\\{name}", account_id=SIDS[0])
    request = make_request(plea=plea, mail_domain="corp.example")
    with pytest.raises(NotAllowed, match="your own request"):
        in_console(request, user)


def test_a_namesake_whom_an_identifier_tells_apart_decides() -> None:
    alice = make_user("alice", accounts=("EXAMPLE.COM\\alice",), role="Helpdesk")
    EndpointAccount.objects.update(identifier=SIDS[1])
    request = make_request(plea=make_plea(account_id=SIDS[0]))
    in_console(request, alice)
    assert not is_open(request)


def test_an_identifier_that_is_added_counts_for_later_requests() -> None:
    alice = make_user("e1234", email="alice@corp.example", role="Helpdesk")
    request = make_request(plea=make_plea(account_id=SIDS[0]))
    with pytest.raises(NotAllowed, match="SID or uid to your profile for later requests"):
        in_console(request, alice)
    EndpointAccount.objects.create(user=alice, name="EXAMPLE\\anovak", identifier=SIDS[1])
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, alice)
    later = make_request(plea=make_plea(account_id=SIDS[0], computer_name="WS-2"))
    in_console(later, alice)
    assert not is_open(later)


def test_a_deleted_delegate_does_not_decide() -> None:
    kim = make_user("kim", email=KIM)
    make_user("dana", email=DANA, delegate=kim)
    request = make_request()
    kim.delete()
    with pytest.raises(NotAllowed, match="deleted"):
        reply(request, KIM)


def test_an_approval_in_a_session_of_a_user_who_was_deleted_does_not_count() -> None:
    other, request = make_user("adm-q"), make_request(approvals_needed=2)
    link = Decider("bearer", invitation=invitation_of(request), signed_in=other)
    approve(request, link)
    other.delete()
    reply(request, LEE)
    assert is_open(request)


def test_who_was_asked_by_a_role_may_decide_though_the_address_was_changed() -> None:
    dana = make_user("dana", email=DANA, role="Helpdesk")
    request = make_request(to_addresses=(LEE,), escalate_to_role="Helpdesk", escalate_after=30)
    let_come(request, "escalate_at")
    ask_again()
    User.objects.filter(pk=dana.pk).update(email=OTHER)
    reply(request, DANA)
    assert not is_open(request)


@pytest.mark.parametrize(
    "account", ["NEW\\alice", "EXAMPLE.COM\\alice", "ADMIN\\adm-am", "EXAMPLE\\lnovak"]
)
@pytest.mark.parametrize("is_made_later", [True, False])
def test_an_address_of_the_accounts_name_is_not_cleared_by_a_profile_that_gets_it_later(
    account: str, *, is_made_later: bool
) -> None:
    own = "alice@example.com"
    if not is_made_later:
        alice = make_user("a.miller", accounts=("ADMIN\\adm-am",))
        EndpointAccount.objects.update(identifier=SIDS[1])
    request = make_request(
        plea=make_plea(account_id=SIDS[0]),
        to_addresses=(DANA,),
        escalate_to=(own, LEE),
        escalate_after=30,
    )
    if is_made_later:
        alice = make_user("a.miller")
        EndpointAccount.objects.create(user=alice, name=account, identifier=SIDS[1])
    MailAddress.objects.create(user=alice, address=own)
    let_come(request, "escalate_at")
    ask_again()
    assert set(request.invitations.values_list("address", flat=True)) == {DANA, LEE}


@pytest.mark.parametrize("accounts", [(), ("NEW\\amiller",)])
def test_a_profile_that_was_deleted_and_made_anew_is_known_by_its_name(
    accounts: tuple[str, ...],
) -> None:
    alice = make_user("amiller", email=OTHER, accounts=("EXAMPLE\\alice",))
    request = make_request()
    alice.delete()
    anew = make_user("amiller", email=KIM, accounts=accounts, role="Helpdesk")
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, anew)


def test_an_account_that_may_be_the_requesters_clears_nobody_who_gets_it_with_an_identifier() -> (
    None
):
    account = EndpointAccount(user=make_user("amiller"), name="EXAMPLE.COM\\alice")
    account.save()
    request = make_request(plea=make_plea(account_id=SIDS[0]))
    account.user, account.identifier = make_user("adm-am", role="Helpdesk"), SIDS[1]
    account.save()
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, account.user)


@pytest.mark.parametrize(
    ("name", "account"),
    [("alice", "ADMIN\\adm-am"), ("adm.miller", "ADMIN\\alice"), ("b.alison", "NEW\\alice")],
)
def test_an_address_of_the_accounts_name_is_not_cleared_by_a_namesake_who_gets_it_later(
    name: str, account: str
) -> None:
    other = make_user(name, email=OTHER, accounts=(account,))
    EndpointAccount.objects.update(identifier=SIDS[1])
    plea, own = make_plea(account_id=SIDS[0]), "alice@example.com"
    request = make_request(
        plea=plea, to_addresses=(DANA,), escalate_to=(own, LEE), escalate_after=30
    )
    MailAddress.objects.create(user=other, address=own)
    let_come(request, "escalate_at")
    ask_again()
    assert set(request.invitations.values_list("address", flat=True)) == {DANA, LEE}


def test_a_namesake_told_apart_decides_by_the_address_that_was_theirs() -> None:
    make_user("alice", email=LEE, accounts=("ADMIN\\adm-am",))
    MailAddress.objects.create(user=User.objects.get(), address="alice@example.com")
    EndpointAccount.objects.update(identifier=SIDS[1])
    plea = make_plea(account_id=SIDS[0])
    request = make_request(plea=plea, to_addresses=("alice@example.com",))
    reply(request, "alice@example.com")
    assert not is_open(request)


def test_a_name_that_is_the_accounts_where_it_is_folded_is_known_though_it_is_changed() -> None:
    user = make_user("weiß", role="Helpdesk")
    request = make_request(plea=make_plea(account="EXAMPLE\\weiss"))
    User.objects.filter(pk=user.pk).update(name="h.weiss")
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, user)


def test_a_namesake_of_the_folded_name_whom_an_identifier_tells_apart_decides() -> None:
    user = make_user("weiß", accounts=("ADMIN\\adm-w",), role="Helpdesk")
    EndpointAccount.objects.update(identifier=SIDS[1])
    request = make_request(plea=make_plea(account="EXAMPLE\\weiss", account_id=SIDS[0]))
    in_console(request, user)
    assert not is_open(request)


@pytest.mark.parametrize("added", ["weiss@example.com", "w@example.com"])
def test_an_address_that_only_folds_to_that_of_a_namesake_told_apart_was_nobodys(
    added: str,
) -> None:
    namesake = make_user("h.weiss", email="weiß@example.com", accounts=("ADMIN\\adm-w",))
    EndpointAccount.objects.update(identifier=SIDS[1])
    plea = make_plea(account="EXAMPLE\\weiss", account_id=SIDS[0])
    request = make_request(plea=plea, to_addresses=(LEE,), escalate_to=(added,), escalate_after=30)
    MailAddress.objects.create(user=namesake, address=added)
    let_come(request, "escalate_at")
    ask_again()
    asked = set(request.invitations.values_list("address", flat=True))
    assert asked == ({LEE} if added.startswith("weiss") else {LEE, added})
