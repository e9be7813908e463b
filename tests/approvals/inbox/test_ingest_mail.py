"""`manage.py ingest_mail`: what the MTA at the other end of the pipe is told."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from approvals.models import Decision, IncomingMail
from approvals.reply.limits import MAX_MESSAGE
from core.alerts.models import Alert
from tests.approvals.replies import make_reply
from tests.factories import invitation_of, make_request

pytestmark = pytest.mark.django_db


def ingest(monkeypatch: pytest.MonkeyPatch, raw: bytes, *options: str) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("ingest_mail", *options, stdout=out)
    return out.getvalue()


def test_a_reply_decides_and_is_explained_like_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = make_reply(invitation_of(make_request()), "APPROVE FOR 2 HOURS")
    told = json.loads(ingest(monkeypatch, raw, "--json"))
    assert (told["file"], told["outcome"], told["minutes"]) == ("standard input", "approve", 120)
    assert Decision.objects.get().channel == "reply"

    again = json.loads(ingest(monkeypatch, raw + b"\r\n", "--json"))
    assert again["outcome"] == "duplicate"


@pytest.mark.parametrize("sender", ["", "<>", "MAILER-DAEMON"])
def test_what_has_no_envelope_sender_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    raw = make_reply(invitation_of(make_request()), "No, I am away until Monday.")
    assert "= ignored" in ingest(monkeypatch, raw, "--sender", sender)
    again = make_reply(invitation_of(make_request()), "No.")
    assert "= deny" in ingest(monkeypatch, again, "--sender", "dana@example.com")


def test_an_envelope_sender_that_is_no_text_loses_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = make_reply(invitation_of(make_request()), "APPROVE")
    assert "= approve" in ingest(monkeypatch, raw, "--sender", "d\udce9j\udce0@example.com")
    assert IncomingMail.objects.get().envelope["mail_from"] == "d?j?@example.com"


def test_while_the_database_is_away_the_mta_keeps_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    raw = make_reply(invitation_of(make_request()), "APPROVE")
    with connection.execute_wrapper(away), pytest.raises(CommandError) as refused:
        ingest(monkeypatch, raw)
    assert refused.value.returncode == 75
    assert not IncomingMail.objects.exists()
    assert "= approve" in ingest(monkeypatch, raw)


@pytest.mark.parametrize("error", [BrokenPipeError(), UnicodeEncodeError("ascii", "“", 0, 1, "")])
def test_a_message_is_taken_although_nobody_hears_of_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Deaf(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    raw = make_reply(invitation_of(make_request()), "APPROVE")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("ingest_mail", stdout=Deaf())  # exit code 0: the MTA forgets the message
    assert Decision.objects.get().channel == "reply"


def test_nothing_will_never_be_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as refused:
        ingest(monkeypatch, b"")
    assert refused.value.returncode == 65


def test_what_is_too_large_is_bounced_and_its_header_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request()
    raw = make_reply(invitation_of(request), "APPROVE\r\n" + "x" * MAX_MESSAGE)
    with pytest.raises(CommandError, match="more than the 10,485,760 that are read") as refused:
        ingest(monkeypatch, raw, "--recipient", "reply+x@pm.example.com")
    kept = IncomingMail.objects.get()
    assert (refused.value.returncode, kept.state) == (65, IncomingMail.State.FAILED)
    assert kept.raw().startswith(b"Authentication-Results")
    assert kept.size < 10_000
    assert (kept.envelope["size"], kept.recipients()) == (
        str(len(raw)),
        ("reply+x@pm.example.com",),
    )
    assert "too large to be read, so it decided nothing" in Alert.objects.get().text
    assert not Decision.objects.exists()
