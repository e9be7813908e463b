"""Tables of policies: computers, policies with their parts, events."""

from policies.models.computers import Computer, ComputerGroup, ComputerQuerySet
from policies.models.events import PolicyEvent
from policies.models.policies import Filter, Policy, PolicyAction, PolicyFilter, PolicyType
from policies.models.replays import Replay
from policies.models.revision import ComputerRevision, PolicyRevision

__all__ = [
    "Computer",
    "ComputerGroup",
    "ComputerQuerySet",
    "ComputerRevision",
    "Filter",
    "Policy",
    "PolicyAction",
    "PolicyEvent",
    "PolicyFilter",
    "PolicyRevision",
    "PolicyType",
    "Replay",
]
