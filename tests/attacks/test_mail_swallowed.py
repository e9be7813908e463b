# ruff: noqa: RUF001, E501 - lines as mail programs write them
"""Mail: a first line that is passed over, or somebody else's words, and a "Yes" further down."""

import pytest

from approvals.reply.reading import Invited
from tests.approvals.reply.incoming import OUR_TEXT, html, marked, message, outcome, read

QUOTE = marked()
BOB = "On 14 Jul 2026, at 10:00, Bob Ray <bob@example.com> wrote:\n\n"
BOBS_HEAD = "From: {} <{}>\nSent: Tuesday, July 14, 2026 10:00\nTo: Dana\nSubject: RE: x\n\n"
US = "On 14 Jul 2026, at 10:00, PM Console <reply@pm.example.com> wrote:\n\n"
SIGNATURES = [
    ("Grant, Dana\nHead of IT\n\n", "Dana Grant <dana@example.com>"),
    ("Grant\n\n", "Grant Miller <dana@example.com>"),
    ("Grant - IT\n\n", "Grant Miller <dana@example.com>"),
    ("No, Min-ho\n\n", "Min-ho No <dana@example.com>"),
    ("Grant, Jörg\n\n", "=?utf-8?B?SsO2cmcgR3JhbnQ=?= <dana@example.com>"),
    ("N. B.: This mail is confidential.\n\n", "Dana <dana@example.com>"),
]
UNCLEAR = {
    "another's words above our first line": BOB + "Approve. Looks fine to me.\n\n" + QUOTE,
    "another's words below our mail": BOB + OUR_TEXT + "\nYes. Fine with me.\nBob\n",
    "another's words below, header block": BOBS_HEAD.format("Bob Ray", "bob@example.com")
    + OUR_TEXT
    + "\nYes. Fine with me.\n",
    "caution, typed": "CAUTION: hold off until I have checked.\n\n"
    + QUOTE
    + "\nYes, it is thin.\n",
    "confidential, typed": "Confidential: wait for Bob.\n" + QUOTE + "\nYes, that one.\n",
    "this message, typed": "This message is suspicious, I am waiting.\n\n" + QUOTE + "\nYes, it.\n",
    "a bold line is no rule": "**Please hold this one.**\n\n" + QUOTE + "\nYes, I know alice.\n",
    "a line in signs is no rule": "== please wait ==\n" + QUOTE + "\nYes, I know alice.\n",
    "a dash or two are no rule": "-- please wait --\n" + QUOTE + "\nYes, I know alice.\n",
    "below a banner without a full stop": "External sender - this message is from an external sender\nPlease hold this one back.\nYes.\n",
    "below a short banner": "EXTERNAL EMAIL\nHold this one back.\nYes, alice has asked.\n",
    "below a banner, please do not": "[EXTERNAL SENDER]\nPlease do not run this yet.\nYes, Bob will tell.\n",
    "a banner's words and more": "Attention: this e-mail is from an external sender, Bob must look first.\nYes.\n",
}
UNCLEAR_HTML = {
    "divs": "<div>CAUTION: This email originated from outside the organization.</div><div>Please do not run it yet.</div><div>Yes. Bob tells you.</div>",
    "short": "<div>EXTERNAL EMAIL</div><div>Hold this one back.</div><div>Yes, alice has asked.</div>",
}
CLEAR = {
    "above our first line": US + "Approve\n\n" + QUOTE,
    "below our unmarked mail": US + OUR_TEXT + "\nApprove\n",
    "below, header block": BOBS_HEAD.format("PM", "reply@pm.example.com") + OUR_TEXT + "\nApprove\n",
    "below, From of its own": BOBS_HEAD.format("PM", "console@pm.example.com") + OUR_TEXT + "\nApprove\n",
    "below, our To named": BOBS_HEAD.format("PM", "reply@pm.example.com").replace("Dana", "dana@example.com")
    + OUR_TEXT
    + "\nApprove\n",
    "directly below a banner": "EXTERNAL EMAIL\nApprove\n",
    "a wrapped banner": "CAUTION: This email originated from outside of the organization. Do not\nclick links or open attachments unless you recognize the sender and know\nthe content is safe.\nApprove\n",
    "a banner wrapped early": "CAUTION: This email originated from outside of the\norganization. Please verify the sender's identity before\nresponding.\nApprove\n",
    "a banner of two sentences": "[EXTERNAL SENDER]\nDo not click links or open attachments unless you trust the sender.\nApprove\n",
    "three dashes": "Approve\n\n---Original---\n" + OUR_TEXT,
    "Hebrew Gmail": "Approve\n\n\u202bבתאריך יום ג׳, 14 ביולי 2026 ב-9:26 מאת \u202aPM Console\u202c\u200f <\u202areply@pm.example.com\u202c\u200f>:\u202c\n\n" + QUOTE,
}  # fmt: skip


@pytest.mark.parametrize("body", UNCLEAR.values(), ids=UNCLEAR)
def test_what_she_typed_first_is_swallowed_or_another_answers(body: str) -> None:
    assert outcome(message(body))[0] == "unclear"


@pytest.mark.parametrize("body", UNCLEAR_HTML.values(), ids=UNCLEAR_HTML)
def test_what_stands_below_a_banner_in_html_is_swallowed(body: str) -> None:
    assert outcome(html(body))[0] == "unclear"


@pytest.mark.parametrize(("above", "sender"), SIGNATURES, ids=[above for above, _ in SIGNATURES])
def test_a_signature_without_a_mark_answers(above: str, sender: str) -> None:
    assert outcome(message(above + QUOTE, sender=sender))[0] == "unclear"
    assert outcome(message(f"Approve\n\n{above}{QUOTE}", sender=sender))[0] == "approve"


@pytest.mark.parametrize("body", CLEAR.values(), ids=CLEAR)
def test_a_clear_answer_counts_and_its_comment_is_empty(body: str) -> None:
    invited = Invited("i-1", "dana@example.com", "pending", sent_from="console@pm.example.com")
    reading = read(message(body, "Content-Type: text/plain; charset=utf-8"), invited=invited)
    assert (reading.outcome, reading.comment) == ("approve", "")
