"""What a user answers to a prompt: the reason, a justification, or an acknowledged warning."""

import uuid
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from agents.errors import Conflict, Invalid, NotFound
from agents.services.verdicts import Verdict, answer_of
from approvals.models import ApprovalRequest, ApprovalType
from approvals.services import expire_plea, open_request
from approvals.services.plea import Plea
from approvals.terms import Rights
from policies.engine import Event
from policies.evaluation import deciding_policy, evaluate
from policies.models import Computer, PolicyEvent

ANSWER_WITHIN = timedelta(minutes=10)
MAX_REASON = 250  # characters
_ANSWERS = {"justification_required": "justification", "warn": "acknowledged"}
log = structlog.get_logger(__name__)


def submit_reason(
    *,
    computer: Computer,
    event_id: uuid.UUID,
    reason: str,
    waits: bool = True,
    asked_minutes: int | None = None,
) -> ApprovalRequest:
    """Open the request that the event needs, or return the one that it already led to.

    `waits` says whether the agent will wait for the decision, `asked_minutes` for how long the user
    would like to be approved. Raises NotFound, Invalid (reason),
    Conflict (not_asked, too_late, type_gone), and ApprovalError for what approvals refuse; the
    reason can be submitted again then.
    """
    reason = _trimmed(reason, field="reason")
    row = _reported(computer, event_id)
    if row.verdict != "approval_required":
        raise Conflict("not_asked", "No reason was asked for: this execution needs no approval.")
    request = _request_of(row)
    if request:
        return request
    plea = _plea(computer, row)
    # Committed by itself: what opens a request waits for nobody's record.
    expire_plea(plea.plea_key)
    with transaction.atomic():
        if _claim(row):
            needed = row.decision["need"]["approval_type"]["id"]
            # Locked, so that nobody deletes it or gives it another process until this is committed; and
            # read only then: a lock that was waited for brings rows of a join from before the wait.
            types = ApprovalType.objects.filter(pk=needed)
            types.select_for_update(no_key=True).values_list("pk").first()
            with_process = types.select_related("process__smtp_server", "process__start_activity")
            approval_type = with_process.first()
            if approval_type is None:
                raise Conflict(
                    "type_gone",
                    "The approval type this execution needed no longer exists. Report it again.",
                )
            request = open_request(
                plea=plea,
                approval_type=approval_type,
                reason=reason,
                waits=waits,
                asked_minutes=asked_minutes,
            )
            PolicyEvent.objects.filter(pk=row.pk).update(request_number=request.number)
            log.info("reason_submitted", event_id=str(row.pk), number=request.number)
            return request
        row.refresh_from_db()
    request = _request_of(row)
    if request is None:
        raise Conflict(
            "already_answered", "The reason for this execution has already been submitted."
        )
    return request


def answer_prompt(
    *, computer: Computer, event_id: uuid.UUID, answer: str, text: str = ""
) -> Verdict:
    """Take a justification or an acknowledged warning, once, and give the verdict that follows.

    Raises NotFound, Invalid (answer, text), Conflict (not_asked, already_answered, too_late, changed
    if this isn't all that the current policies ask for).
    """
    row = _reported(computer, event_id)
    expected = _ANSWERS.get(row.verdict)
    answered = Conflict("already_answered", "This prompt has already been answered.")
    if row.answered_at:
        raise answered
    if expected is None:
        raise Conflict("not_asked", "This execution has no prompt to answer.")
    if answer != expected:
        raise Invalid("invalid", f"must be {expected}", field="answer")
    text = _trimmed(text, field="text") if answer == "justification" else text.strip()
    event, digest = Event.from_json(row.event), row.decision["event_digest"]
    decision = evaluate(event, computer_id=computer.pk, answered=row.verdict).decision
    # An approval is used by a report, and by nothing else.
    if decision.verdict != "allow" or decision.used_grants:
        raise Conflict("changed", "The policies have changed. Report the execution again.")
    stored = decision.to_json() | {
        "event_digest": digest,
        "root": row.decision.get("root", ""),
        "answer": {"kind": answer, "text": text},
    }
    with transaction.atomic():
        if not _claim(row):
            raise answered
        PolicyEvent.objects.filter(pk=row.pk).update(
            verdict=decision.verdict, decision=stored, policy_id=deciding_policy(decision)
        )
    log.info("prompt_answered", event_id=str(row.pk), answer=answer)
    return Verdict(answer=answer_of(decision, event_id=row.pk, request=None), event_digest=digest)


def _trimmed(text: str, *, field: str) -> str:
    """Raises Invalid for an empty or too long text."""
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= MAX_REASON:
        raise Invalid(
            "invalid",
            f"must have 1 to {MAX_REASON} characters; it has {len(trimmed)}",
            field=field,
        )
    return trimmed


def _reported(computer: Computer, event_id: uuid.UUID) -> PolicyEvent:
    row = PolicyEvent.objects.filter(pk=event_id, computer=computer).first()
    if row is None:
        raise NotFound("no_event", "This computer has not reported this execution.")
    if row.dropped:
        raise Conflict(
            "details_dropped",
            "This computer reported too much today, so the details of this execution were not kept "
            "and nobody could see what is approved. Report it again tomorrow, or tell an "
            "administrator.",
        )
    return row


def _claim(row: PolicyEvent) -> bool:
    """Take the one answer that the event may have. Raises Conflict if it comes too late."""
    now = timezone.now()
    if row.at < now - ANSWER_WITHIN:
        raise Conflict(
            "too_late", "More than ten minutes have passed since the execution. Report it again."
        )
    unanswered = PolicyEvent.objects.filter(pk=row.pk, answered_at__isnull=True)
    return bool(unanswered.update(answered_at=now))


def _request_of(row: PolicyEvent) -> ApprovalRequest | None:
    """The request that an answered event led to."""
    if row.answered_at is None or row.request_number is None:
        return None
    return ApprovalRequest.objects.filter(pk=row.request_number).first()


def _plea(computer: Computer, row: PolicyEvent) -> Plea:
    event, need = Event.from_json(row.event), row.decision["need"]
    return Plea(
        event_id=row.pk,
        event=row.event,
        computer_id=computer.pk,
        computer_name=computer.name,
        account=event.account,
        account_id=event.account_id,
        file_name=event.file_name,
        file_path=event.file_path,
        sha256=event.sha256,
        signer=event.signer,
        command_line=event.command_line,
        policy_id=uuid.UUID(need["policy_id"]),
        policy_name=need["policy_name"],
        policy_version=need["policy_version"],
        scope_key=need["scope_key"],
        pause_key=need["pause_key"],
        plea_key=need["plea_key"],
        exact_key=need["exact_key"],
        rights=Rights(**need["rights"]),
    )
