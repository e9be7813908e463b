"""Admin | Configuration: its tabs that are no list of items."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.defaults import EXECUTE, OFFLINE
from approvals.models import ApprovalProcess, ApprovalType
from core.pages import page_of
from core.roles import requires
from foreign_systems.items import CONFIGURATION, CREDENTIALS, SMTP_SERVERS, trouble_of
from items.builtin import builtin_id
from items.family import Family, families, page_of_item
from items.models import Change, Item
from items.trail import crumbs

_TRAIL = CONFIGURATION[:1]


@dataclass(frozen=True)
class Link:
    """A default item: what it is the default of, and what it says of itself."""

    label: str
    name: str
    url: str
    text: str


@dataclass(frozen=True)
class SystemKind:
    """A kind of foreign system with its list."""

    family: Family
    count: int
    trouble: int  # how many take no mail


@requires("items.view")
@require_safe
def general(request: HttpRequest) -> HttpResponse:
    """General: the default types and processes."""
    context = {
        "crumbs": crumbs(_TRAIL),
        "tab": "general",
        "types": list(_types()),
        "processes": list(_processes()),
    }
    return render(request, "console/configuration_general.html", context)


def _types() -> list[Link]:
    found = []
    for label, key in (("Execute", EXECUTE), ("Offline execute", OFFLINE)):
        identity = builtin_id(ApprovalType, key)
        item = ApprovalType.objects.select_related("process").filter(pk=identity).first()
        if item is not None:
            handler = item.process.name if item.process else "none yet"
            found.append(_link(label, item, f"Process Handler: {handler}"))
    return found


def _processes() -> list[Link]:
    said = {
        "default-manual": ("Manual", "decided in Manage Approvals"),
        "default-offline": ("Offline", "decided by a code read out on the telephone"),
    }
    found = []
    for key, (label, text) in said.items():
        item = ApprovalProcess.objects.filter(pk=builtin_id(ApprovalProcess, key)).first()
        if item is not None:
            found.append(_link(label, item, text))
    return found


def _link(label: str, item: Item, text: str) -> Link:
    return Link(label, item.name, page_of_item(item), text)


@requires("items.view")
@require_safe
def foreign_systems(request: HttpRequest) -> HttpResponse:
    """The kinds of foreign system, each with its list."""
    kinds = [_kind(family) for family in (SMTP_SERVERS,)]
    context = {"crumbs": crumbs(_TRAIL), "tab": "foreign-systems", "kinds": kinds}
    return render(request, "console/configuration_foreign_systems.html", context)


def _kind(family: Family) -> SystemKind:
    systems = list(family.queryset())
    return SystemKind(family, len(systems), sum(1 for s in systems if trouble_of(s)))


@requires(CREDENTIALS.access.view)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every change of every item, the newest first. `?q=` searches items and people."""
    query = request.GET.get("q", "").strip()[:200].replace("\0", "")
    changes = Change.objects.all()
    if query:
        changes = changes.filter(Q(item_name__icontains=query) | Q(by__icontains=query))
    page = page_of(changes, request, by="at", descending=True)
    known = {family.model._meta.label_lower: family for family in reversed(list(families()))}
    rows = [(change, known.get(change.model)) for change in page.rows]
    context = {
        "crumbs": crumbs(_TRAIL),
        "tab": "history",
        "page": page,
        "rows": rows,
        "query": query,
    }
    return render(request, "console/configuration_history.html", context)
