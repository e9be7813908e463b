"""An administrator's field for an address, used to reach what only the console's host can (SSRF)."""

import socket
from typing import Any

import pytest

from foreign_systems.openid.fetch import OpenIdError, connected, fetch
from foreign_systems.smtp.answers import Kind
from foreign_systems.smtp.server import Server
from foreign_systems.smtp_url import SmtpUrlError, parse
from tests.foreign_systems.test_openid_protocol import Provider, provider  # noqa: F401
from tests.foreign_systems.test_smtp_security import send

# 169.254.169.254, as the system's resolver understands it.
METADATA = ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "169.16689662"]
# 127.0.0.1 likewise.
LOOPBACK = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"]


@pytest.mark.parametrize("host", [*METADATA, *LOOPBACK])
def test_another_spelling_of_an_address_is_not_asked_over_https(host: str) -> None:
    """Providers and webhooks use the same connection."""
    with pytest.raises(OpenIdError, match="isn't an allowed address"):
        fetch(f"https://{host}/latest/meta-data/", allow_loopback=False)
    with pytest.raises(OpenIdError, match="isn't an allowed address"):
        connected(host, 443, secure=True, allow_loopback=False, allow_private=True)


@pytest.mark.parametrize("host", METADATA)
def test_another_spelling_of_a_metadata_address_is_no_mail_server(host: str) -> None:
    """IMAP and SysLog resolve and dial by the same functions."""
    try:
        server = Server(parse(f"smtp://{host}"), timeout=0.5)
    except SmtpUrlError:
        return
    answer = send(server)
    assert (answer.kind, answer.alert) == (Kind.DEFERRED, True)
    assert "can't be a mail server's address" in answer.text


def test_a_name_that_leads_elsewhere_the_second_time_is_looked_up_once(
    provider: Provider,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: what was judged is what is dialled. The name server is the attacker's."""
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *arguments: Any, **named: Any) -> Any:
        if host != "rebind.example.com":
            return real(host, *arguments, **named)
        asked.append(host)
        found = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return real(found, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = provider.server.server_port
    told = fetch(f"http://rebind.example.com:{port}/me", allow_loopback=True)
    assert told["sub"] == "sam"
    assert asked == ["rebind.example.com"]


def test_a_name_with_one_allowed_address_is_dialled_there_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def both(host: str, *arguments: Any, **named: Any) -> Any:
        if host != "both.example.com":
            return real(host, *arguments, **named)
        return real("169.254.169.254", *arguments, **named) + real("::1", *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(OpenIdError, match="isn't an allowed address"):
        fetch("https://both.example.com/", allow_loopback=False)
