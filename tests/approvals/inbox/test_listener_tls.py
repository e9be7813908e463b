"""STARTTLS at the listener: what counts after it, and what is said of certificate and key."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.core.management import CommandError, call_command
from django.utils import timezone

from approvals.inbox.listener import Listener
from approvals.inbox.listener_tls import RenewedTls, UnusableTls, out_of_date, tls_context
from tests.approvals.inbox.listening import MESSAGE, OURS, Kept, Raw, client, listening
from tests.foreign_systems.scripted_server import certificate


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A certificate with its key, and things that aren't."""
    _, pem = certificate(tmp_path)
    (tmp_path / "cert.pem").write_text(pem)
    (made,) = tmp_path.glob("127.0.0.1*.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    for name, encryption in (("other", NoEncryption()), ("locked", BestAvailableEncryption(b"x"))):
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        (tmp_path / f"{name}.pem").write_bytes(private)
    (tmp_path / "text.pem").write_text("not PEM")
    names = ("cert", "other", "locked", "text", "missing")
    return {"key": str(made), "": "", **{name: str(tmp_path / f"{name}.pem") for name in names}}


def trusting(files: dict[str, str]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=files["cert"])


def test_a_message_comes_in_over_tls(files: dict[str, str]) -> None:
    kept = Kept()
    tls = RenewedTls(files["cert"], files["key"]).current
    with listening(kept.append, tls=tls) as listener, client(listener) as smtp:
        smtp.starttls(context=trusting(files))
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert not smtp.has_extn("auth")
        assert smtp.docmd("STARTTLS")[0] == 503
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert (kept.one.raw, kept.one.peer, kept.one.verifies_senders) == (MESSAGE, "127.0.0.1", True)


def test_what_was_said_before_tls_is_forgotten(files: dict[str, str]) -> None:
    kept = Kept()
    tls = RenewedTls(files["cert"], files["key"]).current
    with listening(kept.append, tls=tls) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("mallory@b.example")
        smtp.rcpt(OURS)
        smtp.starttls(context=trusting(files))
        assert smtp.docmd("DATA")[0] == 503
        assert smtp.mail("dana@a.example")[0] == 503  # not even the greeting counts


def test_nothing_that_follows_starttls_in_clear_is_taken_for_encrypted(
    files: dict[str, str],
) -> None:
    kept = Kept()
    tls = RenewedTls(files["cert"], files["key"]).current
    with listening(kept.append, tls=tls) as listener, Raw(listener) as raw:
        raw.line()
        raw.say(b"EHLO a\r\n")
        answer = raw.say(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<e@b.example>\r\n")
        assert answer == "503 5.5.1 Nothing may follow STARTTLS before its answer\r\n"
        assert raw.rest() == b""


def test_a_failed_handshake_ends_that_connection_alone(files: dict[str, str]) -> None:
    kept = Kept()
    tls = RenewedTls(files["cert"], files["key"]).current
    with listening(kept.append, tls=tls) as listener:
        with Raw(listener) as raw:
            raw.line()
            raw.say(b"EHLO a\r\n")
            assert raw.say(b"STARTTLS\r\n").startswith("220")
            raw.socket.sendall(b"no TLS at all\r\n")
            assert b"250" not in raw.rest()
        with client(listener) as smtp:
            smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("cert", "key", "sentence"),
    [
        ("cert", "", "LISTENER_TLS_CERTIFICATE is set, but LISTENER_TLS_KEY isn't"),
        ("", "key", "LISTENER_TLS_KEY is set, but LISTENER_TLS_CERTIFICATE isn't"),
        ("missing", "key", "LISTENER_TLS_CERTIFICATE: .* can't be read: No such file"),
        ("text", "key", "LISTENER_TLS_CERTIFICATE: .* doesn't hold a certificate"),
        ("cert", "missing", "LISTENER_TLS_KEY: .* can't be read: No such file"),
        ("cert", "text", "LISTENER_TLS_KEY: .* doesn't hold a private key"),
        ("cert", "locked", "LISTENER_TLS_KEY: .* needs a password"),
        ("cert", "other", "LISTENER_TLS_KEY: .* isn't the key of the first certificate"),
    ],
)
def test_the_command_says_what_is_wrong_with_certificate_and_key(
    files: dict[str, str], settings: Any, cert: str, key: str, sentence: str
) -> None:
    settings.LISTENER_TLS_CERTIFICATE = files[cert]
    settings.LISTENER_TLS_KEY = files[key]
    with pytest.raises(CommandError, match=sentence):
        call_command("receive_mail", port=0)


def test_a_certificate_that_is_out_of_date_is_said_but_used(files: dict[str, str]) -> None:
    now = timezone.now()
    assert out_of_date(files["cert"], now) == ""
    assert "expired on" in out_of_date(files["cert"], now + timedelta(days=40))
    assert "isn't valid before" in out_of_date(files["cert"], now - timedelta(days=90))


def shown_by(listener: Listener) -> bytes | None:
    """The certificate that a new connection is shown."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    with client(listener) as smtp:
        smtp.starttls(context=unchecked)
        assert isinstance(smtp.sock, ssl.SSLSocket)
        return smtp.sock.getpeercert(binary_form=True)


def test_a_renewed_certificate_is_taken_and_a_broken_one_keeps_the_former(
    files: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    renewed = tmp_path / "renewed"
    renewed.mkdir()
    certificate(renewed)
    (new,) = renewed.glob("127.0.0.1*.pem")
    used = tmp_path / "used.pem"  # certificate and key in one file
    used.write_bytes(Path(files["key"]).read_bytes())
    tls = RenewedTls(str(used), str(used)).current
    with listening(Kept().append, tls=tls) as listener, client(listener) as open_before:
        first = shown_by(listener)
        used.write_text("half a certificate")
        assert [shown_by(listener) for _ in range(2)] == [first, first]
        assert caplog.text.count("listener_certificate_unusable") == 1
        new.replace(used)
        second = shown_by(listener)
        assert second not in (first, None)
        open_before.starttls(context=trusting(files))  # as it was when this one connected


def test_an_unreadable_key_is_named_without_its_content(files: dict[str, str]) -> None:
    with pytest.raises(UnusableTls) as refused:
        tls_context(files["cert"], files["text"])
    assert "not PEM" not in str(refused.value)
