"""The family of actions; its kinds stand in actions/kinds.py."""

from typing import Any

from actions.forms import FORMS
from actions.kinds import ACTION_KINDS
from actions.models import Action
from actions.platforms import CHOICES, CHOICES_OR_EVERY
from actions.preview import ActionPreview, preview_of
from items.family import Column, Kind, ListFilter, PlatformFamily, register
from items.services import kind_words

_PLATFORMS = dict(CHOICES_OR_EVERY)
PLATFORM_COLUMN = Column(
    "Platform", lambda item: _PLATFORMS[item.platform], sort="platform", width="fit"
)
PLATFORM_FILTER = ListFilter("platform", "Platform", "platform", lambda: CHOICES)


class ActionFamily(PlatformFamily):
    model = Action
    namespace = "actions"
    path = "actions/"
    noun, plural = "action", "actions"
    trail = ("Admin", "Actions")
    about = (
        "What a policy does to matching programs. Built-in actions are read-only: "
        "duplicate one and edit the copy."
    )
    kinds = tuple(Kind(k.key, k.label, FORMS[k.settings]) for k in ACTION_KINDS.values())
    columns = (
        Column("Type", kind_words, sort="kind"),
        PLATFORM_COLUMN,
        Column("Approval Type", lambda action: str(action.approval_type or "")),
    )
    filters = (PLATFORM_FILTER,)
    detail_template = "actions/action_detail.html"
    more_pages = (("<uuid:item_id>/preview/", ActionPreview, "preview"),)

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("approval_type")

    def page_context(self, item: Action) -> dict[str, Any]:
        return {"preview": preview_of(item), "preview_url": self.url_of(item, "preview")}


ACTIONS = register(ActionFamily())
