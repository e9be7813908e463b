"""The families of tasks: e-mail tasks and purge tasks."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import capfirst

from core.reports import UnknownReport, report
from core.roles import Access
from items.areas import order_tabs
from items.family import Column, Family, Kind, ListFilter, Panel, register
from items.trail import place
from policies.items import POLICIES
from policies.models import Policy
from tasks.forms import EmailTaskForm, PurgeForm
from tasks.kinds import EMAIL_REPORT, PURGE
from tasks.models import Task
from tasks.purging import PURGEABLE
from tasks.views import PurgeNow, TaskHistory, TaskRunNow

_TASKS = order_tabs(("Admin", "Tasks"), "Tasks", "Automation")
_SERVER_TASKS = (*_TASKS, "Tasks", "Server Tasks")
place(_TASKS, "email_tasks:list")
place((*_TASKS, "Tasks"), "email_tasks:list")


def _report_name(task: Task) -> str:
    try:
        return str(report(task.typed.report))
    except UnknownReport:
        return ""


def deleted_words(task: Task) -> str:
    """What a purge task deletes: "Policy events"."""
    return capfirst(PURGEABLE[task.typed.what].plural)


def age_words(task: Task) -> str:
    """How old what a purge task deletes is at least: "90 days"."""
    days = task.typed.older_than
    return f"{days:,} day{'' if days == 1 else 's'}"


def next_run_words(task: Task) -> str:
    """When it runs next, as lists say it."""
    if task.repeats == Task.Repeats.AT_ONCE:
        return "when something happens"
    if task.next_run_at is None:
        return "not scheduled"
    return date_format(timezone.localtime(task.next_run_at), "DATETIME_FORMAT")


_SCHEDULE = (
    Column("Repeats", lambda task: task.get_repeats_display().partition(",")[0], sort="repeats"),
    Column("Next Run", lambda task: capfirst(next_run_words(task))),
)


class TaskFamily(Family):
    """What the families of tasks share."""

    model = Task
    access = Access()
    kind_label = "Template"
    list_template = "items/folder_list.html"
    filters = (ListFilter("repeats", "Repeats", "repeats", lambda: list(Task.Repeats.choices)),)
    counts_uses = False  # nothing uses a task
    detail_template = "tasks/task_detail.html"
    more_tabs = (("<uuid:item_id>/task-history/", TaskHistory, "task_history"),)


class EmailTaskFamily(TaskFamily):
    namespace = "email_tasks"
    path = "tasks/email-tasks/"
    noun, plural = "e-mail task", "e-mail tasks"
    trail = (*_SERVER_TASKS, "E-mail Tasks")
    about = "Reports sent by email: at once, on a schedule or on demand."
    kinds = (Kind(EMAIL_REPORT, "Send E-mail Task", EmailTaskForm),)
    columns = (
        Column("Report To Run", _report_name),
        Column("Policy", lambda task: str(task.policy or "")),
        *_SCHEDULE,
    )
    search = ("name", "description", "settings__to_addresses")
    searched = "Name, description, address"
    rows_template = "tasks/command_row.html"
    more_pages = (("<uuid:item_id>/run/", TaskRunNow, "run"),)

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("policy")

    def of_platforms(self, rows: Any, platforms: frozenset[str]) -> Any:
        """A report on one policy is seen by those who see the policy."""
        theirs = POLICIES.of_platforms(Policy.objects.all(), platforms)
        return rows.filter(Q(policy=None) | Q(policy__in=theirs.values("pk")))

    def hint(self, item: Task) -> str:
        return (
            ""
            if _report_name(item)
            else "The report no longer exists. Choose another Report To Run."
        )


class PurgeTaskFamily(TaskFamily):
    namespace = "purge_tasks"
    path = "tasks/maintenance/"
    noun, plural = "purge task", "purge tasks"
    trail = (*_SERVER_TASKS, "Maintenance")
    about = "Delete old records for good: on a schedule, or when you choose Run Task."
    sensitive = True  # what it deletes is gone
    kinds = (Kind(PURGE, "Purge Maintenance Task", PurgeForm),)
    columns = (
        Column("Deletes", deleted_words),
        Column("Older Than", age_words),
        *_SCHEDULE,
    )
    more_pages = (("<uuid:item_id>/run/", PurgeNow, "run"),)


def alerts_panel(policy: Policy) -> dict[str, Any]:
    """The reports by email about a policy, for its page."""
    given = urlencode({"policy": str(policy.pk), "report": "events"})
    return {
        "tasks": Task.objects.filter(policy=policy),
        "create_url": f"{reverse('email_tasks:create')}?{given}",
    }


EMAIL_TASKS = register(EmailTaskFamily())
PURGE_TASKS = register(PurgeTaskFamily())
POLICIES.panels.append(Panel("tasks/policy_alerts.html", alerts_panel))
