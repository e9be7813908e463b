"""Run Task and Task History."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_htmx.http import HTMX_STOP_POLLING

from core.actors import Actor
from core.dialogs import go_to, show_over, wants_fragment
from core.ids import uuid_of
from core.roles import roles_of, sees_all
from core.tables import Column
from items.confirm import DialogForm
from items.family import ListFilter
from items.listings import Listing
from items.models import Item
from items.views.base import FamilyView
from items.views.detail import ItemDetail, ItemPage
from tasks.models import Task, TaskRun
from tasks.purge_runs import purge_of, would_delete
from tasks.services import run_task


class TaskRunNow(FamilyView):
    """Runs the task at once; its schedule stays as it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        task = self.item(item_id)
        try:
            run = run_task(task_id=task.pk, by=Actor.of_user(self.user))
        except Task.DoesNotExist:
            raise Http404 from None
        say = messages.error if run.state == TaskRun.State.FAILED else messages.success
        say(request, f"{run.get_state_display()}. {run.text}")
        return redirect(self.family.url_of(task, "task_history"))


class PurgeNow(ItemDetail):
    """Counts what a purge would delete and asks; then begins it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        return self.show_dialog(self.item(item_id), DialogForm(confirm=self.confirm))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        task = self.item(item_id)
        form = DialogForm(request.POST, confirm=self.confirm)
        if not self.is_valid(form):
            return self.show_dialog(task, form, status=422)
        try:
            run_task(task_id=task.pk, by=Actor.of_user(self.user))
        except Task.DoesNotExist:
            raise Http404 from None
        messages.success(request, "The purge has begun. Its result will be shown here.")
        return go_to(request, self.family.url_of(task, "task_history"))

    def show_dialog(self, task: Item, form: DialogForm, *, status: int = 200) -> HttpResponse:
        assert isinstance(task, Task)
        now = timezone.now()
        what, before = purge_of(task, now)
        context = {
            "dialog_form": form,
            "item": task,
            "what": what,
            "before": before,
            "counted": would_delete(task, now),
            "any": what.old(before).exists(),
            "back_url": self.family.url_of(task),
        }
        return show_over(
            self.request,
            "tasks/purge_dialog.html",
            context,
            page=self.family.detail_template,
            behind=lambda: self.context(task),
            status=status,
        )


RUNS = Listing(
    noun="run",
    plural="runs",
    columns=(
        Column(
            "Started",
            lambda run: run.started_at,
            sort="started_at",
            link=lambda run: f"?run={run.pk}",
            width="fit",
        ),
        Column("By", lambda run: run.by),
        Column("State", lambda run: run.get_state_display(), tone=lambda run: run.state),
        Column("Result", lambda run: run.text, width="wide"),
    ),
    sort="-started_at",
    choices=(ListFilter("state", "State", "state", lambda: list(TaskRun.State.choices)),),
    dates="started_at",
    search=lambda text: Q(text__icontains=text) | Q(by__icontains=text),
    searched="Result, person",
    blank_icon="expired",
    blank_title="Not run yet.",
    blank_text="The task runs on its schedule, or immediately when you choose Run Task.",
)


class TaskHistory(ItemPage):
    """What became of each run, the newest first. `?run=` opens one, with what it sent.

    While one runs, the page asks for the rows again until 286 tells it to stop.
    """

    tab = "task_history"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        task = self.item(item_id)
        context = self.page_context(task)
        runs = TaskRun.objects.filter(task_id=task.pk)
        if "run" in request.GET:
            run = get_object_or_404(runs, pk=uuid_of(request.GET["run"]))
            mails = run.mails.order_by("recipient")
            # A report is about all platforms.
            context |= {"run": run, "mails": mails, "sees_all": sees_all(roles_of(self.user))}
            return render(request, "tasks/task_run.html", context)
        running = runs.filter(state=TaskRun.State.RUNNING).exists()
        response = RUNS.answer(request, runs, "tasks/task_history.html", **context, running=running)
        if wants_fragment(request) and not running:
            response.status_code = HTMX_STOP_POLLING
        return response
