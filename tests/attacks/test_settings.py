"""Settings that an operator may write in several ways, read in one."""

import os
import subprocess
import sys

import pytest

from tests.running_trial import ROOT


def setting(name: str, **environment: str) -> str:
    """What the settings hold with this environment; AssertionError with the refusal."""
    code = f"from pmconsole import settings; print(settings.{name})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://pm.example.com", "pm.example.com"),
        ("https://pm.example.com:8443/", "pm.example.com"),
        ("http://[::1]:8000", "[::1]"),
    ],
)
def test_the_host_of_the_public_url_is_allowed(url: str, host: str) -> None:
    assert setting("ALLOWED_HOSTS[0]", PUBLIC_URL=url) == host


@pytest.mark.parametrize(
    "url",
    [
        "https://pm.example.com/console",
        "https://user@pm.example.com",
        "pm.example.com",
        "https://",
        "https://[::1",
        "https://pm.example.com:port",
    ],
)
def test_a_public_url_that_is_more_or_less_than_that_is_refused_by_name(url: str) -> None:
    with pytest.raises(AssertionError, match="PUBLIC_URL is"):
        setting("ALLOWED_HOSTS", PUBLIC_URL=url)


def test_the_scheme_is_taken_from_a_header_only_behind_a_proxy_of_ours() -> None:
    url = "https://pm.example.com"
    assert setting("SECURE_PROXY_SSL_HEADER", PUBLIC_URL=url) == "None"
    behind = setting("SECURE_PROXY_SSL_HEADER", PUBLIC_URL=url, TRUSTED_PROXIES="1")
    assert "HTTP_X_FORWARDED_PROTO" in behind
