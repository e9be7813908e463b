"""Attacks on Certificate Authority: a private key that is pasted there and comes out somewhere."""

import base64
import html
import re
import ssl
from pathlib import Path

import pytest
from django.test import Client

from core.audit.models import Payload
from foreign_systems.models import ForeignSystem
from items.models import Change
from tests.factories import make_smtp_server, signed_in
from tests.foreign_systems.scripted_server import certificate
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db
DER = b"0\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01\x00SECRETSECRETSECRETSECRETSECRETSECRETSECRET"
KEY = base64.b64encode(DER).decode()
SECRET = KEY[20:44]  # a piece that no certificate has


def block(label: str, body: str = KEY, end: str | None = None) -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {end or label}-----\n"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> str:
    return certificate(Path(tmp_path_factory.mktemp("certificate")))[1]


def with_key(pem: str, dress: str) -> str:
    """A key as people paste it, in one of many dresses."""
    der = base64.b64encode(ssl.PEM_cert_to_DER_cert(pem) + DER).decode()
    return {
        "odd label": pem + block("ANYTHING"),
        "usual label": pem + block("PRIVATE KEY"),
        "openssh": block("OPENSSH PRIVATE KEY"),
        "lower case": pem + block("private key").lower().replace(KEY.lower(), KEY),
        "no label": pem + KEY,
        "leading text": f"key: {KEY}\n{pem}",
        "between certificates": pem + block("EC KEY") + pem,
        "as a certificate": pem + block("CERTIFICATE"),
        "as the first certificate": block("CERTIFICATE") + pem,
        "lower-case certificate": block("certificate"),
        "behind a certificate's bytes": block("CERTIFICATE", der),
        "mismatched ends": block("CERTIFICATE", end="PRIVATE KEY"),
        "trusted certificate": block("TRUSTED CERTIFICATE"),
        "without an end": f"{pem}-----BEGIN CERTIFICATE-----\n{KEY}",
        "in a header": pem.replace("-----\n", f"-----\nComment: {KEY}\n\n", 1),
        "in a comment": f"{pem}\n# {KEY}\n",
        "bare DER": DER.decode("latin-1").replace("\0", "") + SECRET,
        "with a NUL": f"{pem}\0{KEY}",
        "without line breaks": (pem + block("X")).replace("\n", " "),
        "hex": pem + DER.hex() + SECRET,
        "very long": pem + KEY + "A" * 120_000,
    }[dress]


DRESSES = [
    *("odd label", "usual label", "openssh", "lower case", "no label", "leading text"),
    *("between certificates", "as a certificate", "as the first certificate"),
    *("lower-case certificate", "behind a certificate's bytes", "mismatched ends"),
    *("trusted certificate", "without an end", "in a header", "in a comment", "bare DER"),
    *("with a NUL", "without line breaks", "hex", "very long"),
]
in_every_dress = pytest.mark.parametrize("dress", DRESSES)


def stored_texts() -> str:
    rows = [*ForeignSystem.objects.values(), *Change.objects.values(), *Payload.objects.values()]
    return str(rows)


def field(page: str, name: str) -> str:
    """What stands in a textarea or input of the page."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    if found is None:
        found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page, re.DOTALL)
    return found[1].strip() if found else ""


@in_every_dress
def test_a_key_is_stored_or_shown_again(
    dress: str, pem: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    server = make_smtp_server(ca="")
    page = save(signed_in(), server, name="Typed name", ca=with_key(pem, dress))
    assert "Certificate Authority" in page
    assert 'aria-invalid="true"' in page
    for text in (page, stored_texts(), caplog.text, "".join(capfd.readouterr())):
        assert SECRET not in text
        assert SECRET.lower() not in text
    server.refresh_from_db()
    assert (server.settings["ca"], server.version) == ("", 1)
    assert field(page, "name") == "Typed name"
    assert "['" not in page  # no list instead of a text


@in_every_dress
def test_a_key_comes_back_by_another_road(dress: str, pem: str) -> None:
    server, client = make_smtp_server(ca=""), signed_in()
    bad = with_key(pem, dress)
    tested = client.post(url(server, "test"), as_opened(server, test="connection", ca=bad))
    trusted = client.post(url(server, "test"), as_opened(server, test="connection", trust=bad))
    stale = client.post(url(server), as_opened(server, ca=bad, version="0"))
    fragment = client.post(
        url(server, "test"),
        as_opened(server, test="connection", ca=bad),
        headers={"HX-Request": "true"},
    )
    assert stale.status_code == 409
    for response in (tested, trusted, stale, fragment):
        assert SECRET not in html.unescape(response.content.decode())
    assert SECRET not in stored_texts()


def test_the_stored_certificates_are_lost_by_a_refusal(pem: str) -> None:
    server, client = make_smtp_server(ca=pem.strip()), signed_in()
    page = save(client, server, ca=with_key(pem, "odd label"))
    assert field(page, "ca") == pem.strip()
    stale = client.post(url(server), as_opened(server, ca=with_key(pem, "no label"), version="0"))
    assert field(html.unescape(stale.content.decode()), "ca") == pem.strip()


def test_a_key_that_is_refused_takes_the_other_fields_along(pem: str) -> None:
    server = make_smtp_server()
    page = save(signed_in(), server, description="Two\nlines", timeout="7", ca=KEY)
    assert field(page, "description") == "Two\nlines"
    assert field(page, "timeout") == "7"


def test_what_is_stored_is_what_was_parsed(pem: str) -> None:
    server = make_smtp_server()
    lines = pem.strip().splitlines()
    wrapped = "\r\n".join([f"  {lines[0]}  ", *(f" {line} " for line in lines[1:-1]), lines[-1]])
    save(signed_in(), server, ca=f"\n\n{wrapped}\n\n{pem}")
    server.refresh_from_db()
    assert server.settings["ca"] == f"{pem.strip()}\n{pem.strip()}"
    assert Client().get(url(server)).status_code == 302
