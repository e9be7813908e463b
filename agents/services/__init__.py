"""The verbs of the agent API: one function for each change of state, one transaction each."""

from agents.services.answering import answer_prompt, submit_reason
from agents.services.catching_up import Happened, report_happened
from agents.services.distributing import Issued, issue_policies
from agents.services.offline_codes import approve_offline
from agents.services.quota import forget_events
from agents.services.registering import (
    Registration,
    create_install_code,
    register_computer,
    retire_computer,
    revoke_computer,
    revoke_install_code,
)
from agents.services.reporting import Report, forget_answers, report_execution
from agents.services.verdicts import Verdict

__all__ = [
    "Happened",
    "Issued",
    "Registration",
    "Report",
    "Verdict",
    "answer_prompt",
    "approve_offline",
    "create_install_code",
    "forget_answers",
    "forget_events",
    "issue_policies",
    "register_computer",
    "report_execution",
    "report_happened",
    "retire_computer",
    "revoke_computer",
    "revoke_install_code",
    "submit_reason",
]
