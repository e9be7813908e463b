"""Admin | Configuration, Import and Export: all items as YAML, out and in."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from console.configuration import CONFIGURATION, frame
from core.people.models import User
from core.roles import ADMINISTRATORS, AUDITORS, Access, requires, roles_of
from items.author import Author
from items.confirm import ConfirmForm
from items.fields import SwitchField
from items.models import ImportFile
from items.trail import place
from items.transfer.exporting import export
from items.transfer.importing import Plan, PlanChanged, Refused, import_items, plan_import
from items.transfer.text import MAX_BYTES
from items.views.base import ConfirmView
from items.views.export import yaml_response

ACCESS = Access(view=frozenset({ADMINISTRATORS, AUDITORS}))
TRANSFER = place((*CONFIGURATION, "Import and Export"), "transfer", ACCESS.view)
for step, page in (("Upload", "import"), ("Plan", "import_plan")):  # what the menu leads to
    place((*TRANSFER, step), page, ACCESS.change)
KEPT = timedelta(days=1)  # an uploaded file that nobody confirms
MAX_SHOWN = 500  # items of a plan; more make no page that anybody reads


class ExportForm(forms.Form):
    """Which time's items are exported."""

    at = forms.DateTimeField(
        label="As Of",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "As Of: enter a time such as 2026-11-01T09:00."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = f"Empty: as they are now. Time zone: {zone}."


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        help_text=f"YAML, at most {MAX_BYTES // 1_000_000} MB. Nothing is changed yet: you see the "
        "plan first.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml", "class": "control"}),
    )
    prune = SwitchField(
        label="Delete Missing Items",
        help_text="Delete items that the file doesn't have, of the families that it names. "
        "Built-in items stay.",
    )


class ImportForm(ConfirmForm):
    """Agreeing to a plan."""

    agreed = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        max_length=1000,
        help_text="Recorded in the audit trail, for example the change's number.",
        error_messages={"required": "Enter the reason."},
    )


@requires(ACCESS.view)
@require_safe
def transfer(request: HttpRequest) -> HttpResponse:
    """Where to export and to import."""
    return _page(request, ExportForm(), UploadForm())


@requires(ACCESS.view)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """All items as a file; `?at=` as they were then."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        return _page(request, form, UploadForm(), status=422)
    at = form.cleaned_data["at"]
    name = f"items-{at:%Y-%m-%d-%H%M}.yaml" if at else "items.yaml"
    return yaml_response(export(at=at), name)


@requires(ACCESS.change)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the file for its plan, instead of the one that this person uploaded before.

    What can't be imported isn't kept: somebody may have left a secret in it.
    """
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and form.cleaned_data["file"].size > MAX_BYTES:
        form.add_error("file", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    if not form.is_valid():
        return _page(request, ExportForm(), form, status=422)
    assert isinstance(request.user, User)
    content: bytes = form.cleaned_data["file"].read()
    file = ImportFile(
        user=request.user,
        at=timezone.now(),
        name=form.cleaned_data["file"].name[:200],
        content=content,
        prune=form.cleaned_data["prune"],
    )
    try:
        plan_import(content, by=Author.of(request), prune=file.prune)
    except Refused as refused:
        return _refusal(request, file, refused, status=422)
    ImportFile.objects.filter(Q(user=file.user) | Q(at__lt=file.at - KEPT)).delete()
    file.save()
    return redirect("import_plan", file_id=file.pk)


def _page(
    request: HttpRequest, export_form: ExportForm, upload_form: UploadForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **frame(request, TRANSFER),
        "export_form": export_form,
        "upload_form": upload_form,
        "may_import": bool(ACCESS.change & roles_of(request.user)),
    }
    return render(request, "console/transfer.html", context, status=status)


def _refusal(
    request: HttpRequest, file: ImportFile, refused: Refused, *, status: int
) -> HttpResponse:
    """Why the file can't be imported."""
    context = {
        **frame(request, TRANSFER),
        "file": file,
        "problems": refused.problems,
        "back_url": reverse("transfer"),
    }
    return render(request, "console/import_refused.html", context, status=status)


class ImportPlan(ConfirmView):
    """GET shows what importing the uploaded file would change, POST imports it.

    What is done is what was shown: if something else would be done by now, it's shown anew.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
        file = self.file(file_id)
        if file is None:
            return self.gone()
        try:
            plan = plan_import(bytes(file.content), by=self.author, prune=file.prune)
        except Refused as refused:
            return _refusal(request, file, refused, status=409)
        return self.show(file, plan, self.form(plan))

    def post(self, request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
        file = self.file(file_id)
        if file is None:
            return self.gone()
        form = ImportForm(request.POST, confirm=self.confirm)
        try:
            if not self.is_valid(form):
                plan = plan_import(bytes(file.content), by=self.author, prune=file.prune)
                return self.show(file, plan, form, status=422)
            plan = import_items(
                bytes(file.content),
                by=self.author,
                prune=file.prune,
                reason=form.cleaned_data["reason"],
                agreed=form.cleaned_data["agreed"],
            )
        except Refused as refused:
            return _refusal(request, file, refused, status=409)
        except PlanChanged as changed:
            again = self.form(changed.plan, reason=form.cleaned_data["reason"])
            return self.show(file, changed.plan, again, changed=True, status=409)
        file.delete()
        messages.success(request, f"Imported {file.name}: {plan.done}.")
        return redirect("transfer")

    @property
    def author(self) -> Author:
        author = Author.of(self.request)
        return replace(author, via=f"by import {author.via}")

    def file(self, file_id: uuid.UUID) -> ImportFile | None:
        """The file, if this person uploaded it."""
        return ImportFile.objects.filter(pk=file_id, user=self.user).first()

    def gone(self) -> HttpResponse:
        messages.error(self.request, "This file is no longer kept. Upload it again.")
        return redirect("transfer")

    def form(self, plan: Plan, **initial: str) -> ImportForm:
        return ImportForm(initial={"agreed": plan.digest, **initial}, confirm=self.confirm)

    def show(
        self, file: ImportFile, plan: Plan, form: ImportForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            **frame(self.request, TRANSFER),
            "file": file,
            "plan": plan,
            "shown": plan.changes[:MAX_SHOWN],
            "form": form,
            "back_url": reverse("transfer"),
            **more,
        }
        return render(self.request, "console/import_plan.html", context, status=status)


import_plan = requires(ACCESS.change)(ImportPlan.as_view())
