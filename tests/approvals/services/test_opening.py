"""Opening a request: what is frozen, who is invited, what is refused."""

from dataclasses import replace

import pytest

from approvals.errors import NoApprovers, RecentlyDenied, TooManyPending
from approvals.models import ApprovalProcess, ApprovalRequest, MailDraft, OutgoingMail
from approvals.services import Decider, decide, open_request
from approvals.terms import Rights
from core.alerts.models import Alert
from core.audit.models import Entry
from core.audit.services import verify
from core.people.models import User
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    let_expire,
    make_plea,
    make_process,
    make_request,
    make_type,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_request_invitations_and_outbox_rows_are_made_together() -> None:
    request = make_request()

    assert request.is_pending
    assert {i.address for i in request.invitations.all()} == {DANA, LEE}
    mails = OutgoingMail.objects.filter(request=request, purpose="request")
    assert {mail.recipient for mail in mails} == {DANA, LEE}
    assert {mail.state for mail in mails} == {"queued"}


def test_neither_rows_nor_queue_hold_a_token() -> None:
    from approvals.tokens import link_token, reply_token

    request = make_request()
    drafts = str(list(MailDraft.objects.values_list("subject", "text", "html")))
    assert "asks to run" in drafts
    for invitation in request.invitations.all():
        for token in (
            reply_token(invitation.pk, invitation.key_number),
            link_token(invitation.pk, invitation.key_number),
        ):
            assert len(token) == 26
            assert token not in drafts
            assert token not in (invitation.reply_hash, invitation.link_hash)


def test_the_same_plea_is_pending_at_most_once() -> None:
    plea, approval_type = make_plea(), make_type()
    first = make_request(plea=plea, type=approval_type)
    again = make_request(plea=plea, type=approval_type)

    assert again == first
    assert ApprovalRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_plea_asked_at_once_by_several_opens_one_request() -> None:
    plea, approval_type = make_plea(), make_type()
    opened = at_once(*[lambda: make_request(plea=plea, type=approval_type)] * 6)

    assert len(set(opened)) == 1
    assert list(verify()) == []


def test_a_sixth_pending_request_of_an_account_is_refused() -> None:
    approval_type = make_type()
    for _ in range(5):
        make_request(type=approval_type)

    with pytest.raises(TooManyPending, match="5 pending requests"):
        make_request(type=approval_type)


def test_a_plea_just_denied_is_refused_for_a_while() -> None:
    plea, approval_type = make_plea(), make_type()
    request = make_request(plea=plea, type=approval_type)
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")

    with pytest.raises(RecentlyDenied):
        make_request(plea=plea, type=approval_type)


def test_a_type_without_a_process_is_refused() -> None:
    approval_type = make_type()
    approval_type.process = None

    with pytest.raises(NoApprovers, match="no approval process"):
        open_request(plea=make_plea(), approval_type=approval_type, reason="x", waits=True)


def test_the_requester_is_never_invited_by_whatever_address() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\ALICE",))

    request = make_request(to_addresses=("Dana+work@example.com", LEE))

    assert [i.address for i in request.invitations.all()] == [LEE]


def test_nobody_is_asked_whose_account_is_disabled() -> None:
    make_user("dana", email=DANA)
    User.objects.update(is_active=False)
    request = make_request(to_addresses=(DANA, LEE))
    assert [each.address for each in request.invitations.all()] == [LEE]


def test_the_mail_domain_of_a_process_recognises_the_requester() -> None:
    request = make_request(to_addresses=("alice@corp.example", LEE), mail_domain="corp.example")

    assert [i.address for i in request.invitations.all()] == [LEE]


@pytest.mark.parametrize(
    "domains",
    [
        ("corp.example", ""),
        ("", "corp.example"),
        ("corp.example", "other.example"),
        ("other.example", "corp.example"),
    ],
)
def test_so_does_that_of_the_process_that_sends_and_that_of_the_one_that_decides(
    domains: tuple[str, str],
) -> None:
    decides = make_process(to_addresses=("alice@corp.example", LEE), mail_domain=domains[1])
    sends = make_process(to_addresses=(DANA,), mail_domain=domains[0], start_activity=decides)
    request = make_request(type=make_type(sends))

    assert [i.address for i in request.invitations.all()] == [LEE]


def test_the_process_that_decides_says_who_is_asked_and_the_other_only_sends() -> None:
    decides = make_process(
        to_addresses=(LEE,),
        from_address="leads@example.com",
        approvals_needed=1,
        escalate_to=("kim@example.com",),
        escalate_after=30,
        expires_after=60,
    )
    sends = make_process(
        to_addresses=(DANA,),
        from_address="approvals@example.com",
        from_name="Approvals",
        approvals_needed=2,
        escalate_to=("max@example.com",),
        start_activity=decides,
    )
    request = make_request(type=make_type(sends))

    assert [i.address for i in request.invitations.all()] == [LEE]
    assert request.terms.escalate_to == ("kim@example.com",)
    assert (request.terms.approvals_needed, request.terms.expires_after) == (1, 60)
    mail = request.mails.get()
    assert (mail.sender, mail.sender_name) == ("approvals@example.com", "Approvals")


def test_a_sole_approver_who_asks_himself_leaves_nobody_and_alerts() -> None:
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))

    request = make_request(to_addresses=(DANA,))

    assert request.is_pending
    assert not request.invitations.exists()
    assert "Decide in Manage Approvals" in Alert.objects.get().text


def test_later_edits_of_the_process_do_not_touch_an_open_request() -> None:
    process = make_process(longest_grant=60)
    request = make_request(type=make_type(process))

    ApprovalProcess.objects.filter(pk=process.pk).update(settings={"longest_grant": 9999})

    request.refresh_from_db()
    assert request.terms.longest_grant == 60


def test_a_manual_process_invites_nobody_by_mail() -> None:
    request = make_request(type=make_type(make_process(kind="manual")))

    assert not OutgoingMail.objects.exists()
    assert not request.invitations.exists()


def test_opening_is_written_to_the_audit_trail() -> None:
    request = make_request()

    entry = Entry.objects.get(verb="open")
    assert entry.object_id == str(request.number)
    assert list(verify()) == []


def test_what_expired_makes_room_though_another_plea_for_the_same_file_expired_too() -> None:
    kind, user = make_type(), make_plea()
    administrator = replace(user, plea_key=make_plea().plea_key, rights=Rights(run_as="root"))
    for request in [make_request(type=kind, plea=plea) for plea in (user, administrator)]:
        let_expire(request)
    assert make_request(type=kind, plea=administrator).is_pending


@pytest.mark.parametrize("approvers", [2, 10])
def test_the_number_of_statements_does_not_grow_with_the_approvers(
    approvers: int, django_assert_num_queries
) -> None:
    addresses = [f"approver{number}@example.com" for number in range(approvers)]
    for number, address in enumerate(addresses):
        make_user(f"approver{number}", email=address)
    approval_type = make_type(make_process(to_addresses=addresses))
    with django_assert_num_queries(25):
        open_request(plea=make_plea(), approval_type=approval_type, reason="Tender", waits=True)
    assert OutgoingMail.objects.count() == approvers
