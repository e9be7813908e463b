"""Waiting for decisions, beside Django: many thousands of agents, one thread, one query.

* `endpoint`  the ASGI callable: checks the ticket, waits, answers
* `reader`    one for each process: listens to Redis, reads states, wakes waiters
* `states`    what the reader asks the database
* `lifespan`  starting, and ending open waits at once when the server is told to stop
"""

from agents.wait.endpoint import wait
from agents.wait.lifespan import lifespan

__all__ = ["lifespan", "wait"]
