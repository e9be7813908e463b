"""The families of approval processes and approval types."""

from typing import Any

from approvals.inbox.tried_servers import reports_on_tests
from approvals.models import ApprovalProcess, ApprovalRequest, ApprovalType
from approvals.pages.cautions import cautions
from approvals.process_forms import EmailProcessForm, ProcessForm
from approvals.type_form import ApprovalTypeForm
from core.roles import Access
from foreign_systems.items import SMTP_SERVERS
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import TESTS_REPORTED_FOR
from items.family import Blocker, Column, Family, Kind, Panel, register
from items.trail import place

_APPROVALS = ("Admin", "Tasks", "Automation", "Approvals")
MAX_TEST_REPORTS = 3  # that an SMTP server's page shows
MAX_BLOCKERS = 20  # requests that Delete Blocked lists
Template = ApprovalProcess.Kind
place(_APPROVALS[:3], "approval_processes:list")


def _pending_requests(**which: ApprovalProcess | ApprovalType) -> list[Blocker]:
    """Pending requests: they still need what decides them."""
    return [
        Blocker(
            f"{request}: {request.file_name}",
            "pending request",
            request.get_absolute_url(),
        )
        for request in ApprovalRequest.objects.pending().filter(**which)[:MAX_BLOCKERS]
    ]


def _to_addresses(process: ApprovalProcess) -> str:
    asks = process.asking.typed
    if not process.sends_requests:
        return ""
    addresses = asks.to_addresses + ("the requester's manager",) * asks.asks_manager
    more = f"\nand {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return f"{addresses[0]}{more}" if addresses else ""


def _covers(kind: ApprovalType) -> str:
    words = {
        "this file": kind.file_specific,
        "these arguments": kind.command_line_specific,
        "this policy": kind.policy_specific,
    }
    return ", ".join(word for word, so in words.items() if so) or "every program of the user"


class ProcessFamily(Family):
    model = ApprovalProcess
    namespace = "approval_processes"
    path = "tasks/automation/approval-processes/"
    noun, plural = "approval process", "approval processes"
    trail = (*_APPROVALS, "Approval Processes")
    about = "How requests are decided, and by whom."
    access = Access()
    kind_label = "Template"
    kinds = tuple(
        Kind(
            template,
            str(template.label),
            EmailProcessForm if template.sends_requests else ProcessForm,
        )
        for template in Template
    )
    sensitive = True
    list_template = "items/folder_list.html"
    columns = (
        Column("Template", lambda process: process.get_kind_display(), sort="kind"),
        Column("To Address", _to_addresses),
    )
    search = ("name", "description", "settings__to_addresses")
    searched = "Name, description, address"
    detail_template = "approvals/process_detail.html"

    def hint(self, item: ApprovalProcess) -> str:
        asks = item.sends_requests and not item.asking.typed.asks_somebody
        return "No To Address: nobody is asked." if asks else ""

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("start_activity")

    def blockers(self, item: ApprovalProcess) -> list[Blocker]:
        return _pending_requests(process=item)

    def page_context(self, item: ApprovalProcess) -> dict[str, Any]:
        return {"cautions": cautions(item)}


class TypeFamily(Family):
    model = ApprovalType
    namespace = "approval_types"
    path = "tasks/automation/approval-types/"
    noun, plural = "approval type", "approval types"
    trail = (*_APPROVALS, "Approval Types")
    about = "Kinds of request: what an approval covers, and which process handles it."
    access = Access()
    kind_label = "Template"
    kinds = (Kind("", "Application Request Type", ApprovalTypeForm),)
    list_template = "items/folder_list.html"
    columns = (
        Column("Process Handler", lambda kind: str(kind.process or "")),
        Column("An approval covers", _covers),
    )

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("process")

    def hint(self, item: ApprovalType) -> str:
        return "" if item.process_id else "No Process Handler: nobody can decide."

    def blockers(self, item: ApprovalType) -> list[Blocker]:
        return _pending_requests(type=item)


PROCESSES = register(ProcessFamily())
TYPES = register(TypeFamily())


def _test_reports(server: ForeignSystem) -> dict[str, Any]:
    reports = reports_on_tests(server).defer("encrypted_raw", "encrypted_recipients")
    return {"reports": reports[:MAX_TEST_REPORTS], "days": TESTS_REPORTED_FOR.days}


SMTP_SERVERS.panels.append(Panel("approvals/test_reports.html", _test_reports))
