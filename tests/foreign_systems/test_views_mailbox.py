"""The page of a mailbox: what Create asks, what its fields refuse, and trying it out."""

import html

import pytest
from django.utils import timezone

from core.audit.models import Entry, Payload
from foreign_systems.models import ForeignSystem, MailboxContact
from tests.factories import make_mailbox, signed_in
from tests.foreign_systems.scripted_imap import ScriptedImap
from tests.items.makers import a_credential, as_opened, save, url

pytestmark = pytest.mark.django_db
MAILBOXES = "/configuration/foreign-systems/mailbox/"


def test_create_asks_for_name_address_and_account() -> None:
    client, credential = signed_in(), a_credential()
    given = {"name": "Replies", "base_url": "imaps://mail.example.com"}
    client.post(f"{MAILBOXES}create/", given | {"credential": str(credential.pk)})
    mailbox = ForeignSystem.objects.get(name="Replies")
    assert mailbox.mailbox.base_url == "imaps://mail.example.com:993"
    assert (mailbox.mailbox.inbox, mailbox.mailbox.processed) == ("INBOX", "Processed")
    page = client.get(MAILBOXES).content.decode()
    assert "Not read yet" in page
    assert "No Authentication Server is named, so every reply is rejected." in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "base_url",
            "smtp://mail.example.com",
            "Write imaps://…, for example imaps://mail.example",
        ),
        ("credential", "", "Choose the Credential."),
        ("authserv_ids", "mx.example.com; dmarc=pass", "isn't a server's name"),
        ("processed", "inbox", "enter a different folder for each purpose"),
        ("internal_header", "Subject", "anybody writes Subject, so it proves nothing"),
        ("internal_header", "X-Our-Internal", "Value: needed together with Header."),
        ("internal_domains", "exa mple", "enter one domain per line"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, value: str, said: str) -> None:
    page = save(signed_in(), make_mailbox("imaps://mail.example.com:993"), **{field: value})
    assert page.count(said) == 2  # at the field and in the summary


def test_its_page_says_what_the_reader_does_and_the_list_that_it_is_not_read() -> None:
    mailbox, client = make_mailbox("imaps://mail.example.com:993"), signed_in()
    contact = MailboxContact.objects.create(
        system=mailbox, contacted_at=timezone.now(), said="Waiting for mail.", other_mail=3
    )
    assert "3, left alone" in client.get(url(mailbox)).content.decode()
    contact.trouble = "The server closed the connection."
    contact.save()
    assert "This mailbox isn't being read." in html.unescape(
        client.get(url(mailbox)).content.decode()
    )
    assert "1 not read" in client.get("/configuration/foreign-systems/").content.decode()


def test_a_test_takes_the_typed_values_is_recorded_and_shows_no_secret() -> None:
    refused = {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] Not you."}
    with ScriptedImap(refused) as server:
        mailbox = make_mailbox("imaps://mail.example.com:993", secret="correct-horse")
        sent = as_opened(mailbox, test="connection", base_url=f"imap://127.0.0.1:{server.port}")
        response = signed_in().post(url(mailbox, "test"), sent, headers={"HX-Request": "true"})
    page = html.unescape(response.content.decode())
    assert "The server refused the sign-in." in page
    assert "[AUTHENTICATIONFAILED] Not you." in page
    assert "correct-horse" not in page
    text = Payload.objects.get(entry=Entry.objects.get(verb="test connection")).text
    assert f"imap://127.0.0.1:{server.port}" in text


def test_creating_folders_is_recorded_under_a_name_of_its_own() -> None:
    with ScriptedImap({"LIST": "NO [NONEXISTENT] none"}) as server:
        mailbox = make_mailbox(f"imap://127.0.0.1:{server.port}")
        sent = as_opened(mailbox, test="create")
        signed_in().post(url(mailbox, "test"), sent, headers={"HX-Request": "true"})
    assert Entry.objects.filter(verb="create mailbox folders").exists()
