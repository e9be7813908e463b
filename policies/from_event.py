"""From a recorded event to a filter for that program, and on to a policy for it."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from actions.platforms import Platform
from core.dialogs import go_to, show_over
from core.roles import roles_of
from core.text import short_hash
from items.author import Author
from items.confirm import DialogForm
from items.services import create_item
from items.values import as_data, posted
from items.views.base import SignedInView
from policies.engine import Event
from policies.engine.filters import (
    AdvancedCommandline,
    FileHash,
    FileSpecification,
    FilterSettings,
    SignedFile,
    from_settings,
)
from policies.event_pages import event_context
from policies.items import FILTERS
from policies.models import ComputerGroup, Filter
from policies.seen import seen_events

_WILD = re.compile(r"[*?]")  # in a pattern they would stand for more than themselves


@dataclass(frozen=True)
class Offer:
    """One way to recognise the program again. `name` is proposed for the filter."""

    key: str
    label: str
    about: str
    name: str
    settings: FilterSettings


def offers(event: Event) -> list[Offer]:
    """The surest first; only filters that can be made, and that match this very event."""
    found = []
    for offer in _offers(event):
        try:
            built = from_settings(offer.settings.kind, offer.settings.to_json())
        except ValueError:
            continue
        if built.matches(event, timezone.now()):
            found.append(offer)
    return found


def _offers(event: Event) -> Iterator[Offer]:
    program = event.file_name
    if event.sha256:
        yield Offer(
            "hash",
            "This file",
            f"SHA-256 {short_hash(event.sha256)}, wherever it is. A new version isn't matched.",
            f"{program} {event.sha256[:8]}",
            FileHash(hashes=(event.sha256,)),
        )
    if event.signer and not _WILD.search(event.signer):
        yield Offer(
            "signer",
            "Its publisher",
            f"Everything signed by {event.signer}.",
            f"Signed by {event.signer}",
            SignedFile(subject=event.signer),
        )
    if event.file_path:
        yield Offer(
            "path",
            "Its path",
            f"{event.file_path}, whatever the file holds.",
            event.file_path,
            FileSpecification(path=event.file_path),
        )
    unix = event.platform != Platform.WINDOWS
    if unix and event.file_path and event.arguments and not _WILD.search("".join(event.arguments)):
        yield Offer(
            "command",
            "This command",
            f"{event.file_path} with the arguments {event.listed}",
            f"{program} {event.listed}",
            AdvancedCommandline(command=event.file_path, arguments=event.arguments),
        )
    if program and not _WILD.search(program):
        yield Offer(
            "name",
            "Its name",
            f"Every file named {program}, in any folder. Users can give their own files this name.",
            program,
            FileSpecification(names=(program,)),
        )


class FromEventForm(DialogForm):
    """What of the event the filter is to test, and its name."""

    name = forms.CharField(max_length=200, error_messages={"required": "Enter a name."})

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = {offer.key: offer for offer in offers}
        self.fields["by"] = forms.ChoiceField(
            choices=[(offer.key, offer.label) for offer in offers],
            error_messages={"required": "Choose what the filter tests."},
        )


class FilterFromEvent(SignedInView):
    """Create Filter over the event's page; with `then=policy` the wizard follows, with its target."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
        found = self.offers(event_id)
        first = found[0] if found else None
        initial = {"by": first.key, "name": first.name[:200]} if first else {}
        return self.show(event_id, FromEventForm(offers=found, initial=initial))

    def post(self, request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
        form = FromEventForm(request.POST, offers=self.offers(event_id))
        if form.is_valid():
            filter_ = self.create(form, self.event(event_id).computer.platform)
            if filter_ is not None:
                messages.success(request, f"Created {filter_}.")
                return go_to(request, self.following(event_id, filter_))
        return self.show(event_id, form, status=422)

    def create(self, form: FromEventForm, platform: str) -> Filter | None:
        """The filter, saved by its kind's own form; None with what it refused in `form`."""
        settings = form.offers[form.cleaned_data["by"]].settings
        like = Filter(kind=settings.kind, platform=platform, settings=settings.to_json())
        data = as_data(posted(FILTERS.form_of(like)), name=form.cleaned_data["name"])
        made = FILTERS.form_of(Filter(kind=settings.kind), data)
        if create_item(made, by=Author.of(self.request)):
            return made.instance if isinstance(made.instance, Filter) else None
        for field, errors in made.errors.items():
            form.add_error("name" if field == "name" else None, list(errors))
        return None

    def following(self, event_id: uuid.UUID, filter_: Filter) -> str:
        if not self.leads_on:
            return FILTERS.url_of(filter_)
        groups = ComputerGroup.objects.filter(computers=self.event(event_id).computer)
        chosen = [("target", str(filter_.pk)), *(("groups", str(group.pk)) for group in groups)]
        return f"{reverse('policies:wizard')}?{urlencode(chosen)}"

    @property
    def leads_on(self) -> bool:
        """Whether a policy is to follow."""
        return (self.request.POST or self.request.GET).get("then") == "policy"

    def event(self, event_id: uuid.UUID) -> Any:
        rows = seen_events(roles_of(self.user)).select_related("computer")
        return get_object_or_404(rows, pk=event_id)

    def offers(self, event_id: uuid.UUID) -> list[Offer]:
        try:
            return offers(Event.stored(self.event(event_id).event))
        except ValueError:
            return []

    def show(self, event_id: uuid.UUID, form: FromEventForm, *, status: int = 200) -> HttpResponse:
        context = {
            "dialog_form": form,
            "offers": list(form.offers.values()),
            "chosen": form["by"].value(),
            "leads_on": self.leads_on,
            "back_url": reverse("policy_events:detail", args=[event_id]),
        }
        return show_over(
            self.request,
            "policies/from_event_dialog.html",
            context,
            page="policies/event_detail.html",
            behind=lambda: event_context(self.request, event_id),
            status=status,
        )
