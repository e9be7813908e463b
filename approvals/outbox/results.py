"""Recording what the server said, and what it means for the mail and for its destination."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from approvals.models import DeliveryAttempt, OutgoingMail
from core.alerts.services import raise_alert
from foreign_systems.circuits import close_circuit, open_circuit
from foreign_systems.models import ForeignSystem
from foreign_systems.smtp import Answer, Blame, Kind

FIRST_WAIT = timedelta(seconds=30)
MAX_WAIT = timedelta(minutes=30)
AFTER_UNKNOWN = timedelta(minutes=1)
State = OutgoingMail.State


@dataclass(frozen=True)
class Result:
    """What became of one claimed mail. No answer: it was not tried and is free again."""

    mail: OutgoingMail
    answer: Answer | None
    saw_starttls: bool = False


def record_results(server: ForeignSystem, results: list[Result]) -> None:
    """Store these results in one transaction; a mail whose lease was lost is left alone."""
    now = timezone.now()
    with transaction.atomic():
        for result in results:
            _record(server, result, now)
    _update_circuit(server, results)


def _record(server: ForeignSystem, result: Result, now: datetime) -> None:
    mail, answer = result.mail, result.answer
    mine = OutgoingMail.objects.filter(pk=mail.pk, lease=mail.lease)
    free: dict[str, Any] = {"lease": None, "lease_until": None}
    if answer is None:
        mine.update(**free)
        return
    change = _outcome(mail, answer, now)
    if not mine.update(**free, **change, last_answer=answer.text[:1000]):
        return
    DeliveryAttempt.objects.create(
        mail=mail,
        at=now,
        outcome=change["state"],
        server_name=server.name,
        code=answer.code,
        answer=answer.text[:1000],
    )
    if change["state"] == State.FAILED:
        raise_alert(
            key=f"mail:{mail.pk}",
            text=f"An email to {mail.recipient} couldn't be delivered: {answer.text}"[:500],
            link=f"/approvals/{mail.request}/" if mail.request else "",
        )


def _outcome(mail: OutgoingMail, answer: Answer, now: datetime) -> dict[str, Any]:
    """The columns that one answer changes."""
    if answer.kind is Kind.SENT:
        return {"state": State.SENT, "finished_at": now, "tries": mail.tries + 1}
    if answer.kind is Kind.FAILED:
        return {"state": State.FAILED, "finished_at": now, "tries": mail.tries + 1}
    if answer.kind is Kind.UNKNOWN:
        if mail.state == State.UNKNOWN:  # tried once more, and again no word
            return {"state": State.FAILED, "finished_at": now, "tries": mail.tries + 1}
        return {"state": State.UNKNOWN, "due_at": now + AFTER_UNKNOWN, "tries": mail.tries + 1}
    # Deferred. An unknown one stays unknown: it may have arrived, and gets one more try only.
    state = State.UNKNOWN if mail.state == State.UNKNOWN else State.DEFERRED
    if answer.blame is Blame.DESTINATION:
        return {"state": state}  # the circuit says when; the mail's own tries are untouched
    due = now + _wait(mail.tries, answer)
    if due > mail.not_after:
        return {"state": State.FAILED, "finished_at": now, "tries": mail.tries + 1}
    return {"state": state, "due_at": due, "tries": mail.tries + 1}


def _wait(tries: int, answer: Answer) -> timedelta:
    """30 s, doubled with each try up to 30 min, ±20 % so that mails don't march in step."""
    grown = min(FIRST_WAIT * (1 << min(tries, 10)), MAX_WAIT)
    jittered = grown * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    return max(jittered, timedelta(seconds=answer.wait_at_least or 0))


def _update_circuit(server: ForeignSystem, results: list[Result]) -> None:
    """A destination that answered is well; one that failed gets its circuit opened once."""
    tried = [(result, result.answer) for result in results if result.answer is not None]
    failed = [
        answer
        for _, answer in tried
        if answer.blame is Blame.DESTINATION and answer.kind is not Kind.SENT
    ]
    if failed:
        worst = next((answer for answer in failed if answer.alert), failed[0])
        slowly = worst.code == 535
        open_circuit(server, reason=worst.text, alert=worst.alert, slowly=slowly)
    elif tried:
        close_circuit(server, saw_starttls=any(result.saw_starttls for result, _ in tried))
