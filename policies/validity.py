"""Why a policy can not be activated (PRODUCT.md, "Policy invalid"): what is wrong, and where.

A policy with problems may be saved, not activated. These are faults that are certain from the items
alone: a policy that reaches nothing, does nothing, denies by mistake, or asks nobody. Whether a
policy is wise is another question, and whether a server answers is Test Connection's.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from actions.models import Action
from approvals.models import ApprovalProcess
from approvals.outbox.claim import default_server
from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import ForeignSystem
from foreign_systems.smtp_url import SmtpUrlError, parse
from items.models import Item
from policies.describe.actions import text_of
from policies.describe.filters import built
from policies.engine import ACTION_KINDS
from policies.engine.model import FORM_KINDS
from policies.models import Filter, Policy, PolicyFilter
from policies.models.policies import parts_lookups

Role = PolicyFilter.Role


@dataclass(frozen=True)
class Problem:
    """Sentences for people. `item`, where there is one, is named in `text` by its whole name."""

    text: str
    item: Item | None = None


def problems(policy: Policy) -> list[Problem]:
    """Why `policy` can not be activated, in the order of its page; empty: it is valid.

    Six queries, and one on a policy fetched `with_parts`, however much there is in it. Of what is
    fetched already, that state counts: fetch anew after a change.
    """
    return problems_of([policy])[policy.pk]


def problems_of(policies: Sequence[Policy]) -> dict[uuid.UUID, list[Problem]]:
    """`problems` of each policy by its id, for lists: the same six queries, or one."""
    prefetch_related_objects(policies, *parts_lookups())
    default = default_server()
    # A filter in two places, or a type of two forms, is told of once.
    return {policy.pk: list(dict.fromkeys(_problems(policy, default))) for policy in policies}


def _problems(policy: Policy, default: ForeignSystem | None) -> Iterator[Problem]:
    if not policy.groups.all():
        yield Problem(
            "No computer group is targeted, so the policy reaches no computer. "
            "Add one under Computer Groups Targeted."
        )
    yield from _of_targets(policy.filters_as(Role.TARGET))
    for role in Role:
        for filter_ in policy.filters_as(role):
            yield from _of_filter(filter_)
    actions = _actions_in_force(policy)
    if not actions and not policy.audit_events:
        yield Problem(
            "The policy has no action and records nothing. "
            "Add an action, or switch on Audit Policy Events."
        )
    for action in actions:
        yield from _of_action(action)
        yield from _of_approval(action, default)


def _actions_in_force(policy: Policy) -> list[Action]:
    children = policy.actions_for(children=True) if policy.enforce_child else []
    return policy.actions_for(children=False) + children


def _of_targets(targets: list[Filter]) -> Iterator[Problem]:
    if not targets:
        yield Problem(
            "No application is targeted, so the policy never matches. "
            "Add a filter under Applications Targeted."
        )
    elif all(target.kind == Filter.Kind.USER_CONTEXT for target in targets):
        yield Problem(
            "Applications Targeted holds only User Context Filters, so the policy would match every "
            "program of these users. Target applications there, and move the users to Inclusions."
        )


def _of_filter(filter_: Filter) -> Iterator[Problem]:
    put_right = "or take it out of the policy."
    try:
        settings = built(filter_)
    except ValueError as error:
        yield Problem(
            f"Filter {filter_.name} cannot be used: {error}. Correct it, {put_right}", filter_
        )
        return
    if settings.is_empty:
        yield Problem(
            f"Filter {filter_.name} tests nothing, so it is never met. "
            f"Say what it tests, {put_right}",
            filter_,
        )


def _of_action(action: Action) -> Iterator[Problem]:
    if action.kind not in ACTION_KINDS:
        yield Problem(
            f"Action {action.name} is of a kind that no agent can carry out, so the program would "
            "be denied. Choose another action.",
            action,
        )
    elif action.kind in FORM_KINDS and action.approval_type is None:
        yield Problem(
            f"Action {action.name} has no approval type, so nobody could approve. "
            "Choose one in its settings.",
            action,
        )
    elif action.kind == Action.Kind.RUN_AS_USER and not text_of(action, "account"):
        yield Problem(
            f"Action {action.name} names no account to run as. Fill in its account.", action
        )
    elif action.kind == Action.Kind.SET_ENVIRONMENT_VARIABLE and not text_of(action, "variable"):
        yield Problem(
            f"Action {action.name} names no environment variable. Fill in its variable.", action
        )


def _of_approval(action: Action, default: ForeignSystem | None) -> Iterator[Problem]:
    kind = action.approval_type
    if action.kind not in FORM_KINDS or kind is None:
        return
    if kind.process is None:
        yield Problem(
            f"Approval type {kind.name} has no Process Handler. Choose one under Options.", kind
        )
        return
    yield from _of_start_activity(kind.process)
    if kind.process.sends_requests:
        yield from _of_sending(kind.process, kind.process.smtp_server or default)


def _of_start_activity(process: ApprovalProcess) -> Iterator[Problem]:
    """One process decides where another sends, and that is as far as it goes (RULES.md)."""
    started = process.start_activity
    if started is not None and started.start_activity_id not in (None, started.pk):
        yield Problem(
            f"Approval process {process.name} names {started.name} as its Start Activity, which "
            "itself names another. Choose one that names none.",
            process,
        )


def _of_sending(process: ApprovalProcess, server: ForeignSystem | None) -> Iterator[Problem]:
    if not process.typed.to_addresses:
        yield Problem(
            f"Approval process {process.name} has no To Address, so nobody would be asked. "
            "Add the approvers' addresses.",
            process,
        )
    if server is None:
        yield Problem(
            f"Approval process {process.name} has no SMTP Server, and there is no default one. "
            "Choose one there, or create one at Admin | Configuration, Foreign Systems.",
            process,
        )
        return
    yield from _of_server(process, server)


def _of_server(process: ApprovalProcess, server: ForeignSystem) -> Iterator[Problem]:
    if server.kind != ForeignSystem.Kind.SMTP:
        yield Problem(
            f"Approval process {process.name} sends through {server.name}, which is no SMTP "
            "server. Choose one under SMTP Server.",
            process,
        )
        return
    given = {"base_url": "", **server.settings}
    settings = SmtpSettings.from_json(given)
    try:
        parse(settings.base_url)
    except SmtpUrlError as error:
        yield Problem(f"SMTP server {server.name} cannot be used. {error}", server)
    if not (process.typed.from_address or settings.from_address):
        yield Problem(
            f"Approval process {process.name} has no From Address, and neither has SMTP server "
            f"{server.name}. Fill in one of them.",
            process,
        )
