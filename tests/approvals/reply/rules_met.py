"""Whether a message that decided may have: the rules, asked again in another, plainer way."""

import re

from approvals.reply import Outcome, Reading
from approvals.words import APPROVING, DENYING

DECIDING = {Outcome.APPROVE: APPROVING, Outcome.DENY: DENYING}
FIRST_WORD = re.compile(r"[^\w]*_*([A-Za-z]+)")


def why_not(raw: bytes, reading: Reading, *, token: str, address: str, server: str) -> str:
    """Which rule a decision breaks, "" if it breaks none or nothing was decided."""
    if reading.outcome not in DECIDING:
        return ""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    lines = re.sub(rb"\r?\n[ \t]", b" ", head).decode("utf-8", "replace").split("\n")
    named = [line.partition(":") for line in lines]
    fields = [(name.strip().lower(), value.strip()) for name, _, value in named]
    froms = [value for name, value in fields if name == "from"]
    results = [value for name, value in fields if name == "authentication-results"]
    word = FIRST_WORD.match(reading.first_line)
    if len(froms) != 1 or address not in froms[0].lower():
        return f"From: {froms}"
    if not results or server not in results[0].lower() or "pass" not in results[0].lower():
        return f"Authentication-Results: {results[:1]}"
    if token not in head.decode("utf-8", "replace").lower():
        return "no token"
    if any(name == "auto-submitted" and value.lower() != "no" for name, value in fields):
        return "automatic"
    if not word or word[1].upper() not in DECIDING[reading.outcome]:
        return f"first line: {reading.first_line!r}"
    if "?" in reading.first_line or (
        reading.outcome == "approve" and " not " in reading.first_line
    ):
        return f"doubt: {reading.first_line!r}"
    return ""
