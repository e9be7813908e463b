"""The built-in actions. They are read-only; an administrator duplicates one and changes the copy."""

from dataclasses import dataclass

from actions.items import ACTIONS
from actions.models import Action
from approvals.defaults import EXECUTE, OFFLINE
from approvals.models import ApprovalType
from items.builtin import add_builtin, builtin_id


@dataclass(frozen=True)
class _BuiltIn:
    """Its key is its kind, its name the kind's, and its settings are the kind's presets."""

    kind: str
    description: str
    platform: str = ""  # empty: every platform
    approval_type: str = ""  # key of a default type


_ACTIONS = (
    _BuiltIn(
        "approval_request_form",
        "Asks the user for a reason and runs the application when it has been approved.",
        approval_type=EXECUTE,
    ),
    _BuiltIn(
        "approval_request_offline_form",
        "As the Approval Request Form; without a connection the user is given a code to read out.",
        platform="windows",
        approval_type=OFFLINE,
    ),
    _BuiltIn(
        "justify_elevation", "Asks the user for a reason, records it, and runs the application."
    ),
    _BuiltIn("warning_message", "Shows a warning; the user may go on."),
    _BuiltIn("deny_execute", "Keeps the application from running, without a word."),
    _BuiltIn("deny_execute_message", "Keeps the application from running and tells the user."),
    _BuiltIn("add_administrative_rights", "Runs the application with administrator rights."),
    _BuiltIn(
        "remove_administrative_rights",
        "Runs the application without administrator rights, even for administrators.",
    ),
    _BuiltIn(
        "command_line_approval_message",
        "Asks for a reason at the command line and runs the command when it has been approved.",
        platform="linux",
        approval_type=EXECUTE,
    ),
)


def add_defaults() -> None:
    """Add what is missing. The default approval types must be there (approvals.defaults).

    Run As User and Set Environment Variable have no built-in action: without an account or a
    variable they would do nothing.
    """
    for action in _ACTIONS:
        kind = ACTIONS.kind(action.kind)
        assert kind is not None
        preset = ACTIONS.new(kind)
        assert isinstance(preset, Action)
        type_key = action.approval_type
        add_builtin(
            Action,
            action.kind,
            name=kind.label,
            description=action.description,
            kind=action.kind,
            platform=action.platform,
            settings=preset.settings,
            approval_type_id=builtin_id(ApprovalType, type_key) if type_key else None,
        )
