"""How refusals leave the agent API: always `{code, message}`, and `field` where one is at fault."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from agents.errors import PolicyError
from approvals.errors import ApprovalError
from core.roles import open_to_all
from policies.snapshot import PolicyBroken

Handler = Callable[[HttpRequest, Any], HttpResponse]


def refusal(
    status: int, code: str, message: str, *, field: str = "", retry_after: int | None = None
) -> HttpResponse:
    """The one form of a refusal."""
    said = {"code": code, "message": message} | ({"field": field} if field else {})
    response = JsonResponse(said, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def install_handlers(api: NinjaAPI) -> None:
    """Make `api` answer every refusal in our form."""
    handlers: dict[type[Exception], Handler] = {
        PolicyError: _policy_error,
        PolicyBroken: _policy_broken,
        ApprovalError: _approval_error,
        ValidationError: _validation_error,
        HttpError: _http_error,
        RequestDataTooBig: _too_big,
        Http404: _not_found,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _policy_error(request: HttpRequest, error: PolicyError) -> HttpResponse:
    return refusal(
        error.status, error.code, error.message, field=error.field, retry_after=error.retry_after
    )


def _policy_broken(request: HttpRequest, error: PolicyBroken) -> HttpResponse:
    return refusal(503, "policy_broken", str(error))


def _approval_error(request: HttpRequest, error: ApprovalError) -> HttpResponse:
    return refusal(409, error.code, error.message)


def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first field at fault; its place is ("body", "payload", "event", "sha256")."""
    first = error.errors[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[2:]) or place[0]
    return refusal(422, "invalid", f"{field}: {first['msg']}", field=field)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework wraps what the parser raises; our own words are its cause."""
    if isinstance(error.__cause__, PolicyError):
        return _policy_error(request, error.__cause__)
    return refusal(error.status_code, "refused", error.message)


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(413, "too_large", "The body is too large.")


def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(404, "not_found", "There is nothing at this address.")


@open_to_all("tells agents that an address does not exist")
def unknown_address(request: HttpRequest) -> HttpResponse:
    """Any other address under the API's."""
    return _not_found(request, Http404())


def in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the framework answers to a wrong method or address, in our form."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return _not_found(request, error)
        if response.status_code != 405:
            return response
        refused = refusal(405, "wrong_method", f"{request.method} is not possible here.")
        refused["Allow"] = response["Allow"]
        return refused

    return answered
