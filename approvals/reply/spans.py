"""Whether a free text may say for how long: numbers, and units of time in whatever form."""

import re2

from approvals.reply.words import CONDITIONS, LIMITS, NUMBER_WORDS, SPANS, UNITS, words_of

# "2 Stunden", "-2", "for (2": whatever stands in front but a word or the # of a ticket.
STARTS_WITH_NUMBER = re2.compile(r"(?i)^[^#\pL\pN]*(?:for[^#\pL\pN]+)?[0-9]")
# A number that may be an amount: no year, ticket or part of a name ("WS-014").
AMOUNT = re2.compile(r"(?:^|[\s(*_+~<>=:,;.!])[0-9]{1,3}(?:$|[^\pL\pN-])")
NUMBER_AND_UNIT = re2.compile(r"(?i)([0-9]+) ?-?([a-z]+)")
# Words that hold digits; those of a hash ("9f2c1e4d") or a product ("v2d") hold other letters than units.
WORD_WITH_DIGITS = re2.compile(r"(?i)\b[\pL\pN]*[0-9][\pL\pN]*(?:-[\pL\pN]*[0-9][\pL\pN]*)*")
SPAN_WORDS = frozenset(UNITS) | SPANS.whole
TIMES = SPAN_WORDS.union(["am", "pm", "mo", "mos", "yr", "yrs", "mn", "sem"])  # "5PM" is no name
LETTERS = re2.compile(r"\pL+")
# A blank was forgotten: "max2h", "until5", "mins30", "4x3h".
GLUED = re2.compile(r"(?i)\b(\pL{2,}|[0-9]{1,3}x)[0-9]{1,4}(\pL*)\b")
MIN_CONDITION = 4  # letters: a shorter word of some language may be part of a name ("SE3")
BEFORE_NUMBER = LIMITS.union(
    ("about", "at", "by", "for", "from", "in", "minus", "only"),
    ("plus", "til", "till", "to", "until", "upto"),
)
# "Have a nice day" and "two days ago" don't say how long an approval is to last.
NO_SPAN = re2.compile(
    r"(?i)\b(?:have|enjoy) (?:an?|the|your) "
    r"(?:nice|good|great|lovely|pleasant|wonderful|fine|happy|safe) (?:day|week|weekend)\b|"
    r"\benjoy (?:the|your) (?:day|week|weekend)\b|^good day\b|\bafter the weekend\b|"
    r"\bsee you (?:next|this) week\b|\b(?:[0-9]+|a|two|three) (?:days?|weeks?|hours?) ago\b|"
    r"\blast (?:week|month|year)\b|"
    r"\b(?:remove|delete|uninstall) it (?:next|this) week\b|"
    r"\b(?:month|year) end\b|\ba second (?:look|opinion|time)\b|"
    r"(?:^|\b(?:the|her|his|this|my|our) )second (?:request|file|one|run|attempt|try|user|computer)\b|"
    r"\b(?:this|next|last) (?:week|month|year)'s\b|"
    r"\b(?:needs?|needed|due) (?:it |this )?(?:for )?(?:this|next) (?:week|month)\b"
)
# "7-Zip", "2FA", "2nd request" and a hash are no amounts.
NAME_WITH_NUMBER = re2.compile(
    r"^(?:[0-9]+(?:-[A-Z][a-z]|[A-Z]{2,3}\b|st\b|nd\b|rd\b|th\b)|[0-9A-Fa-f]{16})"
)
# "2 runs", "for 3 users": no time.
COUNTED = re2.compile(
    r"(?i)^(?:for )?[1-9][0-9]*(?: ?%| ?[gm]b\b|[ -]bit\b| (?:of (?:us|them|[0-9]+)|runs?|times|"
    r"pcs?|computers?|machines?|laptops?|servers?|devices?|users?|people|persons?|colleagues?|cop(?:y|ies)|"
    r"files?|licen[cs]es?|seats?|installs?|installations?|attempts?|points|stars|reasons?|euros?|dollars?|"
    r"eur|usd|thumbs up)\b)|^\+1(?:$|[.,;!])"
)
NUMBER_OF_THING = re2.compile(
    r"(?i)\b(?:(?:ticket|request|case|incident|version)s? #?|changes? (?:#|[0-9]{3}))[0-9]+\b"
)
UNIT_BEFORE = re2.compile(r"(?i)(?:^|[^\pL\pN])[mhd][0-9]{1,3}(?:$|[^\pL\pN-])")  # "h4"
SPAN = re2.compile(
    r"(?i)\ball (?:night|morning|afternoon|evening)\b|\bfor the (?:night|morning|afternoon|evening)\b|"
    r"\bein(?:en)? tag\b|\bfrom [0-9].* to [0-9]|^for (?:two|three|four|five|six|eight|ten|twelve)\b"
)
LONG_UNITS = frozenset(word for word in SPAN_WORDS if len(word) > 1)


def starts_with_amount(text: str) -> bool:
    """Whether a text begins with a number that isn't part of a name, and counts no things."""
    name = NAME_WITH_NUMBER.match(text)
    is_name = name is not None and name.group().lstrip("0123456789").lower() not in TIMES
    is_amount = not (is_name or COUNTED.match(text))
    return is_amount and bool(STARTS_WITH_NUMBER.match(text))


def starts_with_duration(text: str) -> bool:
    """Whether a text begins with a number and a unit of ours: "2 hours is too long"."""
    found = NUMBER_AND_UNIT.match(text)
    return found is not None and found.group(2).lower() in UNITS


def may_change_duration(text: str) -> bool:
    """Whether what follows a duration may hold another one: "2 hours, max 3"."""
    text = COUNTED.sub("", NUMBER_OF_THING.sub("", text))
    has_number = STARTS_WITH_NUMBER.match(text) or AMOUNT.search(text) or UNIT_BEFORE.search(text)
    changes = any(word in LIMITS or word in NUMBER_WORDS for word in words_of(text))
    return bool(has_number) or mentions_span(text) or changes


def mentions_span(text: str) -> bool:
    """Whether a free text may speak of a span of time: it names a unit, in whatever form."""
    if any(_is_glued(*pair) for pair in GLUED.findall(text.lower())):
        return True
    text = WORD_WITH_DIGITS.sub(_without_code, NO_SPAN.sub("", text))
    if SPAN.search(text) or any(
        unit.lower() in SPAN_WORDS for _, unit in NUMBER_AND_UNIT.findall(text)
    ):
        return True
    return any(word.partition("'")[0] in LONG_UNITS for word in words_of(text))


def _is_glued(before: str, after: str) -> bool:
    """Whether letters around a number, without a blank, make it a span or a limit."""
    is_condition = len(before) >= MIN_CONDITION and before in CONDITIONS
    return after in SPAN_WORDS or before in SPAN_WORDS | BEFORE_NUMBER or is_condition


def _without_code(found: "re2._Match[str]") -> str:
    """A word with digits, "" if it's a hash or a name: a word of letters that are no units."""
    word = str(found.group())
    letters = LETTERS.findall(word.lower())
    return word if all(part in SPAN_WORDS for part in letters) else ""
