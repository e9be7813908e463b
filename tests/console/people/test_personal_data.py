"""`manage.py person`: a person's data is handed out, or erased so that nothing of it is left."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from agents.models import OfflineApproval
from agents.services.offline_codes import approve_offline
from approvals.models import ApprovalProcess, ApprovalRequest
from approvals.services import Decider, decide
from console.people.personal_data import ERASED
from core.actors import Actor
from core.audit.models import Entry, Payload
from core.audit.services import verify
from core.backup.services import backup
from core.people.models import User
from items.author import Author
from items.services import note_creation
from tests.agents.endpoints import make_agent
from tests.factories import invitation_of, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS, ACCOUNT = "kim.vale@example.com", "EXAMPLE\\kvale"


@pytest.fixture
def kim() -> User:
    """Kim decided Lou's request by reply, made one that was denied, and has changed an item."""
    kim = make_user("kim.vale", role="Helpdesk", email=ADDRESS, accounts=(ACCOUNT,))
    kim.first_name, kim.last_name = "Kim", "Vale"
    kim.save()
    with transaction.atomic():
        note_creation(kim, by=Author(Actor.of_user(kim)))
    theirs = make_request(to_addresses=("lou@example.com", ADDRESS))
    by_kim = Decider("reply", invitation=invitation_of(theirs, ADDRESS))
    decide(number=theirs.pk, decider=by_kim, answer="deny")
    own = make_request(plea=make_plea(account=ACCOUNT), reason="For Kim's own work.")
    decide(number=own.pk, decider=Decider("reply", invitation=invitation_of(own)), answer="deny")
    return kim


def disable(kim: User) -> None:
    User.objects.filter(pk=kim.pk).update(is_active=False)


def test_an_export_holds_profile_requests_mail_and_the_audit_trail(
    kim: User, tmp_path: Path
) -> None:
    call_command("person", "export", "kim.vale", str(tmp_path / "kim.json"))
    found: dict[str, Any] = json.loads((tmp_path / "kim.json").read_text())
    assert found["profile"]["email"] == ADDRESS
    assert "password" not in found["profile"]
    assert {each["reason"] for each in found["requests"]} >= {"For Kim's own work."}
    assert any(mail["recipient"] == ADDRESS for mail in found["emails_sent_to"])
    assert {"decide", "open"} <= {entry["verb"] for entry in found["audit_trail"]}
    assert Entry.objects.filter(verb="export", object_id=str(kim.pk)).exists()


def test_nothing_of_an_erased_person_is_left_and_the_trail_verifies(
    kim: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stays = make_request(plea=make_plea(sha256="a" * 64))
    disable(kim)
    asking = ApprovalProcess.objects.order_by("pk").first()
    call_command("person", "erase", "kim.vale", reason="Asked for it.", with_evidence=True)
    assert asking
    assert f"the settings of {asking.name}." in capsys.readouterr().err
    asking.settings["to_addresses"] = ["lou@example.com"]
    asking.save()

    assert list(verify()) == []
    assert list(ApprovalRequest.objects.all()) == [stays]
    assert Entry.objects.filter(actor=ERASED).exists()
    backup(tmp_path / "a.backup", by=Actor.of_operator("root"))
    everything = gzip.decompress((tmp_path / "a.backup").read_bytes()).decode().lower()
    for word in ("kim.vale", "kim vale", "kvale", "kim's own"):
        assert [line[:400] for line in everything.splitlines() if word in line] == []


@pytest.mark.parametrize("said", [ACCOUNT, "kvale"])
def test_an_offline_approval_for_the_person_is_handed_out_and_erased(
    kim: User, tmp_path: Path, said: str
) -> None:
    computer = make_agent().computer
    approve_offline(
        computer_name=computer.name,
        request_code="ABCD2345",
        account=said,
        program="kims-own.exe",
        reason="Kim rang from a train.",
        user=make_user("sam"),
    )
    approval = OfflineApproval.objects.get()
    OfflineApproval.objects.update(differs=f"The user was EXAMPLE\\other, not {said}.")
    call_command("person", "export", "kim.vale", str(tmp_path / "kim.json"))
    found = json.loads((tmp_path / "kim.json").read_text())["offline_approvals"]
    assert [each["program"] for each in found] == ["kims-own.exe"]

    disable(kim)
    call_command("person", "erase", "kim.vale", reason="Asked for it.", with_evidence=True)
    approval.refresh_from_db()
    assert (approval.account, approval.program, approval.reason) == (ERASED, "", "")
    assert approval.differs == ERASED
    assert not Payload.objects.filter(text__contains="kims-own").exists()
    assert list(verify()) == []


def test_evidence_stays_unless_it_is_given_up_plainly(kim: User) -> None:
    disable(kim)
    with pytest.raises(CommandError, match="2 requests .* are kept as evidence"):
        call_command("person", "erase", "kim.vale", reason="Asked for it.")
    assert User.objects.get(pk=kim.pk).email == ADDRESS


def test_whoever_can_sign_in_is_not_erased(kim: User) -> None:
    with pytest.raises(CommandError, match="Disable kim.vale first"):
        call_command("person", "erase", "kim.vale", reason="x", with_evidence=True)


def test_a_pending_request_holds_an_erasure_up(kim: User) -> None:
    request = make_request(to_addresses=(ADDRESS,))
    disable(kim)
    with pytest.raises(CommandError, match=f"PM-{request.pk} is pending"):
        call_command("person", "erase", "kim.vale", reason="x", with_evidence=True)


def test_so_does_one_that_asks_a_mailbox_that_is_an_account_of_theirs(kim: User) -> None:
    kim.endpoint_accounts.create(name="AzureAD\\kvale@example.com")
    request = make_request(to_addresses=("kvale+pm@example.com",))
    disable(kim)
    with pytest.raises(CommandError, match=f"PM-{request.pk} is pending"):
        call_command("person", "erase", "kim.vale", reason="x", with_evidence=True)


def test_a_request_of_a_namesake_forgets_whom_it_might_have_been(kim: User) -> None:
    theirs = make_request(plea=make_plea(account="OTHER\\kim.vale"))
    kept = theirs.requester_known_as
    assert {f"user:{kim.pk}", f"mail:{ADDRESS}", "name:kim.vale", "name:kvale"} <= kept.keys()
    disable(kim)
    with pytest.raises(CommandError, match=f"PM-{theirs.pk} is pending"):
        call_command("person", "erase", "kim.vale", reason="x", with_evidence=True)

    by_another = Decider("reply", invitation=invitation_of(theirs))
    decide(number=theirs.pk, decider=by_another, answer="deny")
    call_command("person", "erase", "kim.vale", reason="x", with_evidence=True)
    theirs.refresh_from_db()
    assert theirs.requester_known_as == {}
