"""Telling waiting agents that a request's state may have changed. A hint; it carries no decision."""

import redis
import structlog
from django.conf import settings
from django.db import transaction

CHANNEL = "pmconsole:wake"
log = structlog.get_logger(__name__)
_client = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.2, retry=None
)


def wake_on_commit(number: int) -> None:
    """After the running transaction: publish the request's number to every wait process."""

    def publish() -> None:
        try:
            _client.publish(CHANNEL, str(number))
        except redis.RedisError as error:  # waiters look for themselves every few seconds
            log.warning("wake_not_published", number=number, error=type(error).__name__)

    transaction.on_commit(publish)
