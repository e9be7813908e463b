"""Attacks on the record: making it say that somebody knew what nobody could know then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Grant, OutgoingMail
from approvals.services import Decider, decide, revoke_grant
from core.actors import Actor
from core.audit.models import Payload
from tests.factories import (
    invitation_of,
    make_plea,
    make_process,
    make_request,
    make_type,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER, BEFORE = "Decided later", "Earlier decisions"


def console(role: str = "Helpdesk") -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def page(request: ApprovalRequest) -> str:
    return " ".join(console().get(f"/approvals/{request}/").content.decode().split())


def answer(request: ApprovalRequest, word: str = "approve", **more: object) -> ApprovalRequest:
    decide(
        number=request.number,
        decider=Decider("reply", invitation=invitation_of(request)),
        answer=word,
        **more,
    )
    request.refresh_from_db()
    return request


def revoke(request: ApprovalRequest, reason: str = "The wrong installer.") -> Grant:
    return revoke_grant(grant_id=request.grant.pk, by=Actor.of_operator("sam"), reason=reason)


def panel(text: str, title: str) -> str:
    """The panel under a heading, "" if there is none."""
    return text.partition(f">{title}<")[2].partition("</section>")[0]


def test_a_later_approval_makes_an_earlier_one_look_well_founded() -> None:
    first = answer(make_request(), comment="Seen once.")
    second = answer(make_request())
    text = page(first)
    assert not [sign for sign in signs_of_request(first) if sign.title.startswith("Same file")]
    assert "Same file:" not in text
    assert str(second) not in panel(text, BEFORE)
    assert str(second) in panel(text, LATER)
    assert str(first) in panel(page(second), BEFORE)
    assert "Same file:" in page(second)


def test_a_decision_made_while_the_request_waits_is_shown_as_one_made_later() -> None:
    waiting, other = make_request(), make_request()
    answer(other, "deny")
    text = page(waiting)
    assert str(other) in panel(text, LATER)
    assert str(other) not in panel(text, BEFORE)
    assert [sign.title for sign in signs_of_request(waiting)][-1] == "Same file, decided later:"
    answer(waiting)  # whoever decided it could know
    text = page(waiting)
    assert str(other) in panel(text, BEFORE)
    assert LATER not in text


def test_a_revocation_afterwards_does_not_change_what_an_earlier_decision_stood_on() -> None:
    first, second = answer(make_request()), answer(make_request())
    revoke(first)
    good, words = signs_of_request(second)[-1], panel(page(second), BEFORE)
    assert (good.kind, "one approval" in good.text) == ("good", True)
    assert "Approved, One Time<" in words
    assert "revoked later," in words


@pytest.mark.parametrize("minutes", [None, 120])
def test_a_revoked_approval_still_looks_like_an_approval(minutes: int | None) -> None:
    request = answer(make_request(), minutes=minutes)
    revoke(request)
    given = "Approved for 2 hours" if minutes else "Approved, One Time"
    off = 'data-tone="off"'
    header = page(request).partition("<h1>")[2].partition("</header>")[0]
    decided = console().get("/approvals/decided/").content.decode().partition("<tbody>")[2]
    news = console().get(f"/approvals/news/?shown={request.number}").content.decode()
    for text in (header, decided, news):
        assert f"{given}, revoked" in text
        assert off in text
        assert 'data-tone="good"' not in text


def test_a_revoked_approval_speaks_for_the_next_request() -> None:
    answer(make_request())
    revoke(answer(make_request()))
    sign = signs_of_request(make_request())[-1]
    assert (sign.kind, sign.title) == ("bad", "Same file:")
    assert sign.text.startswith("one revoked approval today")


def test_of_two_approvals_the_revoked_one_is_not_counted() -> None:
    revoke(answer(make_request()))
    answer(make_request())
    sign = signs_of_request(make_request())[-1]
    assert (sign.kind, sign.text.split(" today")[0]) == ("good", "one approval")


def test_the_same_file_asked_for_in_many_places_at_once_is_a_first_time() -> None:
    first = make_request(plea=make_plea(account="EXAMPLE\\alice"))
    make_request(plea=make_plea(account="EXAMPLE\\bob"))
    client = console()
    rows = client.get("/approvals/").content.decode()
    assert "First time" not in rows
    assert rows.count("1 pending") == 2
    revoke(answer(first))
    rows = client.get("/approvals/").content.decode()
    assert "1 revoked" in rows
    assert "1 approved" not in rows


def test_a_request_is_no_earlier_one_of_itself() -> None:
    request = answer(make_request())
    news = console().get(f"/approvals/news/?shown={request.number}").content.decode()
    assert "First time" in news


@pytest.mark.parametrize("reason", ["", "   ", "x" * 251, "nul\0"])
def test_revoking_without_saying_why(reason: str) -> None:
    grant = answer(make_request()).grant
    response = console().post(f"/approvals/grants/{grant.pk}/revoke/", {"reason": reason})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert Grant.objects.valid().exists()
    assert not OutgoingMail.objects.filter(purpose="revoked").exists()


def test_a_revocation_nobody_hears_of() -> None:
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = answer(make_request(), minutes=120)
    client = console()
    client.post(f"/approvals/grants/{request.grant.pk}/revoke/", {"reason": "<b>Wrong</b> one."})
    (mail,) = OutgoingMail.objects.filter(purpose="revoked")
    assert mail.recipient == "alice@example.com"
    assert 'Reason: "<b>Wrong</b> one."' in mail.draft.text
    assert "<b>Wrong</b> one." in str(Payload.objects.latest("entry__sequence").text)
    shown = "&lt;b&gt;Wrong&lt;/b&gt; one."
    assert shown in page(request).partition("timeline-title")[2]
    assert shown in client.get("/approvals/grants/revoked/").content.decode()


def test_a_revocation_without_a_known_address_needs_no_mail() -> None:
    revoke(answer(make_request()))
    assert not OutgoingMail.objects.filter(purpose="revoked").exists()


def test_a_revocation_reaches_an_address_made_from_a_hostile_account() -> None:
    process = make_process(mail_domain="example.com")
    plea = make_plea(account="EXAMPLE\\a b\r\nBcc: x@evil.example")
    request = answer(make_request(type=make_type(process), plea=plea))
    revoke(request)
    assert not OutgoingMail.objects.filter(purpose="revoked").exists()


def test_an_ended_grant_that_is_revoked_hides_that_it_was_used() -> None:
    request = answer(make_request(), minutes=120)
    Grant.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    address = f"/approvals/grants/{request.grant.pk}/revoke/"
    response = console().post(address, {"reason": "Too late."})
    assert response.status_code == 409
    grant = Grant.objects.get()
    assert (grant.revoked_at, grant.revoke_reason) == (None, "")


def test_a_late_reply_learns_that_the_approval_was_revoked() -> None:
    request = answer(make_request(), minutes=120)
    revoke(request)
    from approvals.services.notices import queue_closed

    queue_closed(invitation_of(request, "lee@example.com"))
    mail = OutgoingMail.objects.get(purpose="closed")
    assert "approved for 2 hours, revoked" in mail.draft.text
