"""Approve, Deny, several at once, Revoke: who may, what is stored, what is said, what is refused."""

from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from approvals.eligibility import OWN_REQUEST
from approvals.models import ApprovalRequest, Decision, Grant
from approvals.services import Decider, ask_again, decide
from tests.factories import DANA, LEE, invitation_of, make_plea, make_request, make_user, signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ONCE = {"kind": "once", "unit": "hours", "amount": "1", "comment": ""}


def address(request: ApprovalRequest, verb: str) -> str:
    return f"/approvals/{request}/{verb}/"


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def approve_by_mail(request: ApprovalRequest, **more: object) -> Decision:
    decider = Decider("reply", invitation=invitation_of(request))
    return decide(number=request.number, decider=decider, answer="approve", **more)


@pytest.mark.parametrize("verb", ["approve", "deny"])
@pytest.mark.parametrize(
    ("role", "status"),
    [("", 403), ("Users", 403), ("Auditors", 403), ("Helpdesk", 302), ("Administrators", 302)],
)
def test_only_helpdesk_and_administrators_decide(verb: str, role: str, status: int) -> None:
    request = make_request()
    response = signed_in(role).post(address(request, verb), ONCE)
    assert response.status_code == status
    assert Decision.objects.exists() == (status == 302)


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_a_visitor_without_session_decides_nothing(client: Client, verb: str) -> None:
    request = make_request()
    assert client.post(address(request, verb), ONCE)["Location"].startswith("/sign-in/")
    assert state(request) == "pending"


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_looking_at_the_dialog_decides_nothing(verb: str) -> None:
    request = make_request()
    page = signed_in("Helpdesk").get(address(request, verb)).content.decode()
    assert "<dialog" in page
    assert '<div class="app" inert>' in page
    assert state(request) == "pending"


def test_a_form_without_the_csrf_token_decides_nothing() -> None:
    request = make_request()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(role="Helpdesk"))
    assert client.post(address(request, "approve"), ONCE).status_code == 403
    assert state(request) == "pending"


def test_approving_stores_who_how_and_the_comment() -> None:
    request = make_request()
    response = signed_in("Helpdesk", "hal").post(
        address(request, "approve"), {**ONCE, "comment": "Fine."}, follow=True
    )

    decision = Decision.objects.get()
    assert (decision.name, decision.channel, decision.comment) == ("hal", "console", "Fine.")
    assert Grant.objects.get().one_time
    assert f"{request} approved, One Time." in strip_tags(response.content.decode())


@pytest.mark.parametrize(
    ("amount", "unit", "minutes"), [("30", "minutes", 30), ("2", "hours", 120), ("1", "days", 1440)]
)
def test_a_timed_approval_lasts_as_long_as_chosen(amount: str, unit: str, minutes: int) -> None:
    request = make_request()
    data = {"kind": "timed", "amount": amount, "unit": unit, "comment": ""}
    signed_in("Helpdesk", "hal").post(address(request, "approve"), data)
    assert Decision.objects.get().minutes == minutes


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("2", "days", "2 days is longer than this process allows. Maximum: 1 day."),
        ("0", "hours", "Enter the number of hours, for example 2."),
        ("", "hours", "Enter the number of hours, for example 2."),
        ("9" * 30, "weeks", "longer than this process allows"),
    ],
)
def test_a_length_that_is_not_possible_is_refused_and_nothing_typed_is_lost(
    amount: str, unit: str, said: str
) -> None:
    request = make_request()
    data = {"kind": "timed", "amount": amount, "unit": unit, "comment": "My words."}
    response = signed_in("Helpdesk", "hal").post(address(request, "approve"), data)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "My words." in page
    assert state(request) == "pending"


def test_a_denial_keeps_its_comment_for_the_user() -> None:
    request = make_request()
    signed_in("Helpdesk", "hal").post(
        address(request, "deny"), {"comment": "Use the packaged version."}
    )
    assert state(request) == "denied"
    assert Decision.objects.get().comment == "Use the packaged version."


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_who_comes_too_late_learns_who_decided_and_loses_nothing(
    verb: str, headers: dict[str, str]
) -> None:
    request = make_request()
    approve_by_mail(request)
    data = {**ONCE, "comment": "My words."}
    response = signed_in("Helpdesk").post(address(request, verb), data, headers=headers)

    page = response.content.decode()
    assert response.status_code == 409
    assert f"{request} was approved already, by dana@example.com." in strip_tags(page)
    assert "My words." in page
    assert Decision.objects.count() == 1


def test_nobody_decides_on_his_own_request() -> None:
    client = Client()
    client.force_login(make_user("alice", role="Helpdesk", accounts=("EXAMPLE\\alice",)))
    request = make_request()
    response = client.post(address(request, "approve"), ONCE)
    assert response.status_code == 409
    assert OWN_REQUEST in unescape(response.content.decode())
    assert state(request) == "pending"


def test_a_refused_answer_of_the_requester_asks_others() -> None:
    request = make_request(to_addresses=(DANA,), escalate_to=(LEE,))
    client = Client()
    accounts = ("EXAMPLE\\alice",)
    client.force_login(make_user("a.miller", role="Helpdesk", email=DANA, accounts=accounts))
    client.post("/approvals/bulk/", {"request": request.number, "verb": "approve", **ONCE})
    ask_again()
    assert request.invitations.filter(address=LEE).exists()


def test_after_the_last_of_two_answers_it_says_what_was_granted() -> None:
    request = make_request(approvals_needed=2)
    approve_by_mail(request)
    data = {"kind": "timed", "amount": "2", "unit": "hours", "comment": ""}
    page = signed_in("Helpdesk").post(address(request, "approve"), data, follow=True)
    said = f"{request} approved, One Time, because the shortest approval counts."
    assert said in strip_tags(page.content.decode())


def test_with_htmx_the_row_turns_to_its_result() -> None:
    request = make_request()
    page = (
        signed_in("Helpdesk").post(address(request, "approve"), ONCE, headers=HTMX).content.decode()
    )
    assert f'id="row-{request.number}"' in page
    assert "Approved, One Time" in page
    assert "<dialog" not in page


def test_where_more_approvals_are_needed_it_says_how_many() -> None:
    request = make_request(approvals_needed=2)
    response = signed_in("Helpdesk").post(address(request, "approve"), ONCE, follow=True)
    assert "1 more needed." in response.content.decode()
    assert state(request) == "pending"


def bulk(verb: str, *requests: ApprovalRequest) -> dict[str, object]:
    return {**ONCE, "verb": verb, "request": [request.number for request in requests]}


def two_requests() -> tuple[ApprovalRequest, ApprovalRequest]:
    return make_request(), make_request(plea=make_plea(account="EXAMPLE\\bob"))


def test_several_are_decided_at_once() -> None:
    first, second = two_requests()
    response = signed_in("Helpdesk").post("/approvals/bulk/", bulk("deny", first, second))
    assert (state(first), state(second)) == ("denied", "denied")
    assert "2 of 2 decided" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_of_several_each_has_its_own_result(headers: dict[str, str]) -> None:
    first, second = two_requests()
    approve_by_mail(first)
    response = signed_in("Helpdesk").post(
        "/approvals/bulk/", bulk("deny", first, second), headers=headers
    )

    page = response.content.decode()
    assert (state(first), state(second)) == ("approved", "denied")
    assert f"{first} was approved already, by dana@example.com." in page
    assert f"{second} denied." in page


def test_pressing_approve_with_nothing_ticked_says_what_to_do() -> None:
    page = signed_in("Helpdesk").get("/approvals/bulk/", {"verb": "approve"}).content.decode()
    assert "No requests selected" in page


@pytest.mark.parametrize(("role", "status"), [("Users", 403), ("Auditors", 403), ("Helpdesk", 200)])
def test_only_who_decides_opens_the_bulk_dialog(role: str, status: int) -> None:
    assert signed_in(role).get("/approvals/bulk/").status_code == status


def test_an_active_grant_is_listed_with_what_it_covers() -> None:
    approve_by_mail(make_request(), minutes=120)
    page = signed_in("Helpdesk").get("/approvals/grants/").content.decode()
    assert "this file only" in page
    assert "Revoke…" in page


def test_revoking_asks_first_and_takes_the_grant_back() -> None:
    approve_by_mail(make_request(), minutes=120)
    grant, client = Grant.objects.get(), signed_in("Helpdesk", "hal")
    address = f"/approvals/grants/{grant.pk}/revoke/"

    assert "Revoke the grant of" in client.get(address).content.decode()
    assert Grant.objects.valid().exists()
    response = client.post(address, {"reason": "The wrong installer."}, follow=True)
    page = strip_tags(response.content.decode())
    assert f"Grant of {grant.request} revoked. It applies from the next run." in page
    assert Grant.objects.get().revoked_by == "hal"


def test_revoking_twice_says_that_it_had_ended() -> None:
    approve_by_mail(make_request())
    address = f"/approvals/grants/{Grant.objects.get().pk}/revoke/"
    client = signed_in("Helpdesk", "hal")
    client.post(address, {"reason": "The wrong installer."})
    response = client.post(address, {"reason": "Once more."})
    assert response.status_code == 409
    assert "This grant had already ended." in response.content.decode()


@pytest.mark.parametrize("role", ["", "Users", "Auditors"])
def test_who_may_not_decide_may_not_revoke(role: str) -> None:
    approve_by_mail(make_request())
    address = f"/approvals/grants/{Grant.objects.get().pk}/revoke/"
    assert signed_in(role).post(address).status_code == 403
    assert Grant.objects.valid().exists()
