# ruff: noqa: RUF001 - quotation marks and dashes of many languages
"""Lines of our own emails: however a mail program marks them or fails to, nobody typed them."""

import re2

from approvals.letters.kinds import (
    FOOTERS,
    LABELS,
    NOTICE_OPENINGS,
    OPENINGS,
    QUOTING_LABELS,
    SENTINEL,
    VALUE_LABELS,
)

BEFORE = r"[\s\xa0*_·•–-]{0,6}"
STARTS = re2.compile(rf"(?i)^{BEFORE}({'|'.join(OPENINGS)})")
NOTICE = re2.compile(rf"(?i)^{BEFORE}({'|'.join(NOTICE_OPENINGS)})")
LABEL = re2.compile(rf"(?i)^{BEFORE}({'|'.join(LABELS)})")
QUOTING = re2.compile(rf"(?i)^[\s\xa0*_]*({'|'.join(QUOTING_LABELS)}):[*_]?[\s\xa0]*([\"“”„'‘])")
SENTENCE = re2.compile(rf"(?i)^{BEFORE}(user .{{1,160}} asks to run|same file|long |row \d|[△▲○])")
VALUE = re2.compile(
    rf"{SENTENCE.pattern}|^{BEFORE}(user .|{'|'.join(VALUE_LABELS)}|({'|'.join(QUOTING_LABELS)}):$)"
)
LISTED = re2.compile(r"^\W{0,6}(?:write\b|- )")
WARNINGS, HOW_TO_ANSWER = re2.compile(r"\W*worth a second look"), re2.compile(r"\W*how to answer")
# What ends a reason, by the mark before it, which mail programs may exchange.
ENDS_OF_REASON = {'"': '"', "“": '”"', "”": "”", "„": "“”", "'": "'’", "‘": "’'"}
CLOSING_MARKS = "".join(ENDS_OF_REASON.values())
FOOTER_ENDINGS = tuple(footer.lower() for footer in FOOTERS)
BREAKING = (":", "-", "/", "\\", "(", ",", ";", "=")  # behind these a long word is broken too
MIN_WRAPPED = 45  # characters: where lines are shorter, our email's first ones are wrapped too
MAX_LOOKED_AT = 1000  # characters of a line


def _normal(text: str) -> str:
    return " ".join(text[:MAX_LOOKED_AT].replace("\xa0", " ").split())


def is_ours(line: str) -> bool:
    """Whether a line begins like one of our emails', or holds their first line."""
    text = _normal(line)
    return SENTINEL.lower() in text.lower() or bool(STARTS.match(text))


def begins_paragraph(line: str) -> bool:
    """Whether a line may begin a paragraph of our emails, or a line of a list in them."""
    return is_ours(line) or opens_reason(line) or bool(LISTED.match(line))


def behind_opening(line: str) -> str:
    """What follows words with which a line of our emails begins too; "" if it begins otherwise."""
    text = _normal(line)
    begun = STARTS.match(text)
    return text[begun.end() :] if begun else ""


def is_label(line: str) -> bool:
    """Whether a line begins with a label of our emails' facts: "User: ", "Comment: "."""
    return bool(LABEL.match(_normal(line)))


def holds_value(line: str) -> bool:
    """Whether a line of our emails holds a value from outside, which may be wrapped anywhere."""
    return bool(VALUE.match(_normal(line)))


def goes_on_in_value(line: str) -> bool:
    """Whether the value that this line holds may go on below, where it isn't known what was sent.

    Programs wrap long lines, and words that would be too long behind the label. The first sentence has
    ended if its full stop is there.
    """
    text = _normal(line)
    if SENTENCE.match(text) and text.endswith("."):
        return False
    return is_long(line) or text.endswith(BREAKING) or text.count('"') % 2 == 1


def is_long(line: str) -> bool:
    """Whether a mail program may have wrapped a line, of which this is the first piece."""
    return len(line) >= MIN_WRAPPED


def is_notice(line: str) -> bool:
    """Whether a line is the first sentence of our notice that a reply didn't count."""
    return bool(NOTICE.match(_normal(line)))


def holds_sentinel(line: str) -> bool:
    """Whether a line holds the first line of our emails."""
    return SENTINEL.lower() in _normal(line).lower()


def begins_ours(line: str) -> bool:
    """Whether a line begins with the first one of our emails."""
    return _normal(line).lower().strip("\"'*_ ").startswith(SENTINEL.lower())


def speaks_of_warnings(quoted: list[str]) -> bool:
    """Whether the lines of our email go as far as its warnings, and no further."""
    normal = [_normal(line).lower() for line in quoted]
    return any(map(WARNINGS.match, normal)) and not any(map(HOW_TO_ANSWER.match, normal))


def quotes(line: str) -> bool:
    """Whether a line begins with one of our labels before a text in quotation marks, and may be ours:
    the marks end a line of ours, or it's wrapped. `Reason: "tender" is fine with me.` isn't."""
    text = line.strip()[:MAX_LOOKED_AT]
    opened = QUOTING.match(text)
    if not opened:
        return False
    said = text[opened.end() :]
    is_closed = any(mark in said for mark in ENDS_OF_REASON[opened.group(2)])
    return not is_closed or ends_reason(text) or is_long(text)


def opens_reason(line: str) -> bool:
    """Whether a line begins the requester's reason and does not end it: it was wrapped."""
    return bool(ends_of_reason(line))


def ends_of_reason(line: str) -> str:
    """What may end the requester's reason if this line begins it and it was wrapped, "" if not."""
    text = line.strip()
    opened = QUOTING.match(text[:MAX_LOOKED_AT])
    if not opened:
        return ""
    ends = ENDS_OF_REASON[opened.group(2)]
    return "" if ends_reason(text[opened.end() :], ends) else ends


def ends_reason(line: str, marks: str = CLOSING_MARKS) -> bool:
    """Whether a line may be the last of the requester's reason, which one of these marks ends."""
    return line.rstrip("*_ \xa0").endswith(tuple(marks))


def ends_ours(before: str, line: str) -> bool:
    """Whether our email's last sentence ends with this line, perhaps begun on the line before."""
    text = _normal(line).lower()
    if not text or len(line) > MAX_LOOKED_AT:
        return False
    joined = f"{_normal(before).lower()} {text}"
    return any(
        footer.endswith(text[-len(footer) :]) and joined.endswith(footer)
        for footer in FOOTER_ENDINGS
    )
