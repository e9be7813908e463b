"""The ASGI entry: the wait path beside Django, everything else through it, all bodies bounded."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
# Behind Django's ASGI handler each request has a thread of its own: a kept connection would stay
# open and never be used again.
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
_django = get_asgi_application()  # sets Django up, before anything of ours is imported

from agents.wait import lifespan, wait  # noqa: E402
from core.bodies import BoundedBodies, Receive, Scope, Send  # noqa: E402
from core.keys.services import check_keys  # noqa: E402

WAIT_PATH = "/agent/v1/wait"


def _check_keys() -> None:
    try:
        check_keys()
    finally:
        connections.close_all()


# On a thread of its own: the server imports us inside its event loop, where the ORM refuses to work.
with ThreadPoolExecutor(1) as _thread:
    _thread.submit(_check_keys).result()


async def _dispatch(scope: Scope, receive: Receive, send: Send) -> None:
    """Waiting agents must not cost a thread each, as every request behind Django's handler does."""
    if scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == WAIT_PATH:
        await wait(scope, receive, send)
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]  # its stubs name dict alone


application = BoundedBodies(_dispatch)
