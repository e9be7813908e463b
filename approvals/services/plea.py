"""What the policies hand over when an execution needs an approval."""

import uuid
from dataclasses import dataclass
from typing import Any

from approvals.terms import Rights


@dataclass(frozen=True)
class Plea:
    """One execution that a policy will not allow without approval, as the engine judged it."""

    event_id: uuid.UUID
    event: dict[str, Any]  # the execution event as reported, as JSON
    computer_id: uuid.UUID
    computer_name: str
    account: str
    account_id: str  # SID or uid, "" if the agent knows none
    file_name: str
    file_path: str
    sha256: str
    signer: str
    command_line: str
    policy_id: uuid.UUID
    policy_name: str
    policy_version: str
    scope_key: str
    pause_key: str
    plea_key: str
    exact_key: str
    rights: Rights  # what the program gets when approved
