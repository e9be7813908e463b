# ruff: noqa: E501 - tables of lines as they come in
"""Who a message is from, and which invitation it names."""

import pytest

from approvals.reply import Invited, MailboxRules
from tests.approvals.reply.incoming import (
    ADDRESS,
    SENT_ID,
    TOKEN,
    entity,
    message,
    multipart,
    outcome,
    part,
    read,
)

AR = "Authentication-Results: "
DANA = "dana@example.com"


@pytest.mark.parametrize(
    "sender",
    [
        DANA,
        "Dana Whitfield <dana@example.com>",
        '"Whitfield, Dana" <dana@example.com>',
        "<dana@example.com>",
        "DANA@Example.COM",
        "dana@example.com (Dana (IT) Whitfield)",
        "=?utf-8?Q?D=C3=A1na?= <dana@example.com>",
        "Dána <dana@example.com>",
        "Dana W. Whitfield <dana@example.com>",
        "Dana\r\n Whitfield\r\n\t<dana@example.com>",
        "dana@example.com <dana@example.com>",
        "'dana@example.com' <Dana@example.com>",
    ],
)
def test_the_invited_sender_is_recognised(sender: str) -> None:
    assert outcome(message("APPROVE", sender=sender)) == ("approve", None)


@pytest.mark.parametrize(
    "sender",
    [
        None,
        "",
        "mallory@evil.example",
        "dana@example.com, mallory@evil.example",
        "dana@example.com <mallory@evil.example>",
        '"dana@example.com" <mallory@evil.example>',
        "mallory@evil.example <dana@example.com>",
        "Dana <dana@example.com> <mallory@evil.example>",
        "<dana@example.com> Dana",
        "Friends: dana@example.com;",
        "dana@example.com;",
        "<@evil.example:dana@example.com>",
        '"dana"@example.com',
        "dana@example.com.",
        "dana@example.com.evil.example",
        "dana@examp1e.com",
        "dana@ex\u0430mple.com",
        "dana@\uff45xample.com",
        "d\u0430na@example.com",
        "dana@xn--exmple-4nf.com",
        "dana@example.com\r\nFrom: mallory@evil.example",
        "dana@example.com\rX: y",
        "dana@example.com\0",
        "dana\u00adx@example.com",
        "dana@@example.com",
        "dana+x@example.com",
        "dana@[127.0.0.1]",
        "(dana@example.com) mallory@evil.example",
        "dana@example.com (unclosed",
        "=?utf-8?Q?dana=40example=2Ecom?=",
        "=?utf-8?Q?a=0D=0AFrom:_x?= <mallory@evil.example>",
        "Dana, Whitfield <dana@example.com>",
    ],
)
def test_any_other_sender_is_rejected(sender: str | None) -> None:
    reading = read(message("APPROVE", sender=sender))
    assert (reading.outcome, reading.authenticated) == ("rejected", False)


def test_sharp_s_is_another_domain_than_double_s() -> None:
    invited = Invited("i-1", "dana@strasse.example", "pending")
    raw = message(
        "APPROVE",
        sender="dana@stra\u00dfe.example",
        results="mx.example.com; dmarc=pass header.from=strasse.example",
    )
    assert outcome(raw, invited=invited)[0] == "rejected"


@pytest.mark.parametrize(
    "result",
    [
        "dmarc=pass header.from=xn--mller-kva.example",
        "dmarc=pass header.from=m\u00fcller.example",
        "dkim=pass header.i=@M\u00fcller.example",
    ],
)
@pytest.mark.parametrize("domain", ["xn--mller-kva.example", "m\u00fcller.example"])
def test_a_domain_is_the_same_in_both_its_forms(domain: str, result: str) -> None:
    invited = Invited("i-1", "dana@M\u00fcller.example", "pending")
    raw = message("APPROVE", sender=f"dana@{domain}", results=f"mx.example.com; {result}")
    assert outcome(raw, invited=invited)[0] == "approve"


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.com; dmarc=pass header.from=example.com",
        "MX.Example.Com; dmarc=pass header.from=EXAMPLE.com",
        "mx.example.com 1; dmarc=pass (p=reject dis=none) header.from=example.com",
        "mx.example.com;\r\n dkim=pass header.i=@example.com header.s=s1 header.b=abc;\r\n"
        "\tspf=pass (google.com: domain of dana@example.com designates 192.0.2.1 as permitted"
        " sender) smtp.mailfrom=dana@example.com;\r\n"
        " dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com",
        "mx.example.com; dkim=pass header.d=example.com",
        "mx.example.com; dkim=pass header.d=example.com; dkim-atps=neutral",
        "mx.example.com; dkim=pass header.i=@example.com; dmarc=pass(p=REJECT) header.from=example.com;",
        "mx.example.com; x-csa=none; bimi=skipped (DMARC Policy is not at enforcement); arc=none (no signatures found);"
        " dkim=pass (2048-bit rsa key sha256) header.d=example.com header.i=@example.com header.b=Ab+/=;"
        " dmarc=pass policy.published-domain-policy=none (p=none,has-list-id=no) policy.policy-from=p"
        " header.from=example.com; iprev=pass smtp.remote-ip=192.0.2.1 (mail.example.com); x-ptr=pass smtp.helo=a.example",
        "mx.example.com; auth=pass smtp.auth=dana@example.com; dkim=pass header.d=example.com",
        "mx.example.com; dkim=none; dmarc=bestguesspass header.from=example.com; dkim=pass header.d=example.com",
        'mx.example.com; dkim=pass (2048-bit key) header.d=example.com header.i=@example.com header.b="aBc/+1"',
        "mx.example.com; dkim=fail header.d=list.example; dkim=pass header.d=example.com; dmarc=none",
        "mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=pass (signature was verified)"
        " header.d=example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100",
        "mx.example.com; dkim=pass header.i=@example.com header.s=s1",
        "mx.example.com; iprev=pass (a.example) smtp.remote-ip=2001:db8::25; dmarc=pass header.from=example.com",
        "mx.example.com; spf=pass (spfCheck: ok) client-ip=192.0.2.9; envelope-from=d@example.com; helo=a;"
        " dkim=pass header.i=@example.com; dmarc=pass header.from=example.com;",
        "mx.example.com; dmarc=pass header.from=<example.com>; bimi=pass policy.authority-uri=https://a.example/v",
    ],
)
def test_our_servers_pass_for_the_senders_domain_counts(results: str) -> None:
    assert outcome(message("APPROVE", results=results))[0] == "approve"


FORGED = [
    None,
    "mx.example.com; none",
    "mx.example.com; spf=pass smtp.mailfrom=example.com",
    "mx.example.com; dmarc=fail header.from=example.com",
    "mx.example.com; dkim=pass header.d=example.com; dmarc=fail header.from=example.com",
    "mx.example.com; dmarc=pass",
    "mx.example.com; dmarc=pass header.from=example.com.evil.example",
    "mx.example.com; dmarc=pass header.from=evil.example",
    "mx.example.com; dmarc=pass header.from=evil.example header.from=example.com",
    "mx.example.com; dmarc=pass header.from=evil.example; dkim=pass header.d=example.com",
    "mx.example.com; dkim=pass header.d=evil.example",
    "mx.example.com; dkim=pass header.d=mail.example.com",
    "mx.example.com; dkim=pass header.i=@mail.example.com",
    "mx.example.com; dkim=pass header.d=evil.example header.i=@example.com",
    "mx.example.com; dkim=fail header.d=example.com; dkim=pass header.d=evil.example",
    "mx.example.com; dmarc=fail (dmarc=pass header.from=example.com)",
    "mx.example.com; spf=fail (x; dmarc=pass header.from=example.com) smtp.mailfrom=evil.example",
    'mx.example.com; dkim=fail reason="; dmarc=pass header.from=example.com; x="',
    'mx.example.com; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com; "@evil.example',
    "mx.example.com; dmarc=pass policy.from=example.com",
    "mx.example.com; _dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
    "mx.example.com; (a) dmarc=fail <x>; dkim=pass header.d=example.com",
    'mx.example.com; dmarc=fail header.d="x" header.from=example.com; dkim=pass header.d=example.com',
    "mx.example.com; DMARC=fail header.from=a:b; dkim=pass header.d=example.com",
    "mx.example.com; dmarc=pass header.from=<evil.example>; dkim=pass header.d=example.com",
    "mx.example.com; spf=pass client-ip=2001:db8::1 (x; dmarc=pass header.from=example.com)",
    'mx.example.com; spf=pass client-ip=a:b "; dmarc=pass header.from=example.com; "',
    'mx.example.com; spf=pass smtp.helo=\\"; dmarc=pass header.from=example.com',
    "mx.example.com; spf=fail (x; dmarc=pass header.from=example.com",
    "mx.example.com; spf=fail x); dmarc=pass header.from=example.com",
    "mx.example.com; dmarc=pass (header.from=example.com)",
    "mx.example.com; xdmarc=pass header.from=example.com",
    "mx.example.com; dmarc=passed header.from=example.com",
    "mx.example.com.evil.example; dmarc=pass header.from=example.com",
    "evil.example (mx.example.com); dmarc=pass header.from=example.com",
    "(mx.example.com) evil.example; dmarc=pass header.from=example.com",
    "xmx.example.com; dmarc=pass header.from=example.com",
    "mx.example.com 2; dmarc=pass header.from=example.com",
    "dmarc=pass header.from=example.com",
    "; dmarc=pass header.from=example.com",
    "mx.example.com; dmarc=pass header.from=example.com\rx",
    "mx.example.com; dmarc=pass header.from=ex\u0430mple.com",
    "mx.example.com; " + "(" * 5000,
    "mx.example.com; " + "x" * 9000,
    "mx.example.com; dmarc=none header.from=example.com",
    "mx.example.com; dmarc=temperror header.from=example.com",
    "mx.example.com; arc=pass header.from=example.com",
]


@pytest.mark.parametrize("results", FORGED)
def test_anything_else_in_the_results_counts_for_nothing(results: str | None) -> None:
    reading = read(message("APPROVE", results=results))
    assert (reading.outcome, reading.authenticated) == ("rejected", False)


def test_only_the_topmost_results_count() -> None:
    forged = message(
        "APPROVE", f"{AR}mx.example.com; dmarc=pass header.from=example.com", results=""
    )
    assert (
        outcome(f"{AR}other.example; dmarc=pass header.from=example.com\r\n".encode() + forged)[0]
        == "rejected"
    )
    assert (
        outcome(f"{AR}mx.example.com; dmarc=fail header.from=example.com\r\n".encode() + forged)[0]
        == "rejected"
    )


@pytest.mark.parametrize(
    "name",
    ["ARC-Authentication-Results", "X-Authentication-Results", "Authentication-Results-Original"],
)
def test_other_fields_are_no_results(name: str) -> None:
    raw = message(
        "APPROVE", f"{name}: mx.example.com; dmarc=pass header.from=example.com", results=""
    )
    assert outcome(raw)[0] == "rejected"


def test_results_inside_a_part_count_for_nothing() -> None:
    inner = part("text/plain", "APPROVE", f"{AR}mx.example.com; dmarc=pass header.from=example.com")
    assert outcome(entity(multipart("mixed", inner), results=None))[0] == "rejected"


def test_results_from_a_peer_that_verifies_nobody_count_for_nothing() -> None:
    rules = MailboxRules("reply@pm.example.com", ("mx.example.com",), peer_verifies_senders=False)
    assert outcome(message("APPROVE"), rules=rules)[0] == "rejected"


def test_results_without_a_servers_id_are_no_results() -> None:
    bare = "dkim=pass header.d=example.com; dmarc=pass action=none header.from=example.com"
    assert outcome(message("APPROVE", results=bare))[0] == "rejected"


def test_two_from_fields_are_rejected() -> None:
    for extra in (
        "From: mallory@evil.example",
        "from : mallory@evil.example",
        "FROM:dana@example.com",
    ):
        assert outcome(message("APPROVE", extra))[0] == "rejected"


def test_a_proof_whose_name_has_a_blank_before_the_colon_is_none() -> None:
    """A server that strips what claims to be its own may not know it so."""
    for name in ("Authentication-Results ", "authentication-results\t"):
        claimed = f"{name}: mx.example.com; dmarc=pass header.from=example.com"
        assert outcome(message("APPROVE", claimed, results=None))[0] != "approve"


@pytest.mark.parametrize(
    "name", [b"J\xfcrgen <j@example.com>", b'"J\xfcrgen" <j@b.example>', b"\xff"]
)
def test_names_of_others_in_bytes_that_are_no_text_stop_nothing(name: bytes) -> None:
    assert outcome(b"Cc: " + name + b"\r\n" + message("APPROVE")) == ("approve", None)


@pytest.mark.parametrize(
    "to",
    [
        ADDRESS,
        f"PM <{ADDRESS}>",
        ADDRESS.upper(),
        f"bob@example.com, {ADDRESS}",
        f"'{ADDRESS}' <{ADDRESS}>",
        f"{ADDRESS} <{ADDRESS}>",
        f'"Console, PM" <{ADDRESS}>, x@y.example',
    ],
)
def test_the_token_is_found_in_a_recipient_address(to: str) -> None:
    assert outcome(message("APPROVE", to=to))[0] == "approve"


@pytest.mark.parametrize(
    "to",
    [
        "reply@pm.example.com",
        f'"{ADDRESS}" <bob@example.com>',
        f"reply+{TOKEN}@pm.example.com.evil.example",
        f"reply+{TOKEN}@evil.example",
        f"x+{TOKEN}@pm.example.com",
        f"reply+{TOKEN}x@pm.example.com",
        f"({ADDRESS}) bob@example.com",
        f"{ADDRESS}, reply+b2b3c4d5e6f7g2h3i4j5k6l7m2@pm.example.com",
        "undisclosed-recipients:;",
        "",
    ],
)
def test_nothing_else_names_an_invitation(to: str) -> None:
    raw = message("APPROVE", f"Reply-To: {ADDRESS}", f"X-To: {ADDRESS}", to=to)
    assert outcome(raw)[0] == "unmatched"


def test_an_unknown_token_does_not_fall_back_to_message_ids() -> None:
    raw = message("APPROVE", f"In-Reply-To: {SENT_ID}", to="reply+zzzz@pm.example.com")
    assert outcome(raw)[0] == "unmatched"


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_without_a_token_the_message_id_names_the_invitation(name: str) -> None:
    raw = message("DENY", f"{name}: <other@x.example>\r\n {SENT_ID}", to="pm@example.com")
    assert outcome(raw)[0] == "deny"


@pytest.mark.parametrize("header", ["X-Nothing: here", f"In-Reply-To: {SENT_ID}"])
def test_envelope_recipients_and_delivered_to_name_the_invitation(header: str) -> None:
    """What was written to us besides decides; tests/attacks/test_mail_senders.py has the rest."""
    expected = "deny" if SENT_ID in header else "rejected"
    by_envelope = read(message("DENY", header, to="x@y.example"), recipients=(ADDRESS,))
    by_delivery = read(message("DENY", header, f"Delivered-To: {ADDRESS}", to=None))
    for reading in (by_envelope, by_delivery):
        assert (reading.invitation_id, reading.outcome) == ("i-1", expected)


@pytest.mark.parametrize("status", ["approved", "denied", "expired", "cancelled"])
def test_an_answer_to_a_closed_request_changes_nothing(status: str) -> None:
    invited = Invited("i-1", DANA, status, decided="approved by Bo, 14 Jul 2026")
    reading = read(message("APPROVE"), invited=invited)
    assert (reading.outcome, reading.authenticated) == ("closed", True)
    assert "approved by Bo" in reading.reason
    assert read(message("APPROVE", results=None), invited=invited).outcome == "rejected"


def test_no_token_is_shown() -> None:
    first = message(
        f"Yes, {ADDRESS}\nhttps://pm.example.com/d/z2b3c4d5e6f7g2h3i4j5k6l7m2", sender=ADDRESS
    )
    for raw in (
        first,
        message(f"{TOKEN}\n{TOKEN.upper()}"),
        message("x", sender=f"{ADDRESS} <a@b.example>"),
    ):
        shown = repr(read(raw)).lower()
        assert TOKEN not in shown
        assert "z2b3c4d5e6f7" not in shown
