"""How refusals leave the agent API: always `{code, message}`, and `field` if one is at fault."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from agents.errors import Refusal
from approvals.errors import ApprovalError
from core.roles import open_to_all


def refused(
    status: int, code: str, message: str, *, field: str = "", retry_after: int | None = None
) -> HttpResponse:
    """The one form of a refusal."""
    body = {"code": code, "message": message} | ({"field": field} if field else {})
    response = JsonResponse(body, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def install_handlers(api: NinjaAPI) -> None:
    """Make `api` answer every refusal in our form."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: _of_refusal,
        ApprovalError: lambda request, error: refused(409, error.code, error.message),
        ValidationError: _of_validation_error,
        HttpError: _of_http_error,
        RequestDataTooBig: lambda request, error: refused(
            413, "too_large", "The body is too large."
        ),
        Http404: lambda request, error: _not_found(),
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def _of_refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return refused(
        error.status, error.code, error.message, field=error.field, retry_after=error.retry_after
    )


def _of_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first field at fault; its place is ("body", "payload", "idempotency_key")."""
    first = error.errors[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[2:]) or place[0]
    return refused(422, "invalid", f"{field}: {first['msg']}", field=field)


def _of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework wraps what the parser raises; our own words are its cause."""
    if isinstance(error.__cause__, Refusal):
        return _of_refusal(request, error.__cause__)
    return refused(error.status_code, "refused", error.message)


def _not_found() -> HttpResponse:
    return refused(404, "not_found", "There is nothing at this address.")


@open_to_all("tells agents that an address does not exist")
def unknown_address(request: HttpRequest) -> HttpResponse:
    """Any other address under the API's."""
    return _not_found()


def in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the framework answers to a wrong method or address, in our form."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return _not_found()
        if response.status_code != 405:
            return response
        refusal = refused(405, "wrong_method", f"{request.method} is not possible here.")
        refusal["Allow"] = response["Allow"]
        return refusal

    return answered
