# ruff: noqa: E501, RUF001 - patterns, an alternative in each line
"""Sentences below an approval that take it back, or refuse the request that it approves.

What refuses, corrects or forbids something else ("Cancel the meeting", "Not for Bob") is a comment.
"""

import re2

from approvals.reply.words import PUNCTUATION, any_of, straight
from approvals.words import DECISION_WORDS

# Said before the sentence proper, and behind it. Somebody is named, or something stated, in front of an
# order: "Alice, do not run this", "2. Do not run this", "It is malware, do not run this".
LEADING = r"(?:(?:(?:so|but|and|then|therefore|hence|thus|sorry|well|hm+|ah|oops|ok|actually|unfortunately|regrettably|please|kindly|pls|just|better|however|of course|obviously|i'm afraid|i(?:'m| am) sorry)\b|(?:no|wait)[,.:!])[^\pL\pN]+)*"
LEAD = re2.compile(
    rf"(?i)^[^\pL\pN]*(?:[0-9]{{1,2}}[.)][^\pL\pN]*)?{LEADING}(?:((?:(?:it|this|that)(?:'s| is) (?:an? )?)?\pL[\pL'-]*),|(?:note|nb|important|warning|attention):)?[^\pL\pN]*{LEADING}"
)
END = r"(?:,? (?:then|now|yet|too|today|here|instead|please|pls|sorry|thanks|though|anyway|after all|immediately|at all|ever|at once|right away|asap|for now|anywhere|under any circumstances|for (?:security|safety) reasons))*(?:, \pL+)?\W*$"
TAIL = rf"(?:{END}|\W*[,;:(–—-]|\W+(?:because|as|since|due|until|unless|without|sorry)\b)"
REQUEST = r"(?:(?:the|this|that|my|your|her|his|their|our|[a-z]+'s) )?(?:access |approval |elevation |admin )?(?:request(?: [a-z]{1,8}-?[0-9]+)?|installation|program|installer|application|app|tool|exe|file|setup(?:[.]exe)?|software|elevation|access|approval)"
IT = rf"(?:it|(?:this|that)(?: one)?|{REQUEST})"
DENY_WORDS = r"(?:deny|reject|refuse|decline|disapprove(?: of)?|veto|cancel|revoke|withdraw|withhold|block|turn down)"
DENYING_WORDS = r"(?:denying|rejecting|refusing|declining|disapproving(?: of)?|vetoing)"
DENIED = r"(?:denied|rejected|refused|declined|disapproved|vetoed|turned down|not (?:approved|allowed|granted|permitted|authori[sz]ed))"
NO = r"(?:deny|denied|denial|reject|rejected|rejection|refuse|refused|refusal|decline|declined|no)"
# Behind "I deny this": "this" alone, or "this request", but not "this user".
MORE = rf"(?:{TAIL}|\W+(?:and|but|now|with|from|in|on|for|by)\b)"

# No name: "Denied, sorry".
SAYS_ALL = re2.compile(rf"(?i)(?:^| )(?:{NO}|{DENIED}|nope|never|not|don't|disregard)$")

CORRECTION = any_of(
    r"\b(?:i|we)(?: actually| really)? (?:meant?|wanted|intended)\b",
    r"\b(?:typo|autocorrect\w*|correction|mistake|second thoughts?|wrong (?:word|button|key|answer|line))\b",
    r"\b(?:scratch|strike|undo|scrap) (?:that|this|it)\b",
    r"\b(?:just|only) kidding\b",
    r"\bchanged my mind\b",
    r"^\W*(?:hm+\W+)?(?:no\W+)?(?:oops|sorry|wait|actually|edit|update|korrektur|final answer)\b",
)
# The end of a sentence that corrects an approval.
SAYS_NO = any_of(
    rf"(?:[,:;.!–—-] ?|\b(?:thoughts?|meant?|to|write|say|type|answer|should be|be) )(?:please |better |i |and |an? |it's an? |make (?:it|that) an? |to )*[\"']?{NO}[\"']?(?: (?:it|this|that))?(?:{END}|\W+(?:because|as|since)\b|, not\b)"
)
TAKEN_BACK = any_of(
    r"\b(?:ignore|disregard|forget|undo|reverse|revert|discard|retract|withdraw|revoke|cancel|don't count|do not count|don't act on|take back) (?:my|the|this) (?:approval|answer|yes|reply)(?:\W*$|[,.;:]| above| below)",
    r"\b(?:ignore|disregard|forget|don't count|do not count) (?:what i (?:wrote|said)|(?:the )?(?:line |word )?above)\b",
    rf"^(?:i )?(?:disregard|undo|reverse|revert|cancel|scratch|strike|retract|withdraw|revoke|don't count|do not count) (?:this|that|it){END}",
    r"^(?:disregard|never ?mind|forget it|(?:wh?)?oo+ps)\W*$",
    r"^(?:i answered wrong(?:ly)?|meant to (?:write|say|type) (?:deny|no))\W*$",
    r"\bi(?:'ll| will| have to| want to|'d like to)? take (?:it|this|that) back\b",
    r"^(?:i(?:'ve| have)? )?changed my mind\b",
    r"^(?:i (?:was|am|'m) )?(?:just |only )?kidding\W*$",
    rf"^{DENIED},? (?:that is|i mean)\W*$",
    r"^i (?:did not|didn't|never) approve (?:this|it|that)\b",
    r"^(?:(?:i|we)(?:'ve| have)? )?(?:(?:clicked|pressed|pushed|tapped|hit|took|chose|used|sent)(?: on)? )?(?:(?:this|that|it) (?:was|is) )?(?:the |a |in the |to the )?wrong (?:button|word|key|answer|mail|e-?mail|request|window|thread|chat)(?:\W*$|[,.;:!–—-])",
    r"^(?:(?:this|that|it) was )?(?:i )?(?:(?:approved?|hit|pressed|clicked|answered|sent)(?: (?:this|it|approve))? (?:by (?:mistake|accident)|in error|accidentally|too (?:early|soon))|accidentally (?:approved|hit|pressed|clicked|answered|sent))(?: (?:this|it|approve))?(?:\W*$|[,.;:!–—-])",
    rf"^(?:(?:this|that|it) (?:was|is) )?(?:meant for [a-z]+{END}|(?:meant )?for (?:another|the other|a different) (?:request|ticket|e-?mail|mail|one){END})",
    r"(?:\b(?:is|was)(?:n't| not)|'s not) (?:an?|my) (?:approval|answer|decision)\W*$",
    rf"^(?:this|it|that) (?:does not|doesn't) count{END}",
    rf"\bshould (?:be|have been|read|say)(?: an?)? [\"']?{NO}{END}",
    rf"^\W*(?:my |the |final |new |real |correct )*(?:answer|decision|verdict|vote|status|correction)(?:'s| is| was)?\W+(?:an? )?(?:{NO}|{DENIED}){END}",
    rf"\b(?:make|change|turn|switch) (?:it|this|that|my answer|my approval)(?: (?:to|into))?(?: an?)? {NO}{END}",
    rf"\b(?:consider|treat|mark|take|record|regard|want) (?:this|it|that|{REQUEST})(?: as)?(?: an?)? {NO}{END}",
    rf"^\W*(?:my |the )?approval (?:is |was )?(?:denied|refused|withdrawn|revoked|cancelled){END}",
)
AUXILIARIES = r"(?:'m|'ll|'ve|'re|'d|(?:^| )(?:am|are|will|would|shall|should|must|do|have(?: to)?|need to|want to|like to|can only|hereby|therefore|also|still|now|afraid|sorry|i|we|think|say|going to|forced to|regret to|unfortunately|to|but)){0,6}"
I_DENY = any_of(
    rf"\b(?:i|we)(?:,[^,]{{1,30}},| [(][^()]{{1,30}}[)])?{AUXILIARIES} (?:(?:{DENY_WORDS}|{DENYING_WORDS}) {IT}(?: again)?{MORE}|(?:refuse|decline|disagree|object|disapprove|refuse to (?:approve|allow|grant)(?: {IT})?){END})",
    rf"\b(?:i|we)(?:'ve| have)? (?:decided to {DENY_WORDS} {IT}|decided against {IT}){END}|\b(?:i|we)(?:'ve| have) {DENIED} {IT}{TAIL}",
    rf"\b(?:i|we)(?:'m| am|'re| are| vote)? ?(?:still )?against {IT}{END}",
)
I_DONT_APPROVE = any_of(
    r"\b(?:i|we)(?: (?:[a-z]+ly|still|really|do))? ?(?:cannot|can't|can not|won't|will not|don't|do not|shall not|must not|mustn't|(?:'m|'re|am|are) (?:not|unable)|'d rather not|would rather not|(?:have |'ve )?decided not)"
    r"(?: (?:able|going|willing|ready|prepared|allowed|want|wish|think|believe|i|we|can|should|that|to|hereby|have)){0,6} "
    rf"(?:(?:approv(?:e|ing)(?: of)?|allow|grant|permit|authori[sz]e|consent to|agree (?:to|with)|accept|endorse) {IT}|approve|consent|agree|give (?:\S+ ){{0,2}}(?:approval|permission|consent)(?: (?:for|to) {IT})?){TAIL}"
)
# "Next time I will deny this", "If I deny it", "Why would I".
ANOTHER = re2.compile(
    r"(?i)\b(?:next|other|another|last|otherwise|normally|usually|if|unless|when|why (?:would|should|do|did)|before)\b"
)
LATER = any_of(r"\bnext time\b", r"\bin (?:the )?future\b")
# Orders and statements, each the whole sentence but for a reason behind it.
ORDERED = any_of(
    rf"^(?:you (?:must|should|have to) )?{DENY_WORDS} {IT}(?: again)?{TAIL}",
    rf"^(?:deny|reject|refuse|decline)(?: instead)?{TAIL}",
    rf"^(?:do not|don't|never)(?: ever)?(?: (?:run|approve|allow|grant|install|start|open|execute|do|act on|proceed))?(?: {IT})?(?:{END}|\W+(?:because|since|due to)\b)",
    rf"^let(?:'s| us) (?:not (?:run|allow|approve|grant|install|do)|{DENY_WORDS}) {IT}{END}",
    rf"^(?:she|he|you|they|nobody|it|this|that) (?:may not|must not|mustn't|should not|shouldn't) (?:run|have|install|start|be (?:run|started|installed|allowed|approved))(?: (?:it|this|that))?{END}",
    rf"^(?:you|she|he) (?:don't|do not|doesn't|does not) have my (?:approval|permission|consent){END}",
)
IS_REFUSED = any_of(
    rf"(?:^|[,:–—-] ?(?:so |therefore |and )?)(?:{IT} ?(?:\S*[0-9]\S* )?(?:is|has been|must be|has to be|should be|will be|stays|remains|'s) ?(?:hereby |therefore )?)?{DENIED}{TAIL}",
    rf"^(?:{REQUEST})(?: \S*[0-9]\S*)? {DENIED}{TAIL}",
    rf"^{IT} (?:isn't|cannot be|can't be|won't be|hasn't been) (?:approved|allowed|granted|permitted){TAIL}",
    rf"\b(?:it|that|this)(?:'s| is) (?:still )?a no(?: from \w+)?{END}",
    rf"^(?:on (?:reflection|second thoughts?)|having thought|after (?:some|careful|more) (?:thought|consideration))\b.*(?:[,:] ?no|rather not){END}",
    rf"^(?:no(?: (?:way|chance|go|approval|permission|consent))?(?: from (?:me|us|my side))?|nope|never|(?:absolutely |certainly |definitely |rather |i'd rather |i would rather )?not(?: (?:now|yet|today|this time))?){END}",
    rf"^(?:i )?(?:can't|cannot|can not|won't|unable to|not able to)(?: (?:do|approve))?(?: {IT})?{END}",
)
# In other languages the first person alone: "Ich lehne das ab", "No lo apruebo".
ABROAD = any_of(
    r"\b(?:ich lehne|wir lehnen) (?:das|es|dies|diese|die|den|deine|ihre)\b.*\bab\b",
    r"^\W*(?:\pL+\W+){0,2}(?:das|dies|die anfrage|den antrag) lehnen? (?:ich|wir) ab\b",
    r"^\W*(?:\pL+\W+)?(?:ich|wir) (?:kann|können|will|werde|werden) (?:das|dies|es|dem|die anfrage|den antrag) nicht (?:genehmigen|freigeben|erlauben|zustimmen)\b",
    r"\b(?:kann|werde|darf) ich (?:\pL+ ){0,2}?nicht (?:genehmigen|freigeben|erlauben)\b|\bmuss ich (?:\pL+ ){0,2}ablehnen\b|\b(?:genehmige|erlaube) ich nicht\b|^\W*(?:ich|wir) (?:genehmigen?|erlauben?) (?:das|dies|es|die anfrage|den antrag) nicht\b|\bich stimme (?:dem |dieser anfrage )?nicht zu\b|^\W*ich meinte deny\b",
    r"^\W*(?:ich bin (?:dagegen|nicht einverstanden)|dem stimme ich nicht zu|je ne suis pas d'accord|no estoy de acuerdo|non sono d'accordo|não concordo)\W*$",
    r"^\W*(?:désolé\W+)?(?:je|nous) (?:refuse|rejette|refusons)(?:\W*$| (?:cette|la|votre|sa) demande\b| (?:ça|cela)\b)|^\W*(?:désolé\W+)?je (?:n'approuve pas|ne peux pas approuver)\b",
    r"^\W*(?:lo siento\W+)?(?:lo |la )?(?:rechazo|deniego)(?:\W*$| (?:esta|la|su|tu) (?:solicitud|petición)\b)|^\W*(?:lo siento\W+)?no (?:lo |la )?(?:apruebo|autorizo)\b|^\W*(?:lo siento\W+)?no puedo aprobar",
    r"^\W*(?:lo |la )?rifiuto(?:\W*$| (?:la|questa|tua) richiesta\b)|^\W*(?:mi dispiace\W+)?non (?:(?:lo |la )(?:approvo|autorizzo)\b|posso approvar|(?:approvo|autorizzo)(?:\W*$| (?:la|questa|tua) richiesta\b))",
    r"^\W*(?:eu )?(?:recuso|rejeito)(?:\W*$| (?:este|o|esse) pedido\b)|^\W*não (?:o |posso )?(?:aprovo|aprovar|autorizo)\b",
    r"^\W*ik (?:weiger|wijs) (?:dit|dat|het|deze)\b|^\W*ik keur (?:dit|dat|het|deze aanvraag) (?:af|niet goed)\b|^\W*ik ga (?:hiermee |hier )?niet akkoord\W*$",
    r"^\W*jag (?:avslår|nekar|godkänner inte)\b|^\W*jeg (?:avslår|afviser|avviser|nekter|godkender ikke|godkjenner ikke)\b|^\W*(?:en|emme) hyväksy\b|^\W*hylkään\b",
    r"^\W*(?:odrzucam|odmawiam|nie zatwierdzam|nie zgadzam się|zamítám|odmítám|neschvaluji|nesouhlasím|elutasítom|nem hagyom jóvá|nu aprob|reddediyorum|onaylamıyorum)(?:\W|$)",
    r"^\W*(?:я )?(?:отклоняю|отказываю|не одобряю|не согласен|не согласна|не разрешаю|відхиляю|не схвалюю)(?:\W|$)",
    r"^\W*(?:我)?(?:不同意|不批准|拒绝|拒絕)\W*$|^\W*(?:却下します|承認しません|承認できません|拒否します)\W*$|(?:승인하지 않습니다|거절합니다|거부합니다)\W*$",
)


def without_lead(said: str) -> str:
    """A sentence, its apostrophes straight, without the "Sorry, Alice, but please" in front of it."""
    plain = straight(said).replace("*", "").replace("_", "")
    lead = LEAD.match(plain)
    is_kept = lead.group(1) and SAYS_ALL.search(lead.group(1))
    return plain[lead.start(1) if is_kept else lead.end() :]


def refuses_oneself(line: str) -> bool:
    """Whether a line says that its writer refuses: "I deny this", whatever follows."""
    said = straight(line)
    found = I_DENY.search(said) or I_DONT_APPROVE.search(said)
    if not found or LATER.search(said):
        return False
    return not ANOTHER.search(said[: found.start()])


def corrects(said: str) -> bool:
    """Whether a sentence says that the answer above it isn't what its writer meant."""
    return bool(CORRECTION.search(said) or TAKEN_BACK.search(without_lead(said)))


def takes_back(said: str) -> bool:
    """Whether a sentence below an approval takes it back, or refuses what it approves."""
    if said.strip(PUNCTUATION).upper() in DECISION_WORDS:
        return False  # one word alone is a comment like any other
    proper = without_lead(said)
    if any(each.search(proper) for each in (TAKEN_BACK, ORDERED, IS_REFUSED, ABROAD)):
        return True
    return refuses_oneself(said) or bool(CORRECTION.search(said) and SAYS_NO.search(said))
