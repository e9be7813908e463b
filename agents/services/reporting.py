"""Reporting an execution: one evaluation, one answer, each One Time grant used once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.errors import Conflict, Invalid
from agents.models import StoredAnswer
from agents.services import quota
from agents.services.verdicts import Verdict, answer_of
from agents.signing import digest_of
from approvals.errors import GrantGone
from approvals.models import ApprovalRequest
from approvals.selectors import was_revoked
from approvals.services import use_grants
from core.ids import uuid7
from policies.engine import Event
from policies.engine.event import REGISTERED
from policies.evaluation import Evaluation, deciding_policy, evaluate
from policies.models import Computer, PolicyEvent

ANSWERS_LIVE = timedelta(minutes=10)
ANSWERABLE = frozenset({"approval_required", "justification_required", "warn"})
MAX_TRIES = 5  # evaluations, each after a grant was gone before it could be used
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Report:
    """What an agent reports. `event` is the event exactly as it was sent."""

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

    The answer, the policy event and the use of grants are one transaction. Of two reports at the
    same time, with one key or with two, only one uses a One Time grant. Raises Invalid, naming the
    field, and Conflict: `key_reused` for a key that belongs to another report, `grant_gone` if
    grants are used up faster than the report can use them.
    """
    event = event_of(computer, report.event)
    answered = _answered(computer, report)
    if answered:
        return answered
    if report.request is not None:
        own = ApprovalRequest.objects.filter(pk=report.request, computer_id=computer.pk)
        if not own.exists():
            raise Invalid("invalid", "This computer has no such request.", field="request")
    for _ in range(MAX_TRIES):
        evaluation = evaluate(event, computer_id=computer.pk)
        try:
            return _settle(computer, report, event, evaluation)
        except GrantGone:
            log.info("grant_gone_meanwhile", computer=str(computer.pk))
        except IntegrityError:  # the same report came twice at once
            answered = _answered(computer, report)
            if answered:
                return answered
    raise Conflict("grant_gone", "The approval has just been used. Report the execution again.")


def event_of(computer: Computer, reported: dict[str, Any]) -> Event:
    """The event as the engine reads it, completed from the registration. Raises Invalid."""
    for name in REGISTERED:
        if name in reported:
            raise Invalid("invalid", "This comes from the registration.", field=f"event.{name}")
    known = {
        "computer_id": str(computer.pk),
        "computer": computer.name,
        "platform": computer.platform,
    }
    try:
        return Event.from_json(reported | known)
    except ValueError as error:
        field, _, wrong = str(error).partition(": ")
        raise Invalid("invalid", wrong, field=f"event.{field}") from None


def forget_answers() -> int:
    """Delete answers that are no longer repeated, and say how many."""
    old, _ = StoredAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_LIVE).delete()
    return old


def _answered(computer: Computer, report: Report) -> Verdict | None:
    """What this key was answered in the last ten minutes, unless its approval was revoked since."""
    row = StoredAnswer.objects.filter(computer=computer, key=report.idempotency_key).first()
    if row is None:
        return None
    is_old = row.created_at < timezone.now() - ANSWERS_LIVE
    if not is_old and row.digest != report.digest:
        raise Conflict(
            "key_reused",
            "This idempotency key belongs to another report. Use a new key for each report.",
            field="idempotency_key",
        )
    if is_old or was_revoked(row.answer["answer"]["event_id"], row.answer["root"]):
        row.delete()
        return None
    return Verdict.from_json(row.answer)


def _settle(computer: Computer, report: Report, event: Event, evaluation: Evaluation) -> Verdict:
    """Store the answer and use the grants, or neither (GrantGone, IntegrityError)."""
    decision, now, event_id = evaluation.decision, timezone.now(), uuid7()
    request = evaluation.request or report.request
    wait_until = None
    if request and decision.verdict == "pending":
        wait_until = ApprovalRequest.objects.values_list("expires_at", flat=True).get(pk=request)
    verdict = Verdict(
        answer=answer_of(decision, event_id=event_id, request=request),
        event_digest=report.event_digest,
        wait_until=wait_until,
    )
    with transaction.atomic():
        StoredAnswer.objects.create(
            computer=computer,
            key=report.idempotency_key,
            digest=report.digest,
            answer=verdict.to_json() | {"root": str(evaluation.root or event_id)},
            created_at=now,
        )
        answerable = decision.verdict in ANSWERABLE
        if decision.record or answerable or evaluation.passes_on:
            row = PolicyEvent(
                id=event_id,
                at=now,
                computer=computer,
                account=event.account,
                file_path=event.file_path,
                sha256=event.sha256,
                verdict=decision.verdict,
                event=event.to_json(),
                decision=decision.to_json()
                | {"event_digest": report.event_digest, "root": str(evaluation.root or "")},
                request_number=request,
                recorded=decision.record,
                policy_id=deciding_policy(decision),
            )
            quota.store(row, answerable=answerable, passes_on=evaluation.passes_on)
        if decision.used_grants:
            use_grants(grant_ids=decision.used_grants, event_id=event_id)
    log.info(
        "execution_reported", verdict=decision.verdict, event_id=str(event_id), request=request
    )
    return verdict
