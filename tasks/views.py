"""Run Task and Task History."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.pages import page_of
from items.views.base import FamilyView
from items.views.detail import ItemPage
from tasks.models import Task, TaskRun
from tasks.services import run_task


class TaskRunNow(FamilyView):
    """Runs the task at once; its schedule stays as it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        task = self.item(item_id)
        try:
            run = run_task(task_id=task.pk, by=self.user.display_name)
        except Task.DoesNotExist:
            raise Http404 from None
        say = messages.error if run.state == TaskRun.State.FAILED else messages.success
        say(request, f"{run.get_state_display()}. {run.text}")
        return redirect(self.family.url_of(task, "task_history"))


class TaskHistory(ItemPage):
    """What became of each run, the newest first."""

    tab = "task_history"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        task = self.item(item_id)
        runs = TaskRun.objects.filter(task_id=task.pk)
        page = page_of(runs, request, by="started_at", descending=True)
        context = {**self.page_context(task), "page": page}
        return render(request, "tasks/task_history.html", context)
