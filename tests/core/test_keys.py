"""Keys: what a start checks, and how they are renewed."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from core.actors import Actor
from core.audit.models import Entry
from core.encryption import parse_keys
from core.keys import services
from core.keys.models import KnownKey
from core.keys.services import check_keys, rotate_keys

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
