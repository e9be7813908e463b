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


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("DATABASE_URL", "nonsense", "Enter postgres://"),
        ("DATABASE_URL", "mysql://pm:secret@db/pm", "Enter postgres://"),
        ("DATABASE_URL", "postgres://pm:sec@ret:secret/pm", "Enter postgres://"),
        ("DATABASE_URL", "postgres://pm:secret@db", "Enter postgres://"),
        ("REDIS_URL", "secret", "Enter redis://"),
        ("REDIS_URL", "redis://:secret@cache:secret/0", "Enter redis://"),
        ("TIME_ZONE", "Mars", "Enter one such as Europe/Oslo"),
        ("TIME_ZONE", "../UTC", "Enter one such as Europe/Oslo"),
        ("TRUSTED_PROXIES", "abc", "Enter a whole number"),
        ("TRUSTED_PROXIES", "-1", "Enter a whole number"),
        ("LISTENER_MESSAGES_PER_MINUTE", "many", "Enter a whole number"),
        ("METRICS_PEERS", "foo", "Enter addresses and networks"),
        ("METRICS_PEERS", "+10.1.0.0/16", "Enter addresses and networks"),
        ("LISTENER_PEERS", "+unix,foo", "Enter addresses and networks"),
        ("LISTENER_PEERS", "10.1.2.3/8", "Enter addresses and networks"),
        ("REPLY_ADDRESS", "foo", "Enter one such as reply@pm.example.com"),
        ("REPLY_ADDRESS", "antwört@pm.example.com", "Enter one such as reply@pm.example.com"),
        ("LOG_LEVEL", "loud", "Enter DEBUG, INFO"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name_with_what_to_write(
    read: Read, name: str, value: str, advice: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**{name: value})

    assert str(refused.value).startswith(f"{name} ")
    assert advice in str(refused.value)
    assert "secret" not in str(refused.value)


def test_networks_may_stand_apart_and_a_unix_socket_among_the_listeners(read: Read) -> None:
    settings = read(LISTENER_PEERS="+unix, 10.1.2.3", METRICS_PEERS="10.1.0.0/16, ::1")
    assert settings["LISTENER_PEERS"] == ("+unix", "10.1.2.3")
    assert settings["METRICS_PEERS"] == ("10.1.0.0/16", "::1")
