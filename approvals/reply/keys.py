"""Which invitation a message names: a token in a recipient address, or a Message-ID we sent.

Signed mail doesn't bind its envelope: whoever has a message can send it on to a reply address, with
the signature intact. So tokens that its author wrote to are told apart from those of the road it took.
"""

from itertools import islice

import re2

from approvals.reply.addresses import NoAddress, domain_key, recipient_addresses
from approvals.reply.headers import Fields, values
from approvals.reply.limits import MAX_RECIPIENTS, TooMuch
from approvals.reply.reading import Keys
from core.addresses import bounce_address

MESSAGE_ID = re2.compile(r"<[^<>\s\x00-\x20]{1,250}>")
TOKEN = re2.compile(r"^[a-z0-9]{1,64}$")
MAX_IDS = 100


def keys_of(fields: Fields, reply_address: str, recipients: tuple[str, ...]) -> Keys:
    """The keys of a message; subject, body, Reply-To, Bcc and display names count for nothing.

    A field that may occur once (RFC 5322, 3.6) and occurs twice wasn't written by one author: of
    two To fields a signature covers the lower one only, so no token in them counts as addressed.
    Raises TooMuch.
    """
    on_the_way = list(recipients)
    written: list[str] = []
    for name in ("delivered-to", "to", "cc"):
        found = values(fields, name)
        addresses = [address for value in found for address in recipient_addresses(value)]
        (written if name != "delivered-to" and len(found) == 1 else on_the_way).extend(addresses)
    if len(on_the_way) + len(written) > MAX_RECIPIENTS:
        raise TooMuch("The message has too many recipients.")
    returned = bounce_address(reply_address)
    tokens = [
        [token for address in addresses if (token := token_in(address, reply_address))]
        for addresses in (on_the_way, written)
    ]
    replied_to, thread = (
        found[0] if len(found := values(fields, name)) == 1 else ""
        for name in ("in-reply-to", "references")
    )
    # References hold every mail of the thread, the one that was answered last (RFC 5322, 3.6.4). They
    # tell only where In-Reply-To is missing: one that says nothing may have been added so that they do.
    nearest = replied_to if values(fields, "in-reply-to") else f"<{thread.rpartition('<')[2]}"
    return Keys(
        tokens=tuple(dict.fromkeys([*tokens[0], *tokens[1]])),
        message_ids=tuple(dict.fromkeys([*ids_in(replied_to), *ids_in(thread)][:MAX_IDS])),
        addressed=tuple(dict.fromkeys(tokens[1])),
        returned=tuple(
            dict.fromkeys(
                token
                for address in [*on_the_way, *written]
                if (token := token_in(address, returned))
            )
        ),
        replied_to=tuple(ids_in(nearest)),
        answered=nearest if ids_in(nearest) == [nearest] else "",
        written_to=tuple(written),
    )


def ids_in(value: str) -> list[str]:
    """The Message-IDs in a field; RE2 takes no undecodable bytes, and none of our ids holds any."""
    found = MESSAGE_ID.finditer(value.encode("ascii", "replace").decode())
    return [str(match.group(0)) for match in islice(found, MAX_IDS)]


def token_in(address: str, reply_address: str) -> str:
    """The token of one of our reply (or bounce) addresses, in lower case; "" for any other address."""
    local, _, domain = address.strip().rpartition("@")
    our_local, _, our_domain = reply_address.rpartition("@")
    before, plus, token = local.lower().partition("+")
    if not (local.isascii() and plus and before == our_local.lower() and TOKEN.match(token)):
        return ""
    try:
        return token if domain_key(domain) == domain_key(our_domain) else ""
    except NoAddress:
        return ""
