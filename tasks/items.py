"""The family of e-mail tasks."""

from django.utils import timezone

from core.reports import UnknownReport, report
from core.roles import Access
from items.family import Column, Family, Kind, each, register
from items.trail import place
from tasks.forms import EmailTaskForm
from tasks.kinds import EMAIL_REPORT
from tasks.models import Task
from tasks.views import TaskHistory, TaskRunNow

_TASKS = ("Admin", "Tasks")
place(_TASKS, "email_tasks:list")
place((*_TASKS, "Tasks"), "email_tasks:list")


def _report(task: Task) -> str:
    try:
        return str(report(task.typed.report))
    except UnknownReport:
        return ""


def _unknown(task: Task) -> str:
    return "" if _report(task) else "Its report is gone. Choose another Report To Run."


def _next(task: Task) -> str:
    if task.next_run_at is None:
        return "not scheduled"
    return timezone.localtime(task.next_run_at).strftime("%-d %b %Y, %H:%M")


EMAIL_TASKS = register(
    Family(
        model=Task,
        namespace="email_tasks",
        path="tasks/email-tasks/",
        noun="e-mail task",
        plural="e-mail tasks",
        trail=(*_TASKS, "Tasks", "Server Tasks", "E-mail Tasks"),
        about="A report by e-mail, on a schedule or on demand.",
        access=Access(),
        kind_label="Template",
        create_title="Create E-mail Task",
        kinds=(Kind(EMAIL_REPORT, "Send E-mail Task", EmailTaskForm),),
        columns=(
            Column("Report To Run", _report),
            Column("Policy", lambda task: str(task.policy or "")),
            Column("Repeats", lambda task: task.get_repeats_display(), sort="repeats"),
            Column("Next run", _next),
        ),
        search=("name", "description", "settings__to_addresses"),
        searched="Name, description, address",
        hints=each(_unknown),
        fetch=lambda rows: rows.select_related("policy"),
        list_template="tasks/item_list.html",
        detail_template="tasks/task_detail.html",
        more_pages=(("<uuid:item_id>/run/", TaskRunNow, "run"),),
        more_tabs=(("<uuid:item_id>/task-history/", TaskHistory, "task_history"),),
    )
)
