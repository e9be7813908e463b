"""What holds for every page that Django answers. Static files are served before it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

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
