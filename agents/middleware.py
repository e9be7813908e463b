"""The agent API beside the console: neither sessions nor forms nor pages concern it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def agents_apart(get_response: GetResponse) -> GetResponse:
    """Answer agents here, without the middleware that follows: it costs as much as their report."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/agent/"):
            return get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response["Content-Length"] = str(len(response.content))
        response["Cache-Control"] = "no-store"
        return response

    return answered
