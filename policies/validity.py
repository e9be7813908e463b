"""Why a policy can't be activated ("Policy invalid"): what is wrong, and where.

A policy with problems can be saved but not activated. Only faults that are certain from the items
alone count: a policy that reaches nothing, does nothing, denies by mistake, or asks nobody. Whether
a policy is wise is another question, and whether a server answers is Test Connection's.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from actions.kinds import ACTION_KINDS, Effect
from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from foreign_systems.models import ForeignSystem, sender_of
from foreign_systems.smtp_url import SmtpUrlError, parse
from items.models import Item
from policies.engine.filters import UserContext
from policies.engine.model import NO_APPROVAL_TYPE, UNKNOWN_ACTION
from policies.models import Filter, Policy, PolicyFilter
from policies.models.policies import parts_lookups
from policies.patterns import built
from policies.snapshot import compiled_action

Role = PolicyFilter.Role


@dataclass(frozen=True)
class Problem:
    """Sentences for people. `item`, where there is one, is named in `text` by its whole name.

    `missing`: nothing is wrong, something just isn't chosen yet, as in every new policy.
    """

    text: str
    item: Item | None = None
    missing: bool = False


def problems(policy: Policy) -> list[Problem]:
    """Why `policy` can't be activated, in the order of its page; empty if it is valid.

    Four queries, and one on a policy fetched `with_parts`, however much there is in it. What is
    fetched already isn't fetched again: fetch anew after a change.
    """
    return problems_of([policy])[policy.pk]


def is_draft(policy: Policy, found: Sequence[Problem]) -> bool:
    """Whether these problems of an inactive policy are only that something isn't chosen yet."""
    return bool(found) and not policy.is_active and all(problem.missing for problem in found)


def problems_of(policies: Sequence[Policy]) -> dict[uuid.UUID, list[Problem]]:
    """`problems` of each policy by its id, for lists: the same four queries, or one."""
    prefetch_related_objects(policies, *parts_lookups())
    default = ForeignSystem.objects.default()
    # A filter in two places, or a type of two forms, is reported once.
    return {policy.pk: list(dict.fromkeys(_problems(policy, default))) for policy in policies}


def _problems(policy: Policy, default: ForeignSystem | None) -> Iterator[Problem]:
    if not policy.groups.all():
        yield Problem(
            "No computer group is targeted, so the policy reaches no computer. "
            "Add one under Computer Groups Targeted.",
            missing=True,
        )
    targets = policy.filters_as(Role.TARGET)
    if not targets:
        yield Problem(
            "No application is targeted, so the policy never matches. "
            "Add a filter under Applications Targeted.",
            missing=True,
        )
    elif all(target.kind == UserContext.kind for target in targets):
        yield Problem(
            "Applications Targeted holds only User Context Filters, so the policy would match every "
            "program of these users. Target applications there, and move the users to Inclusions."
        )
    for role in Role:
        for filter_ in policy.filters_as(role):
            yield from _of_filter(filter_)
    actions = policy.actions_for(children=False)
    if policy.enforce_child:
        actions += policy.actions_for(children=True)
    if not actions and not policy.audit_events:
        yield Problem(
            "The policy has no action and records nothing. "
            "Add an action, or turn on Audit Policy Events.",
            missing=True,
        )
    for action in actions:
        yield from _of_action(action, default)


def _of_filter(filter_: Filter) -> Iterator[Problem]:
    try:
        settings = built(filter_)
    except ValueError as error:
        yield Problem(
            f"Filter {filter_.name} can't be used: {error}. Correct it, or remove it from the policy.",
            filter_,
        )
        return
    if settings.is_empty:
        yield Problem(
            f"Filter {filter_.name} tests nothing, so it never matches. "
            "Enter what it tests, or remove it from the policy.",
            filter_,
        )


def _of_action(action: Action, default: ForeignSystem | None) -> Iterator[Problem]:
    compiled = compiled_action(action)
    if compiled.fault == UNKNOWN_ACTION:
        yield Problem(
            f"Action {action.name} is of a kind that no agent can carry out, so the program would "
            "be denied. Choose another action.",
            action,
        )
        return
    if compiled.fault == NO_APPROVAL_TYPE:
        yield Problem(
            f"Action {action.name} has no approval type, so nobody could approve. "
            "Choose one in its settings.",
            action,
        )
        return
    kind = ACTION_KINDS[action.kind]
    if kind.needs and not compiled.texts[kind.needs].strip():
        yield Problem(
            f"Action {action.name} names no {kind.needs}. Enter one in its settings.", action
        )
    if kind.effect is Effect.ASK_APPROVAL and action.approval_type:
        yield from _of_approval(action.approval_type, default)


def _of_approval(kind: ApprovalType, default: ForeignSystem | None) -> Iterator[Problem]:
    process = kind.process
    if process is None:
        yield Problem(
            f"Approval type {kind.name} has no Process Handler. Choose one under Options.", kind
        )
        return
    # One process decides where another sends, and that is as far as it goes.
    started = process.start_activity
    if started is not None and started.start_activity_id not in (None, started.pk):
        yield Problem(
            f"Approval process {process.name} names {started.name} as its Start Activity, which "
            "itself names another. Choose one that names none.",
            process,
        )
    if process.sends_requests:
        yield from _of_sending(process, process.smtp_server or default)


def _of_sending(process: ApprovalProcess, server: ForeignSystem | None) -> Iterator[Problem]:
    if not process.asking.typed.asks_somebody:
        yield Problem(
            f"Approval process {process.asking.name} has no To Address, so nobody would be asked. "
            "Add the approvers' email addresses.",
            process.asking,
        )
    if server is None:
        yield Problem(
            f"Approval process {process.name} has no SMTP Server, and there is no default one. "
            "Choose one there, or create one at Admin | Configuration, Foreign Systems.",
            process,
        )
        return
    if server.kind != ForeignSystem.Kind.SMTP:
        yield Problem(
            f"Approval process {process.name} sends through {server.name}, which isn't an SMTP "
            "server. Choose one under SMTP Server.",
            process,
        )
        return
    try:
        parse(server.typed.base_url)
    except SmtpUrlError as error:
        yield Problem(f"SMTP server {server.name} can't be used. {error}", server)
    if not sender_of(process.typed.from_address, server):
        yield Problem(
            f"Approval process {process.name} has no From Address, and neither has SMTP server "
            f"{server.name}. Enter one of them.",
            process,
        )
