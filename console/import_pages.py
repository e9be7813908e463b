"""The plan of an uploaded file, looked at and carried out: items as YAML, people as CSV."""

import uuid
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from items.author import Author
from items.confirm import ConfirmForm
from items.models import ImportFile
from items.transfer.importing import Plan, PlanChanged, Refused
from items.views.base import ConfirmView

MAX_SHOWN: Final = 500  # items of a plan; more make no page that anybody reads


class ImportForm(ConfirmForm):
    """Agreeing to a plan."""

    agreed = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        max_length=1000,
        help_text="Recorded in the audit trail, for example the change's number.",
        error_messages={"required": "Enter the reason."},
    )


class _UploadField(forms.FileField):
    """A file of limited size."""

    def __init__(self, *, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_bytes = max_bytes

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file.size > self.max_bytes:
            raise ValidationError(f"The file is larger than {self.max_bytes // 1_000_000} MB.")
        return file


def upload_field(kind: str, max_bytes: int, accept: str) -> forms.FileField:
    """The field of a form that takes a file (`kind`: "YAML") for its plan."""
    return _UploadField(
        max_bytes=max_bytes,
        help_text=f"{kind}, at most {max_bytes // 1_000_000} MB. Nothing is changed yet: you see the "
        "plan first.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": accept, "class": "control"}),
    )


class ImportPages(ConfirmView):
    """What upload and plan have in common. Subclasses say what a file is, and what surrounds them."""

    plan_name: ClassVar[str]  # URL of the plan's page
    command: ClassVar[str]  # shows plans of any length

    def plan_of(self, file: ImportFile) -> Plan:
        """Raises Refused."""
        raise NotImplementedError

    def carry_out(self, file: ImportFile, *, reason: str, agreed: str) -> Plan:
        """Raises Refused, PlanChanged and SecondPersonNeeded."""
        raise NotImplementedError

    def surroundings(self) -> dict[str, Any]:
        """The context of the page around it: `frame` is its template, `back_url` where one uploads."""
        raise NotImplementedError

    @property
    def author(self) -> Author:
        author = Author.of(self.request)
        return replace(author, via=f"by import {author.via}")

    def keep(self, file: ImportFile) -> HttpResponse:
        """Keep the file for its plan, instead of the one that this person uploaded before.

        What can't be imported isn't kept: somebody may have left a secret in it.
        """
        try:
            self.plan_of(file)
        except Refused as refused:
            return self.refusal(file, refused, status=422)
        ImportFile.objects.filter(user=file.user).delete()
        file.save()
        return redirect(self.plan_name, file_id=file.pk)

    def uploaded(self, form: forms.Form, *, prune: bool = False) -> ImportFile:
        """The file of a valid form, not stored yet."""
        data = form.cleaned_data["file"]
        return ImportFile(
            user=self.user,
            at=timezone.now(),
            name=data.name[:200],
            content=data.read(),
            prune=prune,
        )

    def refusal(self, file: ImportFile, refused: Refused, *, status: int) -> HttpResponse:
        """Why the file can't be imported."""
        context = {**self.surroundings(), "file": file, "problems": refused.problems}
        return render(self.request, "console/import_refused.html", context, status=status)


class ImportPlan(ImportPages):
    """GET shows what importing the uploaded file would change, POST imports it.

    What is done is what was shown: if something else would be done by now, it's shown anew.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
        file = self.file(file_id)
        if file is None:
            return self.gone()
        try:
            plan = self.plan_of(file)
        except Refused as refused:
            return self.refusal(file, refused, status=409)
        return self.show(file, plan, self.form(plan))

    def post(self, request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
        file = self.file(file_id)
        if file is None:
            return self.gone()
        form = ImportForm(request.POST, confirm=self.confirm)
        try:
            if not self.is_valid(form):
                return self.show(file, self.plan_of(file), form, status=422)
            agreed, reason = form.cleaned_data["agreed"], form.cleaned_data["reason"]
            plan = self.carry_out(file, reason=reason, agreed=agreed)
        except Refused as refused:
            return self.refusal(file, refused, status=409)
        except PlanChanged as changed:
            again = self.form(changed.plan, reason=form.cleaned_data["reason"])
            return self.show(file, changed.plan, again, changed=True, status=409)
        file.delete()
        messages.success(request, f"Imported {file.name}: {plan.done}.")
        return redirect(self.surroundings()["back_url"])

    def file(self, file_id: uuid.UUID) -> ImportFile | None:
        """The file, if this person uploaded it."""
        return ImportFile.objects.filter(pk=file_id, user=self.user).first()

    def gone(self) -> HttpResponse:
        messages.error(self.request, "This file is no longer kept. Upload it again.")
        return redirect(self.surroundings()["back_url"])

    def form(self, plan: Plan, **initial: str) -> ImportForm:
        return ImportForm(initial={"agreed": plan.digest, **initial}, confirm=self.confirm)

    def show(
        self, file: ImportFile, plan: Plan, form: ImportForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            **self.surroundings(),
            "file": file,
            "plan": plan,
            "shown": plan.changes[:MAX_SHOWN],
            "command": self.command,
            "form": form,
            **more,
        }
        return render(self.request, "console/import_plan.html", context, status=status)
