"""Whoever has one of the requester's other names doesn't decide, unless identifiers tell them apart."""

from contextlib import nullcontext

import pytest

from approvals.errors import NotAllowed
from core.people.models import EndpointAccount
from tests.attacks.test_requester_in_time import SIDS, in_console, is_open
from tests.factories import LEE, make_request, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_told_apart", [False, True])
def test_a_namesake_of_another_of_the_requesters_names_decides_if_told_apart(
    is_told_apart: bool,
) -> None:
    lee = make_user("adm", email=LEE, role="Helpdesk", accounts=("EXAMPLE\\lee",))
    make_user("amiller", email="adm@example.org", accounts=("EXAMPLE\\alice",))
    if is_told_apart:
        for account, sid in zip(EndpointAccount.objects.order_by("pk"), SIDS, strict=True):
            EndpointAccount.objects.filter(pk=account.pk).update(identifier=sid)
    request = make_request()
    with (
        nullcontext() if is_told_apart else pytest.raises(NotAllowed, match="may be whoever asked")
    ):
        in_console(request, lee)
    assert is_open(request) is not is_told_apart


@pytest.mark.parametrize("accounts", [(), ("ADMIN.EXAMPLE.COM\\adm-alice",), ("adm-alice",)])
def test_the_requester_does_not_decide_as_whom_another_of_their_accounts_names(
    accounts: tuple[str, ...],
) -> None:
    make_user("amiller", accounts=("EXAMPLE\\alice", "ADMIN\\adm-alice"))
    own = make_user("adm-alice", role="Helpdesk", accounts=accounts)
    request = make_request()
    with pytest.raises(NotAllowed, match="may be whoever asked"):
        in_console(request, own)
    assert is_open(request)


def test_whoever_holds_the_mailbox_of_the_account_is_known_by_their_other_accounts_too() -> None:
    make_user("amiller", email="alice@example.com", accounts=("ADMIN\\adm-alice",))
    own = make_user("adm-alice", role="Helpdesk")
    request = make_request(mail_domain="example.com")
    with pytest.raises(NotAllowed, match="may be whoever asked"):
        in_console(request, own)


@pytest.mark.parametrize("change", ["account leaves", "profile is deleted", "user is renamed"])
def test_nor_once_a_profile_has_changed(change: str) -> None:
    alice = make_user("amiller", accounts=("EXAMPLE\\alice", "ADMIN\\adm-alice"))
    own = make_user("adm-alice", role="Helpdesk")
    request = make_request()
    match change:
        case "account leaves":
            EndpointAccount.objects.filter(name="ADMIN\\adm-alice").delete()
        case "profile is deleted":
            alice.delete()
        case _:
            own.name = "quist"
            own.save()
    with pytest.raises(NotAllowed, match="may be your account"):
        in_console(request, own)


def test_an_account_that_every_computer_has_makes_nobody_the_requester() -> None:
    make_user("amiller", accounts=("EXAMPLE\\alice", "WS-1\\Administrator"))
    lee = make_user("lee", role="Helpdesk", accounts=("WS-2\\Administrator",))
    request = make_request()
    in_console(request, lee)
    assert not is_open(request)


def test_nor_by_the_mailbox_that_another_of_their_accounts_names() -> None:
    make_user("amiller", accounts=("EXAMPLE\\alice", "EXAMPLE\\adm-alice"))
    request = make_request(to_addresses=("adm-alice@example.com", LEE))
    assert [each.address for each in request.invitations.all()] == [LEE]


def test_a_manager_who_may_be_the_requester_is_replaced_by_the_fallback() -> None:
    boss = make_user("alice", email="boss@example.com")
    alice = make_user("amiller", accounts=("EXAMPLE\\alice",))
    alice.manager = boss
    alice.save()
    request = make_request(to_addresses=(), asks_manager=True, manager_fallback=LEE)
    assert [each.address for each in request.invitations.all()] == [LEE]
