"""A message of ours to the reply address: sent by the real road, and recognised on its return."""

from typing import Any

import pytest

from approvals import outbox
from approvals.inbox.probes import Probe, send_probe, verdict_on
from approvals.inbox.storing import known_address
from approvals.models import IncomingMail, OutgoingMail
from tests.approvals.replies import bring_in
from tests.factories import make_smtp_server
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db
OURS = "Authentication-Results: mx.example.com; dmarc=pass header.from=pm.example.com\r\n"


def sent(script: dict[str, Any] | None = None) -> tuple[Probe, dict[str, bytes]]:
    """A probe that a worker has sent, and its messages by "plain", "plus" and "bounce" as they left."""
    with ScriptedServer(script) as smtp:
        probe = send_probe(make_smtp_server(smtp.port))
        outbox.send_due()
    to = {b"To: reply@": "plain", b"To: reply+probe": "plus", b"To: bounce+probe": "bounce"}
    messages = {name: raw for raw in smtp.messages for start, name in to.items() if start in raw}
    return probe, messages


def come_back(raw: bytes, results: str = OURS, **values: Any) -> IncomingMail:
    mail = bring_in(results.encode() + raw, **values)
    mail.refresh_from_db()
    return mail


def test_both_leave_with_the_real_from_and_what_comes_back_decides_nothing() -> None:
    probe, messages = sent()
    assert set(messages) == {"plain", "plus", "bounce"}
    assert all(b"approvals@pm.example.com" in raw.split(b"\r\nTo:")[0] for raw in messages.values())
    mail = come_back(messages["plus"])
    assert (mail.outcome, mail.reason) == ("ignored", "It is a probe of our own that came back.")
    come_back(messages["bounce"])
    verdict = verdict_on(probe)
    assert (verdict.key, verdict.is_final) == ("", True)
    assert "came back and was understood" in verdict.headline


def test_the_listener_takes_the_addresses_of_a_probe_under_way_and_no_others() -> None:
    assert not known_address("reply@pm.example.com")
    probe = send_probe(make_smtp_server())
    assert known_address("reply@pm.example.com")
    assert known_address(probe.plus.recipient)
    assert not known_address("reply+probe0123456789abcdef@pm.example.com")


def test_plus_addresses_that_are_not_delivered_are_told_from_nothing_at_all() -> None:
    probe, messages = sent()
    assert verdict_on(probe).headline == "It was sent, and nothing arrived"
    come_back(messages["plain"])
    verdict = verdict_on(probe)
    assert verdict.key == "plus-addresses-not-delivered"
    assert probe.plus.recipient in verdict.advice


def test_bounce_addresses_that_are_not_delivered_are_told_and_awaited() -> None:
    probe, messages = sent()
    come_back(messages["plus"])
    verdict = verdict_on(probe)
    assert probe.bounce is not None
    assert known_address(probe.bounce.recipient)
    assert (verdict.key, verdict.is_final) == ("bounce-addresses-not-delivered", False)
    assert "mail to bounce addresses doesn't" in verdict.headline
    assert probe.bounce.recipient in verdict.advice


def test_where_bounces_come_elsewhere_no_bounce_address_is_tried() -> None:
    assert send_probe(make_smtp_server(bounce_addresses=False)).bounce is None


@pytest.mark.parametrize(
    ("results", "verifies", "words"),
    [
        ("", True, "without Authentication-Results"),
        (OURS.replace("mx.example.com", "mail.other.test"), True, "of another name"),
        (OURS, False, "a host that doesn't verify senders"),
    ],
)
def test_what_would_make_replies_be_rejected_is_named(
    results: str, verifies: bool, words: str
) -> None:
    probe, messages = sent()
    come_back(messages["plus"], results, verifies_senders=verifies)
    verdict = verdict_on(probe)
    assert (verdict.key, verdict.is_final) == ("probe-unproven", True)
    assert words in verdict.headline


def test_one_that_no_worker_tries_or_no_server_takes_is_said_so() -> None:
    assert verdict_on(send_probe(None)).headline == "No worker has tried to send it"
    OutgoingMail.objects.all().delete()
    probe, _ = sent({"RCPT": "550 5.7.1 relaying denied"})
    verdict = verdict_on(probe)
    assert (verdict.key, verdict.is_final) == ("probe-not-sent", True)
    assert "relaying denied" in verdict.advice


def test_a_probe_that_bounced_is_said_so() -> None:
    probe, _ = sent()
    OutgoingMail.objects.filter(pk=probe.plus.pk).update(bounced_at=probe.plus.created_at)
    assert verdict_on(probe).headline == "It came back undelivered"
