"""64 answers to one request in one moment, by replies, links and the console: one of them decides."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from approvals.models import ApprovalRequest, Decision, Grant, IncomingMail, OutgoingMail
from approvals.tokens import link_token
from tests.approvals.replies import bring_in, make_reply
from tests.at_once import at_once
from tests.factories import invitation_of, make_request, signed_in

REPLIES, LINKS, CONSOLES = 24, 20, 20
CLOSED = 409


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_of_64_answers_at_once_one_decides_and_everyone_is_told() -> None:
    approvers = tuple(f"approver{number}@example.com" for number in range(REPLIES + LINKS))
    request = make_request(to_addresses=approvers)
    OutgoingMail.objects.update(state="sent")
    sides = ["approve" if number % 2 else "deny" for number in range(64)]

    def reply(address: str, answer: str) -> Callable[[], object]:
        raw = make_reply(invitation_of(request, address), answer.upper())
        return lambda: bring_in(raw)

    def link(address: str, answer: str) -> Callable[[], HttpResponse]:
        invitation, client = invitation_of(request, address), Client()
        page = f"/d/{link_token(invitation.pk, invitation.key_number)}"
        data = {"answer": answer, "length": "", "comment": "at once"}
        return lambda: client.post(page, data)

    def console(answer: str) -> Callable[[], HttpResponse]:
        client = signed_in("Administrators")
        data = {"kind": "once", "amount": "", "unit": "minutes", "comment": "at once"}
        return lambda: client.post(f"/approvals/PM-{request.number}/{answer}/", data)

    answers = iter(sides)
    mails = [reply(address, next(answers)) for address in approvers[:REPLIES]]
    pages = [link(address, next(answers)) for address in approvers[REPLIES:]]
    dialogs = [console(next(answers)) for _ in range(CONSOLES)]
    results = at_once(*mails, *pages, *dialogs)

    request.refresh_from_db()
    final = Decision.objects.get()
    assert request.state == {"approve": "approved", "deny": "denied"}[final.answer]
    assert request.final_decision == final
    assert Grant.objects.count() == (final.answer == "approve")

    outcomes = sorted(IncomingMail.objects.values_list("outcome", flat=True))
    by_mail = final.channel == "reply"
    assert outcomes == sorted([final.answer] * by_mail + ["closed"] * (REPLIES - by_mail))
    told = [response.content.decode() for response in results[REPLIES:]]
    statuses = [response.status_code for response in results[REPLIES:]]
    assert statuses.count(CLOSED) == LINKS + CONSOLES - (not by_mail)
    assert set(statuses) <= {200, 302, CLOSED}
    word = {"approve": "approved", "deny": "denied"}[final.answer]
    for text, status in zip(told, statuses, strict=True):
        assert status != CLOSED or word in text.lower()

    by_address = set(
        OutgoingMail.objects.filter(purpose="outcome").values_list("recipient", flat=True)
    )
    late = set(OutgoingMail.objects.filter(purpose="closed").values_list("recipient", flat=True))
    assert by_address == set(approvers)
    assert late == set(approvers[:REPLIES]) - ({final.name} if by_mail else set())
    assert ApprovalRequest.objects.count() == 1
