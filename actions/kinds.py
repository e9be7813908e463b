"""The kinds of action: one record each, with everything but its form (actions/forms.py). Pure.

To add a kind, add its record to `_KINDS`, and for settings of a new type a form. From the record
come the choice in Create Action, the built-in action with its texts, the words on a policy's page
and, by its effect, what the engine decides.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

from actions.platforms import Platform
from core.settings import Settings


class Effect(StrEnum):
    """What an action does to a program, as the engine carries it out."""

    DENY = "deny"  # with its window, if its settings have one
    ASK_APPROVAL = "ask_approval"
    ASK_REASON = "ask_reason"
    WARN = "warn"
    ELEVATE = "elevate"
    REMOVE_RIGHTS = "remove_rights"
    RUN_AS = "run_as"  # the setting `account`
    SET_VARIABLE = "set_variable"  # the settings `variable` and `value`


@dataclass(frozen=True)
class NoSettings(Settings):
    """For an action that needs no settings."""


@dataclass(frozen=True)
class WindowSettings(Settings):
    """The texts that every window has. The presets are the built-in actions' texts."""

    title: str = "Application Notice"
    application_label: str = "Application"
    user_label: str = "User"


@dataclass(frozen=True)
class JustificationSettings(WindowSettings):
    """A window that asks for a reason, then lets the program run."""

    reason_required: bool = True
    reason_label: str = "Reason (required):"
    information: str = "This application runs with administrator rights."
    instruction: str = "Say briefly why you need it. What you write is recorded."


@dataclass(frozen=True)
class ApprovalFormSettings(JustificationSettings):
    """A window that asks for a reason and waits for approval."""

    information: str = (
        "This application has not been approved for use. Close this window, or ask for approval."
    )
    instruction: str = (
        "Say briefly why you need it. Your reason becomes part of the request, "
        "and the approver will read it."
    )
    pending: str = "A previous request for this application has been submitted for review."


@dataclass(frozen=True)
class WarningSettings(WindowSettings):
    """A window after which the user can continue."""

    message: str = "This application may harm your computer. Continue only if you trust it."


@dataclass(frozen=True)
class DenyMessageSettings(WindowSettings):
    """A window after which nothing runs."""

    message: str = "This application is not allowed here. If you need it, ask your help desk."


@dataclass(frozen=True)
class RunAsUserSettings(Settings):
    """Whose rights the program gets."""

    account: str = ""


@dataclass(frozen=True)
class EnvironmentVariableSettings(Settings):
    """A variable that the program finds in its environment; nothing in the value is expanded."""

    variable: str = ""
    value: str = ""


@dataclass(frozen=True)
class ActionKind:
    """One kind. `words` completes "This action …".

    In `words`, `{type}` is the name of the approval type, `{reason}` says whether a reason may be
    empty, and any other name in braces is a text of the settings. A kind with `built_in` comes with
    a built-in action of that description, for `platform` (None: every platform) and with the
    default approval type of that key (approvals/defaults.py).
    """

    key: str  # stored with each action
    label: str
    effect: Effect
    words: str
    settings: type[Settings] = NoSettings
    needs: str = ""  # the setting without which the action does nothing
    unnamed: str = ""  # stands in `words` for that setting while it is empty
    built_in: str = ""
    platform: Platform | None = None
    approval_type: str = ""

    @cached_property
    def preset_texts(self) -> dict[str, str]:
        """The texts among its settings, by name."""
        return {f.name: f.default for f in fields(self.settings) if isinstance(f.default, str)}


_KINDS = (
    ActionKind(
        key="approval_request_form",
        label="Approval Request Form Action",
        effect=Effect.ASK_APPROVAL,
        words="asks for {reason} and waits for an approval ({type})",
        settings=ApprovalFormSettings,
        built_in="Asks the user for a reason and runs the application once it is approved.",
        approval_type="default-execute",
    ),
    ActionKind(
        key="approval_request_offline_form",
        label="Approval Request (with Offline Fallback) Form Action",
        effect=Effect.ASK_APPROVAL,
        words="asks for {reason} and waits for an approval ({type}); without a connection, "
        "the user reads a code to the help desk",
        settings=ApprovalFormSettings,
        built_in="Like the Approval Request Form; without a connection, the user gets a code to "
        "read to the help desk.",
        platform=Platform.WINDOWS,
        approval_type="default-offline-execute",
    ),
    ActionKind(
        key="justify_elevation",
        label="Justify Application Elevation Action",
        effect=Effect.ASK_REASON,
        words="asks for {reason} and records it",
        settings=JustificationSettings,
        built_in="Asks the user for a reason, records it, and runs the application.",
    ),
    ActionKind(
        key="warning_message",
        label="Application Warning Message Action",
        effect=Effect.WARN,
        words="shows a warning; the user can continue",
        settings=WarningSettings,
        built_in="Shows a warning; the user can continue.",
    ),
    ActionKind(
        key="deny_execute",
        label="Deny Execute Action",
        effect=Effect.DENY,
        words="denies it without telling the user",
        built_in="Prevents the application from running, without telling the user.",
    ),
    ActionKind(
        key="deny_execute_message",
        label="Deny Execute Message Action",
        effect=Effect.DENY,
        words="denies it and tells the user",
        settings=DenyMessageSettings,
        built_in="Prevents the application from running and tells the user.",
    ),
    ActionKind(
        key="add_administrative_rights",
        label="Add Administrative Rights Action",
        effect=Effect.ELEVATE,
        words="runs it with administrator rights",
        built_in="Runs the application with administrator rights.",
    ),
    ActionKind(
        key="remove_administrative_rights",
        label="Remove Administrative Rights Action",
        effect=Effect.REMOVE_RIGHTS,
        words="runs it without administrator rights",
        built_in="Runs the application without administrator rights, even for administrators.",
    ),
    ActionKind(  # no built-in action: without an account it would do nothing
        key="run_as_user",
        label="Run As User Action",
        effect=Effect.RUN_AS,
        words="runs it as {account}",
        settings=RunAsUserSettings,
        needs="account",
        unnamed="another user (none is named yet)",
    ),
    ActionKind(  # no built-in action: without a variable it would do nothing
        key="set_environment_variable",
        label="Set Environment Variable Action",
        effect=Effect.SET_VARIABLE,
        words="sets the environment variable {variable}",
        settings=EnvironmentVariableSettings,
        needs="variable",
        unnamed="(none is named yet)",
    ),
    ActionKind(
        key="command_line_approval_message",
        label="Command Line Approval Message Action",
        effect=Effect.ASK_APPROVAL,
        words="asks for {reason} at the command line and waits for an approval ({type})",
        settings=ApprovalFormSettings,
        built_in="Asks for a reason at the command line and runs the command once it is approved.",
        platform=Platform.LINUX,
        approval_type="default-execute",
    ),
)
ACTION_KINDS = {kind.key: kind for kind in _KINDS}
