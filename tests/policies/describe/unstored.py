"""Actions and approval types that are not stored: words are made from the row alone."""

from typing import Any

from actions.kinds import ACTION_KINDS, Effect
from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType

ADD, REMOVE = "add_administrative_rights", "remove_administrative_rights"
FORM, JUSTIFY, WARN = "approval_request_form", "justify_elevation", "warning_message"
FORMS = {key for key, kind in ACTION_KINDS.items() if kind.effect is Effect.ASK_APPROVAL}


def an_action(kind: str, approval_type: ApprovalType | None = None, **settings: Any) -> Action:
    """Not stored; a form gets a type that is asked for by email."""
    if approval_type is None and kind in FORMS:
        approval_type = a_type()
    return Action(name=f"Its {kind}", kind=kind, settings=settings, approval_type=approval_type)


def a_type(name: str = "Run It", process: str = "email") -> ApprovalType:
    handler = ApprovalProcess(name="Ask", kind=process) if process else None
    return ApprovalType(name=name, process=handler)
