"""The whole road over servers that nobody here wrote: out by Postfix, back by Dovecot."""

import smtplib
import ssl
from email import message_from_bytes
from email.policy import default

import pytest

from approvals import outbox
from approvals.inbox.listener import Listener, Peer
from approvals.inbox.listener_tls import RenewedTls
from approvals.inbox.mailboxes import MailboxReader
from approvals.inbox.storing import closing_connections, known_address
from approvals.management.commands import receive_mail
from approvals.models import IncomingMail, OutgoingMail
from foreign_systems.connection_test import check_connection
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.pool import close_pools, server_of
from tests.approvals.inbox.test_mailboxes import eventually, mailbox_of, state_of
from tests.approvals.replies import address_of, make_reply
from tests.factories import DANA, invitation_of, make_request, make_smtp_server
from tests.foreign_systems.dovecot import Dovecot, needs_dovecot
from tests.foreign_systems.postfix import Postfix, needs_postfix

pytestmark = [pytest.mark.django_db(transaction=True), needs_dovecot, needs_postfix]


def submission(postfix: Postfix) -> ForeignSystem:
    """The default SMTP server: STARTTLS and sign-in, with the certificate pasted."""
    system = make_smtp_server(
        base_url=f"smtp+starttls://127.0.0.1:{postfix.port}", timeout=10.0, ca=postfix.dovecot.ca
    )
    credential = Credential(name="Submission", account_name=postfix.dovecot.name)
    credential.set_secret(postfix.dovecot.password)
    credential.save()
    system.credential = credential
    system.save()
    return system


def hand_over(postfix: Postfix, recipients: list[str], raw: bytes) -> None:
    """As the approver's mail program does."""
    dovecot = postfix.dovecot
    with smtplib.SMTP("127.0.0.1", postfix.port) as client:
        client.starttls(context=ssl.create_default_context(cadata=dovecot.ca))
        client.login(dovecot.name, dovecot.password)
        client.sendmail(DANA, recipients, raw)


def test_a_request_goes_out_by_postfix_and_its_reply_comes_back_by_dovecot() -> None:
    with Dovecot() as dovecot, Postfix(dovecot) as postfix:
        system, mailbox = submission(postfix), mailbox_of(dovecot)
        assert check_connection(server_of(system), mail_from="approvals@pm.example.com").ok
        request = make_request()
        outbox.send_due()
        close_pools()
        assert OutgoingMail.objects.filter(recipient=DANA, state="sent").exists(), postfix.log()
        eventually(lambda: len(postfix.mail_for_others()) == 2)  # dana's and lee's
        received = [message_from_bytes(raw, policy=default) for raw in postfix.mail_for_others()]
        hers = next(message for message in received if message["Delivered-To"] == DANA)

        reader = MailboxReader(
            ForeignSystem.objects.select_related("credential").get(pk=mailbox.pk)
        )
        reader.start()
        try:
            raw = make_reply(invitation_of(request), "APPROVE FOR 2 HOURS", to=hers["Reply-To"])
            hand_over(postfix, [hers["Reply-To"]], raw)
            eventually(lambda: state_of(request) == "approved")
        finally:
            reader.stop()
            reader.join(20)


def test_postfix_hands_a_reply_over_by_lmtp_with_starttls_and_bounces_what_is_not_ours() -> None:
    with Dovecot() as dovecot:
        pem = str(dovecot.folder / "127.0.0.130.pem")
        listener = Listener(
            peers=(Peer("127.0.0.1/32", verifies_senders=True),),
            known=closing_connections(known_address),
            store=closing_connections(receive_mail.store),
            lmtp=True,
            tls=RenewedTls(pem, pem).current,
        )
        listener.start()
        try:
            with Postfix(dovecot, lmtp_port=listener.port) as postfix:
                request = make_request()
                to = address_of(invitation_of(request))
                raw = make_reply(invitation_of(request), "APPROVE")
                hand_over(postfix, [to, "reply+guess@pm.example.com"], raw)
                eventually(IncomingMail.objects.exists)
                ends = ("status=sent (250 2.0.0 Stored)", "said: 550 5.1.1 No such address")
                eventually(lambda: all(end in postfix.log() for end in ends))
        finally:
            listener.stop()
    assert IncomingMail.objects.get().recipients() == (to,)


def test_a_postfix_that_knows_no_such_password_is_told_as_it_says_it() -> None:
    with Dovecot() as dovecot, Postfix(dovecot) as postfix:
        system = submission(postfix)
        system.credential.set_secret("wrong")
        report = check_connection(server_of(system), mail_from="approvals@pm.example.com")
    assert report.headline == "The server refused the sign-in"
    assert "535 5.7.8" in str(report.transcript)
