# ruff: noqa: RUF002 - words of many languages, as they are written
"""What a first line decides: a decision word, and for an approval perhaps for how long.

The grammar, case aside (white space and the * or _ of bold and italic around are dropped):

    line     = word ( end / punctuation / duration / refusal )
    duration = ["for"] N unit ( end / punctuation )
    punctuation = [space] one or more of . , ; : ! – — - followed by a space or the end
    refusal  = any words without doubt, after a denying word that is no short one (NO, N)

One pair of quotation marks of one kind around the word or the whole line is dropped: people copy what
they see.
"""

from dataclasses import dataclass

import re2

from approvals.reply.doubts import agrees, agrees_behind_no, doubt_of_approval
from approvals.reply.limits import MAX_LINE
from approvals.reply.quotation import QUOTES, is_pair
from approvals.reply.reading import Outcome
from approvals.reply.spans import (
    may_change_duration,
    mentions_span,
    starts_with_amount,
    starts_with_duration,
)
from approvals.reply.words import (
    AGREEMENTS,
    ALLOWS,
    APOSTROPHES,
    BLANKS,
    DELAY,
    EMPHASIS,
    INITIAL_AND_NAME,
    MISTAKE,
    NO_NAMES,
    NUMBERED,
    PUNCTUATION,
    REFUSALS,
    REPORTED,
    REPORTING,
    SPACES,
    TAKEN_BACK,
    UNDECIDED,
    UNITS,
    has_condition,
    is_negated,
    is_question,
    is_strange,
    straight,
    without_harmless,
    words_of,
)
from approvals.words import ALLOW, APPROVING, DECISION_WORDS, DENYING
from core import dates

GREEK = re2.compile(r"\p{Greek}")  # there, a semicolon is the question mark
AFTER_WORD = re2.compile(rf"^[*_]* ?[{PUNCTUATION}]+(?:[*_]*(?: (.*))?)$")
QUOTED = re2.compile(rf"^([{QUOTES}]) ?([*_]*[A-Za-z]+[*_]*) ?([{QUOTES}])((?:[^\pL\pM\pN].*)?)$")
DURATION = re2.compile(
    rf"(?i)^[*_]*(?:for )?[*_]*([0-9]+) ?([a-z]+)[*_]*(?:| ?[{PUNCTUATION}]+(?:[*_]*(?: (.*))?))$"
)
# "Grant," may begin a letter, or ask somebody of this name.
ADDRESSED = re2.compile(
    rf"^Grant ?(?:(?:[,:]|\p{{Pd}}+)$|\p{{Pd}}+(?: ?\p{{Lu}}\pL*)+$|(?i:[{PUNCTUATION}]+ ?"
    r"(?:(?:can|could|please|pls|kindly|fyi|any|thoughts|over to|(?:have|take) a look)\b|"
    r"(?:.*[^k] )?(?:you|your (?:help|call|turn|view|advice))\b)))"
)
# A box or a field behind a word waits to be filled.
EMPTY_FIELD = re2.compile(r"^[^\pL\pN]*(?:[☐☑☒□]|[\[({][\s_.]*[\])}])[^\pL\pN]*$")
FILLED_IN = re2.compile(r"(?i)^ ?: ?(?:no|off|none|0|n/?a)\W*$")
# "Approve" - Bob Smith
NAME_BEHIND = re2.compile(r"^ ?[\p{Pd}]+ ?\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?$")
BLANK_FIELD = re2.compile(r"[\s:](?:_{2,}|\.{4,}|…{2,})[_.…]*\s*$")
OUR_INSTRUCTION = re2.compile(r"(?i)^to (?:refuse|approve)\b|^by e-?mail$")
SHORT_DENYING = frozenset(("NO", "N"))
TURKISH_I = str.maketrans({"\u0130": "I", "\u0131": "i"})
NAMES_TOO = {"Y", "N", "NO", "GRANT"}  # initials, names, and words of other languages
MAX_DIGITS = 7


@dataclass(frozen=True)
class Answer:
    """`outcome` is approve, deny or unclear; `minutes` None means one time; `why` is a sentence."""

    outcome: Outcome
    minutes: int | None
    why: str


def looks_like_answer(line: str) -> bool:
    """Whether a line would decide by itself, so that it cannot be what introduces a quote."""
    return read_answer(line, 10**6).outcome is not Outcome.UNCLEAR


def speaks_of_answer(text: str) -> bool:
    """Whether a text that looks like a mail program's speaks of a decision: then it was typed."""
    words = words_of(text[: MAX_LINE * 2])
    decides = {word.upper() for word in words}.intersection(DECISION_WORDS) - NAMES_TOO
    refuses = any(word in REFUSALS for word in words)
    return bool(decides) or refuses or is_negated(text[: MAX_LINE * 2], words)


def read_answer(line: str, longest_minutes: int) -> Answer:
    """What one line, the first that is not empty, decides.

    Turkish keyboards and phones write If with a dot on its capital, and IF in small letters without one.
    """
    answer, plain = _read(line, longest_minutes), line.translate(TURKISH_I)
    if plain != line and _read(plain, longest_minutes) != answer:
        return unclear(
            "The first line has a Turkish \u0130 or \u0131, with which it may mean something else."
        )
    return answer


def _read(line: str, longest_minutes: int) -> Answer:
    spaced = "".join(" " if char in SPACES else char for char in line[: MAX_LINE * 2])
    text = " ".join(word for word in spaced.split(" ") if word).strip("".join(EMPHASIS) + " ")
    if spaced.count("*") == 1 and spaced.strip().endswith("*"):
        return unclear("The first line ends with the mark of a footnote.")
    if len(text) > MAX_LINE or line[MAX_LINE * 2 :].strip(BLANKS):
        return unclear("The first line is too long for an answer.")
    if not text:
        return unclear("The reply is empty.")
    word, rest = first_word(_unquoted(text))
    if word not in DECISION_WORDS:
        return unclear("The first line doesn't begin with a decision word.")
    doubt = _doubt(text) or _other_meaning(line, text, word, rest)
    if doubt:
        return unclear(doubt)
    if word in DENYING:
        if _means_yes(word, rest):
            return unclear(f"“{word}” may mean something else than a refusal here.")
        clear = not rest or AFTER_WORD.match(rest) or _refuses(word, rest)
        return Answer(Outcome.DENY, None, f"“{word}” denies.") if clear else _more_than(word)
    return _approval(word, rest, longest_minutes)


def _other_meaning(line: str, text: str, word: str, rest: str) -> str:
    """Why the word at the beginning may be no decision, of either kind; "" if nothing says so."""
    is_addressed = ADDRESSED.match(text) and not agrees(rest)
    if is_addressed or (INITIAL_AND_NAME.match(text) and not NO_NAMES.match(text)):
        return f"“{word.capitalize()}” may be a name here; {word} alone would count."
    beside = rest.strip(f" {PUNCTUATION}")
    if NUMBERED.match(text) and not starts_with_duration(beside):
        return f"“{word}” may stand for a number or a reference here; {word} alone would count."
    if _is_reported(text, word, rest):
        return "The first line tells what someone else said."
    is_field = EMPTY_FIELD.match(beside) or (word not in SHORT_DENYING and FILLED_IN.match(rest))
    if BLANK_FIELD.search(line) or (beside and is_field):
        return "The first line has a box or a field after the word."
    is_taken_back = TAKEN_BACK.search(rest) or (word in APPROVING and MISTAKE.search(rest))
    return "The first line takes its word back." if is_taken_back else ""


def _is_reported(text: str, word: str, rest: str) -> bool:
    """Whether the word is somebody else's: `"Approve", Bob says`, or `Approve, says Bob`."""
    words = words_of(rest)
    if text[0] in QUOTES:
        return not REPORTING.isdisjoint(words) or bool(NAME_BEHIND.match(rest))
    return word in APPROVING and bool(not REPORTING.isdisjoint(words[:1]) or REPORTED.match(rest))


def _unquoted(text: str) -> str:
    """The line without the quotation marks around its first word, or else around all of it."""
    if text[0] not in QUOTES:
        return text
    found = QUOTED.match(text)
    if found:
        opening, word, closing, rest = found.groups()
        bare = f"{word}{rest}" if is_pair(opening, closing) else text
        return bare.strip("".join(EMPHASIS) + " ")
    text = text.rstrip(".!") if text.rstrip(".!")[-1] in QUOTES else text
    pairs = sum(char in QUOTES and char not in APOSTROPHES for char in text[1:-1])
    whole = is_pair(text[0], text[-1]) and not pairs
    return text[1:-1].strip("".join(EMPHASIS) + " ") if whole else text


def _refuses(word: str, rest: str) -> bool:
    """Whether words go on after a denying one ("DENY because of policy"): "no problem" is no denial."""
    is_condition = has_condition(rest, words_of(rest))
    return word not in SHORT_DENYING and rest.lstrip("*_").startswith(" ") and not is_condition


def _means_yes(word: str, rest: str) -> bool:
    """Whether "No," begins an agreement of another language, or the line is a piece of our own mail."""
    instruction = OUR_INSTRUCTION.match(rest.lstrip("".join(EMPHASIS) + QUOTES + " "))
    agreed = any(word in AGREEMENTS for word in words_of(rest)) or agrees_behind_no(rest)
    if word not in SHORT_DENYING:
        return bool(instruction or ALLOWS.search(straight(rest)))
    return bool(instruction or agreed)


def _approval(word: str, rest: str, longest_minutes: int) -> Answer:
    """`rest` is what follows an approving word: nothing, punctuation and a text, or a duration."""
    punctuated = AFTER_WORD.match(rest)
    after = (punctuated.group(1) or "") if punctuated else ""
    doubt = doubt_of_approval(word, rest, after)
    if doubt:
        return unclear(doubt)
    if not rest or (punctuated and not starts_with_amount(after)):
        if mentions_span(after):
            return unclear("The first line mentions a duration in a form that isn't accepted.")
        return Answer(Outcome.APPROVE, None, f"“{word}” approves, one time.")
    if not punctuated:
        if not rest.lstrip("*_").startswith(" "):
            return _more_than(word)
        after = rest.lstrip("*_")[1:]
    duration = DURATION.match(after.strip())
    return _timed(word, duration, longest_minutes) if duration else _more_than(word)


def _timed(word: str, duration: "re2._Match[str]", longest_minutes: int) -> Answer:
    number, unit, rest = duration.groups()
    factor = UNITS.get(unit.lower())
    if factor is None or number.startswith("0") or len(number) > MAX_DIGITS:
        return unclear("The duration isn't a positive whole number of minutes, hours or days.")
    if rest and (may_change_duration(rest) or DELAY.match(without_harmless(straight(rest)))):
        return unclear("What stands behind the duration may change it.")
    if word == ALLOW and UNDECIDED.search(without_harmless(straight(rest or ""))):
        return unclear("The first line may ask for time (“Allow an hour”).")
    said = read_answer(f"{word}, {rest}", longest_minutes) if rest else None
    if said and said.outcome is not Outcome.APPROVE:
        return said
    minutes = int(number) * factor
    if not longest_minutes:
        return unclear(f"This process allows One Time only: {word} without a duration.")
    if minutes > longest_minutes:
        return unclear(
            f"{minutes} minutes are more than the {longest_minutes} that this process allows: "
            f"{word} FOR {dates.duration(longest_minutes).upper()} is the most."
        )
    return Answer(Outcome.APPROVE, minutes, f"“{word}” approves, for {dates.duration(minutes)}.")


def first_word(text: str) -> tuple[str, str]:
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
    words, plain = words_of(text), without_harmless(text)
    if is_negated(plain, words_of(plain)):
        return "The first line has a negation."
    upper = {word.upper() for word in words if word.isascii()}
    if upper.intersection(APPROVING) and upper.intersection(DENYING):
        return "The first line has both approving and denying words."
    return ""


def _more_than(word: str) -> Answer:
    return unclear(
        f"“{word}” is followed by more than punctuation or a duration; {word} alone would count."
    )


def unclear(why: str) -> Answer:
    """No decision, and why: a sentence."""
    return Answer(Outcome.UNCLEAR, None, why)
