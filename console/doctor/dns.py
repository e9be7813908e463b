"""What DNS says of the domain that replies go to, and of those that mail comes from."""

from collections.abc import Iterator

import dns.exception
import dns.resolver
from django.conf import settings

from approvals.models import ApprovalProcess
from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from foreign_systems.models import ForeignSystem

SECONDS = 3.0  # for one question
MAX_DOMAINS = 5  # of senders

NO_MX = Kind(
    "reply-domain-without-mx",
    Level.TROUBLE,
    "DNS has neither MX nor address records for {domain}, the domain of REPLY_ADDRESS.",
    "Mail servers can't deliver replies, so nothing is decided by email.",
    "Add an MX record for {domain} that names the mail server which hands replies to pmconsole.",
)
NO_SPF = Kind(
    "sender-without-spf",
    Level.WARNING,
    "DNS has no SPF record for {domain}, from which approval requests are sent.",
    "Receiving servers may take approval requests for spam or refuse them.",
    "Add a TXT record such as `v=spf1 include:YOUR-PROVIDER -all` that allows your SMTP server.",
)
NO_DMARC = Kind(
    "sender-without-dmarc",
    Level.WARNING,
    "DNS has no DMARC record for {domain}, from which approval requests are sent.",
    "Anybody can send approval requests that look like yours, and large providers distrust such mail.",
    "Add a TXT record at `_dmarc.{domain}` such as `v=DMARC1; p=quarantine; rua=mailto:…`.",
)
SILENT = Kind(
    "dns-silent",
    Level.NOTE,
    "The name server gives no answer about {domain}: {why}",
    "Whether its records are as they should be isn't known.",
    "Name one that answers: `manage.py doctor --only dns --name-server 192.0.2.53`.",
)


def look(options: Options) -> Iterator[Finding]:
    if settings.TRIAL:
        return
    ask = _Resolver(options.name_server)
    domain = settings.REPLY_ADDRESS.rpartition("@")[2]
    try:
        if not any(ask.records(domain, kind) for kind in ("MX", "A", "AAAA")):
            yield NO_MX.found(domain=domain)
        for sender in _sending_domains():
            domain = sender
            if not any(text.startswith("v=spf1") for text in ask.texts(domain)):
                yield NO_SPF.found(domain=domain)
            if not ask.has_dmarc(domain):
                yield NO_DMARC.found(domain=domain)
    except (dns.exception.DNSException, OSError, ValueError) as error:
        yield SILENT.found(domain=domain, why=error)


def _sending_domains() -> list[str]:
    own = (process.typed.from_address for process in ApprovalProcess.objects.all())
    servers = ForeignSystem.objects.smtp_servers()
    addresses = [*own, *(system.typed.from_address for system in servers)]
    domains = {address.rpartition("@")[2].lower() for address in addresses if address}
    return sorted(domains)[:MAX_DOMAINS]


class _Resolver:
    """Asks the system's name servers, or the one that is named as `address[:port]`."""

    def __init__(self, name_server: str) -> None:
        self._resolver = dns.resolver.Resolver(configure=not name_server)
        self._resolver.lifetime = SECONDS
        if name_server:
            host, _, port = (
                name_server.rpartition(":") if ":" in name_server else (name_server, "", "")
            )
            self._resolver.nameservers = [host]
            self._resolver.port = int(port or 53)

    def records(self, name: str, kind: str) -> list[str]:
        """The records of a name; none if it or they don't exist. Raises DNSException."""
        try:
            return [record.to_text() for record in self._resolver.resolve(name, kind)]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []

    def texts(self, name: str) -> list[str]:
        """TXT records, each as the one text that its pieces make, in lower case."""
        pieces = (text.strip('"').split('" "') for text in self.records(name, "TXT"))
        return ["".join(each).lower() for each in pieces]

    def has_dmarc(self, domain: str) -> bool:
        """RFC 7489, 6.6.3: the domain's own record, else one of a domain above it."""
        labels = domain.split(".")
        above = (".".join(labels[at:]) for at in range(len(labels) - 1))
        return any(
            text.startswith("v=dmarc1") for name in above for text in self.texts(f"_dmarc.{name}")
        )


CHECK = Check(
    "dns",
    "DNS of the reply domain and of senders",
    (NO_MX, NO_SPF, NO_DMARC, SILENT),
    look,
    seconds=30.0,
)
