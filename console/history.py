"""Admin | Configuration, Change History: every change of every item."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from console.configuration import CONFIGURATION, frame
from core.actors import ActorKind
from core.people.models import User
from core.roles import ADMINISTRATORS, PLATFORM_ADMINISTRATORS, requires
from core.tables import Column
from foreign_systems.items import CREDENTIALS
from items.family import Family, ListFilter, families, family_named
from items.listings import Choice, Listing, Options
from items.models import Change
from items.trail import place

MAX_PEOPLE = 200  # offered as who made a change; others are found by the search
SYSTEM = "system"

# It shows what was changed in credentials too.
HISTORY = place(
    (*CONFIGURATION, "Change History"), "configuration_history", CREDENTIALS.access.view
)


def _family_of(change: Change) -> Family | None:
    for family in families():
        keys = {kind.key for kind in family.kinds}
        if family.model._meta.label_lower == change.model and keys & {"", change.kind}:
            return family
    return None


def _noun(change: Change) -> str:
    family = _family_of(change)
    return family.noun if family else change.model.partition(".")[2]


def _version_url(change: Change) -> str:
    """The version on its item's page; "" once the item is deleted."""
    family = _family_of(change)
    if family is None or change.verb == Change.Verb.DELETE:
        return ""
    return f"{family.url_of_key(change.item_id, 'history')}?version={change.version}"


def _second_person(change: Change) -> str:
    return f"accepted by {change.accepted_by}" if change.accepted_by else ""


def _people() -> Options:
    """Who may change items, and whatever changes them at a shell."""
    changing = PLATFORM_ADMINISTRATORS | {ADMINISTRATORS}
    people = User.objects.filter(groups__name__in=changing).distinct().order_by("name_key")
    named = [(str(user.pk), user.name) for user in people[:MAX_PEOPLE]]
    return [*named, (SYSTEM, "pmconsole and commands")]


def _by(rows: Any, who: str) -> Any:
    if who == SYSTEM:
        return rows.filter(by_kind=ActorKind.SYSTEM)
    return rows.filter(by_kind=ActorKind.USER, by_id=who)


def _kinds() -> Options:
    return sorted(
        ((family.namespace, capfirst(family.noun)) for family in families()),
        key=lambda option: option[1].casefold(),
    )


def _of_kind(rows: Any, namespace: str) -> Any:
    family = family_named(namespace)
    assert family is not None  # one of the options
    rows = rows.filter(model=family.model._meta.label_lower)
    keys = [kind.key for kind in family.kinds if kind.key]
    return rows.filter(kind__in=keys) if keys else rows


CHANGES = Listing(
    noun="change",
    plural="changes",
    columns=(
        Column("Item", lambda change: change.item_name, link=_version_url, width="wide"),
        Column("Kind", _noun, place="below"),
        Column("Change", lambda change: f"Version {change.version}: {change.summary}"),
        Column("By", lambda change: change.by),
        Column("Second Person", _second_person, place="below"),
        Column("Where", lambda change: change.via, place="below"),
        Column("When", lambda change: change.at, sort="at", width="fit"),
    ),
    sort="-at",
    choices=(
        Choice("by", "By", _people, _by),
        Choice("kind", "Kind", _kinds, _of_kind),
        ListFilter(
            "action",
            "Action",
            "verb",
            lambda: [(str(verb.value), capfirst(str(verb.label))) for verb in Change.Verb],
        ),
    ),
    dates="at",
    search=lambda text: Q(item_name__icontains=text) | Q(by__icontains=text),
    searched="Item, person",
    blank_icon="restore",
    blank_text="Every change to an item is recorded here: who, when, which field, old and new value.",
)


@requires(CREDENTIALS.access.view)
@require_safe
def history(request: HttpRequest) -> HttpResponseBase:
    """The newest first. `?q=` searches, `?by=`, `?kind=`, `?action=`, `?from=` and `?to=` narrow."""
    rows = Change.objects.without_texts()
    return CHANGES.answer(
        request, rows, "console/configuration_history.html", **frame(request, HISTORY)
    )
