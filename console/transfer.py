"""Admin | Configuration, Import and Export: all items as YAML, out and in."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.configuration import CONFIGURATION, frame
from console.import_pages import ImportPages, ImportPlan, upload_field
from core.roles import ADMINISTRATORS, AUDITORS, Access, requires, roles_of
from items.fields import SwitchField
from items.models import ImportFile
from items.trail import place
from items.transfer.exporting import export
from items.transfer.importing import Plan, import_items, plan_import
from items.transfer.text import MAX_BYTES
from items.views.export import yaml_response

ACCESS = Access(view=frozenset({ADMINISTRATORS, AUDITORS}))
TRANSFER = place((*CONFIGURATION, "Import and Export"), "transfer", ACCESS.view)
for step, page in (("Upload", "import"), ("Plan", "import_plan")):  # what the menu leads to
    place((*TRANSFER, step), page, ACCESS.change)


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

    file = upload_field("YAML", MAX_BYTES, ".yaml,.yml")
    prune = SwitchField(
        label="Delete Missing Items",
        help_text="Delete items that the file doesn't have, of the families that it names. "
        "Built-in items stay.",
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


class ItemFiles(ImportPages):
    """What an item file does."""

    plan_name = "import_plan"
    command = "manage.py import_items"

    def plan_of(self, file: ImportFile) -> Plan:
        return plan_import(bytes(file.content), by=self.author, prune=file.prune)

    def carry_out(self, file: ImportFile, *, reason: str, agreed: str) -> Plan:
        return import_items(
            bytes(file.content), by=self.author, prune=file.prune, reason=reason, agreed=agreed
        )

    def surroundings(self) -> dict[str, Any]:
        return {
            **frame(self.request, TRANSFER),
            "frame": "console/configuration.html",
            "back_url": reverse("transfer"),
            "why_second_person": "The file changes active policies, or what they use.",
        }


class ItemImport(ItemFiles):
    """Keeps an item file for its plan."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, ExportForm(), form, status=422)
        return self.keep(self.uploaded(form, prune=form.cleaned_data["prune"]))


class ItemImportPlan(ItemFiles, ImportPlan):
    """The plan of an item file."""


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


upload = requires(ACCESS.change)(ItemImport.as_view())
import_plan = requires(ACCESS.change)(ItemImportPlan.as_view())
