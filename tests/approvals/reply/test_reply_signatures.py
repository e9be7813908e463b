"""DKIM signatures that we verify ourselves, where a Mailbox says so."""

import base64
import time
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from approvals.reply import Reading
from approvals.reply.dkim_signatures import KeyUnavailable
from tests.approvals.reply.incoming import (
    ADDRESS,
    AR,
    DKIM,
    ID,
    NO_DMARC,
    SPF,
    message,
    outcome,
    read,
    rules,
)


@cache
def key_pair(bits: int) -> tuple[bytes, str]:
    """A private key in PEM, and its record as the DNS holds it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def signed(
    raw: bytes,
    *,
    domain: str = "example.com",
    covered: tuple[str, ...] = ("from", "to", "date", "content-type"),
    bits: int = 1024,
    **options: object,
) -> bytes:
    """The message with a signature on top."""
    more = {"canonicalize": (b"relaxed", b"relaxed")} | options
    signature = dkim.DKIM(raw).sign(
        b"s1",
        domain.encode(),
        key_pair(bits)[0],
        include_headers=[name.encode() for name in covered],
        **more,
    )
    return bytes(signature) + raw


def read_signed(raw: bytes, *, record: str | None = None, **more: object) -> Reading:
    """Read by a Mailbox that verifies signatures itself; the DNS holds one key."""
    asked = "s1._domainkey.example.com"

    def find_key(name: str) -> str:
        return (key_pair(1024)[1] if record is None else record) if name == asked else ""

    return read(raw, rules=rules(dkim_key=find_key, **more))


UNPROVEN = message("APPROVE\n\nFine.\n", results=None)


@pytest.mark.parametrize("form", [(b"relaxed", b"relaxed"), (b"simple", b"simple")])
@pytest.mark.parametrize("fields", [(), (SPF,), (f"{AR}: other.example; dmarc=fail",)])
def test_a_signature_of_the_authors_domain_proves_her(
    form: tuple[bytes, bytes], fields: tuple[str, ...]
) -> None:
    top = "".join(f"{field}\r\n" for field in fields).encode()
    reading = read_signed(top + signed(UNPROVEN, canonicalize=form))
    assert (reading.outcome, reading.authentication) == (
        "approve",
        "its DKIM signature was verified",
    )


def test_a_signature_is_verified_only_where_a_mailbox_asks_for_it() -> None:
    assert outcome(signed(UNPROVEN))[0] == "rejected"


@pytest.mark.parametrize(
    "raw",
    [
        signed(UNPROVEN).replace(b"\r\nAPPROVE", b"\r\nAPPROVE FOR 1 DAY"),
        signed(UNPROVEN).replace(b"To: ", b"To: x@y.example, "),
        signed(UNPROVEN).replace(b"From: Dana Whitfield", b"From: Dana"),
        signed(UNPROVEN, length=True),
        signed(UNPROVEN, domain="evil.example"),
        signed(UNPROVEN, domain="mail.example.com"),
        signed(UNPROVEN, signature_algorithm=b"rsa-sha1"),
        signed(UNPROVEN).replace(b" s=s1;", b" s=s2;"),
        signed(UNPROVEN).replace(b"v=1;", b"v=1; v=1;"),
        b"From: mallory@evil.example\r\n" + signed(UNPROVEN),
        signed(UNPROVEN).replace(b"DKIM-Signature:", b"X-DKIM-Signature:"),
    ],
)
def test_a_signature_that_does_not_hold_proves_nothing(raw: bytes) -> None:
    reading = read_signed(raw)
    assert (reading.outcome, reading.authenticated) == ("rejected", False)


def with_tags(tags: bytes) -> bytes:
    """Signed with tags that the library's signer doesn't write."""
    original = dkim.DKIM.gen_header

    class Signer(dkim.DKIM):  # type: ignore[misc]
        def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object) -> bytes:
            name, _, value = tags.partition(b"=")
            kept = [each for each in fields if each[0] != name]
            return bytes(original(self, [*kept[:-1], (name, value), kept[-1]], *rest))

    signature = Signer(UNPROVEN).sign(
        b"s1", b"example.com", key_pair(1024)[0], include_headers=[b"from", b"to"]
    )
    return bytes(signature) + UNPROVEN


def test_an_expired_signature_proves_nothing() -> None:
    now = int(time.time())
    assert read_signed(with_tags(b"x=%d" % (now + 3600))).outcome == "approve"
    assert read_signed(with_tags(b"x=%d" % (now - 1))).outcome == "rejected"
    assert read_signed(with_tags(b"x=soon")).outcome == "rejected"


def test_a_signature_without_from_proves_nothing() -> None:
    raw = with_tags(b"h=to : date")
    assert b"h=to" in raw
    assert read_signed(raw).outcome == "rejected"


@pytest.mark.parametrize(
    "record",
    [
        "",
        "v=DKIM1; k=rsa; p=",
        "garbage",
        key_pair(1024)[1] + "; t=y",
        key_pair(1024)[1] + "; t=s:y",
        key_pair(1024)[1] + "; h=sha1",
        key_pair(1024)[1].replace("DKIM1", "DKIM2"),
        key_pair(1024)[1].replace("k=rsa", "k=ed25519"),
        key_pair(2048)[1],
        "v=DKIM1; p=\u00e9",
    ],
)
def test_a_key_that_is_none_proves_nothing(record: str) -> None:
    assert read_signed(signed(UNPROVEN), record=record).outcome == "rejected"


# 768 bits: no library makes such a key any more.
WEAK_PRIVATE = (
    "MIIBygIBAAJhAKWdl2TqvNtMtYm6bdnBnH5xHqq4W9rd8TnpScOQAB5n73s6Uyno2Gi338gUGCGCV9ePrJa99f30"
    "1lVPyq90ZV/CHsHj9PdUsmLvFLZJV5xsa40Lp0keKTiUih5jWXhz7wIDAQABAmB2BWLxALMLGJQ6DQfhaS7LkHNJ"
    "N84Fn6obGdt+KK1c/bZUu5CuSgeGQJqRq3gy0P4AoguueQu3CUlPZ1ntAiE6J+a/RJRAVJXMlPf1X3ahK6MGLLu2"
    "15Pr6/pkf5HKiPECMQDWcIyndXu9F7BNs3ULgBRVvyVmRkka0K9c1z3QiMamjjICvBbDEY55zaoJsb++lFkCMQDF"
    "tqFVFgZ5S5vYGtbK1X47aOK5W5nBtPGoXJW0arinUUYWnYAXs1zCHv+x+R2G4YcCMHimYGzDi/grANXm1z6+NDK+"
    "VgOCHhWJPnEk5TGUEviY3ohtXP0pvpjHXxkPOgu3GQIwePfu6gJZ36j1J1n0hZHudCcOYV68SpqNKPfM2OBbLnQ5"
    "r+iZ0OZ7IIKa66eB+17NAjEAlzZTdPu8BsGf9vbfIgsdVMoubnJ8NLAeU181pbzI/yplEE/LcP62oXJo0SHoFcF+"
)
WEAK_PUBLIC = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAKWdl2TqvNtMtYm6bdnBnH5xHqq4W9rd8TnpScOQAB5n73s6Uyno2Gi3"
    "38gUGCGCV9ePrJa99f301lVPyq90ZV/CHsHj9PdUsmLvFLZJV5xsa40Lp0keKTiUih5jWXhz7wIDAQAB"
)


def test_a_short_key_proves_nothing() -> None:
    raw = signed(UNPROVEN, bits=2048)
    assert read_signed(raw, record=key_pair(2048)[1]).outcome == "approve"
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{WEAK_PRIVATE}\n-----END RSA PRIVATE KEY-----"
    signature = dkim.DKIM(UNPROVEN).sign(
        b"s1", b"example.com", pem.encode(), include_headers=[b"from", b"to"]
    )
    assert read_signed(signature + UNPROVEN, record=f"p={WEAK_PUBLIC}").outcome == "rejected"


def test_our_servers_doubt_outweighs_a_signature() -> None:
    for results in (NO_DMARC, f"{AR}: {ID}; dmarc=fail ("):
        assert read_signed(results.encode() + b"\r\n" + signed(UNPROVEN)).outcome == "rejected"


def test_a_failure_in_another_field_of_our_server_outweighs_a_signature() -> None:
    for below in (NO_DMARC, f"X-Other: y\r\n{NO_DMARC}"):
        for top in (SPF, f"{AR}: other.example; none", DKIM):
            raw = f"{top}\r\n{below}\r\n".encode() + signed(UNPROVEN)
            assert read_signed(raw).outcome == "rejected"
            assert read_signed(raw, one_field_per_filter=True).outcome == "rejected"


def test_only_what_a_verified_signature_covers_says_to_whom_it_was_written() -> None:
    added = (
        f"DKIM-Signature: v=1; d=example.com; s=s1; h=from:to:cc; bh=x; b=x\r\nCc: {ADDRESS}\r\n"
    )
    to_alice = message("Yes.", to="alice@example.com", results=None)
    raw = added.encode() + signed(to_alice, covered=("from",))
    reading = read_signed(raw)
    assert (reading.outcome, reading.authenticated, reading.unaddressed) == (
        "rejected",
        False,
        True,
    )
    # A signature that was added takes nothing away where it is known which one holds.
    forged = b"DKIM-Signature: v=1; d=example.com; s=s1; h=from; bh=x; b=x\r\n"
    assert read_signed(forged + signed(UNPROVEN)).outcome == "approve"


@pytest.mark.parametrize(
    ("top", "more", "found"),
    [
        (DKIM, {"one_field_per_filter": True}, "approve"),
        (DKIM, {}, "rejected"),
        (f"{AR}: a.example; none", {"one_field_per_filter": True}, "rejected"),
        (DKIM, {"one_field_per_filter": True, "peer_verifies_senders": False}, "rejected"),
    ],
)
def test_spf_of_another_field_counts_only_where_our_server_writes_several(
    top: str, more: dict[str, object], found: str
) -> None:
    """Whoever sends signed mail on can write one below, and a Received field below that."""
    lunch = signed(message("Yes.", to="alice@example.com", results=None), covered=("from",))
    resent = lunch.replace(b"alice@example.com", ADDRESS.encode())
    raw = f"{top}\r\n{SPF}\r\nReceived: from a by b; x\r\n".encode() + resent
    assert read_signed(raw, **more).outcome == found


def test_where_the_dns_is_away_the_message_is_to_be_read_again() -> None:
    def away(name: str) -> str:
        raise TimeoutError(name)

    with pytest.raises(KeyUnavailable):
        read(signed(UNPROVEN), rules=rules(dkim_key=away))


def test_strangers_mail_asks_the_dns_nothing() -> None:
    def never(name: str) -> str:
        raise AssertionError(name)

    strangers = message("APPROVE", sender="eve@evil.example", results=None)
    for raw in (signed(strangers, domain="evil.example"), signed(strangers)):
        assert outcome(raw, rules=rules(dkim_key=never))[0] == "rejected"
    nobodys = message("APPROVE", to="reply@pm.example.com", results=None)
    assert outcome(signed(nobodys), rules=rules(dkim_key=never))[0] == "unmatched"


def test_many_lines_below_signed_fields_cost_a_verification_no_time() -> None:
    head, blank, body = signed(UNPROVEN).partition(b"\r\n\r\n")
    signature = head.partition(b"\r\nFrom:")[0] + b"\r\n"
    raw = signature * 4 + head + blank + body + b"\n" * 1_500_000 + b"x"
    started = time.process_time()
    assert read_signed(raw).outcome == "rejected"
    assert time.process_time() - started < 1


def test_long_white_space_costs_a_verification_no_time() -> None:
    raw = signed(UNPROVEN) + b" \t" * 400_000
    wide = signed(UNPROVEN).replace(b"d=example.com", b"d=example.com" + b" " * 3000)
    started = time.perf_counter()
    assert {read_signed(raw).outcome, read_signed(wide).outcome} == {"rejected"}
    assert time.perf_counter() - started < 2
