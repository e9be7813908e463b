"""Which fields of a message nobody can have changed on its way (DKIM, RFC 6376).

Whoever has a signed message can send it on, and a signature protects only the fields that it names: one
that it doesn't name can be added or exchanged. Where the sender's own server handed the message over
for the sender (SPF), nobody had it in between.
"""

from dataclasses import dataclass

import re2
from authres.core import AuthenticationResult

from approvals.reply.addresses import Address, NoAddress, domain_key, one_address
from approvals.reply.authentication import Results, domains_of
from approvals.reply.dkim_signatures import tags_of
from approvals.reply.headers import Fields, values
from approvals.reply.reading import MailboxRules


@dataclass(frozen=True)
class Coverage:
    """`names` are the protected fields in lower case, None for all; `body`: whether all of it is."""

    names: frozenset[str] | None = None
    body: bool = True

    def holds(self, name: str) -> bool:
        return self.names is None or name in self.names

    def of(self, fields: Fields) -> Fields:
        """The protected ones among the fields."""
        return tuple(field for field in fields if self.holds(field[0]))


MAX_SIGNATURES = 50
SIGNED_ADDRESS = re2.compile(r"^(?:prvs|btv1)=+[^=]+=+")  # in front of "dana@example.com"
EVERYTHING = Coverage()
NOTHING = Coverage(frozenset(), body=False)


def coverage_of(
    fields: Fields,
    results: Results,
    rules: MailboxRules,
    verified: tuple[frozenset[str], ...] = (),
) -> Coverage:
    """What is protected of a message. Of one that isn't proven to be its author's it says nothing.

    Our server says who passed, and mostly not by which signature. So all signatures that may be the
    one count, and only what each of them covers: one that somebody added makes it less, never more.
    Where signatures were verified here, it is known: `verified` are the fields of each that holds.
    """
    try:
        author = one_address(values(fields, "from")[0])
    except (IndexError, NoAddress):
        return EVERYTHING
    signatures = values(fields, "dkim-signature")
    if len(signatures) > MAX_SIGNATURES:
        return NOTHING
    signed = [_signature(value, author.domain) for value in signatures]
    known_by = [coverage for coverage in signed if coverage is not None]
    passed = [each for each in results.found if (each.method, each.result) == ("spf", "pass")]
    if not known_by or any(_came_from(each, author) for each in passed):
        return EVERYTHING
    if verified:
        return Coverage(frozenset().union(*verified))
    return Coverage(
        names=frozenset.intersection(*(each.names or frozenset() for each in known_by)),
        body=all(each.body for each in known_by),
    )


def _came_from(result: AuthenticationResult, author: Address) -> bool:
    """Whether SPF says that the author's server sent the message for the author: a colleague's mail comes
    from there too. Some servers name the domain alone; some gateways sign the address (BATV)."""
    local = [str(item.value).strip('<"').rpartition("@")[0].strip('"') for item in result.properties
             if (item.type, item.name) == ("smtp", "mailfrom")]  # fmt: skip
    plain = (SIGNED_ADDRESS.sub("", each.lower()) for each in local)
    is_hers = all(each in ("", author.local.lower()) for each in plain)
    return is_hers and domains_of(result, "smtp", "mailfrom") == [author.domain]


def _signature(value: str, author: str) -> Coverage | None:
    """What a DKIM-Signature covers; None if it is of another organisation than the author's.

    A domain and those above and below it share their last two labels at least.
    """
    found = tags_of(value)
    try:
        domain = domain_key(found.get("d", ""))
    except NoAddress:
        return NOTHING
    if domain.split(".")[-2:] != author.split(".")[-2:]:
        return None
    return Coverage(frozenset(found.get("h", "").lower().split(":")), body="l" not in found)
