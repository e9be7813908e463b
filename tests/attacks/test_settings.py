"""Settings that an operator may write in several ways, read in one."""

import logging
import runpy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.running_trial import ROOT

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """Reads the settings anew, in another environment; they set up logging too."""

    def settings_with(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "pmconsole" / "settings.py"))

    handlers = logging.getLogger().handlers[:]
    yield settings_with
    logging.getLogger().handlers[:] = handlers


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://pm.example.com", "pm.example.com"),
        ("https://pm.example.com:8443/", "pm.example.com"),
        ("http://[::1]:8000", "[::1]"),
    ],
)
def test_the_host_of_the_public_url_is_allowed(read: Read, url: str, host: str) -> None:
    assert read(PUBLIC_URL=url)["ALLOWED_HOSTS"][0] == host


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
def test_a_public_url_that_is_more_or_less_than_that_is_refused_by_name(
    read: Read, url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL is"):
        read(PUBLIC_URL=url)


def test_the_scheme_is_taken_from_a_header_only_behind_a_proxy_of_ours(read: Read) -> None:
    url = "https://pm.example.com"
    assert read(PUBLIC_URL=url)["SECURE_PROXY_SSL_HEADER"] is None
    behind = read(PUBLIC_URL=url, TRUSTED_PROXIES="1")["SECURE_PROXY_SSL_HEADER"]
    assert "HTTP_X_FORWARDED_PROTO" in behind
