"""SysLog and Webhook: each audit entry arrives, in order, signed, and at places that are allowed only."""

import hashlib
import hmac
import html
import json
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from core.actors import Actor
from core.alerts.models import Alert
from core.audit.models import Entry, Payload
from core.audit.services import record
from foreign_systems.models import Credential, Delivery, ForeignSystem
from foreign_systems.receivers import delivery
from foreign_systems.receivers.delivery import deliver_due
from foreign_systems.tasks import deliver_events
from tests.at_once import at_once
from tests.factories import signed_in
from tests.foreign_systems.receivers import Hook, frames, hook, logs
from tests.foreign_systems.scripted_server import certificate
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db
HOOKS = "/configuration/foreign-systems/webhook/"
SECRET = "correct horse battery"
HOW_TO_LEAVE = (
    "a trial connects only to {} on this machine. Start it with --real-mail to use others."
)


@pytest.fixture(autouse=True)
def trial(settings: Settings) -> None:
    settings.TRIAL = True  # this machine may be dialled


def happens(*verbs: str) -> None:
    for verb in verbs:
        with transaction.atomic():
            by = Actor.of_system("test")
            record(actor=by, verb=verb, kind="thing", object_id="1", facts={"name": "ß"})


def make_receiver(kind: str, base_url: str, **settings: Any) -> ForeignSystem:
    credential = None
    if kind == "webhook":
        credential = Credential(name=f"Signs {Credential.objects.count()}", account_name="-")
        credential.set_secret(SECRET)
        credential.save()
    system = ForeignSystem.objects.create(
        name=f"{kind} {ForeignSystem.objects.count()}",
        kind=kind,
        credential=credential,
        settings={"base_url": base_url, "timeout": 5} | settings,
    )
    delivery.begin(system)
    return system


def verbs(receiver: Hook) -> list[str]:
    return [json.loads(body)["entry"]["verb"] for _, body in receiver.posts]


def trouble(system: ForeignSystem) -> str:
    return Delivery.objects.get(pk=system.pk).trouble


def try_again() -> None:
    Delivery.objects.update(next_try_at=None)
    deliver_due()


def test_a_webhook_gets_what_happens_from_now_on_in_order_and_once() -> None:
    happens("before")
    with hook() as receiver:
        make_receiver("webhook", receiver.url)
        happens("first", "second", "third")
        deliver_events()
        deliver_events()
    assert verbs(receiver) == ["first", "second", "third"]


def test_each_request_is_signed_over_id_time_and_body_and_holds_the_entry() -> None:
    with hook() as receiver:
        make_receiver("webhook", receiver.url)
        happens("first")
        deliver_due()
    (headers, body), said = receiver.posts[0], json.loads(receiver.posts[0][1])
    signed = f"{headers['X-Pmconsole-Id']}.{headers['X-Pmconsole-Time']}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Pmconsole-Signature"] == f"sha256={expected}"
    entry = Entry.objects.latest("sequence")
    assert (said["sequence"], said["hash"]) == (entry.sequence, entry.hash)
    assert said["id"] == headers["X-Pmconsole-Id"]
    assert said["entry"]["facts"] == {"name": "ß"}


def test_what_was_not_taken_comes_again_under_its_id_and_nothing_overtakes_it() -> None:
    with hook(204, 503, 204) as receiver:
        system = make_receiver("webhook", receiver.url)
        happens("first", "second", "third")
        deliver_due()
        assert "answered 503" in trouble(system)
        deliver_due()  # it is paused
        assert verbs(receiver) == ["first", "second"]
        try_again()
    assert verbs(receiver) == ["first", "second", "second", "third"]
    assert receiver.keys[1] == receiver.keys[2]
    assert trouble(system) == ""


def test_a_receiver_that_is_down_does_not_stop_the_others_and_is_told_at_the_bell_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    down = make_receiver("webhook", f"http://127.0.0.1:{port}/")
    logs_down = make_receiver("syslog", f"syslog://127.0.0.1:{port}")
    with hook() as receiver:
        make_receiver("webhook", receiver.url)
        happens("first")
        deliver_due()
        assert verbs(receiver) == ["first"]
    assert "refused" in trouble(down)
    assert "refused" in trouble(logs_down)
    assert not Alert.objects.exists()
    Delivery.objects.filter(pk=down.pk).update(failing_since=timezone.now() - timedelta(minutes=16))
    try_again()
    assert Alert.objects.get().link == url(down)
    with hook() as receiver:
        down.settings["base_url"] = receiver.url
        down.save()
        try_again()
        assert verbs(receiver) == ["first"]
    assert Alert.objects.get().closed_at


def test_what_is_disabled_gets_nothing_and_what_it_missed_once_it_is_enabled() -> None:
    with hook() as receiver:
        system = make_receiver("webhook", receiver.url, enabled=False)
        happens("first")
        deliver_due()
        assert not receiver.posts
        system.settings["enabled"] = True
        system.save()
        deliver_due()
        assert verbs(receiver) == ["first"]


def test_an_erased_payload_is_sent_as_erased() -> None:
    with hook() as receiver:
        make_receiver("webhook", receiver.url)
        happens("first")
        Payload.objects.all().delete()
        deliver_due()
    said = json.loads(receiver.posts[0][1])
    assert said["erased"] is True
    assert "entry" not in said


def test_a_redirect_is_not_followed() -> None:
    with hook(204) as other, hook(302) as receiver:
        receiver.location = other.url
        system = make_receiver("webhook", receiver.url)
        happens("first")
        deliver_due()
        assert not other.posts
    assert "answered 302 Found" in trouble(system)
    assert "Redirects aren't followed." in trouble(system)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("[fd00::1]", False),
        ("[64:ff9b::a00:1]", False),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("[::ffff:127.0.0.1]", True),
        ("169.254.169.254", True),
        ("[fd00:ec2::254]", True),
        ("0.0.0.0", True),
    ],
)
def test_addresses_that_are_not_allowed_are_not_dialled(
    address: str, private: bool, settings: Settings
) -> None:
    settings.TRIAL = False
    system = make_receiver("webhook", f"https://{address}/", private_network=private)
    happens("first")
    deliver_due()
    assert "isn't an allowed address" in trouble(system)


@pytest.mark.parametrize(
    ("host", "trial", "sentence"),
    [
        ("logs.invalid", True, HOW_TO_LEAVE.format("SysLog servers")),
        ("192.0.2.1", True, HOW_TO_LEAVE.format("SysLog servers")),
        ("169.254.169.254", False, "can't be a SysLog server's address."),
    ],
)
def test_troubles_of_syslog_speak_of_no_mail(
    host: str, trial: bool, sentence: str, settings: Settings
) -> None:
    settings.TRIAL = trial
    system = make_receiver("syslog", f"syslog://{host}:601")
    happens("first")
    deliver_due()
    assert trouble(system).endswith(sentence)


def test_a_trial_sends_to_other_machines_only_with_real_mail(settings: Settings) -> None:
    hook = make_receiver("webhook", "https://10.0.0.1/")
    log = make_receiver("syslog", "syslog://169.254.169.254:601")
    happens("first")
    deliver_due()
    assert trouble(hook).endswith(HOW_TO_LEAVE.format("receivers"))
    assert trouble(log).endswith(HOW_TO_LEAVE.format("SysLog servers"))
    settings.REAL_MAIL = True  # what else is refused still is
    try_again()
    assert "isn't an allowed address" in trouble(hook)
    assert "can't be a SysLog server's address" in trouble(log)


def test_troubles_of_a_webhook_say_what_is_wrong_with_certificate_and_name(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    with logs(context) as receiver:
        untrusted = make_receiver("webhook", f"https://127.0.0.1:{receiver.port}/")
        unknown = make_receiver("webhook", "https://hooks.invalid/")
        happens("first")
        deliver_due()
    assert trouble(untrusted).startswith("The receiver's certificate isn't accepted: self-signed")
    assert trouble(unknown).startswith("hooks.invalid can't be looked up: ")


def test_only_who_holds_the_lease_moves_the_cursor() -> None:
    """A worker that was away too long, and another one that has taken over."""
    with hook() as receiver:
        system = make_receiver("webhook", receiver.url)
        happens("first", "second")
        Delivery.objects.update(sender=system.pk, lease_until=timezone.now() + timedelta(minutes=1))
        deliver_due()
        assert not receiver.posts
        Delivery.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
        deliver_due()
        assert verbs(receiver) == ["first", "second"]
        Delivery.objects.update(sender=None)
        assert not delivery._advance(system, system.pk, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_entry_once() -> None:
    with hook() as receiver:
        make_receiver("webhook", receiver.url)
        happens(*"abcdefgh")
        at_once(deliver_due, deliver_due)
    assert verbs(receiver) == list("abcdefgh")


def test_syslog_over_tls_counts_octets_and_follows_rfc_5424(tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    with logs(context) as receiver:
        make_receiver("syslog", f"syslog+tls://127.0.0.1:{receiver.port}", ca=ca)
        happens("sign in", "second")
        deliver_due()
        messages = frames(receiver.wait())
    header = r"<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ pmconsole - sign_in - (\{.*\})"
    found = re.fullmatch(header, messages[0])
    assert found
    assert json.loads(found[1])["entry"]["verb"] == "sign in"
    assert [
        json.loads(each.partition("- {")[0] and each[each.index("{") :])["entry"]["verb"]
        for each in messages
    ] == ["sign in", "second"]


def test_syslog_trusts_no_other_certificate(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    with logs(context) as receiver:
        system = make_receiver("syslog", f"syslog+tls://127.0.0.1:{receiver.port}")
        happens("first")
        deliver_due()
    assert "certificate isn't accepted" in trouble(system)


def test_a_syslog_receiver_that_dies_before_it_has_read_all_gets_it_again() -> None:
    with logs(resets=1) as receiver:
        system = make_receiver("syslog", f"syslog://127.0.0.1:{receiver.port}")
        happens("first", "second")
        deliver_due()
        assert "connection was lost" in trouble(system)
        try_again()
        assert len(frames(receiver.wait())) == 2
    assert trouble(system) == ""


def test_a_webhook_is_created_changed_and_its_secret_is_never_sent() -> None:
    with hook() as receiver:
        signs = Credential(name="Signs", account_name="-")
        signs.set_secret(SECRET)
        signs.save()
        client = signed_in()
        given = {"name": "SIEM", "base_url": receiver.url, "credential": str(signs.pk)}
        client.post(f"{HOOKS}create/", given)
        system = ForeignSystem.objects.get(name="SIEM")
        save(client, signs, secret="another secret of it")
        deliver_due()
        assert len(receiver.posts) >= 2  # its own creation, and the credential's change
        sent = b"".join(body for _, body in receiver.posts).decode()
        assert "another secret of it" not in sent
        assert SECRET not in sent
        assert "OK" in client.get(HOOKS).content.decode()
        assert "Delivered Up To" in client.get(url(system)).content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("webhook", "ftp://hooks.example.com/", "isn't an https address"),
        ("webhook", "https://a:b@hooks.example.com/", "isn't an https address"),
        ("webhook", "https://hooks.example.com:99999/", "isn't an https address"),
        ("webhook", "https://hooks.example.com/a\x7fb", "isn't an https address"),
        ("syslog", "smtp://logs.example.com", "Write syslog+tls://…"),
    ],
)
def test_an_address_that_cannot_be_is_refused_at_its_field(
    kind: str, value: str, said: str
) -> None:
    right = "https://x.example/" if kind == "webhook" else "syslog+tls://x.example:6514"
    assert said in save(signed_in(), make_receiver(kind, right), base_url=value)


def test_a_test_is_recorded_and_shows_the_receivers_own_words() -> None:
    with hook(422, words="unknown source") as receiver:
        system = make_receiver("webhook", "https://hooks.example.com/")
        sent = as_opened(system, test="event", base_url=receiver.url)
        response = signed_in().post(url(system, "test"), sent, headers={"HX-Request": "true"})
    page = html.unescape(response.content.decode())
    assert "The receiver answered 422" in page
    assert "unknown source" in page
    assert SECRET not in page
    assert json.loads(receiver.posts[0][1])["test"] is True
    assert Entry.objects.filter(verb="test connection").exists()


def test_a_test_of_syslog_says_what_to_look_for() -> None:
    with logs() as receiver:
        system = make_receiver("syslog", f"syslog://127.0.0.1:{receiver.port}")
        sent = as_opened(system, test="event")
        response = signed_in().post(url(system, "test"), sent, headers={"HX-Request": "true"})
        key = re.search(r"look for (test-\d+)", response.content.decode())
        assert key
        assert key[1].encode() in receiver.wait()
