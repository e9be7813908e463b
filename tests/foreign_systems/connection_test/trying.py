"""Test Connection and Send Test E-mail at a scripted server, and what they told."""

import datetime
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.smtp import Server
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import Script, ScriptedServer

HOST, SENDER, DANA = "mail.example.com", "approvals@c.example", "dana@a.example"
MESSAGE = b"Subject: Test\n\nIt works, says the body.\n"
SIGN_IN = {"username": "pm-relay", "password": "hunter2 ä"}
OFFERS_TLS = "250-x\n250 STARTTLS"
OFFERS_AUTH = "250-x\n250 AUTH PLAIN"
SIGNS_IN = {"EHLO": OFFERS_AUTH}
FIVE = ["Name", "Connection", "Encryption", "Sign-in", "Sender"]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]


def server_at(port: int, scheme: str = "smtp", **values) -> Server:
    defaults = {"timeout": 0.5, "total_timeout": 3.0, "resolve": lambda _: ["127.0.0.1"]}
    return Server(parse(f"{scheme}://{HOST}:{port}"), **defaults | values)


def try_script(
    script: Script, scheme: str = "smtp", *, tls=None, smtps=False, **values
) -> ConnectionReport:
    with ScriptedServer(script, tls=tls, smtps=smtps) as it:
        tried = check_connection(server_at(it.port, scheme, **values), mail_from=SENDER)
        assert it.messages == []
        return tried


def send_script(script: Script, *, recipient: str = DANA, **values) -> ConnectionReport:
    with ScriptedServer(script) as it:
        server = server_at(it.port, **values)
        return send_test(server, mail_from=SENDER, recipient=recipient, data=MESSAGE)


def step(tried: ConnectionReport, label: str) -> tuple[str, str]:
    return next((one.tone, one.text) for one in tried.steps if one.label == label)


def tones(tried: ConnectionReport) -> str:
    """One letter a step, such as ggbooo."""
    return "".join(one.tone[0] for one in tried.steps)


def failed(tried: ConnectionReport) -> list[str]:
    return [f"{line.who} {line.text}" for line in tried.transcript if line.failed]


def spoken(tried: ConnectionReport) -> list[str]:
    return [f"{line.who} {line.text}" for line in tried.transcript]


def signed_certificate(folder, *, starts: int = -1) -> tuple[ssl.SSLContext, str]:
    """A TLS context whose certificate an authority signed, and that authority as PEM.

    `starts`: the first day it is valid, counted from today.
    """
    now = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("Our CA", HOST)]
    signed = []
    for name, key, is_ca, first_day in zip(names, keys, (True, False), (-9, starts), strict=True):
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=first_day))
            .not_valid_after(now + datetime.timedelta(days=first_day + 90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        signed.append(built.sign(keys[0], hashes.SHA256()))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pems = [one.public_bytes(serialization.Encoding.PEM) for one in signed]
    path = folder / f"signed{starts}.pem"
    path.write_bytes(private + pems[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pems[0].decode()
