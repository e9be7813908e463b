"""Run Task and Task History."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.actors import Actor
from core.dialogs import go_to, show_over
from core.pages import page_of
from core.roles import platforms_seen, roles_of
from items.confirm import DialogForm
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


class TaskHistory(ItemPage):
    """What became of each run, the newest first. `?run=` opens one, with what it sent."""

    tab = "task_history"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        task = self.item(item_id)
        context = self.page_context(task)
        runs = TaskRun.objects.filter(task_id=task.pk)
        if "run" in request.GET:
            run = get_object_or_404(runs, pk=_key(request.GET["run"]))
            mails = run.mails.order_by("recipient")
            # A report is about all platforms.
            sees_all = not platforms_seen(roles_of(self.user))
            context |= {"run": run, "mails": mails, "sees_all": sees_all}
            return render(request, "tasks/task_run.html", context)
        page = page_of(runs, request, by="started_at", descending=True)
        running = any(run.state == TaskRun.State.RUNNING for run in page.rows)
        context |= {"page": page, "running": running}
        return render(request, "tasks/task_history.html", context)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
