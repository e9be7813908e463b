"""What actions do, one by one and together, as policies.engine.verdict carries them out."""

from collections.abc import Sequence

from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from policies.describe.lists import listed, shown
from policies.engine import ACTION_KINDS
from policies.engine.model import DENY_KINDS, FORM_KINDS
from policies.models import Policy

Kind = Action.Kind
_BY: dict[str, str] = {
    ApprovalProcess.Kind.EMAIL: "by e-mail",
    ApprovalProcess.Kind.MANUAL: "in Manage Approvals",
    ApprovalProcess.Kind.MANUAL_WITH_ALERTS: "in Manage Approvals",
    ApprovalProcess.Kind.OFFLINE: "by a code from the help desk",
}
_ALONE: dict[str, str] = {
    Kind.WARNING_MESSAGE: "shows a warning; the user may go on",
    Kind.DENY_EXECUTE: "denies it without a word",
    Kind.DENY_EXECUTE_MESSAGE: "denies it and tells the user",
    Kind.ADD_ADMINISTRATIVE_RIGHTS: "runs it with administrator rights",
    Kind.REMOVE_ADMINISTRATIVE_RIGHTS: "runs it without administrator rights",
}


def action_words(action: Action) -> str:
    """What one action does: "runs it with administrator rights". Values of variables are not told."""
    if action.kind not in ACTION_KINDS:
        return "denies it, for no agent can carry out this kind of action"
    if action.kind in FORM_KINDS:
        return _form_words(action)
    if action.kind == Kind.JUSTIFY_ELEVATION:
        return f"{_asks(action)} and records it"
    if action.kind == Kind.RUN_AS_USER:
        account = shown(text_of(action, "account"))
        return f"runs it as {account or 'another user (none is named yet)'}"
    if action.kind == Kind.SET_ENVIRONMENT_VARIABLE:
        name = shown(text_of(action, "variable"))
        return f"sets the environment variable {name or '(none is named yet)'}"
    return _ALONE[action.kind]


def text_of(action: Action, name: str) -> str:
    """A text among the settings, trimmed; "" where there is none."""
    found = action.settings.get(name) if isinstance(action.settings, dict) else None
    return found.strip() if isinstance(found, str) else ""


def _asks(action: Action) -> str:
    required = action.settings.get("reason_required", True) is not False
    return "asks for a reason" if required else "asks for a reason, which may be empty,"


def _form_words(action: Action) -> str:
    kind = action.approval_type
    if kind is None:
        return "denies it, for it has no approval type: nobody could approve"
    where = " at the command line" if action.kind == Kind.COMMAND_LINE_APPROVAL_MESSAGE else ""
    offline = (
        "; without a connection, the user reads a code to the help desk"
        if action.kind == Kind.APPROVAL_REQUEST_OFFLINE_FORM
        else ""
    )
    return f"{_asks(action)}{where} and waits for an approval ({shown(kind.name)}){offline}"


def outcome_words(actions: Sequence[Action]) -> str:
    """What `actions`, at least one, come to: "ask for a reason, then run it as EXAMPLE\\svc"."""
    denied = _denied(actions)
    if denied:
        return denied
    # What an approval form asked counts as justification, and nobody is warned after an approval.
    asked = _approvals(actions) or _questions(actions)
    return ", ".join([*asked, f"then {_run(actions)}"] if asked else [_run(actions)])


def _denied(actions: Sequence[Action]) -> str:
    kinds = {action.kind for action in actions}
    if Kind.DENY_EXECUTE_MESSAGE in kinds:
        return "deny it and tell the user"
    if Kind.DENY_EXECUTE in kinds:
        return "deny it without a word"
    for action in actions:
        if action.kind not in ACTION_KINDS:
            return f"deny it, for no agent can carry out {shown(action.name)}"
        if action.kind in FORM_KINDS and action.approval_type is None:
            return f"deny it, for {shown(action.name)} has no approval type"
    return ""


def _approvals(actions: Sequence[Action]) -> list[str]:
    """Each type is asked for once: a second form of it would plead for the same."""
    types = {action.approval_type: None for action in actions if action.kind in FORM_KINDS}
    found = []
    for kind in types:
        if kind is not None:  # `_denied` has told of it
            name = f" ({shown(kind.name)})" if len(types) > 1 else ""
            found += ["ask for a reason", f"wait for an approval {_by(kind)}{name}"]
    return found


def _by(kind: ApprovalType) -> str:
    process = kind.process
    return _BY[process.kind] if process else "that nobody can give yet"


def _questions(actions: Sequence[Action]) -> list[str]:
    kinds = {action.kind for action in actions}
    words = {Kind.JUSTIFY_ELEVATION: "ask for a reason", Kind.WARNING_MESSAGE: "warn the user"}
    return [text for kind, text in words.items() if kind in kinds]


def _run(actions: Sequence[Action]) -> str:
    """The rights, as `rights_of` has them: removing beats adding, the first account named wins."""
    kinds = {action.kind for action in actions}
    accounts = [text_of(action, "account") for action in actions if action.kind == Kind.RUN_AS_USER]
    account = next(filter(None, accounts), "")
    words = f"run it as {shown(account)}" if account else "run it"
    if Kind.REMOVE_ADMINISTRATIVE_RIGHTS in kinds:
        words += " without administrator rights"
    elif Kind.ADD_ADMINISTRATIVE_RIGHTS in kinds:
        words += " with administrator rights"
    elif not account:
        words += " with the user's own rights"
    return words + _variables(actions)


def _variables(actions: Sequence[Action]) -> str:
    setting = [action for action in actions if action.kind == Kind.SET_ENVIRONMENT_VARIABLE]
    names = dict.fromkeys(filter(None, (text_of(action, "variable") for action in setting)))
    if not names:
        return ""
    many = "s" if len(names) > 1 else ""
    return f", with the environment variable{many} {listed(names, 'and')} set"


def policy_type(policy: Policy) -> str:
    """The policy's group in lists, from the strongest of its own actions; "Monitor" without any."""
    kinds = {action.kind for action in policy.actions_for(children=False)}
    strongest = {
        "Block": bool(kinds & DENY_KINDS or kinds - ACTION_KINDS),  # unknown kinds deny
        "Require Approval": bool(kinds & FORM_KINDS),
        "Require Justification": Kind.JUSTIFY_ELEVATION in kinds,
        "Warn": Kind.WARNING_MESSAGE in kinds,
        "Elevate": Kind.ADD_ADMINISTRATIVE_RIGHTS in kinds
        and Kind.REMOVE_ADMINISTRATIVE_RIGHTS not in kinds,
        "Allow": bool(kinds),
    }
    return next((name for name, is_it in strongest.items() if is_it), "Monitor")
