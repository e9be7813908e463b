"""Admin | Tools | Policy Tester, Replay: starting, watching, cancelling; what would change."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.advanced.models import advanced
from core.people.models import User
from core.roles import Permission, platforms_seen, requires, roles_of
from items.forms import SaveRefused
from items.models import Proposal
from items.proposals.services import Effect, effects
from policies.models import Policy, PolicyEvent, Replay
from policies.replay import running
from policies.replay.comparing import Outcome
from policies.replay.tally import Tally
from policies.tester.views import frame

MAX_LISTED = 20  # of somebody's own replays


class ReplayForm(forms.Form):
    """The days to replay; `again` is a replay whose unsaved policy is taken once more."""

    days = forms.IntegerField(
        label="Days",
        min_value=1,
        initial=running.DAYS,
        error_messages={
            "required": "Enter a number of days.",
            "invalid": "Days: enter a number.",
            "min_value": "Days: enter 1 or more.",
        },
    )
    again = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        kept = advanced().keep_events
        if days > kept:
            raise forms.ValidationError(
                f"Policy events are kept for {kept} days. Enter at most that."
            )
        return days


@dataclass(frozen=True)
class Side:
    """One side of a change: the policy that decides, and what it decides."""

    policy: str
    url: str
    words: str


@dataclass(frozen=True)
class Change:
    """A group of events that change alike."""

    was: Side
    would_be: Side
    count: int
    examples: list[PolicyEvent]


@requires(Permission.ITEMS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def replays(request: HttpRequest) -> HttpResponse:
    """The user's own replays; POST starts one."""
    assert isinstance(request.user, User)
    form = ReplayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        again = form.cleaned_data["again"]
        source = _replay(request, again) if again else None
        try:
            started = running.start(
                by=request.user,
                days=form.cleaned_data["days"],
                platforms=platforms_seen(roles_of(request.user)),
                policy=source.policy if source else None,
                values=source.values if source else None,
                proposal=source.proposal if source else None,
            )
        except SaveRefused as refused:
            form.add_error(None, refused.errors)
        else:
            return redirect("policy_tester:replay", started.pk)
    rows = request.user.replays.select_related("policy", "proposal")[:MAX_LISTED]
    context = {"form": form, "rows": rows, **frame("Replay")}
    status = 422 if form.errors else 200
    return render(request, "policies/replay/list.html", context, status=status)


@requires(Permission.ITEMS_VIEW)
@require_http_methods(["GET", "HEAD"])
def replay(request: HttpRequest, replay_id: uuid.UUID) -> HttpResponse:
    """How far it is, and what would change so far. The poll loads the whole page at the end."""
    found = _replay(request, replay_id)
    running.wake(found)
    if request.headers.get("HX-Request") and not found.runs:
        return HttpResponse(headers={"HX-Refresh": "true"})
    tally = Tally.from_json(found.tally)
    context = {
        "replay": found,
        "tally": tally,
        "changes": _changes(tally),
        "may_cancel": found.runs and found.by_id == request.user.pk,
        "form": ReplayForm(initial={"days": (found.until - found.since).days, "again": found.pk}),
        **frame("Replay"),
    }
    return render(request, "policies/replay/detail.html", context)


@requires(Permission.ITEMS_VIEW)
@require_POST
def cancel_replay(request: HttpRequest, replay_id: uuid.UUID) -> HttpResponse:
    """Whoever started it may cancel it."""
    found = _replay(request, replay_id)
    if found.by_id == request.user.pk:
        running.cancel(found)
    return redirect("policy_tester:replay", found.pk)


def begin_replay(proposal: Proposal, by: User) -> None:
    """Replay what has just been proposed."""
    with suppress(SaveRefused):  # outdated already, which its page says
        running.start(by=by, platforms=platforms_seen(roles_of(by)), proposal=proposal)


def replay_of_proposal(proposal: Proposal, user: User) -> dict[str, Any]:
    """The newest replay of a proposal, for its page; and the form that starts another one."""
    newest = proposal.replays.order_by("-id").first()
    if newest is None:
        return {"replay": None}
    tally = Tally.from_json(newest.tally)
    return {"replay": newest, "tally": tally, "changes": _changes(tally)}


effects.append(Effect("policies/replay/of_proposal.html", replay_of_proposal, begin_replay))


def _replay(request: HttpRequest, replay_id: uuid.UUID) -> Replay:
    """One of computers that the user sees. Raises Http404."""
    rows = Replay.objects.select_related("policy", "proposal", "by")
    found: Replay = get_object_or_404(rows, pk=replay_id)
    only = platforms_seen(roles_of(request.user))
    if only and not (found.platforms and only.issuperset(found.platforms)):
        raise Http404
    return found


def _changes(tally: Tally) -> list[Change]:
    """The groups, the most frequent first, in two queries."""
    groups = sorted(tally.groups.values(), key=lambda group: -group.count)
    keys = {side.policy for group in groups for side in (group.was, group.would_be)} - {""}
    names = {
        str(pk): name for pk, name in Policy.objects.filter(pk__in=keys).values_list("pk", "name")
    }
    wanted = [key for group in groups for key in group.examples]
    events = {
        str(event.pk): event
        for event in PolicyEvent.objects.filter(pk__in=wanted)
        .select_related("computer")
        .only("at", "account", "file_path", "computer__name")
    }
    return [
        Change(
            _side(group.was, names),
            _side(group.would_be, names),
            group.count,
            [events[key] for key in group.examples if key in events],
        )
        for group in groups
    ]


def _side(outcome: Outcome, names: dict[str, str]) -> Side:
    if not outcome.policy:
        return Side("", "", outcome.words)
    name = names.get(outcome.policy)
    if name is None:
        return Side("A deleted policy", "", outcome.words)
    return Side(name, reverse("policies:detail", args=[outcome.policy]), outcome.words)
