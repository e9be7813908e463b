"""Replies to a colleague's mail that names us, and to ours."""

from dataclasses import replace

from approvals.reply import Email, Invited
from tests.approvals.reply.incoming import ADDRESS, OUR_TEXT, SENT_ID, marked, message, outcome

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
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h={}; bh=x; b=x"
REQUEST = f"\n\nOn Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:\n{marked()}"
HIS = (TO_BOBS, f"Cc: {ADDRESS}")
BY_US = "On Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:"
HEAD = (
    "From: PM Console <pm@example.com>\nSent: 14 Jul 2026 10:00\nTo: dana@example.com\nSubject: x\n"
)
# What may be an answer although it holds no word.
SIGNS = ["\U0001f44e", "❌", "...", "—"]
OURS_UNMARKED = (
    f"From: PM Console <pm@example.com>\nSent: 14 Jul 2026\nTo: Bob\nSubject: x\n\n{OUR_TEXT}"
)


def reply(text: str, *headers: str, to: str = ADDRESS, subject: str = NUMBERED) -> bytes:
    """The approver's reply, with the subject of our email and to our address unless told otherwise."""
    raw = message(text, *headers, to=to)
    before, _, rest = raw.partition(b"Subject: ")
    return before + f"Subject: {subject}\r\n".encode() + rest.partition(b"\r\n")[2]


def sent(text: str) -> Invited:
    """INVITED, of whom it's known that this was sent."""
    return replace(INVITED, sent=(Email(text),))


def decided(raw: bytes) -> tuple[str, int | None]:
    """Outcome and minutes alone, for INVITED."""
    return outcome(raw, invited=INVITED)
