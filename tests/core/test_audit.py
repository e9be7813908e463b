"""The audit trail: any change, gap or cut is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from core.audit.models import Entry, Head, Payload
from core.audit.services import record, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_entries() -> None:
    for number in range(1, 4):
        with transaction.atomic():
            record(actor="sam", verb="test", kind="thing", object_id=number, facts={"n": number})


def test_a_whole_trail_has_no_faults(three_entries: None) -> None:
    assert list(verify()) == []


def test_an_empty_trail_has_no_faults() -> None:
    assert list(verify()) == []


def test_a_changed_payload_is_found(three_entries: None) -> None:
    payload = Payload.objects.get(pk=2)
    Payload.objects.filter(pk=2).update(text=payload.text.replace('"n": 2', '"n": 7'))
    assert list(verify()) == ["Entry 2 was changed."]


def test_a_changed_column_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).update(actor="somebody else")
    assert list(verify()) == ["Entry 2 doesn't match its payload."]


def test_a_deleted_entry_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).delete()
    assert "Entries 2 to 2 are missing." in list(verify())


def test_a_cut_off_tail_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=3).delete()
    assert list(verify()) == ["The head names entry 3, but the last entry is 2."]


def test_a_trail_deleted_whole_is_found(three_entries: None) -> None:
    Entry.objects.all().delete()
    assert list(verify()) == ["The head names entry 3, but the last entry is 0."]


def test_an_entry_rewritten_with_its_own_hash_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).update(payload_hash="0" * 64)
    assert "Entry 2 doesn't continue the previous one." in list(verify())


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction of the change"):
        record(actor="sam", verb="test", kind="thing", object_id=1, facts={})


def test_a_change_rolled_back_leaves_no_entry(three_entries: None) -> None:
    with transaction.atomic():
        record(actor="sam", verb="test", kind="thing", object_id=4, facts={})
        transaction.set_rollback(True)
    assert Entry.objects.count() == 3
    assert list(verify()) == []


def test_verify_audit_fails_with_the_faults(
    three_entries: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit")
    Head.objects.update(sequence=F("sequence") + 1)
    with pytest.raises(CommandError, match="broken in one place"):
        call_command("verify_audit")
    assert "The head names entry 4" in capsys.readouterr().err
