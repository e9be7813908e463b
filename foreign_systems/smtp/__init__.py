"""The one SMTP client: ready-made bytes over kept connections, and an answer for each recipient."""

from foreign_systems.smtp.answers import Answer, Blame, Kind, Trouble
from foreign_systems.smtp.connection import Connection, deliver
from foreign_systems.smtp.server import Server

__all__ = [
    "Answer",
    "Blame",
    "Connection",
    "Kind",
    "Server",
    "Trouble",
    "deliver",
]
