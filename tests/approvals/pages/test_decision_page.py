"""The page behind an e-mail's link: looking changes nothing, a press decides, late ones are told."""

from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags

from approvals.eligibility import OWN_REQUEST
from approvals.models import ApprovalRequest, Decision, Grant
from approvals.services import Decider, ask_again, decide
from approvals.tokens import link_token
from core.people.models import User
from tests.factories import DANA, LEE, invitation_of, let_expire, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db
APPROVE = {"answer": "approve", "length": "", "comment": ""}


def address(request: ApprovalRequest, approver: str = DANA) -> str:
    invitation = invitation_of(request, approver)
    return f"/d/{link_token(invitation.pk, invitation.key_number)}"


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, method: str) -> None:
    request = make_request()
    assert getattr(client, method)(address(request)).status_code == 200
    assert state(request) == "pending"
    assert not Decision.objects.exists()


def test_it_says_who_wants_what_and_why(client: Client) -> None:
    page = text(client.get(address(make_request(reason="Need the CAD viewer."))))
    for words in ("alice wants to run", "setup.exe", "WS-014", "Need the CAD viewer.", DANA):
        assert words in page


def test_nothing_on_it_submits_itself_or_leaves_a_trace(client: Client) -> None:
    response = client.get(address(make_request()))
    assert "<script" not in text(response)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "noindex" in response["X-Robots-Tag"]


def test_a_press_approves_and_is_recorded_as_bearer(client: Client) -> None:
    request = make_request()
    response = client.post(address(request), {**APPROVE, "comment": "Fine."})
    decision = Decision.objects.get()
    assert (decision.channel, decision.comment, decision.name) == ("bearer", "Fine.", DANA)
    assert Grant.objects.get().one_time
    assert "Approved, One Time" in text(response)


def test_a_length_may_be_chosen(client: Client) -> None:
    client.post(address(make_request()), {**APPROVE, "length": "120"})
    assert Decision.objects.get().minutes == 120


def test_a_length_over_the_limit_is_not_offered(client: Client) -> None:
    request = make_request(longest_grant=60)
    assert "30 minutes" in text(client.get(address(request)))
    assert "2 hours" not in text(client.get(address(request)))
    assert client.post(address(request), {**APPROVE, "length": "120"}).status_code == 422
    assert state(request) == "pending"


def test_a_press_denies(client: Client) -> None:
    request = make_request()
    response = client.post(address(request), {**APPROVE, "answer": "deny", "comment": "No."})
    assert state(request) == "denied"
    assert "Denied" in text(response)


def test_a_post_without_an_answer_decides_nothing_and_says_so(client: Client) -> None:
    request = make_request()
    response = client.post(address(request), {"comment": "My words."})
    assert response.status_code == 422
    assert "Press Approve or Deny." in text(response)
    assert "My words." in text(response)
    assert state(request) == "pending"


def test_a_post_without_the_csrf_token_decides_nothing() -> None:
    request = make_request()
    assert Client(enforce_csrf_checks=True).post(address(request), APPROVE).status_code == 403
    assert state(request) == "pending"


def test_who_is_signed_in_as_the_invited_person_decides_by_link() -> None:
    client = Client()
    client.force_login(make_user("dana", email=DANA))
    client.post(address(make_request(link_needs_sign_in=True)), APPROVE)
    decision = Decision.objects.get()
    assert (decision.channel, decision.name) == ("link", "dana")


def test_so_does_whoever_had_the_address_when_they_were_asked() -> None:
    dana, client = make_user("dana", email=DANA), Client()
    request, moved = make_request(link_needs_sign_in=True), make_request(link_needs_sign_in=True)
    User.objects.filter(pk=dana.pk).update(email="d.quist@example.com")
    client.force_login(dana)
    client.post(address(request), APPROVE)
    assert Decision.objects.get(request=request).person == dana

    make_user("another", email=DANA)
    assert client.post(address(moved), APPROVE).status_code == 403
    assert state(moved) == "pending"


def test_where_sign_in_is_needed_a_link_alone_shows_the_mail_buttons(client: Client) -> None:
    request = make_request(link_needs_sign_in=True)
    page = text(client.get(address(request)))
    assert "mailto:reply%2B" in page
    assert "body=APPROVE" in page
    assert 'name="answer"' not in page
    assert "/sign-in/?next=/d/" in page


def test_where_sign_in_is_needed_a_link_alone_does_not_decide(client: Client) -> None:
    request = make_request(link_needs_sign_in=True)
    assert client.post(address(request), APPROVE).status_code == 403
    assert state(request) == "pending"


def test_somebody_elses_session_does_not_decide_for_the_invited_person() -> None:
    client = Client()
    client.force_login(make_user("mallory", role="Administrators", email="mallory@example.com"))
    request = make_request(link_needs_sign_in=True)
    response = client.post(address(request), APPROVE)
    assert response.status_code == 403
    assert "This link was sent to someone else." in text(response)
    assert state(request) == "pending"


def test_the_requester_does_not_decide_by_a_link_that_reached_him() -> None:
    request = make_request()
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    response = Client().post(address(request), APPROVE)
    assert OWN_REQUEST in unescape(text(response))
    assert state(request) == "pending"


def deny_as_lee(request: ApprovalRequest) -> None:
    decider = Decider("reply", invitation=invitation_of(request, LEE))
    decide(number=request.number, decider=decider, answer="deny", comment="Use the package.")


def test_who_looks_after_the_decision_learns_who_decided_what(client: Client) -> None:
    request = make_request()
    deny_as_lee(request)
    response = client.get(address(request))
    assert response.status_code == 410
    assert f"{request} was denied already, by {LEE}." in strip_tags(text(response))
    assert "Use the package." in text(response)


def test_who_answers_after_the_decision_changes_nothing_and_keeps_his_words(client: Client) -> None:
    request = make_request()
    deny_as_lee(request)
    response = client.post(address(request), {**APPROVE, "comment": "My words."})
    assert response.status_code == 409
    assert "My words." in text(response)
    assert state(request) == "denied"
    assert Decision.objects.count() == 1


def test_who_sends_the_same_answer_again_learns_that_it_was_taken(client: Client) -> None:
    request = make_request()
    answer = {"answer": "deny", "comment": "Use the packaged version."}
    client.post(address(request), answer)
    again = client.post(address(request), answer)

    assert again.status_code == 200
    assert "Your answer was recorded." in text(again)
    assert "not sent" not in text(again)
    other = client.post(address(request), {"answer": "deny", "comment": "Something else."})
    assert other.status_code == 409
    assert "Your comment was not sent" in text(other)


@pytest.mark.parametrize("second", [{"length": "30"}, {"length": ""}, {"answer": "deny"}])
def test_who_goes_back_and_answers_otherwise_learns_that_nothing_was_changed(
    client: Client, second: dict[str, str]
) -> None:
    request = make_request()
    first = {"answer": "approve", "length": "1440", "comment": ""}
    client.post(address(request), first)
    response = client.post(address(request), first | second)
    assert response.status_code == 409
    assert "Nothing was changed." in text(response)
    assert "recorded" not in text(response)
    assert f"You approved {request}." in strip_tags(text(response))
    assert Grant.objects.get().minutes == 1440


def test_who_opens_the_link_again_after_deciding_is_told_what_they_did(client: Client) -> None:
    request = make_request()
    client.post(address(request), {"answer": "deny", "comment": ""})
    page = text(client.get(address(request)))

    assert f'You denied <span class="together">{request}</span>.' in page
    assert "denied already" not in page


def test_a_link_of_an_expired_request_says_so(client: Client) -> None:
    request = make_request()
    let_expire(request)
    response = client.get(address(request))
    assert response.status_code == 410
    assert "expired" in text(response)


@pytest.mark.parametrize("token", ["nonsense", "a" * 26, "A2" * 13, "x" * 200, "%00", "..%2f"])
def test_a_link_that_names_no_invitation_helps(client: Client, token: str) -> None:
    response = client.get(f"/d/{token}")
    assert response.status_code == 404


def test_a_reply_token_is_no_link_token(client: Client) -> None:
    from approvals.tokens import reply_token

    invitation = invitation_of(make_request())
    token = reply_token(invitation.pk, invitation.key_number)
    response = client.get(f"/d/{token}")
    assert response.status_code == 404
    assert "This link isn't valid" in text(response)


def test_a_mailto_holds_no_line_break_of_a_file_name(client: Client) -> None:
    plea = make_plea(file_name="a\r\nBcc: x@evil.example\r\n.exe")
    page = text(client.get(address(make_request(link_needs_sign_in=True, plea=plea))))
    assert "%0D" not in page
    assert "%0A" not in page


def test_a_refused_answer_of_the_requester_asks_others(client: Client) -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,))
    make_user("a.miller", email=DANA, accounts=("EXAMPLE\\alice",))
    assert OWN_REQUEST in unescape(text(client.post(address(request), APPROVE)))
    ask_again()
    assert request.invitations.filter(address=LEE).exists()


def test_after_the_last_of_two_answers_it_says_what_was_granted(client: Client) -> None:
    request = make_request(approvals_needed=2)
    first = text(client.post(address(request), {**APPROVE, "length": "120"}))
    assert "2 approvals are needed." in first
    last = text(client.post(address(request, LEE), {**APPROVE, "length": "1440"}))
    assert "Approved for 2 hours" in last
    assert "The shortest approval counts." in last


@pytest.mark.parametrize(
    ("pause", "words"),
    [(60, "if they start the program again within 1 hour."), (0, "so tell them yourself.")],
)
def test_whoever_cannot_be_notified_learns_of_it_while_identical_requests_are_denied(
    client: Client, pause: int, words: str
) -> None:
    request = make_request(waits=False, pause_after_denial=pause)
    assert words in text(client.post(address(request), {**APPROVE, "answer": "deny"}))


@pytest.mark.parametrize(("waits", "domain"), [(False, ""), (True, ""), (False, "example.com")])
def test_the_user_is_said_to_be_notified_only_if_that_is_possible(
    client: Client,
    *,
    waits: bool,
    domain: str,
) -> None:
    request = make_request(waits=waits, mail_domain=domain)
    page = text(client.post(address(request), {"answer": "deny", "comment": "Too risky."}))
    assert ("alice is notified now, with your comment" in page) == bool(waits or domain)
    assert ("No email address of alice is known" in page) == (not waits and not domain)
