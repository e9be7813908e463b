"""Ways to rights without approval that somebody thought of, and what becomes of them."""

import base64
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from approvals.errors import NotAllowed
from approvals.inbox.storing import receive
from approvals.models import ApprovalRequest, OutgoingMail
from approvals.services import Decider, decide, expire_requests
from approvals.tasks import sweep
from approvals.tokens import link_token, reply_token
from core.alerts.models import Alert
from core.people.models import EndpointAccount, MailAddress
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.factories import (
    DANA,
    invitation_of,
    let_expire,
    make_plea,
    make_request,
    make_type,
    make_user,
)

pytestmark = pytest.mark.django_db


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def link(request: ApprovalRequest) -> str:
    invitation = invitation_of(request)
    return f"/d/{link_token(invitation.pk, invitation.key_number)}"


def test_somebody_elses_uid_does_not_hide_who_asks() -> None:
    dana = make_user("dana", email=DANA, accounts=("dana",))
    EndpointAccount.objects.create(user=make_user("bob"), name="bob", identifier="1000")
    request = make_request(plea=make_plea(account="dana", account_id="1000"))

    assert DANA not in [i.address for i in request.invitations.all()]
    with pytest.raises(NotAllowed):
        decide(number=request.number, decider=Decider("console", user=dana), answer="approve")


def test_where_two_people_may_have_asked_neither_is_written_to() -> None:
    make_user("carol", email="carol@example.com", accounts=("carol",))
    bob = make_user("bob", email="bob@example.com")
    EndpointAccount.objects.create(user=bob, name="bob", identifier="1000")
    request = make_request(plea=make_plea(account="carol", account_id="1000"))
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")

    assert not OutgoingMail.objects.filter(purpose="requester_outcome").exists()


def test_a_fully_qualified_account_is_recognised_by_the_mail_domain() -> None:
    request = make_request(plea=make_plea(account=DANA), mail_domain="example.com")

    assert DANA not in [i.address for i in request.invitations.all()]


def test_two_spellings_of_a_domain_are_one() -> None:
    make_user("alice", email="alice@bücher.example", accounts=("EXAMPLE\\alice",))
    request = make_request(to_addresses=("alice@xn--bcher-kva.example",))

    assert not request.invitations.exists()


def test_the_case_of_letters_beyond_ascii_hides_nobody() -> None:
    joerg = make_user("joerg", role="Helpdesk", accounts=("EXAMPLE\\jörg",))
    request = make_request(plea=make_plea(account="EXAMPLE\\JÖRG"))

    with pytest.raises(NotAllowed):
        decide(number=request.number, decider=Decider("console", user=joerg), answer="approve")


def test_a_tagged_address_in_the_profile_does_not_make_two_of_one_person() -> None:
    dana = make_user("dana", email="dana@work.example")
    MailAddress.objects.create(user=dana, address="dana+approvals@example.com")
    tagged = "dana+approvals@example.com"
    request = make_request(to_addresses=(tagged, "lee@example.com"), approvals_needed=2)
    bring_in(make_reply(invitation_of(request, tagged), "approve"))
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")

    assert state(request) == "pending"


def test_spellings_of_one_address_get_one_invitation() -> None:
    request = make_request(to_addresses=(DANA, DANA, "dana@EXAMPLE.com", "lee@example.com"))

    assert sorted(i.address for i in request.invitations.all()) == [DANA, "lee@example.com"]


def test_two_addresses_are_never_merged_and_one_person_counts_once() -> None:
    """A server may deliver dana+b to somebody else; where it doesn't, two answers are one person's."""
    addresses = (DANA, "dana+b@example.com", "Dana@example.com", "lee@example.com")
    request = make_request(to_addresses=addresses, approvals_needed=2)
    assert {i.address for i in request.invitations.all()} == set(addresses)

    for address in addresses[:3]:
        bring_in(make_reply(invitation_of(request, address), "APPROVE"))
    assert state(request) == "pending"
    bring_in(make_reply(invitation_of(request, "lee@example.com"), "APPROVE"))
    assert state(request) == "approved"


def test_one_person_by_two_addresses_is_not_enough_for_two_approvals() -> None:
    request = make_request(to_addresses=(DANA, "dana+b@example.com"), approvals_needed=2)

    alert = Alert.objects.get(key=f"request:{request.number}:approvers")
    assert "it can have only 1" in alert.text


def test_a_link_forwarded_to_the_requester_does_not_decide_in_his_session() -> None:
    alice = make_user("alice", role="Helpdesk", accounts=("EXAMPLE\\alice",))
    request = make_request()
    client = Client()
    client.force_login(alice)
    client.post(link(request), {"answer": "approve", "comment": ""})

    assert state(request) == "pending"


def test_raw_mail_of_an_open_request_shows_no_body_that_could_hide_a_token() -> None:
    request = make_request()
    hidden = base64.b64encode(f"ok\n\n> http://pm{link(request)}\n".encode())
    head = make_reply(invitation_of(request), "x").partition(b"\n\n")[0]
    head = head.replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: base64")
    mail = bring_in(head + b"\n\n" + hidden)
    client = Client()
    client.force_login(make_user(role="Auditors"))
    page = client.get(f"/approvals/messages/{mail.pk}/").content

    assert hidden[:40] not in page


def test_the_row_of_a_stored_message_holds_no_token() -> None:
    invitation = invitation_of(make_request())
    mail = bring_in(make_reply(invitation, "hm"))
    token = reply_token(invitation.pk, invitation.key_number)

    assert token not in str(mail.envelope) + str(mail.reading) + mail.reason


@pytest.mark.parametrize("data", [{"answer": "nonsense"}, {}])
def test_refused_answers_by_link_leave_no_token_in_the_log(
    data: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    request = make_request()
    for handler in logging.getLogger().handlers:
        handler.flush()
    Client(enforce_csrf_checks=True).post(link(request), data)
    Client().post(link(request), data)

    assert link(request) not in capfd.readouterr().err


def test_an_account_that_makes_no_address_does_not_keep_a_request_open() -> None:
    for account in ("EXAMPLE\\" + "a" * 240, "x\r\nBcc: m@evil.example", "EXAMPLE\\", "a b"):
        request = make_request(plea=make_plea(account=account), mail_domain="corp.example")
        let_expire(request)
        assert expire_requests() == 1
    assert not OutgoingMail.objects.filter(purpose="requester_outcome").exists()


def test_a_step_of_the_sweep_that_fails_does_not_stop_the_others() -> None:
    request = make_request()
    mail = make_reply(invitation_of(request), "DENY")
    receive(raw=mail, recipients=(), mail_from="", source="t", peer="", verifies_senders=True)
    broken = make_request()
    ApprovalRequest.objects.filter(pk=broken.pk).update(
        terms_json={}, expires_at=timezone.now() - timedelta(seconds=1)
    )
    sweep()

    assert state(request) == "denied"


@pytest.mark.parametrize("field", [b"Message-ID", b"References", b"In-Reply-To"])
def test_bytes_that_are_no_text_in_an_id_do_not_lose_the_reply(field: bytes) -> None:
    request = make_request()
    raw = make_reply(invitation_of(request), "APPROVE")
    raw = field + b": <\xff@x>\n" + raw.replace(b"Message-ID: <reply@example.com>\n", b"")

    assert bring_in(raw).outcome == "approve"


def test_an_expired_plea_does_not_stand_in_the_way_of_a_new_one() -> None:
    plea, approval_type = make_plea(), make_type()
    old = make_request(plea=plea, type=approval_type)
    let_expire(old)
    new = make_request(plea=plea, type=approval_type)

    assert (state(old), new.is_pending, new.number != old.number) == ("expired", True, True)


def test_a_person_with_a_very_long_name_can_decide() -> None:
    long = make_user("long")
    long.first_name, long.last_name = "F" * 150, "L" * 150
    long.save()
    request = make_request()
    decide(number=request.number, decider=Decider("console", user=long), answer="deny")

    assert state(request) == "denied"


def test_the_envelopes_recipient_leads_to_the_invitation_too() -> None:
    """Of mail that was written to us; tests/attacks/test_mail_senders.py has the rest."""
    request = make_request()
    invitation = invitation_of(request)
    original = OutgoingMail.objects.get(invitation=invitation)
    mail = bring_in(
        make_reply(
            invitation,
            "APPROVE",
            to="undisclosed@example.com",
            In_Reply_To=original.message_id,
        ),
        recipients=(address_of(invitation),),
    )

    assert (mail.invitation, state(request)) == (invitation, "approved")
