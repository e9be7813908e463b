"""The one SMTP client: ready-made bytes over kept connections, and what became of them."""

from foreign_systems.smtp.answers import Answer, Blame, Kind, Trouble
from foreign_systems.smtp.connection import Connection
from foreign_systems.smtp.server import Server

__all__ = [
    "Answer",
    "Blame",
    "Connection",
    "Kind",
    "Server",
    "Trouble",
]
