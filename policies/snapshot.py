"""From rows to the engine's objects, in a fixed number of queries."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from actions.models import Action
from approvals.models import ApprovalType
from approvals.selectors import valid_grants
from policies import engine
from policies.models import Filter, Policy, PolicyFilter
from policies.patterns import compile_pattern


class PolicyBroken(Exception):
    """An active policy can't be used to decide; the text is a sentence for the endpoint's log."""


def policies_of(computer_id: uuid.UUID) -> tuple[engine.Policy, ...]:
    """The active policies of the computer's groups, compiled. Six queries.

    Raises PolicyBroken if a filter of one of them can't be built: to leave the policy out could
    mean to leave out a denial.
    """
    rows = Policy.objects.filter(is_active=True, groups__computers=computer_id).distinct()
    parts = rows.prefetch_related(  # `with_parts` has more, for pages, and costs a third more
        "policy_filters__filter", "policy_actions__action__approval_type"
    )
    return tuple(compiled(policy) for policy in parts)


def grants_of(computer_id: uuid.UUID) -> tuple[tuple[engine.Grant, ...], dict[str, int]]:
    """The grants that may still be used, and for each id the number of its request."""
    rows = valid_grants(computer_id=computer_id)
    grants = tuple(
        engine.Grant(
            id=str(row.pk),
            approval_type_id=str(row.request.type_uuid),
            characteristics=engine.Characteristics.of(terms),
            scope_key=row.request.scope_key,
            exact_key=row.request.exact_key,
            one_time=row.one_time,
            expires_at=row.expires_at,
            rights=terms.rights,
            reason=row.request.reason,
        )
        for row, terms in ((row, row.request.terms) for row in rows)
    )
    return grants, {str(row.pk): row.request_id for row in rows}


def compiled(policy: Policy) -> engine.Policy:
    """`policy` (fetched `with_parts`) as the engine's; its version is a hash of all that is in it."""
    filters = {role: policy.filters_as(role) for role in PolicyFilter.Role.values}
    own, child = policy.actions_for(children=False), policy.actions_for(children=True)
    return engine.Policy(
        id=str(policy.pk),
        name=policy.name,
        version=_version(policy, filters, [own, child]),
        priority=policy.priority,
        created=policy.created_at,
        active=policy.is_active,
        targets=_filters(filters["target"]),
        inclusions=_filters(filters["inclusion"]),
        exclusions=_filters(filters["exclusion"]),
        actions=tuple(map(compiled_action, own)),
        child_actions=tuple(map(compiled_action, child)),
        continue_enforcing=policy.continue_enforcing,
        enforce_child=policy.enforce_child,
        applies_to_all=policy.applies_to_all,
        audit_events=policy.audit_events,
    )


def compiled_action(row: Action) -> engine.Action:
    """`row`, fetched with its approval type, as the engine's."""
    kind = row.approval_type
    return engine.Action(
        id=str(row.pk),
        name=row.name,
        kind=row.kind,
        settings=row.settings,
        approval_type=engine.ApprovalType(str(kind.pk), kind.name, engine.Characteristics.of(kind))
        if kind
        else None,
    )


def _version(policy: Policy, filters: dict[str, list[Filter]], actions: list[list[Action]]) -> str:
    """SHA-256 over everything that could change a decision, and nothing else."""

    def approval_type(kind: ApprovalType | None) -> list[Any] | None:
        if kind is None:
            return None
        return [str(kind.pk), kind.name, *vars(engine.Characteristics.of(kind)).values()]

    flags = ("priority", "continue_enforcing", "enforce_child", "applies_to_all", "audit_events")
    content = {
        "id": str(policy.pk),
        "name": policy.name,
        **{name: getattr(policy, name) for name in flags},
        "filters": {
            role: [[str(row.pk), row.name, row.kind, row.settings] for row in rows]
            for role, rows in filters.items()
        },
        "actions": [
            [
                [str(row.pk), row.name, row.kind, row.settings, approval_type(row.approval_type)]
                for row in rows
            ]
            for rows in actions
        ],
    }
    return hashlib.sha256(_json(content).encode()).hexdigest()


def _filters(rows: Iterable[Filter]) -> tuple[engine.Filter, ...]:
    filters = []
    for row in rows:
        try:
            settings = _settings(row.kind, _json(row.settings))
        except ValueError as error:
            raise PolicyBroken(
                f"The filter {row.name} can't be used: {error}. Tell an administrator."
            ) from error
        filters.append(engine.Filter(str(row.pk), row.name, row.kind, settings))
    return tuple(filters)


@lru_cache(maxsize=20_000)
def _settings(kind: str, text: str) -> Any:
    """Built once for each content: patterns are compiled when they change, not in every request."""
    return engine.from_settings(kind, json.loads(text), compile_pattern)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
