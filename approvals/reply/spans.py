"""Whether a free text may say for how long: numbers, and units of time in whatever form."""

import re2

from approvals.reply.words import (
    CONDITIONS,
    LIMITS,
    NUMBER_WORDS,
    PUNCTUATION,
    SPANS,
    UNITS,
    words_of,
)

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
    r"\bhappy (?:new year|day|week|weekend)\b|\bgood luck (?:this|next) week\b|"
    r"\bsee you (?:(?:next|this) week|tomorrow|tonight)\b|"
    r"\b(?:[0-9]+|\pL+) (?:minutes?|hours?|days?|weeks?|months?|years?) ago\b|"
    r"\blast (?:week|month|year)\b|"
    r"\b(?:remove|delete|uninstall) it (?:next|this) week\b|"
    # What is done each day or month, and what is named after it.
    r"\b(?:daily|weekly|monthly|yearly) (?:reports?|reporting|business|meetings?|closing|backups?|"
    r"builds?|newsletters?|stand-?ups?|reviews?|invoices?|payroll|statements?|figures)\b|"
    r"\bwe (?:all )?use (?:it|this) (?:daily|weekly|monthly|every (?:day|week|month))\b|"
    r"(?:^|[^\pL\pN-])(?:minute|hour|day|week|month|year)-(?:end|(?:tak|track|keep|plann|book|clos|count)ing)\b|"
    r"\b(?:month|year) end\b|\ba second (?:look|opinion|time)\b|"
    r"(?:^|\b(?:the|her|his|this|my|our) )second (?:request|file|one|run|attempt|try|user|computer)"
    r"(?: this (?:week|month))?\b|"
    r"\b(?:this|next|last) (?:week|month|year)'s\b|"
    r"\b(?:third|fourth|fifth|[0-9]th) time (?:this|last) (?:week|month|year)\b|"
    # Human Resources; "2 HR" are hours.
    r"(?:^|[^\pL\pN ] ?)(?-i:HR (?:has|is|was|agreed|approved|asked|confirmed|"
    r"knows|needs|requested|said|wants)\b)|"
    # "Due" is a number in Italian, but not here.
    r"\b(?:is|are|was|were|be) due(?: (?:this|next) (?:week|month)| tomorrow| tonight)?\b|"
    r"\bdue (?:on|by|date)\b|"
    r"\b(?:needs?|needed|due) (?:it |this )?(?:for )?(?:this|next) (?:week|month)\b"
)
# "7-Zip", "2FA", "2nd request" and a hash are no amounts, nor is "+1" behind the word alone.
NAME_WITH_NUMBER = re2.compile(
    r"^(?:[0-9]+(?:-[A-Z][a-z]|[A-Z]{2,3}\b|st\b|nd\b|rd\b|th\b)|[0-9A-Fa-f]{16}|\+1(?:$|[.,;!]))"
)
THINGS = (
    r"(?:pcs?|computers?|machines?|laptops?|servers?|devices?|users?|people|persons?|colleagues?|"
    r"cop(?:y|ies)|files?|licen[cs]es?|seats?|reasons?|euros?|dollars?|eur|usd)"
)
# "2 runs", "for 3 users": no time.
COUNTED = re2.compile(
    rf"(?i)^(?:for )?[1-9][0-9]*(?: ?%| ?[gm]b\b|[ -]bit\b| (?:of (?:us|them|[0-9]+)|runs?|times|"
    rf"{THINGS}|installs?|installations?|attempts?|points|stars|thumbs up)\b)"
)
# Further down what is repeated may say so of the duration: "make that 3 times".
COUNTED_THINGS = re2.compile(rf"(?i)(?:^|\s)[1-9][0-9]*(?: ?[gm]b|[ -]bit| {THINGS})\b")
# What has a number and is no amount, and a word behind it: "version 4.2", "room 12", a telephone number.
NUMBERED = re2.compile(
    r"(?i)(?:\b(?:(?:(?:ticket|request|case|incident|version|release|build|room|floor|desk|building|section|"
    r"chapter|paragraph|article|clause|appendix|policy|page|key)s? #?|"
    r"changes? (?:#|[0-9]{3})|v\.?)[0-9]+(?:[.:/-][0-9]+)*)|"
    r"\bwindows (?:7|8|10|11)|\boffice 365|"
    r"\+[0-9]{1,3}(?:[ ()/-]{1,2}[0-9]+)+[ ()/-]{1,2}[0-9]{3,}|\b0[0-9]{2,5}(?:[ ()/-]{1,2}[0-9]{3,})+)"
    r"\b( ?-?[a-z]+)?"
)
UNIT_BEFORE = re2.compile(r"(?i)(?:^|[^\pL\pN])[mhd][0-9]{1,3}(?:$|[^\pL\pN-])")  # "h4"
SPAN = re2.compile(
    r"(?i)\ball (?:night|morning|afternoon|evening)\b|\bfor the (?:night|morning|afternoon|evening)\b|"
    r"\bein(?:en)? tag\b|\bfrom [0-9].* to [0-9]|^for (?:two|three|four|five|six|eight|ten|twelve)\b"
)
# Another duration after all, or one run: "sorry, one", "make that one", "one will do", "one time".
ONE = re2.compile(
    r"(?i)\b(?:sorry|wait|hm+|actually|rather|make (?:that|it)|say|down to|prefer(?:ably)?)[,:.]* "
    r"(?:(?:just|only) )?(?:one|half|an? hour)(?:$|[^\pL ]| (?:hour|is|will|should)\b)|"
    r"(?:^|[^\pL ] ?)one (?:(?:will|should|would|might) (?:do|be)|is (?:enough|plenty))\b|"
    r"\bone[ -](?:time|off)(?:$|[^\pL ]| only)|\b(?:1|one) (?:run|use|execution)\b"
)
# Another end, or another day: "ends Thursday", "and again on Monday".
OTHER_DAY = re2.compile(
    rf"(?i)(?:^|[{PUNCTUATION}] ?)"
    r"(?:(?:it|this|that|which|access|approval|she|he|they|please|may|can) )*"
    r"(?:ends?|ending|expires?|expiring|valid|use(?: it)?|runs?(?: it)?|just|limited|again|and|or|also|"
    r"then)\b(?: (?:to|on|at|by|next|this|again|through|thru|then|end|of|it))*"
    r" (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midday|midnight|tonight|tomorrow)\b"
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
    if ONE.search(text):
        return True
    text = COUNTED.sub("", NUMBERED.sub(_without_number, NO_SPAN.sub("", text)))
    text = COUNTED_THINGS.sub("", text)
    has_number = STARTS_WITH_NUMBER.match(text) or AMOUNT.search(text) or UNIT_BEFORE.search(text)
    changes = any(word in LIMITS or word in NUMBER_WORDS for word in words_of(text))
    return bool(has_number or OTHER_DAY.search(text)) or mentions_span(text) or changes


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


def _without_number(found: "re2._Match[str]") -> str:
    """A number that things have without the number; as it is before a unit: "case 4 h"."""
    behind = found.group(1) or ""
    return str(found.group() if behind.strip(" -").lower() in TIMES else behind)
