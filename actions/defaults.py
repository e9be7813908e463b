"""The built-in actions. They are read-only; an administrator duplicates one and changes the copy."""

from actions.kinds import ACTION_KINDS
from actions.models import Action
from approvals.models import ApprovalType
from items.builtin import add_builtin, builtin_id


def add_defaults() -> None:
    """Add what is missing. The default approval types must exist (approvals.defaults)."""
    for kind in ACTION_KINDS.values():
        if not kind.built_in:
            continue
        type_key = kind.approval_type
        add_builtin(
            Action,
            kind.key,
            name=kind.label,
            description=kind.built_in,
            kind=kind.key,
            platform=kind.platform or "",
            settings=kind.settings().to_json(),
            approval_type_id=builtin_id(ApprovalType, type_key) if type_key else None,
        )
