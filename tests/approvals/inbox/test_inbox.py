"""Incoming mail: stored once, read at least once, counted at most once; each refusal says why."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.inbox.finding import find_invitation
from approvals.inbox.reading import process, process_left_over
from approvals.inbox.smtp_protocol import Received
from approvals.inbox.storing import known_address, receive
from approvals.management.commands import receive_mail
from approvals.models import Decision, Grant, IncomingMail, Invitation, OutgoingMail
from approvals.reply import Keys
from approvals.services import Decider, decide
from core.alerts.models import Alert
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.factories import DANA, LEE, invitation_of, let_expire, make_request, make_user

pytestmark = pytest.mark.django_db


def sent(purpose: str) -> list[str]:
    mails = OutgoingMail.objects.filter(purpose=purpose)
    return list(mails.values_list("recipient", flat=True))


@pytest.mark.parametrize(
    ("text", "state", "minutes"),
    [
        ("APPROVE", "approved", None),
        ("Approve for 2 hours\nFine for the tender.", "approved", 120),
        ("DENY\nUse the packaged version.", "denied", None),
    ],
)
def test_a_clear_reply_decides(text: str, state: str, minutes: int | None) -> None:
    request = make_request()
    mail = bring_in(make_reply(invitation_of(request), text))

    request.refresh_from_db()
    decision = Decision.objects.get()
    assert (request.state, decision.minutes, decision.channel) == (state, minutes, "reply")
    assert decision.incoming == mail
    assert decision.evidence["message_sha256"] == mail.sha256
    assert decision.comment == text.partition("\n")[2]


def test_an_answer_below_our_email_counts_if_what_it_came_from_is_named() -> None:
    request = make_request()
    OutgoingMail.objects.update(sender="noreply@corp.example", sender_name="Approvals")
    quote = "> Write your answer above this line\n"
    for name, state in (("Bob", "pending"), ("Approvals <noreply@corp.example>", "approved")):
        text = f"On 14/07/2026 09:26, {name} wrote:\n{quote}\nApprove\n"
        bring_in(make_reply(invitation_of(request), text))
        request.refresh_from_db()
        assert request.state == state


@pytest.mark.parametrize("purpose", ["outcome", "closed"])
def test_a_denial_in_answer_to_a_notice_that_it_is_decided_is_told_that_it_is_too_late(
    purpose: str,
) -> None:
    request = make_request()
    OutgoingMail.objects.update(state="sent")
    bring_in(make_reply(invitation_of(request, LEE), "APPROVE FOR 1 DAY"))
    if purpose == "closed":
        bring_in(make_reply(invitation_of(request), "DENY"))
        Invitation.objects.update(last_closed_at=None)
    notice = OutgoingMail.objects.get(recipient=DANA, purpose=purpose)
    before = len(sent("closed"))
    for thread in ({}, {"In_Reply_To": notice.message_id, "References": notice.message_id}):
        to = "approvals@example.com" if thread else ""
        raw = make_reply(invitation_of(request), "DENY. This is malware.", to=to, **thread)
        assert bring_in(raw).outcome == "closed"
    assert len(sent("closed")) == before + 1  # one within an hour


def test_a_message_is_stored_encrypted_and_shown_whole_to_who_may() -> None:
    raw = make_reply(invitation_of(make_request()), "APPROVE")
    mail = bring_in(raw)

    assert b"APPROVE" not in bytes(mail.encrypted_raw)
    assert mail.raw() == raw


def test_the_same_message_twice_is_stored_once_and_counts_once() -> None:
    raw = make_reply(invitation_of(make_request(approvals_needed=2)), "APPROVE")
    first, second = bring_in(raw), bring_in(raw)

    assert first == second
    assert Decision.objects.count() == 1


def test_a_message_stored_before_a_death_is_read_after_the_restart() -> None:
    request = make_request()
    raw = make_reply(invitation_of(request), "APPROVE")
    receive(raw=raw, recipients=(), mail_from="", source="listener", peer="", verifies_senders=True)

    assert process_left_over() == 1
    assert process_left_over() == 0
    request.refresh_from_db()
    assert request.state == "approved"


def test_what_the_listener_takes_without_an_envelope_sender_decides_nothing() -> None:
    raw = make_reply(invitation_of(make_request()), "No, I am away until Monday.")
    receive_mail.store(Received(raw, "", (), "127.0.0.1", verifies_senders=True, signed_in=False))

    assert process_left_over() == 1
    assert IncomingMail.objects.get().outcome == "ignored"


def test_processing_again_does_nothing() -> None:
    mail = bring_in(make_reply(invitation_of(make_request(approvals_needed=2)), "APPROVE"))
    process(mail.pk)
    process(uuid.uuid4())

    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("results", "sender"),
    [
        ("", ""),
        ("mx.example.com; dmarc=fail header.from=example.com", ""),
        ("mx.evil.example; dmarc=pass header.from=example.com", ""),
        ("mx.example.com; dmarc=pass header.from=example.com", "mallory@example.com"),
        ("mx.example.com; spf=pass smtp.mailfrom=example.com", ""),
    ],
)
def test_an_unproved_or_foreign_sender_is_rejected_and_administrators_are_alerted(
    results: str, sender: str
) -> None:
    request = make_request()
    mail = bring_in(make_reply(invitation_of(request), "APPROVE", results=results, sender=sender))

    request.refresh_from_db()
    assert (mail.outcome, request.state) == ("rejected", "pending")
    assert "rejected and nothing was decided" in Alert.objects.get().text
    assert sent("unclear") == []


def test_an_invited_approver_is_told_once_that_someone_else_used_the_reply_address() -> None:
    invitation = invitation_of(make_request())
    for text in ("APPROVE", "DENY"):
        bring_in(make_reply(invitation, text, sender="mallory@example.com"))

    told = OutgoingMail.objects.get(purpose="stranger")
    assert told.recipient == DANA
    assert "The reply came from: mallory@example.com" in told.draft.text


def test_nobody_is_told_of_a_stranger_who_is_not_proven() -> None:
    invitation = invitation_of(make_request())
    bring_in(make_reply(invitation, "APPROVE", sender="mallory@example.com", results=""))

    assert sent("stranger") == []


def test_results_of_a_peer_that_does_not_verify_senders_count_for_nothing() -> None:
    request = make_request()
    mail = bring_in(make_reply(invitation_of(request), "APPROVE"), verifies_senders=False)

    assert mail.outcome == "rejected"
    assert not Decision.objects.exists()


def test_a_reply_without_a_token_or_message_id_is_unmatched() -> None:
    mail = bring_in(make_reply(invitation_of(make_request()), "APPROVE", to="reply@pm.example.com"))

    assert (mail.outcome, mail.request) == ("unmatched", None)


@pytest.mark.parametrize(
    ("recipient", "outcome"),
    [
        pytest.param(DANA, "approve", id="that approver's own"),
        pytest.param(LEE, "rejected", id="another approver's, which doesn't lend the invitation"),
    ],
)
def test_a_reply_is_found_by_the_message_id_of_a_request_mail(recipient, outcome) -> None:
    request = make_request()
    original = OutgoingMail.objects.get(recipient=recipient)
    mail = bring_in(
        make_reply(
            invitation_of(request),
            "APPROVE",
            to="approvals@pm.example.com",
            In_Reply_To=original.message_id,
        )
    )

    assert mail.outcome == outcome


def test_an_unclear_reply_decides_nothing_and_is_answered_once_an_hour() -> None:
    request = make_request()
    invitation = invitation_of(request)
    bring_in(make_reply(invitation, "ok go ahead i guess"))
    bring_in(make_reply(invitation, "well, sure"))

    request.refresh_from_db()
    assert request.state == "pending"
    assert sent("unclear") == [DANA]

    Invitation.objects.update(last_unclear_at=timezone.now() - timedelta(minutes=61))
    bring_in(make_reply(invitation, "hm"))
    assert sent("unclear") == [DANA, DANA]


def test_a_yes_to_the_note_about_an_unclear_answer_decides_nothing() -> None:
    """She wrote that she refuses, the note proposes DENY, and she agrees to that."""
    request = make_request()
    invitation = invitation_of(request)
    bring_in(make_reply(invitation, "No thanks"))
    note = OutgoingMail.objects.get(purpose="unclear")
    asked = invitation.mails.get(purpose="request")
    assert 'The nearest answer that counts: "DENY"' in note.draft.text.replace("\xa0", " ")

    bring_in(make_reply(invitation, "Yes, exactly."))
    bring_in(make_reply(invitation, "Yes.", In_Reply_To=note.message_id))
    request.refresh_from_db()
    assert request.state == "pending"

    bring_in(make_reply(invitation, "Yes", In_Reply_To=asked.message_id))
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_duration_over_the_limit_is_unclear_and_the_approver_hears_what_would_count() -> None:
    request = make_request(longest_grant=60)
    mail = bring_in(make_reply(invitation_of(request), "APPROVE FOR 2 HOURS"))

    request.refresh_from_db()
    assert (mail.outcome, request.state) == ("unclear", "pending")
    told = OutgoingMail.objects.get(purpose="unclear").draft.text.replace("\xa0", " ")
    assert "120 minutes are more than the 60 that this process allows: APPROVE FOR 1 HOUR" in told


def test_an_automatic_answer_is_ignored_and_not_answered() -> None:
    request = make_request()
    mail = bring_in(make_reply(invitation_of(request), "APPROVE", Auto_Submitted="auto-replied"))

    assert mail.outcome == "ignored"
    assert not OutgoingMail.objects.exclude(purpose="request").exists()


def test_a_reply_after_the_decision_is_told_who_decided_what() -> None:
    request = make_request()
    bring_in(make_reply(invitation_of(request, LEE), "DENY", sender=LEE))
    mail = bring_in(make_reply(invitation_of(request), "APPROVE"))

    request.refresh_from_db()
    assert (mail.outcome, request.state) == ("closed", "denied")
    answer = OutgoingMail.objects.get(purpose="closed")
    assert answer.recipient == DANA
    assert "lee@example.com" in answer.draft.text


def test_a_reply_after_expiry_decides_nothing() -> None:
    request = make_request()
    let_expire(request)
    mail = bring_in(make_reply(invitation_of(request), "APPROVE"))

    assert mail.outcome == "closed"
    assert not Grant.objects.exists()
    assert "expired" in OutgoingMail.objects.get(purpose="closed").draft.subject


def test_the_requester_cannot_approve_by_an_invitation_made_before_he_was_recognised() -> None:
    request = make_request()
    make_user("alice", email=DANA, accounts=("EXAMPLE\\alice",))
    mail = bring_in(make_reply(invitation_of(request), "APPROVE"))

    request.refresh_from_db()
    assert (mail.outcome, request.state) == ("rejected", "pending")


def test_a_delivery_report_flags_the_mail_it_names() -> None:
    make_request()
    original = OutgoingMail.objects.get(recipient=DANA)
    report = (
        "From: mailer-daemon@example.com\r\n"
        f"To: {address_of(original.invitation)}\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "\r\n--b\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Final-Recipient: rfc822; {DANA}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {original.message_id}\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n"
    )
    mail = bring_in(report.encode())

    original.refresh_from_db()
    assert mail.outcome == "ignored"
    assert original.bounced_at is not None
    assert "came back undelivered" in Alert.objects.get().text


def test_one_message_that_cannot_be_processed_does_not_stop_the_next() -> None:
    request = make_request()
    receive(
        raw=b"\x00\xff" * 10,
        recipients=(),
        mail_from="",
        source="command",
        peer="",
        verifies_senders=True,
    )
    broken = IncomingMail.objects.get()
    IncomingMail.objects.filter(pk=broken.pk).update(encrypted_raw=b"not ours")
    mail = bring_in(make_reply(invitation_of(request), "APPROVE"))
    for _ in range(5):
        process_left_over()

    broken.refresh_from_db()
    assert mail.outcome == "approve"
    assert (broken.state, broken.reason) == ("failed", "InvalidToken while it was read")
    assert "couldn't be read" in Alert.objects.get().text


def test_one_message_that_ends_the_worker_does_not_do_so_for_ever() -> None:
    """Whatever kills the process (memory, for one) tells nothing: only what was begun is counted."""
    raw = make_reply(invitation_of(make_request()), "APPROVE")
    mail = receive(
        raw=raw, recipients=(), mail_from="", source="imap", peer="", verifies_senders=True
    )
    IncomingMail.objects.update(tries=25)
    process_left_over()

    mail.refresh_from_db()
    assert (mail.state, mail.outcome, Decision.objects.count()) == ("failed", "", 0)
    assert "couldn't be read" in Alert.objects.get().text


def test_only_the_reply_addresses_of_invitations_are_known() -> None:
    invitation = invitation_of(make_request())

    assert known_address(address_of(invitation).upper())
    assert not known_address(address_of(invitation).replace("@pm.", "@other."))
    assert not known_address("reply+" + "a" * 26 + "@pm.example.com")
    assert not known_address("reply@pm.example.com")


def test_message_ids_of_two_invitations_are_ambiguous_and_match_none() -> None:
    make_request()
    ids = tuple(OutgoingMail.objects.values_list("message_id", flat=True))

    assert find_invitation(Keys(tokens=(), message_ids=ids)) is None
    assert find_invitation(Keys(tokens=(), message_ids=ids[:1])) is not None


def test_a_console_decision_closes_the_invitations() -> None:
    request = make_request()
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")

    assert bring_in(make_reply(invitation_of(request), "APPROVE")).outcome == "closed"
