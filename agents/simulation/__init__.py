"""A simulated endpoint agent: real HTTP, a registered computer, and what its user would see.

It stands in for agents that don't exist yet, and shows what an agent must do. It runs nothing.
"""

from agents.simulation.client import AgentClient, Forged, RefusedByConsole, Registered, Unreachable
from agents.simulation.offline import NoPolicies, Store, catch_up
from agents.simulation.offline_code import WrongCode
from agents.simulation.play import Execution, Terminal, play, play_offline

__all__ = [
    "AgentClient",
    "Execution",
    "Forged",
    "NoPolicies",
    "RefusedByConsole",
    "Registered",
    "Store",
    "Terminal",
    "Unreachable",
    "WrongCode",
    "catch_up",
    "play",
    "play_offline",
]
