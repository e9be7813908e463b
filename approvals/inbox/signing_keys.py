"""The public keys of DKIM signatures, from the DNS."""

import time
from collections.abc import Callable
from typing import Final

import dns.exception
import dns.name
import dns.resolver

LOOKUP_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 60.0  # after a failure: mail that waits shall not hold up other mail


class SigningKeys:
    """Looks keys up: `SigningKeys()(name)` is the TXT record of a name, "" if there is none."""

    def __init__(
        self,
        resolver: dns.resolver.Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver = resolver
        self._clock = clock
        self._away_until: dict[dns.name.Name, float] = {}

    def __call__(self, name: str) -> str:
        """Raises DNSException if it can't be told now; at once for a minute after a failure.

        A failure says nothing of other names of the same domain: the selector is the sender's choice,
        and one that upsets a name server shall not hold up the mail of everybody else.
        """
        try:
            query = dns.name.from_text(f"{name}.")
        except (dns.exception.DNSException, UnicodeError):
            return ""  # too long, or no name at all: there can be no key
        if self._clock() < self._away_until.get(query, 0.0):
            raise dns.exception.Timeout
        try:
            self._resolver = self._resolver or dns.resolver.Resolver()
            found = self._resolver.resolve(query, "TXT", lifetime=LOOKUP_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ""
        except dns.exception.DNSException:
            self._pause(query)
            raise
        # Of several records nobody knows which one is the key (RFC 6376, 3.6.2.2).
        records = [b"".join(record.strings) for record in found]
        return records[0].decode("utf-8", "replace") if len(records) == 1 else ""

    def _pause(self, query: dns.name.Name) -> None:
        now = self._clock()
        lasting = {name: until for name, until in self._away_until.items() if now < until}
        self._away_until = {**lasting, query: now + PAUSE_SECONDS}
