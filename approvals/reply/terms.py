# ruff: noqa: E501, RUF001 - words of many languages, as they are written
"""Sentences below an approval that set its terms: somebody's agreement, or another duration."""

import re2

from approvals.reply.spans import NUMBER_AND_UNIT, SPAN_WORDS
from approvals.reply.words import UNITS, any_of, words_of

MAX_CONDITION = 14  # words
MAX_BEFORE = 2  # words before a comma that belongs to the condition
IF = r"(?:if(?: and (?:only if|when))?|unless|once|when|after|before|until|till|as soon as|as long as|so long as|provided(?: that)?|providing|assuming|supposing|(?:on|under|with) (?:the |one )?condition(?: that)?|in case)"
# "Approve", "She may run it", "Don't run it" before a condition.
PERMITTED = r"(?:(?:(?:i )?(?:only )?approved?,?|approval|(?:my|the|this) approval(?: \S+){1,2}|(?:you|she|he|they) (?:may|can)|(?:do not|don't)|not) ?)?(?:(?:run|start|do|install|use) ?)?(?:(?:it|this) )?"
CONSENT = (
    r"(?:ok|okay|approval|consent|permission|sign-?off|blessing|agreement|confirmation|go-ahead)"
)
CHECKED = r"(?:agreed|approved|confirmed|consented|signed|checked|scanned|reviewed|verified|tested|seen|okayed|looked|given)"
# Somebody agrees, or something has happened.
HAPPENS = (
    r"\b(?:agrees?|approves?|confirms?|consents|permits|allows|objects?|refuses|watches|matches|says? (?:yes|no|so|ok|okay)|signs (?:it )?off|"
    rf"(?:has|have|is|are|'s|gets)(?: been)?(?: \pL+ly)? {CHECKED}|(?:has|have) (?:no objections?|nothing against)|"
    rf"(?:is|are|'s) (?:ok|okay|fine|happy|right|clean|safe|correct|(?:un)?signed|present|there|back)|(?:gives?|has given) (?:\S+ ){{0,2}}{CONSENT})\b"
)
ONLY_IF = (
    r"only,? (?:if|when|once|after|with)\b",
    r"(?:nur,? (?:wenn|falls|sofern|mit|nach|nachdem)|erst,? wenn)\b",
    r"(?:seulement|uniquement) (?:si|s'|quand|lorsque|avec|après)",
    r"(?:s[oó]lo|solamente|únicamente) (?:si|cuando|con|después de)\b",
    r"(?:solo|soltanto) (?:se|quando|con|dopo)\b",
    r"(?:alleen|enkel) (?:als|wanneer|indien|met|na|nadat)\b",
    r"(?:só|somente|apenas) (?:se|quando|com|após|depois)\b",
    r"(?:bara|endast|kun|bare) (?:om|när|med|efter|hvis|når|etter|ved)\b",
    r"vain (?:jos|kun)\b",
    r"(?:tylko|wyłącznie) (?:jeśli|jeżeli|gdy|kiedy|za|po|pod warunkiem)\b",
    r"(?:pouze|jen) (?:pokud|když|až|se?|po)\b",
    r"csak (?:ha|akkor)\b",
    r"(?:doar|numai) (?:dacă|când|cu|după)\b",
    r"(?:sadece|yalnızca) .*\pL+[sş][ae]\W*$",
    r"(?:только|лишь|тільки|лише) (?:если|когда|с|после|якщо|коли|з|після) ",
    r"(?:只有|仅当|只在)",
    r".*(?:場合のみ|場合に限り|경우에만)",
)
BUT_ABROAD = r"(?:(?:aber|mais|pero|ma|maar|mas|men|ale|но|але|mutta|de|dar|ama|但)\b,? ?)?"
CONDITION_ALONE = any_of(
    rf"^{PERMITTED}(?:but )?{ONLY_IF[0]}",
    rf"^\W*{BUT_ABROAD}(?:{'|'.join(ONLY_IF[1:])})",
    rf"^{PERMITTED}{IF}\b.*{HAPPENS}",
    rf"^(?:only )?(?:after|pending|awaiting|subject to|conditional on|depending on|given|with) (?:\S+ ){{0,3}}?{CONSENT}(?: (?:by|from|of) \S+)?(?: only)?\W*$",
    rf"^(?:only )?{IF}(?: {CHECKED}(?: first| by \S+)?)?\W*$",
    r"^(?:after|following) (?:an?|the|another) (?:virus )?(?:scan|review|check)\W*$",
)
# A main clause or a request follows: "If she agrees, call me".
SAYS_MORE = any_of(
    r"[?]|,(?: ?[\pL']+){3}",
    r"\b(?:call|tell|ask|ring|ping|phone|mail|write|contact|report|send|remove|uninstall|delete|restart|reboot|click|then|let)\b",
    r" (?:it|you|she|he|they|we) (?:starts|runs|works|asks|installs|will|can|may|must|should)\b",
)
COURTESY = re2.compile(
    r"(?:, (?:of course|obviously|naturally|please|thanks|though|\p{Lu}\p{Ll}+))\W*$"
)
# What is permitted then is what was asked for.
PERMITS = any_of(
    r"^ ?(?:then |please )?(?:(?:you|she|he|they|alice) (?:may|can) (?:run|have|start|install|do) (?:it|this)|go ahead|(?:run|start|do|install) it|please|it(?:'s| is) (?:fine|ok|okay|approved))\W*$"
)
DECIDES_FIRST = any_of(
    r"^\W*(?:but |and |sorry\W+)*(?:\pL[\pL.'-]*(?: from)?(?: \pL[\pL-]*)?) (?:still |also )?(?:has to|have to|needs to|must|should) (?:still |also |first )?(?:agree|approve|okay|ok|confirm|sign|decide|consent)(?: off)?(?: (?:on|to))?(?: (?:this|it|that|the request))?(?: (?:first|too|as well|before\b.*))*\W*$",
    rf"^\W*(?:but )?(?:(?:this|it|i) )?(?:still )?(?:needs?|requires?) \S+ {CONSENT}(?: first)?\W*$",
    rf"\b\S+'s {CONSENT} (?:is )?(?:still )?(?:required|needed|missing|pending)\b",
    rf"^(?:wait|hold (?:on|off))(?: with (?:it|this))? (?:for|until|till)\b.*(?:\b(?:{CONSENT}|go|call|answer|decision)(?: (?:first|before\b.*))?\W*$|{HAPPENS})",
    rf"^(?:get|first get) \S+ {CONSENT}(?: first)?\W*$",
    r"^(?:ask|check with|talk to) \S+ (?:first|before (?:you (?:run|start|install)|running|starting|installing) (?:it|this))\W*$",
    r"\b(?:let me|i(?:'ll| will| must|(?: still)? (?:need|have|want) to)) (?:first )?(?:ask|check with|talk to|speak to) \S+ first\W*$",
    rf"\bmy approval (?:depends on|is (?:conditional|subject))\b|\bapproval is (?:conditional|subject to \S+ {CONSENT})\b",
)
# "You have to confirm it" speaks of a dialog.
OF_THE_USER = any_of(r"^(?:you|it|she|he|they|we) (?:has|have|must|should|needs? to|still|also)\b")
# "At most 1 hour", "For two hours only", "Sorry, make that 30 minutes".
AMOUNT = (
    r"(?:[0-9]+ ?[a-z]+|(?:an?|one|two|three|four|six|eight|half an) (?:minutes?|hours?|days?))"
)
OTHER_TIME = any_of(
    rf"^(?:(?:only|just|for|max\w*\.?|at most|up to|not? (?:longer|more) than|make (?:it|that)|i meant?|correction:?|typo:?)\W+)*{AMOUNT}(?: (?:only|max\w*\.?|at most|instead|please))*\W*$"
)
# "Approve for 2 hours", and in the next line "or 3", "to 4 hours", "starting tomorrow".
CHANGED_BELOW = re2.compile(  # in lower case: else another sentence begins
    r"^(?:or|to|minus|plus) (?:[0-9]|half\b|(?:an?|one|two|three|four|six|eight) (?:more )?(?:minutes?|hours?|days?)\b)|"
    r"^(?:starting|beginning) (?:at|on|from|in|tomorrow|tonight|next|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|"
    r"^or (?:\pL+ )?not\W*$"
)
ENOUGH = any_of(
    rf"^{AMOUNT} (?:is|are|should be|must be|will be|would be) (?:enough|sufficient|plenty|all)\b|^{AMOUNT} (?:will|must) do\b"
)


def is_condition_alone(proper: str) -> bool:
    """Whether a sentence, without its lead, is nothing but a condition: "If Lee agrees", "Nur wenn Lee zustimmt"."""
    proper = COURTESY.sub("", proper)
    if not CONDITION_ALONE.search(proper) or len(words_of(proper)) > MAX_CONDITION:
        return False
    head, comma, rest = proper.partition(",")
    if PERMITS.match(rest):
        return True
    # "Aber nur, wenn Lee zustimmt" has its comma within.
    return not SAYS_MORE.search(rest if comma and len(words_of(head)) <= MAX_BEFORE else proper)


def is_left_to_others(proper: str) -> bool:
    """Whether a sentence, without its lead, says that somebody has to agree first: "Lee has to approve this first"."""
    return bool(DECIDES_FIRST.search(proper)) and not OF_THE_USER.search(proper)


def is_other_time(proper: str, minutes: int | None) -> bool:
    """Whether a sentence, without its lead, sets another duration than `minutes`, None for one time: "1 hour only"."""
    if not OTHER_TIME.search(proper) and not (minutes and ENOUGH.search(proper)):
        return False
    spans = [(int(n), unit.lower()) for n, unit in NUMBER_AND_UNIT.findall(proper)]
    return not any(
        unit not in SPAN_WORDS or number * UNITS.get(unit, 0) == minutes for number, unit in spans
    )
