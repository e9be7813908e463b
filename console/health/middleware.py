"""Answers those who watch before anything else does: they use any host name, no TLS and no session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from console.health.readiness import readiness

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def live(request: HttpRequest) -> HttpResponseBase:
    """This process answers. Neither the database nor anything else is asked."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponseBase:
    """200 if this process can serve, else 503; each part by name."""
    is_ready = readiness.is_ready()
    said = {"status": "ready" if is_ready else "not ready", **readiness.look()}
    return JsonResponse(said, status=200 if is_ready else 503)


ANSWERS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/health/live": live,
    "/health/ready": ready,
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
