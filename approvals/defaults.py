"""The approval processes and types that every installation begins with."""

from approvals.models import ApprovalProcess, ApprovalType
from approvals.terms import ProcessSettings
from items.builtin import add_builtin

EXECUTE, OFFLINE = "default-execute", "default-offline-execute"


def add_defaults() -> None:
    """Add what is missing; what is there stays as it is."""
    manual = add_builtin(
        ApprovalProcess,
        "default-manual",
        name="Default Manual Approval Process",
        description="Requests wait in Manage Approvals until the help desk decides.",
        kind=ApprovalProcess.Kind.MANUAL,
        settings=ProcessSettings().to_json(),
    )
    offline = add_builtin(
        ApprovalProcess,
        "default-offline",
        name="Default Offline Approval Process",
        description="For computers without a connection: the user reads a code to the help desk.",
        kind=ApprovalProcess.Kind.OFFLINE,
        settings=ProcessSettings().to_json(),
    )
    add_builtin(
        ApprovalType,
        EXECUTE,
        name="Default Execute Application Request Type",
        description="A user asks to run an application. An approval covers this file with these "
        "arguments.",
        process=manual,
    )
    add_builtin(
        ApprovalType,
        OFFLINE,
        name="Default Offline Execute Application Request Type",
        description="Like the default type, for computers without a connection.",
        process=offline,
    )
