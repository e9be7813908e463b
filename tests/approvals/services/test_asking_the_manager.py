"""A process that asks the requester's manager: by the profile, else the fallback, else nobody."""

from typing import Any

import pytest

from approvals.models import ApprovalProcess, ApprovalRequest
from approvals.process_forms import EmailProcessForm
from core.alerts.models import Alert
from core.people.models import User
from items.values import as_data
from tests.factories import make_plea, make_process, make_request, make_type, make_user
from tests.items.makers import as_opened

pytestmark = pytest.mark.django_db
LEE, KIM = "lee@example.com", "kim@example.com"


@pytest.fixture
def alice() -> User:
    return make_user("alice", accounts=("EXAMPLE\\alice",))


@pytest.fixture
def kim() -> User:
    return make_user("kim", email=KIM, accounts=("EXAMPLE\\kim",))


def manager_of(person: User, manager: User | None) -> None:
    person.manager = manager
    person.save()


def ask(to: tuple[str, ...] = (), fallback: str = "", account: str = "EXAMPLE\\alice") -> Any:
    process = make_process(to_addresses=to, asks_manager=True, manager_fallback=fallback)
    return make_request(type=make_type(process), plea=make_plea(account=account))


def invited(request: ApprovalRequest) -> set[str]:
    return set(request.invitations.values_list("address", flat=True))


def test_the_manager_is_asked_beside_the_addresses(alice: User, kim: User) -> None:
    manager_of(alice, kim)
    assert invited(ask(to=(LEE,), fallback="boss@example.com")) == {LEE, KIM}


def test_a_manager_known_by_a_further_address_alone_is_asked_there(alice: User) -> None:
    boss = make_user("boss")
    boss.mail_addresses.create(address="boss@corp.example.com")
    manager_of(alice, boss)
    assert invited(ask()) == {"boss@corp.example.com"}


def test_without_a_manager_the_fallback_is_asked(alice: User) -> None:
    assert invited(ask(fallback=LEE)) == {LEE}


def test_a_requester_whom_no_profile_knows_has_no_manager() -> None:
    assert invited(ask(fallback=LEE, account="EXAMPLE\\stranger")) == {LEE}


@pytest.mark.parametrize("gone", ["disabled", "no address"])
def test_a_manager_who_can_not_be_asked_is_none(alice: User, kim: User, gone: str) -> None:
    manager_of(alice, kim)
    change = {"is_active": False} if gone == "disabled" else {"email": ""}
    User.objects.filter(pk=kim.pk).update(**change)
    assert invited(ask(fallback=LEE)) == {LEE}


def test_a_manager_who_may_be_the_requester_is_none(alice: User, kim: User) -> None:
    manager_of(alice, kim)
    kim.endpoint_accounts.create(name="OTHER\\alice")
    assert invited(ask(fallback=LEE)) == {LEE}


def test_with_nobody_to_ask_the_bell_says_so_and_nothing_is_approved(alice: User) -> None:
    request = ask()
    assert invited(request) == set()
    assert request.state == ApprovalRequest.State.PENDING
    alert = Alert.objects.get(key=f"request:{request.number}:approvers")
    assert "there is nobody to ask" in alert.text


def test_a_later_change_of_the_manager_changes_no_request(alice: User, kim: User) -> None:
    manager_of(alice, kim)
    request = ask()
    manager_of(alice, None)
    assert request.terms.to_addresses == (KIM,)


def form_of(process: ApprovalProcess, **changes: Any) -> EmailProcessForm:
    data = as_data(as_opened(process), version="1")
    for name, value in changes.items():
        data[name] = value
    return EmailProcessForm(data, instance=process)


def test_the_form_takes_no_address_if_the_manager_is_asked_and_refuses_it_otherwise() -> None:
    process = make_process()
    assert form_of(process, to_addresses="", asks_manager="on").is_valid()
    refused = form_of(process, to_addresses="")
    assert "Enter at least one address" in refused.errors["to_addresses"][0]


def test_the_manager_counts_among_the_approvals_needed() -> None:
    process = make_process(to_addresses=(LEE,))
    assert not form_of(process, approvals_needed="2").is_valid()
    assert form_of(process, approvals_needed="2", asks_manager="on").is_valid()
