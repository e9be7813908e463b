"""A profile that is changed while a request waits for its person: nobody waits for who can't decide."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest

from approvals.models import ApprovalRequest
from approvals.services import Decider, ask_again, decide
from console.people.importing import import_people
from core.actors import Actor
from core.alerts.models import Alert
from core.people.models import User
from items.author import Author
from tests.approvals.services.test_who_can_still import lose_mail_to
from tests.factories import DANA, LEE, invitation_of, make_request, make_user, signed_in
from tests.items.makers import save, url

pytestmark = pytest.mark.django_db
KIM = "kim@example.com"


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """What a page's request does in the block, and after its transaction."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def who_are_asked(request: ApprovalRequest) -> set[str]:
    ask_again()
    return set(request.invitations.values_list("address", flat=True))


def disable(person: User) -> None:
    save(signed_in(), person, is_active="")


def delete(person: User) -> None:
    signed_in().post(url(person, "delete"))


def give_the_requesters_account(person: User) -> None:
    save(signed_in(), person, accounts="EXAMPLE\\alice")


@pytest.mark.parametrize("change", [disable, delete, give_the_requesters_account])
def test_when_the_only_approver_can_decide_no_more_others_are_asked_at_once(
    committed: Callable[[], AbstractContextManager[Any]], change: Callable[[User], None]
) -> None:
    dana = make_user("dana", email=DANA)
    request = make_request(to_addresses=(DANA,), escalate_to=(KIM,))
    with committed():
        change(dana)
    assert who_are_asked(request) == {DANA, KIM}


@pytest.mark.parametrize("channel", ["reply", "console"])
def test_others_are_asked_for_who_had_approved_before_they_were_disabled(
    committed: Callable[[], AbstractContextManager[Any]], channel: str
) -> None:
    kim = make_user("kim", email=KIM, role="Helpdesk")
    others = (KIM,) if channel == "reply" else ("novak@example.com",)
    request = make_request(to_addresses=(DANA, *others), approvals_needed=2, escalate_to=(LEE,))
    decider = Decider("console", user=kim)
    if channel == "reply":
        decider = Decider("reply", invitation=invitation_of(request, KIM))
    decide(number=request.number, decider=decider, answer="approve")
    if channel == "console":
        lose_mail_to(request, *others)
    assert who_are_asked(request) == {DANA, *others}  # with the approval these are enough
    with committed():
        disable(kim)
    assert who_are_asked(request) == {DANA, *others, LEE}


def test_nobody_else_is_asked_when_the_profile_says_something_new_of_somebody_who_still_can(
    committed: Callable[[], AbstractContextManager[Any]],
) -> None:
    dana = make_user("dana", email=DANA)
    request = make_request(to_addresses=(DANA,), escalate_to=(KIM,))
    with committed():
        save(signed_in(), dana, description="At the front desk.", email="d.quist@example.com")
    assert who_are_asked(request) == {DANA}


def test_an_alert_says_that_nobody_can_decide_if_nobody_is_left_to_ask(
    committed: Callable[[], AbstractContextManager[Any]],
) -> None:
    dana, request = make_user("dana", email=DANA), make_request(to_addresses=(DANA,))
    with committed():
        disable(dana)
    ask_again()
    assert f"{request} needs 1 approval, but it can have none." in Alert.objects.get().text
    dana.refresh_from_db()
    with committed():
        save(signed_in(), dana, is_active="on")
    ask_again()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_others_are_asked_when_the_address_gets_into_a_profile_that_can_not_decide(
    committed: Callable[[], AbstractContextManager[Any]],
) -> None:
    lee = make_user("quist", accounts=("EXAMPLE\\alice",))
    request = make_request(to_addresses=(LEE,), escalate_to=(KIM,))
    with committed():
        save(signed_in(), lee, mail_addresses="Lee+pm@example.com")
    assert who_are_asked(request) == {LEE, KIM}


def test_or_into_a_profile_that_is_imported(
    committed: Callable[[], AbstractContextManager[Any]],
) -> None:
    request = make_request(to_addresses=(LEE,), escalate_to=(KIM,))
    with committed():
        rows = f"user_name,email,accounts\nlee,{LEE},EXAMPLE\\alice\n"
        import_people(rows.encode(), by=Author(Actor.of_system("test")))
    assert who_are_asked(request) == {LEE, KIM}
