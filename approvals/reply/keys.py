"""Which invitation a message names: a token in a recipient address, or a Message-ID we sent."""

import re2

from approvals.reply.addresses import NoAddress, domain_key, recipient_addresses
from approvals.reply.headers import Fields, values
from approvals.reply.reading import Keys

RECIPIENT_FIELDS = ("delivered-to", "to", "cc")
MESSAGE_ID = re2.compile(r"<[^<>\s\x00-\x20]{1,250}>")
TOKEN = re2.compile(r"^[a-z0-9]{1,64}$")
MAX_IDS = 100


def keys_of(fields: Fields, reply_address: str, recipients: tuple[str, ...]) -> Keys:
    """The keys of a message; subject, body, Reply-To and display names count for nothing."""
    written = list(recipients)
    for name in RECIPIENT_FIELDS:
        for value in values(fields, name):
            written += recipient_addresses(value)
    tokens = [token for address in written if (token := token_in(address, reply_address))]
    ids = []
    for name in ("in-reply-to", "references"):
        for value in values(fields, name):
            ids += ids_in(value)
    return Keys(tuple(dict.fromkeys(tokens)), tuple(dict.fromkeys(ids[:MAX_IDS])))


def ids_in(value: str) -> list[str]:
    """The Message-IDs in a field; RE2 takes no undecodable bytes, and none of our ids holds any."""
    return [str(found) for found in MESSAGE_ID.findall(value.encode("ascii", "replace").decode())]


def token_in(address: str, reply_address: str) -> str:
    """The token of one of our reply addresses, in lower case; "" for any other address."""
    local, _, domain = address.strip().rpartition("@")
    our_local, _, our_domain = reply_address.rpartition("@")
    try:
        ours = domain_key(domain) == domain_key(our_domain)
    except NoAddress:
        return ""
    before, plus, token = local.lower().partition("+")
    if not (ours and local.isascii() and plus and before == our_local.lower()):
        return ""
    return token if TOKEN.match(token) else ""
