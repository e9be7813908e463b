"""Create Policy, step by step: Monitoring or Controlling, how, with which action, which targets, name.

All that was chosen so far stands in the address, so that each step is a page, Back works and nothing
has to be kept. The last step is the policy's own form with what the steps chose, saved as any policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from actions.kinds import ACTION_KINDS, Effect
from actions.models import Action
from core.ids import uuid_of
from core.roles import Roles, roles_of
from items.author import Author
from items.family import family_named
from items.fields import ItemsField
from items.forms import ItemForm
from items.rights import offer_only_seen, seen_items
from items.services import create_item
from items.views.base import FamilyFormView
from policies.describe.actions import action_words, outcome_words
from policies.describe.filters import filter_words
from policies.models import ComputerGroup, Filter
from policies.models.policies import PRESET_PRIORITY

APPROVAL_PRIORITY = 50


@dataclass(frozen=True)
class Way:
    """One answer to "how": the effect of the action that is asked for, and what else is set."""

    label: str
    about: str
    asks_for: Effect | None = None
    elevates: bool = False
    sets: dict[str, str] = field(default_factory=dict)


_RECORDED = {"audit_events": "on"}
TYPES = {
    "monitoring": Way(
        "Monitoring",
        "Records programs in Policy Events and changes nothing. Later policies decide.",
        sets={**_RECORDED, "continue_enforcing": "on"},
    ),
    "controlling": Way("Controlling", "Decides whether programs run, and with which rights."),
}
WAYS = {
    "allow": Way(
        "Allow",
        "Runs as it is and is recorded. Later policies are not evaluated.",
        sets=_RECORDED,
    ),
    "block": Way("Block", "Doesn't run.", asks_for=Effect.DENY),
    "elevate": Way("Elevate", "Runs with administrator rights.", elevates=True),
    "justify": Way(
        "Require Justification",
        "The user types a reason, then it runs with administrator rights.",
        asks_for=Effect.ASK_REASON,
        elevates=True,
    ),
    "approve": Way(
        "Require Approval",
        "The user types a reason and waits for an approval, then it runs with administrator rights.",
        asks_for=Effect.ASK_APPROVAL,
        elevates=True,
        sets={"priority": str(APPROVAL_PRIORITY)},
    ),
}
HEADINGS = {
    "type": ("Type", "What should this policy do?"),
    "how": ("How", "How should programs be controlled?"),
    "action": ("Action", "Which action?"),
    "target": ("Targets", "Which programs?"),
    "name": ("Name and priority", "What is it called?"),
}


@dataclass(frozen=True)
class Option:
    """A card to choose."""

    value: str
    label: str
    about: str
    chosen: bool


@dataclass(frozen=True)
class Step:
    """A step in the row at the top; `url` leads back to one that is done."""

    label: str
    url: str
    current: bool


class TargetsForm(forms.Form):
    """The targets, as the policy's form offers them."""

    target = ItemsField(
        Filter.objects.none(),
        label="Applications Targeted",
        required=False,
        add="Add filters",
        empty="None yet.",
        words=filter_words,
        help_text="The policy matches programs that any of these selects.",
    )


class Draft:
    """What the steps have chosen, as the address says; what is unknown there counts as not chosen."""

    def __init__(self, chosen: QueryDict, roles: Roles) -> None:
        self.chosen = chosen
        self.roles = roles
        wanted = filter(None, map(uuid_of, chosen.getlist("groups")))
        self.groups = list(_seen("computer_groups", roles).filter(pk__in=wanted))
        self.type = TYPES.get(chosen.get("type", ""))
        monitors = self.type is TYPES["monitoring"]
        self.way = self.type if monitors else WAYS.get(chosen.get("how", ""))
        self.steps = ["type"] if monitors else ["type", "how"]
        if self.way and self.way.asks_for:
            self.steps.append("action")
        self.steps += ["target", "name"]
        form = TargetsForm(initial={"target": chosen.getlist("target")})
        targets = form.fields["target"]
        assert isinstance(targets, ItemsField)
        targets.queryset = _of_platforms(Filter.objects.all(), self.groups)
        offer_only_seen(form, roles)
        self.target_form = form
        self.actions = self._actions()
        self.action = next((a for a in self.actions if str(a.pk) == chosen.get("action")), None)

    def _actions(self) -> list[Action]:
        """Those that do what the chosen way asks for, the built-in ones last."""
        if self.way is None or self.way.asks_for is None:
            return []
        kinds = [key for key, kind in ACTION_KINDS.items() if kind.effect is self.way.asks_for]
        rows = _of_platforms(_seen("actions", self.roles).filter(kind__in=kinds), self.groups)
        return list(rows.select_related("approval_type__process").order_by("is_builtin", "name"))

    @property
    def step(self) -> str:
        """The first step that is still to do, or the one asked for (or after it) where all before are."""
        done = {"type": self.type, "how": self.way, "action": self.action}
        order, asked = list(HEADINGS), self.chosen.get("step", "")
        wanted = order.index(asked) if asked in order else 0
        return next(
            step
            for step in self.steps
            if order.index(step) >= wanted or (step in done and not done[step])
        )

    def options(self, step: str) -> list[Option]:
        """The cards of a step."""
        if step == "action":
            cards = [(str(a.pk), a.name, action_words(a)) for a in self.actions]
        else:
            ways = TYPES if step == "type" else WAYS
            cards = [(key, way.label, way.about) for key, way in ways.items()]
        return [Option(*card, self.chosen.get(step) == card[0]) for card in cards]

    def parts(self) -> list[Action]:
        """The actions of the policy, in order."""
        assert self.way is not None
        rights = Action.objects.filter(kind="add_administrative_rights")
        rights = rights.order_by("-is_builtin", "created_at")
        actions = [self.action] if self.action else []
        return [*actions, *rights[:1]] if self.way.elevates else actions

    def initial(self) -> dict[str, Any]:
        """What the policy's form begins with."""
        assert self.way is not None
        return {
            "priority": PRESET_PRIORITY,
            **self.way.sets,
            "groups": [str(group.pk) for group in self.groups],
            "target": self.chosen.getlist("target"),
            "actions": [str(action.pk) for action in self.parts()],
        }


class PolicyWizard(FamilyFormView):
    """GET shows the step that is next, POST of the last step creates the policy, inactive."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        draft = Draft(request.GET, roles_of(self.user))
        if draft.step == "name":
            return self.show_last(draft, self.new_form(initial=draft.initial()))
        step, following = draft.step, draft.steps[draft.steps.index(draft.step) + 1]
        context = {
            **self.frame(draft, step),
            "options": [] if step == "target" else draft.options(step),
            "target": draft.target_form["target"] if step == "target" else None,
            "refused": request.GET.get("from") == step,  # it was left without a choice
            "following": following,
            "kept": self.kept(step),
        }
        return render(request, "policies/wizard.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        form = self.new_form(request.POST)
        if self.is_valid(form) and create_item(form, by=Author.of(request)):
            name = form.instance.name
            messages.success(request, f"Created {name}. Review it, then activate it.")
            return redirect(self.family.url_of(form.instance))
        draft = Draft(request.GET, roles_of(self.user))
        if draft.step != "name":  # the address was changed: begin anew
            return redirect(request.path)
        return self.show_last(draft, form, status=422)

    def new_form(self, data: Any = None, **more: Any) -> ItemForm:
        return self.form(self.family.new(self.family.kinds[0]), data, **more)

    def show_last(self, draft: Draft, form: ItemForm, *, status: int = 200) -> HttpResponse:
        initial = draft.initial()
        hidden = [(n, v) for n in ("target", "actions") for v in initial[n]]
        hidden += [
            (name, "on") for name in ("audit_events", "continue_enforcing") if name in initial
        ]
        actions = draft.parts()
        context = {
            **self.frame(draft, "name"),
            "form": form,
            "fields": [form[name] for name in ("name", "groups", "priority", "description")],
            "hidden": hidden,
            "outcome": outcome_words(actions) if actions else draft.way and draft.way.about,
        }
        return render(self.request, "policies/wizard_last.html", context, status=status)

    def frame(self, draft: Draft, step: str) -> dict[str, Any]:
        """What all steps show."""
        at = draft.steps.index(step)
        base = self.base_context()
        groups = [("groups", group.pk) for group in draft.groups]
        return {
            **base,
            "heading": HEADINGS[step][1],
            "steps": [
                Step(HEADINGS[each][0], self.address(each) if n < at else "", n == at)
                for n, each in enumerate(draft.steps)
            ],
            "back_url": self.address(draft.steps[at - 1]) if at else "",
            "cancel_url": base["crumbs"][-1].url,
            "skip_url": f"{self.family.url}create/?{urlencode(groups)}",
            "draft": draft,
        }

    def kept(self, step: str) -> list[tuple[str, str]]:
        """What other steps have chosen."""
        return [
            (name, value)
            for name, values in self.request.GET.lists()
            for value in values
            if name not in {step, "step", "from"}
        ]

    def address(self, step: str) -> str:
        """Of a step, with all that was chosen."""
        chosen = self.request.GET.copy()
        chosen.pop("from", None)
        chosen["step"] = step
        return f"{self.request.path}?{chosen.urlencode()}"


def _seen(namespace: str, roles: Roles) -> Any:
    """The items of a family that somebody with these roles sees."""
    family = family_named(namespace)
    assert family is not None
    return seen_items(family, roles)


def _of_platforms(rows: Any, groups: Sequence[ComputerGroup]) -> Any:
    """Those for the platforms of the chosen groups; all where none is chosen."""
    platforms = {group.platform for group in groups}
    return rows.filter(platform__in=["", *platforms]) if platforms else rows
