"""The work of a replay: in slices, so that a worker's other tasks get their turns in between.

Its row holds how far it has come, so any worker goes on with it, and what a dead one had is done
again from there.
"""

import time
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.db.models.functions import Now
from django.utils import timezone

from core.advanced.models import advanced
from core.hints import hint
from core.people.models import User
from items.family import family_of
from items.forms import ItemForm, SaveRefused
from items.models import Proposal
from items.values import Posted, as_data
from policies.models import Computer, Policy, PolicyEvent, PolicyRevision, Replay
from policies.replay.draft import Draft, draft_of, draft_of_proposal
from policies.replay.judging import DECIDED, FIELDS, Judge, Recorded
from policies.replay.tally import Tally

TASK: Final = "policies.tasks.replay"
DAYS: Final = 30  # unless somebody chooses
CHUNK: Final = 2_000  # events read at once
SLICE: Final = 3.0  # seconds of work until other tasks get their turn
# Of small ones, so much is done within the request that starts them: they need no worker.
AT_ONCE: Final = 0.5  # seconds
SMALL: Final = 1_000  # active policies
LEASE: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=7)
FREE: Final = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())  # nobody works at it
log = structlog.get_logger(__name__)
State = Replay.State
_judges: dict[uuid.UUID, Judge] = {}


def start(
    *,
    by: User,
    days: int = DAYS,
    platforms: Collection[str] = (),
    policy: Policy | None = None,
    values: Posted | None = None,
    proposal: Proposal | None = None,
) -> Replay:
    """Begin a replay of the last `days`; a small one is finished at once.

    `policy` with the `values` that were typed is compared with itself as it is saved; a `proposal` with
    the policies in force; without one today's policies with what was decided. Somebody's running replay
    is cancelled: each has one at a time. Raises SaveRefused for a policy that would be invalid.
    """
    Replay.objects.filter(by=by, state=State.RUNNING).update(state=State.CANCELLED)
    until = timezone.now()
    replay = Replay(
        by=by,
        policy=policy,
        values=values or {},
        proposal=proposal,
        platforms=sorted(platforms),
        since=until - timedelta(days=min(days, advanced().keep_events)),
        until=until,
        mark=_mark(),
    )
    draft = _draft(replay)
    replay.total = _events(replay, draft).count()
    replay.save()
    if Policy.objects.filter(is_active=True).count() > SMALL:
        hint(TASK, str(replay.pk))
        return replay
    _keep(replay, Judge(draft))
    work(replay.pk, seconds=AT_ONCE)
    replay.refresh_from_db()
    return replay


def cancel(replay: Replay) -> None:
    """Stop it; what it has counted stays to be seen."""
    Replay.objects.filter(pk=replay.pk, state=State.RUNNING).update(state=State.CANCELLED)


def wake(replay: Replay) -> None:
    """Tell a worker of a replay at which nobody works: a hint was lost, or a worker died."""
    if replay.runs and Replay.objects.filter(FREE, pk=replay.pk).exists():
        hint(TASK, str(replay.pk))


def work(replay_id: uuid.UUID, *, seconds: float = SLICE) -> None:
    """Go on with it for about `seconds`, unless somebody else does; then hint the next slice."""
    running = Replay.objects.filter(pk=replay_id, state=State.RUNNING)
    if not running.filter(FREE).update(leased_until=Now() + LEASE):
        return
    try:
        replay = running.select_related("policy", "proposal").get()
        state = _slice(replay, time.monotonic() + seconds)
    except Replay.DoesNotExist:
        return  # cancelled just now
    except Exception:
        running.update(state=State.FAILED)
        log.exception("replay_failed", replay=str(replay_id))
        return
    if running.update(state=state, leased_until=None) and state == State.RUNNING:
        hint(TASK, str(replay_id))


def forget(now: datetime) -> None:
    """Delete replays that are a week old and of no proposal."""
    Replay.objects.filter(created_at__lt=now - KEPT, proposal=None).delete()


def _slice(replay: Replay, end: float) -> State:
    """Count chunks of events until the time is over; the state in which that leaves the replay."""
    if _mark() != replay.mark:
        return State.OUTDATED
    try:
        judge = _judges.get(replay.pk) or _keep(replay, Judge(_draft(replay)))
    except SaveRefused:
        return State.OUTDATED
    tally = Tally.from_json(replay.tally)
    fields = FIELDS if judge.draft else (*FIELDS, *DECIDED)
    events = _events(replay, judge.draft).values_list(*fields)
    while rows := _next(events, replay.after):
        judge.count(rows, tally)
        replay.after = [rows[-1].at.isoformat(), str(rows[-1].id)]
        replay.done += len(rows)
        kept = Replay.objects.filter(pk=replay.pk, state=State.RUNNING).update(
            after=replay.after,
            done=replay.done,
            tally=tally.to_json(),
            leased_until=Now() + LEASE,
        )
        if not kept:
            return State.CANCELLED
        if time.monotonic() > end and len(rows) == CHUNK:
            return State.RUNNING
    return State.FINISHED if _mark() == replay.mark else State.OUTDATED


def _keep(replay: Replay, judge: Judge) -> Judge:
    """For the next slice, should this process work it: compiling all policies takes a while.

    It is as good as new while the policies' mark is the same. Only the last one is kept.
    """
    _judges.clear()
    _judges[replay.pk] = judge
    return judge


def _draft(replay: Replay) -> Draft | None:
    """Raises SaveRefused if the policy would be invalid."""
    if replay.proposal is not None:
        return draft_of_proposal(replay.proposal)
    if replay.policy is None:
        return None
    policy = Policy.objects.get(pk=replay.policy.pk)  # the form changes it
    data = as_data(replay.values, version=str(policy.version))
    form: ItemForm = family_of(policy).form_of(policy, data)
    if not form.is_valid():
        raise SaveRefused(None, [str(each) for errors in form.errors.values() for each in errors])
    return draft_of(form)


def _events(replay: Replay, draft: Draft | None) -> QuerySet[PolicyEvent]:
    """The events of the time, on the computers that the change may reach."""
    rows = PolicyEvent.objects.filter(recorded=True, at__gte=replay.since, at__lt=replay.until)
    if replay.platforms:
        rows = rows.filter(computer__platform__in=replay.platforms)
    if draft is not None:
        reached = Computer.objects.filter(groups__in=draft.groups)
        # Asked for each event, it would take as much as reading the event.
        if Computer.objects.exclude(pk__in=reached).exists():
            rows = rows.filter(computer__in=reached)
    return rows.order_by("at", "pk")


def _next(events: QuerySet[PolicyEvent, Any], after: list[str] | None) -> list[Recorded]:
    if after is not None:
        place = datetime.fromisoformat(after[0]), uuid.UUID(after[1])
        events = events.filter(TupleGreaterThan((F("at"), F("pk")), place))
    return [Recorded(*row) for row in events[:CHUNK]]


def _mark() -> str:
    return PolicyRevision.objects.values_list("mark", flat=True).get()
