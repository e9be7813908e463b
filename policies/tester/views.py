"""Admin | Tools | Policy Tester, One Event."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.models import ApprovalRequest
from approvals.models.requests import request_number
from approvals.pages.request_page import ELSEWHERE, FACT_LINKS
from core.ids import uuid_of
from core.roles import Permission, allowed, requires, roles_of, roles_with, sees_all
from core.templatetags.ui import STATES
from items.areas import Tab
from items.rights import seen_items
from items.trail import crumbs, place
from policies.describe.verdicts import verdict_state, verdict_words
from policies.engine import Event
from policies.items import POLICIES
from policies.models import Computer
from policies.seen import seen_computers, seen_events
from policies.tester.forms import LISTS, TEXTS, EventForm
from policies.tester.testing import Explanation, decided_in, decided_on
from policies.tester.trace_lines import lines_of, summary

POLICY_TESTER = place(
    ("Admin", "Tools", "Policy Tester"), "policy_tester:event", roles_with(Permission.ITEMS_VIEW)
)
_TABS = {"One Event": "policy_tester:event", "Replay": "policy_tester:replays"}


@dataclass(frozen=True)
class RecordedEvent:
    """An event that was reported, with what its record can't tell any more."""

    computer: Computer
    values: dict[str, Any]
    words: str  # where it comes from
    dropped: tuple[str, ...] = ()

    @property
    def event(self) -> Event | None:
        """None if what was kept can't be read as an event."""
        known = {"computer_id": str(self.computer.pk), "computer": self.computer.name}
        try:
            return Event.from_json({**self.values, **known, "platform": self.computer.platform})
        except ValueError:
            return None

    @property
    def initial(self) -> dict[str, Any]:
        lists = {name: "\n".join(self.values.get(name) or ()) for name in LISTS}
        texts = {name: self.values.get(name) or "" for name in TEXTS}
        return {"computer": self.computer.name, **texts, **lists}

    @property
    def caution(self) -> str:
        """Why the form may say less than the event."""
        if self.dropped:
            return "The quota left no room for: " + ", ".join(self.dropped) + "."
        if any(
            re.search(r"[\r\n]", each) for name in LISTS for each in self.values.get(name) or ()
        ):
            return "A value has a line break, which this form can't keep. Editing the event changes it."
        return ""


@requires(Permission.ITEMS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest) -> HttpResponse:
    """An event in, the verdict and why out. `?event=` and `?request=` fill in one that was reported;
    fields in the address fill in theirs.
    """
    roles = roles_of(request.user)
    known = _known(request)
    tested, status = None, 200
    if request.method == "POST":
        form = EventForm(request.POST, roles=roles)
        if form.is_valid():
            tested = _tested(form)
        else:
            status = 422
    else:
        given = {name: request.GET[name] for name in EventForm.base_fields if name in request.GET}
        form = EventForm(roles=roles, initial={**(known.initial if known else {}), **given})
        if known and known.event:
            tested = decided_on(known.computer, known.event)
    context = {"form": form, "known": known, **frame("One Event"), **_answer(tested)}
    return render(request, "policies/tester/event.html", context, status=status)


def frame(tab: str) -> dict[str, Any]:
    """The context of policies/tester/frame.html."""
    tabs = [Tab(label, reverse(name), label == tab) for label, name in _TABS.items()]
    return {"crumbs": crumbs(POLICY_TESTER)[:-1], "tabs": tabs}


def _tested(form: EventForm) -> Explanation:
    data = form.cleaned_data
    assert form.event is not None  # the form is valid
    if data["computer_group"]:
        return decided_in(data["computer_group"], form.event, at=data["at"])
    assert form.found is not None
    return decided_on(form.found, form.event, at=data["at"])


def _answer(tested: Explanation | None) -> dict[str, Any]:
    if tested is None:
        return {"tested": None}
    lines, left_out = lines_of(tested)
    state = verdict_state(tested.decision.verdict)
    return {
        "tested": tested,
        "heading": verdict_words(tested.decision.verdict),
        "state": state,
        "tone": STATES[state][0],
        "summary": summary(tested),
        "lines": lines,
        "left_out": left_out,
    }


def _known(request: HttpRequest) -> RecordedEvent | None:
    """The event that the address names. Raises Http404 for one that isn't there or isn't theirs."""
    roles = roles_of(request.user)
    if "event" in request.GET:
        rows = seen_events(roles).select_related("computer")
        row = get_object_or_404(rows, pk=uuid_of(request.GET["event"]))
        return RecordedEvent(row.computer, row.event, "From a policy event", tuple(row.dropped))
    if "request" in request.GET and allowed(request, Permission.APPROVALS_VIEW):
        number = request_number(request.GET["request"], bare=True)
        asked = get_object_or_404(ApprovalRequest, pk=number)
        computer = get_object_or_404(seen_computers(roles), pk=asked.computer_id)
        return RecordedEvent(computer, asked.event, f"From {asked}")
    return None


def policy_url(http: HttpRequest, asked: ApprovalRequest) -> str:
    """Of the page of the request's policy, for whoever sees it; else ""."""
    seen = seen_items(POLICIES, roles_of(http.user)).filter(pk=asked.policy_id)
    return POLICIES.url_of_key(asked.policy_id) if seen.exists() else ""


def tester_url(http: HttpRequest, asked: ApprovalRequest) -> str:
    """Of the tester with the request's event, for whoever sees its computer; else ""."""
    roles = roles_of(http.user)
    if not sees_all(roles) and not seen_computers(roles).filter(pk=asked.computer_id).exists():
        return ""
    return f"{reverse('policy_tester:event')}?request={asked}"


ELSEWHERE.append(("Test in Policy Tester", tester_url))
FACT_LINKS["Policy"] = policy_url
