"""The ASGI entry: the wait path on the event loop, everything else on threads, all bodies bounded."""

import os

from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
_django = get_wsgi_application()  # sets Django up, before anything of ours is imported

from agents.wait import lifespan, wait  # noqa: E402
from console.health.live import LIVE_PATH, live_at_once  # noqa: E402
from core.bodies import BoundedBodies, Receive, Scope, Send  # noqa: E402
from core.keys.services import check_keys  # noqa: E402
from core.threads import InThreads  # noqa: E402

WAIT_PATH = "/agent/v1/wait"
_in_threads = InThreads(_django)
# Bytes of a body: a file to import and what a browser puts around it.
LARGER_BODIES = {"/configuration/import/": 5_100_000, "/users/import/": 5_100_000}


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
    """Waiting agents must not cost a thread each."""
    if scope["type"] == "lifespan":
        await _start(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == WAIT_PATH:
        await wait(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == LIVE_PATH:
        await live_at_once(scope, receive, send)
    elif scope["type"] == "http":
        await _in_threads(scope, receive, send)


application = BoundedBodies(_dispatch, larger=LARGER_BODIES)
