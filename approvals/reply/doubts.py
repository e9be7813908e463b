"""What makes an approval unclear that is said behind its word, on the same line."""

from approvals.reply.words import (
    AGAINST,
    AGREES,
    CONCESSION,
    DELAY,
    DELAYS,
    HARMLESS,
    OF_ITSELF,
    OF_THE_MAIL,
    QUESTION,
    REFUSALS,
    UNDECIDED,
    UNWANTED,
    goes_on_abroad,
    sets_terms,
    straight,
    without_harmless,
    words_of,
)
from approvals.words import ANSWERING, APPROVE, APPROVING


def doubt_of_approval(word: str, rest: str, after: str) -> str:
    """Why the `rest` behind an approving word may not approve, "" if nothing says so.

    `after` is what follows the punctuation in it.
    """
    said, rest = without_harmless(straight(after)), without_harmless(straight(rest))
    doubt = _doubt_of_words(rest)
    if not doubt and word in ANSWERING:
        doubt = _doubt_of_answering(word, said)
    if doubt:
        return doubt
    if QUESTION.search(said):
        return "The first line asks something."
    if AGAINST.search(said):
        return "The first line approves and has objections."
    if OF_THE_MAIL.search(said):
        return "The first line speaks of the mail, not of the request."
    if CONCESSION.match(f"{word}{rest}"):
        return "“Granted” may mean “admittedly” here; GRANTED alone would count."
    return "The first line puts the answer off." if DELAY.match(said) else ""


def agrees(text: str) -> bool:
    """Whether words behind YES or NO agree to what is asked for."""
    return bool(AGREES.search(straight(text)))


def agrees_behind_no(text: str) -> bool:
    """Whether words behind or below NO agree: it answers what our email calls worth a second look."""
    said = straight(text)
    return bool(AGREES.search(said) or HARMLESS.search(said))


def _doubt_of_words(text: str) -> str:
    words = words_of(text)
    if sets_terms(text, words):
        return "The first line has a condition; an approval can't have one."
    if any(word in REFUSALS for word in words):
        return "The first line approves and refuses."
    if any(char.isnumeric() and not char.isascii() for char in text):
        return "The first line has a number that isn't written in the digits 0 to 9."
    if goes_on_abroad(text, words):
        return "The first line goes on in a language that isn't read here."
    return "The first line puts the answer off." if any(word in DELAYS for word in words) else ""


def _doubt_of_answering(word: str, said: str) -> str:
    """YES answers other questions too."""
    if UNDECIDED.search(said):
        return "The first line says that a decision is still to be made."
    if UNWANTED.search(said):
        return "The first line says yes and names a danger, or that the request isn't wanted."
    approves = any(word.upper() in APPROVING for word in words_of(said))
    if OF_ITSELF.search(said) and not approves and not agrees(said):
        return f"“{word}” may answer something else here; {APPROVE} alone would count."
    return ""
