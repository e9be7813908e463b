"""Up to where a mailbox is read, with two readers."""

import uuid

import pytest

from foreign_systems import contacts
from foreign_systems.models import ForeignSystem, MailboxContact
from tests.factories import make_mailbox

pytestmark = pytest.mark.django_db


def read_by(system: ForeignSystem, reader: uuid.UUID, up_to: int, uid_validity: int = 7) -> None:
    progress = {"read_up_to": up_to, "stored": 1, "other_mail": 0}
    contacts.note_progress(system, reader, "INBOX", uid_validity, **progress)


def test_a_reader_that_lost_its_lease_changes_no_progress() -> None:
    system, late, present = make_mailbox("imaps://mail.example.com"), uuid.uuid4(), uuid.uuid4()
    contacts.take(system, late)
    contacts.read_up_to(system, late, "INBOX", 7)
    contacts.release(system, late)
    contacts.take(system, present)
    read_by(system, present, 3)
    read_by(system, late, 9)
    contacts.read_up_to(system, late, "INBOX", 6)
    contact = MailboxContact.objects.get()
    assert (contact.read_up_to, contact.stored, contact.uid_validity) == (3, 1, 7)


def test_progress_in_a_folder_that_was_made_anew_counts_for_nothing() -> None:
    system, reader = make_mailbox("imaps://mail.example.com"), uuid.uuid4()
    contacts.take(system, reader)
    contacts.read_up_to(system, reader, "INBOX", 8)
    read_by(system, reader, 9, uid_validity=7)
    assert contacts.read_up_to(system, reader, "INBOX", 8) == 0
