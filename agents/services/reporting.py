"""Reporting an execution: one evaluation, one answer, each One Time grant used once."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import structlog
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.utils import timezone

from agents.errors import Conflict, Invalid
from agents.models import StoredAnswer
from agents.services import journal
from agents.services.verdicts import Verdict, answer_of
from agents.signing import digest_of
from approvals.errors import GrantGone
from approvals.models import ApprovalRequest
from approvals.selectors import was_revoked
from core.ids import uuid7
from core.metrics import Counter
from core.tracing import traced
from policies.engine import Event
from policies.engine.event import REGISTERED
from policies.evaluation import Evaluation, deciding_policy, evaluate
from policies.models import Computer, PolicyEvent

REPORTS = Counter("pmconsole_reports", "Executions that agents reported", ("verdict",))
ANSWERS_LIVE = timedelta(minutes=10)
ANSWERABLE = frozenset({"approval_required", "justification_required", "warn"})
SEQUEL_WITHIN = timedelta(days=1)  # of a request's end: its agent reports the execution again
MAX_TRIES = 5  # evaluations, each after a grant was gone before it could be used
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Report:
    """What an agent reports. `event` is the event exactly as it was sent."""

    idempotency_key: str
    event: dict[str, Any]
    request: int | None = None  # the approved request that makes it report again

    @cached_property
    def event_digest(self) -> str:
        return digest_of(self.event)

    @cached_property
    def digest(self) -> str:
        return digest_of([self.event_digest, self.request])

    def answered_by(self, given: dict[str, Any], *, computer: Computer) -> StoredAnswer:
        """The answer as it is kept for this report's key."""
        return StoredAnswer(
            computer=computer,
            key=self.idempotency_key,
            digest=self.digest,
            answer=given,
            created_at=timezone.now(),
        )


@traced("report")
def report_execution(*, computer: Computer, report: Report) -> Verdict:
    """Evaluate an execution by the current policies, once for each idempotency key.

    The answer, the policy event and the use of grants are committed together before this returns
    (journal); a key that has an answer already is noticed there. Of two reports at the same time, with
    one key or with two, only one uses a One Time grant. Raises Invalid, naming the field, and
    Conflict: `key_reused` for a key that belongs to another report, `grant_gone` if grants are used up
    faster than the report can use them.
    """
    event = event_of(computer, report.event)
    named = _named_request(computer, report)
    for _ in range(MAX_TRIES):
        evaluation = evaluate(event, computer_id=computer.pk)
        try:
            verdict = _settle(computer, report, event, evaluation, named)
            REPORTS.count(evaluation.decision.verdict)
            return verdict
        except GrantGone:
            log.info("grant_gone_meanwhile", computer=str(computer.pk))
        except IntegrityError:  # the key has an answer: the report has come before
            answered = _answered(computer, report)
            if answered is not None:
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


def row_of(event: Event, *, computer: Computer, **values: Any) -> PolicyEvent:
    """The policy event of an execution: what lists and searches need of it, and all that it says."""
    return PolicyEvent(
        computer=computer,
        account=event.account,
        file_path=event.file_path,
        file_name=event.file_name,
        sha256=event.sha256,
        event=event.to_json(),
        **values,
    )


def forget_answers() -> int:
    """Delete answers that are no longer repeated, and say how many."""
    old, _ = StoredAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_LIVE).delete()
    return old


def _is_stored(computer: Computer, report: Report) -> bool:
    """Whether the key has an answer in the database. It seldom has, so a plain statement asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM agents_storedanswer WHERE computer_id = %s AND key = %s",
            [
                Computer._meta.pk.get_db_prep_value(computer.pk, connection),
                report.idempotency_key,
            ],
        )
        return cursor.fetchone() is not None


def _answered(computer: Computer, report: Report) -> Verdict | None:
    """What this key was answered in the last ten minutes, unless its approval was revoked since."""
    row = StoredAnswer.objects.filter(computer=computer, key=report.idempotency_key).first()
    if row is None:
        return None
    if row.created_at >= timezone.now() - ANSWERS_LIVE:
        answered = _repeated(report, row.digest, row.answer)
        if answered is not None:
            return answered
    row.delete()
    return None


def _repeated(report: Report, digest: str, answer: dict[str, Any]) -> Verdict | None:
    """The answer that was given; None if its approval was revoked since.

    Raises Conflict (key_reused) if it was given to another report.
    """
    if digest != report.digest:
        raise Conflict(
            "key_reused",
            "This idempotency key belongs to another report. Use a new key for each report.",
            field="idempotency_key",
        )
    if was_revoked(answer["answer"]["event_id"], answer["root"]):
        return None
    return Verdict.from_json(answer)


def _named_request(computer: Computer, report: Report) -> int | None:
    """The request that the report names, unless it closed too long ago for this to be its sequel.

    An event is kept as evidence as long as its request is: an agent can't make that of any event.
    """
    if report.request is None:
        return None
    own = ApprovalRequest.objects.filter(pk=report.request, computer_id=computer.pk)
    closed_at = own.values_list("closed_at", flat=True)
    if not closed_at:
        raise Invalid("invalid", "This computer has no such request.", field="request")
    is_sequel = closed_at[0] is None or closed_at[0] > timezone.now() - SEQUEL_WITHIN
    return report.request if is_sequel else None


def _settle(
    computer: Computer, report: Report, event: Event, evaluation: Evaluation, named: int | None
) -> Verdict:
    """Store the answer and use the grants, or neither (GrantGone, IntegrityError)."""
    decision, event_id = evaluation.decision, uuid7()
    request = evaluation.request or named
    wait_until = None
    if request and decision.verdict == "pending":
        wait_until = ApprovalRequest.objects.values_list("expires_at", flat=True).get(pk=request)
    verdict = Verdict(
        answer=answer_of(decision, event_id=event_id, request=request),
        event_digest=report.event_digest,
        wait_until=wait_until,
    )
    given = verdict.to_json() | {"root": str(evaluation.root or event_id)}
    answerable = decision.verdict in ANSWERABLE
    if decision.record or answerable or evaluation.passes_on or decision.used_grants:
        more = {"event_digest": report.event_digest, "root": str(evaluation.root or "")}
        row = row_of(
            event,
            computer=computer,
            id=event_id,
            at=timezone.now(),
            verdict=decision.verdict,
            decision=decision.to_json() | more,
            request_number=request,
            recorded=decision.record,
            policy_id=deciding_policy(decision),
        )
        answer = report.answered_by(given, computer=computer)
        grants, passes_on = decision.used_grants, evaluation.passes_on
        journal.write(journal.Entry(answer, row, answerable, passes_on, grants))
    else:
        stored = _answered(computer, report) if _is_stored(computer, report) else None
        verdict = stored or _remembered(computer, report, given) or verdict
    log.info(
        "execution_reported", verdict=decision.verdict, event_id=str(event_id), request=request
    )
    return verdict


def _remembered(computer: Computer, report: Report, given: dict[str, Any]) -> Verdict | None:
    """The answer that this key got in the last ten minutes, else `given` is remembered for it.

    For answers that leave nothing behind: these stand in the cache. Should it lose one, the report
    is merely evaluated again.
    """
    name = f"agents:answer:{computer.pk.hex}:{report.idempotency_key}"
    kept = {"digest": report.digest, "answer": given}
    if cache.add(name, kept, timeout=ANSWERS_LIVE.total_seconds()):
        return None
    earlier = cache.get(name)
    return _repeated(report, earlier["digest"], earlier["answer"]) if earlier else None
