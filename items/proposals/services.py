"""The verbs of proposals: each is one transaction and writes its audit entry last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from core.actors import Actor, ActorKind
from core.alerts.models import Alert
from core.alerts.services import raise_alert
from core.audit.services import record
from core.people.models import User
from core.roles import roles_of
from items.author import Gathering, SecondPersonNeeded
from items.guards import take_turn
from items.proposals.models import OPEN_FOR, Proposal, ProposalItem
from items.proposals.people import proposer_of, reason_against
from items.proposals.steps import Outdated, Step, steps_of, take_all, uses_in_words

State = Proposal.State
DRAFTS_KEPT: Final = timedelta(days=1)
OVERRIDE: Final = "second-person:"  # begins the keys of alerts about what was done without one
TOLD_FOR: Final = timedelta(days=30)  # about an override
_verbs = {"create": "create", "update": "change", "restore": "restore", "delete": "delete"}


class Closed(Exception):
    """The proposal is no longer in the state in which this can be done."""


class NotAnotherPerson(Exception):
    """Who wants to accept it may be who proposed it; the sentence says so."""


@dataclass(frozen=True)
class Effect:
    """A part of a proposal's page that an app above adds, such as what would change by replay.

    `begin` is called when it has been proposed.
    """

    template: str
    context: Callable[[Proposal, User], dict[str, Any]]
    begin: Callable[[Proposal, User], None]


effects: list[Effect] = []


def draft(needed: SecondPersonNeeded) -> Proposal:
    """Keep what wasn't done, until its author says why and proposes it."""
    steps = [Step.of(change) for change in needed.changes]
    named = dict.fromkeys(f"{_verbs[step.verb]} {step.label}" for step in steps)
    title = capfirst(next(iter(named)))[:270]
    if len(named) > 1:
        title += f", and {len(named) - 1} more"
    by, now = needed.by, timezone.now()
    proposal = Proposal.objects.create(
        at=now,
        **by.actor.columns("by"),
        account=by.actor.account,
        via=by.via[:100],
        title=title,
        reason=needed.reason,
        steps=[step.to_json() for step in steps],
        uses=uses_in_words(needed.uses),
        expires_at=now + DRAFTS_KEPT,
    )
    ProposalItem.objects.bulk_create(
        ProposalItem(proposal=proposal, item_id=key) for key in {step.item_id for step in steps}
    )
    return proposal


def propose(proposal: Proposal, *, by: Actor, reason: str) -> None:
    """Show a draft to the other administrators. Raises Closed."""
    now = timezone.now()
    drafts = Proposal.objects.filter(pk=proposal.pk, state=State.DRAFT)
    with transaction.atomic():
        if not drafts.filter(by_kind=by.kind.value, by_id=by.id).update(
            state=State.OPEN, at=now, reason=reason, expires_at=now + OPEN_FOR
        ):
            raise Closed
        _record(proposal, "propose", by)


def take_on(proposal: Proposal, *, by: Actor) -> None:
    """Make an operator's proposal the user's own: then it takes another person to accept it.

    Raises Closed.
    """
    of_operators = Proposal.objects.open().filter(pk=proposal.pk, by_kind=ActorKind.SYSTEM.value)
    via = f"{proposal.via}, {proposal.by}"[:100]
    with transaction.atomic():
        if not of_operators.update(**by.columns("by"), account=by.account, via=via):
            raise Closed
        _record(proposal, "take on proposal", by)


@contextmanager
def tried(proposal: Proposal) -> Iterator[None]:
    """Its changes are made in the block, and undone after it. Raises Outdated."""
    with transaction.atomic():
        take_turn()
        _take(proposal, accepted_by="somebody")
        yield
        transaction.set_rollback(True)


def why_outdated(proposal: Proposal) -> str:
    """Why it can't be accepted as things are; "" if it can."""
    try:
        with tried(proposal):
            return ""
    except Outdated as why:
        return str(why)


def accept(proposal: Proposal, *, by: Actor, user: User | None, comment: str) -> None:
    """Make the proposed changes. `user`: the administrator who accepts; None for an operator's override.

    Raises Closed, NotAnotherPerson, and Outdated, after which the proposal is closed as that.
    """
    why_not = reason_against(proposal, user) if user else ""
    if why_not:
        raise NotAnotherPerson(why_not)
    try:
        with transaction.atomic():
            take_turn()
            _close(proposal, State.ACCEPTED, by=by, comment=comment)
            _take(proposal, accepted_by=by.name)
            _record(proposal, "accept proposal", by)
    except Outdated as outdated:
        with transaction.atomic():
            system = Actor.of_system("proposals")
            _close(proposal, State.OUTDATED, by=system, comment=str(outdated))
            _record(proposal, "close outdated proposal", system)
        raise
    if user is None:
        raise_alert(
            key=f"{OVERRIDE}proposal:{proposal.pk}",
            text=f"{by.name} accepted proposal {proposal.pk} alone at the command line ({comment})",
            link=reverse("proposals:detail", args=[proposal.pk]),
        )


def refuse(proposal: Proposal, *, by: Actor, comment: str) -> None:
    """Raises Closed."""
    with transaction.atomic():
        _close(proposal, State.REFUSED, by=by, comment=comment)
        _record(proposal, "refuse proposal", by)


def withdraw(proposal: Proposal, *, by: Actor) -> None:
    """By whoever proposed it; a draft is just forgotten. Raises Closed."""
    drafts = Proposal.objects.filter(pk=proposal.pk, state=State.DRAFT)
    if (by.kind.value, by.id) != (proposal.by_kind, proposal.by_id):
        raise Closed
    if drafts.delete()[0]:
        return
    with transaction.atomic():
        _close(proposal, State.WITHDRAWN, by=by, comment="")
        _record(proposal, "withdraw proposal", by)


def expire() -> None:
    """Close what nobody accepted in time, and forget old drafts."""
    now, system = timezone.now(), Actor.of_system("proposals")
    Proposal.objects.filter(state=State.DRAFT, expires_at__lte=now).delete()
    for proposal in Proposal.objects.filter(state=State.OPEN, expires_at__lte=now):
        with transaction.atomic():
            closed = {"state": State.EXPIRED, "decided_at": now, **system.columns("decided_by")}
            if Proposal.objects.filter(pk=proposal.pk, state=State.OPEN).update(**closed):
                _record(proposal, "expire proposal", system)
    old = {"first_at__lte": now - TOLD_FOR, "closed_at": None}
    Alert.objects.filter(key__startswith=OVERRIDE, **old).update(closed_at=now)


def _take(proposal: Proposal, *, accepted_by: str) -> None:
    """Make the changes in the name of whoever proposed them, as their roles allow today.

    Raises Outdated.
    """
    proposer = proposer_of(proposal)
    actor = Actor(ActorKind(proposal.by_kind), proposal.by_id, proposal.account, proposal.by)
    roles = roles_of(proposer) if proposer else None
    by = Gathering(actor, f"proposal {proposal.pk}, {proposal.via}", roles, accepted_by)
    take_all(steps_of(proposal.steps), proposal.uses, by=by)


def _close(proposal: Proposal, state: State, *, by: Actor, comment: str) -> None:
    decided = {"state": state, "comment": comment, "decided_at": timezone.now()}
    open_now = Proposal.objects.open().filter(pk=proposal.pk)
    if not open_now.update(**decided, **by.columns("decided_by")):
        raise Closed


def _record(proposal: Proposal, verb: str, by: Actor) -> None:
    proposal.refresh_from_db()
    facts = {**proposal.facts(), "state": proposal.state, "comment": proposal.comment}
    record(actor=by, verb=verb, kind="proposal", object_id=proposal.pk, facts=facts)
