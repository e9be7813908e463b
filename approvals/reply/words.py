# ruff: noqa: RUF001, SIM905 - words of many languages, as they are written
"""What stands around a decision word: durations, and the words and characters that cast doubt."""

import unicodedata

# A condition is not an approval.
CONDITIONS = frozenset(
    "if unless until till only but when once after before except provided providing assuming".split()
)
# "don't" and its like are recognised by their ending; these are written without the apostrophe, or
# are the negations of other languages.
NEGATIONS = frozenset(
    "not never cannot dont doesnt didnt cant wont isnt arent shouldnt couldnt wouldnt mustnt "
    "nicht kein keine keinen niemals niet geen nooit pas jamais nunca jamás não nao ikke inte aldrig "
    "nie non не нет никогда ні".split()
)
APOSTROPHES = "'’‘ʼ＇`´ʹ′"
PUNCTUATION = ".,;:!–—-"
QUOTES = "\"'`“”„‟‘’‚‛«»‹›「」『』〝〞〟＂＇"
SPACES = frozenset(
    "\t \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
BLANKS = "".join(sorted(SPACES))  # for str.strip, which would take line ends of other kinds too
EMPHASIS = frozenset("*_")
UNITS = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 24 * 60),
}
# Words of spans that are no duration of ours, but show that one was meant.
SPANS = frozenset(
    "mins hr hrs s sec secs second seconds w wk week weeks month months year years fortnight".split()
)
AMOUNTS = frozenset(
    "a an one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty "
    "fifty sixty ninety hundred half quarter few couple several some another all whole".split()
)


def is_question(char: str) -> bool:
    """Whether a character is a question mark of any script."""
    name = unicodedata.name(char, "")
    return char == "?" or (not char.isascii() and ("QUESTION" in name or "INTERROBANG" in name))


def is_strange(char: str) -> bool:
    """Controls, invisible format characters, private and unassigned ones, and pictures."""
    category = unicodedata.category(char)
    return (
        category in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "So") or "\ufe00" <= char <= "\ufe0f"
    )


def has_negation(words: list[str]) -> bool:
    """Whether one of the words (in lower case, apostrophes made straight) negates."""
    return any(word in NEGATIONS or word.endswith("n't") for word in words)
