"""Answers those who watch before anything else does: they use any host name, no TLS and no session."""

from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from console.health.access import may_read_metrics
from console.health.live import ALIVE, LIVE_PATH
from console.health.metrics import exposition
from console.health.readiness import readiness

log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def live(request: HttpRequest) -> HttpResponseBase:
    """This process answers. Neither the database nor anything else is asked."""
    return HttpResponse(ALIVE, content_type="application/json")


def ready(request: HttpRequest) -> HttpResponseBase:
    """200 if this process can serve, else 503; each part by name."""
    is_ready = readiness.is_ready()
    said = {"status": "ready" if is_ready else "not ready", **readiness.look()}
    return JsonResponse(said, status=200 if is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponseBase:
    """What Prometheus reads; 403 for whoever may not, 503 while the database can't be asked."""
    if not may_read_metrics(request):
        return HttpResponse("Not allowed: see METRICS_PEERS and METRICS_TOKEN.\n", status=403)
    try:
        told = exposition()
    except (DatabaseError, OSError) as error:
        log.warning("metrics_not_read", error=type(error).__name__)
        return HttpResponse("The database can't be used.\n", status=503)
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)


ANSWERS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    LIVE_PATH: live,
    "/health/ready": ready,
    "/metrics": metrics,
}


def watched(get_response: GetResponse) -> GetResponse:
    """Answer the paths of `ANSWERS` here."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        answer = ANSWERS.get(request.path_info)
        if answer is None:
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return JsonResponse({"status": "use GET"}, status=405)
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response

    return answered
