# ruff: noqa: RUF001, SIM905 - words of many languages, as they are written
"""What stands around a decision word: durations, and the words and characters that cast doubt."""

import unicodedata

import re2

# A condition is not an approval, in whatever language it stands behind the word.
CONDITIONS = frozenset(
    "if unless until untill till iff only excluding restricted limited but when once after before "
    "except provided providing assuming "
    "whenever while although though however supposing pending subject contingent conditional "
    "conditionally condition conditions depending "
    "wenn falls sofern sobald solange vorausgesetzt aber erst außer bevor nachdem "
    "si mais sauf quand lorsque pourvu dès pero cuando salvo siempre excepto hasta se quando però ma "
    "solo dopo mas quando desde als mits maar zodra tenzij om men hvis når när bara utom jos "
    "mutta kun ellei jeśli jeżeli ale gdy chyba pokud jestli když až ha amíg csak dacă dar când "
    "doar eğer ama ancak fakat αν εάν αλλά μόνο όταν если но только когда пока якщо але".split()
)
CONDITION_PHRASES = re2.compile(
    r"(?:as|so) (?:long|soon) as|in case|on the understanding|apart from|other than|w/o\b|"
    r"['’‘]til\b|prima (?:di|che)\b"
)
# What takes an approval back in other words than the decision words.
REFUSALS = frozenset(
    "refuse refuses refused refusing refusal disapprove disapproved disapproving disallow disallowed "
    "object objection block blocked withdraw withdrawn revoke revoked cancel cancelled canceled "
    "denying denies rejecting rejects declining declines forbid forbidden veto prohibited "
    "ablehnen abgelehnt lehne verweigert verboten rechazo rechazado rechazar refuse refusé refuser "
    "rejeté rejeter rifiuto rifiutato rifiutare recuso recusado rejeito afgewezen geweigerd weiger "
    "avslag avslår nekad nekas afvist afviser nektet hylätty hylkään odmawiam odrzucam odmowa "
    "zamítám zamítnuto odmítám elutasítom elutasítva refuz respins reddedildi reddediyorum "
    "απορρίπτω απορρίπτεται отказ отклоняю отклонено запрещаю відхилено".split()
)
# Said first behind an approving word, they put the answer off.
DELAY = re2.compile(
    r"(?i)^(?:please )?(?:(?:hold|wait|later|tomorrow|maybe|perhaps|probably|almost|nearly)\b|"
    r"let me (?:check|think|see|ask|look)\b)"
)
# What takes back the word that it stands behind, and what hands the decision to somebody else.
TAKEN_BACK = re2.compile(
    r"(?i)\bdisregard|\bignore (?:this|it|that)\b|\b(?:by|in) (?:mistake|error)\b|"
    r"\bthis is (?:just |only )?a test\b|\bjust testing\b|\bcorrection\b|"
    r"\bscratch that\b|\btake (?:it|that) back\b"
)
REPORTING = frozenset(
    "says said say writes wrote tells told thinks sagt sagte meint schreibt".split()
)
# "Y. Tanaka should decide this", but not "Y. It is fine".
INITIAL_AND_NAME = re2.compile(
    r"^[YNyn]\. ?\p{Lu}\pL+ (?:should|shall|will|can|could|may|must|has|is|decides?|wants?|knows?|"
    r"entscheidet|soll|muss|wird|hat|ist)\b"
)
NO_NAMES = re2.compile(r"^[YNyn]\. ?(?:It|This|That|She|He|We|You|They|There|Who|What|All)\b")
# "Granted, it is unsigned, so I want security to look": admitted, not approved.
CONCESSION = re2.compile(r"(?i)^granted,.*\b(?:so|yet|still|nevertheless|wants?|rather|i'd)\b")
# Agreement behind a "No" to what our email calls worth a second look.
AGREES = re2.compile(
    r"(?i)\blooks? (?:good|fine|okay|ok)\b|\b(?:fine|okay|ok) (?:with|by) me\b|\bgo ahead\b|\ball good\b|"
    r"\blet (?:her|him|them|it) (?:run|do|have|through)\b|\bno (?:objections?|concerns?)\b"
)
# "No" begins an agreement in Finnish, Polish, Czech and Hungarian.
AGREEMENTS = frozenset(
    "kyllä joo sopii hyväksyn zgadzam zgoda tak zatwierdzam souhlasím schvaluji ano rendben igen "
    "jóváhagyom ja jo oui sí sim sì da да так ναι evet".split()
)
# The negations of other languages too. English n't is recognised by its form.
NEGATIONS = frozenset(
    "not never cannot neither nor nope nah none false "
    "nicht nein kein keine keinen niemals niet geen nee nooit pas jamais nunca jamás não nao ikke "
    "inte aldrig nej nei ei nie ne nem nincs nu hayır hayir değil όχι δεν μην "
    "non не нет никогда ні いいえ 아니요".split()
)
NEGATING_PARTS = ("不", "没", "沒", "無", "无", "否", "未", "ない", "ません", "아니", "않")
NEGATED_VERB = re2.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|wo|ca|could|should|would|must|need|sha|ai|might|"
    r"dare|ought)[^\pL\pN]{0,2}n[^\pL\pN]{0,3}t(?:\b|[^\pL])"
)
APOSTROPHES = "'’‘ʼ＇`´ʹ′‛ʻʽˈ՚ꞌߴ"
WORD = re2.compile(r"[\pL\pM\pN']+")
PUNCTUATION = "….,;:!–—-"
QUOTES = "\"'`“”„‟‘’‚‛«»‹›「」『』〝〞〟＂＇"
SPACES = frozenset(
    "\t \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
BLANKS = "".join(sorted(SPACES))  # for str.strip, which would take line ends of other kinds too
EMPTY = BLANKS + "\u200b\ufeff"  # editors put a space of no width into empty lines
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
    "weekend overnight permanently permanent indefinitely forever "
    "semanas ore giorni uur uren dagen timmar dagar".split()
)
# What may make another number of a duration, "for 2 hours, three at most".
LIMITS = frozenset("max maximum most min minimum least".split())

# Said behind a duration, they may make it another one: "2 hours, make that four".
NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten twelve half couple few dozen "
    "start starting starts begin beginning begins from tonight tomorrow".split()
)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, apostrophes made straight."""
    for mark in APOSTROPHES:
        text = text.replace(mark, "'")
    plain = unicodedata.normalize("NFKC", text)  # letters in another style are words all the same
    return [str(word).strip("'") for word in WORD.findall(plain.lower())]


def is_question(char: str) -> bool:
    """Whether a character is a question mark of any script."""
    name = unicodedata.name(char, "")
    return char == "?" or (not char.isascii() and ("QUESTION" in name or "INTERROBANG" in name))


def is_strange(char: str) -> bool:
    """Controls, invisible format characters, private and unassigned ones, and pictures."""
    category = unicodedata.category(char)
    return category in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "So") or bool(UNSEEN.match(char))


def is_negated(text: str, words: list[str]) -> bool:
    """Whether a text, or one of its words (in lower case, apostrophes made straight), negates."""
    return bool(NEGATED_VERB.search(text.lower())) or any(
        word in NEGATIONS or "n't" in word or any(part in word for part in NEGATING_PARTS)
        for word in words
    )


def has_condition(text: str, words: list[str]) -> bool:
    """Whether a text, or one of its words (in lower case), makes what it says depend on something."""
    return not CONDITIONS.isdisjoint(words) or bool(CONDITION_PHRASES.search(text.lower()))
