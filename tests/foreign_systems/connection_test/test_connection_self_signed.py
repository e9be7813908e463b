"""A self-signed certificate that Test Connection found may be trusted by itself."""

import datetime
import hashlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis.strategies import integers

from foreign_systems.connection_test import check_connection
from foreign_systems.smtp.certificate import Certificate
from tests.foreign_systems.connection_test.trying import (
    HOST,
    OFFERS_TLS,
    SENDER,
    SIGN_IN,
    server_at,
    signed_certificate,
    step,
    tones,
    try_script,
)
from tests.foreign_systems.scripted_server import CLOSE, HANG, ScriptedServer, certificate, drip


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_self_signed_certificate_is_shown_and_trusted_alone(tmp_path, scheme):
    context, pem = certificate(tmp_path, name=HOST)
    script = {"EHLO": [OFFERS_TLS, "250 x"]}
    with ScriptedServer(script, tls=context, smtps=scheme == "smtps") as it:
        shown = check_connection(server_at(it.port, scheme), mail_from=SENDER).certificate
    assert shown is not None
    assert shown.pem.split() == pem.split()
    assert shown.sha256 == ":".join(f"{b:02X}" for b in hashlib.sha256(der_of(pem)).digest())
    assert HOST in shown.subject
    assert try_script(script, scheme, tls=context, smtps=scheme == "smtps", ca=shown.pem).ok
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other", name=HOST)
    tried = try_script(script, scheme, tls=other, smtps=scheme == "smtps", ca=shown.pem)
    assert (tried.ok, tones(tried)) == (False, "ggboo")
    assert tried.headline == "The server's certificate isn't the trusted one"
    assert "someone else is answering in its place" in tried.advice
    assert tried.certificate is not None  # it may have been renewed
    assert tried.certificate.sha256 != shown.sha256


def test_nothing_but_a_handshake_is_sent_to_see_it(tmp_path):
    context, _ = certificate(tmp_path, name=HOST)
    with ScriptedServer({"EHLO": [OFFERS_TLS, "250 x"]}, tls=context) as it:
        check_connection(server_at(it.port, **SIGN_IN), mail_from=SENDER)
        said = " ".join(it.commands).upper()
    assert "AUTH" not in said
    assert "MAIL" not in said


def test_what_an_authority_signed_is_not_offered_to_be_trusted_alone(tmp_path):
    tried = try_script({"EHLO": OFFERS_TLS}, tls=signed_certificate(tmp_path)[0])
    assert tried.certificate is None
    assert "the server's own isn't enough" in tried.advice


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("made", "headline"),
    [
        ({"name": "other.example"}, "The server's certificate is for another name"),
        ({"name": HOST, "days": -1}, "The server's certificate has expired"),
    ],
)
def test_a_self_signed_one_that_does_not_hold_anyway_is_not_offered(
    tmp_path, scheme, made, headline
):
    context, _ = certificate(tmp_path, **made)
    tried = try_script({"EHLO": OFFERS_TLS}, scheme, tls=context, smtps=scheme == "smtps")
    assert (tried.headline, tones(tried), tried.certificate) == (headline, "ggboo", None)
    assert "self-signed" not in step(tried, "Encryption")[1]


@pytest.mark.parametrize("greeting", [CLOSE, HANG, "554 no more connections"])
def test_where_it_cannot_be_fetched_nothing_is_offered_and_it_is_said(good, greeting):
    script = {"greeting": ["220 x", greeting], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0], timeout=0.3)
    assert (tried.headline, tones(tried)) == ("The server's certificate is self-signed", "ggboo")
    assert tried.certificate is None
    assert "couldn't be fetched" in tried.advice
    assert tried.milliseconds < 1_500


def test_a_server_that_dawdles_once_the_certificate_is_asked_for_is_given_up_in_time(good):
    script = {"greeting": ["220 x", drip(f"220 {'x' * 500}\r\n")], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0], timeout=5.0, total_timeout=0.5)
    assert tried.certificate is None
    assert tried.milliseconds < 1_200


def test_one_that_could_not_be_tried_out_is_shown_all_the_same(good):
    script = {"greeting": ["220 x", "220 x", CLOSE], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0])
    assert tried.certificate is not None
    assert tried.certificate.pem.split() == good[1].split()


def test_a_certificate_of_no_known_version_is_not_shown(tmp_path):
    """Its signature does not hold then; of a self-signed one nobody looks at that."""
    context, _ = certificate(tmp_path, name=HOST)
    (path,) = tmp_path.glob("*.pem")
    private = path.read_text().partition("-----BEGIN CERTIFICATE-----")[0]
    der = der_of(path.read_text().removeprefix(private))
    version = b"\xa0\x03\x02\x01"
    assert der.count(version + b"\x02") == 1
    odd = ssl.DER_cert_to_PEM_cert(der.replace(version + b"\x02", version + b"\x07"))
    path.write_text(private + odd)
    context.load_cert_chain(path)
    tried = try_script({"EHLO": OFFERS_TLS}, tls=context)
    assert (tried.ok, tones(tried), tried.certificate) == (False, "ggboo", None)
    assert Certificate.from_der(ssl.PEM_cert_to_DER_cert(odd)) is None


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(max_examples=300, deadline=None)
@given(at=integers(0, 200), byte=integers(0, 255))
def test_whatever_bytes_come_as_a_certificate_are_read_or_not(good, at, byte):
    der = bytearray(der_of(good[1]))
    der[at] = byte
    read = Certificate.from_der(bytes(der))
    assert read is None or read.subject.isprintable()


def test_a_subject_is_printable_and_of_bounded_length(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    units = [
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"\u202e\n{n}" + "x" * 50)
        for n in range(20)
    ]
    made = (
        x509.CertificateBuilder(x509.Name(units), x509.Name(units), key.public_key(), 7)
        .not_valid_before(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2026, 10, 3, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    read = Certificate.from_der(made.public_bytes(serialization.Encoding.DER))
    assert read is not None
    assert (len(read.subject), read.until) == (300, "3 Oct 2026")
    assert read.subject.isprintable()


def der_of(pem: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem)
