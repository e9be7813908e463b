"""What a message's head proves: who sent it, what vouches for that, and what nobody has changed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from approvals.reply.addresses import Address, NoAddress, address_of, one_address
from approvals.reply.authentication import (
    Results,
    Verdict,
    authenticate,
    results_of,
    sent_internally,
)
from approvals.reply.coverage import EVERYTHING, Coverage, coverage_of
from approvals.reply.dkim_signatures import covered_by_verified
from approvals.reply.headers import values
from approvals.reply.keys import keys_of
from approvals.reply.named import our_addresses, without_tag
from approvals.reply.parts import Part
from approvals.reply.reading import Invited, Keys, MailboxRules

Find = Callable[[Keys], Invited | None]


class Refused(Exception):
    """Nothing proves that the sender is the invited person; the message says why."""


@dataclass(frozen=True)
class Origin:
    """What a message's head proves: what our server found, and which fields nobody has changed.

    `named` are the keys that it names, `proven` those of them that only its author can have named.
    `reply_address` is ours, without a token.
    `is_signed`: a signature of its author's domain was verified here. `is_internal`: our server says
    that one of its own signed-in users sent it.
    """

    results: Results
    coverage: Coverage
    named: Keys
    proven: Keys
    reply_address: str
    is_signed: bool = False
    is_internal: bool = False

    @classmethod
    def of(
        cls,
        raw: bytes,
        message: Part,
        named: Keys,
        rules: MailboxRules,
        invited: Invited | None,
    ) -> "Origin":
        """What speaks for a message to `invited`. Raises KeyUnavailable."""
        fields = message.fields
        results = results_of(fields, rules)
        domain = _common_domain(message, invited)
        find_key = rules.dkim_key if domain else None
        signed = covered_by_verified(raw, fields, domain, find_key) if find_key else ()
        internal = bool(domain) and sent_internally(fields, rules, domain)
        coverage = EVERYTHING if internal else coverage_of(fields, results, rules, signed)
        proven = named
        if coverage.names is not None:
            proven = keys_of(coverage.of(fields), rules.reply_address, ())
        return cls(
            results,
            coverage,
            named,
            proven,
            rules.reply_address,
            is_signed=bool(signed),
            is_internal=internal,
        )

    def authenticate(self, domain: str) -> Verdict:
        """Whether anything proves that the mail really comes from `domain`."""
        verdict = authenticate(self.results, domain)
        if verdict.holds or verdict.doubtful:
            return verdict
        if self.is_signed:
            return Verdict(True, proof="its DKIM signature was verified")
        if self.is_internal:
            return Verdict(True, proof="our mail server marked it as internal")
        return verdict

    def is_addressed_to(self, invited: Invited, find: Find) -> bool:
        """Whether the author wrote to the invitation's address, or in reply to an email of it, to us."""
        if self.proven.addressed:
            return True
        ids = self.proven.replied_to if self.coverage.holds("in-reply-to") else ()
        replied_to = find(Keys((), ids)) if ids else None
        if replied_to is None or replied_to.id != invited.id:
            return False
        # Whoever got our email may have given its Message-ID to his own: the answer went to him then.
        ours = our_addresses(invited, self.reply_address)
        written_to = {without_tag(each.lower()) for each in self.proven.written_to}
        return not (invited.sent_from and ours.isdisjoint(written_to))

    @property
    def answered(self) -> str:
        """The Message-ID of the one email that the author replied to, "" if nothing proves it."""
        return self.proven.answered if self.coverage.holds("in-reply-to") else ""

    @property
    def why_unaddressed(self) -> str:
        """Why it wasn't written to us, or why that can't be told."""
        claimed = (self.named.addressed, self.named.message_ids)
        if claimed == (self.proven.addressed, self.proven.message_ids):
            return "It wasn't written to us: neither To nor Cc holds the reply address."
        return (
            "Nothing proves that it was written to us: the sender's DKIM signature doesn't cover "
            "the field that names us (To, Cc, In-Reply-To or References), and SPF didn't pass."
        )


def author_of(message: Part) -> Address:
    """The one address of the one From field. Raises Refused."""
    found = values(message.fields, "from")
    if len(found) != 1:
        raise Refused(f"It has {len(found)} From fields instead of one.")
    try:
        return one_address(found[0])
    except NoAddress as error:
        raise Refused(f"Its From field is refused: {error}.") from None


def _common_domain(message: Part, invited: Invited | None) -> str:
    """The domain of author and invited one, if it is the same; nobody else's mail costs a look-up."""
    with suppress(Refused, NoAddress):
        domain = author_of(message).domain
        return domain if invited and address_of(invited.address).domain == domain else ""
    return ""
