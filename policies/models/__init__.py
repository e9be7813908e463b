"""Tables of policies: computers and how they register, policies with their parts, events."""

from policies.models.computers import Computer, ComputerGroup, InstallCode
from policies.models.events import PolicyEvent, StoredAnswer
from policies.models.policies import Filter, Policy, PolicyAction, PolicyFilter

__all__ = [
    "Computer",
    "ComputerGroup",
    "Filter",
    "InstallCode",
    "Policy",
    "PolicyAction",
    "PolicyEvent",
    "PolicyFilter",
    "StoredAnswer",
]
