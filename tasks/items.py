"""The family of e-mail tasks."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from core.reports import UnknownReport, report
from core.roles import Access
from items.areas import order_tabs
from items.family import Column, Family, Kind, Panel, register
from items.trail import place
from policies.items import POLICIES
from policies.models import Policy
from tasks.forms import EmailTaskForm
from tasks.kinds import EMAIL_REPORT
from tasks.models import Task
from tasks.views import TaskHistory, TaskRunNow

_TASKS = order_tabs(("Admin", "Tasks"), "Tasks", "Automation")
place(_TASKS, "email_tasks:list")
place((*_TASKS, "Tasks"), "email_tasks:list")


def _report_name(task: Task) -> str:
    try:
        return str(report(task.typed.report))
    except UnknownReport:
        return ""


def _next_run(task: Task) -> str:
    if task.next_run_at is None:
        return "not scheduled"
    return date_format(timezone.localtime(task.next_run_at), "DATETIME_FORMAT")


class EmailTaskFamily(Family):
    model = Task
    namespace = "email_tasks"
    path = "tasks/email-tasks/"
    noun, plural = "e-mail task", "e-mail tasks"
    trail = (*_TASKS, "Tasks", "Server Tasks", "E-mail Tasks")
    about = "Reports sent by email, on a schedule or on demand."
    access = Access()
    kind_label = "Template"
    kinds = (Kind(EMAIL_REPORT, "Send E-mail Task", EmailTaskForm),)
    list_template = "items/folder_list.html"
    columns = (
        Column("Report To Run", _report_name),
        Column("Policy", lambda task: str(task.policy or "")),
        Column("Repeats", lambda task: task.get_repeats_display(), sort="repeats"),
        Column("Next run", _next_run),
    )
    search = ("name", "description", "settings__to_addresses")
    searched = "Name, description, address"
    detail_template = "tasks/task_detail.html"
    more_pages = (("<uuid:item_id>/run/", TaskRunNow, "run"),)
    more_tabs = (("<uuid:item_id>/task-history/", TaskHistory, "task_history"),)

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("policy")

    def hint(self, item: Task) -> str:
        return (
            ""
            if _report_name(item)
            else "The report no longer exists. Choose another Report To Run."
        )


def _alerts(policy: Policy) -> dict[str, Any]:
    """The reports by email about a policy, for its page."""
    given = urlencode({"policy": str(policy.pk), "report": "events-by-policy"})
    return {
        "tasks": Task.objects.filter(policy=policy),
        "create_url": f"{reverse('email_tasks:create')}?{given}",
    }


EMAIL_TASKS = register(EmailTaskFamily())
POLICIES.panels.append(Panel("tasks/policy_alerts.html", _alerts))
