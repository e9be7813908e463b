"""Keys by purpose, derived tokens, and settings that refuse to start."""

import base64
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from core.encryption import decrypt, derive_token, encrypt, parse_keys, token_hash
from tests.running_trial import run_manage

ROOT = Path(__file__).resolve().parents[2]


def key(letter: str) -> str:
    return base64.urlsafe_b64encode(letter.encode() * 32).decode()


def test_a_value_is_read_back_with_its_purpose_only() -> None:
    stored = encrypt(b"secret", "credential")

    assert b"secret" not in stored
    assert decrypt(stored, "credential") == b"secret"
    with pytest.raises(InvalidToken):
        decrypt(stored, "incoming mail")


def test_a_value_written_with_an_older_key_is_still_read(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = parse_keys(f"1:{key('a')}")
    stored = encrypt(b"secret", "credential")
    settings.ENCRYPTION_KEYS = parse_keys(f"2:{key('b')},1:{key('a')}")

    assert decrypt(stored, "credential") == b"secret"


def test_a_token_is_the_same_each_time_and_other_for_each_purpose_and_identity() -> None:
    token = derive_token("reply", "x", 1)

    assert token == derive_token("reply", "x", 1)
    assert len({token, derive_token("link", "x", 1), derive_token("reply", "y", 1)}) == 3
    assert token_hash(token.upper()) == token_hash(token)


@pytest.mark.parametrize(
    "text", ["", "abc", f"x:{key('a')}", "1:short", f"1:{key('a')},1:{key('b')}", "1:%%%"]
)
def test_malformed_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        parse_keys(text)
    assert key("a") not in str(refused.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "ENCRYPTION_KEYS"])
def test_production_settings_refuse_to_start_without_a_secret(missing: str, tmp_path: Path) -> None:
    result = run_check({missing: ""}, tmp_path)

    assert result.returncode != 0
    assert f"{missing} isn't set" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", "change-me-please"), ("SECRET_KEY", "short")]
)
def test_production_settings_refuse_a_default_or_short_secret(
    name: str, value: str, tmp_path: Path
) -> None:
    assert run_check({name: value}, tmp_path).returncode != 0


def run_check(changes: dict[str, str], folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PMCONSOLE_TRIAL_FOLDER": str(folder / "no-trial"),
        "PUBLIC_URL": "https://pm.example.com",
        **changes,
    }
    return run_manage("check", "--deploy", environment=environment)
