"""An endpoint's agent, played: real HTTP, a really registered computer, and what its user would see.

It stands for the agents that do not exist yet, and shows what one has to do. It runs nothing.
"""

from agents.simulation.client import AgentClient, Forged, RefusedByConsole, Registered, Unreachable
from agents.simulation.play import Execution, Terminal, play

__all__ = [
    "AgentClient",
    "Execution",
    "Forged",
    "RefusedByConsole",
    "Registered",
    "Terminal",
    "Unreachable",
    "play",
]
