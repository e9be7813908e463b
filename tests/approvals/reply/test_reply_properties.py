"""Generated messages: none raises, none takes long, and none decides without the rules being met."""

import base64
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.reply import Reading
from approvals.words import APPROVING, DENYING
from tests.approvals.reply.incoming import ADDRESS, OUR_TEXT, PASSED, TOKEN, marked, read
from tests.approvals.reply.rules_met import why_not

BOUNDED = settings(
    max_examples=150,
    deadline=timedelta(seconds=2),  # of a message of a few KB; the limits allow far larger ones
    suppress_health_check=[HealthCheck.too_slow],
)
WORDS = sorted((*APPROVING, *DENYING))
DANA, EVE = "Dana <dana@example.com>", "Eve <eve@evil.example>"
FIELDS = st.sampled_from(
    [
        f"From: {DANA}", f"From: {EVE}", f"From: {DANA}, {EVE}", f'From: "{DANA}" <eve@evil.example>',
        f"Sender: {EVE}", f"Sender: {DANA}", f"Resent-From: {EVE}", f"To: {ADDRESS}", f"Cc: {ADDRESS}",
        "To: bob@example.com", f"Delivered-To: {ADDRESS}", f"Authentication-Results: {PASSED}",
        "Authentication-Results: evil.example; dmarc=pass header.from=example.com",
        "Authentication-Results: mx.example.com; dmarc=fail header.from=example.com",
        "Authentication-Results: mx.example.com; spf=fail (; dmarc=pass header.from=example.com)",
        "Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>", "Subject: APPROVE",
        "Content-Type: text/html", "Content-Type: text/plain; charset=utf-7",
        "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
        "Content-Type: multipart/mixed; boundary=b", "Content-Type: multipart/alternative; boundary=b",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable",
        "DKIM-Signature: v=1; d=example.com; h=from", " folded", "no field", "X: \x00\x01", "",
    ]
)  # fmt: skip
PIECES = st.sampled_from(
    [
        *WORDS, " FOR 2 HOURS", "?", " not", "\n", "\n\n", "> ", "--b\n", "--b--",
        "-- \n", "Content-Type: text/html\n\n", "<p>", "</p>", "<!--", "-->", "<blockquote>",
        "<span style='display:none'>", "</span>", "On Tue, 14 Jul 2026 PM <pm@example.com> wrote:\n",
        OUR_TEXT, marked(), "=41", "&#65;", "\u202e", "\u200b", "\xa0", "\ufeff", "_", "*", '"', "\r",
        base64.b64encode(b"APPROVE").decode(), "From: a\nSent: b\nTo: c\nSubject: d\n",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80))


def checked(raw: bytes) -> Reading:
    """The reading, after it was seen to break no rule."""
    reading = read(raw, recipients=(ADDRESS,))
    broken = why_not(raw, reading, token=TOKEN, address="dana@example.com", server="mx.example.com")
    assert not broken, broken
    return reading


@BOUNDED
@given(st.lists(FIELDS, max_size=9), TEXTS, st.sampled_from(["\r\n", "\n"]))
def test_a_message_of_hostile_pieces_decides_only_by_the_rules(
    fields: list[str], text: str, end: str
) -> None:
    checked(end.join([*fields, "", text]).encode("utf-8", "surrogatepass"))


@BOUNDED
@given(st.lists(FIELDS, max_size=3), TEXTS)
def test_a_proven_senders_message_decides_only_by_the_rules(fields: list[str], text: str) -> None:
    proven = [f"Authentication-Results: {PASSED}", f"From: {DANA}", f"To: {ADDRESS}"]
    checked("\r\n".join([*proven, *fields, "", text]).encode("utf-8", "surrogatepass"))


# Mutations of a good reply.

EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from("dri"), st.characters(codec="utf-8")),
    min_size=1,
    max_size=3,
)


def edited(text: str, edits: list[tuple[int, str, str]]) -> str:
    """`text` with characters deleted, replaced and inserted."""
    for at, kind, char in edits:
        place = at % (len(text) + 1)
        text = text[:place] + (char if kind in "ri" else "") + text[place + (kind in "dr") :]
    return text


def reply(word: str, *, sender: str = DANA, to: str = ADDRESS) -> bytes:
    head = [f"Authentication-Results: {PASSED}", f"From: {sender}", f"To: {to}", "Subject: Re: x"]
    return "\r\n".join([*head, "", f"{word}\r\n\r\n{marked()}"]).encode("utf-8", "surrogatepass")


@BOUNDED
@given(EDITS, st.booleans())
def test_another_sender_never_decides(edits: list[tuple[int, str, str]], approves: bool) -> None:
    sender = edited(DANA, edits)
    word = "APPROVE" if approves else "DENY"
    reading = checked(reply(word, sender=sender))
    assert reading.outcome != ("deny" if approves else "approve")
    if "dana@example.com" not in sender.lower():
        assert reading.outcome not in {"approve", "deny"}


@BOUNDED
@given(EDITS, st.booleans())
def test_another_token_never_decides(edits: list[tuple[int, str, str]], approves: bool) -> None:
    token = edited(TOKEN, edits)
    raw = reply("APPROVE" if approves else "DENY", to=ADDRESS.replace(TOKEN, token))
    reading = read(raw)
    assert reading.outcome != ("deny" if approves else "approve")
    if TOKEN not in token.lower():
        assert reading.outcome not in {"approve", "deny"}


@BOUNDED
@given(st.sampled_from(WORDS), EDITS)
def test_another_word_never_decides_the_other_way(
    word: str, edits: list[tuple[int, str, str]]
) -> None:
    line = edited(f"{word}", edits)
    reading = checked(reply(line))
    first = "".join(char for char in line if char.isascii() and char.isalpha()).upper()
    if word in APPROVING and not set(DENYING) & {first, first[:2], first[:1]}:
        assert reading.outcome != "deny"
    if word in DENYING and not set(APPROVING) & {first, first[:3], first[:1]}:
        assert reading.outcome != "approve"
