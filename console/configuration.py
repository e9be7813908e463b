"""Admin | Configuration: its tabs that are no list of items."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.defaults import EXECUTE, OFFLINE
from approvals.items import PROCESSES, TYPES
from approvals.models import ApprovalProcess, ApprovalType
from core.roles import Permission, requires, roles_of
from foreign_systems.items import MAILBOXES, SMTP_SERVERS, SYSLOGS, WEBHOOKS, trouble_of
from items.areas import Area, order_tabs
from items.builtin import builtin_id
from items.family import Family
from items.listings import query_of
from items.trail import Trail, place
from policies.items import GROUPS
from tasks.items import PURGE_TASKS, age_words, deleted_words, next_run_words

CONFIGURATION = order_tabs(
    ("Admin", "Configuration"),
    "General",
    "Foreign Systems",
    "Credentials",
    "Authentication",
    "Advanced",
    "Change History",
    "Import and Export",
)
place(CONFIGURATION, "configuration")
GENERAL = place((*CONFIGURATION, "General"), "configuration")
FOREIGN_SYSTEMS = place((*CONFIGURATION, "Foreign Systems"), "foreign_systems")


@dataclass(frozen=True)
class DefaultItem:
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
    troubled: int  # how many can't be used at present
    found: tuple[tuple[str, str], ...] = ()  # name and address of those that a search is about

    @property
    def is_needed(self) -> bool:
        """Whether approvals by email can't do without one."""
        return self.family is SMTP_SERVERS

    @property
    def trouble_words(self) -> str:
        words: dict[Family, str] = {SMTP_SERVERS: "not accepting mail", MAILBOXES: "not read"}
        return f"{self.troubled} {words.get(self.family, 'not receiving')}"


def frame(request: HttpRequest, tab: Trail) -> dict[str, Any]:
    """The context of console/configuration.html, for the page of `tab`."""
    area = Area(tab, request)
    return {"area": area, "crumbs": area.crumbs}


@requires(Permission.ITEMS_VIEW)
@require_safe
def general(request: HttpRequest) -> HttpResponse:
    """General: policy targeting, the default types and processes, the purge tasks."""
    context = {
        **frame(request, GENERAL),
        "types": list(_types()),
        "types_url": TYPES.url,
        "may_target": bool(GROUPS.access.change & roles_of(request.user)),
        "processes": list(_processes()),
        "processes_url": PROCESSES.url,
        "purges": [
            DefaultItem(
                deleted_words(task),
                task.name,
                PURGE_TASKS.url_of(task),
                f"older than {age_words(task)}, {next_run_words(task)}",
            )
            for task in PURGE_TASKS.queryset().filter(is_builtin=True)
        ],
        "purges_url": PURGE_TASKS.url,
    }
    return render(request, "console/configuration_general.html", context)


@requires(Permission.ITEMS_VIEW)
@require_safe
def foreign_systems(request: HttpRequest) -> HttpResponse:
    """The kinds of foreign system, each with its list. `?q=` leaves those of that name or purpose, and
    those with such a system.
    """
    query, kinds = query_of(request), []
    for family in (SMTP_SERVERS, MAILBOXES, SYSLOGS, WEBHOOKS):
        systems = list(family.queryset())
        hits = (
            family.queryset().filter(family.matching(query)).order_by("name_key") if query else ()
        )
        found = tuple((system.name, family.url_of(system)) for system in hits)
        if found or query.lower() in f"{family.heading} {family.about}".lower():
            troubled = sum(map(bool, map(trouble_of, systems)))
            kinds.append(SystemKind(family, len(systems), troubled, found))
    page = {"rows": kinds, "total": len(kinds)}
    context = {**frame(request, FOREIGN_SYSTEMS), "page": page, "query": query}
    return render(request, "console/configuration_foreign_systems.html", context)


def _types() -> Iterator[DefaultItem]:
    for label, key in (("Execute", EXECUTE), ("Offline execute", OFFLINE)):
        stored = ApprovalType.objects.select_related("process")
        item = stored.filter(pk=builtin_id(ApprovalType, key)).first()
        if item is not None:
            handler = item.process.name if item.process else "none yet"
            yield DefaultItem(label, item.name, TYPES.url_of(item), f"Process Handler: {handler}")


def _processes() -> Iterator[DefaultItem]:
    for label, key, text in (
        ("Manual", "default-manual", "decided in Manage Approvals"),
        ("Offline", "default-offline", "decided with a code read out by phone"),
    ):
        item = ApprovalProcess.objects.filter(pk=builtin_id(ApprovalProcess, key)).first()
        if item is not None:
            yield DefaultItem(label, item.name, PROCESSES.url_of(item), text)
