"""The page of one request: its facts, its timeline, the grant, and who may read raw mail."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import (
    ApprovalRequest,
    Decision,
    DeliveryAttempt,
    Grant,
    IncomingMail,
    OutgoingMail,
)
from approvals.services import Decider, cancel_request, decide, expire_requests, use_grants
from approvals.services.mail_queue import cancel_mail
from core.actors import Actor
from tests.agents.endpoints import make_agent, make_policy
from tests.factories import DANA, LEE, invitation_of, let_expire, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db
TOKEN = "a2" * 13


def page(request: ApprovalRequest, role: str = "Users") -> str:
    client = Client()
    client.force_login(make_user(role=role))
    response = client.get(f"/approvals/{request}/")
    assert response.status_code == 200
    return response.content.decode()


def approve(request: ApprovalRequest, **more: object) -> Decision:
    decider = Decider("reply", invitation=invitation_of(request))
    return decide(number=request.number, decider=decider, answer="approve", **more)


def reply_of_dana(request: ApprovalRequest, **values: object) -> IncomingMail:
    raw = (
        f"To: reply+{TOKEN}@pm.example.com\r\nSubject:\tRe: PM\r\n\r\n"
        f"Approve.\r\n<b>bold</b> \u202e\r\n> http://testserver/d/{TOKEN}\r\n"
    )
    step = {"name": "Sender", "passed": True, "text": "dana@example.com, as invited"}
    mail = IncomingMail.stored(
        raw.encode(),
        received_at=timezone.now(),
        **{
            "source": "listener",
            "sha256": "5" * 64,
            "state": "read",
            "outcome": "approve",
            "request": request,
            "invitation": invitation_of(request),
            "reading": {"minutes": 120, "steps": [step]},
            **values,
        },
    )
    mail.save()
    return mail


@pytest.mark.parametrize(
    ("role", "status"), [("", 403), ("Users", 200), ("Auditors", 200), ("Helpdesk", 200)]
)
def test_who_may_see_requests_may_see_the_page(role: str, status: int) -> None:
    request = make_request()
    client = Client()
    client.force_login(make_user(role=role))
    assert client.get(f"/approvals/{request}/").status_code == status


def test_a_number_that_does_not_exist_is_a_404() -> None:
    client = Client()
    client.force_login(make_user(role="Users"))
    assert client.get("/approvals/PM-99/").status_code == 404


def test_it_says_what_was_asked() -> None:
    request = make_request(reason="Need the CAD viewer.")
    text = page(request)
    for words in (
        "Need the CAD viewer.",
        "EXAMPLE\\<wbr>alice",
        "setup.exe /<wbr>S",
        request.sha256,
    ):
        assert words in text


def test_it_tells_to_whom_the_mail_was_queued() -> None:
    text = page(make_request())
    assert f"Approval request queued to {DANA} and {LEE}" in text
    assert "needs 1 of 2 approvers." in text


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        ("sent", 250, "Approval request handed to Relay for"),
        ("deferred", 451, "Approval request deferred by Relay for"),
        ("failed", 550, "Approval request refused by Relay for"),
        ("failed", 451, "Approval request given up at Relay for"),
        ("unknown", 451, "Approval request possibly accepted by Relay for"),
    ],
)
def test_each_delivery_is_told_in_the_servers_own_words(outcome: str, code: int, said: str) -> None:
    request = make_request()
    DeliveryAttempt.objects.create(
        mail=OutgoingMail.objects.filter(request=request).first(),
        at=timezone.now(),
        outcome=outcome,
        server_name="Relay",
        code=code,
        answer="4.7.1 <you>: Greylisted",
    )
    text = page(request)
    assert said in text
    assert f"{code} 4.7.1 &lt;you&gt;: Greylisted" in text


def test_mail_that_was_not_needed_any_more_is_told() -> None:
    request = make_request()
    approve(request)
    text = page(request)
    assert f"Approval request to {LEE} withdrawn" in text
    assert "It had not been sent yet and was no longer needed." in text


def test_mail_that_a_person_cancelled_is_told_with_who_did() -> None:
    request = make_request(to_addresses=(DANA,))
    cancel_mail(mail_id=request.mails.get().pk, by=Actor.of_operator("sam"))
    text = page(request)
    assert "Cancelled by operator sam." in text
    assert "no longer needed" not in text


def test_mail_that_may_have_arrived_is_not_said_to_have_stayed_here() -> None:
    request = make_request(to_addresses=(DANA,))
    words = "The connection was reset by the server at the final dot."
    mail = request.mails.get()
    mail.attempts.create(at=timezone.now(), outcome="unknown", server_name="Relay", answer=words)
    request.mails.update(state="cancelled", finished_at=timezone.now(), last_answer=words)
    assert "It may have arrived." in page(request)


def test_tries_with_the_same_answer_are_one_line_with_their_number() -> None:
    request = make_request()
    began = timezone.now()
    words = ["Connection refused", "Connection refused", "Connection refused", "No answer in time"]
    for minutes, (mail, said) in enumerate(zip([*request.mails.all()] * 2, words, strict=True)):
        at = began + timedelta(minutes=minutes)
        mail.attempts.create(at=at, outcome="deferred", server_name="Relay", answer=said)
    request.mails.update(state="deferred")

    text = page(request)
    assert f"3 tries deferred by Relay for {DANA} and {LEE}" in text
    assert (text.count("Connection refused"), text.count("No answer in time")) == (1, 1)
    assert text.count("Last try:") == 1


@pytest.mark.parametrize(("state", "next_try"), [("unknown", True), ("failed", False)])
def test_an_approver_whose_email_may_have_arrived_was_perhaps_asked(
    state: str, next_try: bool
) -> None:
    request = make_request(to_addresses=(DANA,))
    mail = request.mails.get()
    words = "The connection was reset by the server at the final dot."
    mail.attempts.create(at=timezone.now(), outcome="unknown", server_name="Relay", answer=words)
    request.mails.update(state=state, last_answer=words)
    approvers = page(request).partition("Approvers</h2>")[2]
    assert "Perhaps asked" in approvers
    assert ("next try" in approvers) is next_try


def test_mail_whose_time_was_over_is_told() -> None:
    request = make_request(to_addresses=(DANA,))
    let_expire(request)
    expire_requests()
    assert f"Approval request to {DANA} given up" in page(request)


def test_a_reply_is_told_with_how_it_was_read() -> None:
    request = make_request()
    reply_of_dana(request)
    text = page(request)
    assert f"{DANA} replied: approve for 2 hours" in text
    assert "dana@example.com, as invited" in text


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("unclear", "the reply was not understood"),
        ("ignored", "An automatic message for"),
        ("rejected", "was rejected"),
        ("closed", "replied too late"),
    ],
)
def test_a_reply_that_decided_nothing_says_why(outcome: str, said: str) -> None:
    request = make_request()
    reply_of_dana(request, outcome=outcome, reason="Because of this.")
    text = page(request)
    assert said in text
    assert "Because of this." in text


def test_the_decision_is_told_with_its_comment() -> None:
    request = make_request()
    approve(request, minutes=120, comment="Fine.\nRemove it afterwards.")
    text = page(request)
    assert "Approved for 2 hours by dana@example.com, by email" in text
    assert "Fine.<br>Remove it afterwards." in text


def test_expiry_and_cancelling_are_told() -> None:
    late, given_up = make_request(), make_request(plea=make_plea(account="E\\bob"))
    let_expire(late)
    expire_requests()
    cancel_request(
        number=given_up.number, computer_id=given_up.computer_id, by=Actor.of_system("bob")
    )
    assert "Nobody decided in time." in page(late)
    assert "Nobody is waiting for a decision." in page(given_up)


def test_the_grant_is_shown_with_its_uses() -> None:
    request = make_request()
    approve(request, minutes=120)
    grant = Grant.objects.get()
    for _ in range(2):
        use_grants(grant_ids=[str(grant.pk)], event_id=request.event_id)
    text = page(request, "Helpdesk")
    assert "2 times" in text
    assert "Run 2 of 2 under this grant." in text
    assert "Revoke…" in text


def test_of_many_uses_the_first_and_the_latest_are_told() -> None:
    request = make_request()
    approve(request, minutes=120)
    for _ in range(12):
        use_grants(grant_ids=[str(Grant.objects.get().pk)], event_id=request.event_id)
    text = page(request)
    assert text.count("under this grant.") == 2
    assert "Run 12 of 12" in text


def test_a_grant_that_ended_offers_no_revoke() -> None:
    request = make_request()
    approve(request, minutes=120)
    Grant.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    text = page(request, "Helpdesk")
    assert "Ended" in text
    assert "Revoke…" not in text


def test_what_was_decided_before_about_the_same_file_is_shown() -> None:
    earlier = make_request()
    decide(
        number=earlier.number,
        decider=Decider("reply", invitation=invitation_of(earlier)),
        answer="deny",
        comment="Use the packaged version.",
    )
    text = page(make_request())
    assert "Earlier decisions" in text
    assert "Use the packaged version." in text


def test_people_are_named_with_what_they_did() -> None:
    make_user("dana", email=DANA)
    request = make_request()
    approve(request)
    text = page(request)
    assert "no longer needed" in text
    assert "answered after" in text


def test_the_page_costs_the_same_number_of_queries_however_long_its_timeline(
    django_assert_max_num_queries: object,
) -> None:
    request = make_request()
    approve(request, minutes=120)
    for mail in OutgoingMail.objects.all():
        for _ in range(3):
            DeliveryAttempt.objects.create(
                mail=mail, at=timezone.now(), outcome="deferred", server_name="R", answer="x"
            )
    client = Client()
    client.force_login(make_user(role="Administrators"))
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        client.get(f"/approvals/{request}/")


@pytest.mark.parametrize(
    ("role", "status"), [("", 403), ("Users", 403), ("Helpdesk", 403), ("Auditors", 200)]
)
def test_only_administrators_and_auditors_read_raw_mail(role: str, status: int) -> None:
    request = make_request()
    mail = reply_of_dana(request)
    client = Client()
    client.force_login(make_user(role=role))
    assert client.get(f"/approvals/messages/{mail.pk}/").status_code == status
    if role:
        assert ("Original message" in page(request, role)) == (status == 200)


def test_raw_mail_is_text_without_tokens_and_with_visible_characters() -> None:
    request = make_request()
    mail = reply_of_dana(request)
    let_expire(request)
    expire_requests()
    client = Client()
    client.force_login(make_user(role="Administrators"))
    text = client.get(f"/approvals/messages/{mail.pk}/").content.decode()
    assert TOKEN not in text
    assert "reply+…@pm.example.com" in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert '<span class="escape">[U+202E]</span>' in text


def test_the_page_learns_that_more_has_happened() -> None:
    request = make_request()
    client = Client()
    client.force_login(make_user(role="Users"))
    seen = len(client.get(f"/approvals/{request}/").context["events"])
    news = f"/approvals/{request}/news/?seen={seen}"
    assert "more event" not in client.get(news).content.decode()
    approve(request)
    assert "more event" in client.get(news).content.decode()


def test_notices_of_one_moment_are_one_line_that_opens() -> None:
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request = make_request()
    mails = request.mails.all()
    mails.update(state="sent", finished_at=timezone.now())
    approve(request)

    text = page(request)
    assert f"3 emails queued to alice@example.com, {DANA} and {LEE}" in text
    assert "Show details" in text
    assert "Outcome notice for the requester queued to alice@example.com" in text


def test_an_approver_whose_email_is_deferred_is_not_shown_as_asked() -> None:
    request = make_request(to_addresses=(DANA,))
    later = timezone.now() + timedelta(minutes=20)
    request.mails.update(state="deferred", tries=1, due_at=later)
    mail = request.mails.get()
    mail.attempts.create(
        at=timezone.now(), outcome="deferred", server_name="SMTP", code=451, answer="Greylisted"
    )

    text = page(request)
    assert "Not asked yet" in text
    assert ">Asked<" not in text
    assert "Next try: <time" in text
    request.mails.update(state="sent")
    assert "Not asked yet" not in page(request)


def test_policy_type_user_and_computer_lead_to_their_pages_where_one_may_open_them() -> None:
    alice = make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    agent = make_agent()
    policy = make_policy(agent.group)
    plea = make_plea(computer_id=agent.computer.pk, policy_id=policy.pk)
    request = make_request(plea=plea)

    links = {
        f"/users/{alice.pk}/",
        f"/agents/{agent.computer.pk}/",
        f"/policies/{policy.pk}/",
        f"/tasks/automation/approval-types/{request.type_id}/",
    }
    administrators = page(request, "Administrators")
    assert {link for link in links if f'href="{link}"' not in administrators} == set()
    assert f'href="/users/{alice.pk}/"' not in page(request, "Helpdesk")
    assert f'href="/policies/{policy.pk}/"' not in page(make_request(), "Administrators")
