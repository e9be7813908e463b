"""Somebody who is away: the delegate in their profile is asked instead, and answers on their behalf."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.services import Decider, decide
from core.dates import day
from core.people.models import User
from tests.factories import DANA, LEE, make_request, make_user, signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = timedelta(days=1)
KIM = "kim@example.com"


def away(delegate: User, **dates: Any) -> User:
    dana = make_user("dana", email=DANA)
    for field, value in {"delegate": delegate, **dates}.items():
        setattr(dana, field, value)
    dana.save()
    return dana


def asked(request: ApprovalRequest) -> list[tuple[str, str]]:
    return sorted(request.invitations.values_list("address", "on_behalf_of"))


def to_dana(**values: Any) -> ApprovalRequest:
    return make_request(to_addresses=(DANA,), **values)


def test_the_delegate_is_asked_on_the_days_of_the_profile_both_included() -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY(), delegate_until=TODAY())
    assert asked(to_dana()) == [(LEE, DANA)]


@pytest.mark.parametrize(
    "dates",
    [{"delegate_from": TODAY() + DAY}, {"delegate_until": TODAY() - DAY}],
    ids=["not yet", "no longer"],
)
def test_on_other_days_the_approver_is(dates: dict[str, Any]) -> None:
    away(make_user("lee", email=LEE), **dates)
    assert asked(to_dana()) == [(DANA, "")]


def test_a_delegate_who_is_the_requester_is_never_asked() -> None:
    away(make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",)))
    assert asked(to_dana()) == [(DANA, "")]


def test_a_requester_hands_no_part_of_their_own_request_to_a_delegate() -> None:
    dana = away(make_user("lee", email=LEE))
    dana.endpoint_accounts.create(name="EXAMPLE\\alice")
    assert asked(to_dana()) == []


def test_a_delegate_without_an_address_or_who_is_disabled_isnt_asked() -> None:
    lee = make_user("lee")
    away(lee)
    assert asked(to_dana()) == [(DANA, "")]
    User.objects.filter(pk=lee.pk).update(email=LEE, is_active=False)
    assert asked(to_dana()) == [(DANA, "")]


def test_a_delegate_who_is_asked_anyway_is_asked_once() -> None:
    away(make_user("lee", email=LEE))
    assert asked(make_request(to_addresses=(DANA, LEE))) == [(LEE, DANA)]


def test_the_mails_say_for_whom_the_delegate_is_asked_and_nobody_else_reads_that() -> None:
    dana = away(make_user("lee", email=LEE), delegate_until=TODAY() + DAY)
    dana.first_name, dana.last_name = "Dana", "Novak"
    dana.save()
    request = make_request(to_addresses=(DANA, KIM))
    asked_for = f"You are asked for Dana Novak, who is away until {day(TODAY() + DAY)}."
    mails = {mail.recipient: mail.draft for mail in request.mails.all()}
    assert asked_for in mails[LEE].text.replace("\n", " ").replace("\xa0", " ")
    assert asked_for in (mails[LEE].html or "")
    assert "You are asked for" not in mails[KIM].text + (mails[KIM].html or "")

    request.mails.update(state="sent")
    decider = Decider("reply", invitation=request.invitations.get(address=KIM))
    decide(number=request.number, decider=decider, answer="deny")
    outcomes = {mail.recipient: mail.draft for mail in request.mails.filter(purpose="outcome")}
    assert "You were asked for Dana Novak." in outcomes[LEE].text
    assert "You were asked for Dana Novak." in (outcomes[LEE].html or "")
    assert "You were asked for" not in outcomes[KIM].text


def test_the_timeline_says_on_whose_behalf() -> None:
    away(make_user("lee", email=LEE))
    request = to_dana()
    decider = Decider("reply", invitation=request.invitations.get())
    decide(number=request.number, decider=decider, answer="approve")
    page = html.unescape(signed_in().get(f"/approvals/{request}/").content.decode())
    assert f"{LEE} is asked on behalf of {DANA}, who is away." in page
    assert f"on behalf of {DANA}, by email" in page
