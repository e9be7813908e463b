"""The audit trail's signed heads as a report: an e-mail task keeps them in somebody's mailbox."""

import json
from collections.abc import Iterator

from core.audit.models import Anchor
from core.reports import MAX_ROWS, Column, Parameters, Report, Row, register


def signed_heads(parameters: Parameters) -> Iterator[Row]:
    """Those anchored in the period, the newest first. The last column is a line of an anchor file."""
    period = (parameters.since, parameters.until)
    found = Anchor.objects.filter(anchored_at__gte=period[0], anchored_at__lt=period[1])
    for anchor in found.order_by("-sequence")[:MAX_ROWS]:
        yield anchor.anchored_at, anchor.sequence, json.dumps(anchor.head)


register(
    Report(
        key="signed-audit-heads",
        name="Signed Audit Heads",
        description="Where the audit trail ended on each day, signed. Kept in a mailbox, they prove "
        "that the trail wasn't rewritten: save them as lines of a file for verify_audit --anchors.",
        columns=(Column("Signed", "time"), Column("Entry", "number"), Column("Signed Head")),
        rows=signed_heads,
        takes_policy=False,
    )
)
