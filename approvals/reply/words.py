# ruff: noqa: RUF001, SIM905 - words of many languages, as they are written
"""What stands around a decision word: durations, and the words and characters that cast doubt."""

import unicodedata

import re2

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
APOSTROPHES = "'’‘ʼ＇`´ʹ′‛ʻʽˈ՚ꞌߴ"
PUNCTUATION = ".,;:!–—-"
QUOTES = "\"'`“”„‟‘’‚‛«»‹›「」『』〝〞〟＂＇"
SPACES = frozenset(
    "\t \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
BLANKS = "".join(sorted(SPACES))  # for str.strip, which would take line ends of other kinds too
EMPHASIS = frozenset("*_")
# Letters and marks that nobody sees: joiners, fillers of Hangul and Khmer, and variation selectors.
UNSEEN = re2.compile(
    r"[\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180d}\x{180f}\x{3164}\x{ffa0}"
    r"\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]"
)
UNITS = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 24 * 60),
}
# Words of spans that are no duration of ours, but show that one was meant.
SPANS = frozenset(
    "mins hr hrs s sec secs second seconds w wk wks week weeks month months year years fortnight "
    "fortnights minuten stunde stunden tage wochen heure heures jours semaines minutos horas "
    "semanas ore giorni uur uren dagen timmar dagar".split()
)
# What may make another number of a duration, "for 2 hours, three at most".
LIMITS = frozenset("max maximum most min minimum least".split())


def is_question(char: str) -> bool:
    """Whether a character is a question mark of any script."""
    name = unicodedata.name(char, "")
    return char == "?" or (not char.isascii() and ("QUESTION" in name or "INTERROBANG" in name))


def is_strange(char: str) -> bool:
    """Controls, invisible format characters, private and unassigned ones, and pictures."""
    category = unicodedata.category(char)
    return category in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "So") or bool(UNSEEN.match(char))


def has_negation(words: list[str]) -> bool:
    """Whether one of the words (in lower case, apostrophes made straight) negates."""
    return any(word in NEGATIONS or "n't" in word for word in words)
