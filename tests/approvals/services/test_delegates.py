"""Somebody who is away: the delegate in their profile is asked instead, and answers on their behalf."""

import html
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, Grant, IncomingMail
from approvals.services import Decider, ask_again, decide
from approvals.tokens import bounce_address, bounce_token
from core.alerts.models import Alert
from core.audit.models import Entry
from core.dates import day
from core.people.models import User
from tests.approvals.replies import bring_in, make_reply
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
    ("edge", "days"),
    [("delegate_from", 1), ("delegate_until", -1)],
    ids=["not yet", "no longer"],
)
def test_on_other_days_the_approver_is(edge: str, days: int) -> None:
    away(make_user("lee", email=LEE), **{edge: TODAY() + days * DAY})
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
    assert asked(make_request(to_addresses=(DANA, LEE))) == [(LEE, "")]


def test_the_mails_say_for_whom_the_delegate_is_asked_and_nobody_else_reads_that() -> None:
    dana = away(make_user("lee", email=LEE), delegate_until=TODAY() + DAY)
    dana.first_name, dana.last_name = "Dana", "Novak"
    dana.save()
    request = make_request(to_addresses=(DANA, KIM))
    asked_for = f"You are asked for Dana Novak, who is away until {day(TODAY() + DAY)}."
    mails = {mail.recipient: mail.draft for mail in request.mails.all()}
    assert asked_for in " ".join(mails[LEE].text.split()).replace("\n", " ")
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


def out_of_office(request: ApprovalRequest, address: str = DANA, **headers: str) -> IncomingMail:
    invitation = request.invitations.get(address=address)
    text = "I am away until Monday. Please ask mallory@example.com."
    return bring_in(make_reply(invitation, text, **{"Auto_Submitted": "auto-replied", **headers}))


@pytest.mark.parametrize("days", [1, 9])
def test_an_out_of_office_reply_hands_the_part_to_the_delegate_in_the_profile(days: int) -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + days * DAY)
    request = to_dana()
    mail = out_of_office(request)
    out_of_office(request)  # to the reminder, say

    assert asked(request) == [(DANA, ""), (LEE, DANA)]
    assert (mail.outcome, mail.reason) == (
        "ignored",
        "It is marked as an automatic reply (Auto-Submitted). lee@example.com is asked instead.",
    )
    (draft,) = (one.draft for one in request.mails.filter(recipient=LEE))
    assert "You are asked for dana@example.com, who is away" in draft.text.replace(
        "\xa0", " "
    ).replace("\n", " ")
    assert Entry.objects.filter(verb="hand_over", object_id=str(request.number)).count() == 1
    page = html.unescape(signed_in().get(f"/approvals/{request}/").content.decode())
    assert f"{LEE} is asked on behalf of {DANA}, who is away." in page
    assert "Asked too" not in page
    assert f"An automatic reply says that {DANA} is away" in page
    assert "Away" in page
    assert f"lee, for {DANA}" in page.replace("<wbr>", "")
    request.refresh_from_db()
    assert request.is_pending


@pytest.mark.parametrize(
    "headers",
    [
        {"Authentication_Results": "mx.example.com; dmarc=fail header.from=example.com"},
        {"From": "mallory@example.com"},
        {"Date": "Mon, 24 Nov 2025 10:00:00 +0000"},
    ],
    ids=["unproven", "a stranger's", "an old one"],
)
def test_an_out_of_office_reply_that_proves_nothing_hands_over_nothing(
    headers: dict[str, str],
) -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = to_dana(escalate_to=(KIM,))
    assert out_of_office(request, **headers).outcome == "ignored"
    ask_again()
    assert asked(request) == [(DANA, "")]


def test_a_copy_that_proves_nothing_keeps_no_out_of_office_reply_from_counting() -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = to_dana()
    raw = make_reply(request.invitations.get(), "I am away.", Auto_Submitted="auto-replied")
    outcomes = [
        bring_in(raw, verifies_senders=verifies, source=source).outcome
        for verifies, source in ((False, "listener"), (True, "command"), (True, "mailbox"))
    ]
    assert outcomes == ["ignored", "ignored", "duplicate"]
    assert asked(request) == [(DANA, ""), (LEE, DANA)]


def test_a_delegate_whose_time_is_over_or_who_asked_is_handed_nothing() -> None:
    dana = away(make_user("lee", email=LEE), delegate_until=TODAY() - DAY)
    request = to_dana()
    out_of_office(request)
    alice = make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    User.objects.filter(pk=dana.pk).update(delegate=alice, delegate_until=None)
    out_of_office(request)
    ask_again()
    assert asked(request) == [(DANA, "")]
    text = Alert.objects.get(key=f"request:{request.number}:approvers").text
    assert "it can have none" in text


def test_without_a_delegate_others_are_asked_once_too_few_are_there() -> None:
    make_user("dana", email=DANA)
    make_user("lee", email=LEE)
    request = make_request(to_addresses=(DANA, LEE), escalate_to=(KIM,), escalate_after=600)
    out_of_office(request)
    ask_again()
    assert (KIM, "") not in asked(request)
    out_of_office(request, LEE)
    ask_again()
    assert (KIM, "") in asked(request)
    draft = request.mails.get(recipient=KIM).draft
    assert "You are asked because dana@example.com and lee@example.com are away." in " ".join(
        draft.text.split()
    )


def test_an_automatic_reply_to_the_envelopes_sender_counts_as_well() -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = to_dana()
    sent = request.mails.get()
    assert sent.bounce_key_number is not None
    bounce = bounce_address(bounce_token(sent.pk, sent.bounce_key_number))
    for named, handed in (("<somebody@else.example>", False), (sent.message_id, True)):
        out_of_office(request, To=bounce, In_Reply_To=named)
        assert ((LEE, DANA) in asked(request)) is handed


def test_an_approver_and_the_delegate_whom_they_handed_their_part_count_once() -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = make_request(to_addresses=(DANA, KIM), approvals_needed=2)
    out_of_office(request)
    for address, state in ((LEE, "pending"), (DANA, "pending"), (KIM, "approved")):
        decider = Decider("reply", invitation=request.invitations.get(address=address))
        decide(number=request.number, decider=decider, answer="approve")
        request.refresh_from_db()
        assert request.state == state


@pytest.mark.parametrize("delegate_first", [True, False])
def test_an_approver_who_decides_in_the_console_counts_as_one_with_the_delegate(
    delegate_first: bool,
) -> None:
    dana = away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = make_request(to_addresses=(DANA, KIM), approvals_needed=2)
    out_of_office(request)
    lee = Decider("reply", invitation=request.invitations.get(address=LEE))
    both = [lee, Decider("console", user=dana)]
    for decider in both if delegate_first else reversed(both):
        decide(number=request.number, decider=decider, answer="approve")
    request.refresh_from_db()
    assert request.is_pending


@pytest.mark.parametrize(("delegate_gave", "she_gave"), [(5, "1 day"), (1440, "5 minutes")])
def test_of_hers_and_the_delegates_the_shorter_counts_whichever_was_written_first(
    delegate_gave: int, she_gave: str
) -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = make_request(to_addresses=(DANA, KIM), approvals_needed=2)
    out_of_office(request)
    lees, hers = (request.invitations.get(address=each) for each in (LEE, DANA))
    by_link = Decider("bearer", invitation=lees)
    decide(number=request.number, decider=by_link, answer="approve", minutes=delegate_gave)
    hour_ago = format_datetime(timezone.now() - timedelta(hours=1))
    late = bring_in(make_reply(hers, f"Approve for {she_gave}", Date=hour_ago))
    assert late.outcome == "approve"
    decide(
        number=request.number,
        decider=Decider("bearer", invitation=request.invitations.get(address=KIM)),
        answer="approve",
        minutes=1440,
    )
    assert Grant.objects.get().minutes == 5


def test_who_has_answered_hands_over_nothing_by_a_late_out_of_office_reply() -> None:
    away(make_user("lee", email=LEE), delegate_from=TODAY() + DAY)
    request = to_dana(approvals_needed=2)
    decider = Decider("reply", invitation=request.invitations.get())
    decide(number=request.number, decider=decider, answer="approve")
    out_of_office(request)
    assert asked(request) == [(DANA, "")]
