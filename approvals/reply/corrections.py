# ruff: noqa: E501, RUF001 - patterns, an alternative in each line
"""Sentences below an answer that take it back, or leave the decision open."""

from approvals.reply.refusals import ANOTHER, END, IT, POLITE
from approvals.reply.words import any_of, is_negated, words_of

# Who says so corrects the line above, if he also denies.
CORRECTION = any_of(
    r"\bi (?:meant|mean)\b",
    r"\bauto-?correct",
    r"\b(?:scratch|strike|scrap|undo) (?:that|this|it)\b",
    r"\bon second thoughts?\b",
    r"\b(?:just|only) kidding\b",
    r"\bcorrection\b",
    r"\btypo\b",
    r"\bwrong (?:word|button|answer|line)\b",
    r"\b(?:my|a) mistake\b",
    r"^\W*mistake\b",
    r"\bchanged my mind\b",
    r"^\W*(?:p\W?s\W+)?(?:hm+\W+)?(?:no\W+)?(?:oops|sorry|wait|actually|edit|update)\b",
)
DENIAL = any_of(
    r"\b(?:deny|denied|reject|rejected|declined?|refused?)\b",
    r"\bno(?:\W*$|[.!])",
    r"\b(?:don't|not)\W*$",
    r"\b(?:not|never|don't) (?:approved?|allow|allowed|grant|granted|run|do)\b",
)
APPROVAL = any_of(
    r"\b(?:approved?|allow|granted?|yes)\W*$",
    r"\b(?:please|wanted to|actually) (?:approve|allow)\b",
    r"\bapprove,? please\b",
    r":\W*(?:approved?|allow|granted?|yes)\b",
    r"\b(?:can|may) have it\b",
    r"\b(?:meant|want|wanted) to (?:approve|allow|grant)\b",
)
REVISED = any_of(
    r"\bchanged my mind\b",
    r"^\W*(?:update|edit|korrektur|final answer)\b",
)
MEANT = any_of(
    rf"(?:^\W*|\bi (?:\S+ )?)(?:meant|wanted|intended)(?: to)?(?: (?:write|say|type|answer|reply|send|press|click))? (?:deny|denied|reject|rejected|refuse|decline|no)(?: {IT})?{END}",
    r"\bshould (?:be|have been|read|say)(?: an?)? (?:deny|denied|rejected?|denial|rejection|no)\b",
    r"[^\W_].*[,:–—-] ?(?:deny|denied|reject|rejected|decline|declined)\W*$",
    r"^\W*(?:update|edit|korrektur|final answer)\W+(?:deny|denied|reject|rejected|declined?)\b",
    r"\b(?:answer|decision|verdict|vote|status)(?:'s| is| was| ?[:=])? ?(?:an? )?(?:no|deny|denied|rejected|negative)\b",
    r"(?:^|[,:;.–—-] ?|\b(?:so|but|must|to) )(?:i )?(?:say|vote) no(?:\W*$| to (?:it|this|that|the request)\b)",
    r"\b(?:is|was)(?:n't| not) (?:an? |my )?approval\W*$",
    r"\b(?:is|was) (?:an? |my )?(?:denial|rejection|refusal)\W*$",
)
IGNORED = any_of(
    r"\b(?:ignore|disregard|forget|undo|reverse|revert|discard|don't count|do not count) (?:the |my |what )?(?:above|line above|word above|answer|approval|i (?:wrote|said))\b",
    r"^\W*(?:sorry\W+)?(?:i )?(?:approved?|hit|pressed|clicked|answered)\b.*\b(?:by (?:accident|mistake)|accidentally)\b",
    r"^\W*(?:sorry\W+)?(?:this was |it was )?(?:sent accidentally|accidentally sent)\W*$",
    r"\bi accidentally (?:approved|hit|pressed|clicked|answered)\b",
    r"\banswered wrong(?:ly)?\b",
    r"\bsent too (?:early|soon)\b",
    r"^\W*(?:this|it|that) (?:does not|doesn't) count\b",
    r"\b(?:isn't|is not|not) my (?:answer|decision|approval)\b",
    r"^\W*(?:please )?disregard(?: this| that)?(?:\W*$|[,.!])",
    r"\bsent (?:by|in) (?:mistake|error)\b",
    r"^\W*(?:wh?)?oo+ps\W*$",
    r"\bwrong (?:button|mail|e-?mail|request|answer|window|thread|chat)\b",
    r"\bfor another request\b",
    r"\b(?:is|was|that's) for (?:the other|a different) (?:one|request|ticket|e-?mail)\b",
    r"^\W*(?:forget it|never ?mind)(?:\W*$|[,.;!])",
    r"^\W*jk\W*$",
    r"\blike to recall the message\b",
    r"^\W*(?:please )?(?:undo|reverse|revert|discard|don't count|do not count) (?:this|that|it)\b",
    r"^\W*cancel (?:this|that|it)\W*$",
    r"^\W*(?:(?:sorry|oops)\W+)?(?:(?:this|that|it) was )?meant for\b",
    r"^\W*ignore (?:that|this)\b",
    r"\btake (?:it|that|this) back\b",
)
# "Lee's consent is required", but "No further approval is needed".
REQUIRED = any_of(
    r"\b\S+ (?:consent|approval|okay|sign-?off) (?:is )?(?:still )?(?:required|needed|missing|pending)\b"
)
# Somebody else has to decide, or she herself hasn't yet.
UNDECIDED = any_of(
    r"\bstill (?:thinking|deciding|checking)\b",
    r"\b(?:hold on|wait|actually)\b.{0,20}\bi (?:still )?(?:need|have|want) to\b",
    rf"{POLITE}(?:hold (?:off|on)|wait (?:until|till|before|with)|wait for (?:\S+ ){{0,2}}(?:ok|okay|approval|consent|go|call|answer|reply|confirmation|decision|sign-?off|permission|me|us|him|her)\b)",
    rf"{POLITE}let(?:'s| us) (?:wait|discuss|talk|think)(?: (?:about |over )?(?:this|it|that))?(?: first| later| tomorrow)?(?:\W*$| (?:for|until|till|before)\b)",
    r"\b(?:let me|(?:i|we)(?:'ll| will| must|(?: still| first)? (?:need|have|want) to)) (?:first )?(?:ask|check|talk|speak|think|discuss|consult|verify)\b.*\bfirst\W*$",
    r"\b(?:i|we) still (?:need|have|want) to (?:ask|check|talk|speak|think|discuss|consult|decide)\b",
    r"\b(?:i'll|i will|i have to|i need to|let me) think (?:about|over) (?:this|it|that)\b",
    r"\b(?:i|we) (?:have not|haven't) decided\b",
    r"\bi(?:'m| am) having (?:doubts|second thoughts)\b",
    r"\bi(?:'m| am) (?:still )?(?:not (?:sure|certain|convinced)|unsure|undecided)(?: yet| about (?:this|it|that)(?: one)?| (?:if|whether) (?:i|we) (?:can|should|may)\b.*)?\W*$",
    r"\bi (?:still )?have (?:(?:my|some|serious|strong|big|second) )?(?:doubts|concerns|second thoughts)(?: (?:about|with) (?:this|it|that)(?: one)?)?\W*$",
    r"\b(?:i|we)(?:'m| am|'ve| have| are)? ?(?:vote|decide|decided|voted)? ?against (?:this|it|that|(?:the|your|her|his) request)\b",
    r"\b(?:must|has to|have to|needs to|should) (?:\S+ )?(?:agree|approve|decide|okay|ok|sign off)(?: (?:first|this|that|it|too|as well|to (?:it|this)))*\W*$",
    r"^\W*(?:but )?(?:this |it |still )*(?:needs|requires) \S+ (?:consent|approval|okay|ok|sign-?off)\b",
    r"^\W*(?:please )?get \S+ (?:consent|approval|okay|ok|sign-?off)\b",
    r"\bi(?:'m| am) not (?:the right|allowed|entitled|authori[sz]ed|in charge)(?: (?:person|approver|one))?(?:\W*$| (?:here|for|to (?:approve|decide|allow|grant|do))\b)",
    r"\bno authority\b",
    r"^\W*(?:please )?(?:ask|check with|talk to) \S+ (?:first|before (?:\S+ )?(?:run|start|install|do|running|starting|installing|doing)) ?(?:it|this)?\W*$",
    r"^\W*(?:please )?first (?:ask|check|get \S+ (?:ok|okay|approval|consent))\b",
    r"\blet \S+ (?:decide|approve)\b",
    r"\b\S+ (?:decides|has the final (?:word|say))\W*$",
    r"\bis \S+'s decision\b",
    r"\bis for \S+ to decide\b",
    r"\bleave (?:this|it|that|the decision) to\b",
    r"\bforwarded (?:this |it )?to (?:\S+ ){1,3}for (?:approval|a decision)\b",
    r"\bis (?:that|this|it) (?:right|correct|what (?:i|you))\b.*[?]",
    r"\b(?:should|do) i(?: just)? (?:write|type|approve)\b.*[?]",
    r"^\W*should i[?]",
    r"^\W*or (?:should|shall) .*[?]",
    r"\b(?:i|we) (?:don't|do not) (?:want|like) (?:this|it|that|her|him|them|anybody|anyone)\b(?:\W*$| to (?:run|have|install|use|start)\b)",
)


def takes_back(said: str, after: str) -> bool:
    """Whether a sentence below an approval, its apostrophes straight, says that it was none.

    `after` is the next sentence: "Sorry, wrong word. Denied."
    """
    if IGNORED.search(said) or MEANT.search(said) or UNDECIDED.search(said):
        return True
    words = words_of(said)
    if REQUIRED.search(said) and not ("no" in words or is_negated(said, words)):
        return True
    both = f"{said} {after}"
    return bool(CORRECTION.search(said) and DENIAL.search(both)) and not ANOTHER.search(both)


def approves_after_all(said: str) -> bool:
    """Whether a text below a denial corrects it, if it also approves."""
    return bool(CORRECTION.search(said) or IGNORED.search(said) or REVISED.search(said))
