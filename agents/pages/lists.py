"""The lists of Admin | Agents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from actions.platforms import CHOICES
from agents.models import InstallCode, WaitingName
from core.roles import Permission, Roles, allowed, requires, roles_of
from core.tables import Column
from items.areas import Area, order_tabs
from items.family import ListFilter
from items.listings import Choice, Listing
from items.trail import Trail, place
from policies.items import group_options
from policies.models import Computer, ComputerQuerySet
from policies.seen import seen_computers, seen_of_platform

AGENTS = order_tabs(("Admin", "Agents"), "Computers", "Names Waiting", "Install Codes")
place(AGENTS, "agents:list")
COMPUTERS = place((*AGENTS, "Computers"), "agents:list")
NAMES = place((*AGENTS, "Names Waiting"), "agents:names")
CODES = place((*AGENTS, "Install Codes"), "agents:codes")
_STATES = {"active": "Active", "revoked": "Revoked", "retired": "Retired"}
TEMPLATE = "items/listing.html"


def state_of(computer: Computer) -> str:
    """ "active", "revoked" or "retired"."""
    if computer.retired_at:
        return "retired"
    return "revoked" if computer.revoked_at else "active"


def tone_of(computer: Computer) -> str:
    return {"active": "active", "revoked": "denied", "retired": "off"}[state_of(computer)]


def state_words(computer: Computer) -> str:
    return _STATES[state_of(computer)]


def of_state(rows: Any, state: str) -> Any:
    if state == "active":
        return rows.filter(revoked_at=None)
    return rows.filter(revoked_at__isnull=False, retired_at__isnull=state == "revoked")


COMPUTER_LIST = Listing(
    noun="computer",
    plural="computers",
    columns=(
        Column(
            "Computer",
            lambda computer: computer.name,
            link=lambda computer: reverse("agents:detail", args=[computer.pk]),
            sort="name_key",
            width="wide",
        ),
        Column("State", state_words, tone=tone_of),
        Column("Platform", lambda computer: computer.get_platform_display(), sort="platform"),
        Column(
            "Computer Groups",
            lambda computer: ", ".join(group.name for group in computer.groups.all()),
        ),
        Column("Agent Version", lambda computer: computer.agent_version),
        Column("Address", lambda computer: computer.address, place="below"),
        Column(
            "Last Seen",
            lambda computer: computer.last_seen_at or "Never",
            sort="seen",
            width="fit",
        ),
        Column("Policies Fetched", lambda c: c.policies_at or "Never", width="fit"),
    ),
    sort="name_key",
    choices=(
        Choice("state", "State", lambda: list(_STATES.items()), of_state),
        ListFilter("platform", "Platform", "platform", lambda: CHOICES),
        ListFilter("group", "Computer Group", "groups", group_options, family="computer_groups"),
    ),
    search=lambda query: Q(name__icontains=query),
    searched="Name",
    blank_icon="computers",
    blank_text="Computers appear here when their agents register. Create an install code on Install "
    "Codes, and give it to the agent's installer.",
)


def computers_for(roles: Roles) -> ComputerQuerySet:
    rows: ComputerQuerySet = seen_computers(roles).prefetch_related("groups").with_seen()
    return rows.without_keys()


NAME_LIST = Listing(
    noun="name",
    plural="names waiting",
    columns=(
        Column(
            "Name",
            lambda name: name.computer.name,
            link=lambda name: reverse("agents:detail", args=[name.computer_id]),
            width="wide",
        ),
        Column("Platform", lambda name: name.computer.get_platform_display()),
        Column("Tried From", lambda name: name.address),
        Column(
            "With Install Code Of",
            lambda name: ", ".join(group.name for group in name.code.groups.all()),
        ),
        Column("Tries", lambda name: str(name.times), number=True),
        Column("First", lambda name: name.first_at, width="fit"),
        Column("Last", lambda name: name.last_at, sort="last_at", width="fit"),
    ),
    sort="-last_at",
    choices=(ListFilter("platform", "Platform", "computer__platform", lambda: CHOICES),),
    dates="last_at",
    search=lambda query: Q(computer__name__icontains=query),
    searched="Name",
    blank_icon="approved",
    blank_title="No names are waiting.",
    blank_text="A computer that registers by a name already taken waits here. Retire the computer "
    "that has the name if it was reinstalled or replaced; the other one registers at its next try.",
    row_actions="agents/retire_button.html",
)


def code_state(code: InstallCode) -> str:
    """What becomes of a code, in a word."""
    if code.is_valid:
        return "Valid"
    if code.revoked_at:
        return "Revoked"
    return "Expired" if code.uses_left else "Used up"


_CODE_STATES = {"valid": "Valid", "ended": "Revoked, expired or used up"}


def _of_code_state(rows: Any, state: str) -> Any:
    valid = InstallCode.objects.valid().values("pk")
    return rows.filter(pk__in=valid) if state == "valid" else rows.exclude(pk__in=valid)


CODE_LIST = Listing(
    noun="install code",
    plural="install codes",
    columns=(
        Column("For", lambda code: code.get_platform_display(), sort="platform", width="fit"),
        Column(
            "Computer Groups",
            lambda code: ", ".join(group.name for group in code.groups.all()),
            width="wide",
        ),
        Column(
            "State",
            code_state,
            tone=lambda code: "active" if code.is_valid else "off",
        ),
        Column("Uses", lambda code: f"{code.uses - code.uses_left} of {code.uses}", width="fit"),
        Column("Expires", lambda code: code.expires_at, sort="expires_at", width="fit"),
        Column("Created", lambda code: code.created_at, sort="created_at", width="fit"),
        Column("Created By", lambda code: code.created_by),
    ),
    sort="-created_at",
    choices=(
        Choice("state", "State", lambda: list(_CODE_STATES.items()), _of_code_state),
        ListFilter("platform", "For", "platform", lambda: CHOICES),
    ),
    search=lambda query: Q(
        pk__in=InstallCode.objects.filter(groups__name__icontains=query).values("pk")
    ),
    searched="Computer group",
    blank_icon="key",
    blank_text="An install code lets the agents of a number of computers register into computer groups. "
    "Administrators create one here.",
    row_actions="agents/revoke_code_button.html",
)


@dataclass(frozen=True)
class Tab:
    """A tab of Admin | Agents with its list."""

    trail: Trail
    listing: Listing
    rows: Callable[[Roles], QuerySet[Any]]

    def frame(self, request: HttpRequest) -> dict[str, Any]:
        area = Area(self.trail, request)
        may_change = allowed(request, Permission.ITEMS_CHANGE)
        return {
            "heading": area.label,
            "tabs": area.tabs,
            "crumbs": area.crumbs,
            "may_act": may_change,
            "create_url": reverse("agents:code_create") if may_change and self is CODES_TAB else "",
        }

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Of the list's page, also behind its dialogs."""
        rows = self.rows(roles_of(request.user))
        return {**self.listing.context(request, rows), **self.frame(request)}

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        rows = self.rows(roles_of(request.user))
        return self.listing.answer(request, rows, TEMPLATE, **self.frame(request))


def _names(roles: Roles) -> QuerySet[WaitingName]:
    # A try that was under way when the computer was retired may still have been noted.
    holders = seen_computers(roles).filter(retired_at=None)
    rows = WaitingName.objects.filter(computer__in=holders)
    return rows.select_related("computer").prefetch_related("code__groups")


COMPUTERS_TAB = Tab(COMPUTERS, COMPUTER_LIST, computers_for)
NAMES_TAB = Tab(NAMES, NAME_LIST, _names)
CODES_TAB = Tab(
    CODES,
    CODE_LIST,
    lambda roles: seen_of_platform(InstallCode.objects.prefetch_related("groups"), roles),
)


@requires(Permission.ITEMS_VIEW)
@require_safe
def computer_list(request: HttpRequest) -> HttpResponseBase:
    """Registered computers. `?q=` searches, `?sort=` sorts, `?format=csv` downloads."""
    return COMPUTERS_TAB.answer(request)


@requires(Permission.ITEMS_VIEW)
@require_safe
def name_list(request: HttpRequest) -> HttpResponseBase:
    """Names that computers want and others have; parameters as for `computer_list`."""
    return NAMES_TAB.answer(request)


@requires(Permission.ITEMS_VIEW)
@require_safe
def code_list(request: HttpRequest) -> HttpResponseBase:
    """Install codes, the newest first; parameters as for `computer_list`."""
    return CODES_TAB.answer(request)
