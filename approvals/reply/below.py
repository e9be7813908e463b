# ruff: noqa: E501 - words of many languages, as they are written
"""What the lines below the first one may do to it: say that it was no answer, and nothing else."""

from itertools import dropwhile, islice, pairwise

import re2

from approvals.reply.answer import Answer, first_word, read_answer
from approvals.reply.doubts import agrees_behind_no
from approvals.reply.limits import MAX_LINE
from approvals.reply.reading import Outcome
from approvals.reply.spans import mentions_span
from approvals.reply.words import (
    AGREES,
    CONDITIONS,
    DELAY,
    DELAYS,
    EMPHASIS,
    FOREIGN,
    PUNCTUATION,
    REFUSALS,
    UNDECIDED,
    UNITS,
    UNREAD,
    has_condition,
    is_negated,
    straight,
    words_of,
)
from approvals.words import ANSWERING, APPROVING, DECISION_WORDS, DENYING

MAX_LOOKED_AT = 10  # lines
SALUTATION = re2.compile(
    r"(?i)^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen)|"
    r"bonjour|salut|hola|ciao|beste|hej)(?: \pL[\pL.'-]*){0,4}\W*$"
)
# Who says so corrects the line above, if he also denies.
CORRECTION = re2.compile(
    r"(?i)\bi (?:meant|mean)\b|\bauto-?correct|\b(?:scratch|strike|scrap|undo) (?:that|this|it)\b|"
    r"\bon second thoughts?\b|\b(?:just|only) kidding\b|\bcorrection\b|\btypo\b|"
    r"\bwrong (?:word|button|answer|line)\b|"
    r"^\W*(?:p\W?s\W+)?(?:hm+\W+)?(?:no\W+)?(?:oops|sorry|wait|actually|edit)\W"
)
DENIAL = re2.compile(
    r"(?i)\b(?:deny|denied|reject|rejected|declined?|refused?)\b|\bno(?:\W*$|[.!])|\b(?:don't|not)\W*$|"
    r"\b(?:not|never|don't) (?:approved?|allow|allowed|grant|granted|run|do)\b"
)
APPROVAL = re2.compile(
    r"(?i)\b(?:approved?|allow|granted?|yes)\W*$|\b(?:please|wanted to|actually) (?:approve|allow)\b|\bapprove,? please\b|"
    r":\W*(?:approved?|allow|granted?|yes)\b|\b(?:can|may) have it\b"
)
REVISED = re2.compile(r"(?i)\bchanged my mind\b|^\W*(?:update|edit|korrektur|final answer)\b")
IGNORED = re2.compile(
    r"(?i)\b(?:ignore|disregard) (?:the |my )?(?:above|line above|word above|answer|approval)\b|"
    r"^\W*(?:please )?disregard(?: this| that)?(?:\W*$|[,.!])|\bsent (?:by|in) (?:mistake|error)\b|"
    r"^\W*(?:wh?)?oo+ps\W*$|\bwrong (?:button|mail|e-?mail|request|answer|window|thread|chat)\b|\bfor another request\b|"
    r"\b(?:is|was|that's) for (?:the other|a different) (?:one|request|ticket|e-?mail)\b|^\W*(?:forget it|never ?mind)(?:\W*$|[,.;!])|"
    r"^\W*jk\W*$|\blike to recall the message\b|"
    r"^\W*(?:(?:sorry|oops)\W+)?(?:(?:this|that|it) was )?meant for\b|"
    r"^\W*ignore (?:that|this)\b|\btake (?:it|that|this) back\b|\bstill (?:thinking|deciding|checking)\b|\b(?:hold on|wait|actually)\b.{0,20}\bi (?:still )?(?:need|have|want) to\b|"
    r"^\W*(?:please )?(?:hold (?:off|on)|wait (?:until|till|before|with))\b"
)
# The approval itself is said not to be, or to be somebody else's; "I couldn't approve earlier" is neither.
NOT_APPROVED = re2.compile(
    r"(?i)(?:\b(?:cannot|can't|can not|won't|will not|don't|do not|am not|is not|isn't|never)|^\W*not) "
    r"(?:be )?approv(?:e|ed|ing)\b|\b(?:i|we) (?:cannot|can't|can not|won't|will not) (?:allow|grant|agree|decide|permit)\b|"
    r"\b(?:answer|decision|verdict|vote)(?:'s| is| was| ?[:=])? ?(?:an? )?(?:no|deny|denied|rejected|negative)\b|"
    r"\bi (?:say|vote) no\b|\b(?:must|has to|have to|needs to) (?:\pL+ )?(?:agree|approve|decide|sign off)(?: first| this| that| it| too)?\W*$|"
    r"\b[\pL']+ (?:consent|approval|okay|sign-?off) (?:is )?(?:still )?(?:required|needed|missing|pending)\b|"
    r"^\W*(?:this )?(?:needs|requires) [\pL']+ (?:consent|approval|okay|ok|sign-?off)\b|"
    r"^\W*(?:please )?get [\pL']+ (?:consent|approval|okay|ok|sign-?off)\b|"
    r"\bi(?:'m| am) not (?:the right|allowed|entitled|authori[sz]ed|in charge)\b|\bno authority\b|"
    r"^\W*(?:please )?(?:ask|check with|talk to) \pL+ first\b|^\W*(?:please )?first (?:ask|check)\b|"
    r"\bis (?:that|this|it) (?:right|correct|what (?:i|you))\b.*[?]|\b(?:should|do) i(?: just)? (?:write|type|approve)\b.*[?]|^\W*should i[?]|"
    r"^\W*(?:bitte )?(?:noch )?(?:nicht|niet|inte|ikke) (?:genehmig|ausführ|freigeb|freigegeb|zulassen|erlaub|start|"
    r"installier|godkän|godken|godkjen|goedkeur|goedgekeur|uitvoer|kör)|"
    r"^\W*(?:bitte|lieber|besser) (?:noch )?nicht\W*$|^\W*bitte noch nicht\b"
)
# Said below an approval, with no other word of a correction: "Final answer: DENY", "NOT!".
TURNED = re2.compile(
    r"(?i)^\W*(?:not|nope|nah|nein|non|nee|nej|nei)\W*$|"
    r"^\W*(?:nein|non|nee|nej|nei)\W+(?:\pL+ ?){1,3}\W*$|"
    r"^\W*(?:well|but|and|or|so|haha|sorry|hm+|then)\W+(?:no|nope|deny|reject)\W*$|"
    r"^\W*(?:but )?not (?:now|yet|today|before|until|till|without|on|for|by|this (?:one|time)|if|unless)\b|"
    r"\b(?:better|rather) not\W*$|^\W*(?:please )?stop(?: it| this| that)?\W*$|^\W*or (?:should|shall) .*[?]|"
    r"^\W*(?:please )?(?:deny|reject|decline|refuse) (?:this|that|it|her|him|the request)\b|"
    r"\b(?:i|we) (?:don't|do not) (?:want|agree)\b|\bchanged my mind\b|"
    r"\pL[^.!]{0,40}(?:[,:]|\p{Pd}) ?(?:deny|denied|reject|rejected|decline|declined)\W*$|"
    r"^\W*(?:update|edit|korrektur|final answer)\W+(?:deny|denied|reject|rejected|declined?)\b|"
    r"(?:^|[,:;.!]|please|\p{Pd})\W*(?:do not|don't) (?:run|allow|approve|grant|let)\b"
)
# An answer is spoken of, or its condition named: "Conditions:", "This approval ends once", "Valid from".
OF_THE_ANSWER = re2.compile(
    r"(?i)\b(?:my|this|the) (?:approval|answer|ok)\b|"
    r"^\W*this (?:only )?(?:holds|applies|counts|is valid)\b"
)
TERMS = re2.compile(
    r"(?i)^\W*(?:(?:one |my )?conditions?|restrictions?|requirements?)\b ?[:(\p{Pd}]|"
    r"^\W*(?:only )?valid (?:only )?(?:until|till|from|for|once|if|after|on)\b|^\W*for \pL+ only\W*$|"
    r"\b(?:one|my|the|only|following) conditions?(?:\W*$| ?:| (?:is|are|that)\b)|^\W*next (?:week|month)\W*$|"
    r"(?:^|[,:;.(]|\b(?:course|obviously|mean|but|however|valid|and)) ?only (?:if|when|with|after|once|from)\b|"
    r"^\W*(?:from|until|till) [0-9:.]+ ?(?:am|pm|h|uhr)?(?: on(?:wards)?)?\W*$|^\W*for \pL+,? not\b|"
    r"^\W*only (?:for|on|in|the|today|tonight)\b ?(?:\pL+ ?){0,3}\W*$|"
    r"^\W*(?:starting|effective|beginning) (?:at|on|from|in|next|tomorrow|tonight|[0-9])"
)
# What "If you have questions, call me" speaks of, and "When it's done, please uninstall it".
HELP = re2.compile(
    r"(?i)\b(?:please|call|tell (?:me|us|her|him|them)|contact|ask|write|let \pL+ know|ping|report|"
    r"remove|uninstall|delete|reboot|restart|questions?|problems?|issues?|wrong|fails?|breaks?|trouble|errors?|"
    r"anything|help|next|then|this (?:once|time)|"
    r"fragen?|frågor|probleme?|problèmes?|preguntas?|domande|dúvidas|vragen)\b"
)
MAX_CONDITION = 12  # words
MAX_REFUSAL = 7  # words
MAX_DELAY = 3  # words
BEGINS = re2.compile(
    r"(?i)^\W*(?:(?:as|so) (?:long|soon) as|in case|on (?:the )?condition|given that|subject to|"
    r"(?:but )?only (?:from|with|between|at|while)|"
    r"provided (?:that|\pL+ (?:\pL+s|are|has|will)))\b"
)
# Said before a condition: "Nur wenn Lee zustimmt".
LEADS = ("and", "but", "only", "nur", "aber", "seulement", "uniquement", "mais", "alleen", "tylko",
    "endast", "bara", "kun", "solo", "sólo", "pouze", "csak")  # fmt: skip
ASIDE = re2.compile(r"(?i)^\W*(?:please note|note|nb|p\.?s|that is|i\.e|i mean|however)\W+")
# "Until next week!", "Limited rollout", "Although late" set none, unless "but" or "only" is before.
NO_BEGINNING = (
    "until", "untill", "till", "subject", "limit", "restrict", "provid", "condition", "reserv",
    "exception", "modif", "amend", "superv", "although", "though", "however", "while",
)  # fmt: skip
TELLING = frozenset(("when", "once", "after", "before"))  # "When I met her, she told me"
MAX_TELLING = 5  # words, with which these set one
MIN_ASIDE = 3  # words behind a comma
PERMITS = re2.compile(r"(?i)\b(?:may|can|run|approv\pL+|allow\pL*|grant\pL*|yes|valid)\b")
# "It was blocked before" tells of a program.
OF_PROGRAMS = ("block", "bloqu", "bloc", "gesperrt", "object")
ONLY_TIME = re2.compile(r"(?i)^\W*(?:for )?[0-9]+ ?([a-z]+)(?: only)?\W*$")
STARTS_WITH_TIME = re2.compile(r"(?i)^\W*(?:\pL+\W+)?([0-9]{1,7}) ?([a-z]+)\b")
HOTLINE = re2.compile(r"(?i)\b24 ?h|hotline|office|phone|tel\b")
LABEL = re2.compile(r"^[^\pL]*(\pL+) ?[:=]")
# Said below a bare YES, which may answer something else.
ORDER = re2.compile(
    r"(?i)^\W*(?:so |but |and )?(?:please |i |we |my answer is )*"
    r"(?:deny|denied|reject|rejected|decline|refuse)\b"
)
OTHER_TIME = re2.compile(
    r"(?i)\b(?:i meant|i mean|make (?:it|that)|correction|typo)\W+(?:only |just )?\w+ [a-z]+\W*$|"
    r"^\W*(?:sorry|oops|no|wait|actually)\W+(?:just |only )?[0-9]+ ?[a-z]+\W*$"
)
# An option of a form that is chosen: "Deny: X", "--> Deny", "Deny (this one)".
OPTION = re2.compile(r"(?i)^[^\pL]*(?:x[^\pL]+)?(\pL+)[^\pL]*(?:x|v|this one)?[^\pL]*$")
CHOICE = re2.compile(r"(?i)(?:^|[^\pL])x(?:[^\pL]|$)|[✓✔☑☒✅●◉<>←→⇐⇒]|this one")


def is_contradicted(first: str, goes_on: list[str], below: list[str], answer: Answer) -> bool:
    """Whether a bare word is one of a copied list or a form: the opposite word stands below it too.

    `goes_on` are the lines directly below. The opposite word alone there is a comment like any other:
    only the first line decides.
    """
    word, rest = first_word(first.strip("".join(EMPHASIS) + " "))
    if word not in DECISION_WORDS:
        return False
    others = DENYING if word in APPROVING else APPROVING
    if LABEL.match(first) and _is_labelled(below, others):
        return True
    opposite = {Outcome.APPROVE: Outcome.DENY, Outcome.DENY: Outcome.APPROVE}.get(answer.outcome)
    read = [read_answer(line, 10**6).outcome for line in goes_on]
    below_it = "".join((_looked_at(below) if word in APPROVING else goes_on)[:1])
    if word in ANSWERING and first_word(below_it)[0] in ANSWERING:
        return read_answer(below_it, 10**6).outcome is opposite  # answers to two questions
    if rest.strip(f" {PUNCTUATION}"):
        return opposite in read[:1] and first_word(goes_on[0])[1] != ""
    if _is_chosen(below, others) or _is_listed(below, others):
        return True
    return opposite in read and (
        opposite in read[1:] or not goes_on[0].strip(f" {PUNCTUATION}").isalpha()
    )


def _is_chosen(below: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands below, the mark of a choice beside it or in the next line."""
    lines = [line.strip() for line in below if line.strip()][:MAX_LOOKED_AT]
    for line, after in pairwise([*lines, ""]):
        found = OPTION.match(line[:MAX_LINE])
        if found and found.group(1).upper() in words:
            return bool(CHOICE.search(line) or (len(after) <= 3 and CHOICE.search(after)))
    return False


def _is_labelled(below: list[str], words: tuple[str, ...]) -> bool:
    """Whether a form goes on with the opposite: "Approved: Bob" above "Rejected: Dana"."""
    labels = [LABEL.match(line) for line in _looked_at(below)]
    return any(label and label.group(1).upper() in words for label in labels)


def _is_listed(below: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands alone below another line: "Approve", "or", "Deny"."""
    return any(line.strip(f" {PUNCTUATION}").upper() in words for line in _looked_at(below)[1:])


def is_taken_back(
    below: list[str], apart: list[str], *, minutes: int | None, bare_yes: bool
) -> bool:
    """Whether the text below an approval corrects it, or one further down denies.

    A comment may say anything else. `apart` are the first lines of texts that are typed below other
    pieces of our email: "Yes, I remember her." and then "DENY" isn't an approval. `minutes`: its
    duration, which may be corrected too. `bare_yes`: it says YES, which may answer something else.
    """
    if any(
        read_answer(line, 10**6).outcome is Outcome.DENY or DENIAL.search(line) for line in apart
    ):
        return True
    lines = _looked_at(below)
    if _has_condition(lines[:1]) or (
        minutes is not None and any(_is_other_time(line, minutes) for line in lines)
    ):
        return True
    return any(
        IGNORED.search(line)
        or (CORRECTION.search(line) and DENIAL.search(line))
        or TURNED.search(line)
        or NOT_APPROVED.search(line)
        or (bare_yes and ORDER.search(line))
        or _refuses(line)
        for line in lines
    )


def is_corrected(unmarked: str) -> bool:
    """Whether a line that may be signature or disclaimer corrects the answer all the same.

    People type below what their phone puts there: "Sent from my phone", then "Sorry, wrong button".
    """
    return any(
        CORRECTION.search(line) and (DENIAL.search(line) or IGNORED.search(line))
        for line in map(straight, unmarked[: MAX_LOOKED_AT * MAX_LINE].splitlines()[1:])
    )


def _has_condition(lines: list[str]) -> bool:
    """Whether the next line holds a condition or a time, and nothing else.

    "If she asks for the key, it's in the vault" tells of something else.
    """
    line = ASIDE.sub("", "".join(lines[:1]))
    words = words_of(line)
    if not words or ONLY_TIME.match(line):
        return bool(words) and mentions_span(line)
    said = line[line.index(next(filter(str.isalnum, line))) :]
    if len(words) <= MAX_DELAY and (DELAY.match(said) or any(word in DELAYS for word in words)):
        return True
    words = words[1:] if words[0].isdecimal() and len(words) > 1 else words
    at = 1 if words[0] in LEADS and len(words) > 1 else 0
    is_condition = words[at] in CONDITIONS and (at == 1 or not words[at].startswith(NO_BEGINNING))
    aside = line.partition(",")[2]
    tells = len(words_of(aside)) >= MIN_ASIDE and not (
        AGREES.search(aside) or PERMITS.search(aside)
    )
    begins = is_condition or bool(BEGINS.match(line))
    longest = MAX_TELLING if words[at] in TELLING else MAX_CONDITION
    return begins and len(words) <= longest and not (tells or HELP.search(line))


def _is_other_time(line: str, minutes: int) -> bool:
    """Whether a line may correct a duration: "Sorry, 1 hour is enough", "make that 30 minutes"."""
    starts = None if is_negated(line, words_of(line)) else STARTS_WITH_TIME.match(line)
    if starts and starts.group(2).lower() in UNITS and not HOTLINE.search(line):
        return int(starts.group(1)) * UNITS[starts.group(2).lower()] != minutes
    return bool(OTHER_TIME.search(line)) and mentions_span(line)


def _refuses(line: str) -> bool:
    """Whether a line below an approval names its terms, or is a short one of refusal."""
    words = words_of(line)
    if TERMS.search(line):
        return True
    if OF_THE_ANSWER.search(line) and (has_condition(line, words) or is_negated(line, words)):
        return True
    refusals = [word for word in words if word in REFUSALS and not word.startswith(OF_PROGRAMS)]
    negated = is_negated(line, words[1:]) or "no" in words[1:]
    if FOREIGN.search(line) and len(words) <= MAX_DELAY and is_negated("", words):
        return True
    return bool(refusals) and len(words) <= MAX_REFUSAL and not negated


def is_denial_corrected(first: str, below: list[str]) -> bool:
    """Whether the text below a denial corrects it, "Sorry, I meant APPROVE", or "objections" below NO."""
    lines = _looked_at(below)
    word, _ = first_word(first.strip("".join(EMPHASIS) + " "))
    if word in ANSWERING and any(map(agrees_behind_no, lines[:1])):
        return True
    return any(
        (CORRECTION.search(line) or IGNORED.search(line) or REVISED.search(line))
        and (APPROVAL.search(line) or AGREES.search(line))
        and not is_negated(line, words_of(line))
        for line in lines
    )


def puts_off(below: list[str]) -> bool:
    """Whether the line below a bare YES puts the decision off, or asks what the mail is about."""
    line = "".join(_looked_at(below)[:1])
    return bool(UNREAD.search(line) or (UNDECIDED.search(line) and not HELP.search(line)))


def asks_for_something(line: str) -> bool:
    """Whether a line below asks for something, or speaks of what may go wrong: "call me if it fails"."""
    return bool(HELP.search(line))


def _looked_at(below: list[str]) -> list[str]:
    """The first lines that say something; "Hi Alice," above them doesn't."""
    lines = (straight(line[:MAX_LINE]) for line in below if line.strip())
    return list(islice(dropwhile(SALUTATION.match, lines), MAX_LOOKED_AT))
