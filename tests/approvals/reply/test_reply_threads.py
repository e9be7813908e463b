"""Whose mail a reply answers: a colleague can name us in his, and an honest answer to him names us."""

import pytest

from approvals.reply import Invited, Keys, understand
from tests.approvals.reply.incoming import (
    ADDRESS,
    RULES,
    SENT_ID,
    TOKEN,
    marked,
    message,
    outcome,
)

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
INVITED = Invited(
    "i-1",
    "dana@example.com",
    "pending",
    sent_from="pm@example.com",
    sent_name="PM Console",
    number="PM-1042",
    asking_ids=(SENT_ID,),
)
OTHER = Invited("i-2", "dana@example.com", "pending", number="PM-1041")
OTHER_ID = "<1041.request@pm.example.com>"
BOB = "Bob Smith <bob@corp.example>"
TO_BOBS, TO_OURS = "In-Reply-To: <bob@corp.example>", f"In-Reply-To: {SENT_ID}"
LUNCH, NUMBERED = "Re: Lunch", "Re: [PM-1042] Approval needed: setup.exe"
QUESTION = f"\n\nOn Tue, 14 Jul 2026 at 10:00, {BOB} wrote:\n> Shall we go to lunch tomorrow?\n"
REQUEST = f"\n\nOn Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:\n{marked()}"


def reply(text: str, *headers: str, to: str = ADDRESS, subject: str = NUMBERED) -> bytes:
    raw = message(text, *headers, to=to)
    before, _, rest = raw.partition(b"Subject: ")
    return before + f"Subject: {subject}\r\n".encode() + rest.partition(b"\r\n")[2]


def read(raw: bytes) -> tuple[str, int | None]:
    return outcome(raw, invited=INVITED)


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
    assert read(reply(line, *headers, to=to, subject=subject)) == expected


@pytest.mark.parametrize("to", [ADDRESS, "pm@example.com"])
def test_above_a_colleagues_question_our_message_id_does_not_make_it_ours(to: str) -> None:
    assert read(reply("Yes" + QUESTION, TO_OURS, to=to)) == UNCLEAR


def test_a_question_that_he_sent_under_our_name_is_not_our_email() -> None:
    by_us = QUESTION.replace(BOB, "PM Console")
    assert read(reply("Yes" + by_us, TO_BOBS, subject=LUNCH)) == UNCLEAR
    assert read(reply(f"{by_us}\nYes", TO_BOBS, subject=LUNCH)) == UNCLEAR


def test_of_references_only_the_last_is_what_was_answered() -> None:
    to, cc = BOB, "Cc: pm@example.com"
    thread = f"References: {SENT_ID} <bob@corp.example>"
    assert read(reply("Approve", thread, cc, to=to))[0] == "rejected"
    assert (
        read(reply("Approve", f"References: <x@y.example> {SENT_ID}", to="pm@example.com")) == ONCE
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
    assert read(raw) == ONCE


@pytest.mark.parametrize("line", ["Yes", "Approved."])
def test_our_first_line_below_a_colleagues_question_makes_the_quote_not_ours(line: str) -> None:
    below = f"{QUESTION}> Write your answer above this line\n"
    headers = (TO_BOBS, f"Cc: {ADDRESS}")

    assert read(reply(line + below, *headers, to=BOB, subject=LUNCH)) == UNCLEAR
    assert read(reply(line + below, TO_BOBS, subject=LUNCH)) == UNCLEAR
