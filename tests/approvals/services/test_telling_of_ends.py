"""Requesters are told before their timed approval ends, if the process says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, Grant, OutgoingMail
from approvals.services import Decider, decide, revoke_grant, tell_of_ends
from core.actors import Actor
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


def granted(minutes: int | None, **process: object) -> Grant:
    request = make_request(**{"mail_domain": "example.com", **process})
    decider = Decider("console", user=make_user())
    decide(number=request.number, decider=decider, answer="approve", minutes=minutes)
    return Grant.objects.get(request=request)


def let_it_near_its_end(grant: Grant) -> None:
    """The rows move, not the clock."""
    past = timezone.now() - timedelta(seconds=1)
    Grant.objects.filter(pk=grant.pk, tell_at__isnull=False).update(tell_at=past)


def told() -> list[str]:
    return list(OutgoingMail.objects.filter(purpose="ending").values_list("recipient", flat=True))


def test_the_user_is_told_once_before_the_end_in_the_outcomes_thread() -> None:
    grant = granted(120, tell_before_end=15)
    tell_of_ends()
    assert told() == []

    let_it_near_its_end(grant)
    tell_of_ends()
    tell_of_ends()
    assert told() == ["alice@example.com"]
    mail = OutgoingMail.objects.get(purpose="ending")
    outcome = OutgoingMail.objects.get(purpose="requester_outcome")
    assert (mail.follows, mail.in_reply_to) == (outcome, outcome.message_id)
    assert mail.not_after == grant.expires_at
    assert "ends on" in mail.draft.text


def test_the_time_is_counted_from_the_end() -> None:
    grant = granted(120, tell_before_end=15)
    assert grant.expires_at - grant.tell_at == timedelta(minutes=15)


@pytest.mark.parametrize(("minutes", "before"), [(120, 0), (10, 15), (15, 15), (None, 15)], ids=str)
def test_nobody_is_told_where_it_makes_no_sense(minutes: int | None, before: int) -> None:
    assert granted(minutes, tell_before_end=before).tell_at is None


def test_a_revoked_approval_is_not_told_of_again() -> None:
    grant = granted(120, tell_before_end=15)
    revoke_grant(grant_id=grant.pk, by=Actor.of_system("test"), reason="No longer needed.")
    let_it_near_its_end(grant)
    tell_of_ends()
    assert told() == []


def test_without_a_known_address_nobody_is_told_and_nothing_else_stops() -> None:
    grant = granted(120, tell_before_end=15, mail_domain="")
    let_it_near_its_end(grant)
    tell_of_ends()
    assert told() == []
    assert Grant.objects.get().tell_at is None


def test_an_end_that_cannot_be_told_holds_up_no_other() -> None:
    broken, sound = granted(120, tell_before_end=15), granted(120, tell_before_end=15)
    for grant in (broken, sound):
        let_it_near_its_end(grant)
    ApprovalRequest.objects.filter(pk=broken.request_id).update(terms_json={})

    tell_of_ends()
    assert told() == ["alice@example.com"]
