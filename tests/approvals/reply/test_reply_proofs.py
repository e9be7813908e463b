"""What else may prove a sender where a Mailbox says so: results without a server's name or in several
fields, and a mark that the server sets for its own users. Signatures: test_reply_signatures.py.
"""

import time

import pytest

from approvals.reply import InternalProof, MailboxRules
from tests.approvals.reply.colleagues import SIGNED
from tests.approvals.reply.incoming import (
    AR,
    DKIM,
    DMARC,
    ID,
    NO_DMARC,
    PASSED,
    SPF,
    message,
    outcome,
    read,
    rules,
)

EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.9) smtp.mailfrom=example.com; dkim=pass (signature was verified)"
    " header.d=example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100"
)


def with_fields(*fields: str) -> bytes:
    """An approval with these fields on top, and no others that say anything about its sender."""
    return "".join(f"{field}\r\n" for field in fields).encode() + message("APPROVE", results=None)


# SPF for the approver's address: nobody had the message in between, so that unsigned fields count.


@pytest.mark.parametrize(
    ("address", "found"),
    [
        *(("dana@example.com", "approve"), ("example.com", "approve")),
        *(("prvs=0123abc=dana@example.com", "approve"), ("btv1==01a==dana@example.com", "approve")),
        *(("bob@example.com", "rejected"), ("prvs=0123abc=bob@example.com", "rejected")),
        *(("prvs=dana=bob@example.com", "rejected"), ("bob=1=dana@example.com", "rejected")),
    ],
)
def test_unsigned_fields_count_if_spf_passed_for_the_approvers_address(
    address: str, found: str
) -> None:
    results = f"{ID}; dkim=pass header.d=example.com; spf=pass smtp.mailfrom={address}"
    raw = message("APPROVE", SIGNED.format("from"), results=results)
    assert outcome(raw)[0] == found


# The topmost field without a server's name.


@pytest.mark.parametrize("results", [EXCHANGE, "dkim=pass header.d=example.com", PASSED])
def test_results_that_name_no_server_count_where_a_mailbox_says_so(results: str) -> None:
    raw = message("APPROVE", results=results)
    assert outcome(raw, rules=rules(results_without_id=True))[0] == "approve"


@pytest.mark.parametrize(
    "results",
    [
        EXCHANGE.replace("dmarc=pass", "dmarc=fail"),
        EXCHANGE.replace("header.from=example.com", "header.from=evil.example"),
        "spf=pass smtp.mailfrom=example.com",
        "dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
        "spf=fail (x; dmarc=pass header.from=example.com) smtp.mailfrom=a@b.example",
        "other.example; dmarc=pass header.from=example.com",
        "dmarc=pass",
        "; dmarc=pass header.from=example.com",
        "i=1; mx.example.com; dmarc=pass header.from=example.com",
        "mx.example.com=1; dmarc=pass header.from=example.com",
        "none",
    ],
)
def test_without_a_servers_name_the_same_has_to_be_said(results: str) -> None:
    raw = message("APPROVE", results=results)
    assert outcome(raw, rules=rules(results_without_id=True))[0] == "rejected"


def test_a_lower_field_without_a_name_counts_for_nothing() -> None:
    raw = with_fields(f"{AR}: other.example; none", f"{AR}: {EXCHANGE}")
    assert outcome(raw, rules=rules(results_without_id=True))[0] == "rejected"


# One field for each filter.


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([SPF, DMARC], "approve"),
        ([SPF, DKIM], "approve"),
        ([SPF, "DKIM-Filter: OpenDKIM Filter v2.11.0 mx 4F2", DKIM], "approve"),
        ([SPF, NO_DMARC, DKIM], "rejected"),
        ([DMARC, NO_DMARC], "rejected"),
        ([SPF, "Received: from a by mx", DMARC], "rejected"),
        ([SPF, "X-Other: y", DMARC], "rejected"),
        ([SPF, f"{AR}: other.example; none", DMARC], "rejected"),
        ([f"{AR}: other.example; none", DMARC], "rejected"),
        ([f"{AR}: {ID}; dmarc=fail <", DMARC], "rejected"),
        ([DMARC, f"{AR}: {ID}; dmarc=fail ("], "rejected"),
    ],
)
def test_fields_of_our_server_that_stand_together_are_read_as_one(
    fields: list[str], found: str
) -> None:
    raw = with_fields(*fields)
    assert outcome(raw, rules=rules(one_field_per_filter=True))[0] == found


def test_a_field_without_a_name_is_never_read_as_one_with_another() -> None:
    nameless = f"{AR}: spf=pass smtp.mailfrom=example.com", f"{AR}: dkim=pass header.d=example.com"
    both = rules(one_field_per_filter=True, results_without_id=True)
    assert outcome(with_fields(*nameless), rules=both)[0] == "rejected"
    assert outcome(with_fields(DMARC, nameless[0]), rules=both)[0] == "approve"


@pytest.mark.parametrize("name", ["d", "from"])
def test_a_result_that_names_two_domains_proves_nothing(name: str) -> None:
    kind = "dkim" if name == "d" else "dmarc"
    twice = f'{kind}=pass header.{name}="evil.example" header.{name}=example.com'
    assert outcome(with_fields(f"{AR}: {ID}; {twice}"))[0] == "rejected"


def test_a_servers_name_is_compared_letter_by_letter() -> None:
    kelvin = DMARC.replace("mx.example", "mx.ban\u212a.example")
    raw = with_fields(SPF.replace("mx.example", "mx.bank.example"), kelvin)
    one_by_one = MailboxRules(
        "reply@pm.example.com", ("mx.bank.example.com",), one_field_per_filter=True
    )
    assert outcome(raw, rules=one_by_one)[0] == "rejected"


@pytest.mark.parametrize("fields", [[SPF, DMARC], [SPF, DKIM]])
def test_only_the_topmost_field_counts_unless_a_mailbox_says_otherwise(fields: list[str]) -> None:
    assert outcome(with_fields(*fields))[0] == "rejected"


# The mark of mail that stays inside.

HEADER = "X-MS-Exchange-Organization-AuthAs"
MARK = f"{HEADER}: Internal"
INSIDE = rules(internal_proof=InternalProof(HEADER, "Internal", ("example.com", "b.example")))
UNSIGNED = (
    f"{AR}: dkim=none (message not signed) header.d=none;"
    "dmarc=none action=none header.from=example.com;"
)


@pytest.mark.parametrize(
    "fields", [[MARK], [MARK.lower().replace("internal", "Internal")], [UNSIGNED, MARK]]
)
def test_mail_that_our_server_marked_as_internal_counts(fields: list[str]) -> None:
    reading = read(with_fields(*fields), rules=INSIDE)
    assert (reading.outcome, reading.authentication) == (
        "approve",
        "our mail server marked it as internal",
    )


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [f"{HEADER}: Anonymous"],
        [f"{HEADER}: internal"],
        [f"{HEADER}: Internal (x)"],
        [f"{HEADER}: Internal, Internal"],
        [MARK, MARK],
        [MARK, f"{HEADER}: Anonymous"],
        [f"{HEADER} : Internal"],  # a server that strips this field may not know it so
        [f"X-{MARK}"],
        [f"{AR}: {ID}; dmarc=fail header.from=example.com", MARK],
        [UNSIGNED, f"{AR}: other.example; dmarc=fail header.from=example.com", MARK],
        [f"{AR}: {ID}; dmarc=temperror header.from=example.com", MARK],
        [f"{AR}: {ID}; dmarc=fail (", MARK],
        [f"{AR}: a; spf=fail smtp.mailfrom=x dmarc=fail header.from=example.com", MARK],
        [f"{AR}: a; spf=fail smtp.mailfrom=x DMARC/1 = fail", MARK],
        [f"{AR}: a=b dmarc=fail", MARK],
        [f"{AR}: a; arc=pass dmarc=fail", MARK],
        [f"{AR}: a; x (y) dmarc=fail", MARK],
        [f"{AR}: {ID}; dmarc=pass header.from=evil.example", MARK],
    ],
)
def test_a_mark_counts_only_once_and_where_no_dmarc_fails(fields: list[str]) -> None:
    assert outcome(with_fields(*fields), rules=INSIDE)[0] == "rejected"


@pytest.mark.parametrize(
    "narrower",
    [
        rules(),
        rules(internal_proof=InternalProof(HEADER, "Internal", ())),
        rules(internal_proof=InternalProof(HEADER, "Internal", ("evil.example", "ample.com"))),
        rules(internal_proof=INSIDE.internal_proof, peer_verifies_senders=False),
    ],
)
def test_a_mark_counts_only_for_the_domains_and_from_the_servers_that_are_named(
    narrower: MailboxRules,
) -> None:
    assert outcome(with_fields(MARK), rules=narrower)[0] == "rejected"


def test_a_mark_costs_no_time_however_many_results_stand_beside_it() -> None:
    many = f"{AR}: x; " + "a=b;" * 7_900
    for fields in ([many] * 7, [f"{AR}: x; a=b"] * 300, [f"{AR}: x; " + "a=b;" * 99] * 200):
        started = time.perf_counter()
        assert outcome(with_fields(*fields, MARK), rules=INSIDE)[0] == "rejected"
        assert time.perf_counter() - started < 1


def test_a_marked_colleague_is_still_not_the_approver() -> None:
    by_lee = MARK.encode() + b"\r\n" + message("APPROVE", sender="lee@example.com", results=None)
    on_behalf = with_fields(MARK, "Sender: lee@example.com")
    for raw in (by_lee, on_behalf):
        assert outcome(raw, rules=INSIDE)[0] == "rejected"
