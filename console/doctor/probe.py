"""A message to our own reply address and back, if the operator wants one to be sent."""

from collections.abc import Iterator

from approvals.inbox.probes import follow, send_probe
from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from foreign_systems.models import ForeignSystem

_MEND = "{advice} `manage.py check_smtp --send-probe` tries it again."
_WRONG = "{headline}."

NOT_SENT = Kind(
    "probe-not-sent", Level.TROUBLE, _WRONG, "Approvers aren't asked by email either.", _MEND
)
NOT_DELIVERED = Kind(
    "probe-not-delivered", Level.TROUBLE, _WRONG, "Replies of approvers don't arrive either.", _MEND
)
NO_PLUS = Kind(
    "plus-addresses-not-delivered",
    Level.TROUBLE,
    _WRONG,
    "Replies of approvers bounce: each has an address with a plus part.",
    _MEND,
)
UNPROVEN = Kind(
    "probe-unproven", Level.TROUBLE, _WRONG, "Replies of approvers arrive and are rejected.", _MEND
)
NO_BOUNCE = Kind(
    "bounce-addresses-not-delivered",
    Level.WARNING,
    _WRONG,
    "Nobody hears of approval emails that a mail server sends back, and nobody else is asked instead.",
    _MEND,
)
KINDS = (NOT_SENT, NOT_DELIVERED, NO_PLUS, NO_BOUNCE, UNPROVEN)


def look(options: Options) -> Iterator[Finding]:
    server = ForeignSystem.objects.default()
    if not options.send_probe or server is None:
        return
    verdict = follow(send_probe(server), seconds=options.probe_within)
    for kind in KINDS:
        if kind.key == verdict.key:
            yield kind.found(headline=verdict.headline, advice=verdict.advice)


CHECK = Check("probe", "A message to the reply address and back", KINDS, look, seconds=150.0)
