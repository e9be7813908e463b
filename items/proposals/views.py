"""Admin | Proposals: the list, and the page of one, on which it's proposed and decided."""

from collections import defaultdict
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.actors import Actor
from core.people.models import User
from core.roles import Permission, allowed, permissions_of, requires, roles_of
from core.tables import Column
from items.confirm import ConfirmForm
from items.family import Family, ListFilter, page_of_item
from items.listings import Listing
from items.models import Proposal
from items.proposals.models import MAX_REASON
from items.proposals.people import reason_against
from items.proposals.services import (
    Closed,
    NotAnotherPerson,
    accept,
    effects,
    propose,
    refuse,
    take_on,
    why_outdated,
    withdraw,
)
from items.proposals.steps import Outdated, Step, merged, steps_of
from items.rights import seen_items
from items.trail import crumbs, place
from items.views.base import ConfirmView

PLACE = place(("Admin", "Proposals"), "proposals:list")
ABOUT = (
    "Changes of active policies, and of what they use, that wait for a second person or were decided. "
    "You switch this on at Configuration, Advanced."
)
MAX_SHOWN = 500  # items of one proposal
State = Proposal.State
_TONES = {
    State.DRAFT: "off",
    State.OPEN: "pending",
    State.ACCEPTED: "approved",
    State.REFUSED: "denied",
}


class ReasonForm(forms.Form):
    """Why the changes are wanted."""

    reason = forms.CharField(
        label="Why",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The other administrators read it, and it's recorded.",
        error_messages={"required": "Enter why you want these changes."},
    )


class DecisionForm(ConfirmForm):
    """Accepting or refusing, with a comment."""

    comment = forms.CharField(
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever proposed it reads it, and it's recorded. To refuse, say why.",
    )
    field_order = ("comment",)


def seen_proposals(user: User) -> QuerySet[Proposal]:
    """All but others' drafts; for those who don't see people, their own."""
    own = Q(by_id=str(user.pk), by_kind="user")
    if Permission.PEOPLE_VIEW in permissions_of(user):
        return Proposal.objects.filter(own | ~Q(state=State.DRAFT))
    return Proposal.objects.filter(own)


def to_decide(user: User) -> QuerySet[Proposal]:
    """The open ones that others have made, for an administrator's bell."""
    return Proposal.objects.open().exclude(by_id=str(user.pk), by_kind="user")


PROPOSALS = Listing(
    noun="proposal",
    plural="proposals",
    columns=(
        Column(
            "Proposal",
            lambda proposal: f"{proposal}: {proposal.title}",
            link=lambda proposal: reverse("proposals:detail", args=[proposal.pk]),
            width="wide",
        ),
        Column("Why", lambda proposal: proposal.reason, place="below"),
        Column("By", lambda proposal: proposal.by),
        Column("Proposed", lambda proposal: proposal.at, sort="id", width="fit"),
        Column(
            "State",
            lambda proposal: proposal.state_words,
            tone=lambda proposal: _TONES.get(proposal.state, "off"),
        ),
        Column("Decided By", lambda proposal: proposal.decided_by, place="below"),
    ),
    sort="-id",
    choices=(ListFilter("state", "State", "state", lambda: list(State.choices)),),
    search=lambda text: (
        Q(title__icontains=text) | Q(by__icontains=text) | Q(reason__icontains=text)
    ),
    searched="Item, person, reason",
    blank_icon="approved",
    blank_text="While policy changes need a second person, changes of active policies and of what "
    "they use appear here until another administrator accepts them.",
)


@requires(Permission.PROPOSALS_VIEW)
@require_safe
def proposals(request: HttpRequest) -> HttpResponseBase:
    """The list, the newest first."""
    assert isinstance(request.user, User)
    rows = seen_proposals(request.user).without_texts()  # type: ignore[attr-defined]
    page = {"crumbs": crumbs(PLACE)[:-1], "heading": PLACE[-1], "lead": ABOUT}
    return PROPOSALS.answer(request, rows, "items/listing.html", **page)


class ProposalPage(ConfirmView):
    """GET shows it. POST does what the pressed button is named: propose, withdraw, take_on, accept or
    refuse.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, proposal_id: int) -> HttpResponse:
        return self.show(self.proposal(proposal_id))

    def post(self, request: HttpRequest, proposal_id: int) -> HttpResponse:
        proposal, verb = self.proposal(proposal_id), request.POST.get("do", "")
        mine = proposal.by_id == str(self.user.pk)
        try:
            if mine and verb == "withdraw":
                return self.withdraw(proposal)
            if mine and verb == "propose":
                return self.propose(proposal)
            if verb == "take_on" and self.may_accept:
                return self.take_on(proposal)
            if verb in {"accept", "refuse"} and self.may_accept:
                return self.decide(proposal, verb)
        except Closed:
            messages.error(request, "Nothing was changed: this proposal isn't open any more.")
            return redirect("proposals:detail", proposal.pk)
        return HttpResponse("Press one of the buttons on the page.", status=403)

    def withdraw(self, proposal: Proposal) -> HttpResponse:
        withdraw(proposal, by=Actor.of_user(self.user))
        done = "Discarded." if proposal.is_draft else f"{proposal} is withdrawn."
        messages.success(self.request, f"{done} Nothing was changed.")
        return redirect("proposals:list")

    def propose(self, proposal: Proposal) -> HttpResponse:
        form = ReasonForm(self.request.POST)
        if not form.is_valid():
            return self.show(proposal, reason_form=form, status=422)
        propose(proposal, by=Actor.of_user(self.user), reason=form.cleaned_data["reason"])
        for effect in effects:
            effect.begin(proposal, self.user)
        messages.success(
            self.request, "Proposed. Nothing changes until another administrator accepts it."
        )
        return redirect("proposals:detail", proposal.pk)

    def take_on(self, proposal: Proposal) -> HttpResponse:
        take_on(proposal, by=Actor.of_user(self.user))
        messages.success(
            self.request,
            f"{proposal} is yours now. It waits for another administrator.",
        )
        return redirect("proposals:detail", proposal.pk)

    def decide(self, proposal: Proposal, verb: str) -> HttpResponse:
        form = DecisionForm(self.request.POST, confirm=self.confirm)
        if self.is_valid(form) and verb == "refuse" and not form.cleaned_data["comment"]:
            form.add_error("comment", "Say why you refuse it.")
        if form.errors:
            return self.show(proposal, decision_form=form, status=422)
        by, comment = Actor.of_user(self.user), form.cleaned_data["comment"]
        if verb == "refuse":
            refuse(proposal, by=by, comment=comment)
            messages.success(self.request, f"{proposal} is refused. Nothing was changed.")
            return redirect("proposals:list")
        try:
            accept(proposal, by=by, user=self.user, comment=comment)
        except NotAnotherPerson as why:
            form.add_error(None, str(why))
            return self.show(proposal, decision_form=form, status=409)
        except Outdated as why:
            messages.error(self.request, f"Nothing was changed. {why} It has to be made anew.")
        else:
            messages.success(self.request, f"Accepted. The changes of {proposal} are made.")
        return redirect("proposals:detail", proposal.pk)

    @property
    def may_accept(self) -> bool:
        return allowed(self.request, Permission.PROPOSALS_ACCEPT)

    def proposal(self, proposal_id: int) -> Proposal:
        return get_object_or_404(seen_proposals(self.user), pk=proposal_id)

    def show(self, proposal: Proposal, *, status: int = 200, **given: Any) -> HttpResponse:
        mine = proposal.by_id == str(self.user.pk)
        decides = proposal.is_open and self.may_accept and not mine
        steps = list(merged(steps_of(proposal.steps)))
        shown = steps[:MAX_SHOWN]
        addresses = self.addresses(shown)
        context = {
            "crumbs": crumbs(PLACE),
            "proposal": proposal,
            "state": _TONES.get(State(proposal.state), "off"),
            "mine": mine,
            "outdated": why_outdated(proposal) if proposal.is_open or proposal.is_draft else "",
            "steps": [(step, addresses.get(step.item_id, "")) for step in shown],
            "more": len(steps) - MAX_SHOWN,
            "uses": self.uses(proposal, steps),
            "effects": [(e.template, e.context(proposal, self.user)) for e in effects],
            "reason_form": None,
            "decision_form": DecisionForm(confirm=self.confirm) if decides else None,
            "why_not": reason_against(proposal, self.user) if decides else "",
            "anew": self.anew(proposal) if mine else None,
            **given,
        }
        if proposal.is_draft and not context["reason_form"]:
            context["reason_form"] = ReasonForm(initial={"reason": proposal.reason})
        return render(self.request, "items/proposals/detail.html", context, status=status)

    def addresses(self, steps: list[Step]) -> dict[str, str]:
        """Of the changed items' pages, where there is one that the user sees."""
        found: dict[str, str] = {}
        roles = roles_of(self.user)
        changed: dict[Family, list[str]] = defaultdict(list)
        for step in steps:
            changed[step.family].append(step.item_id)
        for family, ids in changed.items():
            if family.access.view & roles:
                there = seen_items(family, roles).filter(pk__in=ids).values_list("pk", flat=True)
                found |= {str(pk): reverse(f"{family.namespace}:detail", args=[pk]) for pk in there}
        return found

    def uses(self, proposal: Proposal, steps: list[Step]) -> list[tuple[str, str, int, str]]:
        """What the changed items use beside each other: kind, name, version, address."""
        changed = {step.item_id for step in steps}
        found = []
        for model, item_id, kind, name, version in proposal.uses:
            if item_id not in changed:
                item = apps.get_model(model)._default_manager.filter(pk=item_id).first()
                found.append((kind, name, version, page_of_item(item) if item else ""))
        return found

    def anew(self, proposal: Proposal) -> tuple[str, dict[str, list[str]]] | None:
        """Where to post which values, so that the item's page merges them with what is stored now."""
        steps = steps_of(proposal.steps)
        if proposal.is_open or len(steps) != 1 or steps[0].verb not in {"update", "restore"}:
            return None
        url = self.addresses(steps).get(steps[0].item_id)
        return (url, {**steps[0].values, "version": [str(steps[0].version - 1)]}) if url else None
