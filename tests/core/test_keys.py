"""Keys: what a start checks, and how they are renewed."""

import base64
import json

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import models
from pytest_django import Settings

from approvals.inbox.storing import known_address, receive
from approvals.models import Invitation
from approvals.services import Decider, decide
from core.actors import Actor
from core.audit.models import Entry
from core.encryption import parse_keys
from core.keys import services
from core.keys.fields import EncryptedField, opened
from core.keys.models import KnownKey
from core.keys.services import check_keys, rotate_keys
from foreign_systems.models import Credential
from policies.models import Computer
from tests.approvals.replies import address_of
from tests.factories import invitation_of, make_request, make_user
from trial.models import CapturedMail

pytestmark = pytest.mark.django_db


def written(*numbers_and_letters: str) -> dict[str, bytes]:
    """`written("2b", "1a")`: keys by their number, made of a letter."""
    keys = ",".join(
        f"{each[:-1]}:{base64.urlsafe_b64encode(each[-1].encode() * 32).decode()}"
        for each in numbers_and_letters
    )
    return parse_keys(keys)


@pytest.mark.parametrize("number", ["02", "²", "0", "+1", "1 ", "-1", "\u0661"])
def test_a_number_that_could_be_written_otherwise_is_refused(number: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="whole number from 1"):
        written(f"{number}a")


def test_the_first_start_remembers_the_keys_and_shows_nothing_of_them(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    check_keys()
    check_keys()
    assert [key.number for key in KnownKey.objects.all()] == [1, 2]
    assert not {"62" * 32, "61" * 32} & {key.fingerprint for key in KnownKey.objects.all()}


def test_a_start_without_a_key_that_is_still_needed_is_refused(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    check_keys()
    settings.ENCRYPTION_KEYS = written("2b")
    with pytest.raises(ImproperlyConfigured, match="lacks key 1, which is still needed"):
        check_keys()


def test_a_start_with_another_key_under_a_known_number_is_refused(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("1a")
    check_keys()
    settings.ENCRYPTION_KEYS = written("1c")
    with pytest.raises(ImproperlyConfigured, match="different key under id 1"):
        check_keys()


def test_an_older_key_may_go_once_nothing_needs_it(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("1a")
    check_keys()
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    rotate_keys(by=Actor.of_operator("root"))
    settings.ENCRYPTION_KEYS = written("2b")
    check_keys()
    entry = Entry.objects.get(verb="rotate")
    assert (entry.actor, entry.object_id) == ("operator root", "2")


def test_an_older_key_that_something_names_stays_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_uses", [lambda: {1}])
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    rotate_keys(by=Actor.of_operator("root"))
    settings.ENCRYPTION_KEYS = written("2b")
    with pytest.raises(ImproperlyConfigured, match="lacks key 1"):
        check_keys()


def test_the_command_says_what_may_be_left_out(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    call_command("rotate_keys")
    assert "Key 1 is no longer needed." in capsys.readouterr().out


def test_the_command_tells_programs_in_json(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    call_command("rotate_keys", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["keys"] == [{"number": 1, "needed": False}]
    assert told["renewed"]["policies.Computer.encrypted_key"] == 0


# What is stored, and the keys it needs. The models stand above the ground that finds their columns.


def columns() -> dict[str, bytes]:
    """One value of every encrypted column, by the name of its field, as it can be read now."""
    found = {}
    for field in services._fields():
        (row,) = field.model._default_manager.all()[:1]
        found[f"{field.model.__name__}.{field.name}"] = opened(row, field.name)
    return found


def store_one_of_each() -> Invitation:
    invitation = invitation_of(make_request())
    credential = Credential(name="Mail account", account_name="pm")
    credential.set_secret("s3cret")
    credential.set_refresh_token("r3fresh")
    credential.save()
    make_computer(b"k" * 32)
    receive(
        raw=b"From: dana@example.com\r\n\r\nAPPROVE",
        recipients=("reply+x@pm.example.com",),
        mail_from="",
        source="listener",
        peer="",
        verifies_senders=True,
    )
    captured = CapturedMail(recipient="dana@example.com")
    captured.set_raw(b"Subject: x\r\n\r\n")
    captured.save()
    secret = {"secret": get_adapter().encrypt("of an app")}
    Authenticator.objects.create(user=make_user(), type=Authenticator.Type.TOTP, data=secret)
    return invitation


def make_computer(key: bytes) -> None:
    computer = Computer(name="WS-1", platform="windows", secret_hash="0" * 64)
    computer.set_key(key)
    computer.save()


def test_all_that_is_encrypted_survives_a_rotation_and_the_end_of_the_old_key(
    settings: Settings,
) -> None:
    settings.ENCRYPTION_KEYS = written("1a")
    invitation = store_one_of_each()
    before = columns()
    address = address_of(invitation)
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    renewed = rotate_keys(by=Actor.of_operator("root"))

    assert {"Credential.encrypted_secret", "Computer.encrypted_key"} < set(before)
    assert {"IncomingMail.encrypted_raw", "IncomingMail.encrypted_recipients"} < set(before)
    assert "CapturedMail.encrypted_raw" in before
    assert set(renewed.values()) == {1}
    assert known_address(address)  # the open request's address is still derived from key 1

    settings.ENCRYPTION_KEYS = written("2b")
    assert columns() == before
    assert get_adapter().decrypt(Authenticator.objects.get().data["secret"]) == "of an app"
    with pytest.raises(ImproperlyConfigured, match="lacks key 1, which is still needed"):
        check_keys()


def test_an_older_key_may_go_once_the_requests_made_with_it_are_closed(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("1a")
    old = store_one_of_each()
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    new = invitation_of(make_request())
    decide(number=old.request_id, decider=Decider("reply", invitation=old), answer="deny")
    rotate_keys(by=Actor.of_operator("root"))

    settings.ENCRYPTION_KEYS = written("2b")
    check_keys()
    assert known_address(address_of(new))
    assert new.key_number == 2


def test_every_encrypted_value_is_in_a_column_that_a_rotation_finds() -> None:
    """A binary column of ours that isn't marked would be lost with its key."""
    binary = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and not isinstance(field, EncryptedField)
    }
    assert {name for name in binary if "encrypted" in name} == set()
