"""The typed settings of each kind of action. Their presets are the built-in actions' texts.

The names are those that the engine reads and hands to agents (policies/engine/prompts.py).
"""

from dataclasses import dataclass

from items.settings import Settings


@dataclass(frozen=True)
class NoSettings(Settings):
    """An action that needs nothing to be said."""


@dataclass(frozen=True)
class WindowSettings(Settings):
    """The texts that every window has."""

    title: str = "Application Notice"
    application_label: str = "Application"
    user_label: str = "User"


@dataclass(frozen=True)
class JustificationSettings(WindowSettings):
    """A window that asks for a reason and goes on."""

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
        "Say briefly why you need it. Your words become part of the request, "
        "and whoever decides will read them."
    )
    pending: str = "A previous request for this application has been submitted for review."


@dataclass(frozen=True)
class WarningSettings(WindowSettings):
    """A window after which the user may go on."""

    message: str = "This application may harm your computer. Go on only if you know it."


@dataclass(frozen=True)
class DenyMessageSettings(WindowSettings):
    """A window after which nothing runs."""

    message: str = (
        "This application is not allowed here. If you need it, please ask your help desk."
    )


@dataclass(frozen=True)
class RunAsUserSettings(Settings):
    """Whose rights the program gets."""

    account: str = ""


@dataclass(frozen=True)
class EnvironmentVariableSettings(Settings):
    """A variable that the program finds in its environment; the value is not expanded."""

    variable: str = ""
    value: str = ""
