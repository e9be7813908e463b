"""`manage.py approvals evidence`: what the audit trail says of one request, to be verified elsewhere."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals.models import Grant
from approvals.services import Decider, decide, use_grants
from core.audit.models import Entry
from tests.factories import invitation_of, make_plea, make_request

pytestmark = pytest.mark.django_db


def test_it_shows_one_request_and_of_others_their_hashes_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_request(reason="An earlier one.")
    request = make_request()
    make_request(reason="Somebody else's secret project.")
    decide(
        number=request.pk,
        decider=Decider("reply", invitation=invitation_of(request)),
        answer="approve",
    )
    grant = Grant.objects.get(request=request)
    use_grants(grant_ids=[str(grant.pk)], event_id=make_plea().event_id)
    call_command("approvals", "evidence", f"PM-{request.pk}", str(tmp_path / "e.jsonl"))

    text = (tmp_path / "e.jsonl").read_text()
    shown = [
        json.loads(line["payload"])
        for line in map(json.loads, text.splitlines())
        if "payload" in line
    ]
    assert [each["verb"] for each in shown] == ["open", "decide", "use"]
    assert "secret project" not in text
    assert "An earlier one" not in text

    Entry.objects.all().delete()
    call_command("verify_audit", file=tmp_path / "e.jsonl")
    said = capsys.readouterr().out
    assert (
        f"Evidence of {request}: entries 2 to 5 are intact; those before aren't in this file."
        in said
    )
    assert "Of 1 entries, no more than the hashes" in said
    (tmp_path / "e.jsonl").write_text(text.replace("approve", "denying", 1))
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit", file=tmp_path / "e.jsonl")
