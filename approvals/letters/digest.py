"""Several requests to one approver in one mail. Pure.

Each is said as its own mail says it, since whoever decides has to see what is decided; each has a reply
address and a link of its own. A reply to the digest itself decides nothing.
"""

from collections.abc import Sequence

from django.utils.safestring import mark_safe

from approvals.letters.compose import ADDRESS, OUR_WORDS, Draft, draft_of, values_of
from approvals.letters.facts import RequestFacts, Ways
from approvals.letters.kinds import DIGEST, REQUEST
from approvals.letters.render import Values, html_of, text_of

MAX_REQUESTS = 8  # of one digest: Gmail cuts a mail at 102 KB


def digest(asked: Sequence[tuple[RequestFacts, Ways, str]]) -> Draft:
    """The digest of these requests: what is asked, how to answer, and why this approver is asked."""
    values: list[Values] = [
        values_of(REQUEST, facts, ways=ways, why_asked=why) | OUR_WORDS | {"in_digest": True}
        for facts, ways, why in asked
    ]
    count = len(values)
    counted = f"{count} requests need" if count > 1 else "1 request needs"
    # Rendered from our own template, which has escaped every value.
    entries_html = [mark_safe(html_of("asked.html", each)) for each in values]  # noqa: S308
    takes_replies = any(ways.reply_to for _, ways, _ in asked)
    return draft_of(
        DIGEST,
        {
            "counted": f"{counted} your approval",
            "address": ADDRESS,
            "takes_replies": takes_replies,
        },
        text_only={"entries": [text_of("asked.txt", each).rstrip("\n") for each in values]},
        html_only={"entries": entries_html},
    )
