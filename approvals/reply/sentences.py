# ruff: noqa: E501, RUF001 - punctuation and words of many languages
"""The sentences of a text, which mail programs wrap into several lines."""

from collections.abc import Iterator
from itertools import dropwhile, islice
from typing import TypeVar

import re2

from approvals.reply.limits import MAX_LINE
from approvals.reply.words import PUNCTUATION, is_question, straight

# Of a long text, its beginning and its end are looked at.
MAX_SAID = 40  # lines below the first one
MAX_SENTENCES = 60  # of them
MAX_LENGTH = 3000  # characters of them
T = TypeVar("T", str, list[str])
SALUTATION = (
    r"(?i)^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen)|"
    r"bonjour|salut|hola|ciao|beste|hej)"
)
GREETS = re2.compile(rf"{SALUTATION}(?: \pL[\pL.'-]*){{0,4}}\W*$")
GREETING = re2.compile(rf"{SALUTATION}(?: \pL[\pL.'-]*){{0,3}} ?[,:!\p{{Pd}}]+ ?")
# "dont", "cant"
UNMARKED_NOT = re2.compile(
    r"(?i)\b(do|does|did|is|are|was|have|has|ca|wo|would|could|should|must)nt\b"
)
LINK = re2.compile(r"(?i)\b(?:https?://|www\.)\S+")
# No "P.S." or "e.g." ends a sentence.
END = re2.compile(r"(?:[\pL\pN\"'”)\]]{2}[.…]|[!?;])[.!?…]*[\"'”)\]]*(?:\s|$)|[。！？]")

MAX_WIDTH = 60  # characters, beyond which mail programs may wrap
MIN_WRAPPED = 40  # characters: no mail program wraps a shorter line, unless a long word follows
MIN_FULL = 55  # characters of a further line that goes on
SENTENCE_ENDS = (".", "!")
GOING_ON = tuple(set(PUNCTUATION) - set(SENTENCE_ENDS))

# More than a decision word and a duration: "Yes, I think we".
BEGUN = re2.compile(rf"^\W*\pL+ ?[{PUNCTUATION}]+ .*\pL \pL")
# What addresses of the web hold asks nothing, but for a question mark at their end.
WEB_ADDRESS = re2.compile(r"(?i)https?://[!-~]*[0-9A-Z/=&#%]")
GREEK_QUESTION = re2.compile(r"\p{Greek}\W{0,3};")
ENDS_WORD = re2.compile(r"[\pL\pN]{2}(?:\?+|\W\?)(?:[^\pL?]|$)")


def lines_said(below: list[str]) -> list[str]:
    """The first lines that say something, apostrophes straight; "Hi Alice," above them doesn't."""
    lines = (straight(line[:MAX_LINE]) for line in below if line.strip())
    return list(islice(dropwhile(GREETS.match, lines), MAX_SAID))


def sentences_of(below: list[str]) -> list[str]:
    """The sentences of these lines, one that goes on in the next line put together; no greeting."""
    paragraphs = [""]
    text = _ends("\n".join(line for line in below if line.strip()), MAX_LENGTH)
    for line in _ends(text.split("\n"), MAX_SAID):
        said = UNMARKED_NOT.sub(r"\1n't", straight(" ".join(line.split())))
        if is_open(paragraphs[-1], said):
            paragraphs[-1] += f" {said}"
        else:
            paragraphs.append(said)
    texts = dropwhile(lambda text: not text or GREETS.match(text), paragraphs)
    sentences = (sentence for text in texts for sentence in _split(GREETING.sub("", text)))
    return _ends(list(sentences), MAX_SENTENCES)


def _ends(said: T, length: int) -> T:
    """Its beginning and its end, each no longer than `length`."""
    return said if len(said) <= 2 * length else said[:length] + said[-length:]


def _split(text: str) -> Iterator[str]:
    start = 0
    for end in END.finditer(text):
        if text[end.end() : end.end() + 1].isdecimal():
            continue  # "max. 2 hours"
        yield text[start : end.end()].strip()
        start = end.end()
    if text[start:].strip():
        yield text[start:].strip()


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's end."""
    return line.rstrip("*_ \xa0").endswith(SENTENCE_ENDS)


def is_open(line: str, below: str) -> bool:
    """Whether a line ends no sentence, so that the paragraph `below` may go on with it."""
    text = line.rstrip("*_ \xa0")
    wrapped = len(text) >= MIN_WRAPPED and not ends_sentence(text) and below[:1].islower()
    return text.endswith((",", ":")) or wrapped


def sentence_below(first: str, below: list[str]) -> str:
    """What may continue the line `first` of the lines directly below it; "" if nothing does.

    After a long line the next one always may, after a comma too, and one in lower case after words that
    end no sentence; then each below a full one that ends none.
    """
    if not below:
        return ""
    width = len(f"{first} {below[0].partition(' ')[0]}")
    is_open = first.rstrip("*_ \xa0").endswith(GOING_ON) or (
        below[0][:1].islower() and not ends_sentence(first) and bool(BEGUN.search(first))
    )
    if len(first) < MIN_WRAPPED and width <= MAX_WIDTH and not is_open:
        return ""
    found = below[:1]
    for line in below[1:]:
        length = len(first) + sum(map(len, found))
        if len(found[-1]) < MIN_FULL or ends_sentence(found[-1]) or length > MAX_LINE // 2:
            break
        found.append(line)
    return str(LINK.sub("", " ".join(found))).strip()


def asks(text: str) -> bool:
    """Whether a text holds a question mark of any script. In Greek that is a semicolon."""
    said = WEB_ADDRESS.sub("", text)
    return any(map(is_question, said)) or bool(GREEK_QUESTION.search(said))


def asks_behind_word(text: str) -> bool:
    """Whether a text holds a question mark where a word ends, and not for letters that were lost."""
    plain = "".join("?" if is_question(char) else char for char in text)
    return bool(ENDS_WORD.search(plain))
