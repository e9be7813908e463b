"""The dialogs of Admin | Agents. Each asks for the password again if it was entered too long ago."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from agents.errors import NotFound
from agents.models import InstallCode
from agents.pages import computer as computer_page
from agents.pages.lists import CODES_TAB
from agents.pages.lists import TEMPLATE as LIST
from agents.services import (
    create_install_code,
    retire_computer,
    revoke_computer,
    revoke_install_code,
)
from core.actors import Actor
from core.advanced.models import advanced
from core.dialogs import go_to, show_over
from items.confirm import ConfirmForm, DialogForm
from items.fields import ItemsField
from items.views.base import ConfirmView
from policies.models import Computer, ComputerGroup

MAX_USES, MAX_DAYS = 10_000, 366


@dataclass(frozen=True)
class Behind:
    """The page over which a dialog opens, and to which it goes back."""

    template: str
    url: str
    context: Callable[[], dict[str, Any]]


class AgentDialog(ConfirmView):
    """GET asks, POST does it in `act` and goes back to the page behind."""

    http_method_names = ["get", "head", "post"]
    template: str

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        return self.act(form) if self.is_valid(form) else self.show(form, 422)

    def form(self, data: Any) -> ConfirmForm:
        return DialogForm(data, confirm=self.confirm)

    def behind(self) -> Behind:
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        """What the dialog says. Raises Http404 where there is nothing to act on."""
        return {}

    def act(self, form: ConfirmForm) -> HttpResponse:
        raise NotImplementedError

    def show(self, form: ConfirmForm, status: int = 200, **said: Any) -> HttpResponse:
        behind = self.behind()
        context = {"dialog_form": form, "back_url": behind.url, **self.about()}
        return show_over(
            self.request,
            self.template,
            {**context, **said},
            page=behind.template,
            behind=behind.context,
            status=status,
        )


class CodeGiven(AgentDialog):
    """Asks what a code is for, and shows the code this once."""

    template = "agents/code_dialog.html"

    def show_code(self, form: ConfirmForm, code: str, label: str, **said: Any) -> HttpResponse:
        self.template = "agents/shown_code.html"
        return self.show(form, code=code, label=label, **said)


class ComputerRevoke(AgentDialog):
    """From now on the computer's agent is refused; its name stays taken."""

    template = "agents/revoke_dialog.html"
    verb = staticmethod(revoke_computer)
    done = "Revoked. Its agent is refused from now on."

    def behind(self) -> Behind:
        computer_id = self.kwargs["computer_id"]
        return Behind(
            computer_page.TEMPLATE,
            reverse("agents:detail", args=[computer_id]),
            lambda: computer_page.computer_context(self.request, computer_id),
        )

    def about(self) -> dict[str, Any]:
        return {
            "computer": get_object_or_404(Computer, pk=self.kwargs["computer_id"]),
            "offline_days": advanced().offline_policies,
        }

    def act(self, form: ConfirmForm) -> HttpResponse:
        try:
            self.verb(computer_id=self.kwargs["computer_id"], by=Actor.of_user(self.user))
        except NotFound as error:
            form.add_error(None, error.message)
            return self.show(form, 409)
        messages.success(self.request, self.done)
        return go_to(self.request, self.behind().url)


class ComputerRetire(ComputerRevoke):
    """Revokes it too, and lets another computer register by its name."""

    template = "agents/retire_dialog.html"
    verb = staticmethod(retire_computer)
    done = "Retired. Another computer can register by this name."


class InstallCodeForm(DialogForm):
    """Which computers the code is for, how many, and for how long."""

    groups = ItemsField(
        ComputerGroup.objects.all(),
        label="Computer Groups",
        add="Add",
        empty="None yet. Add the groups that the computers join.",
        words=lambda group: str(group.get_platform_display()),
        error_messages={"required": "Add at least one computer group."},
    )
    uses = forms.IntegerField(
        label="Computers",
        min_value=1,
        max_value=MAX_USES,
        initial=1,
        help_text=f"How many can register with it, at most {MAX_USES:,}.",
    )
    days = forms.IntegerField(label="Valid for Days", min_value=1, max_value=MAX_DAYS, initial=7)

    def clean_groups(self) -> list[ComputerGroup]:
        groups: list[ComputerGroup] = self.cleaned_data["groups"]
        if len({group.platform for group in groups}) > 1:
            raise forms.ValidationError("Choose groups of one platform: a code is for one.")
        return groups


class CodeDialog(AgentDialog):
    """Over the list of install codes."""

    def behind(self) -> Behind:
        return Behind(LIST, reverse("agents:codes"), lambda: CODES_TAB.context(self.request))


class CodeCreate(CodeDialog, CodeGiven):
    """Creates an install code."""

    def about(self) -> dict[str, Any]:
        return {"title": "Create Install Code"}

    def form(self, data: Any) -> ConfirmForm:
        return InstallCodeForm(data, confirm=self.confirm)

    def act(self, form: ConfirmForm) -> HttpResponse:
        given = form.cleaned_data
        code = create_install_code(
            platform=given["groups"][0].platform,
            groups=given["groups"],
            valid_for=timedelta(days=given["days"]),
            uses=given["uses"],
            by=Actor.of_user(self.user),
        )
        return self.show_code(form, code, "Install Code")


class CodeRevoke(CodeDialog):
    """No computer can register with the code any more."""

    template = "agents/revoke_code_dialog.html"

    def about(self) -> dict[str, Any]:
        return {"install_code": get_object_or_404(InstallCode, pk=self.kwargs["code_id"])}

    def act(self, form: ConfirmForm) -> HttpResponse:
        try:
            revoke_install_code(code_id=self.kwargs["code_id"], by=Actor.of_user(self.user))
        except NotFound as error:
            form.add_error(None, error.message)
            return self.show(form, 409)
        messages.success(
            self.request, "Install code revoked. Computers that registered with it stay."
        )
        return go_to(self.request, self.behind().url)
