# ruff: noqa: RUF001, E501 - words of many languages, as they are written
"""Lines of our own e-mails: however a mail program marks them or fails to, nobody typed them."""

import re2

SENTINEL = "write your answer above this line"
# How the lines of our e-mails begin: requests, reminders, short answers and outcomes, text and HTML.
STARTS = re2.compile(
    r"(?i)^["
    r"\s\xa0*_·•–-"
    r"]{0,6}("
    r"user .{1,160} (asks to run|asked \d|may run|may not run|took back the request)\b|still waiting: user |"
    r"to run \S+ as administrator on |reason:[*_]?\s*[\"“”„'‘]|worth a second look:|"
    r"unsigned:|first seen (today|yesterday|\d)|runs from a |same file:|"
    r"how to answer: reply|write [\"“]?(approve|deny)\b|write [\"“]$|"
    r"below it you may write a comment|in a browser( \(deciding there needs sign-in\))?: ?<?https?:|"
    r"your answer to \S+ (could not be read|came after)|what was read(: an empty answer| on its first line)|"
    r"somebody else answered \S+ at your address|it came from: |only you can answer there\b|"
    r"it (is|was) about .{1,300} (for user|on) |it stays open until |"
    r"(request|policy|user|computer|by|when|comment|covers|file|publisher|sha-256|command line|asked|expires):(\s|\xa0|$)|"
    r"this went to \S+ as an approver|the reply address is yours alone|"
    r"\S+ this went to \S+ as an approver|if nobody answers, |"
    r"and the request expires at |outcome of \S+: |this needs an answer from nobody|"
    r"until \d{1,2} [a-z]{3} \d{4}, .*it covers|"
    r"your mail program opens with the answer written|see everything and decide in a browser|"
    r"[✓✔] ?approve by e-mail|[✕✖×✗] ?deny by e-mail|[△▲○] ?\S)"
    # Report To Run (approvals/letters/reports.py): behind a dot only, people write these words too.
    r"|^[\s\xa0*_]{0,6}[·•] ?(report|as of|period|rows?( \d+| left out)?):(\s|\xa0|$)"
)
REASON = re2.compile(
    r"(?i)^[\s\xa0*_]*(reason|comment|what was read on its first line):[*_]?\s*[\"“”„'‘]"
)
CLOSING_MARKS = ('"', "“", "”", "'", "’", "‘")
FOOTER = "the reply address is yours alone: please do not forward this e-mail."
LOOKED_AT = 1000  # characters of a line


def _normal(text: str) -> str:
    return " ".join(text[:LOOKED_AT].replace("\xa0", " ").split())


def is_ours(line: str) -> bool:
    """Whether a line begins like one of our e-mails', or holds their first line."""
    text = _normal(line)
    return SENTINEL in text.lower() or bool(STARTS.match(text))


def holds_sentinel(line: str) -> bool:
    """Whether a line holds the first line of our e-mails."""
    return SENTINEL in _normal(line).lower()


def opens_reason(line: str) -> bool:
    """Whether a line begins the requester's reason and does not end it: it was wrapped."""
    text = line.strip()
    return bool(REASON.match(text[:LOOKED_AT])) and not ends_reason(text)


def ends_reason(line: str) -> bool:
    """Whether a line may be the last of the requester's reason."""
    return line.rstrip("*_ \xa0").endswith(CLOSING_MARKS)


def ends_ours(before: str, line: str) -> bool:
    """Whether our e-mail's last sentence ends with this line, perhaps begun on the line before."""
    text = _normal(line).lower()
    if not text or len(line) > LOOKED_AT or not FOOTER.endswith(text[-len(FOOTER) :]):
        return False
    return f"{_normal(before).lower()} {text}".endswith(FOOTER)
