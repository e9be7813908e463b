"""Reporting an execution: one evaluation, one answer, each One Time grant used once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.errors import Conflict, Invalid
from agents.models import StoredAnswer
from agents.services.verdicts import Verdict, answer_of
from agents.signing import digest_of
from approvals.errors import GrantGone
from approvals.models import ApprovalRequest
from approvals.services import use_grants
from core.ids import uuid7
from policies.engine import Event
from policies.evaluation import Evaluation, deciding_policy, evaluate
from policies.models import Computer, PolicyEvent

ANSWERS_KEPT = timedelta(minutes=10)
UNRECORDED_KEPT = timedelta(days=1)  # events that only a child or an answer refers to
ANSWERABLE = frozenset({"approval_required", "justification_required", "warn"})
_TRIES = 5  # evaluations, each after a grant was gone before it could be used
_LONGEST = {  # characters that the tables hold
    "account": 256,
    "account_id": 184,
    "file_path": 4096,
    "file_name": 1024,
    "signer": 512,
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Report:
    """What an agent says. `event` is the event exactly as it was sent."""

    idempotency_key: str
    event: dict[str, Any]
    request: int | None = None  # the approved request that makes it report again

    @property
    def event_digest(self) -> str:
        return digest_of(self.event)

    @property
    def digest(self) -> str:
        return digest_of([self.event_digest, self.request])


def report_execution(*, computer: Computer, report: Report) -> Verdict:
    """Evaluate an execution by the current policies, once for each idempotency key.

    The answer, the policy event and the use of grants are one transaction. Of two reports at once,
    with one key or with two, only one uses a One Time grant. Raises Invalid, naming the field, and
    Conflict: `key_reused` for a key that belongs to another report, `grant_gone` if grants vanish
    faster than they can be used.
    """
    event = event_of(computer, report.event)
    told_before = _stored(computer, report)
    if told_before:
        return told_before
    _check_request(computer, report)
    for _ in range(_TRIES):
        evaluation = evaluate(event, computer_id=computer.pk)
        try:
            return _settle(computer, report, event, evaluation)
        except GrantGone:
            log.info("grant_gone_meanwhile", computer=str(computer.pk))
        except IntegrityError:  # the same report came twice at once
            told_meanwhile = _stored(computer, report)
            if told_meanwhile is None:
                raise
            return told_meanwhile
    raise Conflict("grant_gone", "The approval was used meanwhile. Report the execution again.")


def event_of(computer: Computer, said: dict[str, Any]) -> Event:
    """The event as the engine reads it; which computer it is stands in the registration alone."""
    known = {
        "computer_id": str(computer.pk),
        "computer": computer.name,
        "platform": computer.platform,
    }
    for name in known:
        if name in said:
            raise Invalid("invalid", "This comes from the registration.", field=f"event.{name}")
    try:
        event = Event.from_json({**said, **known})
    except ValueError as error:
        field, _, wrong = str(error).partition(": ")
        raise Invalid("invalid", wrong, field=f"event.{field}") from None
    for name, longest in _LONGEST.items():
        if len(getattr(event, name)) > longest:
            field = "file_path" if name == "file_name" else name
            raise Invalid("invalid", f"longer than {longest} characters", field=f"event.{field}")
    return event


def forget_answers() -> int:
    """Delete answers that are no longer given, and events that nothing can refer to any more."""
    now = timezone.now()
    old, _ = StoredAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
    PolicyEvent.objects.filter(recorded=False, at__lt=now - UNRECORDED_KEPT).delete()
    return old


def _stored(computer: Computer, report: Report) -> Verdict | None:
    """What this key was answered in the last ten minutes."""
    row = StoredAnswer.objects.filter(computer=computer, key=report.idempotency_key).first()
    if row is None:
        return None
    if row.created_at < timezone.now() - ANSWERS_KEPT:
        row.delete()
        return None
    if row.digest != report.digest:
        raise Conflict(
            "key_reused",
            "This idempotency key belongs to another report. Make a new one for each report.",
            field="idempotency_key",
        )
    return Verdict.from_json(row.answer)


def _check_request(computer: Computer, report: Report) -> None:
    if report.request is None:
        return
    own = ApprovalRequest.objects.filter(pk=report.request, computer_id=computer.pk)
    if not own.exists():
        raise Invalid("invalid", "This computer has no such request.", field="request")


def _settle(computer: Computer, report: Report, event: Event, evaluation: Evaluation) -> Verdict:
    """Store the answer and use the grants, or neither (GrantGone, IntegrityError)."""
    decision, now, event_id = evaluation.decision, timezone.now(), uuid7()
    request = evaluation.request or report.request
    verdict = Verdict(
        answer=answer_of(decision, event_id=event_id, request=request),
        event_digest=report.event_digest,
        wait_until=_expiry(request) if request and decision.verdict == "pending" else None,
    )
    with transaction.atomic():
        StoredAnswer.objects.create(
            computer=computer,
            key=report.idempotency_key,
            digest=report.digest,
            answer=verdict.to_json(),
            created_at=now,
        )
        if decision.record or decision.verdict in ANSWERABLE or evaluation.passes_on:
            _store_event(event_id, computer, report, event, evaluation, request, now)
        if decision.used_grants:
            use_grants(grant_ids=decision.used_grants, event_id=event_id)
    log.info(
        "execution_reported", verdict=decision.verdict, event_id=str(event_id), request=request
    )
    return verdict


def _store_event(
    event_id: uuid.UUID,
    computer: Computer,
    report: Report,
    event: Event,
    evaluation: Evaluation,
    request: int | None,
    now: datetime,
) -> None:
    decision = evaluation.decision
    PolicyEvent.objects.create(
        id=event_id,
        at=now,
        computer=computer,
        account=event.account,
        file_path=event.file_path,
        sha256=event.sha256,
        verdict=decision.verdict,
        event=event.to_json(),
        decision=decision.to_json() | {"event_digest": report.event_digest},
        request_number=request,
        recorded=decision.record,
        policy_id=deciding_policy(decision),
    )


def _expiry(request: int) -> datetime:
    return ApprovalRequest.objects.values_list("expires_at", flat=True).get(pk=request)
