"""Escalation to the requester's manager and to a role: who is asked then, and what they may do."""

import json
from typing import Any

import pytest
from django.utils import timezone

from approvals.errors import NotAllowed
from approvals.models import ApprovalRequest
from approvals.pages.timeline import request_with_history, timeline
from approvals.services import Decider, ask_again, decide
from core.alerts.models import Alert
from core.audit.models import Payload
from core.dates import day
from core.people.models import User
from tests.approvals.services.test_asking_again import SAM, answer, let_come, mails
from tests.factories import DANA, LEE, make_request, make_user, signed_in
from tests.items.makers import KINDS, make_item, save

pytestmark = pytest.mark.django_db
KIM = "kim@example.com"


@pytest.fixture
def alice() -> User:
    """Who asks; kim is her manager."""
    alice = make_user("alice", accounts=("EXAMPLE\\alice",))
    alice.manager = make_user("kim", email=KIM, accounts=("EXAMPLE\\kim",))
    alice.save()
    return alice


def escalated(**process: Any) -> ApprovalRequest:
    """A request that nobody decided in time."""
    request = make_request(escalate_after=60, **process)
    let_come(request, "escalate_at")
    ask_again()
    return request


def asked(request: ApprovalRequest) -> dict[str, str]:
    """Who was asked beside dana and lee, and why."""
    invited = request.invitations.exclude(address__in=(DANA, LEE))
    return {one.address: one.asked_as_words for one in invited}


def why(request: ApprovalRequest, address: str, purpose: str = "request") -> str:
    """What their mail says, in both parts, of why they are asked; "" if it says nothing."""
    draft = request.mails.get(recipient=address, purpose=purpose).draft
    said = [line for line in draft.text.splitlines() if line.startswith("You are asked")]
    assert all(line.replace("'", "&#x27;") in (draft.html or "") for line in said)
    return "".join(said)


def record_of(request: ApprovalRequest) -> Any:
    entry = Payload.objects.get(entry__verb="escalate", entry__object_id=str(request.number))
    return json.loads(entry.text)["facts"]


@pytest.mark.usefixtures("alice")
def test_the_requesters_manager_is_asked_then_and_may_answer() -> None:
    request = escalated(escalate_to_manager=True, escalate_to=(SAM,))
    assert asked(request) == {SAM: "", KIM: "the requester's manager"}
    answer(request, KIM)
    request.refresh_from_db()
    assert request.state == "approved"


def test_without_a_manager_the_fallback_is_asked() -> None:
    request = escalated(escalate_to_manager=True, manager_fallback=SAM)
    assert asked(request) == {SAM: ""}


def test_with_neither_the_bell_says_so_and_nothing_is_approved() -> None:
    request = escalated(escalate_to_manager=True)
    assert asked(request) == {}
    request.refresh_from_db()
    assert request.is_pending
    assert "there is nobody else to ask" in Alert.objects.get().text


def test_a_manager_who_may_be_the_requester_is_not_asked(alice: User) -> None:
    assert alice.manager is not None
    alice.manager.endpoint_accounts.create(name="OTHER\\alice")
    assert asked(escalated(escalate_to_manager=True, manager_fallback=SAM)) == {SAM: ""}


def test_whoever_holds_the_role_then_is_asked_once_except_the_requester(alice: User) -> None:
    make_user("dana", role="Helpdesk", email="dana@corp.example.com").mail_addresses.create(
        address=DANA
    )
    for name in ("gone", "silent", "sam"):
        make_user(name, role="Helpdesk", email=f"{name}@example.com")
    User.objects.filter(name="gone").update(is_active=False)
    User.objects.filter(name="silent").update(email="")
    alice.groups.set(User.objects.get(name="sam").groups.all())
    User.objects.filter(name="alice").update(email="alice@example.com")
    request = make_request(escalate_after=60, escalate_to_role="Helpdesk")
    make_user("new", role="Helpdesk", email="new@example.com")
    let_come(request, "escalate_at")
    ask_again()
    why = "a holder of the role Helpdesk"
    assert asked(request) == {SAM: why, "new@example.com": why}
    assert mails(request, "request") == [DANA, LEE, "new@example.com", SAM]


def test_a_role_that_decides_nothing_elsewhere_may_decide_this_request_while_it_is_held() -> None:
    sam = make_user("sam", role="Windows Administrators", email=SAM)
    first, second = (escalated(escalate_to_role="Windows Administrators") for _ in range(2))
    answer(first, SAM)
    first.refresh_from_db()
    assert first.state == "approved"
    sam.groups.clear()
    with pytest.raises(NotAllowed, match="no longer has it"):
        answer(second, SAM)


def test_too_few_who_can_decide_ask_the_role_at_once() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    make_user("sam", role="Helpdesk", email=SAM)
    request = make_request(to_addresses=(DANA,), escalate_to_role="Helpdesk")
    ask_again()
    assert mails(request, "request") == [SAM]
    assert not Alert.objects.exists()


def test_the_mail_says_who_did_not_answer_and_so_does_its_reminder() -> None:
    make_user("dana", email=DANA, role="Users")
    User.objects.filter(name="dana").update(first_name="Dana", last_name="Diaz")
    request = escalated(escalate_to=(SAM,), remind_after=120)
    words = f"You are asked because Dana Diaz and {LEE} didn't answer within 1 hour."
    assert (why(request, SAM), why(request, DANA)) == (words, "")
    let_come(request, "remind_at")
    ask_again()
    assert why(request, SAM, "reminder") == words


def test_of_a_quorum_only_those_are_named_who_did_not_answer() -> None:
    request = make_request(escalate_after=240, escalate_to=(SAM,), approvals_needed=2)
    answer(request, DANA)
    let_come(request, "escalate_at")
    ask_again()
    assert why(request, SAM) == f"You are asked because {LEE} didn't answer within 4 hours."


def test_who_approved_in_the_console_is_not_said_to_be_silent() -> None:
    dana = make_user("dana", role="Helpdesk", email=DANA)
    request = make_request(escalate_after=60, escalate_to=(SAM,), approvals_needed=2)
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")
    let_come(request, "escalate_at")
    ask_again()
    assert why(request, SAM) == f"You are asked because {LEE} didn't answer within 1 hour."


def test_who_was_asked_at_once_is_not_told_of_hours_that_had_not_passed() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    request = make_request(
        escalate_after=240, escalate_to=(SAM,), approvals_needed=2, remind_after=60
    )
    ask_again()
    let_come(request, "remind_at")
    ask_again()
    said = "You are asked because too few others can decide."
    assert (why(request, SAM), why(request, SAM, "reminder")) == (said, said)


@pytest.mark.usefixtures("alice")
def test_a_manager_and_a_holder_of_a_role_read_as_what_they_are_asked() -> None:
    make_user("sam", role="Helpdesk", email=SAM)
    request = escalated(to_addresses=(DANA,), escalate_to_manager=True, escalate_to_role="Helpdesk")
    because = f"because {DANA} didn't answer within 1 hour."
    assert why(request, KIM) == f"You are asked as the requester's manager, {because}"
    assert why(request, SAM) == f"You are asked as a holder of the role Helpdesk, {because}"
    at_once = make_request(to_addresses=(), asks_manager=True)
    assert why(at_once, KIM) == "You are asked as the requester's manager."


def test_a_delegate_reads_for_whom_and_why() -> None:
    sam = make_user("sam", email=SAM)
    sam.delegate, sam.delegate_until = make_user("kim", email=KIM), timezone.localdate()
    sam.save()
    request = escalated(to_addresses=(DANA,), escalate_to=(SAM,))
    assert why(request, KIM) == (
        f"You are asked for {SAM}, who is away until {day(timezone.localdate())}, "
        f"because {DANA} didn't answer within 1 hour."
    )


def test_where_too_few_can_decide_the_mail_says_that() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    request = make_request(to_addresses=(DANA,), escalate_to=(SAM,), escalate_after=60)
    ask_again()
    assert why(request, SAM) == "You are asked because too few others can decide."


def test_timeline_page_and_record_say_why_somebody_was_asked(alice: User) -> None:
    make_user("sam", role="Helpdesk", email=SAM)
    request = escalated(escalate_to_manager=True, escalate_to_role="Helpdesk")
    found = request_with_history(request.number)
    assert found is not None
    text = " ".join(event.text for event in timeline(found))
    assert f"{KIM} is asked as the requester's manager." in text
    assert f"{SAM} is asked as a holder of the role Helpdesk." in text
    page = signed_in().get(f"/approvals/{request}/").content.decode()
    assert "sam, a holder of the role Helpdesk" in page
    assert record_of(request)["asked_as"] == {
        KIM: "the requester's manager",
        SAM: "a holder of the role Helpdesk",
    }


def test_the_form_takes_manager_and_role_and_refuses_a_manager_who_is_asked_anyway() -> None:
    _, family, kind = next(each for each in KINDS if each[0] == "approval_processes:email")
    browser, process = signed_in(), make_item(family, kind)
    given = {"escalate_after_amount": "1", "escalate_after_unit": "hours"}
    assert "Saved." in save(browser, process, **given, escalate_to_role="Helpdesk")
    process.refresh_from_db()
    twice = save(browser, process, asks_manager="on", escalate_to_manager="on")
    assert "the requester's manager is asked from the start" in twice
    assert "Saved." in save(browser, process, **given, escalate_to_manager="on")
