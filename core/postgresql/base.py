"""Django's PostgreSQL, with a cheaper look at whether a kept connection still stands.

Django asks the server before each request's first statement, which is a trip more for every report of
an agent and every page. A server that stopped, or that ended the connection, has closed its socket,
and that shows here. Only where something is there to be read is the server asked.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Named by `DATABASES` as `core.postgresql`."""

    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if not self.health_check_done and not self.pool and self._is_quiet():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _is_quiet(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
