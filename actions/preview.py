"""The window or terminal prompt that an endpoint's user sees, as an action's page shows it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actions.kinds import (
    ACTION_KINDS,
    Effect,
    JustificationSettings,
    WindowSettings,
)
from actions.models import Action
from actions.platforms import Platform
from core.dialogs import varied, wants_fragment
from items.views.detail import ItemDetail

APPLICATION: Final = "setup.exe"  # whose window is shown
ACCOUNTS: Final = {Platform.WINDOWS: "EXAMPLE\\alice", Platform.LINUX: "alice"}
MAX_TEXT: Final = 1_000  # characters, as the form allows


@dataclass(frozen=True)
class Preview:
    """What the user reads, and what they can do. Texts are by name of the setting."""

    texts: Mapping[str, str]
    buttons: tuple[str, ...]
    asks_reason: bool
    in_terminal: bool
    application: str = APPLICATION

    @property
    def user(self) -> str:
        return ACCOUNTS[Platform.LINUX if self.in_terminal else Platform.WINDOWS]


def preview_of(action: Action, typed: Mapping[str, str] | None = None) -> Preview | None:
    """Of the stored texts, or of those that are being typed, right or not; None without a window."""
    kind = ACTION_KINDS[action.kind]
    if not issubclass(kind.settings, WindowSettings):
        return None
    given = action.settings if typed is None else typed
    texts = {
        name: str(given.get(name, preset))[:MAX_TEXT] for name, preset in kind.preset_texts.items()
    }
    platform = action.platform if typed is None else typed.get("platform", "")
    terminal = Platform.LINUX in {kind.platform, platform}
    return Preview(
        texts=texts,
        buttons=("Close",) if kind.effect is Effect.DENY else ("Continue", "Cancel"),
        asks_reason=issubclass(kind.settings, JustificationSettings),
        in_terminal=terminal,
        application="apt" if terminal else APPLICATION,
    )


class ActionPreview(ItemDetail):
    """The prompt with the texts as they stand in the form. Nothing is saved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        action = self.item(item_id)
        assert isinstance(action, Action)
        self.refuse_unless_may_change(action)
        context: dict[str, Any] = {"preview": preview_of(action, request.POST.dict())}
        if wants_fragment(request):
            return varied(render(request, "actions/prompt.html", context))
        form = self.form(action, request.POST)
        form.is_valid()
        return varied(self.show(self.item(item_id), form, **context))
