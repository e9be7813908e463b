# ruff: noqa: E501, RUF001 - patterns, an alternative in each line
"""Sentences below an approval that refuse what it approves: "I have to deny this, it is unsigned"."""

import re2

from approvals.reply.words import REFUSALS, any_of, is_negated, straight, words_of

MAX_REFUSAL = 5  # words
REQUEST = r"(?:(?:the|this|that|my|your|her|his|their|our|\S+'s) )?(?:access |approval |elevation |admin )?(?:request|installation|program|setup|software|application|execution|elevation|access|permission|approval|file|one)"
THIS = r"(?:this|that)(?:\W*$|\W?[,.;:!(–—-]| (?:as|because|since|for|due|until|unless|now|then|too|today|again|sorry|and|but|if|here|with|without|from|in|on|at|by|anyway|please|right)\b)"
IT = rf"(?:it\b|{THIS}|{REQUEST}\b)"
DENY_WORDS = r"(?:deny|cancel|revoke|withdraw|reject|refuse|decline|disapprove(?: of)?|veto|forbid|block|oppose|turn down|object to)"
DENYING_WORDS = r"(?:denying|rejecting|refusing|declining|disapproving(?: of)?|vetoing|blocking)"
DENIED = r"(?:denied|rejected|refused|declined|disapproved|vetoed|turned down|forbidden|prohibited|revoked|withdrawn|not (?:approved|allowed|granted|permitted|authori[sz]ed|accepted))"
END = r"(?: (?:then|now|too|again|today|here|instead|please|sorry|thanks))?\W*$"
POLITE = r"^\W*(?:(?:so|but|and|then|therefore|sorry|thus|hence|well|hm+|oops|ok|no|wait|actually|(?:p\W?)+s|please|kindly|pls|just|better)\W+)*"
# Another request than this one is spoken of, or another time.
ANOTHER = re2.compile(
    r"(?i)\b(?:next|other|another|old|older|last|previous|former|(?:first|second) (?:one|request|time)|earlier|yesterday|otherwise|normally|usually|"
    r"in (?:the )?future|every|twice|over ?night)\b"
)
# "I deny this, as last time", but not "Next time I will deny this".
OF_THIS = re2.compile(
    rf"(?i)\b(?:{DENY_WORDS}|{DENYING_WORDS}) (?:this\b(?: (?:request|one))?|your request\b)(?:\W*$|[,.;:!]| again\b)"
)
NOT_NOW = re2.compile(
    r"(?i)\b(?:next time|otherwise|normally|usually|in (?:the )?future|had|was|were|would|'d)\b"
)
# "I deny this", whatever follows; "Why would I deny it" and "If I deny it" don't.
I_DENY = re2.compile(
    rf"(?i)(?:^|([^\W_][^\s.,;:!?]*)?(?:\W+|_))(?:i|we)(?:,[^,]{{1,30}},| [(][^()]{{1,30}}[)])?(?:'m|'ll|'d|'ve|'re|(?:^| )(?:am|are|will|would|shall|must|do|have(?: to)?|need to|want to|(?:'d |would )?like to|"
    rf"can only|cannot but|hereby|therefore|thus|hence|also|still|now|rather|clearly|formally|strongly|afraid|sorry|going to|"
    rf"forced to|obliged to|sorry to|prefer to|say|that|i|we|just|unfortunately|regret to)){{0,6}} "
    rf"(?:{DENY_WORDS} {IT}|{DENYING_WORDS} {IT}|(?:deny|reject|refuse|decline|disagree|object|disapprove)(?: (?:to|with) {IT})?{END}|"
    rf"refuse to (?:approve|allow|grant|sign|accept)\b)"
)
I_DENIED = re2.compile(
    rf"(?i)(?:'ve|\bhave|\bhas) (?:\S+ )?{DENIED} {IT}(?:{END}|\W* (?:as|because|since|for|due|and)\b)"
)
NOT_STATED = frozenset((
    "would", "should", "could", "can", "do", "did", "will", "shall", "may", "might", "if",
    "when", "unless", "before", "until", "till", "than", "whenever", "case",
))  # fmt: skip
WOULD, UNREAL = (
    re2.compile(r"(?i)\b(?:i|we)(?:'d| would)\b"),
    re2.compile(r"(?i)\b(?:if|unless|were|but|have been)\b"),
)
# "I don't think that I can approve this".
I_DONT_APPROVE = re2.compile(
    r"(?i)\b(?:i|we)(?: (?:\S+ly|hereby|still|just|really|also|do))? ?(?:cannot|can't|can not|won't|will not|don't|do not|shall not|shan't|must not|mustn't|may not|"
    r"wouldn't|would not|(?:'m|'re|am|are) (?:not|unable)|never|'d rather not|would rather not|(?:have )?decided not)"
    r"(?: (?:able|going|willing|ready|prepared|allowed|entitled|comfortable|yet|want|wish|think|believe|feel|see|like|i|we|can|should|could|how|that|to|hereby|really|have)){0,6} "
    r"(?:approv(?:e|ing)|allow(?:ing)?|grant(?:ing)?|permit|authori[sz]e|consent|decide|"
    rf"agree(?:\W*$| to\b| that\b| with {IT})|give (?:\S+ ){{0,2}}(?:approval|permission|consent)|accept {IT}|sign (?:{IT} )?off|endorse)\b"
)
# "I can't approve more than that", "I couldn't approve it in the portal".
NOT_SO = re2.compile(
    r"(?i)\b(?:more|longer|permanent\w*|earlier|sooner|faster|portal|web|console|website|browser|page|link|button|phone|home|here|vendor|publisher|for (?:servers?|production|windows|all|everybody))\b"
)
# Sentences that are nothing else.
DENIAL_ALONE = any_of(
    rf"{POLITE}(?:not|nope|nah|never|nein|non|nee|nej|nei|no way|no chance|rather not|(?:absolutely|certainly|definitely|of course|surely|probably|maybe|perhaps|better|rather|i'd rather|i would rather|i think|please|still) not)(?:(?: this time| today| now| yet| then)?(?:\W+(?:though|sorry|please))?)\W*$",
    r"^\W*(?:(?:nein|nee|nej|nei)\W+|non ?[,.!:;–—-]+ ?)(?:[^'\s]+ ?){1,3}\W*$",
    r"^\W*(?:well|but|and|or|so|haha|sorry|hm+|then|therefore|thus|hence|unfortunately|regrettably|still)\W+(?:it's |i )?(?:no|nope|deny|denied|reject|rejected|refused?|declined?|not this time)\W*$",
    r"^\W*(?:deny|denied|rejected?|refused?|declined?)\W+sorry\W*$",
    r"^\W*(?:still )?not (?:allowed|granted|approved|permitted|acceptable|authori[sz]ed)\W*$",
    r"^\W*(?:a )?no from (?:me|us|my|our)\b",
    r"\b(?:it|that|this)(?:'s| is) (?:still )?(?:a )?no(?: from\b|\W*$)",
    rf"{POLITE}i (?:can't|cannot|can not|won't|will not)(?: do (?:it|this|that))?(?: sorry)?\W*$",
    r"^\W*(?:not |un)able to (?:approve|allow|grant)\b",
    r"^\W*no[ -]?(?:go|approval|permission|consent)(?: from (?:me|us))?\W*$",
    r"^\W*(?:on (?:second thoughts?|reflection)|having thought|thinking|after)\b.*[,:] ?no\W*$",
    r"\bsays no\W*$",
    r"^\W*(?:this|it|that)(?:'s| is| goes) against (?:\S+ )?policy\W*$",
    r"[,;] ?(?:so|therefore|then|hence|thus|but|and) no\W*$",
    r"^\W*(?:please )?stop(?: it| this| that)?\W*$",
    r"\b(?:better|rather) not\W*$",
)
ORDERED = any_of(
    rf"{POLITE}(?:{DENY_WORDS}) (?:this|that|it|her|him|{REQUEST})\b",
    rf"\b(?:please|kindly|pls) {DENY_WORDS}\b(?:\W*$| (?:this|that|it|her|him|{REQUEST})\b|\W* (?:because|as|since|until)\b)",
    r"^\W*(?:but )?not (?:(?:now|yet|today)(?:\W*$| (?:but|please|before|until|though|sorry|then)\b|,)|before|until|till|without|on|for|by|as (?:an? )?admin\w*|this (?:one|time)|if|unless)\b[^,]*(?:, ?\S+)?$",
    r"(?:^|[,:;.!]|please|\bbut|\band|\bso|[–—-])\W*(?:do not|don't) (?:run|allow|approve|grant|let (?:\S+ ){1,2}(?:run|have|install|do|start|use|in|through)|act on|proceed|(?:start|install|execute|do|open|use) (?:it|this|that)(?:\W*$| (?:yet|until|till|before|now|today|without)))\b",
    r"(?:^|[,:;.!]|please|[–—-])\W*(?:do not|don't)(?: do)? ?(?:it|this|that)?\W*$",
    r"\b(?:she|he|you|they|nobody|alice) (?:may not|must not|mustn't|shall not|should not|shouldn't) (?:run|have|install|start) (?:it|this|that)\W*$",
    r"\b(?:it|this|that) (?:may not|must not|mustn't|shall not|should not|shouldn't) (?:run|be (?:run|started|installed|allowed|approved|granted))\W*$",
    rf"\b(?:decided|better) to {DENY_WORDS} {IT}",
    rf"\b(?:consider|treat|mark|take|record|count|regard|want|like|have) (?:this|it|that|{REQUEST})(?: to be)? (?:as )?(?:an? )?(?:{DENIED}|deny|no|denial|refusal|rejection)\W*$",
    r"\b(?:make|change|turn|switch|replace)\b.*\b(?:a|an|to|into|by|with|it|that) (?:deny|denied|no|reject|rejected|denial)\W*$",
    r"^\W*(?:please )?(?:deny|denied|reject|rejected) instead\b",
    r"\b(?:you|she|he) (?:don't|do not|doesn't|does not) have (?:my|our) (?:approval|permission|consent)\b",
    r"^\W*(?:but )?(?:without|not with) my (?:approval|permission|consent)\W*$",
    rf"(?:^|\W)(?:(?:i|we) (?:should|must|have to|need to|ought to)|let(?:'s| us)) {DENY_WORDS} {IT}",
    rf"\byou (?:should|must|have to) {DENY_WORDS} (?:this|(?:the|her|his|this) request)\b",
    r"^\W*let(?:'s| us) not (?:do|run|allow|approve|grant|install|let)\b",
    r"^\W*(?:please )?block (?:it|this)\W*$",
)
REFUSED = re2.compile(
    rf"(?i)(?:^|[,:;(–—-]|\b(?:but|and|so|that|therefore|sorry|regrettably|unfortunately)) ?(?:this|it|that|{REQUEST})(?: \S*[0-9]\S*)? ?"
    rf"(?:(?:is|has been|have been|must be|has to be|should be|will be|stays|remains|'s)? ?(?:hereby |therefore |still |now )?{DENIED}|"
    r"(?:isn't|hasn't been|won't be|cannot be|can't be) (?:approved|allowed|granted|permitted))"
    r"(?:\W*$|[,;] ?|\W+(?:by (?:me|us|security|policy)|because|as|since|due|until|unless|sorry)\b)"
)
NOT_APPROVED = re2.compile(
    r"(?i)(?:\b(?:cannot|can't|can not|won't|will not|don't|do not|am not|is not|isn't|never)|^\W*not) (?:be )?approv(?:e|ed|ing)\b"
)
# "It was blocked before" tells of a program.
OTHER_ORDER = re2.compile(r"(?i)^\W*(?:please )?(?:cancel|revoke|withdraw|refuse|retract) \S")
OF_PROGRAMS = ("block", "bloqu", "bloc", "gesperrt", "object")


def refuses_oneself(line: str) -> bool:
    """Whether a line says that its writer refuses."""
    said = straight(line)
    return bool(I_DENY.search(said) or I_DONT_APPROVE.search(said))


def refuses(said: str) -> bool:
    """Whether a sentence, its apostrophes straight, refuses what is asked for: this, nothing else."""
    if DENIAL_ALONE.search(said):
        return True
    if ANOTHER.search(said) and (NOT_NOW.search(said) or not OF_THIS.search(said)):
        return False
    words = words_of(said)
    if NOT_APPROVED.search(said) or (I_DONT_APPROVE.search(said)):
        return not NOT_SO.search(said)
    if ORDERED.search(said) or I_DENIED.search(said) or REFUSED.search(said):
        return True
    denies = I_DENY.search(said)
    if denies and (denies.group(1) or "").lower() not in NOT_STATED:
        return not (WOULD.search(said) and UNREAL.search(said))
    refusals = [word for word in words if word in REFUSALS and not word.startswith(OF_PROGRAMS)]
    negated = is_negated(said, words[1:]) or not {"no", "nobody"}.isdisjoint(words)
    negated = negated or bool(OTHER_ORDER.match(said))
    return bool(refusals) and len(words) <= MAX_REFUSAL and not negated
