"""Whose mail a reply answers, by its head: a colleague can name us in his, and hers to him names us."""

import pytest

from approvals.reply import Invited, Keys, understand
from tests.approvals.reply.colleagues import (
    BOB,
    INVITED,
    LUNCH,
    NUMBERED,
    OTHER,
    OTHER_ID,
    QUESTION,
    REQUEST,
    SIGNED,
    TO_BOBS,
    TO_OURS,
    decided,
    reply,
)
from tests.approvals.reply.incoming import ADDRESS, RULES, SENT_ID, TOKEN, marked

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)


def test_an_in_reply_to_that_was_taken_away_proves_no_answer_to_us() -> None:
    for line in ("Yes", "Approved."):
        raw = reply(line, SIGNED.format("from:to:cc:subject:date"), f"Cc: {ADDRESS}", to=BOB)
        assert decided(raw) == UNCLEAR
    raw = reply("Yes", SIGNED.format("from:to:cc:subject:date"))
    assert decided(raw) == ONCE, "one sign alone"


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    ("covered", "more"),
    [
        ("from:to:subject:date:in-reply-to:references", ""),
        ("from:to:subject:date:cc:in-reply-to", BOB),
    ],
    ids=["Cc", "References"],
)
def test_a_field_that_no_signature_names_may_have_been_taken_away(
    covered: str, more: str, line: str
) -> None:
    """What tells that it went to a colleague, or that it answers his mail."""
    headers = (f"Cc: {more}",) if more else (TO_BOBS,)
    assert decided(reply(line, *headers, SIGNED.format(covered))) == UNCLEAR
    assert decided(reply(line, *headers, SIGNED.format(f"{covered}:cc:references"))) == ONCE


@pytest.mark.parametrize(
    "covered", ["to", "to:mime-version:from:to:cc", "to:in-reply-to:references"]
)
@pytest.mark.parametrize(("text", "header"), [("", ""), ("", TO_OURS), (REQUEST, TO_OURS)])
def test_a_reply_to_us_alone_counts_whatever_its_signature_leaves_out(
    text: str, header: str, covered: str
) -> None:
    """Yahoo's and OpenDKIM's name the fields that are there, Gmail's Cc always, Apple's To alone."""
    headers = [header] if header else []
    raw = reply(f"Yes{text}", *headers, SIGNED.format(f"from:subject:date:{covered}"))
    assert decided(raw) == ONCE


@pytest.mark.parametrize(
    ("line", "expected"), [("Yes", UNCLEAR), ("Approved.", UNCLEAR), ("No", UNCLEAR), ("Deny", NO)]
)
@pytest.mark.parametrize(
    ("to", "subject", "headers"),
    [
        (ADDRESS, LUNCH, (TO_BOBS,)),
        (f"Bob Smith <{ADDRESS}>", NUMBERED, (TO_BOBS,)),
        (BOB, LUNCH, (TO_BOBS, f"Cc: {ADDRESS}")),
        (BOB, NUMBERED, (TO_BOBS, f"Cc: {ADDRESS}")),
        (f"Team: bob@corp.example, {ADDRESS};", NUMBERED, (TO_BOBS,)),
        (BOB, NUMBERED, (f"In-Reply-To: <bob@corp.example> {SENT_ID}", f"Cc: {ADDRESS}")),
        (BOB, NUMBERED, (f"In-Reply-To: ({SENT_ID}) bob", f"Cc: {ADDRESS}")),
        (BOB, LUNCH, (TO_OURS, "Cc: pm@example.com")),
        (f"Bob Smith <{ADDRESS}>", LUNCH, ()),
        (ADDRESS, LUNCH, (TO_BOBS, f"Subject: {NUMBERED}")),
    ],
    ids=[
        "his Reply-To",
        "his Reply-To, with his name",
        "his Cc",
        "his Cc, with our subject",
        "a group",
        "two ids",
        "an id in a comment",
        "our Message-ID as his",
        "our address as his in her address book",
        "a second subject",
    ],
)
def test_an_answer_without_a_quote_to_a_mail_that_names_us_may_be_to_its_author(
    to: str, subject: str, headers: tuple[str, ...], line: str, expected: tuple[str, int | None]
) -> None:
    assert decided(reply(line, *headers, to=to, subject=subject)) == expected


@pytest.mark.parametrize("to", [ADDRESS, "pm@example.com"])
def test_above_a_colleagues_question_our_message_id_does_not_make_it_ours(to: str) -> None:
    assert decided(reply("Yes" + QUESTION, TO_OURS, to=to)) == UNCLEAR


def test_a_question_that_he_sent_under_our_name_is_not_our_email() -> None:
    by_us = QUESTION.replace(BOB, "PM Console")
    assert decided(reply("Yes" + by_us, TO_BOBS, subject=LUNCH)) == UNCLEAR
    assert decided(reply(f"{by_us}\nYes", TO_BOBS, subject=LUNCH)) == UNCLEAR


def test_of_references_only_the_last_is_what_was_answered() -> None:
    to, cc = BOB, "Cc: pm@example.com"
    thread = f"References: {SENT_ID} <bob@corp.example>"
    assert decided(reply("Approve", thread, cc, to=to))[0] == "rejected"
    assert (
        decided(reply("Approve", f"References: <x@y.example> {SENT_ID}", to="pm@example.com"))
        == ONCE
    )


@pytest.mark.parametrize("line", ["Yes", "Approve", "Deny"])
@pytest.mark.parametrize("quote", ["", REQUEST.replace("PM-1042", "PM-1041")])
def test_an_answer_to_another_requests_email_decides_neither(line: str, quote: str) -> None:
    def find(keys: Keys) -> Invited | None:
        if keys.tokens:
            return INVITED if keys.tokens == (TOKEN,) else None
        return {(SENT_ID,): INVITED, (OTHER_ID,): OTHER}.get(keys.message_ids)

    raw = reply(line + quote, f"In-Reply-To: {OTHER_ID}")
    reading = understand(raw, rules=RULES, find=find)
    assert (reading.outcome, "PM-1041" in reading.reason) == ("unclear", True)
    loosely = "DKIM-Signature: d=example.com; h=from:to:subject; bh=x; b=x"
    raw = reply(line + quote, f"In-Reply-To: {OTHER_ID}", loosely)
    assert understand(raw, rules=RULES, find=find).outcome == "unclear"
    assert understand(reply(line, TO_OURS), rules=RULES, find=find).outcome != "unclear"


@pytest.mark.parametrize(
    "raw",
    [
        reply("Yes", TO_OURS, f"References: {SENT_ID}"),
        reply("Yes" + REQUEST, TO_OURS, to=f"Approvals <{ADDRESS}>"),
        reply("Yes", TO_OURS, "Cc: alice@example.com"),
        reply("Yes", "In-Reply-To: <given.by.a.relay@example.net>"),
        reply("Yes" + REQUEST, "In-Reply-To: <relay@example.net>", "Cc: alice@example.com"),
        reply("Approve", subject="Approval"),
        reply("Yes", TO_OURS, subject="Re: approval"),
        reply("Yes", "In-Reply-To: <relay@example.net>", subject="=?utf-8?q?AW=3A_=5BPM-1042=5D?="),
        reply(
            "Approve", "In-Reply-To: <digest@pm.example.com>", subject="Re: [pmconsole] 2 requests"
        ),
    ],
    ids=[
        "reply",
        "a name of her address book",
        "a copy to a colleague",
        "a relay's Message-ID",
        "a relay's Message-ID, a copy, our quote",
        "new mail",
        "another subject",
        "an encoded subject",
        "a digest",
    ],
)
def test_one_sign_alone_does_not_make_an_answer_somebody_elses(raw: bytes) -> None:
    assert decided(raw) == ONCE


@pytest.mark.parametrize("line", ["Yes", "Approved."])
def test_our_first_line_below_a_colleagues_question_makes_the_quote_not_ours(line: str) -> None:
    below = f"{QUESTION}> Write your answer above this line\n"
    headers = (TO_BOBS, f"Cc: {ADDRESS}")

    assert decided(reply(line + below, *headers, to=BOB, subject=LUNCH)) == UNCLEAR
    assert decided(reply(line + below, TO_BOBS, subject=LUNCH)) == UNCLEAR


LONG_NAME = "B" * 420


@pytest.mark.parametrize("line", ["Yes", "Approved.", "No"])
@pytest.mark.parametrize(
    "introduction",
    [
        "Bob Smith wrote:",
        "Bob schreef:",
        "bob:",
        "Quoting Bob:",
        f"On Tue, 14 Jul 2026 at 10:00, {LONG_NAME} <bob@corp.example> wrote:",
        "On Tue, 14 Jul 2026 at 10:00, PM Console wrote:",
        "On Tue, 14 Jul 2026 at 10:00, PM Console (pm@example.com) wrote:",
        "On Tue, 14 Jul 2026 at 10:00, Dana Whitfield wrote:",
        "On Tue, 14 Jul 2026 at 10:00, Bob Smith wrote to dana@example.com:",
    ],
)
@pytest.mark.parametrize("headers", [(TO_BOBS,), (TO_OURS,), ()], ids=["his", "ours", "none"])
def test_a_quoted_question_is_nobodys_request_whoever_introduces_it(
    headers: tuple[str, ...], introduction: str, line: str
) -> None:
    """A display name can be prepared, and a Message-ID of ours given to another mail."""
    quote = f"{introduction}\n> Shall we go to lunch tomorrow?\n>\n{marked(marked())}"
    assert decided(reply(f"{line}\n\n{quote}", *headers)) == UNCLEAR
    assert decided(reply(f"{quote}\n{line}", *headers)) == UNCLEAR


@pytest.mark.parametrize("line", ["Yes", "Approved."])
@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ((), "Re: Lunch"),
        ((), "[EXT] AW[2]: Lunch"),
        ((), "\u56de\u590d\uff1aLunch"),
        (("Thread-Index: AdwVd2mFlCzbqUFqQYeGKk9F0XBkGQAAD3aR",), "Lunch"),
    ],
)
def test_a_reply_without_in_reply_to_is_one_all_the_same(
    headers: tuple[str, ...], subject: str, line: str
) -> None:
    assert decided(reply(line, *headers, subject=subject)) == UNCLEAR
    assert decided(reply(line + REQUEST, *headers, subject=subject)) == ONCE


@pytest.mark.parametrize("headers", [(), ("Thread-Index: AdwVd2mFlCzbqUFqQYeGKk9F0XBkGQ==",)])
@pytest.mark.parametrize("subject", ["Decision", NUMBERED])
def test_a_new_mail_to_the_reply_address_is_no_reply(
    subject: str, headers: tuple[str, ...]
) -> None:
    assert decided(reply("Approve", *headers, subject=subject)) == ONCE


def test_our_message_id_in_mail_to_our_from_needs_the_subject_or_a_quote() -> None:
    """Whoever got our email may give its Message-ID to his own, and name our From as Reply-To."""
    to = "pm@example.com"
    assert decided(reply("Yes", TO_OURS, to=to, subject=LUNCH)) == UNCLEAR
    assert decided(reply("Yes", TO_OURS, to=to)) == ONCE
    assert decided(reply("Yes" + REQUEST, TO_OURS, to=to, subject=LUNCH)) == ONCE


@pytest.mark.parametrize(
    ("to", "headers", "expected"),
    [
        (ADDRESS, (TO_BOBS,), UNCLEAR),
        ("pm@example.com", (TO_OURS,), UNCLEAR),
        (ADDRESS, (TO_OURS,), ONCE),
        (ADDRESS, (), ONCE),
    ],
)
def test_a_quote_of_nothing_that_we_write_is_a_sign_beside_others(
    to: str, headers: tuple[str, ...], expected: tuple[str, int | None]
) -> None:
    text = "Yes\n\nOn Tue, 14 Jul 2026 at 10:00, PM Console wrote:\n> Please confirm the lunch.\n"
    assert decided(reply(text, *headers, to=to)) == expected
