"""The families of approval processes and approval types."""

from django.urls import reverse

from approvals.item_forms import ApprovalTypeForm, EmailProcessForm, ProcessForm
from approvals.models import ApprovalProcess, ApprovalRequest, ApprovalType
from approvals.pages.cautions import cautions
from core.roles import Access
from items.family import Blocker, Column, Family, Kind, each, register
from items.trail import place

_APPROVALS = ("Admin", "Tasks", "Automation", "Approvals")
Template = ApprovalProcess.Kind
place(_APPROVALS[:3], "approval_processes:list")


def _pending(item: ApprovalProcess | ApprovalType) -> list[Blocker]:
    """Requests that wait for a decision still need what decides them."""
    waiting = ApprovalRequest.objects.pending().filter(
        **{"process" if isinstance(item, ApprovalProcess) else "type": item}
    )
    return [
        Blocker(
            f"{request}: {request.file_name}",
            "pending request",
            reverse("approvals:request_detail", args=[request.number]),
        )
        for request in waiting[:20]
    ]


def _asked(process: ApprovalProcess) -> str:
    addresses = process.typed.to_addresses if process.sends_requests else ()
    more = f"\nand {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return f"{addresses[0]}{more}" if addresses else ""


def _no_address(process: ApprovalProcess) -> str:
    asks = process.sends_requests and not process.typed.to_addresses
    return "No To Address: nobody is asked." if asks else ""


def _covers(kind: ApprovalType) -> str:
    words = {
        "this file": kind.file_specific,
        "these arguments": kind.command_line_specific,
        "this policy": kind.policy_specific,
    }
    return ", ".join(word for word, so in words.items() if so) or "every program of the user"


PROCESSES = register(
    Family(
        model=ApprovalProcess,
        namespace="approval_processes",
        path="tasks/automation/approval-processes/",
        noun="approval process",
        plural="approval processes",
        trail=(*_APPROVALS, "Approval Processes"),
        about="How a request is decided, and by whom.",
        access=Access(),
        kind_label="Template",
        create_title="Create Approval Process",
        kinds=tuple(
            Kind(
                template,
                str(template.label),
                EmailProcessForm if template.sends_requests else ProcessForm,
            )
            for template in Template
        ),
        columns=(
            Column("Template", lambda process: process.get_kind_display(), sort="kind"),
            Column("To Address", _asked),
        ),
        search=("name", "description", "settings__to_addresses"),
        searched="Name, description, address",
        blockers=_pending,
        hints=each(_no_address),
        sensitive=True,
        list_template="tasks/item_list.html",
        detail_template="approvals/process_detail.html",
        page_context=lambda process: {"cautions": cautions(process)},
    )
)

TYPES = register(
    Family(
        model=ApprovalType,
        namespace="approval_types",
        path="tasks/automation/approval-types/",
        noun="approval type",
        plural="approval types",
        trail=(*_APPROVALS, "Approval Types"),
        about="What kind of request it is, what an approval covers, and which process handles it.",
        access=Access(),
        kind_label="Template",
        create_title="Create Approval Type",
        kinds=(Kind("", "Application Request Type", ApprovalTypeForm),),
        columns=(
            Column("Process Handler", lambda kind: str(kind.process or "")),
            Column("An approval covers", _covers),
        ),
        blockers=_pending,
        hints=each(lambda t: "" if t.process_id else "No Process Handler: nobody could decide."),
        fetch=lambda rows: rows.select_related("process"),
        list_template="tasks/item_list.html",
    )
)
