"""The built-in actions. They are read-only; an administrator duplicates one and changes the copy."""

from dataclasses import dataclass, field

from actions.models import Action
from approvals.defaults import EXECUTE, OFFLINE
from approvals.models import ApprovalType
from pmconsole.items.builtin import add_builtin, builtin_id

Kind = Action.Kind
Settings = dict[str, str | bool]

# The texts of the windows, by the names that the engine hands to agents.
_WINDOW: Settings = {
    "title": "Application Notice",
    "application_label": "Application",
    "user_label": "User",
}
_FORM: Settings = {
    **_WINDOW,
    "reason_required": True,
    "reason_label": "Reason (required):",
    "information": "This application has not been approved for use. "
    "Close this window, or ask for approval.",
    "instruction": "Say briefly why you need it. Your words become part of the request, "
    "and whoever decides will read them.",
    "pending": "A previous request for this application has been submitted for review.",
}
_JUSTIFICATION: Settings = {
    **_WINDOW,
    "reason_required": True,
    "reason_label": "Reason (required):",
    "information": "This application runs with administrator rights.",
    "instruction": "Say briefly why you need it. What you write is recorded.",
}


@dataclass(frozen=True)
class _BuiltIn:
    kind: Kind
    description: str
    settings: Settings = field(default_factory=dict)
    platform: str = ""  # empty: every platform
    approval_type: str = ""  # key of a default type


_ACTIONS = (
    _BuiltIn(
        Kind.APPROVAL_REQUEST_FORM,
        "Asks the user for a reason and runs the application when it has been approved.",
        _FORM,
        approval_type=EXECUTE,
    ),
    _BuiltIn(
        Kind.APPROVAL_REQUEST_OFFLINE_FORM,
        "As the Approval Request Form; without a connection the user is given a code to read out.",
        _FORM,
        platform="windows",
        approval_type=OFFLINE,
    ),
    _BuiltIn(
        Kind.JUSTIFY_ELEVATION,
        "Asks the user for a reason, records it, and runs the application.",
        _JUSTIFICATION,
    ),
    _BuiltIn(
        Kind.WARNING_MESSAGE,
        "Shows a warning; the user may go on.",
        {
            **_WINDOW,
            "message": "This application may harm your computer. Go on only if you know it.",
        },
    ),
    _BuiltIn(Kind.DENY_EXECUTE, "Keeps the application from running, without a word."),
    _BuiltIn(
        Kind.DENY_EXECUTE_MESSAGE,
        "Keeps the application from running and tells the user.",
        {
            **_WINDOW,
            "message": "This application is not allowed here. "
            "If you need it, please ask your help desk.",
        },
    ),
    _BuiltIn(Kind.ADD_ADMINISTRATIVE_RIGHTS, "Runs the application with administrator rights."),
    _BuiltIn(
        Kind.REMOVE_ADMINISTRATIVE_RIGHTS,
        "Runs the application without administrator rights, even for administrators.",
    ),
    _BuiltIn(
        Kind.COMMAND_LINE_APPROVAL_MESSAGE,
        "Asks for a reason at the command line and runs the command when it has been approved.",
        _FORM,
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
        kind = action.approval_type
        add_builtin(
            Action,
            action.kind.value,
            name=str(action.kind.label),
            description=action.description,
            kind=action.kind,
            platform=action.platform,
            settings=action.settings,
            approval_type_id=builtin_id(ApprovalType, kind) if kind else None,
        )
