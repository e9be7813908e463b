"""The mail of a soak: what is sent, the server that takes it, and what must be true in the end."""

import random
import threading
import time
from collections import Counter
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from approvals.models import MailDraft, OutgoingMail
from core.alerts.models import Alert
from core.ids import uuid7
from foreign_systems.models import Circuit
from tests.factories import make_request, make_smtp_server
from tests.faults.soak import MESSAGE_ID
from tests.foreign_systems.scripted_server import CLOSE, Action, ScriptedServer


class Server(ScriptedServer):
    """Takes its time for each mail; refuses some for now, and leaves some final dots unanswered."""

    def __init__(self, numbers: random.Random, seconds: float) -> None:
        super().__init__()
        self._numbers, self._seconds = numbers, seconds
        self._counting = threading.Lock()
        self.taken: list[bytes] = []
        self.ambiguous = 0

    def next_action(self, step: str) -> Action:
        if step != "end":
            return super().next_action(step)
        time.sleep(self._seconds)
        with self._counting:
            draw = self._numbers.random()
            if draw < 0.02:
                return "451 4.3.0 later"
            return CLOSE if draw < 0.03 else super().next_action(step)

    def note(self, message: bytes, action: Action) -> None:
        with self._counting:
            if not (isinstance(action, str) and action.startswith("4")):
                self.taken.append(message)
                self.ambiguous += action is CLOSE

    def report(self, deaths: int) -> dict[str, Any]:
        """What was seen, and whether it may be so (I1, I2)."""
        ids = Counter(MESSAGE_ID.search(raw)[1].decode() for raw in self.taken)  # type: ignore[index]
        different = sum(
            1
            for key, times in ids.items()
            if times > 1 and len({raw for raw in self.taken if key.encode() in raw}) > 1
        )
        rows = dict(OutgoingMail.objects.values_list("message_id", "state"))
        leased = OutgoingMail.objects.filter(lease__isnull=False).count()
        failed = [mail.pk for mail in OutgoingMail.objects.filter(state="failed")]
        hidden = [pk for pk in failed if not Alert.objects.filter(key=f"mail:{pk}").exists()]
        lost = [key for key, state in rows.items() if state == "sent" and key not in ids]
        seen: dict[str, Any] = {
            "messages": len(rows),
            "states": dict(Counter(rows.values())),
            "lost": len(lost),
            "unknown to us": len(set(ids) - set(rows)),
            "duplicates": sum(ids.values()) - len(ids),
            "deaths": deaths,
            "ambiguous dots": self.ambiguous,
            "duplicates that differ": different,
            "leases left by SIGTERM": leased,
            "failed and not shown": len(hidden),
        }
        none = ("lost", "unknown to us", "duplicates that differ", "leases left by SIGTERM")
        seen["holds"] = (
            set(rows.values()) <= {"sent", "failed"}
            and not any(seen[name] for name in (*none, "failed and not shown"))
            and seen["duplicates"] <= deaths + self.ambiguous
        )
        return seen


def world(port: int) -> None:
    """An SMTP server with one connection a worker, and a request whose mails are sent many times."""
    make_smtp_server(port, timeout=3.0, connection_limit=1)
    make_request(to_addresses=("first@example.com",))


def fill(count: int) -> None:
    """So many mails more, each of its own Message-ID."""
    mail = OutgoingMail.objects.order_by("pk")[0]
    now = timezone.now()
    rows = []
    for _ in range(count):
        identity = uuid7()
        rows.append(
            OutgoingMail(
                id=identity,
                request=mail.request,
                invitation=mail.invitation,
                purpose=mail.purpose,
                recipient=f"approver{identity.hex[-8:]}@example.com",
                message_id=f"<{identity.hex}@pm.example.com>",
                draft=MailDraft.objects.get(pk=mail.draft_id),
                due_at=now,
                not_after=mail.not_after,
                created_at=now,
                trace=mail.trace,
            )
        )
    OutgoingMail.objects.bulk_create(rows)


def finish_pauses(*, leases: bool = True) -> None:
    """Let the time pass that mail waits: the rows move, not the clock. Leases only of the dead."""
    waiting = OutgoingMail.objects.unfinished()
    if leases:
        waiting.update(lease_until=timezone.now())
    waiting.filter(lease__isnull=True).update(due_at=timezone.now())
    Circuit.objects.filter(next_probe_at__isnull=False).update(next_probe_at=timezone.now())


def open_rows() -> int:
    """How many mails haven't ended."""
    try:
        return OutgoingMail.objects.unfinished().count()
    except OperationalError:
        connection.close()
        return 1
