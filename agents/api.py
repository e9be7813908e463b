"""The agent API, version 1: JSON over HTTPS. Its OpenAPI document is at /agent/v1/openapi.json."""

import base64
import uuid
from typing import Any, NoReturn

import structlog
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.responses import Status

from agents import services
from agents.api_errors import install_handlers
from agents.api_schemas import (
    MAX_NUMBER,
    AnswerIn,
    CancelOut,
    ErrorOut,
    EventsIn,
    EventsOut,
    ExecutionIn,
    Nonce,
    PoliciesOut,
    ReasonIn,
    RegisterIn,
    RegisterOut,
    RequestOut,
    VerdictOut,
    WaitOut,
)
from agents.authentication import ComputerBearer, WaitTicket, registering
from agents.errors import NotFound, Unavailable
from agents.rate_limits import client_address
from agents.signing import canonical_json
from agents.strict_json import StrictParser
from agents.tickets import issue_ticket
from approvals.models import ApprovalRequest
from approvals.services import cancel_request
from core.actors import Actor
from policies.models import Computer

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), ErrorOut)
api = NinjaAPI(
    title="pmconsole agent API",
    version="1",
    description="For agents on endpoints. Every refusal is {code, message, field?}.",
    docs_url=None,  # the usual page loads its script from elsewhere
    urls_namespace="agent",
    auth=ComputerBearer(),
    parser=StrictParser(),
)
install_handlers(api)
_SECONDS = {
    "parameters": [
        {
            "name": "seconds",
            "in": "query",
            "schema": {"type": "integer", "minimum": 0, "maximum": 60, "default": 60},
        }
    ]
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "the ETag of the set that the agent has",
}
log = structlog.get_logger(__name__)


class AgentRequest(HttpRequest):
    """A request of an authenticated computer."""

    auth: Computer


@api.post(
    "/register",
    auth=registering,
    response={201: RegisterOut, **REFUSALS},
    openapi_extra={"security": []},
)
def register(request: HttpRequest, payload: RegisterIn) -> Status[dict[str, str]]:
    """Register with an install code. The secret and the key are shown only once."""
    made = services.register_computer(
        install_code=payload.install_code,
        name=payload.name,
        platform=payload.platform,
        address=client_address(request),
    )
    return Status(
        201,
        {
            "computer_id": str(made.computer.pk),
            "secret": made.secret,
            "computer_key": base64.b64encode(made.computer_key).decode(),
        },
    )


@api.post("/executions", response={200: VerdictOut, **REFUSALS})
def report_execution(request: AgentRequest, payload: ExecutionIn) -> HttpResponse:
    """Report what is about to run; once approved, report it again with the request's number."""
    verdict = services.report_execution(
        computer=request.auth,
        report=services.Report(
            idempotency_key=payload.idempotency_key,
            event=payload.event,
            request=payload.request,
        ),
    )
    return _signed(verdict, computer=request.auth, nonce=payload.nonce)


@api.post("/events", response={200: EventsOut, **REFUSALS})
def report_events(request: AgentRequest, payload: EventsIn) -> dict[str, int]:
    """Report what was decided while the console couldn't be reached. Each is stored once.

    All or none: 422 names the event at fault, with the code `clock_skew` for one that lies more than
    five minutes in the future, `too_old` for one longer ago than events are kept.
    """
    happened = [services.Happened(**dict(each)) for each in payload.events]
    services.report_happened(computer=request.auth, happened=happened)
    return {"stored": len(happened)}


@api.get(
    "/policies",
    response={200: PoliciesOut, 304: None, **REFUSALS},
    openapi_extra={"parameters": [_IF_NONE_MATCH]},
)
def policies(request: AgentRequest, nonce: Nonce) -> HttpResponse:
    """The policies in force on this computer, to evaluate while the console can't be reached.

    `Policies-HMAC` binds them to the computer, the nonce and their time (agents/signing.py says how).
    With `If-None-Match` an unchanged set is answered by 304, with the same headers.
    """
    issued = services.issue_policies(computer=request.auth, nonce=nonce)
    known = request.headers.get("If-None-Match", "").strip() == f'"{issued.etag}"'
    response = HttpResponse(
        b"" if known else issued.body,
        status=304 if known else 200,
        content_type="application/json",
    )
    response["ETag"] = f'"{issued.etag}"'
    response["Policies-Issued"] = issued.issued.isoformat()
    response["Policies-Expires"] = issued.expires.isoformat()
    response["Policies-HMAC"] = issued.hmac
    return response


@api.post("/executions/{uuid:event_id}/reason", response={201: RequestOut, **REFUSALS})
def submit_reason(
    request: AgentRequest, event_id: uuid.UUID, payload: ReasonIn
) -> Status[dict[str, Any]]:
    """Ask for approval. Repeating the call returns the same request."""
    opened = services.submit_reason(
        computer=request.auth,
        event_id=event_id,
        reason=payload.reason,
        waits=payload.waits,
        asked_minutes=payload.minutes,
    )
    ticket = issue_ticket(
        number=opened.number, computer_id=opened.computer_id, expires_at=opened.expires_at
    )
    return Status(
        201,
        {
            "request": opened.number,
            "state": opened.state,
            "expires_at": opened.expires_at.isoformat(),
            "wait_ticket": ticket,
        },
    )


@api.post("/executions/{uuid:event_id}/answer", response={200: VerdictOut, **REFUSALS})
def answer_prompt(request: AgentRequest, event_id: uuid.UUID, payload: AnswerIn) -> HttpResponse:
    """Submit a justification, or acknowledge the warning."""
    verdict = services.answer_prompt(
        computer=request.auth, event_id=event_id, answer=payload.answer, text=payload.text
    )
    return _signed(verdict, computer=request.auth, nonce=payload.nonce)


@api.post("/requests/{int:number}/cancel", response={200: CancelOut, **REFUSALS})
def cancel(request: AgentRequest, number: int) -> dict[str, bool]:
    """Cancel a request. Cancelling a closed request changes nothing."""
    own = ApprovalRequest.objects.filter(computer_id=request.auth.pk)
    if number > MAX_NUMBER or not own.filter(pk=number).exists():
        raise NotFound("no_request", "This computer has no such request.")
    by = Actor.of_agent(computer_id=request.auth.pk, computer=request.auth.name)
    return {"cancelled": cancel_request(number=number, computer_id=request.auth.pk, by=by)}


@api.get("/wait", auth=WaitTicket(), response={200: WaitOut, **REFUSALS}, openapi_extra=_SECONDS)
def wait(request: HttpRequest) -> NoReturn:
    """Wait up to 60 seconds for a decision, with `Authorization: Wait TICKET`; then ask again.

    The ASGI process answers this address (agents/wait), so that a waiting agent costs no thread.
    Here it appears in the document only, and answers 503 if requests are routed wrongly.
    """
    raise Unavailable("wait_not_served", "Route this address to the ASGI process.", retry_after=5)


def _signed(verdict: services.Verdict, *, computer: Computer, nonce: str) -> HttpResponse:
    """Written as it was signed; checking it against its schema once more would cost as much."""
    text = canonical_json(verdict.signed(computer=computer, nonce=nonce))
    return HttpResponse(text, content_type="application/json")
