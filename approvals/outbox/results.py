"""Recording what the server said, and what it means for the mail and for its destination."""

import random
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from approvals.letters.kinds import DIGEST, REQUEST
from approvals.models import DeliveryAttempt, OutgoingMail
from approvals.outbox.claim import ClaimedMail
from approvals.reply.secrets import Mask
from core.alerts.services import close_alerts, raise_alert
from core.metrics import Counter, Duration
from foreign_systems.circuits import close_circuit, give_probe_back, open_circuit
from foreign_systems.models import ForeignSystem
from foreign_systems.smtp import Answer, Blame, Kind

ATTEMPTS = Counter(
    "pmconsole_mail_attempts",
    "Tries to hand an email over",
    ("outcome",),
    ("sent", "deferred", "unknown", "failed"),
)
ACCEPTANCE = Duration(
    "pmconsole_mail_acceptance_seconds",
    "Seconds from an email's creation until an SMTP server accepted it",
    (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200),
)
FIRST_WAIT = timedelta(seconds=30)
MAX_WAIT = timedelta(minutes=30)
AFTER_UNKNOWN = timedelta(minutes=1)
# What rooms above do about a request whose approver no email could ask; after the result is recorded.
NOT_ASKED: list[Callable[[int], None]] = []
State = OutgoingMail.State
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Result:
    """What became of one claimed mail. No answer: it was not tried and is free again."""

    mail: ClaimedMail
    answer: Answer | None
    saw_starttls: bool = False
    in_place_of_another: bool = False  # it was tried over a second server
    is_our_fault: bool = False  # the answer is ours and says nothing of the server


def record_results(server: ForeignSystem, results: list[Result]) -> None:
    """Store these results in one transaction; a mail whose lease was lost is left alone."""
    now = timezone.now()
    tried = [(result, _masked(result.answer)) for result in results if result.answer is not None]
    sent = [result.mail for result, answer in tried if answer.kind is Kind.SENT]
    with transaction.atomic():
        states = dict.fromkeys(
            _change(sent, _finished(State.SENT, now) | {"last_answer": ""}), State.SENT
        )
        _change([result.mail for result in results if result.answer is None], {})
        for result, answer in tried:
            if answer.kind is not Kind.SENT:
                change = _outcome(result, answer, now)
                words = {"last_answer": answer.text[:1000]}
                states |= dict.fromkeys(_change([result.mail], change | words), change["state"])
        recorded = [pair for pair in tried if pair[0].mail.id in states]
        DeliveryAttempt.objects.bulk_create(
            DeliveryAttempt(
                mail_id=result.mail.id,
                at=now,
                outcome=states[result.mail.id],
                server_name=server.name,
                code=answer.code,
                answer=answer.text[:1000],
            )
            for result, answer in recorded
        )
        for result, answer in recorded:
            if result.mail.purpose == DIGEST.key:
                _end_requests_in(result.mail, answer, states[result.mail.id], server.name)
            _tell(server, result.mail, answer, states[result.mail.id])
    for result, _ in recorded:
        ATTEMPTS.count(states[result.mail.id])
        if states[result.mail.id] == State.SENT:
            ACCEPTANCE.took((now - result.mail.created_at).total_seconds())
    if sent:
        traces = sorted({mail.trace for mail in sent})
        log.info("mails_sent", server=server.name, count=len(sent), request_ids=traces)
    _update_circuit(server, tried)
    _look_for_others([mail_id for mail_id, state in states.items() if state == State.FAILED])


def _look_for_others(failed: Collection[uuid.UUID]) -> None:
    """Of these mails, those that asked somebody, in a digest or by themselves."""
    if not failed:
        return
    asked = Q(pk__in=failed) | Q(follows__in=failed)
    unasked = OutgoingMail.objects.filter(asked, purpose=REQUEST.key, state=State.FAILED)
    for number in set(unasked.values_list("request_id", flat=True)):
        for act in NOT_ASKED:
            try:
                act(number)
            except Exception:  # mail of others goes on; these are asked when the process says so
                log.exception("others_not_asked", number=number)


def _masked(answer: Answer) -> Answer:
    """The answer as it is kept: a server may repeat the address or the letter that it was sent."""
    return replace(answer, text=Mask(settings.REPLY_ADDRESS).text(answer.text))


def _end_requests_in(digest: ClaimedMail, answer: Answer, state: str, server_name: str) -> None:
    """The requests in a digest that has ended were sent with it, or failed with it."""
    if state in OutgoingMail.UNFINISHED:
        return
    now, words = timezone.now(), answer.text[:1000]
    asked = OutgoingMail.objects.unfinished().filter(follows=digest.id)
    ended = asked.update_returning(**_finished(state, now), last_answer=words)
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            mail_id=mail_id,
            at=now,
            outcome=state,
            server_name=server_name,
            code=answer.code,
            answer=words,
        )
        for mail_id in ended
    )


def _change(mails: list[ClaimedMail], columns: dict[str, Any]) -> set[uuid.UUID]:
    """Set those free that are still ours, with these columns changed; which were."""
    held: set[uuid.UUID] = set()
    for lease in {mail.lease for mail in mails}:
        ids = [mail.id for mail in mails if mail.lease == lease]
        mine = OutgoingMail.objects.filter(lease=lease, pk__in=ids)
        held.update(mine.update_returning(**columns, lease=None, lease_until=None))
    return held


def _finished(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "finished_at": now, "tries": F("tries") + 1}


def _outcome(result: Result, answer: Answer, now: datetime) -> dict[str, Any]:
    """The columns that an answer changes which isn't that the mail was taken.

    A second server may refuse what the mail's own would take, such as the sender: that isn't final.
    """
    mail = result.mail
    final = not result.in_place_of_another or answer.blames_recipient
    if answer.kind is Kind.FAILED and final:
        return _finished(State.FAILED, now)
    if answer.kind is Kind.UNKNOWN:
        if mail.state == State.UNKNOWN:  # tried once more, and again no word
            return _finished(State.FAILED, now)
        return {"state": State.UNKNOWN, "due_at": now + AFTER_UNKNOWN, "tries": F("tries") + 1}
    # Deferred. An unknown one stays unknown: it may have arrived, and gets one more try only.
    state = State.UNKNOWN if mail.state == State.UNKNOWN else State.DEFERRED
    if answer.blame is Blame.DESTINATION:
        return {"state": state}  # the circuit says when; the mail's own tries are untouched
    due = now + _wait(mail.tries, answer)
    if due > mail.not_after:
        return _finished(State.FAILED, now)
    return {"state": state, "due_at": due, "tries": F("tries") + 1}


def _wait(tries: int, answer: Answer) -> timedelta:
    """30 s, doubled with each try up to 30 min, ±20 % so that mails don't march in step."""
    grown = min(FIRST_WAIT * (1 << min(tries, 10)), MAX_WAIT)
    jittered = grown * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    return max(jittered, timedelta(seconds=answer.wait_at_least or 0))


def _tell(server: ForeignSystem, mail: ClaimedMail, answer: Answer, state: str) -> None:
    """A line in the log; and an alert if the mail won't be tried again, or waits for settings."""
    if state != State.SENT:
        outcome = {"outcome": state, "code": answer.code}
        log.info("mail_not_taken", mail=str(mail.id), request_id=mail.trace, **outcome)
    if answer.alert and answer.blame is Blame.MESSAGE:
        raise_alert(
            key=_sender_alert(server),
            text=f"{server.name} doesn't let its account send as this sender, so email waits. Turn its "
            "Bounce Addresses off, or correct Default From or the process's From Address. "
            f"It says: {answer.text}"[:500],
            link=reverse("smtp_servers:detail", args=[server.pk]),
        )
    if state == State.FAILED:
        row = OutgoingMail.objects.select_related("request").get(pk=mail.id)
        raise_alert(
            key=f"mail:{mail.id}",
            text=f"{_what_failed(mail, answer)} {answer.text}"[:500],
            link=row.request.get_absolute_url()
            if row.request
            else reverse("mail_queue:mail", args=[mail.id]),
        )


def _sender_alert(server: ForeignSystem) -> str:
    return f"smtp-sender:{server.pk}"


def _goes_at_last(mail: ClaimedMail, answer: Answer) -> bool:
    """Whether it had to wait before, for its sender to be let through, perhaps."""
    return answer.kind is Kind.SENT and mail.state == State.DEFERRED


def _what_failed(mail: ClaimedMail, answer: Answer) -> str:
    if answer.kind is Kind.UNKNOWN:
        return f"Nobody knows whether an email to {mail.recipient} arrived; it was tried twice."
    return f"An email to {mail.recipient} couldn't be delivered:"


def _update_circuit(server: ForeignSystem, tried: list[tuple[Result, Answer]]) -> None:
    """A destination that answered is well; one that failed gets its circuit opened once."""
    heard = [pair for pair in tried if not pair[0].is_our_fault]
    failed = [
        answer
        for _, answer in heard
        if answer.blame is Blame.DESTINATION and answer.kind is not Kind.SENT
    ]
    if failed:
        worst = next((answer for answer in failed if answer.alert), failed[0])
        slowly = worst.code == 535
        link = reverse("mail_queue:outgoing")
        open_circuit(server, reason=worst.text, alert=worst.alert, slowly=slowly, link=link)
    elif heard:
        close_circuit(server, saw_starttls=any(result.saw_starttls for result, _ in heard))
        if any(_goes_at_last(result.mail, answer) for result, answer in heard):
            close_alerts(prefix=_sender_alert(server))
    elif tried:
        give_probe_back(server)
