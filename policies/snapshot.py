"""From rows to the engine's objects."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any

from actions.models import Action
from approvals.models import ApprovalType
from approvals.selectors import valid_grants
from policies import engine
from policies.engine.filters import Unusable
from policies.models import Filter, Policy, PolicyFilter
from policies.patterns import built


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


def compiled(policy: Policy, *, broken: str = "") -> engine.Policy:
    """`policy` (fetched `with_parts`) as the engine's; its version is a hash of all that is in it.

    `broken`: why it can't be used, in a sentence. A filter that can't be built is taken along as
    such: to leave it or its policy out could mean to leave out a denial.
    """
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
        broken=broken,
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
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _filters(rows: Iterable[Filter]) -> tuple[engine.Filter, ...]:
    filters = []
    for row in rows:
        try:
            settings = built(row)
        except ValueError as error:
            settings = Unusable(str(error))
        filters.append(engine.Filter(str(row.pk), row.name, row.kind, settings))
    return tuple(filters)
