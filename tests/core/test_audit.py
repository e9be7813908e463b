"""The audit trail: any change, gap or cut is found."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from approvals.letters.reports import ReportRun, report_mail
from core.actors import Actor
from core.alerts.models import Alert
from core.audit.chain import SignedHead, sha256
from core.audit.heads import anchor_if_due, read_anchors, sign_head
from core.audit.models import Anchor, Entry, Head, Payload
from core.audit.services import record, verify
from core.reports import Parameters, report
from tasks.tasks import anchor_audit

pytestmark = pytest.mark.django_db


def found(*anchored: SignedHead) -> list[str]:
    return [str(fault) for fault in verify(anchored)]


@pytest.fixture
def three_entries() -> None:
    for number in range(1, 4):
        with transaction.atomic():
            record(
                actor=Actor.of_system("sam"),
                verb="test",
                kind="thing",
                object_id=number,
                facts={"n": number},
            )


def test_a_whole_trail_has_no_faults(three_entries: None) -> None:
    assert found() == []


def test_an_empty_trail_has_no_faults() -> None:
    assert found() == []


def test_a_changed_payload_is_found(three_entries: None) -> None:
    payload = Payload.objects.get(pk=2)
    Payload.objects.filter(pk=2).update(text=payload.text.replace('"n": 2', '"n": 7'))
    assert found() == ["Entry 2 was changed."]


def test_a_changed_column_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).update(actor="somebody else")
    assert found() == ["Entry 2 doesn't match its payload."]


def test_a_deleted_entry_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).delete()
    assert "Entry 2 is missing." in found()


def test_a_cut_off_tail_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=3).delete()
    assert found() == ["The head names entry 3, but the last entry is 2."]


def test_a_trail_deleted_whole_is_found(three_entries: None) -> None:
    Entry.objects.all().delete()
    assert found() == ["The head names entry 3, but the last entry is 0."]


def test_an_entry_rewritten_with_its_own_hash_is_found(three_entries: None) -> None:
    Entry.objects.filter(pk=2).update(payload_hash="0" * 64)
    assert "Entry 2 doesn't continue the previous one." in found()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction of the change"):
        record(actor=Actor.of_system("sam"), verb="test", kind="thing", object_id=1, facts={})


def test_a_change_rolled_back_leaves_no_entry(three_entries: None) -> None:
    with transaction.atomic():
        record(actor=Actor.of_system("sam"), verb="test", kind="thing", object_id=4, facts={})
        transaction.set_rollback(True)
    assert Entry.objects.count() == 3
    assert found() == []


def test_verify_audit_fails_with_the_faults(
    three_entries: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit")
    Head.objects.update(sequence=F("sequence") + 1)
    with pytest.raises(CommandError, match="broken in one place, first at entry 4"):
        call_command("verify_audit")
    assert "The head names entry 4" in capsys.readouterr().err


def write_anew(first: int) -> None:
    """As somebody would who can write to the whole database: all hashes fit again."""
    before = Entry.objects.get(pk=first - 1).hash
    for entry in Entry.objects.filter(pk__gte=first).order_by("pk"):
        payload = Payload.objects.get(pk=entry.pk)
        text = payload.text.replace('"n": ', '"n": 1')
        digest = sha256(payload.salt + text)
        before = sha256(before + digest)
        Payload.objects.filter(pk=entry.pk).update(text=text)
        Entry.objects.filter(pk=entry.pk).update(payload_hash=digest, hash=before)
    Head.objects.update(hash=before)


def test_entries_that_changed_places_are_found(three_entries: None) -> None:
    second, third = Entry.objects.get(pk=2), Entry.objects.get(pk=3)
    for of, like in ((2, third), (3, second)):
        values = {"payload_hash": like.payload_hash, "hash": like.hash}
        Entry.objects.filter(pk=of).update(**values)
    assert found()[0] == "Entry 2 doesn't continue the previous one."


def test_an_entry_put_in_is_found(three_entries: None) -> None:
    last = Entry.objects.get(pk=3)
    last.sequence, last.hash = 4, sha256(last.hash + last.payload_hash)
    last.save(force_insert=True)
    text = Payload.objects.get(pk=3)
    Payload.objects.create(entry=last, salt=text.salt, text=text.text)
    assert found() == ["The head names entry 3, but the last entry is 4."]


def test_a_trail_written_anew_is_found_by_the_head_that_was_signed_before(
    three_entries: None,
) -> None:
    head = sign_head()
    write_anew(2)
    assert head is not None
    assert found() == [
        f"Entry 3 isn't the one that was signed on {head.at}: the trail up to it was written anew."
    ]


def test_the_anchor_file_shows_it_even_where_the_signed_heads_are_gone_too(
    three_entries: None, tmp_path: Path, settings: Settings
) -> None:
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "heads.jsonl")
    anchor_audit()
    Anchor.objects.all().delete()
    write_anew(2)
    assert found() == []
    assert "was written anew" in found(*read_anchors(tmp_path / "heads.jsonl"))[0]
    with pytest.raises(CommandError, match="first at entry 3"):
        call_command("verify_audit", anchors=tmp_path / "heads.jsonl")


def test_a_cut_tail_is_found_by_the_signed_head_though_the_head_was_set_back(
    three_entries: None,
) -> None:
    sign_head()
    Entry.objects.filter(pk=3).delete()
    Head.objects.update(sequence=2, hash=Entry.objects.get(pk=2).hash)
    assert "names entry 3, but the last entry is 2." in found()[0]


def test_a_head_signed_with_somebody_elses_key_is_not_believed(
    three_entries: None, settings: Settings
) -> None:
    ours = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = {"1": b"x" * 32}
    sign_head()
    settings.ENCRYPTION_KEYS = ours
    assert found() == ["The head 3 was signed with a key that isn't ours."]


def test_the_head_is_anchored_once_a_day(three_entries: None) -> None:
    assert anchor_if_due()
    assert anchor_if_due() is None


def test_a_head_kept_in_a_mailbox_shows_it_too(three_entries: None, tmp_path: Path) -> None:
    """The report of an e-mail task, as its mail shows it."""
    anchor_audit()
    now = timezone.now()
    day = Parameters(since=now - timedelta(days=1), until=now, policy_id=None, now=now)
    made = report("signed-audit-heads")
    draft = report_mail(ReportRun(made, day, list(made.rows(day))), title="Heads", zone=UTC)
    (line,) = re.findall(r"{.*}", draft.text)
    (tmp_path / "heads.jsonl").write_text(line)
    Anchor.objects.all().delete()
    write_anew(2)
    with pytest.raises(CommandError, match="first at entry 3"):
        call_command("verify_audit", anchors=tmp_path / "heads.jsonl")


def test_verify_audit_says_it_in_json(
    three_entries: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit", json=True)
    assert json.loads(capsys.readouterr().out) == {"intact": True, "entries": 3, "faults": []}
    Entry.objects.filter(pk=2).update(actor="somebody else")
    with pytest.raises(CommandError):
        call_command("verify_audit", json=True)
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault == {"entry": 2, "text": "Entry 2 doesn't match its payload."}


def test_an_anchor_file_that_cannot_be_written_is_told_at_the_bell(
    three_entries: None, tmp_path: Path, settings: Settings
) -> None:
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "missing" / "heads.jsonl")
    anchor_audit()
    assert "AUDIT_ANCHOR_FILE" in Alert.objects.get(closed_at=None).text
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "heads.jsonl")
    anchor_audit()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_payload_erased_with_a_record_of_it_is_no_fault(three_entries: None) -> None:
    Payload.objects.filter(pk=2).delete()
    assert found() == ["Entry 2 has lost its payload."]
    with transaction.atomic():
        facts = {"entries": [2]}
        record(actor=Actor.of_system("x"), verb="erase", kind="user", object_id=1, facts=facts)
    assert found() == []


@pytest.fixture
def exported(three_entries: None, tmp_path: Path) -> Path:
    call_command("audit", "export", str(tmp_path / "audit.jsonl"))
    return tmp_path / "audit.jsonl"


def test_an_export_is_checked_without_the_database(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Entry.objects.all().delete()
    call_command("verify_audit", file=exported)
    assert "intact: 3 entries" in capsys.readouterr().out


def changed(lines: list[str]) -> list[str]:
    return [line.replace('\\"n\\": 2', '\\"n\\": 7') for line in lines]


def deleted(lines: list[str]) -> list[str]:
    return [*lines[:2], *lines[3:]]


def tail_cut(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[4]]


def swapped(lines: list[str]) -> list[str]:
    return [lines[0], lines[1], lines[3], lines[2], lines[4]]


def doubled(lines: list[str]) -> list[str]:
    return [*lines[:3], *lines[2:]]


@pytest.mark.parametrize(
    ("tamper", "first"), [(changed, 2), (deleted, 2), (tail_cut, 3), (swapped, 2), (doubled, 2)]
)
def test_a_tampered_export_is_refused_with_the_place(
    exported: Path, tamper: Callable[[list[str]], list[str]], first: int
) -> None:
    lines = exported.read_text().splitlines()
    assert tamper(lines) != lines
    exported.write_text("\n".join(tamper(lines)))
    with pytest.raises(CommandError, match=f"first at entry {first}"):
        call_command("verify_audit", file=exported)


def rewritten(path: Path, *lines: object) -> None:
    path.write_text("\n".join(map(json.dumps, lines)))


def test_an_export_signed_with_a_strangers_key_is_not_intact_unless_the_key_is_given(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start, *entries, end = map(json.loads, exported.read_text().splitlines())
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    head = SignedHead(**end["head"] | {"key_number": 999, "public_key": public}).signed_with(key)
    rewritten(exported, start, *entries, {"head": asdict(head)})
    with pytest.raises(CommandError, match="broken in one place"):
        call_command("verify_audit", file=exported)
    assert "key 999, which nobody here knows" in capsys.readouterr().err
    call_command("verify_audit", file=exported, public_key=public)
    assert "intact: 3 entries" in capsys.readouterr().out
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit", file=exported, public_key=end["head"]["public_key"])


def test_an_export_whose_beginning_was_cut_off_is_not_called_intact(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, *rest = map(json.loads, exported.read_text().splitlines())
    rewritten(exported, {"first": 2, "previous": first["hash"]}, *rest)
    for as_json in (False, True):
        with pytest.raises(SystemExit, match="3"):
            call_command("verify_audit", file=exported, json=as_json)
    said = capsys.readouterr().out
    assert "Entries 2 to 3 are intact; those before aren't in this file." in said
    assert "trail is intact" not in said
    assert '"intact": false' in said
    rewritten(exported, {"first": 1, "previous": first["hash"]}, *rest)  # as if it were all
    with pytest.raises(CommandError, match="first at entry 1"):
        call_command("verify_audit", file=exported)


def test_entries_of_an_export_without_their_payload_are_counted(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.loads(line) for line in exported.read_text().splitlines()]
    del lines[2]["payload"], lines[2]["salt"]
    rewritten(exported, *lines)
    call_command("verify_audit", file=exported)
    assert "Of 1 entries, no more than the hashes are in the file" in capsys.readouterr().out


def test_lines_after_the_signed_head_of_an_export_are_refused(exported: Path) -> None:
    lines = exported.read_text().splitlines()
    exported.write_text("\n".join([*lines, lines[1]]))
    with pytest.raises(CommandError, match="lines after its end"):
        call_command("verify_audit", file=exported)


def test_an_export_without_its_signed_head_is_refused(exported: Path) -> None:
    exported.write_text("\n".join(exported.read_text().splitlines()[:-1]))
    with pytest.raises(CommandError, match="the signed head, is missing"):
        call_command("verify_audit", file=exported)


def test_another_signature_under_an_export_is_refused(exported: Path) -> None:
    *lines, last = exported.read_text().splitlines()
    head = json.loads(last)
    head["head"]["signature"] = "00" * 64
    exported.write_text("\n".join([*lines, json.dumps(head)]))
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit", file=exported)
