"""What holds for every page that Django answers. Static files are served before it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from core.zones import showing_in

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def utf8_only(get_response: GetResponse) -> GetResponse:
    """Read fields as UTF-8, whatever the caller declares: other encodings give text that no database
    takes, such as halves of surrogate pairs.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        if request.encoding:
            request.encoding = "utf-8"
        return get_response(request)

    return answered


def in_persons_zone(get_response: GetResponse) -> GetResponse:
    """Show moments in the time zone that the signed-in person has chosen."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        with showing_in(getattr(request.user, "time_zone", "") if signed_in else ""):
            return get_response(request)

    return answered


def no_store(get_response: GetResponse) -> GetResponse:
    """Keep pages out of caches: of a shared computer's browser, and of proxies on the way."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response

    return answered


class CompressedPages(GZipMiddleware):
    """Compress pages and downloads: a tenth of a long list is left.

    How far text can be compressed tells what stands twice in it, and so, to whoever can have us
    repeat his guesses, a secret beside them (BREACH). The secrets of our pages stand in addresses,
    as `token`, or in answers to a form, which nobody else can send; both are left as they are, and
    so is what says its Content-Encoding itself. Django masks CSRF tokens anew for each answer.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        match = request.resolver_match
        holds_token = match is not None and "token" in match.kwargs
        if kind in {"text/html", "text/csv"} and request.method == "GET" and not holds_token:
            return super().process_response(request, response)
        return response
