# ruff: noqa: E501, RUF001 - words of many languages, as they are written
"""Sentences below an approval that set its terms: a condition, a time, another duration."""

import re2

from approvals.reply.spans import NUMBER_AND_UNIT, mentions_span
from approvals.reply.words import (
    AGREES,
    CONDITIONS,
    DELAY,
    DELAYS,
    UNITS,
    any_of,
    has_condition,
    is_negated,
    words_of,
)

MAX_DELAY = 3  # words
MAX_CONDITION = 12  # words
MAX_LONG_CONDITION = 30  # words, of one that speaks of consent
MAX_TELLING = 5  # words, with which "when", "once", "after", "before" set one
MIN_ASIDE = 3  # words behind a comma
# An answer is spoken of, or its condition named: "Conditions:", "This approval ends once", "Valid from".
OF_THE_ANSWER = any_of(
    r"(?:\b(?:my|this|the) |^\W*)(?:approval|answer|ok)\b",
    r"^\W*this (?:only )?(?:holds|applies|counts|is valid)\b",
)
DEPENDS = re2.compile(r"(?i)\b(?:depends|void|invalid|expires)\b")
TERMS = any_of(
    r"^\W*(?:(?:one |my )?conditions?|restrictions?|requirements?)\b ?[:(–—-]",
    r"^\W*(?:only )?valid (?:only )?(?:until|till|from|for|once|if|after|on)\b",
    r"^\W*for \S+ only\W*$",
    r"\b(?:one|my|the|only|following) conditions?(?:\W*$| ?:| (?:is|are|that)\b)",
    r"^\W*next (?:week|month)\W*$",
    r"(?:^|[,:;.(]|\b(?:course|obviously|mean|but|however|valid|and)) ?only (?:if|when|with|after|once|from)\b",
    r"^\W*(?:from|until|till) [0-9:.]+ ?(?:am|pm|h|uhr)?(?: on(?:wards)?)?\W*$",
    r"^\W*for \S+,? not\b",
    r"^\W*only (?:for|on|in|the|this|these|today|tonight|during)\b ?(?:\S+ ?){0,3}\W*$",
    r"^\W*just (?:for )?(?:today|tonight|now)\W*$",
    r"^\W*(?:nur|seulement|uniquement|alleen|solo|sólo|bara|kun|tylko|pouze|vain|apenas|somente|только) (?:\S+ )?(?:heute|morgen|aujourd'hui|hoy|oggi|vandaag|idag|dag|dziś|dzisiaj|dnes|hoje|tänään|сегодня)\W*$",
    r"\b(?:approv\w*|allow\w*|grant\w*) (?:(?:this|it|that) )?only (?:if|when|with|after|once|from|for|until|today)\b",
    r"\bonly approv\w* .*\b(?:if|for|until|when|once)\b",
    r"\bapprov\w* (?:(?:this|it|that) )?(?:on|under) (?:the |one )?condition\b",
    r"^\W*(?:but )?(?:without (?:admin\w*|elevat\w*|any|special)?(?: ?rights| ?privileges)?|with limited rights|under (?:\S+ )?supervision|in principle|in theory|conditionally|with conditions)\W*$",
    r"^\W*(?:today|this time|once|one \S+|(?:on|in|as|under)(?: \S+){1,3}) only\W*$",
    r"^\W*only one (?:run|time|use|start)\W*$",
    r"^\W*(?:only )?(?:between|from) [0-9]\S* (?:\S+ )?(?:and|to|till|until|–|-) [0-9]\S*(?: ?\S+)?\W*$",
    r"\bconditional(?:ly)? (?:on|approv\w*)\b",
    r"^\W*(?:only )?with \S+ (?:ok|okay|consent|approval|permission|blessing)\b",
    r"^\W*(?:\S+ ){1,3}permitting\W*$",
    r"^\W*(?:nur )?(?:bis|ab|erst ab) [0-9:.]+ ?uhr\W*$",
    r"^\W*(?:aber |pero |ma |maar |mais |men |ale )?(?:nur mit|solo con|seulement avec|alleen met|só com|tylko z|kun med|bara med) \S+\W*$",
    r"^\W*(?:under |with |unter |mit |sous |con |onder |med |z |s )?(?:reservations?|vorbehalt|réserves?|riserv[ae]|reservas?|voorbehoud|förbehåll|forbehold|zastrzeżeniem|výhradou)\b",
    r"^\W*(?:nicht|pas|niet|inte|ikke|nie|non|no|não) (?:ohne|sans|vor|avant|zonder|voor|utan|före|uden|før|bez|przed|senza|prima|sin|antes|sem)\b",
    r"^\W*(?:starting|effective|beginning) (?:at|on|from|in|next|tomorrow|tonight|[0-9])",
)
# What "If you have questions, call me" speaks of, and "When it's done, please uninstall it".
HELP = re2.compile(
    r"(?i)\b(?:please|call|tell (?:me|us|her|him|them)|contact|ask|write|let \S+ know|ping|report|"
    r"remove|uninstall|delete|reboot|restart|close|say|choose|click|press|questions?|problems?|issues?|wrong|fails?|breaks?|trouble|errors?|"
    r"anything|help|next|then|this (?:once|time)|bitte|deinstallier\S*|"
    r"fragen?|frågor|probleme?|problèmes?|preguntas?|domande|dúvidas|vragen)\b"
)
BEGINS = re2.compile(
    r"(?i)^\W*(?:(?:as|so) (?:long|soon) as|in case|(?:on|under|with) (?:the |one )?condition|given that|subject to|"
    r"(?:but )?only (?:from|with|between|at|while)|(?:à|a) condi[tcz]i[oó]ne?|unter der (?:bedingung|voraussetzung)|"
    r"provided (?:that|\S+ (?:\S+s|are|has|will)))\b"
)
# Said before a condition: "Nur wenn Lee zustimmt".
LEADS = frozenset((
    "and", "but", "only", "please", "bitte", "nur", "aber", "erst", "seulement", "uniquement",
    "mais", "alleen", "maar", "pero", "ma", "mas", "tylko", "ale", "endast", "bara", "men",
    "kun", "solo", "sólo", "só", "somente", "apenas", "pouze", "csak", "но", "vain", "только",
    "лишь",
))  # fmt: skip
ASIDE = re2.compile(r"(?i)^\W*(?:please note|note|that is|i\.e|i mean|however)\W+")
# "Until next week!", "Limited rollout", "Although late" set none, unless "but" or "only" is before.
NO_BEGINNING = (
    "until", "untill", "till", "subject", "limit", "restrict", "provid", "condition", "reserv",
    "exception", "modif", "amend", "superv", "although", "though", "however", "while",
)  # fmt: skip
FOR_INFORMATION = re2.compile(r"(?i)^\W*for (?:your )?(?:info|information|reference|the record)\b")
REMOVAL = re2.compile(r"(?i)^\W*(?:remove|delete|uninstall)\b")  # afterwards
COURTESY = re2.compile(r"(?i)^\W*(?:thanks?|thx|sorry|please|ja|oui|ok|do it|though)\b")
OF_SOMETHING_ELSE = any_of(
    r"[?]\W*$",
    r"^\W*(?:after all|once (?:is|again|more)|before \S+ would|if you (?:like|wish|want))\b",
)
GOODBYE = re2.compile(
    r"(?i)^\W*(?:bis|à|hasta|a|até|tot|do|see you|vi ses) (?:morgen|demain|mañana|domani|amanhã|jutra|zítřka|tomorrow|i morgon|imorgon)\W*$"
)
BEFORE_WORDS = re2.compile(r"^[^\pL\pN]+")
# "Después reinicia" tells what to do then; "después de" sets a condition.
AFTERWARDS = frozenset(("después", "depois", "dopo"))
AFTER_THAT = frozenset((
    "de", "del", "que", "da", "do", "di", "che", "il", "la", "l'ok", "l'approvazione",
))  # fmt: skip
TELLING = frozenset(("when", "once", "after", "before"))  # "When I met her, she told me"
# "After Lee has scanned it" sets one, "After it has ended it asks for a reboot" doesn't.
TO_COME = re2.compile(
    r"(?i)^\W*\S+ (?:\S+ ){1,3}?(?:has|have|is|are|gets|agrees|approves|confirms)\b"
)
MAIN_CLAUSE = any_of(
    r",",
    r"\b(?:it|you|she|he|they|i|we|this|that) \pL",
)
CONSENTING = (
    r"\b(?:agrees?|approves|confirms|consents|permits|allows|objects|refuses|disagrees|says (?:yes|no|so|ok|okay)|signs (?:it )?off|is (?:ok|okay|fine) with|"
    r"has (?:\S+ )?(?:agreed|approved|confirmed|consented|signed|checked|scanned|reviewed|verified|tested|seen)|"
    r"(?:has|have) no (?:objections?|concerns?|doubts?)|zustimmt|einverstanden|d'accord|de acuerdo|akkoord)\b"
)
CONSENTS = re2.compile(rf"(?i){CONSENTING}")
THAT = frozenset((
    "dass", "daß", "que", "che", "dat", "att", "at", "że", "že", "hogy", "that",
))  # fmt: skip
IF_CONSENTED = re2.compile(
    rf"(?i)\b(?:if|once|after|when|unless|until|as soon as|provided|assuming) (?:\S+ ){{1,3}}?{CONSENTING}"
)
WITHOUT_MAIN = ("vorausgesetzt", "provided", "providing", "assuming", "supposing")
PERMITS = re2.compile(r"(?i)\b(?:may|can|run|do it|start|approv\S+|allow\S*|grant\S*|yes|valid)\b")
ONLY_TIME = re2.compile(r"(?i)^\W*(?:for )?[0-9]+ ?([a-z]+)(?: only)?\W*$")
STARTS_WITH_TIME = re2.compile(r"(?i)^\W*(?:\S+\W+)?([0-9]{1,7}) ?([a-z]+)\b")
HOTLINE = any_of(
    r"\b24 ?h",
    r"hotline",
    r"office",
    r"phone",
    r"tel\b",
)
# "At most 1 hour", "For two hours only".
LIMITED = re2.compile(
    r"(?i)^\W*(?:(?:but|and|only|just|please) )*(?:(?:for )?(?:max\w*\.?|at most|not? (?:longer|more) than|up to) (?:\S+ ?){2,4}$|"
    r"for (?:\S+ ){1,3}(?:only|max\w*|at most)\W*$)"
)
OTHER_TIME = any_of(
    r"\b(?:i meant|i mean|make (?:it|that)|correction|typo)\W+(?:only |just )?\w+ [a-z]+\W*$",
    r"^\W*(?:sorry|oops|no|wait|actually)\W+(?:just |only )?[0-9]+ ?[a-z]+\W*$",
)


def asks_for_something(said: str) -> bool:
    """Whether a sentence asks for something, or speaks of what may go wrong: "call me if it fails"."""
    return bool(HELP.search(said)) and not CONSENTS.search(said)


def sets_terms(said: str) -> bool:
    """Whether a sentence below an approval sets its terms, wherever it stands."""
    if FOR_INFORMATION.match(said):
        return False
    if TERMS.search(said) or is_plain_condition(said) or _is_permitted_if(said):
        return True
    words = words_of(said)
    if not OF_THE_ANSWER.search(said):
        return False
    return has_condition(said, words) or is_negated(said, words) or bool(DEPENDS.search(said))


def _is_permitted_if(said: str) -> bool:
    """Whether something is permitted if somebody consents: "You may run it once Lee has agreed"."""
    found = IF_CONSENTED.search(said)
    return bool(found and PERMITS.search(said[: found.start()] + said[found.end() :]))


def is_plain_condition(said: str) -> bool:
    """Whether a sentence begins with a condition and can't be another's: "Nur wenn Lee zustimmt"."""
    return _condition(ASIDE.sub("", said), surely=True)


def is_condition_alone(said: str) -> bool:
    """Whether the first sentence below holds a condition, and nothing else.

    "If she asks for the key, it's in the vault" tells of something else.
    """
    said = ASIDE.sub("", said)
    words = words_of(said)
    if not words or GOODBYE.match(said) or REMOVAL.match(said):
        return False
    begins = BEFORE_WORDS.sub("", said)
    if len(words) <= MAX_DELAY and (DELAY.match(begins) or any(word in DELAYS for word in words)):
        return True
    return _condition(said, surely=False)


def _condition(said: str, *, surely: bool) -> bool:
    words = words_of(said)
    if words and words[0].isdecimal():
        words = words[1:]
    at = next((at for at, word in enumerate(words) if word not in LEADS), len(words))
    if at == len(words) or asks_for_something(said) or OF_SOMETHING_ELSE.search(said):
        return False
    word, consents = words[at], bool(CONSENTS.search(said))
    if surely and not (consents or (at and len(words) <= MAX_CONDITION)):
        return False
    if word in AFTERWARDS and not AFTER_THAT.issuperset(words[at + 1 : at + 2]):
        return False
    is_condition = word in CONDITIONS and (at > 0 or not word.startswith(NO_BEGINNING))
    if not (is_condition or BEGINS.match(said)):
        return False
    head, _, aside = said.partition(",")
    if len(words_of(head)) <= at:
        aside = aside.partition(",")[2]
    if aside.split()[:1] and aside.split()[0].lower() in THAT:
        aside = ""
    if word not in WITHOUT_MAIN and _says_more(aside, least=MIN_ASIDE if at else 1):
        return False
    if word in TELLING and len(words) > MAX_TELLING:
        return bool(TO_COME.match(said)) and not MAIN_CLAUSE.search(said)
    return len(words) <= (MAX_LONG_CONDITION if consents else MAX_CONDITION)


def _says_more(aside: str, *, least: int) -> bool:
    """Whether what follows a condition tells something, "If in doubt, wait", and doesn't permit."""
    words = words_of(aside)
    if len(words) < least or AGREES.search(aside) or PERMITS.search(aside):
        return False
    return len(words) >= MIN_ASIDE or (aside.strip()[0].islower() and not COURTESY.match(aside))


def is_other_time(said: str, minutes: int | None) -> bool:
    """Whether a sentence sets another duration: "Sorry, 1 hour is enough", "make that 30 minutes"."""
    if (LIMITED.search(said) or ONLY_TIME.match(said)) and mentions_span(said):
        spans = NUMBER_AND_UNIT.findall(said)
        return not any(int(n) * UNITS.get(unit.lower(), 0) == minutes for n, unit in spans)
    if minutes is None:
        return False
    starts = None if is_negated(said, words_of(said)) else STARTS_WITH_TIME.match(said)
    if starts and starts.group(2).lower() in UNITS and not HOTLINE.search(said):
        return int(starts.group(1)) * UNITS[starts.group(2).lower()] != minutes
    return bool(OTHER_TIME.search(said)) and mentions_span(said)
