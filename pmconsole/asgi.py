"""The ASGI entry: the wait path beside Django, everything else through it, all bodies bounded."""

import os

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
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
# Bytes of a body: an item file and what a browser puts around it.
LARGER_BODIES = {"/configuration/import/": 5_100_000}


async def _start(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve nothing with the wrong keys; then as agents.wait says."""
    try:
        await sync_to_async(check_keys)()
    except ImproperlyConfigured as error:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await sync_to_async(connections.close_all)()
    await lifespan(scope, receive, send)


async def _dispatch(scope: Scope, receive: Receive, send: Send) -> None:
    """Waiting agents must not cost a thread each, as every request behind Django's handler does."""
    if scope["type"] == "lifespan":
        await _start(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == WAIT_PATH:
        await wait(scope, receive, send)
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]  # its stubs name dict alone


application = BoundedBodies(_dispatch, larger=LARGER_BODIES)
