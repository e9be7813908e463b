"""The verbs of approvals: one function for each change of state, one transaction each.

Views, the agent API, tasks and commands all call these, and nothing else changes state.
"""

from approvals.services.asking_again import ask_again
from approvals.services.closing import cancel_request, expire_plea, expire_requests, mark_waited
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from approvals.services.grants import revoke_grant, tell_of_ends, use_grants
from approvals.services.opening import open_request

__all__ = [
    "Decider",
    "ask_again",
    "cancel_request",
    "decide",
    "expire_plea",
    "expire_requests",
    "mark_waited",
    "open_request",
    "revoke_grant",
    "tell_of_ends",
    "use_grants",
]
