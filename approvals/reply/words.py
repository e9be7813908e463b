# ruff: noqa: E501, RUF001, SIM905 - words of many languages, as they are written
"""What stands around a decision word: durations, and the words and characters that cast doubt."""

import unicodedata
from functools import lru_cache

import re2

from approvals.reply.languages import Words, misspelt

# A condition is not an approval, in whatever language it stands behind the word.
CONDITIONS = Words("conditions")
MISSPELT = misspelt(
    "unless until except only before after provided pending never cannot denied rejected disapproved"
)
CONDITION_PHRASES = re2.compile(
    r"(?:as|so) (?:long|soon) as|in case|on the understanding|apart from|other than|w/o\b|"
    r"'til\b|prima (?:di|che)\b|en cas d|in (?:principle|theory)\b|save for\b|waiting for\b|"
    r"\b(?:should|were|had) [\pL']+ (?:to )?(?:agree|agreed|confirm|approve|say|sign)\b|"
    r"\b(?:must|ha(?:s|ve) to|needs? to|should) (?:\pL+ )?(?:agree|confirm|approve|decide|sign)\b|"
    r"\b(?:needs?|requires?) (?:[\pL']+ )?(?:approval|review|sign-?off|confirmation)\b|"
    r"\bgiven (?:that|[\pL']+ (?:ok|okay|approval|consent))\b|\bin the event\b|[,;:.!–—-] first\b|\bfirst\W*$|\bcome (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    # Somebody has to agree, or to look on.
    r"\bfollowing (?:an?|the|his|her|\pL+'s)\b|\bprior to\b|\bin [\pL']+ presence\b|"
    r"\bwith [\pL']+ (?:watching|present|consent|permission|approval|agreement|sign-?off|ok|okay|blessing)\b|"
    r"\blet (?:[\pL']+ ){1,2}(?:decide|confirm|approve|review)\b|"
    r"\bwith (?:\pL+ )?(?:changes|conditions)\b|"
    r"^\W*(?:(?:it|this|that|all) )?(?:all )?(?:depends|dependent) (?:up)?on\b|\bgiven an? (?:clean|successful|positive|negative|good (?:scan|result|test|review))\b|"
    r"(?:^\W*|[,;:.!–—-] ?)the (?:moment|minute|instant) (?:that |when )?(?:\pL+ ){1,2}?(?:clears?|agrees?|approves?|confirms?|signs?|says?|gives?|is|has|are|have)\b"
)
# Somebody else has to say so too.
LEFT_TO_OTHERS = re2.compile(
    r"(?:^\W*|[,;:.!–—-] ?|\band )(?:the )?[\pL']+ to (?:confirm|sign(?: off)?|approve|decide|agree|verify|review)\b|"
    r"(?:^\W*|[,;:.!–—-] ?)(?:please )?(?:check|confirm|verify|coordinate|clear (?:it|this|that)) with \pL+|"
    r"\bget (?:an? )?[\pL']+ (?:ok|okay|approval|consent|permission|blessing|sign-?off|go-ahead)\b|"
    r"\bon [\pL']+'s (?:word|say-?so|ok|okay|approval)\b|\bso long (?:as )?(?:\pL+ )?(?:agrees?|approves?|confirms?|is|are)\b"
)
# What is granted then isn't what was asked for; a refusal may well say so.
OTHER_TERMS = re2.compile(
    r"\bwithout (?:admin|elevat|rights|privileg)|\bas an? (?:normal|standard|ordinary|regular) user\b|"
    r"\bin (?:a|the) (?:vm|sandbox)\b|\binstead\b|\bon the test (?:machine|computer|server)\b|"
    r"\b(?:(?:the |an)?other|different|wrong|older|newer) (?:one|request|mail|e-?mail|ticket|thread|"
    r"user|person|file|version|machine|computer|approver)\b|\b(?:in|on) (?:the |her |his |a )?(?:test|staging)\b"
)
# What holds a word of doubt and casts none.
HARMLESS_PHRASES = re2.compile(
    r"(?i)\bfirst come,? first served\b|\bfirst of all\b|\beffective immediately\b|\bwith my (?:blessing|ok|okay|approval)\b|"
    r"\b(?:thanks|thank you|thx)(?: (?:so|very) much| a lot)? for (?:your )?(?:waiting|asking|checking)(?: for\b)?|"
    r"\btell me how it (?:goes|went)\b|\b(?:happy|glad|pleased|delighted) to (?:confirm|approve|agree|sign)\b|\bfalse (?:positive|alarm)s?\b|"
    r"\b(?:nothing|nobody|no one) (?:to say )?(?:speaks |is |was )?against (?:it|this|that|the|my|our)\b|"
    r"\b(?:remove|delete|uninstall) (?:it|this|that) (?:please )?(?:later|afterwards|then|again|soon|tomorrow|tonight|"
    r"(?:on |by )(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:next|this) week)\b"
)
# What takes an approval back in other words than the decision words.
REFUSALS = Words("refusals")
AGAINST = re2.compile(
    r"(?i)\bagainst (?:it|this|that|policy|the|my|our)\b|\bi (?:still )?have (?:\pL+ )?(?:doubts|concerns)\b|"
    r"\b(?:concerns|doubts) remain\b|\bi'm worried\b|\bi doubt\b|\bviolates\b|\btoo (?:risky|dangerous)\b|"
    r"\b(?:the (?:contrary|opposite)|far from it)\b|^(?:wrong|incorrect|(?:\pL+ )?(?:bad|terrible) idea|i (?:think|believe|hope)|sort of|kind of|more or less|(?:most |very )?likely)\W*$|\b(?:approval|answer|confirmation|decision) (?:follows|(?:will|to) follow)\b|\bi wish\b|\b(?:dis|un)-(?:approv|allow|grant)"
)
DELAYS = Words("delays")
# Said first behind an approving word, they put the answer off, hand it on, or fill in a form.
DELAY = re2.compile(
    r"(?i)^(?:please )?(?:(?:hold|wait|later|tomorrow|maybe|perhaps|probably|almost|nearly|always|or)\b|"
    r"let me (?:check|think|see|ask|look)\b|"
    r"(?:(?:starting|effective|beginning|as of|from|on|by|next|through|thru|up to) )*(?:tomorrow\b|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)|(?:starting|effective|beginning)\b|"
    r"(?:at|by|from|as of|around) (?:[0-9]|noon\b|midday\b|midnight\b|lunch)|in the (?:morning|afternoon|evening)\b|"
    r"on (?:the )?[0-9]{1,2}(?:st|nd|rd|th|\.| (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|during (?:lunch|\pL+ hours)\b|tonight\b|this (?:evening|afternoon|night)\b|(?:cob|eob)\b|"
    r"(?:soon|shortly|eventually|someday|(?:next|another|some other) time)\W*$|hang on\b|"
    r"(?:one |a )?(?:moment|sec)\b|i (?:guess|suppose)\b|"
    r"for (?:today|tonight|good|ever|life)\b|from now on\b|every time\b|"
    r"(?:on hold|under review|to be \pL+|tbd|tbc|off|negative|neg|nay|noo+|nix|nil|n/?a|open)\W*$|"
    r"thumbs down\b|(?:stop|kill|remove|delete|quarantine|block) (?:it|this|that|her|him)\b|"
    r"(?:turn|shut) (?:it |this )?down\b)|\b(?:\pL+ (?:decides|(?:can|may|will|shall|should|could) decide)|thumbs down|"
    r"final (?:word|decision|say)|should go to)\b|^over to\b|^(?:stop|abort|halt)\b|\bremind me\b|"
    # "@Bob please confirm", but not "@Bob fyi".
    r"(?:^| )@\pL+[,:]? (?:(?:please|pls|kindly|can|could|would|will|should|must|has|needs|you|to) )*(?:confirm|"
    r"check|decide|approve|review|look|verify|take|handle|sign|ok|okay|agree|advise|your (?:turn|call|decision)|wdyt|thoughts)\b"
)
# A question, without its mark, at the beginning of a sentence.
QUESTION = re2.compile(
    r"(?i)(?:^|[.,;:!–—-] )(?:what|who|whom|whose|why|how (?:come|long|much|many|do|does)|question mark|"
    r"(?:is|are|was|were|does|did|can|could|would|will|should|shall|may) "
    r"(?:i|you|he|she|it|we|they|this|that|there|anyone|anybody|someone|somebody)|"
    r"(?:do|have|has|had) (?:i|you|he|she|we|they)|(?:and|but) why|for what|"
    r"(?:need |i need |need to know |please )?more (?:info|information|details)|let(?:'s| us) (?:talk|discuss))\b|"
    r"\b(?:tell|show) me (?:why|what|who|how)\b|\bup to you\b"
)
# "Yes" says that a mail came, too: what follows may be that the decision is still to be made.
UNDECIDED = re2.compile(
    r"(?i)(?:\b(?:will|shall|let's|let us|going to|needs? to|have to|has to|must|should|like to)|'ll) "
    r"(?:\pL+ ){0,2}?(?:decide|check|look|review|think|discuss|consider|investigate|talk|get back|"
    r"come back|verify|ask|read|reply|answer|respond|be (?:with you|in touch))\b|^let's \pL+\b|\bmore (?:info|information|details|time)\b|"
    r"\ba question|\bquestions\b|\bon hold\b|\bunder review\b|\bon my list\b|\bneeds? review\b|"
    r"\bget back to you\b|\bexplain\b|\bclarify\b|^(?:please )?(?:ask|forward|call|contact|escalate)\b|"
    r"\bi (?:doubt|wonder)\b|\bi(?:'m| am) (?:against|unsure|on|away|out|busy)\b|\bi forwarded\b|"
    r"^(?:(?:i|we)(?:'ve| have)? )?(?:got|received|noted)\b|\b(?:request|question|e-?mail|mail|message) (?:has |is |was )?(?:been )?(?:arrived|received|here|came)\b|"
    r"\bapprove (?:it |this |that )?(?:later|tomorrow|soon)\b|^on it\b|\b(?:tell|call|give|show|send) me\b|\bneed to speak\b|"
    r"^(?:i(?:'m| am) )?(?:just |still )?(?:checking|thinking|waiting|looking|asking|reviewing|"
    r"considering)\b|"
    r"\bi (?:want|need) to (?:know|see|understand)\b"
)
# So may what it says of its writer, of our warnings or of the mail.
OF_ITSELF = re2.compile(
    r"(?i)^(?:i(?:'m| am)|i (?:do )?(?:know|see|saw|read|understand|noticed|mind)|i have (?:seen|read)|it's me|"
    r"thank(?:s| you) for (?:the|your|letting|telling|reminding)|will do|working on|in progress|"
    r"on my way|driving|busy|i(?:'ve| have) (?:moved|left)|coming|still|yet|and|or|(?:the |my |see |see my )?(?:answers?|comments?|notes?) (?:are |is )?"
    r"(?:in|below|inline)|(?:this|that|it)(?:'s| is)? (?:an? |the )?(?:\pL+ )?(?:problem|wrong|unsigned|bad|worr\pL+)|"
    r"(?:i(?:'ve| have)? )?(?:already )?(?:answered|handled|resolved|dealt with|replied)|saw (?:it|this)|\pL+ is on it|"
    r"unsigned|(?:an? )?problem|wrong|see \pL+'s)\b|^(?:hello|hi|speaking|hm+|well|understood)\W*$|^\pL+ here\W*$"
)
# A gateway tells of the mail, not of the request: "Approved: this sender is on your list".
OF_THE_MAIL = re2.compile(r"(?i)\bthis (?:sender|message|e-?mail|mail)\b|\bsafe senders?\b")
# So may that the request is a danger, or isn't wanted any more.
UNWANTED = re2.compile(
    r"(?i)\b(?:malware|malicious|virus|trojan|ransomware|spyware|keylogger|infected|phishing|scam|suspicious|fishy|shady|sketchy|dangerous|harmful|unsafe|risky|fake|quarantine|isolate|unsubscribe|withdrew|"
    r"get rid of|report (?:it|this|her|him)|attack|hacked|compromised|security incident|spam|junk|"
    r"left the company|was fired|remove me|take me off|turn (?:it|this|that|her|him) down|stop sending)\b|"
    r"^(?:please |just |you can )*(?:uninstall|terminate|void|delete|remove|cancel|send (?:it|this) back)\b|"
    r"\blet (?:it|this|the request) (?:expire|lapse|time out)\b|\b(?:it|this) can be closed\b|\bobsolete\b|"
    r"^(?:please |you can )?(?:ban|lock|disable|trash|bin|nuke|park|drop|skip|dismiss|dismissed|close|pass|leave|stop)\b"
)
# Letters of another script than the Latin one.
FOREIGN = re2.compile(r"[^\P{L}\p{Latin}]")
# A French word without its end: "l'accord", "c'est".
ELIDED = re2.compile(r"(?:^|[^\pL'])(?:[cjln]|qu)'\p{Ll}")
COMMON = Words("common")
KNOWN_ABROAD = (Words("courtesies"), Words("agreements"))
# What takes back the word that it stands behind, and what hands the decision to somebody else.
TAKEN_BACK = re2.compile(
    r"(?i)\bdisregard|\bignore (?:this|it|that)\b|\bthis is (?:just |only )?a test\b|\bjust testing\b|^\W*(?:draft\b|(?:a )?test(?:ing)?(?:, ignore)?\W*$)|\btesting (?:this|it|the (?:button|mail|reply))\b|"
    r"\b(?:scratch|scrap|strike|undo) (?:that|it)\b|^\W*undo\b|\btake (?:it|that) back\b|"
    r"\b(?:just |only )?kidding\b|\bon second thoughts?\b|\boops\b|\bi meant\b|\bi mean (?:just |only )?(?:one|an?|half)\b|"
    r"\bwrong (?:button|mail|word|answer)\b|\btold me to (?:write|say|type)\b|"
    r"^\W*(?:sent )?(?:by|in) (?:mistake|error)\b"
)
# So does this, but "Denied, requested by mistake" denies.
MISTAKE = re2.compile(
    r"(?i)\b(?:by|in) (?:mistake|error)\b|\bcorrection\b|\bwrong one\b|[:=]['-]?\(|\bmistake|\baccident|"
    r"\berroneous|\bmy bad\b|\bwh?oo+ps\b|\bjoking\b|\bjk\b"
)
REPORTING = frozenset(
    "says said say writes wrote tells told thinks sagt sagte meint schreibt".split()
)
# "Approve, Bob says", "Approved, according to Bob".
REPORTED = re2.compile(
    r"^[^\pL]*(?:according to \p{Lu}|\p{Lu}\pL+ (?:says|said|writes)(?: so)?\W*$)"
)
# "Y. Tanaka should decide this", but not "Y. It is fine".
INITIAL_AND_NAME = re2.compile(
    r"^[YNyn]\. ?\p{Lu}\pL+ (?:should|shall|will|can|could|may|must|has|is|decides?|wants?|knows?|"
    r"entscheidet|soll|muss|wird|hat|ist)\b|^[YNyn]\. ?\p{Lu}\pL+:"
)
NO_NAMES = re2.compile(r"^[YNyn]\. ?(?:It|This|That|She|He|We|You|They|There|Who|What|All)\b")
# "No. 1042" and "No. de ticket: 4711" are numbers.
NUMBERED = re2.compile(
    r"^[Nn][Oo]?(?:[.:] ?|\.? ?[.:°º–—-] )[.:]? ?#?(?:[A-Z]{2,8}-?)?[0-9]|"
    r"(?i)^no?\.? ?(?:(?:de|du|d['’]|of (?:the|your)|del) ?)?"
    r"(?:dossier|demande|ticket|caso|solicitud|pratica|protocollo|prot|rif|"
    r"ref|sprawy|zgłoszenia|commande|pedido|incidencia)\b.*[0-9]|^y[./] ?ref\b"
)
# "Granted, it is unsigned, so I want security to look": admitted, not approved.
CONCESSION = re2.compile(
    r"(?i)^granted,.*\b(?:so (?:i|we|he|she|they|it|this|that|the|let|please)|yet|still|nevertheless|wants?|rather|i'd)\b"
)
# Agreement behind a "No" to what our email calls worth a second look.
AGREES = re2.compile(
    r"(?i)\blooks? (?:good|fine|okay|ok)\b|\b(?:fine|okay|ok) (?:with|by) me\b|\bgo ahead\b|\ball good\b|"
    r"\b(?:sounds good|of course|by all means|nothing against|no problem|(?:do not|don't) mind)\b|"
    r"\bi(?:'m| am) (?:fine|ok|okay)\b|\b(?:it|that)(?:'s| is) (?:ok|okay|fine|safe)\b|"
    r"^\W*(?:ok|okay|fine|sure|agreed|i agree)\W*$|\b(?:she|he|they) (?:may|can) run\b|"
    r"\blet (?:\pL+ ){1,2}(?:run|do|have|through|pass|in)\b|\bno (?:objections?|concerns?|reason)\b|"
    r"\bnothing (?:speaks )?against\b|\b(?:my|our) approval\b|\bi support\b|\bin favou?r\b|\bchecks out\b|"
    r"\bhappy (?:for|with|to (?:let|approve|allow))\b|\bi trust (?:her|him|it|them|this)\b|\bsigned by us\b|"
    r"\b(?:fine|ok|okay|alright)\W*$|\ball ?right\b|\bsounds right\b|\b(?:is|'s) allowed\b|\bi'd let\b|"
    r"\bgo on\W*$|\bgive (?:her|him|them)\b|"
    r"\bneeds it\b|(?:^\W*|please )(?:run|give) it\b|"
    r"^\W*(?:problem|objections?|worries)\W*$|\b(?:proceed|carry on|go for it|we're good|accepted|"
    r"authori[sz]ed|permit it|false positive|is clean|legit|legitimate|all right)\b|"
    r"\b(?:va bene|está bien|c'est bon|alles gut|kann (?:sie|er) haben|v pořádku|tudo bem|det går bra)\b"
)
# So does this behind "No", but "No, she can install it from the store" refuses.
HARMLESS = re2.compile(
    r"(?i)\bnothing (?:suspicious|wrong|unusual|odd|bad|strange)\b|\bno (?:issues?|worries|malware|virus)\b|"
    r"\b(?:it|that|this)(?:'s| is) (?:\pL+ )?(?:normal|known|ours|harmless|clean|expected|our (?:own )?tool)\W*$|"
    r"\b(?:you|she|he|they) can (?:run|have|use|install) (?:it|this)\W*$|\bvouch\pL* for\b|"
    r"^\W*(?:(?:please|just) )*(?:do|do it|run|go|install|install it|continue|keep going|clean|expected|"
    r"unblock it|release it|all clear|all is well|i'm happy)\W*$"
)
# Behind DENY and the like: what is refused is a refusal.
ALLOWS = re2.compile(
    r"(?i)\bgo ahead\b|\b(?:run|install|start|do|use|continue) (?:it |this )?anyway\b|\blet (?:her|him|them|it) run\b|\bfine (?:today|now)\b|"
    r"\blet (?:\pL+ ){1,2}(?:in|through|pass)\b|^ (?:[\pL']+ )?(?:rejection|refusal|denial)\b|"
    r"^ (?:[\pL']+ )?(?:veto|objections?)\b|^ (?:nothing|nobody)\b|^ (?:[\pL']+ ){0,2}warnings?\b|"
    r"[,;.] (?:please )?run it\W*$"
)
# "No" begins an agreement in Finnish, Polish, Czech and Hungarian.
AGREEMENTS = Words("agreements")
# The negations of other languages too. English n't is recognised by its form.
NEGATIONS = Words("negations")
NEGATING_PARTS = ("不", "没", "沒", "無", "无", "否", "未", "ない", "ません", "아니", "않")
NEGATED_VERB = re2.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|wo|ca|could|should|would|must|need|sha|ai|might|"
    r"dare|ought)[^\pL\pN]{0,2}n[^\pL\pN]{0,3}t(?:\b|[^\pL])"
)
APOSTROPHES = "'’‘ʼ＇`´ʹ′‛ʻʽˈ՚ꞌߴ"
UNDRAWN = (
    0xAD,
    0x34F,
    0x180E,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
)
STRAIGHT = str.maketrans(dict.fromkeys(APOSTROPHES, "'")) | dict.fromkeys(UNDRAWN)
# A mark alone stands on the blank before it, as in ¨not¨.
WORD = re2.compile(r"[\pL\pN'][\pL\pM\pN']*")
# Chinese, Japanese and Korean words stand without blanks, or with endings.
IS_JOINED = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
PUNCTUATION = "….,;:!–—-"
SPACES = frozenset(
    "\t \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
BLANKS = "".join(sorted(SPACES))  # for str.strip, which would take line ends of other kinds too
EMPTY = BLANKS + "\u200b\ufeff"  # editors put a space of no width into empty lines
EMPHASIS = frozenset("*_")
# What nobody sees, or crosses letters out: joiners, fillers of Hangul and Khmer, selectors, overlays.
UNSEEN = re2.compile(
    r"[\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180d}\x{180f}\x{3164}\x{ffa0}"
    r"\x{334}-\x{338}\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]"
)
UNITS = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 24 * 60),
}
# Words of spans that are no duration of ours, but show that one was meant.
SPANS = Words("spans")
# What may make another number of a duration, "for 2 hours, three at most".
LIMITS = frozenset("max maximum most min minimum least".split())

# Said behind a duration, they may make it another one: "2 hours, make that four".
NUMBER_WORDS = Words("numbers")


def any_of(*patterns: str) -> "re2._Regexp[str]":
    """One pattern that matches where any of these does, case aside."""
    return re2.compile(f"(?i){'|'.join(patterns)}")


def straight(text: str) -> str:
    """A text with its apostrophes made straight, and without characters that nobody sees."""
    return text.translate(STRAIGHT)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, apostrophes made straight."""
    return list(_words_of(text))


@lru_cache(maxsize=8)  # several questions are put to each sentence
def _words_of(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize(
        "NFKC", straight(text)
    )  # letters in another style are words all the same
    return tuple(str(word).strip("'") for word in WORD.findall(plain.lower()))


def is_question(char: str) -> bool:
    """Whether a character is a question mark of any script."""
    if char.isascii():
        return char == "?"
    name = unicodedata.name(char, "")
    return "QUESTION" in name or "INTERROBANG" in name


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


def goes_on_abroad(text: str, words: list[str]) -> bool:
    """Whether a text is in a language that isn't read here; what thanks or agrees may stand there.

    It tells itself by a small word, or by one in lower case with a letter that English doesn't have.
    """
    known = [word for word in words if not any(word in kind for kind in KNOWN_ABROAD)]
    if any(word in COMMON or FOREIGN.search(word) for word in known):
        return True
    accented = (word for word in WORD.findall(straight(text)) if not word.isascii())
    return bool(ELIDED.search(straight(text))) or any(
        word[:1].islower() and words_of(word)[0] in known for word in accented if words_of(word)
    )


def without_harmless(text: str) -> str:
    """A text without the phrases that hold a word of doubt and cast none: "first come, first served"."""
    return str(HARMLESS_PHRASES.sub("", text))


CONTRACTED = re2.compile(r"'(?:s|ll|d|re|ve)$")


def has_condition(text: str, words: list[str]) -> bool:
    """Whether a text, or one of its words (in lower case), makes what it says depend on something."""
    plain = [CONTRACTED.sub("", word) for word in words]  # "when's Lee back"
    if any(word in CONDITIONS or word in MISSPELT for word in (*words, *plain)):
        return True
    said = straight(text).lower()
    return any(each.search(said) for each in (CONDITION_PHRASES, LEFT_TO_OTHERS))


def sets_terms(text: str, words: list[str]) -> bool:
    """Whether it has a condition, or speaks of something else than was asked for: another file, a VM."""
    return has_condition(text, words) or bool(OTHER_TERMS.search(straight(text).lower()))
