"""Admin | Users, Import: a CSV file of people, in after a look at the plan."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.import_pages import ImportPages, ImportPlan, upload_field
from console.people.importing import COLUMNS, import_people, plan_people
from items.models import ImportFile
from items.transfer.importing import Plan
from items.views.base import FamilyView

MAX_BYTES, MAX_ROWS = 1_000_000, 500  # of what a browser waits for; the command takes more
ABOUT_COLUMNS: Final = dict.fromkeys(COLUMNS, "") | {
    "user_name": "The name to sign in with; it says who it is.",
    "first_name": "As pages and emails show it.",
    "last_name": "As pages and emails show it.",
    "email": "The email address.",
    "accounts": "Endpoint accounts, separated by semicolons. The SID or uid can follow after a comma.",
    "manager": "A user name or email address.",
    "delegate": "A user name or email address.",
    "delegate_from": "The first day, such as 2026-11-30.",
    "delegate_until": "The last day.",
}


class UploadForm(forms.Form):
    """A file to import."""

    file = upload_field("CSV in UTF-8", MAX_BYTES, ".csv")


class PeopleFiles(FamilyView, ImportPages):
    """What a file of people does."""

    plan_name = "users:import_plan"
    command = "manage.py import_people"

    def plan_of(self, file: ImportFile) -> Plan:
        return plan_people(bytes(file.content), by=self.author, max_rows=MAX_ROWS)

    def carry_out(self, file: ImportFile, *, reason: str, agreed: str) -> Plan:
        return import_people(
            bytes(file.content), by=self.author, reason=reason, agreed=agreed, max_rows=MAX_ROWS
        )

    def surroundings(self) -> dict[str, Any]:
        return {
            **self.base_context(),
            "frame": "console/people/import_frame.html",
            "back_url": self.family.url,
            "why_second_person": "The file changes who administrators are.",
        }


class PeopleImport(PeopleFiles):
    """GET shows where to choose a file, POST keeps it for its plan."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(UploadForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        return self.keep(self.uploaded(form))

    def page(self, form: UploadForm, *, status: int = 200) -> HttpResponse:
        context = {**self.surroundings(), "form": form, "columns": ABOUT_COLUMNS.items()}
        return render(self.request, "console/people/import.html", context, status=status)


class PeopleImportPlan(PeopleFiles, ImportPlan):
    """The plan of a file of people."""
