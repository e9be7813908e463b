"""Policy Events: the list of all, the tab of a policy, and the page of one event."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Substr
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from approvals.models import ApprovalRequest
from approvals.models.requests import request_number
from core.roles import BY_PLATFORM, Permission, requires, roles_of
from core.search import begins
from core.tables import Column
from core.text import name_key
from core.zones import shown
from items.family import ListFilter
from items.listings import Choice, Listing
from items.trail import crumbs, place, url_at
from items.views.detail import ItemPage
from policies.describe.verdicts import (
    DECIDED_OFFLINE,
    rights_words,
    verdict_options,
    verdict_state,
    verdict_words,
)
from policies.models import Computer, Policy, PolicyEvent
from policies.seen import seen_events

PLACE = place(("Policy Events",), "policy_events:list")
MAX_COMPUTERS = 1_000  # whose names begin as is searched
SHOWN_ARGUMENTS = 160  # characters of a command line in a list
_PERIODS = {
    "1": "Past 24 hours",
    "7": "Past 7 days",
    "30": "Past 30 days",
    "90": "Past 3 months",
}


def of_events(rows: QuerySet[PolicyEvent]) -> QuerySet[PolicyEvent]:
    """`rows` with what a list says of each: the computer's and the policy's name, the command line."""
    policy = Policy.objects.filter(pk=OuterRef("policy_id")).values("name")
    return (
        rows.select_related("computer")
        .defer("event", "decision", "dropped")
        .annotate(
            policy_name=Coalesce(Subquery(policy), Value("")),
            command_line=Substr(KT("event__command_line"), 1, SHOWN_ARGUMENTS + 1),
        )
    )


def _policy(event: Any) -> str:
    if event.policy_id is None:
        return "No policy" if event.late_at is None else DECIDED_OFFLINE
    return event.policy_name or f"Deleted policy {event.policy_id}"


def _command_line(event: Any) -> str:
    text: str = event.command_line or ""
    return f"{text[:SHOWN_ARGUMENTS]}…" if len(text) > SHOWN_ARGUMENTS else text


def _matching(query: str) -> Q:
    """Events of a request, a file's hash, or with a user, program or computer beginning so."""
    if (number := request_number(query)) is not None:
        return Q(request_number=number)
    if len(query) == 64:
        return Q(sha256=query.lower())
    _, _, user = query.rpartition("\\")
    # Looked up first: joined, the tables' indexes could not be used together.
    named = Computer.objects.filter(name_key__startswith=name_key(query)).values_list(
        "pk", flat=True
    )
    computers = Q(computer_id__in=list(named[:MAX_COMPUTERS]))
    return begins(user, "user_start") | begins(query, "file_start") | computers


EVENTS = Listing(
    noun="policy event",
    plural="policy events",
    columns=(
        Column(
            "Program",
            lambda event: event.file_name or event.file_path or "not reported",
            link=lambda event: reverse("policy_events:detail", args=[event.pk]),
            width="wide",
        ),
        Column("File Path", lambda event: event.file_path, place="below"),
        Column("Command Line", _command_line, place="below"),
        Column("User", lambda event: event.account),
        Column("Computer", lambda event: event.computer.name, place="below"),
        Column(
            "Verdict",
            lambda event: verdict_words(event.verdict),
            tone=lambda e: verdict_state(e.verdict),
        ),
        Column("Policy", _policy, place="below"),
        Column(
            "Request",
            lambda event: f"PM-{event.request_number}" if event.request_number else "",
            link=lambda event: request_url(event.request_number),
        ),
        Column("Time", lambda event: event.at, sort="at", width="fit"),
    ),
    sort="-at",
    choices=(
        ListFilter("verdict", "Verdict", "verdict", verdict_options),
        Choice(
            "since",
            "Period",
            lambda: list(_PERIODS.items()),
            lambda rows, days: rows.filter(at__gte=timezone.now() - timedelta(days=int(days))),
        ),
    ),
    search=_matching,
    searched="User, program, computer, hash, PM-n",
    blank_icon="computer",
    blank_text="Events appear here when agents report programs that a policy decides. Policies that "
    "ask for approval or justification always record them; others do with Audit Policy Events on.",
)


def request_url(number: int | None) -> str:
    """Of the page of the request that an event led to; "" where there is none."""
    return reverse("approvals:request_detail", args=[number]) if number else ""


@requires(Permission.ITEMS_VIEW)
@require_safe
def event_list(request: HttpRequest) -> HttpResponseBase:
    """All policy events, the newest first. `?q=` searches, `?verdict=` and `?since=` narrow."""
    rows = of_events(seen_events(roles_of(request.user)))
    more = {"crumbs": crumbs(PLACE)[:-1], "heading": PLACE[-1]}
    return EVENTS.answer(request, rows, "policies/event_list.html", **more)


class PolicyEvents(ItemPage):
    """The events that this policy decided."""

    tab = "policy_events"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        policy = self.item(item_id)
        rows = of_events(seen_events(roles_of(request.user)).filter(policy_id=policy.pk))
        template = "policies/policy_events.html"
        return EVENTS.answer(request, rows, template, **self.page_context(policy))


@dataclass(frozen=True)
class Line:
    """One line of components/facts.html."""

    label: str
    text: str
    code: bool = False
    full: str = ""


_REPORTED = {
    "account": "User",
    "account_id": "SID or uid",
    "groups": "Groups",
    "file_path": "File Path",
    "sha256": "SHA-256",
    "signer": "Publisher",
    "command_line": "Command Line",
    "arguments": "Arguments",
    "working_directory": "Working Directory",
    "run_as": "Run As",
    "interpreter_sha256": "SHA-256 of the Interpreter",
    "parent_path": "Parent Process",
    "parent_event": "Parent's Event",
    "at": "Time on the Computer",
}
_CODE = frozenset(_REPORTED) - {"account", "groups", "signer", "at", "run_as"}
MAX_SHOWN = 1_000  # characters of a value before it is folded


def reported(event: dict[str, Any]) -> list[Line]:
    """Everything that the endpoint reported, in the order of `_REPORTED`; what is empty is left out."""
    lines = []
    for name in [*_REPORTED, *sorted(set(event) - set(_REPORTED))]:
        value = event.get(name)
        if not value or name in {"platform", "computer", "computer_id"}:
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text = _to_the_second(text) if name == "at" else text
        short = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
        full = text if short != text else ""
        lines.append(Line(_REPORTED.get(name, name), short, name in _CODE, full))
    return lines


def _to_the_second(reported: str) -> str:
    """A moment as pages show it; as it was reported, if it is none."""
    try:
        return date_format(shown(datetime.fromisoformat(reported)), "j M Y, H:i:s")
    except ValueError:
        return reported


@requires(Permission.ITEMS_VIEW)
@require_safe
def event_detail(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """One event: what was reported, what was decided and by which policies, and its request."""
    return render(request, "policies/event_detail.html", event_context(request, event_id))


def event_context(request: HttpRequest, event_id: uuid.UUID) -> dict[str, Any]:
    """The context of an event's page, also behind its dialogs."""
    rows = seen_events(roles_of(request.user)).select_related("computer")
    event = get_object_or_404(rows, pk=event_id)
    matched = [uuid.UUID(key) for key in event.decision.get("matched") or ()]
    known = Policy.objects.in_bulk(matched)
    number = event.request_number
    return {
        "event": event,
        "creates": bool(BY_PLATFORM.change & roles_of(request.user)),
        "tone": verdict_state(event.verdict),
        "reported": reported(event.event),
        "verdict": verdict_words(event.verdict),
        "rights": rights_words(event.decision.get("rights") or {}) or "with the user's own rights",
        "policies": [(key, known.get(key)) for key in matched],
        "approval_request": ApprovalRequest.objects.filter(pk=number).first() if number else None,
        "computer_url": f"{url_at(('Admin', 'Agents'))}?{urlencode({'q': event.computer.name})}",
        "crumbs": crumbs(PLACE),
    }
