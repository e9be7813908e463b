# ruff: noqa: RUF002 - words of many languages, as they are written
"""What a first line decides: a decision word, and for an approval perhaps for how long.

The grammar, case aside (white space and the * or _ of bold and italic around are dropped):

    line     = word ( end / punctuation / duration / refusal )
    duration = ["for"] N unit ( end / punctuation )
    punctuation = [space] one or more of . , ; : ! – — - followed by a space or the end
    refusal  = any words without doubt, after a denying word that is no short one (NO, N)

One pair of quotation marks around the word or the whole line is dropped: people copy what they see.
"""

from dataclasses import dataclass

import re2

from approvals.reply.limits import MAX_LINE
from approvals.reply.reading import Outcome
from approvals.reply.words import (
    AGREEMENTS,
    APOSTROPHES,
    DELAY,
    EMPHASIS,
    LIMITS,
    NUMBER_WORDS,
    PUNCTUATION,
    QUOTES,
    REFUSALS,
    SPACES,
    SPANS,
    UNITS,
    has_condition,
    is_negated,
    is_question,
    is_strange,
)
from approvals.words import APPROVING, DECISION_WORDS, DENYING
from core import dates

GREEK = re2.compile(r"\p{Greek}")  # there, a semicolon is the question mark
WORD = re2.compile(r"[\pL\pM\pN']+")
AFTER_WORD = re2.compile(rf"^[*_]* ?[{PUNCTUATION}]+(?:[*_]*(?: (.*))?)$")
QUOTED = re2.compile(rf"^[{QUOTES}] ?([*_]*[A-Za-z]+[*_]*) ?[{QUOTES}]((?:[^\pL\pM\pN].*)?)$")
DURATION = re2.compile(
    rf"(?i)^[*_]*(?:for )?[*_]*([0-9]+) ?([a-z]+)[*_]*(?:| ?[{PUNCTUATION}]+(?:[*_]*(?: (.*))?))$"
)
# "2 Stunden", "-2", "for (2": whatever stands in front but a word or the # of a ticket.
STARTS_WITH_NUMBER = re2.compile(r"(?i)^[^#\pL\pN]*(?:for[^#\pL\pN]+)?[0-9]")
# A number that may be an amount: no year, ticket or part of a name ("WS-014").
AMOUNT = re2.compile(r"(?:^|[\s(*_+~<>=:,;.!])[0-9]{1,3}(?:$|[^\pL\pN-])")
NUMBER_AND_UNIT = re2.compile(r"(?i)([0-9]+) ?-?([a-z]+)")
SPAN_WORDS = frozenset(UNITS) | SPANS
# "Have a nice day" and "two days ago" don't say how long an approval is to last.
NO_SPAN = re2.compile(
    r"(?i)\b(?:have|enjoy) (?:an?|the|your) (?:[a-z]+ )?(?:day|week)\b|^good day\b|"
    r"\bsee you (?:next|this) week\b|\b(?:[0-9]+|a|two|three) (?:days?|weeks?|hours?) ago\b|"
    r"\blast (?:week|month|year)\b|\b(?:month|year) end\b|\ba second (?:look|opinion|time)\b"
)
# "7-Zip", "2FA" and "2nd request" are no amounts.
NAME_WITH_NUMBER = re2.compile(r"^[0-9]+(?:-[A-Z][a-z]|[A-Z]{2,3}\b|st\b|nd\b|rd\b|th\b)")
NUMBER_OF_THING = re2.compile(r"(?i)\b(?:ticket|request|case|incident|change|version)s? #?[0-9]+\b")
# "No. 1042" is a number, "Grant," may be a name, and a box or a field behind a word waits to be filled.
NUMBERED = re2.compile(r"(?i)^no?\. ?#?[0-9]")
ADDRESSED = re2.compile(r"^Grant(?:,|:)")
EMPTY_FIELD = re2.compile(r"^[^\pL\pN]*[\[\]☐☑☒□][^\pL\pN]*$")
OUR_INSTRUCTION = re2.compile(r"(?i)^to (?:refuse|approve)\b")
LONG_UNITS = frozenset(word for word in SPAN_WORDS if len(word) > 1)
SHORT_DENYING = frozenset(("NO", "N"))
MAX_DIGITS = 7


@dataclass(frozen=True)
class Answer:
    """`outcome` is approve, deny or unclear; `minutes` None means one time; `why` is a sentence."""

    outcome: Outcome
    minutes: int | None
    why: str


def looks_like_answer(line: str) -> bool:
    """Whether a line would decide by itself, so that it cannot be what introduces a quote."""
    return len(line) <= MAX_LINE and read_answer(line, 10**6).outcome is not Outcome.UNCLEAR


def read_answer(line: str, longest_minutes: int) -> Answer:
    """What one line, the first that is not empty, decides."""
    spaced = "".join(" " if char in SPACES else char for char in line[: MAX_LINE * 2])
    text = " ".join(word for word in spaced.split(" ") if word).strip("".join(EMPHASIS) + " ")
    if not text:
        return unclear("The reply is empty.")
    if len(text) > MAX_LINE:
        return unclear("The first line is too long for an answer.")
    word, rest = _first_word(_unquoted(text))
    if word not in DECISION_WORDS:
        return unclear("The first line doesn't begin with a decision word.")
    doubt = _doubt(text)
    if doubt:
        return unclear(doubt)
    if ADDRESSED.match(text):
        return unclear("“Grant” may be a name here; GRANT alone would count.")
    if word in DENYING:
        if NUMBERED.match(text) or _means_yes(word, rest):
            return unclear(f"“{word}” may mean something else than a refusal here.")
        clear = not rest or AFTER_WORD.match(rest) or _refuses(word, rest)
        return Answer(Outcome.DENY, None, f"“{word}” denies.") if clear else _more_than(word)
    return _approval(word, rest, longest_minutes)


def nearest_answer(line: str, longest_minutes: int) -> str:
    """What an unclear line comes closest to, "YES" for "Yes please"; "" where that would be a guess.

    Nothing is proposed to who doubts, asks, sets a condition or names both answers.
    """
    text = " ".join(line[:MAX_LINE].split())
    words = _words(text)
    found = [word.upper() for word in words if word.upper() in DECISION_WORDS]
    is_doubtful = (
        is_negated(text, words) or any(map(is_question, text)) or has_condition(text, words)
    )
    if is_doubtful or len({word in APPROVING for word in found}) != 1:
        return ""
    spans = [(n, unit) for n, unit in NUMBER_AND_UNIT.findall(text) if unit.lower() in UNITS]
    number, unit = spans[0] if len(spans) == 1 else ("", "")
    duration = f" for {number} {unit.lower()}" if number and found[0] in APPROVING else ""
    proposal = f"{found[0]}{duration}"
    known = read_answer(proposal, longest_minutes).outcome
    return proposal if known is not Outcome.UNCLEAR and proposal != text.upper() else ""


def _unquoted(text: str) -> str:
    """The line without the quotation marks around its first word, or else around all of it."""
    if text[0] not in QUOTES:
        return text
    word = QUOTED.match(text)
    if word:
        return f"{word.group(1)}{word.group(2)}".strip("".join(EMPHASIS) + " ")
    return text[1:-1].strip("".join(EMPHASIS) + " ") if text[-1] in QUOTES else text


def _refuses(word: str, rest: str) -> bool:
    """Whether words go on after a denying one ("DENY because of policy"): "no problem" is no denial."""
    is_condition = has_condition(rest, _words(rest))
    return word not in SHORT_DENYING and rest.lstrip("*_").startswith(" ") and not is_condition


def _means_yes(word: str, rest: str) -> bool:
    """Whether "No," begins an agreement of another language, or the line is a piece of our own mail."""
    instruction = OUR_INSTRUCTION.match(rest.lstrip("".join(EMPHASIS) + QUOTES + " "))
    return bool(instruction) or (word in SHORT_DENYING and not AGREEMENTS.isdisjoint(_words(rest)))


def _approval(word: str, rest: str, longest_minutes: int) -> Answer:
    """`rest` is what follows an approving word: nothing, punctuation and a text, or a duration."""
    words = _words(rest)
    if has_condition(rest, words):
        return unclear("The first line has a condition; an approval can't have one.")
    if not REFUSALS.isdisjoint(words):
        return unclear("The first line approves and refuses.")
    if any(char.isnumeric() and not char.isascii() for char in rest):
        return unclear("The first line has a number that isn't written in the digits 0 to 9.")
    punctuated = AFTER_WORD.match(rest)
    after = (punctuated.group(1) or "") if punctuated else ""
    if DELAY.match(after):
        return unclear("The first line puts the answer off.")
    if after and EMPTY_FIELD.match(after):
        return unclear("The first line has a box or a field after the word.")
    if not rest or (punctuated and not _starts_with_amount(after)):
        if _mentions_span(after):
            return unclear("The first line mentions a duration in a form that isn't accepted.")
        return Answer(Outcome.APPROVE, None, f"“{word}” approves, one time.")
    if not punctuated:
        if not rest.lstrip("*_").startswith(" "):
            return _more_than(word)
        after = rest.lstrip("*_")[1:]
    duration = DURATION.match(after.strip())
    return _timed(word, duration, longest_minutes) if duration else _more_than(word)


def _starts_with_amount(text: str) -> bool:
    return bool(STARTS_WITH_NUMBER.match(text)) and not NAME_WITH_NUMBER.match(text)


def _timed(word: str, duration: "re2._Match[str]", longest_minutes: int) -> Answer:
    number, unit, rest = duration.groups()
    factor = UNITS.get(unit.lower())
    if factor is None or number.startswith("0") or len(number) > MAX_DIGITS:
        return unclear("The duration isn't a positive whole number of minutes, hours or days.")
    if _may_change_duration(rest or ""):
        return unclear("The first line has more than one duration.")
    minutes = int(number) * factor
    if minutes > longest_minutes:
        return unclear(
            f"{minutes} minutes are more than the {longest_minutes} that this process allows: "
            f"{word} FOR {dates.duration(longest_minutes).upper()} is the most."
        )
    return Answer(Outcome.APPROVE, minutes, f"“{word}” approves, for {minutes} minutes.")


def _may_change_duration(text: str) -> bool:
    """Whether what follows a duration may hold another one: "2 hours, max 3"."""
    text = NUMBER_OF_THING.sub("", text)
    has_number = STARTS_WITH_NUMBER.match(text) or AMOUNT.search(text)
    changing = LIMITS | NUMBER_WORDS
    return bool(has_number) or _mentions_span(text) or not changing.isdisjoint(_words(text))


def _first_word(text: str) -> tuple[str, str]:
    """The leading letters in upper case, and what follows; only ASCII letters have a case here."""
    end = 0
    while end < len(text) and text[end].isascii() and text[end].isalpha():
        end += 1
    if end < len(text) and (text[end].isalnum() or not text[end].isprintable()):
        return "", text
    return text[:end].upper(), text[end:]


def _doubt(text: str) -> str:
    if any(is_question(char) for char in text) or (";" in text and GREEK.search(text)):
        return "The first line has a question mark."
    if any(is_strange(char) for char in text):
        return "The first line has characters that aren't plain text."
    words = _words(text)
    if is_negated(text, words):
        return "The first line has a negation."
    upper = {word.upper() for word in words if word.isascii()}
    if upper.intersection(APPROVING) and upper.intersection(DENYING):
        return "The first line has both approving and denying words."
    return ""


def _words(text: str) -> list[str]:
    for mark in APOSTROPHES:
        text = text.replace(mark, "'")
    return [str(word).strip("'") for word in WORD.findall(text.lower())]


def _mentions_span(text: str) -> bool:
    """Whether a free text may speak of a span of time: it names a unit, in whatever form."""
    text = NO_SPAN.sub("", text)
    if any(unit.lower() in SPAN_WORDS for _, unit in NUMBER_AND_UNIT.findall(text)):
        return True
    return any(word.partition("'")[0] in LONG_UNITS for word in _words(text))


def _more_than(word: str) -> Answer:
    return unclear(
        f"“{word}” is followed by more than punctuation or a duration; {word} alone would count."
    )


def unclear(why: str) -> Answer:
    """No decision, and why: a sentence."""
    return Answer(Outcome.UNCLEAR, None, why)
